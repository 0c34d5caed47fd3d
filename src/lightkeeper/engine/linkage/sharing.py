"""What pairs of records share by their ties, once it is said which records are one subject."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.columns import MOST_AT_ONCE, once, spread
from lightkeeper.engine.linkage.ties import NONE, Ties

# Whom or what more records than these are tied to says nothing of any two of them.
MOST_KNOWN = 1_000
# Shared by the two that are compared, whatever is known of it: as a value of a field.
FEWEST_KNOWN = 2
# Known to so few subjects, a thing is rare: a household and its friends, not a hostel.
RARE_AT = 10
Numbers = NDArray[np.int64]
Bits = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Known:
    """Who is tied to what, at one clustering of n records.

    (e,) entries, a record and a thing each, ascending by both: `row`, `thing` (below `things`),
    `source` (-1 where nobody says, or several do). `start` (n + 1,): the entries of each record.
    Of each thing: `kind`; to how many subjects it is `known`, at least two; `by_accident`, how many
    pairs of records of two subjects are tied to it.
    `between` (b,): pairs of subjects that are tied to each other, as low * n + high, ascending.
    """

    row: Numbers
    thing: Numbers
    source: Numbers
    start: Numbers
    kind: Numbers
    known: Numbers
    by_accident: Numbers
    between: Numbers
    labels: Numbers

    @property
    def things(self) -> int:
        return max(len(self.kind), 1)

    def has(self, kinds: int) -> Mask:
        """Whether each record has a tie of each kind, (n, kinds)."""
        found = np.zeros((len(self.start) - 1, kinds), bool)
        found[self.row, self.kind[self.thing]] = True
        return found

    def of_subjects(self) -> "Known":
        """The same of subjects: each has the ties of all its records, under its smallest record."""
        codes = once(self.labels[self.row] * self.things + self.thing)
        row, n = codes // self.things, len(self.labels)
        return replace(
            self, row=row, thing=codes % self.things, source=np.full(len(codes), NONE),
            start=np.searchsorted(row, np.arange(n + 1)), labels=np.arange(n),
        )  # fmt: skip

    def are_tied(self, left: Numbers, right: Numbers) -> Mask:
        """Whether the subjects of each pair are tied to each other: somebody says they are two."""
        one, two = self.labels[left], self.labels[right]
        pairs = np.minimum(one, two) * len(self.labels) + np.maximum(one, two)
        place = np.searchsorted(self.between, pairs)
        return np.asarray(np.append(self.between, NONE)[place] == pairs)


def known_at(ties: Ties, labels: Numbers) -> Known:
    """Who is tied to what, where a tie to a record is one to its subject.

    Shapes: labels (n,) int64, the smallest record of each record's subject.
    Left out: ties to one's own subject; things that one record alone is tied to, or too many.
    """
    every, n = ties.both_ways(), len(labels)
    to = labels[every.other]
    own = (every.other != NONE) & (to == labels[every.row])
    kinds = max(len(every.kinds), 1)
    name = np.where(every.other != NONE, to * kinds + every.kind, n * kinds + every.key)
    row, name, kind, source = (side[~own] for side in (every.row, name, every.kind, every.source))
    row, thing, kind, source = _each_once(row, name, kind, source)
    subjects = once(thing * n + labels[row]) // n
    records = np.bincount(thing, minlength=len(kind))
    known = np.bincount(subjects, minlength=len(kind))
    across = records * (records - 1) // 2 - _within(thing, labels[row], n, len(kind))
    kept = ((records >= FEWEST_KNOWN) & (records <= MOST_KNOWN))[thing]
    row, thing, source = row[kept], thing[kept], source[kept]
    start = np.searchsorted(row, np.arange(n + 1))
    return Known(
        row, thing, source, start, kind, np.maximum(known, FEWEST_KNOWN), across,
        _between(ties, labels), labels,
    )  # fmt: skip


def _each_once(
    row: Numbers, name: Numbers, kind: Numbers, source: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Each record and thing once, ascending, things numbered: row, thing, source; kind of things.

    Where nobody says the source of one tie, or two sources say the same, it rests on no one source.
    """
    names = once(name.copy())
    thing = np.searchsorted(names, name)
    kinds = np.zeros(len(names), np.int64)
    kinds[thing] = kind
    order = np.lexsort((source, thing, row))
    row, thing, source = row[order], thing[order], source[order]
    new = np.ones(len(row), bool)
    new[1:] = (row[1:] != row[:-1]) | (thing[1:] != thing[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(row))[: len(first)] - 1
    alone = source[first] == source[last]
    return row[first], thing[first], kinds, np.where(alone, source[first], NONE)


def _within(thing: Numbers, subject: Numbers, n: int, things: int) -> Numbers:
    """Of each thing how many pairs of records of one subject are tied to it."""
    both = np.sort(thing * n + subject)
    new = np.ones(len(both), bool)
    new[1:] = both[1:] != both[:-1]
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, len(both)))
    found = np.bincount(both[first] // max(n, 1), weights=size * (size - 1) / 2, minlength=things)
    return found.astype(np.int64)


def _between(ties: Ties, labels: Numbers) -> Numbers:
    at = np.flatnonzero(ties.other != NONE)
    one, two = labels[ties.row[at]], labels[ties.other[at]]
    return once(np.minimum(one, two) * len(labels) + np.maximum(one, two))


@dataclass(frozen=True)
class Shared:
    """What pairs share, (s,) rows: a pair and a kind each, ascending by both.

    `pair`, `kind`; `count` things shared, of which `rare` are known to few; by how many subjects
    the two rarest are known, `first` and `second`: infinite where only one is shared.
    """

    pair: Numbers
    kind: Numbers
    count: Numbers
    rare: Numbers
    first: Bits
    second: Bits

    def take(self, where: Mask) -> "Shared":
        return Shared(
            self.pair[where], self.kind[where], self.count[where], self.rare[where],
            self.first[where], self.second[where],
        )  # fmt: skip


def shared_by(known: Known, left: Numbers, right: Numbers) -> Shared:
    """What each pair shares. What the same source says of both is one statement and not shared; of
    one kind, what two sources have in common counts once, by its rarest: one may repeat the other.

    Shapes: left and right (p,) rows.
    """
    parts = [_meetings(known, left, right, part) for part in _pieces(known, left, right)]
    pair, thing, one, two = (np.concatenate(side) for side in zip(_NOTHING, *parts, strict=True))
    told = (one == NONE) | (two == NONE) | (one != two)
    pair, thing, one, two = (side[told] for side in (pair, thing, one, two))
    kind, often = known.kind[thing], known.known[thing]
    # Without a source on both sides a thing is a group of its own.
    sure = (one != NONE) & (two != NONE)
    low = np.where(sure, np.minimum(one, two), NONE - 1 - thing)
    high = np.where(sure, np.maximum(one, two), NONE)
    order = np.lexsort((often, high, low, kind, pair))
    pair, kind, low, high, often = (side[order] for side in (pair, kind, low, high, often))
    kept = _new(pair, kind, low, high)
    return _ranked(pair[kept], kind[kept], often[kept])


_EMPTY = np.empty(0, np.int64)
_NOTHING = (_EMPTY, _EMPTY, _EMPTY, _EMPTY)


def _pieces(known: Known, left: Numbers, right: Numbers) -> Iterator[Numbers]:
    """Pairs that both have ties, so many at a time that their ties take little memory."""
    many = np.diff(known.start)
    fewer = np.minimum(many[left], many[right])
    there = np.flatnonzero(fewer)
    if len(there):
        total = np.cumsum(fewer[there])
        edges = np.searchsorted(total, np.arange(MOST_AT_ONCE, total[-1], MOST_AT_ONCE), "right")
        yield from (part for part in np.split(there, np.unique(edges)) if len(part))


def _meetings(
    known: Known, left: Numbers, right: Numbers, part: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Each thing that both of a pair are tied to: the pair, the thing, and both sources."""
    one, two = left[part], right[part]
    many = np.diff(known.start)
    turned = many[one] > many[two]
    one, two = np.where(turned, two, one), np.where(turned, one, two)
    pair, entry = spread(known.start[one], known.start[one + 1])
    codes = known.row * known.things + known.thing
    wanted = two[pair] * known.things + known.thing[entry]
    place = np.searchsorted(codes, wanted)
    both = np.append(codes, NONE)[place] == wanted
    found = place[both]
    return part[pair[both]], known.thing[found], known.source[entry[both]], known.source[found]


def _new(*sides: Numbers) -> Mask:
    """Where a row differs from the one before it."""
    found = np.ones(len(sides[0]), bool)
    found[1:] = np.logical_or.reduce([side[1:] != side[:-1] for side in sides])
    return found


def _ranked(pair: Numbers, kind: Numbers, often: Numbers) -> Shared:
    order = np.lexsort((often, kind, pair))
    pair, kind, often = pair[order], kind[order], often[order]
    first = np.flatnonzero(_new(pair, kind))
    count = np.diff(np.append(first, len(pair)))
    rare = np.add.reduceat(often <= RARE_AT, first).astype(np.int64) if len(first) else _EMPTY
    second = np.append(often, 0)[first + 1]
    return Shared(
        pair[first], kind[first], count, rare, often[first].astype(np.float64),
        np.where(count > 1, second, np.inf),
    )  # fmt: skip
