"""One spelling for each value before it is compared: phones, postcodes, and all other kinds."""

import re
from collections.abc import Callable

from lightkeeper.engine.linkage.plain import birth_date, identifier, words
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.standardise_things import THINGS

FEMALE, MALE = {"f", "female", "woman", "girl", "w"}, {"m", "male", "man", "boy"}


def postcode(text: str) -> str | None:
    plain = words(text)
    return plain.replace(" ", "") if plain else None


def phone(text: str) -> str | None:
    """Digits only, a British number in its national form; None below six digits."""
    digits = re.sub(r"\D", "", text.split("ext")[0])
    digits = digits.removeprefix("00")
    if digits.startswith("44") and len(digits) >= 11:
        digits = "0" + digits[2:].removeprefix("0")
    return digits if len(digits) >= 6 and len(set(digits)) > 1 else None


def email(text: str) -> str | None:
    plain = text.strip().casefold()
    return plain if "@" in plain[1:-1] else None


def sex(text: str) -> str | None:
    plain = words(text)
    if plain in FEMALE:
        return "f"
    return "m" if plain in MALE else plain


STANDARDISE: dict[Kind, Callable[[str], str | None]] = {
    Kind.BIRTH_DATE: birth_date,
    Kind.POSTCODE: postcode,
    Kind.PHONE: phone,
    Kind.EMAIL: email,
    Kind.IDENTIFIER: identifier,
    Kind.SEX: sex,
} | THINGS


def standardise(kind: Kind, text: str) -> str | None:
    """The value in the one spelling of its kind, or None if nothing usable is left."""
    return STANDARDISE.get(kind, words)(text)
