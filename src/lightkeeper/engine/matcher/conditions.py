"""The condition of each level of a model as the signs that a look-up asks for.

What a condition may be, and how its SQL is read, is `linkage.conditions`'s; what it does not know
is refused when the index is made.
"""

import re

from lightkeeper.engine.linkage import conditions as known
from lightkeeper.engine.linkage.model import Comparison
from lightkeeper.engine.matcher import meeting
from lightkeeper.engine.matcher.meeting import Condition

_ENDS = re.compile(
    r"(?:concat\()?(?:left\(v, (?P<first>\d+)\))?(?:, )?(?:right\(v, (?P<last>\d+)\))?\)?"
)


def compile_levels(comparison: Comparison) -> tuple[Condition, ...]:
    """The condition of each level but the last, which holds where none before it does.

    Raises: FormatError naming a level that is not known.
    """
    return tuple(sign_of(condition) for condition in known.conditions_of(comparison))


def compile_condition(condition: str, column: str) -> Condition:
    """Raises: FormatError if any part of the condition is not known."""
    return sign_of(known.condition_of(condition, column))


def sign_of(condition: known.Condition) -> Condition:
    """What a look-up asks of two values for the condition to hold."""
    match condition:
        case known.AnyOf(parts):
            return meeting.any_of([sign_of(part) for part in parts])
        case known.AllOf(parts):
            return meeting.all_of([sign_of(part) for part in parts])
        case known.Shared(least):
            return meeting.Common(least)
        case known.Alike(least):
            return meeting.Alike(least)
        case known.Slips(most, ends):
            return meeting.Slips(most, ends=ends)
        case known.LettersApart(most):
            return meeting.LettersApart(most)
        case known.YearsApart(most):
            return meeting.YearsApart(most)
        case known.SamePart(part):
            return _of_part(part)
        case known.AmongWords(of_left):
            return meeting.Held() if of_left else meeting.among_asked_tokens()
        case known.LongerThan(least):
            return meeting.longer_than(least)
        case known.Turned():
            return meeting.turned(known.turned)
        case known.Begins():
            return meeting.begins()
        case known.WordShared():
            return meeting.words_shared()
        case known.OneRoot():
            return meeting.one_root()
    raise TypeError(f"no such condition: {condition}")


def _of_part(part: str) -> Condition:
    """The first and last characters are compared for many at once, other parts one by one."""
    if found := _ENDS.fullmatch(part):
        return meeting.Ends(int(found["first"] or 0), int(found["last"] or 0))
    return meeting.same_part(known.part_of(part))
