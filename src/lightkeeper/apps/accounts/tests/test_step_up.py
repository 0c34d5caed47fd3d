"""Acts that need a fresh proof; the one-time password; one's own sessions."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import signing
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lightkeeper.apps.accounts import proving, services
from lightkeeper.apps.accounts.models import Credential, Person
from lightkeeper.apps.accounts.tests.conftest import did, forget_the_step, proved_long_ago, sign_in
from lightkeeper.core.errors import NotFresh
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.web.contract import SENSITIVE, contract

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
COOKIES = "django.contrib.sessions.backends.signed_cookies"


def post(browser: Client, name: str, **headers: str):
    return browser.post(address(name), {}, headers=headers)


def address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # it has words in it
        return reverse(name, args=["REP-NONE"])


def leads_to_proof(answer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/prove/")


@pytest.mark.parametrize(
    ("ago", "fresh"),
    [(timedelta(minutes=4, seconds=59), True), (timedelta(minutes=5), False), (None, False)],
)
def test_fresh_is_less_than_five_minutes_ago(ago, fresh):
    actor = SimpleNamespace(proved_at=None if ago is None else NOW - ago)
    if fresh:
        assert proving.check_fresh(actor, at=NOW) is None
    else:
        with pytest.raises(NotFresh):
            proving.check_fresh(actor, at=NOW)


def test_the_table_is_the_one_that_was_decided_and_its_doors_exist():
    assert set(SENSITIVE) == {
        "sharing:break", "sharing:exclude", "intake:export", "accounts:start_factor",
        "accounts:confirm_factor", "accounts:turn_off_factor", "accounts:start_passkey",
        "accounts:add_passkey", "accounts:remove_passkey", "governance:confirm",
        "breaches:confirm_disposal", "api:confirm_case_disposal",
        "api:break_glass", "api:confirm_disposal", "rights:restrict", "rights:lift",
        "api:restrict_record", "api:lift_restriction", "tasking:send", "api:send_task",
        *(f"{door}:{act}_threshold" for door in ("intelligence", "api")
          for act in ("propose", "confirm", "undo")),
        *(f"{door}:{act}" for door in ("sharing", "api") for act in (
            "set_condition", "give_consent", "end_condition", "withdraw_consent")),
    }  # fmt: skip
    assert all("POST" in contract()[name].methods for name in SENSITIVE)


PAGES = sorted(name for name in SENSITIVE if not name.startswith("api:"))


@pytest.mark.parametrize("name", PAGES)
def test_each_sensitive_act_trips_on_an_old_proof_and_on_nothing_else(lou, name):
    assert not leads_to_proof(post(lou, name))
    proved_long_ago(minutes=SENSITIVE[name] + 0.1)

    answer = post(lou, name)

    assert leads_to_proof(answer)
    assert did()[-1] == "not allowed"


def test_what_is_not_in_the_table_needs_no_fresh_proof(lou):
    proved_long_ago(minutes=60)

    assert lou.get("/sharing/exclude/").status_code != 302
    assert lou.post("/sessions/end/", {"session": "SES-NONE"}).status_code == 404


def test_nothing_is_done_while_the_proof_is_old(lou):
    proved_long_ago(minutes=6)
    lou.post("/second-factor/start/")

    with superuser(NAME) as connection:
        assert connection.execute("select count(*) from accounts_secondfactor").fetchone() == (0,)


def test_the_way_to_the_proof_leads_back_to_the_form_and_never_elsewhere(lou):
    proved_long_ago(minutes=6)
    came_from = {
        "http://localhost/second-factor/": "/second-factor/",
        "http://elsewhere.example/x": "/",
        "": "/",
    }
    for referer, back in came_from.items():
        answer = post(lou, "accounts:start_factor", referer=referer)
        assert answer["Location"] == f"/prove/?next={back}"


def test_a_script_is_led_to_the_proof_too(lou):
    proved_long_ago(minutes=6)
    answer = post(lou, "accounts:start_factor", **{"hx-request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/prove/?next=/")


def test_after_the_password_the_act_can_be_done(lou):
    proved_long_ago(minutes=6)
    answer = lou.post("/prove/", {"password": PASSWORD, "next": "/second-factor/"})

    assert answer["Location"] == "/second-factor/"
    assert "do again what you were about to do" in lou.get("/second-factor/").content.decode()
    assert not leads_to_proof(post(lou, "accounts:start_factor"))
    assert "proved again who it is" in did()


def test_proving_in_one_session_proves_no_other(lou):
    other = Client(headers={"host": "localhost"})
    sign_in(other)
    proved_long_ago(minutes=6)
    lou.post("/prove/", {"password": PASSWORD})

    assert leads_to_proof(post(other, "accounts:start_factor"))


def test_a_wrong_password_proves_nothing_and_counts(lou):
    proved_long_ago(minutes=6)
    tries = [lou.post("/prove/", {"password": "x"}).status_code for _ in range(6)]

    assert tries == [403, 403, 403, 403, 403, 429]
    assert lou.post("/prove/", {"password": PASSWORD}).status_code == 429
    assert leads_to_proof(post(lou, "accounts:start_factor"))


def test_where_a_factor_is_on_the_password_alone_proves_nothing(factor):
    proved_long_ago(minutes=6)
    browser, right = factor.browser, {"password": PASSWORD, "code": factor.code()}
    for given, status in (
        ({"password": PASSWORD}, 422),
        ({**right, "code": "000000"}, 403),
        ({**right, "password": "x"}, 403),
    ):
        assert browser.post("/prove/", given).status_code == status
        assert leads_to_proof(post(browser, "accounts:turn_off_factor"))

    forget_the_step()
    assert browser.post("/prove/", right).status_code == 302
    assert not leads_to_proof(post(browser, "accounts:turn_off_factor"))


def test_the_proof_leads_to_no_other_site(lou):
    answer = lou.post("/prove/", {"password": PASSWORD, "next": "//elsewhere.example"})

    assert answer["Location"] == "/"


def test_the_api_says_in_a_sentence_what_is_missing():
    from django.test import RequestFactory

    from lightkeeper.web.middleware import OpenDoor

    request = RequestFactory().get("/api/whoami", headers={"host": "localhost"})
    door = OpenDoor(lambda _: None)
    request.actor = None
    answer = door._refuse(request, NotFresh())

    assert answer.status_code == 403
    assert "password again" in json.loads(answer.content)["detail"]


@pytest.mark.parametrize("role", ["lk_web", "lk_worker", "lk_linker", "lk_sealer"])
def test_only_the_door_can_say_that_somebody_proved_it(committed, role):
    with superuser(NAME) as connection:
        may = "select has_function_privilege(%s, 'sec.prove(bigint, text)', 'execute')"
        assert connection.execute(may, (role,)).fetchone() == (False,)
        assert connection.execute(may, ("lk_door",)).fetchone() == (True,)


@pytest.fixture
def given_password(lou):
    """From now on Lou's password is one that somebody gave her."""
    credential = Credential.objects.get(username="lou")
    credential.must_change = True
    credential.save()
    yield
    credential.must_change = False
    credential.save()


