"""Values of other formats as plain text."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


def as_text(value: Any) -> str:
    """A value as a person would write it: ISO dates, `7` for 7.0, blank for none."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        return plain_number(repr(value))
    return str(value)


def plain_number(text: str) -> str:
    """A number without exponent and without a trailing `.0`: `1E+15` is 1000000000000000."""
    written = format(Decimal(text), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
