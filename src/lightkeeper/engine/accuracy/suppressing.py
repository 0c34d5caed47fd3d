"""Which groups of each table of a card may be shown, so that no small set of records is told.

Within a table: with each group that is too small others go, until those that are hidden hide one
another. Across tables: a set of groups of one table may hold a set of groups of another, and what
is over is told by subtraction. With what is hidden taken as one group more, whose sum the whole
tells, each table divides everybody; for every two tables, and every set of groups of one inside a
set of the other, what is over must be nobody or five of each count.

That is enough for any sum and difference of the whole and the groups of two tables, each as often
as one likes, that comes to one for some records and nought for the rest (decision 29). It is not
for one that comes to one for some and less than nought for others, such as a group less another
that differ by four people: who knows three of them knows the fourth to within rounding. Of sums
that need three tables at once it says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.accuracy.labelled import Ends

LEAST = 5
# Of two tables the smaller is gone through set by set; beyond so many groups more are hidden first.
MOST_GROUPS = 12
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Sums:
    """Exact counts of one group, and the shares of what stands for more; nobody sees these.

    Shapes: person (people,) and unit (units,), each once.
    """

    person: NDArray[np.int64]
    unit: NDArray[np.int64]
    joined: int
    true: int
    precision: float
    recall: float
    evenness: float

    @property
    def people(self) -> int:
        return len(self.person)

    @property
    def units(self) -> int:
        return len(self.unit)


def sums_of(ends: Ends, codes: NDArray[np.int64], groups: int) -> list[Sums]:
    """Shapes: codes (n,), which group each row of the ends is in."""
    found = []
    for group in range(groups):
        rows = codes == group
        joined, true, right = ends.joined[rows], ends.true[rows], ends.right[rows]
        weight = ends.stands_for[rows]
        counted = (joined > 0) | (true > 0)
        total, squares = float(weight[counted].sum()), float((weight[counted] ** 2).sum())
        found.append(Sums(
            person=np.unique(ends.person[rows][counted]),
            unit=np.unique(ends.unit[rows][counted]),
            joined=int(joined.sum()),
            true=int(true.sum()),
            precision=_share(weight @ right, weight @ joined),
            recall=_share(weight @ right, weight @ true),
            # How much less unevenly weighted pairs tell (Kish 1965): 1 if all count alike.
            evenness=total * total / (squares * counted.sum()) if squares else 1.0,
        ))  # fmt: skip
    return found


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def is_enough(sums: Sums) -> bool:
    return min(sums.people, sums.units, sums.joined, sums.true) >= LEAST


def shown_alone(sums: Sequence[Sums], hidden: Sequence[int] = ()) -> set[int]:
    """The groups of a table that may be shown. With each that may not, others go until those that
    are hidden are two or more with anybody in them, and five or more of each count: their sum is
    known, and no more.
    """
    gone = [at for at, one in enumerate(sums) if at in hidden or not is_enough(one)]
    rest = sorted(set(range(len(sums))) - set(gone), key=lambda at: (sums[at].joined, at))
    while gone and rest and not _hides(sums, gone):
        gone.append(rest.pop(0))
    return set(rest)


def _hides(sums: Sequence[Sums], hidden: Sequence[int]) -> bool:
    """Whether what is hidden hides: a group of nobody takes no part, for nobody else is in it, and
    who is in two groups counts once.
    """
    some = [sums[at] for at in hidden if sums[at].people]
    return len(some) >= 2 and min(
        len(np.unique(np.concatenate([one.person for one in some]))),
        len(np.unique(np.concatenate([one.unit for one in some]))),
        sum(one.joined for one in some), sum(one.true for one in some),
    ) >= LEAST  # fmt: skip


def shown_together(
    ends: Ends, tables: Sequence[tuple[NDArray[np.int64], Sequence[Sums]]]
) -> list[set[int]]:
    """Of each table the groups that may be shown beside those of the others."""
    shown = [shown_alone(sums) for _, sums in tables]
    crossings = {
        (one, two): _Crossing(ends, tables[one], tables[two])
        for one, two in permutations(range(len(tables)), 2)
    }
    while (told := next(_told(crossings, shown), None)) is not None:
        # Of the groups that tell it the smallest goes.
        table, group = min(told, key=lambda at: (tables[at[0]][1][at[1]].joined, at))
        sums = tables[table][1]
        shown[table] = shown_alone(sums, [*(set(range(len(sums))) - shown[table]), group])
    return shown


def _told(
    crossings: dict[tuple[int, int], "_Crossing"], shown: list[set[int]]
) -> Iterator[list[tuple[int, int]]]:
    """The groups, as table and place, of each difference that tells a small set."""
    for (one, two), crossing in crossings.items():
        mine, others = sorted(shown[one]), sorted(shown[two])
        if min(len(mine), len(others)) > MOST_GROUPS or crossing.rest_is_small(mine):
            yield [(one, at) for at in mine]
        elif (over := crossing.small(mine, others)) is not None:
            yield [(one, at) for at in over[0]] + [(two, at) for at in over[1]]


class _Crossing:
    """Two ways of grouping the same ends, and what sets of the first have over the second."""

    def __init__(
        self,
        ends: Ends,
        one: tuple[NDArray[np.int64], Sequence[Sums]],
        two: tuple[NDArray[np.int64], Sequence[Sums]],
    ) -> None:
        rows = np.nonzero((ends.joined > 0) | (ends.true > 0))[0]
        self.one, self.two = one[0][rows], two[0][rows]
        self.shape = (len(one[1]), len(two[1]))
        self.cells = self.one * self.shape[1] + self.two
        self.joined, self.true = ends.joined[rows], ends.true[rows]
        self.person, self.unit = ends.person[rows], ends.unit[rows]
        # Of each cell: ends and pairs, which add up, and people and units, which do not.
        self.added = [self._sum(of) for of in (np.ones(len(rows)), self.joined, self.true)]
        self.apart = [self._distinct(of) for of in (self.person, self.unit)]

    def _sum(self, of: NDArray[Any]) -> NDArray[np.int64]:
        size = self.shape[0] * self.shape[1]
        summed = np.bincount(self.cells, weights=of, minlength=size)
        return summed.astype(np.int64).reshape(self.shape)

    def _distinct(self, of: NDArray[np.int64]) -> NDArray[np.int64]:
        known, number = np.unique(of, return_inverse=True)
        met = np.unique(self.cells * max(len(known), 1) + number) // max(len(known), 1)
        return np.bincount(met, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)

    def rest_is_small(self, shown: Sequence[int]) -> bool:
        """Whether what the first hides, all together, is a small set."""
        return self._is_small(~np.isin(self.one, shown))

    def small(
        self, shown: Sequence[int], others: Sequence[int]
    ) -> tuple[list[int], list[int]] | None:
        """The groups of the first and of the second whose difference is a small set, if any is.

        The least that a set of the first leaves is over when all of the second that lie inside it
        are taken away; more is left only with a whole group of the second, which is large.
        """
        mine, theirs = _places(self.shape[0], shown), _places(self.shape[1], others)
        some, joined, true = (_together(of, mine, theirs, np.add) for of in self.added)
        taken = _sets(some > 0)
        outside = (~taken).astype(np.int64) @ (some > 0) > 0
        ends, put, same = (((taken @ of) * outside).sum(axis=1) for of in (some, joined, true))
        most = [_together(of, mine, theirs, np.maximum) for of in self.apart]
        for at in np.nonzero(ends)[0].tolist():
            here = np.ix_(taken[at], outside[at])
            if min(put[at], same[at], *(of[here].max() for of in most)) >= LEAST:
                continue  # as many as in its fullest cell are there at least
            if self._is_small(taken[at][mine[self.one]] & outside[at][theirs[self.two]]):
                return _told_by(taken[at], shown), _told_by(~outside[at], others)
        return None

    def _is_small(self, rows: Bools) -> bool:
        """Whether these are fewer than five of any count, and not nobody."""
        return bool(rows.any()) and min(
            len(np.unique(self.person[rows])), len(np.unique(self.unit[rows])),
            int(self.joined[rows].sum()), int(self.true[rows].sum()),
        ) < LEAST  # fmt: skip


def _places(groups: int, shown: Sequence[int]) -> NDArray[np.int64]:
    """Where each group stands among the shown; all that are hidden stand last, as one."""
    found = np.full(groups, len(shown), np.int64)
    found[list(shown)] = np.arange(len(shown))
    return found


def _together(
    of: NDArray[np.int64], mine: NDArray[np.int64], theirs: NDArray[np.int64], how: np.ufunc
) -> NDArray[np.int64]:
    """What is said of each cell, of those that are hidden as one."""
    found = np.zeros((mine.max() + 2, theirs.max() + 2), np.int64)
    how.at(found, (mine[:, None], theirs[None, :]), of)
    return found


def _sets(met: Bools) -> Bools:
    """Sets of the first groups that may leave least: all of them, or, where the second are fewer,
    for each set of the second those of the first that it meets.

    Shapes: met (a, b); returns (2 to the power of the lesser, a).
    """
    lesser = min(met.shape)
    every = (np.arange(2**lesser)[:, None] >> np.arange(lesser)) % 2 == 1
    found = every if met.shape[0] == lesser else every.astype(np.int64) @ met.T > 0
    return np.asarray(found, np.bool_)


def _told_by(taken: Bools, shown: Sequence[int]) -> list[int]:
    """The shown groups of a set; with what is hidden, those that are left out of it: it is the
    whole without them.
    """
    with_hidden = bool(taken[len(shown)])
    return [group for at, group in enumerate(shown) if bool(taken[at]) is not with_hidden]
