"""An address taken apart: house and flat, street, town and postcode."""

import re
from dataclasses import dataclass

from lightkeeper.engine.linkage.plain import words
from lightkeeper.engine.linkage.spellings import usual_spellings, words_of_list

_NUMBER = re.compile(r"\d+[a-z]?")
# Half a postcode may stand alone; a whole one is told from house numbers by its form.
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2})\b", re.IGNORECASE)


@dataclass(frozen=True)
class AddressParts:
    """What an address says; None where it does not."""

    door: str | None
    street: str | None
    place: str | None
    postcode: str | None


def address_parts(text: str) -> AddressParts:
    """House and flat as `12;3;`; the street; the town: of the parts after it, parted by commas, the
    first; and the postcode.
    """
    found = _POSTCODE.search(text)
    said = _POSTCODE.sub(" ", text)
    parts = [part for part in re.split(r"[,\n]", said) if words(part)]
    ends = [at for at, part in enumerate(parts) if _ends_in_a_street(part)]
    end = ends[0] + 1 if ends else len(parts)
    door, street = door_and_street(" ".join(parts[:end]))
    place = words(parts[end]) if end < len(parts) else None
    postcode = words(found[1]) if found else None
    return AddressParts(door, street, place, postcode.replace(" ", "") if postcode else None)


def _ends_in_a_street(part: str) -> bool:
    last = (words(part) or "").split()[-1]
    return usual_spellings("street_words").get(last, last) in words_of_list("thoroughfares")


def door_and_street(text: str) -> tuple[str | None, str | None]:
    """House and flat numbers, the house first, and the other words, of one line of an address."""
    houses: list[str] = []
    flats: list[str] = []
    said: list[str] = []
    flat_words, of_flat = words_of_list("flat_words"), False
    for word in _with_letters((words(text) or "").split()):
        if word in flat_words:
            of_flat = True
            continue
        if _NUMBER.fullmatch(word) or (of_flat and len(word) == 1):
            (flats if of_flat else houses).append(word)
        else:
            said.append(word)
        of_flat = False
    numbers = "".join(f"{number};" for number in [*houses, *flats])
    return numbers or None, " ".join(_written_out(said)) or None


def _written_out(said: list[str]) -> list[str]:
    """St at the beginning is a saint and elsewhere a street."""
    usual = usual_spellings("street_words")
    if len(said) > 1 and said[0] == "st":
        said = ["saint", *said[1:]]
    return [usual.get(word, word) for word in said]


def _with_letters(tokens: list[str]) -> list[str]:
    """12 a is 12a."""
    found: list[str] = []
    for word in tokens:
        if found and found[-1].isdigit() and len(word) == 1 and word.isalpha():
            found[-1] += word
        else:
            found.append(word)
    return found
