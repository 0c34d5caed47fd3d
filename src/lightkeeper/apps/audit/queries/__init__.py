"""Reading the log, always for someone, and always recorded."""

from lightkeeper.apps.audit.queries.flagged import Flagged, Narrow, find_flag, flags, show_flag
from lightkeeper.apps.audit.queries.log import Question, events, state
from lightkeeper.apps.audit.queries.looking import Looks, is_told_of_looks, looks

__all__ = [
    "Flagged", "Looks", "Narrow", "Question", "events", "find_flag", "flags", "is_told_of_looks",
    "looks", "show_flag", "state",
]  # fmt: skip
