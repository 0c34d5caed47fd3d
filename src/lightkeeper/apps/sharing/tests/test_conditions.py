"""Conditions with days, and consent to passing on: when they count, for whom, who may say so."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from lightkeeper.apps.accounts.models import Agency
from lightkeeper.apps.intake.models import Record
from lightkeeper.apps.sharing import conditions
from lightkeeper.apps.sharing import services as sharing
from lightkeeper.apps.sharing.choices import Danger
from lightkeeper.apps.sharing.tests.conftest import KIT
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import HUB

NOW = timezone.now()
TODAY = NOW.date()


def later(days):
    return TODAY + timedelta(days=days)


def mine(actor, record):
    return Record.objects.visible_to(actor).select_related("bucket__owner").get(pk=record.pk)


def say(actor, record, *, put=True, condition="ORCON", since=TODAY, until=None, reason="why"):
    return conditions.set_condition(
        by=actor, record=mine(actor, record), condition=condition, put=put, reason=reason,
        since=since, until=until, at=NOW,
    )  # fmt: skip


def consent(actor, record, *, to=HUB, since=TODAY, until=None, reason="why"):
    return conditions.give_consent(
        by=actor, record=mine(actor, record), agency=Agency.objects.get(code=to), reason=reason,
        since=since, until=until or later(9), at=NOW,
    )  # fmt: skip


@pytest.fixture
def may_pass_on(as_):
    """Whether somebody may disclose it, by the guard; the matrices compare it with PostgreSQL."""

    def ask(name, record):
        actor = as_(name)
        return mine(actor, record).bucket_id in actor.disclosable

    return ask


@pytest.fixture
def shared(held):
    return held("ben", released_to=(HUB,))


def test_a_condition_put_on_counts_at_once_for_others_and_is_shown(as_, shared, may_pass_on):
    assert may_pass_on("dev", shared)

    say(as_("ben"), shared)

    assert not may_pass_on("dev", shared)
    shown = conditions.show(as_("dev"), shared.reference)
    assert (shown.stated, shown.today) == ((), ("ORCON",))
    assert [(one.conds, one.puts) for one in shown.changes] == [(Cond.ORCON, True)]


@pytest.mark.parametrize(("since", "until"), [(1, None), (1, 2)])
def test_one_that_begins_tomorrow_does_not_count_today(as_, shared, may_pass_on, since, until):
    say(as_("ben"), shared, since=later(since), until=until and later(until))

    assert may_pass_on("dev", shared)
    assert conditions.show(as_("ben"), shared.reference).today == ()


def test_ended_it_counts_no_more(as_, shared, may_pass_on):
    reference = say(as_("ben"), shared, condition="NO-EXPORT")
    assert not may_pass_on("dev", shared)

    ben = as_("ben")
    change = conditions.get_condition(ben, reference)
    conditions.end_condition(by=ben, change=change, reason="The trial began.", at=NOW)

    assert may_pass_on("dev", shared)
    with pytest.raises(Refused, match="has ended"):
        conditions.end_condition(by=as_("ben"), change=change, reason="Again.", at=NOW)


def test_a_condition_of_the_label_is_lifted_for_days(as_, held, may_pass_on):
    record = held("ben", Cond.ORCON, released_to=(HUB,))
    assert not may_pass_on("dev", record)

    say(as_("ben"), record, put=False, until=later(5))

    assert may_pass_on("dev", record)
    shown = conditions.show(as_("ben"), record.reference)
    assert (shown.stated, shown.today) == (("ORCON",), ())


def test_put_on_counts_more_than_lifted(as_, shared, may_pass_on):
    say(as_("ben"), shared)
    say(as_("ben"), shared, put=False, until=later(5))

    assert not may_pass_on("dev", shared)


def test_consent_lets_the_named_agency_pass_it_on_until_it_is_withdrawn(as_, held, may_pass_on):
    record = held("ben", Cond.ORCON, released_to=(HUB, "westmark-council"))
    consent(as_("ben"), record, to="westmark-council")
    assert not may_pass_on("dev", record)

    reference = consent(as_("ben"), record)
    assert may_pass_on("dev", record)

    ben = as_("ben")
    conditions.withdraw_consent(
        by=ben, consent=conditions.get_consent(ben, reference), reason="No more.", at=NOW
    )
    assert not may_pass_on("dev", record)


def test_consent_from_tomorrow_does_not_count_today(as_, held, may_pass_on):
    record = held("ben", Cond.ORCON, released_to=(HUB,))
    consent(as_("ben"), record, since=later(1))

    assert not may_pass_on("dev", record)


def test_consent_goes_to_those_who_have_it_and_to_nobody_else(as_, held):
    record = held("ben", Cond.ORCON, released_to=(HUB,))
    with pytest.raises(Refused, match="not released to"):
        consent(as_("ben"), record, to="eastmere-police")


def test_what_was_consented_to_or_lifted_ends_when_more_comes_to_hang_from_it(
    as_, held, may_pass_on
):
    first = held("otto", Cond.ORCON, released_to=(HUB,))
    consent(as_("otto"), first)
    say(as_("otto"), first, put=False, until=later(5))
    say(as_("otto"), first, condition="NO-EXPORT", since=later(3))
    assert may_pass_on("dev", first)
    second = held("otto", Cond.ORCON, released_to=(HUB,))

    opened = sharing.break_glass(
        by=as_("ben"), about=KIT, danger=Danger.LIFE, at=NOW,
        justification="A caller says she is held there and they leave tonight.",
    )  # fmt: skip
    assert {first.reference, second.reference} == set(opened.records)

    assert not may_pass_on("dev", second)
    assert not may_pass_on("dev", first)
    left = [one for one in conditions.show(as_("otto"), first.reference).changes
            if one.active_to is None]  # fmt: skip
    assert [(one.conds, one.puts) for one in left] == [(Cond.NO_EXPORT, True)]


def test_only_its_owner_says_so_and_whoever_has_the_power(as_, shared):
    for name in ("dev", "ada"):
        with pytest.raises(NotPermitted):
            say(as_(name), shared)
    with pytest.raises(NotPermitted):
        consent(as_("dev"), shared)


def test_the_database_refuses_it_too(as_, shared):
    as_("dev")
    for statement in (
        "select sec.set_condition('CND-X', %s, 1, false, 'x', current_date, current_date + 1)",
        "select sec.give_consent('RLS-X', %s, 1, 'x', current_date, current_date + 1)",
    ):
        with pytest.raises(ProgrammingError, match="owns a record"), transaction.atomic():
            connection.cursor().execute(statement, [shared.pk])
    for table in ("accounts_datedcondition", "accounts_consent"):
        with pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
            connection.cursor().execute(f"update {table} set active_to = null")


def test_nobody_else_ends_it(as_, shared):
    reference = say(as_("ben"), shared)
    dev = as_("dev")
    with pytest.raises(NotPermitted):
        conditions.end_condition(
            by=dev, change=conditions.get_condition(dev, reference), reason="x", at=NOW
        )
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_condition(%s)", [reference])
        assert cursor.fetchone() == (False,)
    with pytest.raises(NotFound):
        conditions.get_condition(as_("cleo"), reference)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": " "}, "Say why"),
        ({"since": later(-1)}, "today or later"),
        ({"until": TODAY}, "after the day"),
        ({"put": False}, "day on which it ends"),
        ({"put": False, "until": later(400)}, "within a year"),
    ],
)
def test_what_is_not_said_or_has_passed_is_refused(as_, shared, given, said):
    with pytest.raises(Refused, match=said):
        say(as_("ben"), shared, **given)


def test_each_step_stands_in_the_log_with_its_reason(as_, shared, recorded_events):
    reference = say(as_("ben"), shared, reason="Before the trial.")
    ben = as_("ben")
    change = conditions.get_condition(ben, reference)
    conditions.end_condition(by=ben, change=change, reason="It began.", at=NOW)

    assert recorded_events == [
        ("condition put on", f"ORCON from {TODAY} to no end: Before the trial."),
        ("condition ended", "It began."),
    ]


def test_a_page_sets_shows_and_ends_it(browse, as_, shared):
    ben = browse("ben")
    page = f"/sharing/handling/{shared.reference}/"
    day = {f"condition-since_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    given = {"condition-condition": "NO-EXPORT", "condition-put": "PUT", "condition-reason": "y"}

    assert ben.post(f"{page}condition/", {**given, **day}).status_code == 302
    assert "NO-EXPORT put on" in ben.get(page).content.decode()
    assert ben.post(f"{page}condition/", given).status_code == 422


def test_what_day_it_is_is_not_for_a_session_to_choose(as_, held, may_pass_on):
    """What a rule was worked out to by a false day would also stay."""
    record = held("ben", Cond.ORCON, released_to=(HUB,))
    consent(as_("ben"), record, since=later(1), until=later(4))
    assert not may_pass_on("dev", record)
    as_("dev")
    with connection.cursor() as cursor:
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
            cursor.execute("select set_config('timezone', %s, true)", [zone])
            cursor.execute("select * from sec.whoami()")
            cursor.execute("select consents from sec.my_roots()")
            assert cursor.fetchone() == ([],)
        cursor.execute("set local timezone to 'UTC'")

    assert not may_pass_on("dev", record)


def test_nobody_is_told_of_a_condition_on_what_they_may_not_see(as_, held):
    record = held("ben", compartment=False)
    say(as_("ben"), record)
    asked = "select count(*) from sec.dated_conditions()"
    found = {}
    for name in ("ben", "otto"):
        as_(name)
        with connection.cursor() as cursor:
            cursor.execute(asked)
            [found[name]] = cursor.fetchone()

    assert found == {"ben": 1, "otto": 0}


def test_a_reason_that_is_missing_is_asked_for_where_it_is_missing(browse, as_, held):
    record = held("ben")
    first, second = say(as_("ben"), record), say(as_("ben"), record, since=later(9))
    page = browse("ben").get(reverse("sharing:handling", args=[record.reference]))
    ids = re.findall(r' id="([^"]+)"', page.content.decode())
    assert len(ids) == len(set(ids))

    answer = browse("ben").post(reverse("sharing:end_condition", args=[first]), {})
    assert answer.status_code == 422
    text = answer.content.decode()
    [field] = re.findall(rf'<textarea[^>]*id="id_{first}_reason"[^>]*>', text)
    [other] = re.findall(rf'<textarea[^>]*id="id_{second}_reason"[^>]*>', text)
    assert ("aria-invalid" in field, "aria-invalid" in other) == (True, False)
