"""Alerts by rules that are data: raised as records land, explained, and told to whom may know."""

from lightkeeper.engine.alerts.alert import Alert, Evidence, Key
from lightkeeper.engine.alerts.desk import Changes, Desk
from lightkeeper.engine.alerts.measuring import Judged, Precision, Proposal, precision, proposals
from lightkeeper.engine.alerts.rules import Rule, read_rules, rules_on, the_rules
from lightkeeper.engine.alerts.sayings import Age, Saying, Sight
from lightkeeper.engine.alerts.snoozing import Snooze, is_aside, snooze

__all__ = [
    "Age", "Alert", "Changes", "Desk", "Evidence", "Judged", "Key", "Precision", "Proposal",
    "Rule", "Saying", "Sight", "Snooze", "is_aside", "precision", "proposals", "read_rules",
    "rules_on", "snooze", "the_rules",
]  # fmt: skip
