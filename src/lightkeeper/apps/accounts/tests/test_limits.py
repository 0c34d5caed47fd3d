"""Each row of the table of limits is tripped alone, and its neighbours stay as they were."""

import csv
from importlib.resources import files
from itertools import count

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lightkeeper.apps.accounts import limits
from lightkeeper.apps.accounts.limits import Counted
from lightkeeper.apps.accounts.tests.conftest import sign_in
from lightkeeper.apps.sharing import policies as sharing
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.web.contract import contract

pytestmark = pytest.mark.usefixtures("committed")

TABLE = files("lightkeeper.refdata").joinpath("rate_limits.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines()))
USES = [(row, door) for row in ROWS if row["counts"] == "uses" and row["then"] != "empty"
        for door in row["doors"].split()]  # fmt: skip
FAILURES = [(row, door) for row in ROWS if row["counts"] == "failures"
            for door in row["doors"].split()]  # fmt: skip
# Somebody with the role of a row, and nobody's role where it has none.
WITH_ROLE = {"analyst": "lou", "officer": "ben", "social_worker": "cleo", "supervisor": "sam",
             "": "dev"}  # fmt: skip
FEW = 2


def name_of(case):
    row, door = case
    return f"{row['code']} {row['role']} {door}"


@pytest.fixture
def few():
    """`few("search-pace", "")`: of that row alone, two are enough. All as before afterwards."""
    with superuser(NAME) as connection:
        before = connection.execute("select id, most from accounts_ratelimit").fetchall()

        def make_few(code, role=""):
            connection.execute(
                "update accounts_ratelimit set most = %s where code = %s and role = %s",
                (FEW, code, role),
            )
            limits.forget_rules()

        yield make_few
        for number, most in before:
            connection.execute(
                "update accounts_ratelimit set most = %s where id = %s", (most, number)
            )
    limits.forget_rules()


@pytest.fixture
def slept(monkeypatch):
    waits = []
    monkeypatch.setattr(limits.time, "sleep", waits.append)
    return waits


@pytest.fixture
def use(browse, call_api):
    """`use("api:search_picture", "ada")`: its status; the address is that of nothing there is."""

    def once(door, who, source="192.0.2.1"):
        method, _, name = door.partition(":") if door.split(":")[0].isupper() else ("", "", door)
        method = method or contract()[name].methods[0]
        try:
            url = reverse(name)
        except NoReverseMatch:
            url = reverse(name, args=["NONE-0000"])
        client = (call_api if name.startswith("api:") else browse)(who)
        return client.generic(method, url, REMOTE_ADDR=source)

    return once


@pytest.fixture
def sam_supervises(tokens):
    with superuser(NAME) as connection:
        connection.execute(
            "insert into accounts_personrole (person_id, role) "
            "select id, 'supervisor' from accounts_person where username = 'sam'"
        )
        yield
        connection.execute("delete from accounts_personrole where role = 'supervisor'")


def limited(answer, slept, row):
    if row["then"] == "slow":
        waited = slept == [int(row["delay_ms"]) / 1000]
        slept.clear()
        return waited and answer.status_code != 429
    return answer.status_code == 429 and not slept


@pytest.mark.parametrize("case", USES, ids=name_of)
def test_each_limit_on_uses_trips_alone(few, use, slept, case, sam_supervises):
    row, door = case
    few(row["code"], row["role"])
    person = row["counted"] == "person"
    who = WITH_ROLE[row["role"]] if person else ""
    if who == "sam" and row["code"] == "look-hour":
        few("look-hour", "supervisor")

    answers = [use(door, who) for _ in range(FEW)]
    assert [a.status_code for a in answers if a.status_code == 429] == []
    assert slept == []

    assert limited(use(door, who), slept, row)
    assert limited(use(door, who), slept, row)
    neighbour = use(door, "otto") if person else use(door, "", source="192.0.2.2")
    assert neighbour.status_code != 429
    other = "intelligence:priorities" if person else "accounts:code"
    if person:
        assert use(other, who).status_code != 429
    assert slept == []


@pytest.mark.parametrize("row", [r for r in ROWS if r["role"]], ids=lambda r: r["code"] + r["role"])
def test_the_row_of_a_role_is_not_that_of_others(few, use, slept, row, sam_supervises):
    few(row["code"])
    door = row["doors"].split()[0]

    answers = [use(door, WITH_ROLE[row["role"]]) for _ in range(FEW + 1)]

    assert 429 not in {a.status_code for a in answers}
    assert slept == []


# --- Where failures count ---------------------------------------------------------------------

NUMBERS = count(1)


def signing_in(door, username="lou", password=PASSWORD[::-1], source=None, browser=None, **more):
    """One try, of its own browser and its own address unless these are given."""
    client = browser or Client(headers={"host": "localhost"})
    given = {"username": username, "password": password, "purpose": "analysis", **more}
    more = {"REMOTE_ADDR": source or f"198.51.100.{next(NUMBERS) % 250}"}
    if door.endswith("api:open_session"):
        return client.post("/api/sessions", given, content_type="application/json", **more)
    return client.post("/sign-in/", given, **more)


def try_sign_in_account(door, factor):
    return lambda: signing_in(door), lambda: signing_in(door, "ada")


def try_sign_in_browser(door, factor):
    known = factor.known()
    return lambda: signing_in(door, browser=known), lambda: signing_in(door)


def try_sign_in_source(door, factor):
    def fail(source):
        return lambda: signing_in(door, f"nobody-{next(NUMBERS)}", source=source)

    return fail("203.0.113.1"), fail("203.0.113.2")


def try_sign_in_all(door, factor):
    known = factor.known()
    return (
        lambda: signing_in(door, f"nobody-{next(NUMBERS)}"),
        lambda: signing_in("", browser=known),
    )


def code_from(browser):
    def give():
        assert signing_in("", password=PASSWORD, browser=browser)["Location"] == "/sign-in/code/"
        return browser.post("/sign-in/code/", {"code": "000000"})

    return give


def try_code_account(door, factor):
    if "api" in door:  # password and code together: past the limit of codes it reads as before
        return None, None
    fresh = Client(headers={"host": "localhost"})
    return code_from(fresh), code_from(factor.known())


def try_code_browser(door, factor):
    return code_from(factor.known()), code_from(Client(headers={"host": "localhost"}))


def program_of(who, tokens):
    headers = {"host": "localhost", "authorization": f"Bearer {tokens[who]}"}
    return lambda: Client(headers=headers).post(
        "/api/proof", {"password": "x"}, content_type="application/json"
    )


def try_proof_person(door, factor):
    def prove(browser):
        given = {"password": "x", "code": "000000"}
        return lambda: browser.post(reverse(door.partition(":")[2]), given)

    if "api" in door:
        return program_of("ben", factor.tokens), program_of("ada", factor.tokens)
    other = Client(headers={"host": "localhost"})
    assert sign_in(other, username="ada")["Location"] == "/"
    return prove(factor.browser), prove(other)


@pytest.mark.parametrize("case", FAILURES, ids=name_of)
def test_each_limit_on_failures_trips_alone(few, slept, case, factor, tokens):
    row, door = case
    factor.tokens = tokens
    attempt, neighbour = globals()["try_" + row["code"].replace("-", "_")](door, factor)
    if attempt is None:
        return test_wrong_codes_by_a_program_read_as_before(few, factor)
    few(row["code"])

    assert {attempt().status_code for _ in range(FEW)} <= {401, 403}
    assert slept == []

    assert limited(attempt(), slept, row)
    assert neighbour().status_code in (401, 403)
    assert slept == []


def test_wrong_codes_by_a_program_read_as_before(few, factor):
    """A status of its own would tell that the password was right."""
    few("code-account")
    with superuser(NAME) as connection:
        connection.execute("update accounts_ratelimit set most = 50 where code = 'sign-in-account'")
    limits.forget_rules()

    answers = [
        signing_in("api:open_session", password=PASSWORD, code="000000") for _ in range(FEW + 1)
    ]
    right = signing_in("api:open_session", password=PASSWORD, code=factor.code())

    assert {(a.status_code, a.content) for a in [*answers, right]} == {(401, right.content)}


def test_every_limit_names_doors_that_there_are_and_only_known_words():
    for row in ROWS:
        Counted(row["counted"])
        limits.Then(row["then"])
        for door in row["doors"].split():
            name = door.partition(":")[2] if door.split(":")[0].isupper() else door
            assert name in contract(), row
        if row["counts"] == "failures":
            assert "try_" + row["code"].replace("-", "_") in globals()


def test_the_limit_of_questions_to_other_agencies_is_the_one_that_sharing_keeps():
    [row] = [row for row in ROWS if row["then"] == "empty"]

    assert (int(row["most"]), int(row["seconds"])) == (sharing.MOST_A_DAY, 86_400)
    assert row["doors"] == "POST:sharing:ask POST:api:ask_who_holds"
