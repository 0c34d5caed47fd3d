"""Records that say the same in every field are one saying, blocked and compared once.

A child who is reported two hundred times with the same words is two hundred records and one saying.
Blocks count sayings, and what is found between two sayings holds between all their records. Of a
saying of very many records the first stand for it; the others are left alone, and told.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.blocking import Candidates
from lightkeeper.engine.linkage.clues import clues, digests, mixed
from lightkeeper.engine.linkage.columns import Coded, Column, Places, expand, spread, starts

Numbers = NDArray[np.uint64]
# So many records of a saying stand for it at most, and fewer where what is kept were too much.
MOST_ALIKE = 1280
# Pairs of records that sayings may be spread into: so many in any table, and no more in any.
FEWEST_SPREAD, MOST_SPREAD = 4_000_000, 12_000_000


@dataclass(frozen=True)
class Alike:
    """n records by what they say: `records` (n,), saying after saying in the order of their first
    records, ascending in each; saying s has those from `start[s]` to `start[s + 1]`.
    """

    records: Places
    start: Places

    @property
    def size(self) -> Places:
        """Of how many records each saying is, (s,)."""
        return np.diff(self.start)

    def two_of_each(self) -> Places:
        """Rows of at most two records of each saying, ascending."""
        first = self.start[:-1]
        _, place = spread(first, first + np.minimum(self.size, 2))
        return np.sort(self.records[place])

    def rest_of_placeholders(self) -> Places:
        """Rows of the others of sayings that are of too many records in any table."""
        large = np.flatnonzero(self.size > MOST_ALIKE)
        return self.records[spread(self.start[large] + 2, self.start[large + 1])[1]]


@dataclass(frozen=True)
class Sayings:
    """What each saying says in a row of `coded`, and the records that stand for it.

    records (r,): saying after saying, ascending in each, from start (s + 1,) on. left_alone: how
    many records stand for none.
    """

    coded: Coded
    records: Places
    start: Places
    left_alone: int = 0

    @property
    def size(self) -> Places:
        return np.diff(self.start)

    def repeated(self) -> Candidates:
        """Each saying of two records and more beside itself."""
        found = np.flatnonzero(self.size > 1)
        return Candidates(found, found)

    def spread(self, left: Places, right: Places) -> tuple[Places, Places, Places]:
        """The pairs of records of these pairs of sayings: which pair each is of, and the rows, left
        below right. Of a saying beside itself every two of its records.
        """
        if len(self.records) == len(self.start) - 1:
            one, two = self.records[left], self.records[right]
            return np.arange(len(left)), np.minimum(one, two), np.maximum(one, two)
        first, one = expand(self.start, left)
        again, two = expand(self.start, right[first])
        of, left_place, right_place = first[again], one[again], two
        chosen = np.flatnonzero((left != right)[of] | (left_place < right_place))
        a, b = self.records[left_place[chosen]], self.records[right_place[chosen]]
        return of[chosen], np.minimum(a, b), np.maximum(a, b)

    def most_within(self, left: Places, right: Places, allowed: int) -> int:
        """How many records may stand for each saying, so that these pairs of sayings are spread
        into no more pairs of records than are allowed.
        """
        return most_within(self.size[left], self.size[right], left == right, allowed)

    def first(self, most: int, record_ids: NDArray[np.int64]) -> "Sayings":
        """The same, for each of which the first of its records stand, by their numbers."""
        size, records = self.size, self.records
        if int(size.max(initial=0)) <= most:
            return self
        of = np.repeat(np.arange(len(size)), size)
        if (record_ids[1:] < record_ids[:-1]).any():
            records = records[np.lexsort((record_ids[records], of))]
        kept = np.flatnonzero(np.arange(len(records)) - self.start[of] < most)
        chosen = records[kept][np.lexsort((records[kept], of[kept]))]
        start = starts(np.minimum(size, most))
        return Sayings(self.coded, chosen, start, len(records) - len(kept))


def most_within(one: Places, two: Places, within: NDArray[np.bool_], allowed: int) -> int:
    """How many records may stand for each saying, 1 to `MOST_ALIKE`, so that pairs of sayings of so
    many records are spread into no more pairs of records than are allowed; `within`: of a saying
    beside itself.
    """
    few, many = 1, MOST_ALIKE + 1
    while many - few > 1:
        middle = (few + many) // 2
        a, b = np.minimum(one, middle), np.minimum(two, middle)
        fits = int(np.where(within, a * (a - 1) // 2, a * b).sum()) <= allowed
        few, many = (middle, many) if fits else (few, middle)
    return few


def allowed_pairs(records: int, pairs_per_record: int) -> int:
    """Into how many pairs of records the sayings of a table may be spread."""
    return max(FEWEST_SPREAD, min(pairs_per_record * records, MOST_SPREAD))


def alike(coded: Coded) -> Alike:
    """These records by what they say. One that gives no clue is compared with none, and alone."""
    number = saying_numbers(coded, _own_numbers)
    number[~gives_clue(coded)] = 0
    order = np.argsort(number, kind="stable")
    number = number[order]
    new = np.ones(len(order), bool)
    new[1:] = (number[1:] != number[:-1]) | (number[1:] == 0)
    first = np.flatnonzero(new)
    in_order = np.argsort(order[first])
    _, place = expand(np.append(first, len(order)), in_order)
    size = np.diff(np.append(first, len(order)))[in_order]
    return Alike(order[place], starts(size))


def sayings_of(coded: Coded, every: Alike) -> Sayings:
    """The sayings, in the order of their first records."""
    if int(every.size.max(initial=0)) <= 1:
        return Sayings(coded, every.records, every.start)
    told = taken(coded, every.records[every.start[:-1]])
    return Sayings(told, every.records, every.start)


def taken(coded: Coded, rows: Places) -> Coded:
    """Some of the records; how common a value is stays as it was."""
    single = coded.single[rows]
    columns = {}
    for name, column in coded.columns.items():
        if column.start is None:
            code, start = single[:, coded.singles.index(name)], None
        else:
            _, place = expand(column.start, rows)
            count = np.diff(column.start)[rows]
            code = column.code[place]
            start = starts(count)
        columns[name] = Column(
            column.of, column.values, code, start, column.size, column.share, column.known
        )
    return Coded(len(rows), columns, coded.singles, single)


def gives_clue(coded: Coded) -> NDArray[np.bool_]:
    """Whether each record gives any, (n,)."""
    every, found = np.arange(coded.rows), np.zeros(coded.rows, bool)
    for column in coded.columns.values():
        if clues(column.of):
            found |= column.has(every)
    return found


def saying_numbers(coded: Coded, of_values: Callable[[int, Column], Numbers]) -> Numbers:
    """One number for what each record says, (n,): the same for two that say the same, whatever the
    order of a list; for others by chance once in 2^64 pairs, which nobody can bring about who does
    not know the numbers of the values. `of_values` numbers the values of a column, (v,).
    """
    total = np.zeros(coded.rows, np.uint64)
    for place, name in enumerate(sorted(coded.columns)):
        column = coded.columns[name]
        number = np.append(of_values(place, column), np.uint64(0))
        if column.start is None:
            total += number[column.code]
        else:
            sums = starts(number[column.code])
            total += sums[column.start[1:]] - sums[column.start[:-1]]
    return mixed(total)


def lasting_numbers(coded: Coded, key: bytes) -> Numbers:
    """The number of each saying that is the same wherever it is worked out with this key."""
    return saying_numbers(
        coded, lambda _, column: digests(f"{column.of.name}\0", column.values.to_pylist(), key)
    )


def _own_numbers(place: int, column: Column) -> Numbers:
    """Quicker, and the same within one table alone."""
    return mixed(np.arange(1, len(column.values) + 1, dtype=np.uint64) + np.uint64(place << 40))
