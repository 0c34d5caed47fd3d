"""Passkeys through the pages, with a key in software: what opens, and each way in which one does
not.
"""

import html
import json
import re
import threading
from dataclasses import replace

import pytest
from django.db import connections
from django.test import Client

from lightkeeper.apps.accounts import factors, passkeys
from lightkeeper.apps.accounts.models import Passkey, Person
from lightkeeper.apps.accounts.tests.conftest import did, proved_long_ago, sign_in
from lightkeeper.apps.accounts.tests.softkey import SoftKey
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser

WRONG = "does not open this account"


def nobody() -> Client:
    return Client(headers={"host": "localhost"})


def person_id(name: str = "lou") -> int:
    return Person.objects.using("owner").get(username=name).pk


def asked_in(page) -> dict:
    found = re.search(r'data-options="([^"]*)"', page.content.decode())
    assert found, page.content.decode()
    return json.loads(html.unescape(found[1]))


def add(browser: Client, key: SoftKey, name: str = "blue key"):
    options = asked_in(browser.post("/second-factor/key/"))
    given = {"name": name, "answer": key.create(options)}
    return browser.post("/second-factor/key/add/", given)


def sign_in_by(key: SoftKey, browser: Client | None = None, **other):
    browser = browser or nobody()
    options = asked_in(browser.get("/sign-in/key/"))
    given = {"purpose": "analysis", "answer": key.get(options, **other)}
    return browser.post("/sign-in/key/", given)


def is_in(browser: Client) -> bool:
    return browser.get("/sessions/").status_code == 200


@pytest.fixture
def key(lou) -> SoftKey:
    soft = SoftKey()
    assert add(lou, soft).status_code == 200
    return soft


def test_the_first_key_comes_with_ten_recovery_codes_and_is_recorded(lou):
    page = add(lou, SoftKey()).content.decode()

    assert len(re.findall(r"<li><code>([a-z0-9-]+)</code>", page)) == 10
    assert "blue key" in lou.get("/second-factor/").content.decode()
    assert did()[-2:] == ["passkey begun", "passkey added"]
    kept = Passkey.objects.get()
    assert (kept.person_id, kept.transports, kept.sign_count) == (person_id(), "usb", 1)


def test_the_first_key_ends_the_other_sessions_and_a_second_one_does_not(lou):
    other = nobody()
    sign_in(other)
    add(lou, SoftKey())
    assert (is_in(lou), is_in(other)) == (True, False)

    key = SoftKey()
    assert add(lou, key, "red key")["Location"] == "/second-factor/"
    third = nobody()
    assert sign_in_by(key, third)["Location"] == "/"
    assert is_in(lou)


def test_a_key_alone_signs_in_with_its_purpose(key):
    browser = nobody()
    answer = sign_in_by(key, browser)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(browser)
    with superuser(NAME) as connection:
        [[purpose]] = connection.execute(
            "select purpose from sec.session where kind = 'page' order by opened_at desc limit 1"
        ).fetchall()
    assert purpose == "analysis"
    assert Passkey.objects.get().sign_count == 2


def test_with_a_key_a_password_is_not_enough_and_the_key_is_the_second_step(key):
    browser = nobody()
    assert sign_in(browser)["Location"] == "/sign-in/code/"
    assert not is_in(browser)

    options = asked_in(browser.get("/sign-in/code/"))
    assert options["userVerification"] == "discouraged"
    assert len(options["allowCredentials"]) == 1
    answer = browser.post("/sign-in/code/", {"answer": replace(key, verifies=False).get(options)})

    assert answer["Location"] == "/"
    assert is_in(browser)


def test_a_recovery_code_stands_in_for_a_key(lou):
    page = add(lou, SoftKey()).content.decode()
    code = re.findall(r"<li><code>([a-z0-9-]+)</code>", page)[0]
    browser = nobody()
    sign_in(browser)

    assert browser.post("/sign-in/code/", {"code": "000000"}).status_code == 403
    assert browser.post("/sign-in/code/", {"code": code}).status_code == 302


def refused(answer) -> bool:
    return answer.status_code == 403 and WRONG in answer.content.decode()


def test_a_key_that_does_not_know_its_holder_does_not_open_alone(key):
    assert refused(sign_in_by(replace(key, verifies=False)))


@pytest.mark.parametrize(
    "origin", ["http://localhost.example", "https://localhost", "http://localhost:8001"]
)
def test_a_key_that_answered_another_origin_does_not_open(key, origin):
    assert refused(sign_in_by(replace(key, origin=origin)))
    assert sign_in_by(key).status_code == 302


def test_a_key_that_nobody_added_does_not_open(key):
    assert refused(sign_in_by(SoftKey(handle=key.handle)))
    assert refused(sign_in_by(SoftKey(number=key.number, handle=key.handle, count=50)))


def test_a_key_that_names_somebody_else_does_not_open(key):
    assert refused(sign_in_by(replace(key, handle=b"somebody else's handle", count=7)))


def test_an_answer_opens_once(key):
    browser = nobody()
    options = asked_in(browser.get("/sign-in/key/"))
    cookie = browser.cookies["lightkeeper"].value
    given = {"purpose": "analysis", "answer": key.get(options)}
    assert browser.post("/sign-in/key/", given).status_code == 302

    for answer in (given["answer"], key.get(options)):
        again = nobody()
        again.cookies["lightkeeper"] = cookie
        assert refused(again.post("/sign-in/key/", {**given, "answer": answer}))


