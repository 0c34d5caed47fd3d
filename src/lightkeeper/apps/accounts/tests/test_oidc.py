"""Signing in at a provider outside, that one being a small server of the tests."""

import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from django.test import Client
from joserfc.jwk import ECKey, KeySet

from lightkeeper.apps.accounts import oidc
from lightkeeper.apps.accounts.models import Credential, OutsideIdentity, Person
from lightkeeper.apps.accounts.tests.conftest import did, sign_in
from lightkeeper.apps.accounts.tests.provider import CLIENT, SECRET, Provider
from lightkeeper.cli.main import main
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser

BACK = "/sign-in/outside/back/"
NOBODY_HERE = "Nobody here belongs to that sign-in"
NOT_CHECKED = "in a way that can be checked"


@pytest.fixture
def provider(settings, lou):
    one = Provider()
    settings.OIDC_ISSUER = one.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    settings.OIDC_ACR, settings.OIDC_AMR = frozenset({"urn:strong"}), frozenset({"mfa", "hwk"})
    settings.OIDC_MAX_AGE_MINUTES = 60
    oidc.forget()
    person = Person.objects.using("door").get(username="lou")
    OutsideIdentity.objects.create(
        person=person, issuer=one.issuer, subject="subject-of-lou", added_at="2026-01-01T00:00Z"
    )
    yield one
    one.close()
    oidc.forget()


def nobody() -> Client:
    return Client(headers={"host": "localhost"})


