"""When an answer is due: a calendar month, then the next working day. Pure: no clock, no database.

Source: Data Protection Act 2018 s.54; the Commissioner's guidance on counting a calendar month.
"""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Clock:
    """Where the clock of a case stands. `due` is empty while it does not run."""

    runs_from: date | None
    due: date | None
    days_left: int | None
    waits_for: str = ""


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of a month that has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def working_day_from(day: date, holidays: Collection[date]) -> date:
    """This day, or the next on which people work."""
    while day.weekday() >= 5 or day in holidays:
        day += timedelta(days=1)
    return day


def starts(
    received: date, identified: date | None, asked_back: date | None, had_back: date | None
) -> date | None:
    """The latest of the days on which it came, it was known who asks, and what was asked back came.

    None while one of them is still to come.
    """
    if identified is None or (asked_back is not None and had_back is None):
        return None
    return max(day for day in (received, identified, had_back) if day is not None)


def due_on(start: date, months: int, holidays: Collection[date]) -> date:
    return working_day_from(months_after(start, months), holidays)
