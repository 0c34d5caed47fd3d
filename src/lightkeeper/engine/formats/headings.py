"""The heading row of a table: every column has one name, and no two share it."""

import re
from collections.abc import Sequence

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.table import Limits

MAX_HEADING = 300
_LOOKS_LIKE_VALUE = re.compile(
    r"(?=[\s()/.:,+-]*\d)[\d\s()/.:,+-]+$|[^@\s]+@[^@\s]+\.\w+$|\d{4}-\d\d-\d\dT"
)


def check_header(cells: Sequence[str], place: str, limits: Limits) -> tuple[tuple[str, ...], int]:
    """The headings (trimmed), and how many blank ones were cut off at the end.

    Raises: FileRefused COLUMNS (too many) or HEADER (none, blank, twice, or values).
    """
    names = [re.sub(r"\s+", " ", cell.replace("\ufeff", "")).strip() for cell in cells]
    if len(names) > limits.max_columns:
        raise FileRefused(
            "COLUMNS", f"{place} has {len(names):,} columns; the limit is {limits.max_columns}."
        )
    kept = len(names)
    while kept and not names[kept - 1]:
        kept -= 1
    blank_at_end = len(names) - kept
    names = names[:kept]
    if not names:
        raise FileRefused("HEADER", f"{place} should hold the column headings but is blank.")
    for position, name in enumerate(names, start=1):
        if len(name) > MAX_HEADING:
            raise FileRefused(
                "HEADER",
                f"{place}: heading {position} has {len(name):,} characters; the limit is "
                f"{MAX_HEADING}. Is this the heading row?",
            )
        if not name:
            raise FileRefused(
                "HEADER", f"{place}: column {position} has no heading. Give it a name."
            )
        first = names.index(name) + 1
        if first != position:
            raise FileRefused(
                "HEADER",
                f"{place}: columns {first} and {position} are both called {name!r}. Rename one.",
            )
    values = sum(1 for name in names if _LOOKS_LIKE_VALUE.match(name))
    if values * 2 >= len(names) and values:
        raise FileRefused(
            "HEADER",
            f"{place} looks like a row of values ({names[0]!r} …), not headings. "
            "Add a row of headings, or say which row holds them.",
        )
    return tuple(names), blank_at_end
