"""Names and plain texts: cleaned for use, folded for search."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from lightkeeper.engine.records.cleaned import Cleaned, Problem

MAX_NAME = 300
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-",
                         "–": "-", "—": "-"})  # fmt: skip
_NOT_WORD = re.compile(r"[^a-z0-9]+")
# Most names are this simple and need nothing.
_PLAIN_NAME = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+)*\Z")
_NOTHING = frozenset(["", "-", "--", "n/a", "na", "nil", "none", "null", "unknown", "not known",
                      "nk", "n/k", "u/k", "tbc", "?", "??", "."])  # fmt: skip


def says_nothing(text: str) -> bool:
    """Whether a cell only says that nothing is known: blank, `n/a`, `unknown`, `-`."""
    return len(text) < 16 and text.strip().lower() in _NOTHING


def without_hidden(text: str) -> str:
    """Without characters that nobody sees, and without control characters."""
    return _CONTROL.sub("", _HIDDEN.sub("", text))


def clean_text(text: str) -> Cleaned:
    """NFKC, without hidden and control characters, one space between words."""
    if text.isascii() and text.isprintable():
        return Cleaned(" ".join(text.split()) if "  " in text or text != text.strip() else text)
    normal = unicodedata.normalize("NFKC", text)
    visible = without_hidden(normal)
    note = "hidden characters were left out." if len(visible) != len(normal) else None
    # Once more: what a hidden character kept apart may now join.
    return Cleaned(" ".join(unicodedata.normalize("NFKC", visible).split()), note)


def clean_name(text: str) -> Cleaned | Problem:
    """A name of a person, body or thing. Codes: NAME."""
    if len(text) <= MAX_NAME and _PLAIN_NAME.match(text):
        return Cleaned(text)
    cleaned = clean_text(text)
    value = cleaned.value
    if not value:
        return Problem("NAME", "holds no visible letters. Leave it blank or write the name.")
    if len(value) > MAX_NAME:
        return Problem(
            "NAME", f"has {len(value)} characters; a name has at most {MAX_NAME}. Is it a text?"
        )
    value = value.translate(_QUOTES)
    if not any(c.isalnum() for c in value):
        return Problem("NAME", f"{value!r} has no letters. Leave it blank or write the name.")
    note = cleaned.note
    if len(scripts := scripts_of(value)) > 1:
        mixed = f"mixed scripts ({' and '.join(scripts)}): check that letters are what they seem."
        note = f"{note} {mixed}" if note else mixed
    return Cleaned(value, note)


def scripts_of(text: str) -> tuple[str, ...]:
    """The scripts of the letters: Latin, Cyrillic, Greek, Arabic…, in order of first sight."""
    return tuple(
        dict.fromkeys(unicodedata.name(c, "?").split()[0].title() for c in text if c.isalpha())
    )


@lru_cache(maxsize=131_072)
def fold_name(text: str) -> str:
    """The form names are searched by: lower case, no accents, Latin letters, single spaces.

    `O'Neill` and `ONeill` fold alike; a hyphen parts two words.
    """
    if not text.isascii():
        text = anyascii(_HIDDEN.sub("", unicodedata.normalize("NFKC", text)))
    text = text.lower().replace("'", "").replace("`", "")
    return _NOT_WORD.sub(" ", text).strip()
