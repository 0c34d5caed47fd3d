"""Signing in and the one door, through Django's client."""

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
