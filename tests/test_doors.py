"""Signing in and the one door, through Django's client."""

from datetime import timedelta

import pytest

from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser

pytestmark = pytest.mark.usefixtures("committed")


def test_nobody_is_sent_to_sign_in(browse):
    answer = browse("").get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/")


def test_signing_in_leads_to_the_desk_and_is_recorded(browse):
    browser = browse("")
    page = browser.post(
        "/sign-in/", {"username": "ada", "password": PASSWORD, "purpose": "analysis"}
    )

    assert page["Location"] == "/"
    assert "Ada Marsh" in browser.get("/").content.decode()
    with superuser(NAME) as connection:
        did = connection.execute("select did from audit_event order by id").fetchall()
    assert did[:2] == [("signed in",), ("desk",)]


def test_a_wrong_password_and_an_unknown_name_read_alike(browse):
    answers = [
        browse("").post("/sign-in/", {"username": name, "password": "x", "purpose": "analysis"})
        for name in ("ada", "nobody-of-that-name")
    ]

    assert [a.status_code for a in answers] == [403, 403]
    assert "not right" in answers[0].content.decode()


def test_five_wrong_passwords_lock_the_right_one_out_too(browse):
    for _ in range(5):
        browse("").post("/sign-in/", {"username": "ada", "password": "x", "purpose": "analysis"})
    answer = browse("").post(
        "/sign-in/", {"username": "ada", "password": PASSWORD, "purpose": "analysis"}
    )

    assert answer.status_code == 429


def test_signing_out_ends_the_session_in_the_database(browse):
    browser = browse("")
    browser.post("/sign-in/", {"username": "ada", "password": PASSWORD, "purpose": "analysis"})
    cookie = browser.cookies["lightkeeper"].value
    browser.post("/sign-out/")

    again = browse("")
    again.cookies["lightkeeper"] = cookie
    assert again.get("/").status_code == 302


def test_the_api_asks_for_a_token_and_says_who_has_it(call_api):
    assert call_api("").get("/api/whoami").status_code == 401
    assert call_api("ben").get("/api/whoami").json()["agency"] == "Northshire Police"


def test_a_method_that_a_door_does_not_answer(browse):
    assert browse("ada").post("/").status_code == 405


def first_password(person: str) -> str:
    from lightkeeper.apps.accounts import loading
    from lightkeeper.apps.accounts.models import Person

    return loading.reset_password(Person.objects.using("owner").get(username=person))


@pytest.fixture
def lou_as_before(tokens):
    """Once the test is over Lou's password is what it was, and she has a session again."""
    yield
    from lightkeeper.apps.accounts.models import Credential
    from lightkeeper.testing.cast import open_session_of

    credential = Credential.objects.using("door").get(username="lou")
    credential.set_password(PASSWORD)
    credential.must_change = False
    credential.save(using="door")
    tokens["lou"] = open_session_of(credential.person_id)


@pytest.fixture
def lou_with_a_first_password(browse, lou_as_before):
    browser = browse("")
    given = first_password("lou")
    browser.post("/sign-in/", {"username": "lou", "password": given, "purpose": "analysis"})
    return browser, given


def test_a_one_time_password_opens_nothing_but_its_change(lou_with_a_first_password):
    browser, _given = lou_with_a_first_password

    assert browser.get("/")["Location"] == "/password/"


def test_a_password_reset_while_somebody_works_opens_nothing_but_its_change(browse, lou_as_before):
    browser = browse("")
    browser.post("/sign-in/", {"username": "lou", "password": PASSWORD, "purpose": "analysis"})
    before = browser.get("/").status_code
    with superuser(NAME) as connection:
        connection.execute(
            "update accounts_credential set must_change = true where username = 'lou'"
        )

    assert before == 200
    assert browser.get("/")["Location"] == "/password/"
    assert browser.get("/tasks/")["Location"] == "/password/"
    assert "works once" in browser.get("/password/").content.decode()


def test_a_page_session_ends_after_15_idle_minutes_and_10_hours(browse):
    browse("").post("/sign-in/", {"username": "ada", "password": PASSWORD, "purpose": "analysis"})
    with superuser(NAME) as connection:
        [[idle, lasts]] = connection.execute(
            "select idle, expires_at - opened_at from sec.session where kind = 'page' "
            "order by opened_at desc limit 1"
        ).fetchall()

    assert (idle, lasts) == (timedelta(minutes=15), timedelta(hours=10))


def test_an_idle_session_is_nobody(browse):
    browser = browse("")
    browser.post("/sign-in/", {"username": "ada", "password": PASSWORD, "purpose": "analysis"})
    with superuser(NAME) as connection:
        connection.execute(
            "update sec.session set seen_at = now() - interval '15 minutes' where kind = 'page'"
        )

    assert browser.get("/")["Location"] == "/sign-in/?next=/"


def test_a_changed_password_lets_in_and_the_old_one_does_not(lou_with_a_first_password, browse):
    browser, given = lou_with_a_first_password
    chosen = "a-better-one-for-lou-vale"
    answer = browser.post("/password/", {"old": given, "new": chosen})

    assert answer["Location"] == "/sign-in/"
    tries = [
        browse("").post("/sign-in/", {"username": "lou", "password": p, "purpose": "analysis"})
        for p in (given, chosen)
    ]
    assert [t.status_code for t in tries] == [403, 302]
    assert tries[1]["Location"] == "/"
    with superuser(NAME) as connection:
        did = connection.execute(
            "select person, agency_id is not null from audit_event where did = 'password changed'"
        ).fetchall()
    assert did == [("lou", True), ("lou", True)]


def test_a_weak_password_is_refused_and_changes_nothing(lou_with_a_first_password):
    browser, given = lou_with_a_first_password

    assert browser.post("/password/", {"old": given, "new": "short"}).status_code == 409
    assert browser.get("/")["Location"] == "/password/"


def test_the_token_of_a_page_is_no_key_to_the_api(browse):
    from django.conf import settings
    from django.core import signing
    from django.test import Client

    browser = browse("")
    browser.post("/sign-in/", {"username": "ada", "password": PASSWORD, "purpose": "analysis"})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    token = signing.loads(cookie, salt="django.contrib.sessions.backends.signed_cookies")["token"]

    answer = Client(headers={"host": "localhost", "authorization": f"Bearer {token}"}).get(
        "/api/whoami"
    )
    assert answer.status_code == 401
