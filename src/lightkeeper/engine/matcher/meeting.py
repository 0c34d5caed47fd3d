"""What two values may have in common, as the levels of a model ask it.

A level asks for a sign, or for several with "and" and "or". Some signs are read from distances,
some from what is known of a whole candidate, the rest are asked of each pair of texts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.records.name_roots import roots_of

Flags = NDArray[np.bool_]
OfText = Callable[[str], bool]


@dataclass(frozen=True)
class Said:
    """One value that the asked record has in a field, and the words of the record's name."""

    text: str
    tokens: frozenset[str]


@dataclass(frozen=True)
class Common:
    """At least so many values are the same: known from their codes, without reading a text."""

    least: int


@dataclass(frozen=True)
class Alike:
    """Jaro-Winkler likeness of at least this."""

    at_least: float


@dataclass(frozen=True)
class Slips:
    """At most so many slips; with `ends` the first or the last letter is the same as well."""

    most: int
    ends: bool = False


@dataclass(frozen=True)
class Ends:
    """So many of the first and of the last characters are the same."""

    first: int
    last: int = 0


@dataclass(frozen=True)
class LettersApart:
    """At most so many bytes differ, place by place, of texts of one length."""

    most: int


@dataclass(frozen=True)
class Held:
    """An asked value stands among the words of the candidate's name."""


@dataclass(frozen=True)
class YearsApart:
    """At most so many years between the earliest date of both."""

    most: int


@dataclass(frozen=True)
class Text:
    """A sign that is asked of one text; `bind` gives the question for one asked value, or the
    answer where it is the same for every text.
    """

    bind: Callable[[Said], OfText | bool]


Sign = Common | Alike | Slips | Ends | LettersApart | Held | YearsApart | Text


@dataclass(frozen=True)
class Joined:
    """Several conditions as one: every one of them, or any."""

    parts: tuple["Condition", ...]
    every: bool


Condition = Sign | Joined


def signs_in(condition: Condition) -> tuple[Sign, ...]:
    if not isinstance(condition, Joined):
        return (condition,)
    return tuple(sign for part in condition.parts for sign in signs_in(part))


def holds(condition: Condition, shown: Callable[[Sign], Flags]) -> Flags:
    """Where a condition holds, from where each sign is shown.

    Of a field with lists each sign may be shown by another pair of values.
    """
    if not isinstance(condition, Joined):
        return shown(condition)
    together: Any = np.logical_and if condition.every else np.logical_or
    parts = [holds(part, shown) for part in condition.parts]
    return np.asarray(together.reduce(parts))


def any_of(parts: Sequence[Condition]) -> Condition:
    return Joined(tuple(parts), every=False)


def all_of(parts: Sequence[Condition]) -> Condition:
    return Joined(tuple(parts), every=True)


def as_bytes(text: str) -> str:
    """One character for each byte of its UTF-8, as DuckDB's distances see it."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def as_text(seen: str) -> str:
    return seen if seen.isascii() else seen.encode("latin-1").decode("utf-8", "surrogatepass")


def begins() -> Text:
    def bind(said: Said) -> OfText:
        one = said.text
        return lambda text: one.startswith(text) or text.startswith(one)

    return Text(bind)


def same_part(part: Callable[[str], str]) -> Text:
    """This part of both, counted in characters."""

    def bind(said: Said) -> OfText:
        one = part(said.text)
        return lambda text: part(text) == one

    return Text(bind)


def turned(turn: Callable[[str], str]) -> Text:
    """The asked value is the candidate's, turned about."""

    def bind(said: Said) -> OfText:
        one = said.text
        return lambda text: turn(text) == one

    return Text(bind)


def longer_than(least: int) -> Text:
    """The asked value has more characters than this."""
    return Text(lambda said: len(said.text) > least)


def words_shared() -> Text:
    def bind(said: Said) -> OfText:
        words = frozenset(said.text.split(" "))
        return lambda text: not words.isdisjoint(text.split(" "))

    return Text(bind)


def one_root() -> Text:
    """A given name asked for and the candidate's may be forms of one name."""

    def bind(said: Said) -> OfText:
        asked = frozenset(roots_of(said.text))
        return lambda text: not asked.isdisjoint(roots_of(text))

    return Text(bind)


def among_asked_tokens() -> Text:
    """The candidate's value stands among the words of the asked name."""
    return Text(lambda said: said.tokens.__contains__)
