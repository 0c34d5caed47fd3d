"""What every kind of value is made of before it is compared: plain words, days, bare numbers."""

import re

from anyascii import anyascii

NOTHING = {"", "na", "n a", "nan", "none", "null", "nil", "unknown", "not known", "unk", "n k"}
MONTHS = {
    month: number
    for number, month in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
FILLER_DATES = {"1900-01-01", "1800-01-01", "9999-12-31", "0001-01-01", "1111-11-11"}

_APOSTROPHES = re.compile(r"['’`´ʼ]")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-\s]+([a-z]{3})[a-z]*[-\s,]+(\d{4})")
_MONTH_NAME_DAY = re.compile(r"([a-z]{3})[a-z]*[-\s]+(\d{1,2})(?:st|nd|rd|th)?[-\s,]+(\d{4})")


def words(text: str) -> str | None:
    """Lower case, accents folded, punctuation to spaces; None for what says nothing."""
    bare = _APOSTROPHES.sub("", text)
    folded = (bare if bare.isascii() else anyascii(bare)).casefold()
    plain = _NOT_WORD.sub(" ", folded.replace("'", "")).strip()
    return None if plain in NOTHING else plain


def birth_date(text: str) -> str | None:
    """A date as YYYY-MM-DD, day first where the order is open; None if it is not a date.

    An impossible day or month is kept as written: a slip of the pen still resembles the truth.
    """
    plain = text.strip().casefold()
    year = month = day = 0
    if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain.split(".")[0]):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(plain):
        day, month, year = (int(part) for part in found.groups())
        if month > 12 >= day:
            day, month = month, day
    elif found := _DAY_MONTH_NAME.fullmatch(plain):
        day, month, year = int(found[1]), MONTHS.get(found[2], 0), int(found[3])
    elif found := _MONTH_NAME_DAY.fullmatch(plain):
        day, month, year = int(found[2]), MONTHS.get(found[1], 0), int(found[3])
    else:
        return None
    iso = f"{year:04d}-{month:02d}-{day:02d}"
    return None if iso in FILLER_DATES or not year else iso


def identifier(text: str) -> str | None:
    plain = words(text)
    bare = plain.replace(" ", "") if plain else ""
    return bare if len(set(bare)) > 1 or 0 < len(bare) < 3 else None
