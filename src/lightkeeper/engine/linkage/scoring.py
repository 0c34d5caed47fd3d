"""Levels and weights of pairs of records, worked out from the model over arrays of codes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.columns import NONE, Coded, Column, Places
from lightkeeper.engine.linkage.conditions import SAME, conditions_of
from lightkeeper.engine.linkage.database import USUAL
from lightkeeper.engine.linkage.meeting import Meeting
from lightkeeper.engine.linkage.model import Comparison, Level

CHUNK = 200_000
# In a small table a share says little: so many values of the usual frequency are added to it.
USUAL_VALUES = 20
MISSING = -1


@dataclass(frozen=True)
class Levels:
    """For p pairs and c comparisons: the level of each, and how common the shared value is.

    level (p, c) int8, -1 where a value is missing; share (p, c) float32, 0 where not asked;
    known (c,) int64: of how many values the share is taken.
    """

    level: NDArray[np.int8]
    share: NDArray[np.float32]
    known: NDArray[np.int64]


class Comparer:
    """Compares records that stand as codes, by the comparisons of a model.

    Raises: FormatError naming a level whose condition is not known.
    """

    def __init__(self, coded: Coded, comparisons: Sequence[Comparison]) -> None:
        self.coded, self.comparisons = coded, tuple(comparisons)
        self.conditions = [conditions_of(comparison) for comparison in comparisons]
        self.columns = [coded.columns[comparison.column] for comparison in comparisons]
        place = {name: n for n, name in enumerate(coded.singles)}
        self.places = [place.get(comparison.column) for comparison in comparisons]

    @cached_property
    def known(self) -> NDArray[np.int64]:
        """Of how many values the shares of each comparison are taken, (c,)."""
        return np.array([column.known for column in self.columns], np.int64)

    def chunks(self, left: Places, right: Places) -> Iterator[Levels]:
        """The levels of each pair, in the order given, a chunk of pairs at a time."""
        parts = [slice(start, start + CHUNK) for start in range(0, len(left), CHUNK)]
        return self.each((left[part], right[part]) for part in parts)

    def each(self, parts: Iterable[tuple[Places, Places]]) -> Iterator[Levels]:
        """The levels of the pairs of each part, left and right, one part after the other."""
        with ThreadPoolExecutor(USUAL.threads) as pool:
            yield from pool.map(lambda part: self.compare(*part), parts)

    def compare(
        self,
        left: Places,
        right: Places,
        of: Sequence[int] | None = None,
        wholly: Collection[int] | None = None,
    ) -> Levels:
        """The levels of each pair in the comparisons `of`, all where it is not given.

        Of comparisons that are not in `wholly` only whether a value is missing and whether the
        first level holds is asked; else they are at 1.
        """
        of = range(len(self.comparisons)) if of is None else of
        level = np.empty((len(left), len(of)), np.int8, order="F")
        share = np.zeros((len(left), len(of)), np.float32, order="F")
        one, two = self.coded.single[left], self.coded.single[right]
        for at, c in enumerate(of):
            place, first_only = self.places[c], wholly is not None and c not in wholly
            if place is None or self.conditions[c][0] != SAME:
                found = self._of_any(c, left, right, first_only)
            else:
                found = self._of_codes(c, one[:, place], two[:, place], left, right, first_only)
            level[:, at] = found
            if self.comparisons[c].levels[0].by_frequency:
                same = np.flatnonzero(found == 0)
                share[same, at] = self._shares(c, left[same], right[same])
        return Levels(level, share, self.known[list(of)])

    def _of_codes(
        self, c: int, one: NDArray[np.int32], two: NDArray[np.int32],
        left: Places, right: Places, first_only: bool,
    ) -> NDArray[np.int8]:  # fmt: skip
        """Of a field with one value, whose first level is that both have the same."""
        found: NDArray[np.int8] = (one != two).astype(np.int8)
        found[(one == NONE) | (two == NONE)] = MISSING
        if not first_only:
            rest = np.flatnonzero(found == 1)
            found[rest] = self._further(c, Meeting(
                self.coded, self.columns[c], left[rest], right[rest]), 1)  # fmt: skip
        return found

    def _of_any(self, c: int, left: Places, right: Places, first_only: bool) -> NDArray[np.int8]:
        column = self.columns[c]
        found = np.full(len(left), MISSING, np.int8)
        for there in column.at_once(left, right):
            meeting = Meeting(self.coded, column, left[there], right[there])
            if first_only:
                found[there] = ~meeting.holds(self.conditions[c][0])
            else:
                found[there] = self._further(c, meeting, 0)
        return found

    def _further(self, c: int, meeting: Meeting, first: int) -> NDArray[np.int8]:
        """The level of pairs for which none before `first` holds."""
        conditions = self.conditions[c]
        found = np.full(len(meeting.left), len(conditions), np.int8)
        rows = np.arange(len(found))
        for number in range(first, len(conditions)):
            holds = meeting.holds(conditions[number])
            found[rows[holds]] = number
            rest = np.flatnonzero(~holds)
            rows, meeting = rows[rest], meeting.take(rest)
        return found

    def _shares(self, c: int, left: Places, right: Places) -> NDArray[np.float32]:
        """How common the rarest value is that both have."""
        column = self.columns[c]
        if column.start is None:
            return np.asarray(column.share[column.code[left]])
        return rarest_shared(self.coded, column, left, right)


def rarest_shared(coded: Coded, column: Column, left: Places, right: Places) -> NDArray[np.float32]:
    meeting = Meeting(coded, column, left, right)
    same = meeting.a == meeting.b
    found = np.full(len(left), np.inf, np.float32)
    assert meeting.of is not None
    np.minimum.at(found, meeting.of[same], column.share[meeting.a[same]])
    return np.where(np.isinf(found), np.float32(0), found)


def join_levels(chunks: Iterable[Levels]) -> Levels:
    """The chunks as one."""
    every = list(chunks)
    if not every:
        return Levels(
            np.empty((0, 0), np.int8), np.empty((0, 0), np.float32), np.empty(0, np.int64)
        )
    return Levels(
        np.concatenate([chunk.level for chunk in every]),
        np.concatenate([chunk.share for chunk in every]),
        every[0].known,
    )


def weights_of(comparisons: Sequence[Comparison], levels: Levels) -> NDArray[np.float64]:
    """Bits of each comparison of each pair, (p, c): zero where a value is missing."""
    weights = np.zeros(levels.level.shape)
    for c, comparison in enumerate(comparisons):
        table = np.array([level.weight for level in comparison.levels] + [0.0])
        weights[:, c] = table[levels.level[:, c]]
        for number, level in enumerate(comparison.levels):
            if level.by_frequency:
                rows = (levels.level[:, c] == number) & (levels.share[:, c] > 0)
                share = frequency_of(level, levels.share[rows, c], int(levels.known[c]))
                weights[rows, c] = np.log2(level.m / share)
    return weights


def frequency_of(level: Level, share: NDArray[np.float32], known: int) -> NDArray[np.float64]:
    """How often two others would share such a value, from its share of so many known ones."""
    return np.asarray((share * known + USUAL_VALUES * level.u) / (known + USUAL_VALUES))
