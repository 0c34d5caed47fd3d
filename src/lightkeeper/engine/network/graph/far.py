"""The best path between two who are far apart: from both ends at once, by bits lost."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.graph.columns import Numbers
from lightkeeper.engine.network.graph.keys import Key
from lightkeeper.engine.network.graph.nearby import Narrowed
from lightkeeper.engine.network.graph.paths import Path, Paths, best_of
from lightkeeper.engine.network.graph.rows import distinct
from lightkeeper.engine.network.graph.sight import Sight
from lightkeeper.engine.network.graph.state import Scratch
from lightkeeper.engine.network.graph.weighing import Weigher

Places = NDArray[np.int64]


@dataclass(eq=False)
class Side:
    """What one end has come to: units by their place here, the bits to each, and from where.

    Every hop loses at least a bit. So units less than a bit apart cannot shorten one another's way,
    and all of one whole number of bits (a bucket) are gone on from together, each for good.
    """

    place: Scratch
    units: Numbers
    bits: NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    before: Places = field(default_factory=lambda: np.full(1, -1))
    buckets: dict[int, list[Places]] = field(default_factory=dict)
    settled: int = 0
    size: int = 1

    def __post_init__(self) -> None:
        self.place.set(self.units, 0)
        self.buckets = {0: [np.zeros(1, np.int64)]}

    @property
    def next(self) -> float:
        return min(self.buckets, default=np.inf)

    def take(self) -> Places:
        """The places of the nearest bucket, which is then settled."""
        number = int(self.next)
        places: Places = distinct(np.concatenate(self.buckets.pop(number)))
        near: Places = places[np.floor(self.bits[places]) == number]
        self.settled += len(near)
        return near

    def put(self, units: Numbers, bits: NDArray[np.float64], before: Places) -> Places:
        """Ways to units, each once; keeps those that are new or shorter and gives their places."""
        places = self.place.of[units].astype(np.int64)
        new = places < 0
        places[new] = self.size + np.arange(int(new.sum()))
        self._room(int(new.sum()))
        self.place.set(units[new], places[new])
        self.units[places[new]] = units[new]
        better = bits < self.bits[places]
        places, bits = places[better], bits[better]
        self.bits[places], self.before[places] = bits, before[better]
        for number in distinct(np.floor(bits)).tolist():
            self.buckets.setdefault(int(number), []).append(places[np.floor(bits) == number])
        return places

    def way(self, place: int) -> list[int]:
        """The units from the end to here."""
        way = []
        while place >= 0:
            way.append(int(self.units[place]))
            place = int(self.before[place])
        return way[::-1]

    def _room(self, more: int) -> None:
        self.size += more
        if self.size > len(self.bits):
            grown = 2 * self.size - len(self.bits)
            self.units = np.concatenate([self.units, np.zeros(grown, np.int32)])
            self.bits = np.concatenate([self.bits, np.full(grown, np.inf)])
            self.before = np.concatenate([self.before, np.full(grown, -1)])


@dataclass(frozen=True, order=True)
class Meeting:
    """A way through: its bits, and the rank and the number of the unit where the sides met."""

    bits: float
    rank: int
    unit: int


def best_path(sight: Sight, a: Key, b: Key, limit: int, weigher: Weigher) -> Paths:
    """The path of fewest bits, if there is one; `limit` is how many units are gone on from.

    Of paths of equal bits one whose keys come first where they part from the others.
    Raises: UnknownKey for an end that is not there or not in sight; ShapeError for a limit below 1.
    """
    if limit < 1:
        raise ShapeError(f"limit is at least 1; got {limit}.")
    one, two = np.split(sight.units(sight.find([a, b])), 2)
    named = sight.state.keys.at
    if one[0] == two[0]:
        return Paths((Path((named(sight.reference(one))[0],), 0.0),), 1)
    with sight.state.scratch() as mine, sight.state.scratch() as theirs:
        sides = (Side(mine, one), Side(theirs, two))
        found = _search(sight, sides, limit, weigher)
        told = _told(sides, limit, found)
        if found is None:
            return Paths((), 0, told)
        ways = [side.way(int(side.place.of[found.unit])) for side in sides]
    units = np.array(ways[0] + ways[1][-2::-1], np.int32)
    return Paths((Path(tuple(named(sight.reference(units))), found.bits),), 1, told)


def _told(sides: tuple[Side, Side], limit: int, found: Meeting | None) -> tuple[Narrowed, ...]:
    """What is not known because the search was ended; nothing if it came to its own end."""
    lowest = sides[0].next + sides[1].next
    if np.isinf(lowest) or (found is not None and lowest >= found.bits):
        return ()
    what = "this path is the best of those" if found else "no path was found"
    return (Narrowed(
        f"The {limit:,} subjects and things nearest to the two were gone through: {what}; "
        "there may be a better one further on.", limit, limit,
    ),)  # fmt: skip


def _search(sight: Sight, sides: tuple[Side, Side], limit: int, weigher: Weigher) -> Meeting | None:
    best: Meeting | None = None
    rank = sight.state.keys.rank
    while all(side.buckets for side in sides) and sum(side.settled for side in sides) < limit:
        if best is not None and sides[0].next + sides[1].next >= best.bits:
            break
        waiting = [sum(map(len, side.buckets[int(side.next)])) for side in sides]
        turn = int(waiting[1] < waiting[0])
        for unit, bits in _onwards(sight, sides[turn], sides[1 - turn], best, weigher):
            first = sight.reference(np.array([unit], np.int32))
            one = Meeting(bits, int(rank(first)[0]), unit)
            best = one if best is None else min(best, one)
    return best


def _onwards(
    sight: Sight, side: Side, other: Side, best: Meeting | None, weigher: Weigher
) -> list[tuple[int, float]]:
    """Goes on from the nearest bucket; gives the units where the sides meet, with the bits."""
    at = side.take()
    if not len(at):
        return []
    units = side.units[at]
    # Nothing is lost on passing through the end itself.
    passing = np.where(at == 0, 0.0, weigher.passing(sight, units))
    order = np.argsort(units)
    units, at, passing = units[order], at[order], passing[order]
    step = sight.step(units)
    pairs, ties = best_of(step, weigher.ties(step.edge))
    if not len(pairs):
        return []
    owner = units.searchsorted(pairs[:, 0])
    bits = side.bits[at[owner]] + passing[owner] + ties
    rank = sight.state.keys.rank(sight.reference(units))[owner]
    order = np.lexsort((rank, bits, pairs[:, 1]))
    target = pairs[order, 1]
    first = order[np.flatnonzero(np.concatenate([[True], target[1:] != target[:-1]]))]
    places = side.put(pairs[first, 1], bits[first], at[owner[first]])
    met = side.units[places]
    there = other.place.of[met]
    places, met, there = places[there >= 0], met[there >= 0], there[there >= 0]
    total = side.bits[places] + other.bits[there]
    if best is not None:
        near = total <= best.bits
        total, met, there, places = total[near], met[near], there[near], places[near]
    ends = (there == 0) | (places == 0)
    total = total + np.where(ends, 0.0, weigher.passing(sight, met))
    least = total <= total.min(initial=np.inf)
    return list(zip(met[least].tolist(), total[least].tolist(), strict=True))