def with_cookie(**changed: object) -> Client:
    """A browser of Lou's whose cookie says what an attacker with the signing key would write."""
    browser = Client(headers={"host": "localhost"})
    sign_in(browser)
    state = signing.loads(browser.cookies["lightkeeper"].value, salt=COOKIES)
    browser.cookies["lightkeeper"] = signing.dumps(
        {**state, **changed}, salt=COOKIES, compress=True
    )
    return browser


def test_a_given_password_opens_nothing_whatever_the_cookie_says(given_password):
    for browser in (with_cookie(), with_cookie(must_change=False)):
        assert browser.get("/")["Location"] == "/password/"
        assert browser.get("/password/").status_code == 200


def test_a_password_that_is_given_while_a_session_is_open_shuts_it_too(lou, given_password):
    assert lou.get("/second-factor/")["Location"] == "/password/"


def test_ones_own_password_opens_whatever_the_cookie_says(lou):
    assert with_cookie(must_change=True).get("/second-factor/").status_code == 200


def own_sessions(browser: Client) -> list[services.OwnSession]:
    return list(browser.get("/sessions/").context["sessions"])


def test_ones_sessions_are_listed_without_a_token_and_nobody_elses(lou):
    browser = Client(headers={"host": "localhost"})
    sign_in(browser)
    token = signing.loads(browser.cookies["lightkeeper"].value, salt=COOKIES)["token"]
    page = browser.get("/sessions/")

    shown = own_sessions(browser)
    assert [(s.kind, s.current) for s in shown] == [
        ("page", True), ("page", False), ("command", False),
    ]  # fmt: skip
    assert token not in page.content.decode()
    with superuser(NAME) as connection:
        others = connection.execute(
            "select reference from sec.session where person_id <> "
            "(select id from accounts_person where username = 'lou')"
        ).fetchall()
    assert others
    assert not any(reference in page.content.decode() for (reference,) in others)


def test_any_of_them_can_be_ended(lou):
    other = Client(headers={"host": "localhost"})
    sign_in(other)
    [its] = [s.reference for s in own_sessions(other) if s.current]

    assert lou.post("/sessions/end/", {"session": its}).status_code == 302
    assert other.get("/sessions/")["Location"].startswith("/sign-in/")
    assert lou.get("/sessions/").status_code == 200
    assert "own session ended" in did()


def test_the_session_of_somebody_else_reads_like_none(lou):
    with superuser(NAME) as connection:
        [theirs] = connection.execute(
            "select reference from sec.session where person_id = "
            "(select id from accounts_person where username = 'ada') limit 1"
        ).fetchone()
    answers = [lou.post("/sessions/end/", {"session": s}) for s in (theirs, "SES-NONE")]

    assert [a.status_code for a in answers] == [404, 404]
    with superuser(NAME) as connection:
        still = connection.execute("select 1 from sec.session where reference = %s", (theirs,))
        assert still.fetchone()


def test_the_sixth_session_ends_the_oldest(lou):
    browsers = [lou, *(Client(headers={"host": "localhost"}) for _ in range(5))]
    for browser in browsers[1:]:
        sign_in(browser)

    open_now = [browser.get("/sessions/").status_code for browser in browsers]
    assert open_now == [302, 200, 200, 200, 200, 200]


def test_nobody_elses_sessions_end_by_ones_own(lou):
    ada = Client(headers={"host": "localhost"})
    sign_in(ada, username="ada")
    for _ in range(6):
        sign_in(Client(headers={"host": "localhost"}))

    assert ada.get("/sessions/").status_code == 200


def test_a_session_ends_after_a_quarter_of_an_hour_of_rest_and_after_ten_hours(lou):
    whose = Person.objects.using("owner").get(username="lou").pk
    with superuser(NAME) as connection:
        limits = connection.execute(
            "select idle, expires_at - opened_at from sec.session "
            "where person_id = %s and kind = 'page'",
            (whose,),
        ).fetchall()

    assert limits == [(timedelta(minutes=15), timedelta(hours=10))]
