"""When an answer is due."""

from datetime import date, timedelta

import pytest

from lightkeeper.apps.rights import queries, services
from lightkeeper.apps.rights.clock import due_on, months_after, starts
from lightkeeper.apps.rights.reckoning import clock_of
from lightkeeper.apps.rights.tests.conftest import TODAY, WHY, identify
from lightkeeper.core.errors import Refused
from lightkeeper.testing.records import NOON

D = date


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (D(2026, 9, 3), 1, D(2026, 10, 5)),  # the third is a Saturday
        (D(2026, 1, 31), 1, D(2026, 3, 2)),  # no such day; the last is a Saturday
        (D(2028, 1, 31), 1, D(2028, 2, 29)),
        (D(2026, 11, 25), 1, D(2026, 12, 29)),  # Christmas, a weekend, a holiday in lieu
        (D(2026, 11, 23), 3, D(2027, 2, 23)),
        (D(2026, 12, 1), 1, D(2027, 1, 4)),  # New Year and a weekend
    ],
)
def test_a_month_ends_on_the_same_day_or_the_next_on_which_people_work(start, months, due):
    off = {D(2026, 12, 25), D(2026, 12, 28), D(2027, 1, 1)}

    assert due_on(start, months, off) == due


def test_a_month_is_never_shorter_than_the_shortest_nor_longer_than_the_longest():
    day = D(2024, 1, 1)
    while day < D(2029, 1, 1):
        assert 28 <= (months_after(day, 1) - day).days <= 31, day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("identified", "asked", "had", "start"),
    [
        (None, None, None, None),
        (D(2026, 9, 1), None, None, D(2026, 9, 1)),
        (D(2026, 9, 9), None, None, D(2026, 9, 9)),
        (D(2026, 9, 9), D(2026, 9, 10), None, None),
        (D(2026, 9, 9), D(2026, 9, 10), D(2026, 9, 20), D(2026, 9, 20)),
        (None, D(2026, 9, 10), D(2026, 9, 20), None),
    ],
)
def test_the_clock_runs_from_the_last_thing_that_was_needed(identified, asked, had, start):
    assert starts(D(2026, 9, 1), identified, asked, had) == start


def test_a_request_waits_until_it_is_known_who_asks_and_then_has_a_month(as_, received):
    case = received("Willa Held", known=False)
    dora = as_("dora")
    waits = clock_of(case, on=TODAY)
    assert (waits.due, waits.days_left, waits.waits_for) == (None, None, "who asks")

    case = identify(dora, case)

    clock = clock_of(case, on=TODAY)
    assert (clock.runs_from, clock.due, clock.days_left) == (TODAY, D(2026, 12, 23), 30)
    [row] = queries.cases(dora, on=TODAY + timedelta(days=31)).rows
    assert row.clock.days_left == -1


def test_more_time_is_taken_once_with_a_reason_and_no_more_than_the_law_allows(as_, received):
    case = received("Willa Held")
    dora = as_("dora")
    with pytest.raises(Refused, match="2 more months"):
        services.extend(by=dora, case=case, months=3, reason=WHY, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        services.extend(by=dora, case=case, months=2, reason=" ", at=NOON)

    case = services.extend(by=dora, case=case, months=2, reason=WHY, at=NOON)

    assert clock_of(case, on=TODAY).due == D(2027, 2, 23)
    with pytest.raises(Refused, match="extended before"):
        services.extend(by=dora, case=case, months=1, reason=WHY, at=NOON)


def test_asking_something_back_stops_the_clock_until_it_has_come(as_, received):
    case = received("Willa Held")
    dora = as_("dora")
    case = services.ask_back(by=dora, case=case, on=TODAY, reason=WHY, at=NOON)
    assert clock_of(case, on=TODAY).waits_for == "what was asked back"

    later = NOON + timedelta(days=7)
    case = services.had_back(by=dora, case=case, on=later.date(), reason=WHY, at=later)

    assert clock_of(case, on=TODAY).runs_from == later.date()
