"""One spelling for each value that is of no person: companies, vehicles, accounts, addresses."""

import re
from collections.abc import Callable, Iterable

from anyascii import anyascii

from lightkeeper.engine.linkage.addresses import door_and_street
from lightkeeper.engine.linkage.plain import birth_date, identifier, words
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.spellings import legal_forms, usual_spellings
from lightkeeper.engine.records.cleaned import Cleaned
from lightkeeper.engine.records.codes import clean_country
from lightkeeper.engine.records.identifiers import UK_MARK

MOST_FORM_WORDS = 4
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+")
_CURRENT_MARK = re.compile(r"[a-z]{2}[0-9]{2}[a-z]{3}")
_AS_DIGITS = str.maketrans("oizsb", "01258")
_AS_LETTERS = str.maketrans("01258", "oizsb")
_NOT_IN_VIN = str.maketrans("ioq", "100")
_LINK = re.compile(r"(?:https?://)?(?:www\.|m\.)?[a-z0-9-]+\.[a-z.]{2,}/(.+)")


def organisation_name(text: str) -> str | None:
    """The words of a body's name, without `the`, what it trades as, and its legal form."""
    plain = words(text.replace("&", " and ").replace("+", " and "))
    if not plain:
        return None
    usual = usual_spellings("name_words")
    said = [usual.get(word, word) for word in plain.split()]
    if said[0] == "the" and len(said) > 1:
        said = said[1:]
    return " ".join(_joined_letters(_without_form(said)))


def _without_form(said: list[str]) -> list[str]:
    """Without the forms at its end, as long as a word of the name is left."""
    forms = legal_forms()
    while len(said) > 1:
        most = min(MOST_FORM_WORDS, len(said) - 1)
        count = next((n for n in range(most, 0, -1) if tuple(said[-n:]) in forms), 0)
        # What stays before a form that was left out: Smith and Co.
        count = count or int(said[-1] == "and")
        if not count:
            break
        said = said[:-count]
    return said


def _joined_letters(said: Iterable[str]) -> list[str]:
    """Letters that stand alone are one word: j r m builders is jrm builders."""
    joined: list[str] = []
    single = False
    for word in said:
        if single and len(word) == 1:
            joined[-1] += word
        else:
            joined.append(word)
        single = len(word) == 1
    return joined


def registration_number(text: str) -> str | None:
    """Without separators and without zeros before it, which spreadsheets lose."""
    found = identifier(text)
    return (found.lstrip("0") or None) if found else None


def domain(text: str) -> str | None:
    """The host of a web address or of an e-mail address, without `www`."""
    plain = anyascii(text.strip()).casefold()
    host = plain.rpartition("@")[2].partition("://")[2] or plain.rpartition("@")[2]
    host = re.split(r"[/:?#\s]", host, maxsplit=1)[0].removeprefix("www.").strip(".")
    return host if _HOST.fullmatch(host) else None


def vehicle_mark(text: str) -> str | None:
    """Letters and digits. Where they are in no British form, but are in that of marks since 2001
    once an O among digits is a 0, an S a 5 and so on, that is how they are read.
    """
    bare = identifier(text)
    if bare and len(bare) == 7 and not UK_MARK.match(bare.upper()):
        head, middle, tail = bare[:2], bare[2:4], bare[4:]
        read = head.translate(_AS_LETTERS) + middle.translate(_AS_DIGITS)
        read += tail.translate(_AS_LETTERS)
        return read if _CURRENT_MARK.fullmatch(read) else bare
    return bare


def vin(text: str) -> str | None:
    """A chassis number has neither I, O nor Q: they are read as 1 and 0 (ISO 3779)."""
    bare = identifier(text)
    return bare.translate(_NOT_IN_VIN) if bare and len(bare) >= 5 else None


def _one_of(name: str) -> Callable[[str], str | None]:
    def usual(text: str) -> str | None:
        plain = words(text)
        return usual_spellings(name).get(plain, plain) if plain else None

    return usual


def platform(text: str) -> str | None:
    """The platform; a word more, as in `Instagram app`, changes nothing."""
    plain = words(text)
    if not plain:
        return None
    usual = usual_spellings("platforms")
    known = [usual[word] for word in plain.split() if word in usual and len(word) > 2]
    return usual.get(plain) or (known[0] if known else plain)


def handle(text: str) -> str | None:
    """A user name without @, or the last part of the link to it."""
    plain = anyascii(text.strip()).casefold()
    if found := _LINK.fullmatch(plain):
        plain = re.split(r"[?#]", found[1], maxsplit=1)[0].strip("/").rpartition("/")[2]
    plain = re.sub(r"\s+", "", plain.lstrip("@"))
    return plain if words(plain) else None


def country(text: str) -> str | None:
    """The code of the country, or the words as they stand."""
    found = clean_country(text)
    return found.value if isinstance(found, Cleaned) else words(text)


def door(text: str) -> str | None:
    """House and flat numbers as `12;3;`, the house first, so that one begins the other."""
    return door_and_street(text)[0]


def street(text: str) -> str | None:
    """The words of a street, with Rd for Road and so on written out."""
    return door_and_street(text)[1]


THINGS: dict[Kind, Callable[[str], str | None]] = {
    Kind.ORGANISATION_NAME: organisation_name,
    Kind.REGISTRATION_NUMBER: registration_number,
    Kind.DOMAIN: domain,
    Kind.VEHICLE_MARK: vehicle_mark,
    Kind.VIN: vin,
    Kind.MAKE: _one_of("makes"),
    Kind.COLOUR: _one_of("colours"),
    Kind.PLATFORM: platform,
    Kind.HANDLE: handle,
    Kind.UPRN: registration_number,
    Kind.DOCUMENT_TYPE: _one_of("document_types"),
    Kind.COUNTRY: country,
    Kind.ISSUE_DATE: birth_date,
    Kind.EXPIRY_DATE: birth_date,
    Kind.DOOR: door,
    Kind.STREET: street,
}
