"""The levels of every comparison as tables: which signs a candidate shows gives its level.

The signs of a comparison are the bits of a number, and a table has the level for each number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.model import Comparison
from lightkeeper.engine.matcher.conditions import compile_levels
from lightkeeper.engine.matcher.meeting import (
    Alike,
    Common,
    Ends,
    Flags,
    Held,
    LettersApart,
    Said,
    Sign,
    Slips,
    Text,
    YearsApart,
    holds,
    signs_in,
)
from lightkeeper.engine.matcher.slips import MORE

MOST_SIGNS = 16
Whole = NDArray[np.int64]
# The bits that a text shows beside an asked value.
OfText = Callable[[str], int]


@dataclass(frozen=True)
class Ladder:
    """One comparison: its signs, each with its bit, and the level for each set of them (2^s,)."""

    signs: tuple[tuple[int, Sign], ...]
    level: NDArray[np.int8]
    # Whether the first level is that a value is the same.
    exact: bool

    def bits(self, shown: Callable[[Sign], bool]) -> int:
        """The bits of the signs of which this is true."""
        return sum(bit for bit, sign in self.signs if shown(sign))

    @cached_property
    def years(self) -> tuple[tuple[int, int], ...]:
        """Bits of birth years apart, with how many years at most."""
        return tuple((bit, s.most) for bit, s in self.signs if isinstance(s, YearsApart))

    @cached_property
    def _texts(self) -> tuple[tuple[int, Text], ...]:
        return tuple((bit, sign) for bit, sign in self.signs if isinstance(sign, Text))

    def of_text(self, said: Said) -> OfText:
        """What gives the bits that a text shows beside an asked value."""
        always, asks = 0, []
        for bit, sign in self._texts:
            ask = sign.bind(said)
            if callable(ask):
                asks.append((bit, ask))
            elif ask:
                always |= bit
        if not asks:
            return lambda text: always
        if len(asks) == 1:
            [(only, ask)] = asks
            with_it = always | only
            return lambda text: with_it if ask(text) else always

        def bits(text: str) -> int:
            shown = always
            for bit, ask in asks:
                if ask(text):
                    shown |= bit
            return shown

        return bits


def ladder_of(comparison: Comparison) -> Ladder:
    """Raises: FormatError naming a level that is not known."""
    conditions = compile_levels(comparison)
    signs = list(dict.fromkeys(sign for one in conditions for sign in signs_in(one)))
    if len(signs) > MOST_SIGNS:
        raise FormatError(f"{comparison.name} asks for {len(signs)} signs; {MOST_SIGNS} at most.")
    every = np.arange(1 << len(signs))
    shown: dict[Sign, Flags] = {sign: (every >> n & 1) > 0 for n, sign in enumerate(signs)}
    level = np.full(len(every), len(conditions), np.int8)
    for number, condition in reversed([*enumerate(conditions)]):
        level[holds(condition, shown.__getitem__)] = number
    return Ladder(
        tuple((1 << n, sign) for n, sign in enumerate(signs)), level, conditions[:1] == (Common(1),)
    )


class Ladders:
    """All comparisons of a model, with c comparisons and l levels at most.

    every (c, 1): the number of each. first (c,), level: the tables of all ladders, one after the
    other, and where each begins.
    weight (c, l + 1): the bits of each level; the last, which -1 finds too, for what is missing.
    The rest are the bits of signs. likeness (t,): all that is asked for; alike (c, t + 1): those
    of a likeness between two of them. slips, with_end, letters, common (c, MORE + 1): of so many
    slips, slips that leave an end whole, letters apart, and values that are the same. starts, stops
    (c, e + 1): what so many first and so many last characters allow. held (c,): to be among the
    words of a name. to_two (c,): whether two slips are told from more.
    """

    def __init__(self, comparisons: Sequence[Comparison]) -> None:
        self.each = tuple(ladder_of(comparison) for comparison in comparisons)
        self.exact = np.array([ladder.exact for ladder in self.each])
        sizes, count = [len(ladder.level) for ladder in self.each], len(self.each)
        self.every = np.arange(count)[:, None]
        self.first = np.cumsum([0, *sizes])[:-1]
        self.level = np.concatenate([np.empty(0, np.int8), *(one.level for one in self.each)])
        self.weight = np.zeros((count, 1 + max(len(c.levels) for c in comparisons)))
        for c, comparison in enumerate(comparisons):
            self.weight[c, : len(comparison.levels)] = [one.weight for one in comparison.levels]
        signs = [sign for one in self.each for _, sign in one.signs]
        # Not np.unique, here or in a look-up: at its first call it loads numpy.ma for 50 ms.
        self.likeness = np.array(sorted({s.at_least for s in signs if isinstance(s, Alike)}))
        longest = max([1, *(max(s.first, s.last) for s in signs if isinstance(s, Ends))])
        self.alike = np.zeros((count, len(self.likeness) + 1), np.int64)
        self.slips, self.with_end, self.letters, self.common = np.zeros(
            (4, count, MORE + 1), np.int64
        )
        self.starts, self.stops = np.zeros((2, count, longest + 1), np.int64)
        self.held = np.zeros(count, np.int64)
        self.to_two = np.zeros(count, bool)
        for c, ladder in enumerate(self.each):
            for bit, sign in ladder.signs:
                self._put(c, bit, sign)

    def _put(self, c: int, bit: int, sign: Sign) -> None:
        match sign:
            case Common(least):
                self.common[c, least:] |= bit
            case Alike(at_least):
                self.alike[c, 1 + int(self.likeness.searchsorted(at_least)) :] |= bit
            case Slips(most, ends):
                (self.with_end if ends else self.slips)[c, : most + 1] |= bit
                self.to_two[c] |= most == 2
            case Ends(first, last):
                self.starts[c, first:] |= bit
                self.stops[c, last:] |= bit
            case LettersApart(most):
                self.letters[c, : most + 1] |= bit
            case Held():
                self.held[c] |= bit
