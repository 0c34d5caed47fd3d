"""Small things about words that several modules need."""

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[\W_]+")


def spaced(name: str) -> str:
    """`birthDate` as `Birth date`."""
    words = _HUMP.sub(" ", name).lower()
    return words[:1].upper() + words[1:]


def plain_heading(heading: str) -> str:
    """A heading in lower case words: `Date_of-Birth (UK)` is `date of birth uk`."""
    return _NOT_WORD.sub(" ", _HUMP.sub(" ", heading)).strip().lower()
