"""The clock of a breach, with the rule that the table holds."""

from datetime import date, datetime

from django.db.models import Q

from lightkeeper.apps.accounts.services import law_of
from lightkeeper.apps.breaches.choices import BreachStatus, Choice
from lightkeeper.apps.breaches.clock import Clock, clock
from lightkeeper.apps.breaches.laws import WORDS, Words
from lightkeeper.apps.breaches.models import Breach, BreachRule
from lightkeeper.core.days import day_of, today
from lightkeeper.core.errors import Refused


def rule_on(day: date) -> BreachRule:
    """Raises: Refused where no rule holds on the day, which a deployment must not have."""
    rules = BreachRule.objects.filter(active_from__lte=day)
    found: BreachRule | None = rules.filter(Q(active_to=None) | Q(active_to__gt=day)).first()
    if found is None:
        raise Refused("breach.clock", "No table says how long the law gave on that day.")
    return found


def hours_on(day: date) -> int:
    return int(rule_on(day).hours)


def years_kept(breach: Breach) -> int:
    """For how many years from the day on which it ended, or from today if it has not.

    Raises: Refused where no rule holds on that day.
    """
    return int(rule_on(day_of(breach.ended_at) if breach.ended_at else today()).kept_years)


def words_of(breach: Breach) -> Words:
    """The words of the law under which the agency acts when the clock begins to run.

    Raises: Refused where no table says which law that is.
    """
    begun = breach.aware_at or breach.reported_at
    return WORDS[law_of(breach.owner, day_of(begun))]


def clock_of(breach: Breach, *, at: datetime) -> Clock:
    """It runs until the Commissioner is notified, or somebody decides that nobody need be."""
    start = breach.aware_at or breach.reported_at
    ended = (
        breach.status in (BreachStatus.NO_BREACH, BreachStatus.CLOSED)
        or breach.commissioner == Choice.NOT_NOTIFY
    )
    hours = hours_on(day_of(start))
    return clock(start, hours, notified=breach.notified_at, ended=ended, at=at)
