"""What was being written when a session ended comes back to its writer, once, and does nothing."""

import json
from datetime import UTC, datetime, timedelta
from threading import Thread
from time import sleep

import psycopg
import pytest
from django.db import connection, transaction
from django.forms import Form, PasswordInput
from django.test import Client

from lightkeeper.apps.accounts import drafts
from lightkeeper.apps.accounts.tests.conftest import proved_long_ago, sign_in
from lightkeeper.core.access import acting
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import CLUSTER, NAME, superuser
from lightkeeper.web.contract import contract
from lightkeeper.web.drafts import OF_ACCOUNTS

PAGE, DOOR = "/breaches/report/", "/breaches/report/send/"
WORDS = "A screen stood open\nin the front office <all night>."
WRITTEN = {"what": WORDS, "kinds": ["CONFIDENTIALITY", "INTEGRITY"], "aware_time": "09:30"}
NOTE = 'id="draft"'


def rests(username: str = "lou", by: str = "seen_at = now() - interval '16 minutes'") -> None:
    with superuser(NAME) as connected:
        connected.execute(
            f"update sec.session set {by} where person_id = "
            "(select id from accounts_person where username = %s)",
            (username,),
        )


def send(browser: Client, page: str = PAGE, **more):
    headers = {"referer": f"http://localhost{page}", **more.pop("headers", {})}
    return browser.post(DOOR, {**WRITTEN, **more}, headers=headers)


def how_many(table: str) -> int:
    with superuser(NAME) as connected:
        return connected.execute(f"select count(*) from {table}").fetchone()[0]


def connect() -> psycopg.Connection:
    """In the role of the pages."""
    return psycopg.connect(CLUSTER.url("lk_web", NAME))


@pytest.fixture
def ended(lou):
    """Lou's browser, in which she sent a report after she had rested for too long."""
    rests()
    assert send(lou)["Location"] == f"/sign-in/?next={PAGE}"
    return lou


def test_what_was_written_comes_back_to_its_page_after_signing_in_again(ended):
    assert sign_in(ended, next=PAGE)["Location"] == PAGE
    page = ended.get(PAGE).content.decode()

    assert NOTE in page
    assert f'data-action="{DOOR}"' in page
    assert "A screen stood open\nin the front office &lt;all night&gt;." in page
    assert page.count('<dd class="as-written">') == 4


def test_nothing_of_it_is_done_until_its_writer_sends_it(ended):
    sign_in(ended)
    ended.get(PAGE)
    before = how_many("breaches_breach")
    with superuser(NAME) as connected:
        [[verbs]] = connected.execute("select array_agg(did) from audit_event").fetchall()

    assert before == 0
    assert "own draft given back" in verbs
    assert "breach reported" not in verbs


def test_it_comes_back_once(ended):
    sign_in(ended)

    assert NOTE in ended.get(PAGE).content.decode()
    assert NOTE not in ended.get(PAGE).content.decode()


def test_giving_it_back_changes_nothing_in_the_database(ended):
    sign_in(ended)
    ended.get(PAGE)

    assert how_many("accounts_draft") == 1


def test_it_waits_for_its_page(ended):
    sign_in(ended)

    assert NOTE not in ended.get("/").content.decode()
    assert NOTE in ended.get(PAGE).content.decode()


def test_somebody_else_at_the_same_browser_gets_nothing(ended):
    ended.post("/sign-in/", {"username": "ben", "password": PASSWORD, "purpose": "analysis"})

    assert NOTE not in ended.get(PAGE).content.decode()


def test_the_same_person_in_another_browser_gets_nothing(ended):
    other = Client(headers={"host": "localhost"})
    sign_in(other)

    assert NOTE not in other.get(PAGE).content.decode()


def test_after_an_hour_it_is_gone_and_swept_at_the_next_sign_in(ended):
    with superuser(NAME) as connected:
        connected.execute("update accounts_draft set kept_at = now() - interval '61 minutes'")
    sign_in(ended)

    assert NOTE not in ended.get(PAGE).content.decode()
    assert how_many("accounts_draft") == 0


def test_an_hour_is_an_hour_also_before_it_is_swept(lou, as_):
    with transaction.atomic():
        actor = as_("lou")
        with acting.with_session(lou.session["token"]):
            key = drafts.keep({"action": DOOR, "fields": {}, "file": False})
            later = datetime.now(UTC) + timedelta(minutes=61)

            assert drafts.given_back(by=actor, key=key, at=later) is None
            assert drafts.given_back(by=actor, key=key)["action"] == DOOR
            assert drafts.given_back(by=actor, key="no key") is None
            assert drafts.given_back(by=actor, key="ab" * 32) is None


def test_what_the_database_keeps_is_no_text_and_the_cookie_has_none_of_it(ended):
    with superuser(NAME) as connected:
        [row] = connected.execute("select sealed, key_hash from accounts_draft").fetchall()
    cookie = ended.cookies["lightkeeper"].value
    key = ended.session["draft"]["key"]

    assert b"front office" not in row[0]
    assert bytes.fromhex(key) not in row
    assert "office" not in cookie
    assert set(ended.session["draft"]) == {"key", "at"}
    assert PAGE not in str(dict(ended.session.items()))


def test_the_code_of_a_second_factor_is_asked_in_between(factor):
    browser = factor.browser
    rests()
    send(browser)
    sign_in(browser, next=PAGE)

    assert browser.post("/sign-in/code/", {"code": factor.code()})["Location"] == PAGE
    assert NOTE in browser.get(PAGE).content.decode()


