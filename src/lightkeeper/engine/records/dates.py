"""Dates as people write them, made ISO: whole, month only or year only; never guessed."""

import re
from datetime import date, timedelta

from lightkeeper.engine.records.cleaned import Cleaned, Problem

# Archives reach back; what is early for a living person is for the reader of the record to judge.
FIRST_YEAR = 1500
MAX_WRITTEN = 60
ORDERS = ("dmy", "mdy", "ymd")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)$")
_ISO_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?$"
)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?(?:-XX)?[~?%]?$")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)$")
_THREE = re.compile(r"(\d{1,4})\s*([/.\-\s])\s*(\d{1,2})\s*\2\s*(\d{1,5})$")
_TIME = re.compile(r"[ T,]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?[ap]m)?$", re.IGNORECASE)
_DAY_MONTH = re.compile(
    r"(?:\w{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s\-./]*([A-Za-z]{3,9})\.?,?[\s\-./]*(\d{2,5})$"
)
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_MONTH_YEAR = re.compile(r"([A-Za-z]{3,9})\.?[\s\-]+(\d{4})$")
_SERIAL = re.compile(r"\d{1,6}(?:\.\d+)?$")
_MONTH_NAMES = """
    january february march april may june july august september october november december
"""
_MONTHS = {"sept": 9} | {
    name[:length]: number
    for number, name in enumerate(_MONTH_NAMES.split(), start=1)
    for length in range(3, len(name) + 1)
}


def clean_date(
    text: str, *, order: str = "dmy", year: int, typed_date: bool = False
) -> Cleaned | Problem:
    """A date as `1990-05-06`, `1990-05` or `1990`; a time of day is kept after it (`T14:30:00`).

    `order` is for dates written with three numbers; `year` is the year of receipt: later than the
    next year is a Problem, as is earlier than 1500. A bare serial number is a date only when the
    sheet said so (`typed_date`).
    Codes: DATE, DATE-YEAR, DATE-ORDER.
    """
    text = text.strip()
    if len(text) > MAX_WRITTEN:
        return Problem("DATE", f"{text[:40]!r}… is too long for a date. Write it as 1990-05-31.")
    if match := _ISO.match(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]), text, year)
    if match := _THREE.match(text):
        return _three_numbers(match, text, order, year)
    if match := _ISO_TIME.match(text):
        return _moment(match, text, year)
    if typed_date and _SERIAL.match(text):
        day = date(1899, 12, 30) + timedelta(days=int(float(text)))
        return _checked(day.year, day.month, day.day, text, year)
    if match := _PARTIAL.match(text):
        month = int(match[2]) if match[2] else None
        return _checked(int(match[1]), month, None, text, year)
    if match := _BASIC.match(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]), text, year)
    if len(stripped := _TIME.sub("", text)) < len(text):
        found = clean_date(stripped, order=order, year=year)
        if isinstance(found, Problem):
            return found
        return Cleaned(found.value, "the time of day was left out.")
    return _in_words(text, year)


def _three_numbers(match: re.Match[str], text: str, order: str, year: int) -> Cleaned | Problem:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        return _checked(int(first), int(second), int(third), text, year)
    if order == "ymd" or len(third) == 2:
        return _short_year(text)
    day, month = (first, second) if order == "dmy" else (second, first)
    if int(month) > 12 and int(day) <= 12:
        said = {"dmy": "day first", "mdy": "month first"}[order]
        return Problem(
            "DATE-ORDER",
            f"{text!r} does not fit the order of this table ({said}). Write it as 1990-05-31.",
        )
    return _checked(int(third), int(month), int(day), text, year)


def _in_words(text: str, year: int) -> Cleaned | Problem:
    if match := _DAY_MONTH.match(text):
        day, name, written = match[1], match[2], match[3]
    elif match := _MONTH_DAY.match(text):
        name, day, written = match[1], match[2], match[3]
    elif match := _MONTH_YEAR.match(text):
        name, day, written = match[1], "", match[2]
    else:
        return Problem("DATE", f"{text[:40]!r} is not a date. Write it as 1990-05-31.")
    month = _MONTHS.get(name.lower())
    if month is None:
        return Problem("DATE", f"{name!r} is not a month. Write the date as 1990-05-31.")
    if len(written) == 2:
        return _short_year(text)
    return _checked(int(written), month, int(day) if day else None, text, year)


def _short_year(text: str) -> Problem:
    return Problem(
        "DATE-YEAR", f"{text!r} has a year of two digits. Write all four, as in 1990-05-31."
    )


def _checked(
    year: int, month: int | None, day: int | None, text: str, latest: int
) -> Cleaned | Problem:
    if not FIRST_YEAR <= year <= latest + 1:
        return Problem(
            "DATE-YEAR",
            f"{text!r}: the year {year} is not between {FIRST_YEAR} and {latest + 1}. Correct it.",
        )
    if month is None:
        return Cleaned(f"{year:04d}", "only the year is known.")
    if not 1 <= month <= 12:
        return Problem("DATE", f"{text!r}: there is no month {month}. Write it as 1990-05-31.")
    if day is None:
        return Cleaned(f"{year:04d}-{month:02d}", "only the month is known.")
    try:
        return Cleaned(date(year, month, day).isoformat())
    except ValueError:
        return Problem("DATE", f"{text!r}: that month has no day {day}. Check it with the sender.")


def _moment(match: re.Match[str], text: str, year: int) -> Cleaned | Problem:
    found = _checked(int(match[1]), int(match[2]), int(match[3]), text, year)
    if isinstance(found, Problem):
        return found
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    if hour > 23 or minute > 59 or second > 60:
        return Problem("DATE", f"{text!r}: there is no such time of day. Write 14:30:00.")
    zone = match[7] or ""
    if (hour, minute, second) == (0, 0, 0) and not zone:
        return found
    return Cleaned(f"{found.value}T{hour:02d}:{minute:02d}:{second:02d}{zone}")
