"""Changing the picture. Types that the apps above need are named in `__all__`."""

from lightkeeper.apps.intelligence.services.judging import (
    check_can_judge,
    check_can_undo,
    judge,
    undo_judgement,
)
from lightkeeper.apps.intelligence.services.linking import (
    ask_to_link,
    ask_to_resolve_part,
    link_now,
    measure_against,
    resolve_now,
)
from lightkeeper.apps.intelligence.services.thresholds import (
    ask_to_read,
    check_can_ask_to_read,
    check_can_confirm,
    check_can_propose,
    check_can_undo_adoption,
    confirm_threshold,
    propose_threshold,
    undo_adoption,
)

__all__ = [
    "ask_to_link", "ask_to_read", "ask_to_resolve_part", "check_can_ask_to_read",
    "check_can_confirm", "check_can_judge",
    "check_can_propose", "check_can_undo", "check_can_undo_adoption", "confirm_threshold", "judge",
    "link_now", "measure_against", "propose_threshold", "resolve_now", "undo_adoption",
    "undo_judgement",
]  # fmt: skip