def test_a_proof_that_is_asked_for_again_keeps_what_was_written_too(lou):
    proved_long_ago(minutes=6)
    page = "/sharing/exclude/"
    answer = lou.post(
        page, {"reason": "They are related."}, headers={"referer": f"http://localhost{page}"}
    )
    assert answer["Location"] == f"/prove/?next={page}"
    lou.post("/prove/", {"password": PASSWORD, "next": page})

    assert NOTE in lou.get(page).content.decode()
    assert how_many("accounts_draft") == 1


def test_a_request_of_htmx_is_led_to_sign_in_and_back_to_its_page(lou):
    rests()
    url = {"hx-request": "true", "hx-current-url": f"http://localhost{PAGE}"}
    answer = send(lou, "/elsewhere/", headers=url)

    assert answer["HX-Redirect"] == f"/sign-in/?next={PAGE}"
    sign_in(lou, next=PAGE)
    assert NOTE in lou.get(PAGE).content.decode()


def test_another_site_is_not_where_one_is_led_back_to(lou):
    rests()
    answer = lou.post(DOOR, WRITTEN, headers={"referer": "https://elsewhere.example/x/"})

    assert answer["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize("door", ["/password/", "/prove/", "/second-factor/off/"])
def test_passwords_and_codes_are_never_kept(lou, door):
    rests()
    lou.post(door, {"password": PASSWORD, "old": PASSWORD, "new": "x" * 20, "code": "123456"})

    assert how_many("accounts_draft") == 0


def test_no_door_outside_accounts_asks_for_a_password():
    assert set(contract()) > OF_ACCOUNTS
    kinds, todo = set(), [Form]
    while todo:
        kinds |= (found := set(todo.pop().__subclasses__()) - kinds)
        todo += found
    assert len(kinds) > 30
    secret = {
        kind.__module__
        for kind in kinds
        for field in kind.base_fields.values()
        if isinstance(field.widget, PasswordInput)
        or field.widget.attrs.get("autocomplete") == "one-time-code"
    }
    ours = {one for one in secret if one.startswith("lightkeeper.")}
    assert ours == {"lightkeeper.apps.accounts.forms"}


def test_a_session_that_was_ended_on_purpose_keeps_nothing(lou):
    cookie = lou.cookies["lightkeeper"].value
    lou.post("/sign-out/")
    lou.cookies["lightkeeper"] = cookie
    answer = send(lou)

    assert answer["Location"].startswith("/sign-in/")
    assert how_many("accounts_draft") == 0


def test_a_form_without_a_word_in_it_keeps_nothing(lou):
    rests()
    lou.post(DOOR, {"what": "", "next": "/"})

    assert how_many("accounts_draft") == 0


def test_more_than_a_form_can_hold_is_not_kept(lou):
    rests()
    send(lou, what="x" * 66_000)

    assert how_many("accounts_draft") == 0


def test_one_session_has_one_draft_the_latest(lou):
    rests()
    token = lou.session["token"]
    for words in ("first", "second"):
        with acting.with_session(token), transaction.atomic():
            drafts.keep({"fields": {"what": [words]}})

    assert how_many("accounts_draft") == 1


def test_two_tabs_of_a_session_that_ended_keep_their_words_at_once_and_neither_fails(lou):
    rests()
    results = []

    def keep(connected, number):
        connected.execute("select set_config('app.session', %s, true)", [lou.session["token"]])
        kept = connected.execute("select sec.keep_draft(%s, %s)", [bytes([number]), b"box"])
        results.append(kept.fetchone()[0])

    with connect() as one, connect() as other, superuser(NAME) as there:
        keep(one, 1)
        later = Thread(target=lambda: (keep(other, 2), other.commit()))
        later.start()
        waits = "select wait_event_type from pg_stat_activity where pid = %s"
        for _ in range(500):
            if there.execute(waits, [other.info.backend_pid]).fetchone()[0] == "Lock":
                break
            sleep(0.01)
        one.commit()
        later.join()

    assert results == [True, True]
    assert how_many("accounts_draft") == 1


def test_what_waits_for_a_proof_still_waits_when_the_session_ends_on_another_page(lou):
    proved_long_ago(minutes=6)
    page = "/sharing/exclude/"
    lou.post(page, {"reason": "They are related."}, headers={"referer": f"http://localhost{page}"})
    rests()
    assert lou.get("/tasks/")["Location"].startswith("/sign-in/")
    assert "token" not in lou.session
    sign_in(lou)

    assert NOTE in lou.get(page).content.decode()


def test_the_address_to_which_a_form_was_sent_keeps_its_query(lou):
    rests()
    lou.post(f"{DOOR}?order=teaching", WRITTEN, headers={"referer": f"http://localhost{PAGE}?a=b"})
    sign_in(lou)

    assert f'data-action="{DOOR}?order=teaching"' in lou.get(f"{PAGE}?a=c").content.decode()


def test_a_program_is_told_to_sign_in_and_nothing_is_kept(lou):
    rests()
    program = Client(
        headers={"host": "localhost", "authorization": f"Bearer {lou.session['token']}"}
    )
    answer = program.post(
        "/api/breaches/", json.dumps({"what": WORDS}), content_type="application/json"
    )

    assert answer.status_code == 401
    assert how_many("accounts_draft") == 0


def test_a_statement_in_the_pages_role_reads_no_draft_of_another_and_enters_none(lou, as_):
    with transaction.atomic():
        with acting.with_session(lou.session["token"]):
            drafts.keep({"fields": {}})
        as_("ben")
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from accounts_draft")
            assert cursor.fetchone() == (0,)
            cursor.execute("select has_table_privilege('accounts_draft', 'insert, update, delete')")
            assert cursor.fetchone() == (False,)
        transaction.set_rollback(True)
