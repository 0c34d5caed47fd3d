"""What someone typed into the search box, taken apart: dates, numbers, addresses, names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from lightkeeper.engine.records.cleaned import Cleaned, Problem
from lightkeeper.engine.records.contact import clean_email, clean_ip, clean_phone
from lightkeeper.engine.records.dates import clean_date
from lightkeeper.engine.records.identifiers import clean_identifier, clean_postcode
from lightkeeper.engine.records.names import clean_text, fold_name

MAX_QUERY = 200
# A search may ask for any year; what is received is held to the year of receipt.
ANY_YEAR = 2200

_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_HANDLE = re.compile(r"(?<!\S)@(\S+)")
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<!\S)[0-9a-fA-F]*:[0-9a-fA-F:]+(?!\S)"
)
_DATE = re.compile(
    r"(?<![\w/.-])(?:\d{4}-\d\d(?:-\d\d)?|\d{1,2}([/.\-])\d{1,2}\1\d{4}"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
    r"\.?,?\s+\d{4}|(?:18[5-9]|19\d|20\d)\d)(?![\w/-])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w])(?:\+|0)[\d\s().\-]{7,20}\d(?!\w)")
_POSTCODE = re.compile(
    r"(?<!\w)[A-Za-z]{1,2}\d[A-Za-z\d]?(?:\s*\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})?(?!\w)"
)
# The current British form, in capitals: "AB12 Lee" in small letters is a postcode and a name.
_PLATE = re.compile(r"(?<!\w)[A-Z]{2}\d\d\s?[A-Z]{3}(?!\w)")
_IDENTIFIER = re.compile(r"(?<!\w)(?=\S*\d)[A-Za-z0-9][A-Za-z0-9/\-]{3,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Query:
    """The parts of a search, each cleaned as a record's values are."""

    names: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def read_query(text: str) -> Query:
    """The parts of a typed search of at most 200 characters (the rest is not read)."""
    # Cut again: one character may be written out as eighteen.
    rest = clean_text(text[:MAX_QUERY]).value[:MAX_QUERY]
    emails, rest = _take(_EMAIL, rest, clean_email)
    handles, rest = _take(_HANDLE, rest, lambda found: Cleaned(found.lstrip("@").lower()))
    ips, rest = _take(_IP, rest, clean_ip)
    dates, rest = _take(_DATE, rest, lambda found: clean_date(found, year=ANY_YEAR))
    phones, rest = _take(_PHONE, rest, clean_phone)
    plates, rest = _take(_PLATE, rest, clean_identifier)
    postcodes, rest = _take(_POSTCODE, rest, clean_postcode)
    identifiers, rest = _take(_IDENTIFIER, rest, clean_identifier)
    names = tuple(dict.fromkeys(fold_name(rest).split()))
    return Query(names, dates, phones, emails, postcodes, (*plates, *identifiers), handles, ips)


def _take(
    pattern: re.Pattern[str], text: str, clean: Callable[[str], Cleaned | Problem]
) -> tuple[tuple[str, ...], str]:
    """The clean finds of a pattern, and the text without them."""
    found: list[str] = []

    def keep_or_leave(match: re.Match[str]) -> str:
        cleaned = clean(match[0])
        if isinstance(cleaned, Problem):
            return match[0]
        found.append(cleaned.value)
        return " "

    rest = pattern.sub(keep_or_leave, text)
    return tuple(dict.fromkeys(found)), rest
