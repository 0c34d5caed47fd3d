"""A role that demands a second factor, and what two operators do where one is lost."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from lightkeeper.apps.accounts import factors, lost_factors
from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.models import FactorRemoval, Person
from lightkeeper.apps.accounts.tests.conftest import did, sign_in
from lightkeeper.apps.accounts.tests.test_passkeys import SoftKey, add
from lightkeeper.cli.main import main
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import PASSWORD, open_session_of
from lightkeeper.testing.plugin import NAME, superuser

WHY = "rang back on the desk's number and saw their pass"


def demand(role: str, since: date, until: date | None = None) -> None:
    with superuser(NAME) as connection:
        connection.execute(
            "update accounts_factordemand set active_from = %s, active_to = %s where role = %s",
            (since, until, role),
        )


@pytest.fixture
def demanded(lou):
    """Of analysts, from today."""
    today = date.today()
    demand("analyst", today)
    yield today
    demand("analyst", today, today)


def nobody() -> Client:
    return Client(headers={"host": "localhost"})


def test_a_role_that_demands_one_opens_the_page_of_factors_and_nothing_else(lou, demanded):
    for path in ("/", "/tasks/", "/sessions/", "/help/"):
        assert lou.get(path)["Location"] == "/second-factor/", path
    page = lou.get("/second-factor/").content.decode()
    assert "Your role needs more than a password" in page
    assert lou.post("/sharing/exclude/")["Location"] == "/second-factor/"


@pytest.mark.parametrize("days", [1, 30])
def test_a_demand_from_a_later_day_opens_everything_until_then(lou, days):
    demand("analyst", date.today() + timedelta(days=days))
    try:
        assert lou.get("/tasks/").status_code == 200
    finally:
        demand("analyst", date.today(), date.today())


def test_a_demand_of_another_role_demands_nothing(lou, browse):
    demand("officer", date.today())
    try:
        assert lou.get("/tasks/").status_code == 200
        assert browse("ben").get("/tasks/")["Location"] == "/second-factor/"
    finally:
        demand("officer", date.today(), date.today())


def test_a_passkey_meets_the_demand_at_once(lou, demanded):
    assert add(lou, SoftKey()).status_code == 200

    assert lou.get("/tasks/").status_code == 200


def test_codes_meet_the_demand_and_turned_off_they_do_not(factor):
    today = date.today()
    demand("analyst", today)
    try:
        assert factor.browser.get("/tasks/").status_code == 200
        given = {"password": PASSWORD, "code": factor.code()}
        factor.browser.post("/second-factor/off/", given)
        assert factor.browser.get("/tasks/")["Location"] == "/second-factor/"
    finally:
        demand("analyst", today, today)


def test_a_program_and_a_command_are_told_to_enrol_first(lou, demanded, call_api):
    given = {"username": "lou", "password": PASSWORD, "purpose": "analysis"}
    token = nobody().post("/api/sessions", given, content_type="application/json").json()["token"]
    program = Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})
    answer = program.get("/api/tasks")
    assert answer.status_code == 403
    assert answer.json() == {"detail": "Turn on two-step sign-in on the site first."}

    said = CliRunner().invoke(
        main, ["find", "Zq", "--as", "lou"], env={"LIGHTKEEPER_PASSWORD": PASSWORD}
    )
    assert said.exit_code == 5
    assert "Turn on two-step sign-in" in said.stderr


# --- A lost one -------------------------------------------------------------------------------


@pytest.fixture
def operators(committed, tokens):
    """Sam, and Dev and Lou for as long as the test runs, are administrators."""
    with superuser(NAME) as connection:
        connection.execute(
            "insert into accounts_personrole (person_id, role) select id, 'administrator' "
            "from accounts_person where username in ('dev', 'lou')"
        )
        yield
        connection.execute(
            "delete from accounts_personrole r using accounts_person p where p.id = r.person_id "
            "and p.username in ('dev', 'lou') and r.role = 'administrator'"
        )


def off(who, as_, at=None, username="lou", reason=WHY):
    with transaction.atomic():
        actor: Actor = as_(who)
        return lost_factors.turn_off(
            by=actor, username=username, reason=reason, at=at or timezone.now()
        )


def lou_id() -> int:
    return Person.objects.using("owner").get(username="lou").pk


def test_one_asks_and_another_confirms(factor, operators, as_):
    add(factor.browser, SoftKey())
    assert off("sam", as_) is False
    assert factors.is_on(lou_id())

    assert off("dev", as_) is True

    assert not factors.is_on(lou_id())
    assert factors.recovery_codes_left(lou_id()) == 0
    assert factor.browser.get("/").status_code == 302
    [kept] = FactorRemoval.objects.all()
    assert (kept.asked_by.username, kept.confirmed_by.username) == ("sam", "dev")
    assert did()[-2:] == ["lost second factor asked about", "lost second factor turned off"]


def test_the_person_is_told_once_when_they_next_sign_in(factor, operators, as_):
    off("sam", as_)
    off("dev", as_)
    browser = nobody()
    assert sign_in(browser)["Location"] == "/"
    assert "Two administrators turned off your second factor" in browser.get("/").content.decode()

    again = nobody()
    sign_in(again)
    assert "Two administrators" not in again.get("/").content.decode()


def test_one_operator_alone_turns_nothing_off(factor, operators, as_):
    off("sam", as_)
    with pytest.raises(Refused, match="Another operator"):
        off("sam", as_)

    assert factors.is_on(lou_id())


def test_what_was_asked_a_day_ago_is_asked_anew(factor, operators, as_):
    now = timezone.now()
    off("sam", as_, at=now - timedelta(hours=24))

    assert off("dev", as_, at=now) is False
    assert factors.is_on(lou_id())


def test_nobody_asks_or_confirms_for_themselves(factor, operators, as_, tokens):
    tokens["lou"] = open_session_of(lou_id())  # hers ended when she turned the factor on
    off("sam", as_)
    with pytest.raises(NotPermitted, match="never one's own"):
        off("lou", as_)

    assert factors.is_on(lou_id())


@pytest.mark.parametrize("who", ["ada", "ben", "audrey"])
def test_only_administrators_do(factor, operators, as_, who):
    off("sam", as_)
    with pytest.raises(NotPermitted):
        off(who, as_)

    assert factors.is_on(lou_id())


def test_it_needs_a_reason_a_person_and_a_factor(factor, operators, as_):
    for given, wrong in (
        ({"reason": " "}, Refused),
        ({"username": "nobody-of-that-name"}, NotFound),
        ({"username": "ada"}, Refused),
    ):
        with pytest.raises(wrong):
            off("sam", as_, **given)


def test_the_database_too_refuses_one_person_in_both_places(factor, operators, as_):
    off("sam", as_)
    asked = FactorRemoval.objects.get()
    for other in (asked.asked_by_id, lou_id()):
        with pytest.raises(IntegrityError), transaction.atomic(using="door"):
            FactorRemoval.objects.filter(pk=asked.pk).update(confirmed_by_id=other)


def test_the_command_asks_and_the_second_one_confirms(factor, operators):
    def run(who):
        return CliRunner().invoke(
            main,
            ["factor", "off", "lou", "--as", who, "--reason", WHY],
            env={"LIGHTKEEPER_PASSWORD": PASSWORD},
        )

    first, second = run("sam"), run("dev")

    assert (first.exit_code, second.exit_code) == (0, 0), (first.stderr, second.stderr)
    assert "Another administrator" in first.stdout
    assert "is off" in second.stdout
    assert not factors.is_on(lou_id())


def test_the_command_demands_a_factor_from_a_day(committed):
    try:
        said = CliRunner().invoke(main, ["factor", "demand", "officer", "--from", "2031-02-03"])
        with superuser(NAME) as connection:
            [row] = connection.execute(
                "select active_from, active_to from accounts_factordemand where role = 'officer'"
            ).fetchall()
    finally:
        demand("officer", date.today(), date.today())

    assert "03 February 2031" in said.stdout
    assert row == (date(2031, 2, 3), None)
