"""Figures count what came of tasks once, and only what the viewer may see."""

from datetime import date

import pytest

from lightkeeper.apps.performance import queries, services
from lightkeeper.apps.performance.forms import Period
from lightkeeper.apps.tasking.tests.test_services import close
from lightkeeper.core.errors import NotPermitted


def close_one(as_, accepted):
    reference = accepted()
    close(as_("ben"), reference)


YEAR = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}


def children(by):
    return next(
        b.figure.count for b in queries.results(by, **YEAR) if b.figure.heading == queries.CHILDREN
    )


def test_an_outcome_counts_for_both_agencies_and_for_no_outsider(as_, accepted):
    close_one(as_, accepted)

    assert [children(as_(who)) for who in ("ben", "ada", "otto")] == [1, 1, 0]


def test_one_child_counts_once_however_many_tasks(as_, accepted, a_record):
    first, second = accepted(), accepted()
    close(as_("ben"), first)
    close(as_("ben"), second)

    # Two records nobody has joined are two children; the engine's own test joins them.
    assert children(as_("ada")) == 2


def test_export_needs_the_power_and_says_the_rule(as_, accepted):
    close_one(as_, accepted)
    with pytest.raises(NotPermitted):
        services.export_results(by=as_("ben"), **YEAR)

    text = services.export_results(by=as_("ada"), **YEAR)

    assert text.count("CHILD_SAFEGUARDED_DIRECT") == 1
    assert "2026-1" in text


@pytest.mark.parametrize(
    ("given", "period"),
    [
        ({}, (date(2026, 1, 1), date(2027, 1, 1))),
        ({"year": "2025", "quarter": "4"}, (date(2025, 10, 1), date(2026, 1, 1))),
        ({"year": "2026", "quarter": "1"}, (date(2026, 1, 1), date(2026, 4, 1))),
    ],
)
def test_a_period_is_a_year_or_a_quarter(given, period):
    assert Period(given, today=date(2026, 11, 23)).period() == period
