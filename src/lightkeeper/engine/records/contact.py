"""Telephone numbers, e-mail addresses, web addresses, handles and IP addresses."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

import phonenumbers

from lightkeeper.engine.records.cleaned import Cleaned, Problem

_PHONE_MARKS = str.maketrans("", "", " -().\t\u00a0/")
# Ofcom: 071 to 075 and 077 to 079 are mobiles; 070 and 076 are not ordinary ones.
_UK_MOBILE = re.compile(r"(?:\+44|0044|0)0?(7[1-57-9][0-9]{8})\Z")
_EMAIL = re.compile(r"[^@\s<>()\[\]\\,;:\"]{1,64}@([^@\s<>()\[\]\\,;:\"]+)$")
_DOMAIN = re.compile(r"(?=.{3,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,62}$")
_HANDLE = re.compile(r"[^\s]{1,100}$")


def clean_phone(text: str, *, region: str = "GB") -> Cleaned | Problem:
    """A number as E.164 (`+447…`). Codes: PHONE.

    A possible number outside the allocated ranges is kept with a note: it may be new, or a slip.
    Source: phonenumbers (libphonenumber).
    """
    if region == "GB":
        match = _UK_MOBILE.match(text.replace(" ", "")) or _UK_MOBILE.match(
            text.strip().translate(_PHONE_MARKS)
        )
        if match:
            return Cleaned("+44" + match[1])
    return _parsed_phone(text, region)


@lru_cache(maxsize=16_384)
def _parsed_phone(text: str, region: str) -> Cleaned | Problem:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return Problem("PHONE", f"{text[:40]!r} is not a telephone number. Write it with its code.")
    if not phonenumbers.is_possible_number(number):
        return Problem("PHONE", f"{text[:40]!r} has too few or too many digits for a number.")
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    note = None if phonenumbers.is_valid_number(number) else "not in a range that is in use."
    if number.extension:
        extension = f"extension {number.extension} was left out."
        note = f"{note} {extension}" if note else extension
    return Cleaned(value, note)


def clean_email(text: str) -> Cleaned | Problem:
    """An address in lower case. Codes: EMAIL."""
    value = text.strip().strip("<>").removeprefix("mailto:").lower()
    match = _EMAIL.match(value)
    if not match or not _DOMAIN.match(match[1]) or ".." in value:
        return Problem("EMAIL", f"{text[:60]!r} is not an e-mail address (name@place.tld).")
    return Cleaned(value)


def clean_url(text: str) -> Cleaned | Problem:
    """A web address with scheme and lower-case host; never fetched. Codes: URL."""
    value = text.strip()
    if "://" not in value:
        value = "https://" + value
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return Problem("URL", f"{text[:60]!r} is not a web address.")
    if parts.scheme.lower() not in ("http", "https", "ftp") or not (
        _DOMAIN.match(host) or _is_ip(host)
    ):
        return Problem("URL", f"{text[:60]!r} is not a web address.")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    note = None
    if parts.username or parts.password:
        note = "a user name in the address was left out."
    return Cleaned(
        urlunsplit((parts.scheme.lower(), place, parts.path, parts.query, parts.fragment)), note
    )


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def clean_ip(text: str) -> Cleaned | Problem:
    """An IPv4 or IPv6 address in its short form. Codes: IP."""
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return Problem("IP", f"{text[:60]!r} is not an IP address.")
    note = None if address.is_global else "not an address on the public internet."
    return Cleaned(str(address), note)


def clean_handle(text: str) -> Cleaned | Problem:
    """A user name on a platform: without @, in lower case. Codes: HANDLE."""
    value = text.strip().lstrip("@").lower()
    if not _HANDLE.match(value):
        return Problem("HANDLE", f"{text[:60]!r} is not one user name. Put one in each cell.")
    return Cleaned(value)
