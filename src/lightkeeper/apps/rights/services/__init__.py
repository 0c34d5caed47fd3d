"""Answering people who ask about their data. Types that the doors need are named in `__all__`."""

from lightkeeper.apps.rights.models import Case, Correction, Item, Part, Restriction
from lightkeeper.apps.rights.services.cases import (
    ask_back,
    check_can_handle,
    check_can_identify,
    check_can_receive,
    check_can_withdraw,
    confirm_identity,
    extend,
    had_back,
    receive_request,
    withdraw,
)
from lightkeeper.apps.rights.services.deciding import (
    check_can_decide,
    check_can_find,
    check_can_sign,
    check_can_submit,
    check_can_submit_again,
    decide,
    find_all,
    give,
    send_back,
    sign_off,
    submit,
)
from lightkeeper.apps.rights.services.parts import (
    answer_part,
    ask_for_part,
    check_can_answer_part,
)
from lightkeeper.apps.rights.services.records import (
    check_can_correct,
    check_can_lift,
    check_can_restrict,
    correct,
    lift,
    restrict,
)

__all__ = [
    "Case", "Correction", "Item", "Part", "Restriction", "answer_part", "ask_back", "ask_for_part",
    "check_can_answer_part", "check_can_correct", "check_can_decide", "check_can_find",
    "check_can_handle", "check_can_identify", "check_can_lift", "check_can_receive",
    "check_can_restrict", "check_can_sign", "check_can_submit",
    "check_can_submit_again", "check_can_withdraw",
    "confirm_identity", "correct", "decide", "extend", "find_all", "give", "had_back", "lift",
    "receive_request", "restrict", "send_back", "sign_off", "submit", "withdraw",
]  # fmt: skip
