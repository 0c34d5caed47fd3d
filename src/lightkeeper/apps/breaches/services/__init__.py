"""Handling breaches of personal data. Types that the doors need are named in `__all__`."""

from lightkeeper.apps.breaches.models import Breach, Listing, Share
from lightkeeper.apps.breaches.services.cases import (
    check_can_close,
    check_can_dismiss,
    check_can_handle,
    check_can_reopen,
    check_can_set_aware,
    check_can_take_up,
    close,
    dismiss,
    reopen,
    report_breach,
    set_aware,
    take_up,
)
from lightkeeper.apps.breaches.services.deciding import (
    Told,
    assess,
    check_can_notify,
    check_can_say_told,
    describe,
    note_notified,
    note_told,
    rule,
)
from lightkeeper.apps.breaches.services.listing import (
    Scope,
    answer_share,
    check_can_answer_share,
    check_can_tell,
    tell_owner,
    work_out,
)
from lightkeeper.apps.breaches.services.papers import Given, give

__all__ = [
    "Breach", "Given", "Listing", "Scope", "Share", "Told", "answer_share", "assess",
    "check_can_answer_share", "check_can_close", "check_can_dismiss", "check_can_handle",
    "check_can_notify", "check_can_reopen", "check_can_say_told", "check_can_set_aware",
    "check_can_take_up", "check_can_tell", "close", "describe", "dismiss", "give",
    "note_notified", "note_told", "reopen", "report_breach", "rule", "set_aware", "take_up",
    "tell_owner", "work_out",
]  # fmt: skip
