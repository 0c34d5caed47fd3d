"""The rules of retention as tables of examples."""

from datetime import date

import pytest

from lightkeeper.apps.governance import policies
from lightkeeper.apps.governance.choices import AT_ANY_TIME, Ground
from lightkeeper.core.errors import Refused

TODAY = date(2040, 3, 1)
YESTERDAY, TOMORROW = date(2040, 2, 29), date(2040, 3, 2)


def can_go(ground=Ground.PERIOD_ENDED, due=TODAY, answers=(), kept_until=None):
    policies.check_can_go(ground, due=due, on=TODAY, answers=answers, kept_until=kept_until)


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"due": TOMORROW}, "retention.not_due"),
        ({"answers": ["HARM"]}, "retention.still_needed"),
        ({"kept_until": TOMORROW}, "retention.to_age"),
    ],
)
def test_what_was_rightly_held_goes_only_when_its_time_has_come(how, rule):
    can_go()
    can_go(kept_until=TODAY)
    with pytest.raises(Refused) as refusal:
        can_go(**how)
    assert refusal.value.rule == rule


@pytest.mark.parametrize("ground", sorted(AT_ANY_TIME))
def test_what_was_wrong_to_hold_goes_at_any_time(ground):
    can_go(ground, due=TOMORROW, answers=["HARM"], kept_until=TOMORROW)


@pytest.mark.parametrize(
    ("day", "fine"), [(TODAY, False), (TOMORROW, True), (date(2050, 3, 1), True),
                      (date(2050, 3, 2), False), (YESTERDAY, False)],
)  # fmt: skip
def test_a_review_is_put_off_to_a_day_within_the_group(day, fine):
    if fine:
        policies.check_next_review(day, on=TODAY, latest=date(2050, 3, 1))
        return
    with pytest.raises(Refused, match="lies after today"):
        policies.check_next_review(day, on=TODAY, latest=date(2050, 3, 1))


def test_a_leap_day_has_an_anniversary_every_year():
    assert policies.years_after(date(2040, 2, 29), 100) == date(2140, 2, 29)
    assert policies.years_after(date(2040, 2, 29), 6) == date(2046, 3, 1)


@pytest.mark.parametrize("stops", ["label", "hold", "consideration", "task"])
def test_each_thing_that_stands_on_a_record_is_named(stops):
    policies.check_stops("")
    with pytest.raises(Refused) as refusal:
        policies.check_stops(stops)
    assert refusal.value.rule == f"disposal.{stops}"