def go(browser: Client, **more: str) -> str:
    answer = browser.post("/sign-in/outside/", {"purpose": "analysis", **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def come(provider: Provider, browser: Client | None = None, **other):
    browser = browser or nobody()
    return browser.get(BACK, {**provider.sign_in(go(browser)), **other})


def is_in(browser: Client) -> bool:
    return browser.get("/sessions/").status_code == 200


def refused(answer, sentence=NOT_CHECKED) -> bool:
    return answer.status_code == 403 and sentence in answer.content.decode()


def test_whoever_was_entered_beforehand_gets_in_for_their_purpose(provider):
    browser = nobody()
    page = come(provider, browser)

    assert page.status_code == 200
    assert 'http-equiv="refresh"' in page.content.decode()
    assert is_in(browser)
    assert did()[-1] == "signed in"
    with superuser(NAME) as connection:
        [[purpose]] = connection.execute(
            "select purpose from sec.session where kind = 'page' order by opened_at desc limit 1"
        ).fetchall()
    assert purpose == "analysis"


def test_what_is_asked_is_a_code_with_state_nonce_and_challenge(provider):
    address = urlsplit(go(nobody()))
    asked = {name: value[0] for name, value in parse_qs(address.query).items()}

    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.issuer}/authorize"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"http://localhost{BACK}"
    assert (asked["max_age"], asked["scope"]) == ("3600", "openid")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


NOW = time.time()
WRONG_CLAIMS = {
    "another nonce": {"nonce": "of-somebody-else"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another-site"},
    "several audiences": {"aud": [CLIENT, "another-site"]},
    "no audience": {"aud": None},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "expired": {"exp": int(NOW) - 120},
    "never expires": {"exp": None},
    "of the future": {"iat": int(NOW) + 7200},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_what_is_said_wrongly_is_not_believed(provider, claims):
    provider.claims = claims
    browser = nobody()

    assert refused(come(provider, browser))
    assert not is_in(browser)
    assert did()[-1] == "sign-in failed"


def test_a_token_without_a_signature_is_not_believed(provider):
    provider.algorithm = "none"

    assert refused(come(provider))


def test_a_token_signed_with_the_public_key_as_a_secret_is_not_believed(provider):
    provider.sign_with_the_public_key()

    assert refused(come(provider))


def test_a_token_signed_with_another_key_is_not_believed(provider):
    provider.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})

    assert refused(come(provider))


def test_a_key_that_the_provider_has_changed_is_fetched_again(provider):
    assert come(provider).status_code == 200
    provider.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
    provider.shown = KeySet([provider.key])

    browser = nobody()
    come(provider, browser)
    assert is_in(browser)


@pytest.mark.parametrize("subject", ["subject-of-nobody", "SUBJECT-OF-LOU", "lou"])
def test_a_subject_that_nobody_entered_makes_no_account(provider, subject):
    provider.claims = {"sub": subject}
    people = Credential.objects.using("door").count()

    assert refused(come(provider), NOBODY_HERE)
    assert Credential.objects.using("door").count() == people


def test_a_subject_of_another_issuer_is_somebody_else(provider):
    OutsideIdentity.objects.update(issuer="https://elsewhere.example")

    assert refused(come(provider), NOBODY_HERE)


def test_a_removed_subject_and_a_closed_account_read_like_an_unknown_one(provider):
    provider.claims = {"sub": "subject-of-nobody"}
    unknown = come(provider)
    provider.claims = {}
    OutsideIdentity.objects.update(removed_at="2026-01-02T00:00Z")
    removed = come(provider)
    OutsideIdentity.objects.update(removed_at=None)
    with superuser(NAME) as connection:
        connection.execute("update accounts_credential set is_active = false where username='lou'")
        try:
            closed = come(provider)
        finally:
            connection.execute("update accounts_credential set is_active = true")

    assert all(refused(one, NOBODY_HERE) for one in (unknown, removed, closed))


def test_a_code_is_exchanged_once(provider):
    browser = nobody()
    given = provider.sign_in(go(browser))
    cookie = browser.cookies["lightkeeper-outside"].value
    assert browser.get(BACK, given).status_code == 200

    again = nobody()
    again.cookies["lightkeeper-outside"] = cookie
    assert refused(again.get(BACK, given))
    assert not is_in(again)


def test_of_two_who_bring_one_code_at_once_one_gets_in(provider):
    from django.db import connections

    first = nobody()
    given = provider.sign_in(go(first))
    cookie = first.cookies["lightkeeper-outside"].value
    together, statuses = threading.Barrier(3), []

    def bring() -> None:
        browser = nobody()
        browser.cookies["lightkeeper-outside"] = cookie
        together.wait()
        statuses.append(browser.get(BACK, given).status_code)
        connections.close_all()

    threads = [threading.Thread(target=bring) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 403, 403]


@pytest.mark.parametrize("other", [{"state": "x"}, {"state": ""}, {"iss": "https://other.example"},
                                   {"code": ""}, {"code": "never-given"}])  # fmt: skip
def test_what_comes_back_otherwise_than_it_went_is_refused(provider, other):
    assert refused(come(provider, **other))


def test_what_another_browser_began_is_not_finished_here(provider):
    given = provider.sign_in(go(nobody()))
    assert refused(nobody().get(BACK, given))

    other = nobody()
    go(other)
    assert refused(other.get(BACK, given))


@pytest.mark.parametrize("claims", [{"amr": ["pwd"]}, {"amr": None}, {"amr": "hwk"},
                                    {"auth_time": None}, {"auth_time": int(NOW) - 7200},
                                    {"auth_time": int(NOW) + 7200}])  # fmt: skip
def test_a_weak_or_old_sign_in_there_is_not_enough(provider, claims):
    provider.claims = claims
    browser = nobody()

    assert refused(come(provider, browser), NOBODY_HERE)
    assert not is_in(browser)


def test_a_weak_sign_in_there_and_a_code_here_are_enough(factor, provider):
    provider.claims = {"amr": ["pwd"]}
    browser = nobody()
    page = come(provider, browser)
    assert "/sign-in/code/" in page.content.decode()
    assert not is_in(browser)

    assert browser.post("/sign-in/code/", {"code": "000000"}).status_code == 403
    assert browser.post("/sign-in/code/", {"code": factor.code()}).status_code == 302
    assert is_in(browser)


def test_a_class_of_the_settings_is_strong(provider):
    provider.claims = {"amr": ["pwd"], "acr": "urn:strong"}
    browser = nobody()
    come(provider, browser)

    assert is_in(browser)


def test_while_the_provider_is_down_sessions_live_and_passwords_open(provider):
    browser = nobody()
    come(provider, browser)
    oidc.forget()
    provider.down = True

    answer = nobody().post("/sign-in/outside/", {"purpose": "analysis"})
    assert answer.status_code == 503
    assert "Sign in with your password instead" in answer.content.decode()
    assert is_in(browser)
    assert sign_in(nobody())["Location"] == "/"


@pytest.mark.parametrize("found", [{"issuer": "https://elsewhere.example"},
                                   {"token_endpoint": "http://127.0.0.1:9/token"},
                                   {"jwks_uri": "http://localhost/keys"},
                                   {"authorization_endpoint": "https://elsewhere.example/a"},
                                   {"moved": "http://127.0.0.1:9/"}])  # fmt: skip
def test_a_provider_that_points_elsewhere_is_not_followed(provider, found):
    provider.found = found

    assert nobody().post("/sign-in/outside/", {"purpose": "analysis"}).status_code == 503


def test_without_the_settings_there_is_no_such_door(lou):
    assert nobody().get("/sign-in/outside/").status_code == 404
    assert nobody().get(BACK).status_code == 404
    assert "somewhere else" not in nobody().get("/sign-in/").content.decode()


def test_no_address_of_a_visitor_is_asked_for_or_led_to(provider):
    browser = nobody()
    there = go(browser, next="//elsewhere.example")
    page = browser.get(BACK, {**provider.sign_in(there), "issuer": "http://127.0.0.1:9"})

    assert "elsewhere.example" not in page.content.decode()
    assert set(provider.asked) == {"/.well-known/openid-configuration", "/keys"}


def run(*words: str):
    return CliRunner().invoke(main, ["identity", *words], env={"LIGHTKEEPER_PASSWORD": PASSWORD})


def test_an_administrator_enters_and_removes_a_subject(provider):
    entered = run("add", "ada", "subject-of-ada", "--as", "sam")
    taken = run("add", "ben", "subject-of-ada", "--as", "sam")
    assert (entered.exit_code, taken.exit_code) == (0, 6)
    assert run("add", "ada", "x", "--as", "ben").exit_code == 5
    assert run("add", "sam", "x", "--as", "sam").exit_code == 5

    assert run("remove", "lou", "--as", "sam").exit_code == 0
    assert refused(come(provider), NOBODY_HERE)
    assert {"sign-in elsewhere entered", "sign-in elsewhere removed"} <= set(did())
