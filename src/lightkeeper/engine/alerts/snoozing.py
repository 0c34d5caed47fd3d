"""Putting an alert aside: until a day, or until there is new evidence. Nothing else is hidden."""

from dataclasses import dataclass
from datetime import date, timedelta

from lightkeeper.engine.alerts.alert import Alert, Key
from lightkeeper.engine.alerts.rules import Rule
from lightkeeper.engine.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Snooze:
    """`until` is exclusive; without it the alert stays aside while it rests on `records` and
    concerns `owners` alone: who is only pointed at gives no record.
    """

    key: Key
    until: date | None
    records: frozenset[str]
    owners: frozenset[str]


def snooze(alert: Alert, rule: Rule, *, on: date, until: date | None) -> Snooze:
    """Put this alert aside as it is now.

    Raises: ShapeError if the day is not ahead, or further than the rule allows.
    """
    if until is not None and not on < until <= on + timedelta(days=rule.most_snooze_days):
        raise ShapeError(
            f"An alert of {rule.code} is put aside for 1 to {rule.most_snooze_days} days, "
            f"not until {until}."
        )
    return Snooze(alert.key, until, alert.records, frozenset(alert.owners))


def is_aside(alert: Alert, snooze: Snooze, *, on: date) -> bool:
    """Whether the alert stays out of the list today. Evidence of another kind is another alert."""
    if alert.key != snooze.key:
        return False
    if snooze.until is not None:
        return on < snooze.until
    return alert.records <= snooze.records and snooze.owners.issuperset(alert.owners)
