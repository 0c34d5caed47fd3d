"""Weeks, months and quarters as whole numbers that follow one another."""

import re
from datetime import date
from enum import StrEnum

from lightkeeper.engine.errors import FormatError

_PERIOD = re.compile(r"(\d{4})[-_ ]?(?:[Qq]([1-4])|[Ww](\d{2})|-?(\d{2}))")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
MONDAY = date(1970, 1, 5).toordinal()


class Size(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


MONTHS = {Size.MONTH: 1, Size.QUARTER: 3}
# A period of the first size lies in one of the second.
LIES_IN = {
    (Size.WEEK, Size.WEEK), (Size.MONTH, Size.MONTH), (Size.MONTH, Size.QUARTER),
    (Size.QUARTER, Size.QUARTER),
}  # fmt: skip


def number_of(day: date, size: Size) -> int:
    """The period that a day is in. Weeks begin on Monday (ISO 8601)."""
    if size is Size.WEEK:
        return (day.toordinal() - MONDAY) // 7
    return ((day.year - 1970) * 12 + day.month - 1) // MONTHS[size]


def start_of(number: int, size: Size) -> date:
    """The first day of a period; that of the next is the end, exclusive."""
    if size is Size.WEEK:
        return date.fromordinal(MONDAY + 7 * number)
    year, month = divmod(number * MONTHS[size], 12)
    return date(1970 + year, month + 1, 1)


def days_in(number: int, size: Size) -> int:
    return (start_of(number + 1, size) - start_of(number, size)).days


def season_of(number: int, size: Size) -> int:
    """Which part of the year: quarter 0 to 3, or the month 0 to 11 in which the period begins."""
    month = start_of(number, size).month - 1
    return month // 3 if size is Size.QUARTER else month


def name_of(number: int, size: Size) -> str:
    """As in 2026-W05, 2026-03 and 2026-Q1."""
    first = start_of(number, size)
    if size is Size.WEEK:
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02}"
    if size is Size.MONTH:
        return f"{first.year}-{first.month:02}"
    return f"{first.year}-Q{(first.month + 2) // 3}"


def read_day(text: str, size: Size) -> date:
    """The day that a text says, or the first of the period that it names.

    Read are 2026-03-31 (a time of day after it plays no part), 31/03/2026, 2026-03, 2026-Q1,
    2026_q1 and 2026-W05.
    Raises: FormatError if it is none of these, or names a period that lies in none of `size`.
    """
    text = text.strip()
    try:
        if found := _DAY.fullmatch(text):
            return date(*map(int, found.groups()[:3]))
        if found := _BRITISH.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        if found := _PERIOD.fullmatch(text):
            return _first_day(found, size)
    except ValueError:
        raise FormatError(f"There is no day {text}.") from None
    what = "What stands there" if text else "A blank cell"  # which may be anybody's name
    raise FormatError(f"{what} is no day. Write it as 2026-03-31.")


def _first_day(found: re.Match[str], size: Size) -> date:
    year, quarter, week, month = found.groups()
    if quarter:
        day, said = date(int(year), 3 * int(quarter) - 2, 1), Size.QUARTER
    elif week:
        day, said = date.fromisocalendar(int(year), int(week), 1), Size.WEEK
    else:
        day, said = date(int(year), int(month), 1), Size.MONTH
    if (said, size) not in LIES_IN:
        raise FormatError(f"{found.group()} is a {said}; it cannot be counted by {size}.")
    return day
