"""The parts of a person's name, whichever columns it came in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lightkeeper.engine.linkage.plain import words

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "lady",
        "lord",
        "dame",
        "rev",
        "reverend",
        "hon",
        "honourable",
        "captain",
        "capt",
        "major",
        "colonel",
        "col",
        "general",
        "gen",
        "admiral",
        "baron",
        "baroness",
        "viscount",
        "viscountess",
        "earl",
        "count",
        "countess",
        "duke",
        "duchess",
        "marquess",
        "marquis",
        "baronet",
        "bart",
        "bt",
        "esq",
        "esquire",
        "jr",
        "jnr",
        "sr",
        "snr",
        "junior",
        "senior",
        "ii",
        "iii",
        "iv",
        "master",
        "sister",
        "brother",
        "father",
        "st",
        "nd",
        "rd",
        "th",
        "1st",
        "2nd",
        "3rd",
        "4th",
        "5th",
        "6th",
        "7th",
        "8th",
        "9th",
        "10th",
        "11th",
        "12th",
        "13th",
        "14th",
        "15th",
        "of",
        "the",
        "and",
        "obe",
        "mbe",
        "cbe",
        "kbe",
        "mp",
        "qc",
        "kc",
    ]
)


@dataclass(frozen=True)
class NameParts:
    """Given and family names as separate values, and every further word of the name."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    middle: tuple[str, ...]
    tokens: tuple[str, ...]


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name in their order, without titles unless nothing else is there."""
    plain = (words(text) or "").split()
    return tuple(word for word in plain if word not in TITLES) or tuple(plain)


def name_parts(
    given: Iterable[str], family: Iterable[str], middle: Iterable[str], full: Iterable[str]
) -> NameParts:
    """Join what the columns say; a full name fills in the parts that are missing."""
    given_words = [kept for value in given if (kept := untitled(value))]
    family_words = [kept for value in family if (kept := untitled(value))]
    full_words = [kept for value in full if (kept := name_words(value))]
    if not given_words:
        given_words = [kept[:1] for kept in full_words if len(kept) > 1]
    if not family_words:
        family_words = [kept[-1:] for kept in full_words]
    first = _unique(" ".join(value) for value in given_words)
    last = _unique(" ".join(value) for value in family_words)
    middle_words = [word for value in middle for word in name_words(value)]
    spoken = {word for value in (*given_words, *family_words) for word in value}
    rest = [word for value in full_words for word in value if word not in spoken]
    tokens = {*spoken, *rest, *middle_words}
    return NameParts(first, last, _unique([*middle_words, *rest]), tuple(sorted(tokens)))


@lru_cache(maxsize=65_536)
def untitled(text: str) -> tuple[str, ...]:
    return tuple(word for word in (words(text) or "").split() if word not in TITLES)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
