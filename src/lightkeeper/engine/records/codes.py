"""Values that stand for one of a few: countries, genders, topics; and plain numbers."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lightkeeper.engine.records.cleaned import Cleaned, Problem
from lightkeeper.engine.records.names import fold_name

_DATA: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "countries.yaml").read_text(encoding="utf-8")
)
COUNTRIES: dict[str, str] = _DATA["names"]
_BY_WORD = {fold_name(name): code for code, name in COUNTRIES.items()} | {
    fold_name(word): code for word, code in _DATA["also"].items()
}
# The sender's own code list belongs in the mapping's `lookup`; these words need none.
# "0" and "9" of the CJS list stay out: they say "not known" there and other things elsewhere.
GENDERS = {
    "male": "male", "m": "male", "man": "male", "boy": "male",
    "female": "female", "f": "female", "woman": "female", "girl": "female",
    "other": "other", "x": "other", "non binary": "other", "nonbinary": "other",
}  # fmt: skip
# What kind of statement a row is: the four words of the law and how forms shorten them.
BASES = {
    "fact": "FACT", "f": "FACT", "factual": "FACT",
    "reported": "REPORTED", "r": "REPORTED", "hearsay": "REPORTED", "allegation": "REPORTED",
    "opinion": "OPINION", "o": "OPINION",
    "inference": "INFERENCE", "i": "INFERENCE", "assessment": "INFERENCE",
}  # fmt: skip
_TOPIC = re.compile(r"[^\w.]+")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


@lru_cache(maxsize=4096)
def clean_country(text: str) -> Cleaned | Problem:
    """A country as its lower-case code (`gb`), from a code or an English name. Codes: COUNTRY."""
    value = text.strip().lower()
    if value in COUNTRIES:
        return Cleaned(value)
    folded = fold_name(text)
    folded = folded if folded in _BY_WORD else folded.removeprefix("the ")
    if code := _BY_WORD.get(folded):
        return Cleaned(code)
    # FollowTheMoney names parts of a country this way: ge-ab, gb-nir.
    if re.fullmatch(r"[a-z]{2}-[a-z]{2,3}", value) and value[:2] in COUNTRIES:
        return Cleaned(value)
    return Problem(
        "COUNTRY", f"{text[:40]!r} is not a country we know. Use a name or a code such as gb."
    )


def clean_gender(text: str) -> Cleaned | Problem:
    """`male`, `female` or `other`. Codes: GENDER."""
    if found := GENDERS.get(fold_name(text)):
        return Cleaned(found)
    return Problem(
        "GENDER", f"{text[:40]!r} is not male, female or other. Give the mapping a lookup for it."
    )


def clean_basis(text: str) -> Cleaned | Problem:
    """`FACT`, `REPORTED`, `OPINION` or `INFERENCE`. Codes: BASIS."""
    if found := BASES.get(fold_name(text)):
        return Cleaned(found)
    return Problem(
        "BASIS",
        f"{text[:40]!r} is not fact, reported, opinion or inference. "
        "Give the mapping a lookup for it.",
    )


def clean_topic(text: str) -> Cleaned | Problem:
    """A code as one lower-case word: `Risk Of Harm` is `risk-of-harm`. Codes: TOPIC."""
    value = _TOPIC.sub("-", text.strip().lower()).strip("-")
    if not value:
        return Problem("TOPIC", "holds no letters or digits. Leave it blank or correct it.")
    return Cleaned(value)


def clean_number(text: str) -> Cleaned | Problem:
    """A plain number with a decimal point; commas only between thousands. Codes: NUMBER."""
    value = text.strip().lstrip("£€$").strip()
    if _GROUPED.match(value):
        value = value.replace(",", "")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in value or abs(number.adjusted()) > 40:
        return Problem("NUMBER", f"{text[:40]!r} is not a number. Write it as 1234.50.")
    written = format(number, "f")
    return Cleaned(written.rstrip("0").rstrip(".") if "." in written else written)
