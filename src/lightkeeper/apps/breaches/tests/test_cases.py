"""A breach: who reports, who handles it, how it moves, what is decided and what is demanded."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lightkeeper.apps.breaches import policies, queries, services, showing
from lightkeeper.apps.breaches.choices import (
    About,
    BreachStatus,
    Choice,
    NotToldBecause,
    Risk,
)
from lightkeeper.apps.breaches.clock import clock
from lightkeeper.apps.breaches.models import Breach
from lightkeeper.apps.breaches.reckoning import clock_of
from lightkeeper.apps.breaches.tests.conftest import WHY, assess, describe
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import PEOPLE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")
HOUR = timedelta(hours=1)


def fresh(as_, breach, who="dora"):
    officer = as_(who)
    return officer, queries.find_breach(officer, breach.reference)


def rule(as_, breach, about, choice, ground="", who="dora"):
    officer, breach = fresh(as_, breach, who)
    return services.rule(
        by=officer, breach=breach, about=about, choice=choice, ground=ground, reason=WHY, at=NOON
    )


def notify(as_, breach, sent_at, late_reason="", more=False):
    officer, breach = fresh(as_, breach)
    return services.note_notified(
        by=officer, breach=breach, told=services.Told(sent_at, "by the form, no. 1"),
        more_to_come=more, late_reason=late_reason, at=sent_at + HOUR,
    )  # fmt: skip


def close(as_, breach):
    officer, breach = fresh(as_, breach)
    return services.close(by=officer, breach=breach, reason=WHY, at=timezone.now())


@pytest.mark.parametrize("name", [person[0] for person in PEOPLE])
def test_everybody_who_is_signed_in_may_report_and_only_their_officers_see_it(as_, reported, name):
    reference = reported(by=name)
    agency = {person[0]: person[2] for person in PEOPLE}
    officers = {"dora", "piet"} if agency[name] == "centre-hub" else set()
    officers = {"nell"} if agency[name] == "northshire-police" else officers
    seen = set()
    for person in PEOPLE:
        try:
            queries.get_breach(as_(person[0]), reference)
            seen.add(person[0])
        except NotFound:
            continue
    assert seen == officers


def test_a_report_says_something_of_a_kind_and_of_what_has_happened(as_, reported):
    for how, said in (({"kinds": ()}, "what kind"), ({"what": "  "}, "what happened")):
        with pytest.raises(Refused, match=said):
            reported(**how)
    with pytest.raises(Refused, match="still to come"):
        services.report_breach(
            by=as_("ada"), kinds=["INTEGRITY"], what=WHY, noticed_at=NOON + HOUR, at=NOON
        )


def test_the_hours_are_those_of_the_calendar_over_a_weekend_and_when_the_clocks_change():
    friday = datetime(2026, 10, 23, 18, 0, tzinfo=ZoneInfo("Europe/London"))
    found = clock(friday.astimezone(UTC), 72, notified=None, ended=False, at=friday)

    assert found.due - found.runs_from == timedelta(hours=72)
    assert found.due.astimezone(ZoneInfo("Europe/London")).hour == 17
    assert found.left == timedelta(hours=72)


@pytest.mark.parametrize(
    ("hours", "said", "tone"),
    [(0, "3 days left to notify", "info"), (47, "1 day 1 hour left to notify", "info"),
     (48, "1 day left to notify", "warn"), (71.5, "30 minutes left to notify", "warn"),
     (72, "0 minutes left to notify", "warn"), (75.25, "Overdue by 3 hours 15 minutes", "danger")],
)  # fmt: skip
def test_the_time_left_stands_in_words(handled, hours, said, tone):
    breach = handled()
    found = clock_of(breach, at=NOON + timedelta(hours=hours))

    assert showing.left(breach, found) == {"words": said, "tone": tone}


def test_the_clock_runs_from_the_report_until_somebody_says_since_when_it_was_known(as_, reported):
    reference = reported()
    dora = as_("dora")
    breach = queries.find_breach(dora, reference)
    assert clock_of(breach, at=NOON).due == NOON + 72 * HOUR
    services.take_up(by=dora, breach=breach, aware_at=NOON - 5 * HOUR, reason=WHY, at=NOON)
    dora, breach = fresh(as_, breach)
    assert clock_of(breach, at=NOON).due == NOON + 67 * HOUR
    services.set_aware(by=dora, breach=breach, aware_at=NOON - 2 * HOUR, reason=WHY, at=NOON)
    dora, breach = fresh(as_, breach)
    assert clock_of(breach, at=NOON).due == NOON + 70 * HOUR
    steps = [one.what for one in queries.steps(dora, breach)]
    assert steps[:2] == ["Reported", "Being handled"]
    assert steps[2].startswith("Aware since 23 November 2026 10:00")
    with pytest.raises(Refused, match="still to come"):
        services.set_aware(by=dora, breach=breach, aware_at=NOON + HOUR, reason=WHY, at=NOON)


@pytest.mark.parametrize("start", BreachStatus)
@pytest.mark.parametrize("to", BreachStatus)
def test_a_breach_moves_only_as_the_table_says(start, to):
    breach = Breach(reference="BRC-1", status=start)
    if to in policies.MOVES[start]:
        policies.check_move(breach, to)
        assert to != start
    else:
        with pytest.raises(Refused, match="cannot become"):
            policies.check_move(breach, to)


def test_nobody_without_the_power_or_of_another_agency_handles_it(as_, handled):
    breach = handled()
    for name in ("ada", "nell", "audrey", "sam"):
        with pytest.raises(NotPermitted):
            assess(as_(name), breach)


def test_only_a_breach_unlikely_to_result_in_a_risk_goes_without_notification(as_, handled):
    breach = handled()
    with pytest.raises(Refused, match="Assess"):
        rule(as_, breach, About.COMMISSIONER, Choice.NOT_NOTIFY)
    for risk in (Risk.RISK, Risk.HIGH):
        officer, breach = fresh(as_, breach)
        assess(officer, breach, risk)
        with pytest.raises(Refused, match="unlikely to result"):
            rule(as_, breach, About.COMMISSIONER, Choice.NOT_NOTIFY)
    officer, breach = fresh(as_, breach)
    assess(officer, breach, Risk.UNLIKELY)
    rule(as_, breach, About.COMMISSIONER, Choice.NOT_NOTIFY)
    officer, breach = fresh(as_, breach)
    assert showing.left(breach, clock_of(breach, at=NOON))["words"] == "Not notified"

    assess(officer, breach, Risk.HIGH)

    officer, breach = fresh(as_, breach)
    assert (breach.commissioner, breach.risk) == ("", Risk.HIGH)
    assert clock_of(breach, at=NOON).left is not None


@pytest.mark.parametrize(
    ("risk", "choice", "ground", "allowed"),
    [
        (Risk.HIGH, Choice.TELL, "", True),
        (Risk.HIGH, Choice.TELL, NotToldBecause.INQUIRY, False),
        (Risk.HIGH, Choice.NOT_TELL, NotToldBecause.NOT_HIGH, False),
        (Risk.HIGH, Choice.NOT_TELL, "", False),
        (Risk.HIGH, Choice.NOT_TELL, NotToldBecause.EFFORT, False),
        (Risk.HIGH, Choice.NOT_TELL, NotToldBecause.PREJUDICE, True),
        (Risk.HIGH, Choice.NOT_TELL, NotToldBecause.PROTECTED, True),
        (Risk.HIGH, Choice.PUBLIC, NotToldBecause.EFFORT, True),
        (Risk.HIGH, Choice.PUBLIC, NotToldBecause.INQUIRY, False),
        (Risk.RISK, Choice.NOT_TELL, NotToldBecause.NOT_HIGH, True),
        (Risk.RISK, Choice.NOT_TELL, NotToldBecause.INQUIRY, False),
        (Risk.RISK, Choice.TELL, "", True),
        (Risk.RISK, Choice.NOTIFY, "", False),
    ],
)
def test_those_whose_data_it_is_go_untold_only_on_a_ground_of_the_law(
    risk, choice, ground, allowed
):
    breach = Breach(reference="BRC-1", risk=risk)
    if allowed:
        policies.check_ruling(breach, About.SUBJECTS, choice, ground)
        assert ground in ("", *NotToldBecause)
    else:
        with pytest.raises(Refused):
            policies.check_ruling(breach, About.SUBJECTS, choice, ground)


def test_after_the_time_of_the_law_the_reasons_for_the_delay_are_demanded_and_told(as_, handled):
    breach = handled()
    officer, breach = fresh(as_, breach)
    assess(officer, breach)
    describe(officer, breach)
    rule(as_, breach, About.COMMISSIONER, Choice.NOTIFY)
    with pytest.raises(Refused, match="say why"):
        notify(as_, breach, NOON + 73 * HOUR)

    made = notify(as_, breach, NOON + 73 * HOUR, late_reason="The log was being restored.")

    assert "The log was being restored." in made.text
    _, breach = fresh(as_, breach)
    shown = showing.left(breach, clock_of(breach, at=NOON + 200 * HOUR))
    assert shown == {"words": "Notified 1 hour late", "tone": "danger"}


def test_a_notification_goes_in_parts_keeps_its_words_and_stops_the_clock_with_the_first(
    as_, handled
):
    breach = handled()
    officer, breach = fresh(as_, breach)
    assess(officer, breach)
    with pytest.raises(Refused, match="Decide first"):
        notify(as_, breach, NOON)
    rule(as_, breach, About.COMMISSIONER, Choice.NOTIFY)
    with pytest.raises(Refused, match="State what happened"):
        notify(as_, breach, NOON)
    officer, breach = fresh(as_, breach)
    describe(officer, breach)
    first = notify(as_, breach, NOON + HOUR, more=True)
    officer, breach = fresh(as_, breach)
    describe(officer, breach, nature="It was two analysts.")
    second = notify(as_, breach, NOON + 90 * HOUR)

    assert (first.phase, second.phase) == (1, 2)
    assert "neighbour" in first.text
    assert "two analysts" in second.text
    officer, breach = fresh(as_, breach)
    assert showing.left(breach, clock_of(breach, at=NOON))["words"] == "Notified in time"
    assert not breach.more_to_come
    with pytest.raises(Refused, match="said to be whole"):
        notify(as_, breach, NOON + 91 * HOUR)


def test_a_case_is_closed_once_all_that_the_law_asks_for_stands_in_the_register(as_, handled):
    breach = handled()
    officer, breach = fresh(as_, breach)
    steps = (
        ("what happened", lambda: describe(*fresh(as_, breach))),
        ("the risk", lambda: assess(*fresh(as_, breach), Risk.HIGH)),
        ("Commissioner is notified",
         lambda: rule(as_, breach, About.COMMISSIONER, Choice.NOTIFY)),
        ("the whole notification", lambda: notify(as_, breach, NOON, more=True)),
        ("the whole notification", lambda: notify(as_, breach, NOON)),
        ("whether those whose data", lambda: rule(as_, breach, About.SUBJECTS, Choice.TELL)),
        ("that they were told", lambda: services.note_told(
            by=(found := fresh(as_, breach))[0], breach=found[1],
            told=services.Told(NOON, "Three letters"), at=NOON)),
    )  # fmt: skip
    for missing, step in steps:
        with pytest.raises(Refused, match=missing):
            close(as_, breach)
        step()
    closed = close(as_, breach)
    assert closed.status == BreachStatus.CLOSED
    officer, breach = fresh(as_, breach)
    assert breach.ended_at == closed.ended_at > NOON
    with pytest.raises(Refused, match="not being handled"):
        assess(officer, breach)


def test_the_register_keeps_what_was_no_breach_and_what_was_not_notified(as_, handled):
    none, quiet, open_ = handled(), handled(kinds=["AVAILABILITY"]), handled()
    officer, none = fresh(as_, none)
    services.dismiss(by=officer, breach=none, reason=WHY, at=timezone.now())
    assess(*fresh(as_, quiet), Risk.UNLIKELY)
    describe(*fresh(as_, quiet))
    rule(as_, quiet, About.COMMISSIONER, Choice.NOT_NOTIFY)
    rule(as_, quiet, About.SUBJECTS, Choice.NOT_TELL, NotToldBecause.NOT_HIGH)
    close(as_, quiet)
    dora = as_("dora")

    def of(**how):
        return {row.breach.reference for row in queries.register(dora, at=NOON, **how).rows}

    assert of() == {open_.reference}
    assert of(which="ended") == {none.reference, quiet.reference}
    assert of(which="all") == {none.reference, quiet.reference, open_.reference}
    assert of(which="all", kind="AVAILABILITY") == {quiet.reference}
    officer, none = fresh(as_, none)
    services.reopen(by=officer, breach=none, reason=WHY, at=NOON)
    assert of() == {open_.reference, none.reference}


def refused(change, breach, says):
    """The statement, in the role of the pages, does not go through."""
    with (
        pytest.raises(DatabaseError, match=says), transaction.atomic(),
        connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute(f"update breaches_breach set {change} where id = %s", [breach.pk])


def test_the_database_holds_what_was_reported_and_the_moves_too(as_, handled):
    breach = handled()
    officer, breach = fresh(as_, breach)
    assess(officer, breach)
    for change in (
        "status = 'REPORTED'", "what = 'Nothing'", "reported_at = now()",
        "commissioner = 'NOT_NOTIFY'", "noticed_at = now()",
    ):  # fmt: skip
        refused(change, breach, "as it was reported")
    for change in (
        "ended_at = now()", "ended_at = '2019-01-01'",
        "status = 'NO_BREACH', ended_at = now() - interval '61 minutes'",
        "status = 'NO_BREACH'",
    ):  # fmt: skip
        refused(change, breach, "not before now")
    officer, breach = fresh(as_, breach)
    services.dismiss(by=officer, breach=breach, reason=WHY, at=timezone.now())
    for change in ("ended_at = '2019-01-01'", "ended_at = null", "status = 'OPEN'"):
        refused(change, breach, "not before now")


def test_what_was_done_with_a_case_is_not_changed(as_, handled):
    breach = handled()
    assess(*fresh(as_, breach))
    for table in ("assessment", "breachstep"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update breaches_{table} set reason = 'x'")
    assert fresh(as_, breach)[1].status == BreachStatus.OPEN


def test_the_clock_begins_no_later_than_the_case_was_taken_up(as_, handled):
    breach, dora = handled(), as_("dora")
    late = NOON + timedelta(days=10)
    with pytest.raises(Refused, match="aware when the case was taken up"):
        services.set_aware(by=dora, breach=breach, aware_at=late, reason=WHY, at=late)
    earlier = NOON - timedelta(minutes=30)
    made = services.set_aware(by=dora, breach=breach, aware_at=earlier, reason=WHY, at=late)
    assert made.aware_at == earlier


def test_a_part_of_the_notification_is_not_sent_before_the_one_before_it(as_, handled):
    breach, dora = handled(), as_("dora")
    describe(dora, breach)
    assess(dora, breach)
    breach = queries.find_breach(dora, breach.reference)
    services.rule(by=dora, breach=breach, about=About.COMMISSIONER, choice=Choice.NOTIFY,
                  reason=WHY, at=NOON)  # fmt: skip

    def send(hours):
        return services.note_notified(
            by=dora, breach=queries.find_breach(dora, breach.reference), more_to_come=True,
            told=services.Told(NOON + timedelta(hours=hours), "by post"),
            at=NOON + timedelta(hours=50),
        )  # fmt: skip

    assert send(40).phase == 1
    with pytest.raises(Refused, match="An earlier part was sent after that"):
        send(10)
    assert send(40).phase == 2
