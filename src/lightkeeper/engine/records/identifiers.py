"""Identifiers: postcodes, vehicle marks, numbers with check digits, and all others."""

import re
from collections.abc import Callable

from stdnum import iban, imei, luhn
from stdnum.exceptions import ValidationError
from stdnum.gb import nhs, upn

from lightkeeper.engine.records.cleaned import Cleaned, Problem

_NOT_ALNUM = re.compile(r"[^0-9A-Z]+")
# British Standard BS 7666: area, district, space, sector, unit; GIR 0AA stands alone.
_POSTCODE = re.compile(
    r"(GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRV-Y]))"
    r"([0-9][ABD-HJLNP-UW-Z]{2})$"
)
_OUTWARD = re.compile(
    r"[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRV-Y])$"
)
# DVLA: current (2001), prefix (1983), suffix (1963), older and Northern Ireland without a year.
UK_MARK = re.compile(
    r"(?:[A-Z]{2}[0-9]{2}[A-Z]{3}|[A-Z][0-9]{1,3}[A-Z]{3}|[A-Z]{3}[0-9]{1,3}[A-Z]"
    r"|[A-Z]{1,3}[0-9]{1,4}|[0-9]{1,4}[A-Z]{1,3})$"
)
_CHECKS: dict[str, Callable[[str], str]] = {
    "nhs": nhs.validate, "upn": upn.validate, "imei": imei.validate, "iban": iban.validate,
    "luhn": luhn.validate,
}  # fmt: skip


def clean_postcode(text: str) -> Cleaned | Problem:
    """A UK postcode as `SW1A 1AA`, or its first half with a note. Codes: POSTCODE."""
    bare = text.upper().replace(" ", "")
    if match := _POSTCODE.match(bare):
        return Cleaned(f"{match[1]} {match[2]}")
    bare = _NOT_ALNUM.sub("", bare)
    if match := _POSTCODE.match(bare):
        return Cleaned(f"{match[1]} {match[2]}")
    if _OUTWARD.match(bare):
        return Cleaned(bare, "only the first half of a postcode.")
    hint = " Is an O a 0, or an I a 1?" if re.search(r"[OI]", bare) else ""
    return Problem("POSTCODE", f"{text[:20]!r} is not a UK postcode such as SW1A 1AA.{hint}")


def clean_identifier(text: str) -> Cleaned | Problem:
    """Any other number of a document or system: upper case, no separators. Codes: IDENTIFIER."""
    value = _NOT_ALNUM.sub("", text.upper())
    if not value:
        if kept := text.strip():
            return Cleaned(kept.upper(), "not in Latin letters or digits; kept as it stands.")
        return Problem("IDENTIFIER", "holds no letters or digits. Leave it blank or correct it.")
    if len(value) > 100:
        return Problem("IDENTIFIER", f"has {len(value)} characters; an identifier has at most 100.")
    note = None
    if re.search(r"\dE\+\d", text.upper()):
        note = "looks like a number a spreadsheet shortened; the last digits may be lost."
    return Cleaned(value, note)


def clean_checksum(text: str, *, scheme: str) -> Cleaned | Problem:
    """A number with check digits. Schemes: nhs, upn, imei, iban, luhn. Codes: CHECKSUM.

    Source: python-stdnum.
    """
    try:
        return Cleaned(_CHECKS[scheme](text))
    except ValidationError:
        return Problem(
            "CHECKSUM",
            f"{text[:40]!r} is not a valid {scheme.upper()} number: its check digit does not fit. "
            "Compare it with the source.",
        )


def clean_vehicle(text: str) -> Cleaned | Problem:
    """A registration mark without spaces; a foreign form is kept with a note. Codes: VEHICLE."""
    value = _NOT_ALNUM.sub("", text.upper())
    if not 2 <= len(value) <= 12:
        return Problem("VEHICLE", f"{text[:20]!r} is no registration mark such as AB12 CDE.")
    return Cleaned(value, None if UK_MARK.match(value) else "not in a UK form.")


def known_schemes() -> tuple[str, ...]:
    """The schemes `clean_checksum` knows."""
    return tuple(_CHECKS)
