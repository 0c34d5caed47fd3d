"""What no factor may be named after: protected characteristics, and what stands for them."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import normalize

import yaml

# Where a capital begins a new word, as in homePostcode.
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The word found, as the list has it, and why nothing may be ranked by it."""

    word: str
    because: str

    def __str__(self) -> str:
        return f"{self.word!r} is no reason to come first: {self.because}."


@cache
def refused_words() -> tuple[Refusal, ...]:
    """The whole list, in its order."""
    text = files(__package__).joinpath("refused.yaml").read_text("utf-8")
    return tuple(
        Refusal(word, group["because"])
        for group in yaml.safe_load(text)["refused"]
        for word in group["words"]
    )


def refusal_of(text: str) -> Refusal | None:
    """The first word of the list that a factor's code or name has in it, or None."""
    words = _words(text)
    return next((one for one in refused_words() if _has(words, one.word)), None)


def _words(text: str) -> list[str]:
    apart = _HUMP.sub(" ", normalize("NFKC", text))
    return [word.casefold() for word in _WORD.findall(apart)]


def _has(words: list[str], asked: str) -> bool:
    wanted = asked.split()
    return any(
        all(_is(word, part) for word, part in zip(words[at:], wanted, strict=False))
        for at in range(len(words) - len(wanted) + 1)
    )


def _is(word: str, asked: str) -> bool:
    return word.startswith(asked[:-1]) if asked.endswith("*") else word == asked