def test_what_was_answered_wrongly_is_not_asked_again(key):
    browser = nobody()
    options = asked_in(browser.get("/sign-in/key/"))
    cookie = browser.cookies["lightkeeper"].value
    wrong = replace(key, verifies=False).get(options)
    assert refused(browser.post("/sign-in/key/", {"purpose": "analysis", "answer": wrong}))

    browser.cookies["lightkeeper"] = cookie
    right = {"purpose": "analysis", "answer": replace(key, count=9).get(options)}
    assert refused(browser.post("/sign-in/key/", right))


def test_what_was_asked_lasts_five_minutes(key, monkeypatch):
    monkeypatch.setattr(passkeys, "ASKED_SECONDS", -1)

    assert refused(sign_in_by(key))


def test_what_another_browser_was_asked_does_not_open_this_one(key):
    options = asked_in(nobody().get("/sign-in/key/"))
    given = {"purpose": "analysis", "answer": key.get(options)}
    other = nobody()
    other.get("/sign-in/key/")

    assert refused(other.post("/sign-in/key/", given))
    assert refused(nobody().post("/sign-in/key/", given))


@pytest.mark.parametrize("count", [0, -1])
def test_a_counter_that_does_not_move_on_is_a_copy_of_the_key(key, count):
    assert sign_in_by(key).status_code == 302
    assert refused(sign_in_by(replace(key, count=key.count + count - 1)))


def test_of_two_answers_of_one_count_one_opens(key):
    browsers = [nobody() for _ in range(4)]
    options = [asked_in(browser.get("/sign-in/key/")) for browser in browsers]
    answers = [replace(key, count=5).get(one) for one in options]
    together, statuses = threading.Barrier(4), []

    def come(number: int) -> None:
        given = {"purpose": "analysis", "answer": answers[number]}
        together.wait()
        statuses.append(browsers[number].post("/sign-in/key/", given).status_code)
        connections.close_all()

    threads = [threading.Thread(target=come, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 403, 403, 403]


def test_a_removed_key_does_not_open_and_its_codes_end_with_it(lou, key):
    number = Passkey.objects.get().pk
    assert lou.post("/second-factor/key/remove/", {"key": number}).status_code == 302

    assert refused(sign_in_by(key))
    assert factors.recovery_codes_left(person_id()) == 0
    assert sign_in(nobody())["Location"] == "/"
    assert "passkey removed" in did()


def plain(answer) -> str:
    """Without the token of its forms, which differs in each."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


def test_nobody_removes_the_key_of_another(key, browse):
    number = Passkey.objects.get().pk
    hidden = browse("ada").post("/second-factor/key/remove/", {"key": number})
    absent = browse("ada").post("/second-factor/key/remove/", {"key": number + 1000})

    assert hidden.status_code == 404
    assert plain(hidden) == plain(absent)
    assert Passkey.objects.get().removed_at is None


def test_the_key_of_another_is_no_second_step(key, browse):
    browser = nobody()
    sign_in(browser)
    soft = SoftKey()
    other = browse("ada")
    assert add(other, soft).status_code == 200
    options = asked_in(browser.get("/sign-in/code/"))

    assert refused(browser.post("/sign-in/code/", {"answer": soft.get(options)}))
    assert not is_in(browser)


def test_a_key_is_added_once_and_not_to_two_people(lou, key, browse):
    other = browse("ada")
    options = asked_in(other.post("/second-factor/key/"))
    given = {"name": "mine", "answer": replace(key).create(options)}

    assert other.post("/second-factor/key/add/", given).status_code == 409
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"response": {}}', "x" * 30_000])
def test_what_is_no_answer_of_a_key_is_refused(lou, key, answer):
    browser = nobody()
    browser.get("/sign-in/key/")

    assert refused(browser.post("/sign-in/key/", {"purpose": "analysis", "answer": answer}))
    lou.post("/second-factor/key/")
    given = {"name": "x", "answer": answer}
    assert lou.post("/second-factor/key/add/", given).status_code == 409


def test_a_key_proves_who_it_is_before_a_sensitive_act(lou, key):
    proved_long_ago(minutes=6)
    options = asked_in(lou.get("/prove/"))
    assert options["userVerification"] == "required"
    assert refused(lou.post("/prove/", {"answer": replace(key, verifies=False).get(options)}))

    options = asked_in(lou.get("/prove/"))
    given = {"answer": replace(key, count=9).get(options), "next": "/second-factor/"}
    assert lou.post("/prove/", given)["Location"] == "/second-factor/"
    assert "proved again who it is" in did()


@pytest.mark.parametrize("door", ["", "remove/"])
def test_keys_are_changed_only_shortly_after_a_proof(lou, key, door):
    proved_long_ago(minutes=6)

    assert lou.post(f"/second-factor/key/{door}", {"key": "1"})["Location"].startswith("/prove/")


def test_a_locked_name_is_open_to_its_key(key):
    for _ in range(6):
        sign_in(nobody(), password="x")
    assert sign_in(nobody()).status_code == 429

    assert sign_in_by(key).status_code == 302


def test_a_closed_account_is_closed_to_its_key(key):
    with superuser(NAME) as connection:
        connection.execute("update accounts_credential set is_active = false where username='lou'")
        try:
            assert refused(sign_in_by(key))
        finally:
            connection.execute("update accounts_credential set is_active = true")


def test_a_program_with_a_password_alone_does_not_get_past_a_key(key):
    given = {"username": "lou", "password": PASSWORD, "purpose": "analysis"}
    answer = nobody().post("/api/sessions", given, content_type="application/json")

    assert answer.status_code == 401
