"""All simple paths of a few hops between two subjects: half from each side, then joined."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.graph.columns import Numbers
from lightkeeper.engine.network.graph.keys import Key
from lightkeeper.engine.network.graph.nearby import Narrowed
from lightkeeper.engine.network.graph.rows import distinct, spread
from lightkeeper.engine.network.graph.sight import Sight, Step
from lightkeeper.engine.network.graph.state import Scratch
from lightkeeper.engine.network.graph.weighing import Bits, Weigher

MOST_HOPS = 4
# So many pairs of halves are weighed at most; of more, those of the strongest ties on each side.
# Two halves of one meeting are kept at least: both sides' strongest may be through one unit.
MOST = 200_000
KEPT = (256, 64, 16, 4, 2)


@dataclass(frozen=True)
class Path:
    """The references of the subjects and keys of the things on the way, both ends included, and
    the bits lost on it: it says 2 ** -bits of what one certain tie of today would.
    """

    keys: tuple[Key, ...]
    bits: float

    @property
    def hops(self) -> int:
        return len(self.keys) - 1


@dataclass(frozen=True)
class Paths:
    """The strongest first; of equal strength fewer hops, then the order of keys. `found` counts
    those in sight, before any were left out by the limit.
    """

    paths: tuple[Path, ...]
    found: int
    narrowed: tuple[Narrowed, ...] = ()


@dataclass(frozen=True, eq=False)
class Halves:
    """Ways from one end: the units on the way (k, hops) without the end itself, and their bits."""

    units: NDArray[np.int32]
    bits: Bits

    def take(self, at: NDArray[np.int64]) -> "Halves":
        return Halves(self.units[at], self.bits[at])


def all_paths(sight: Sight, a: Key, b: Key, hops: int, limit: int, weigher: Weigher) -> Paths:
    """Raises: UnknownKey for an end that is not there or not in sight; ShapeError for other hops
    than 1 to MOST_HOPS, or a limit below 1.
    """
    if not 1 <= hops <= MOST_HOPS or limit < 1:
        raise ShapeError(
            f"hops is 1 to {MOST_HOPS} and limit at least 1; got {hops} and {limit}. "
            "Ask for the best path between two who are further apart."
        )
    one, two = np.split(sight.units(sight.find([a, b])), 2)
    if one[0] == two[0]:
        [key] = sight.state.keys.at(sight.reference(one))
        return Paths((Path((key,), 0.0),), 1)
    narrowed: list[Narrowed] = []
    found = _found(sight, one, two, hops, weigher, narrowed)
    bits = [_weighed(sight, units, bits, weigher) for units, bits in found]
    return _ranked(sight, [units for units, _ in found], bits, limit, narrowed)


def _found(
    sight: Sight, a: Numbers, b: Numbers, hops: int, weigher: Weigher, narrowed: list[Narrowed]
) -> list[tuple[NDArray[np.int32], Bits]]:
    """Of each number of hops the paths as rows of units, and the bits of their ties."""
    near, far = _first(sight, a, b, weigher)
    direct = near.take(np.flatnonzero(near.units[:, 0] == b[0]))
    found = [(_with_ends(a, direct), direct.bits)]
    if hops == 1:
        return found
    near = near.take(np.flatnonzero(near.units[:, 0] != b[0]))
    far = far.take(np.flatnonzero(far.units[:, 0] != a[0]))
    found.append(_joined(sight, a, b, near, far, narrowed))
    if hops == 2 or not len(near.bits) or not len(far.bits):
        return found
    with sight.state.scratch() as met:
        reach = sight.closed(far.units[:, 0], met)
        if hops == 4:
            _, beyond, _ = sight.ties(reach)
            beyond = distinct(beyond)
            sight.closed(beyond[met.of[beyond] < 0], met)
        near2 = _second(sight, near, a, b, met, weigher)
    found.append(_joined(sight, a, b, near2, far, narrowed))
    if hops == 4 and len(near2.bits):
        with sight.state.scratch() as met:
            sight.closed(distinct(near2.units[:, 1]), met)
            far2 = _second(sight, far, a, b, met, weigher)
        found.append(_joined(sight, a, b, near2, far2, narrowed))
    return found


def _first(sight: Sight, a: Numbers, b: Numbers, weigher: Weigher) -> list[Halves]:
    """One hop from each end."""
    step = sight.step(np.concatenate([a, b]))
    units, bits = best_of(step, weigher.ties(step.edge))
    own = (units[:, 0] == a[0], units[:, 0] == b[0])
    return [Halves(units[side, 1:], bits[side]) for side in own]


def _second(
    sight: Sight, first: Halves, a: Numbers, b: Numbers, met: Scratch, weigher: Weigher
) -> Halves:
    """One hop on from each half, to what the other side has met, and to neither end."""
    step = sight.step(first.units[:, 0], met)
    step = step.take(np.flatnonzero((step.target != a[0]) & (step.target != b[0])))
    units, bits = best_of(step, weigher.ties(step.edge))
    order = np.argsort(first.units[:, 0], kind="stable")
    before = order[first.units[order, 0].searchsorted(units[:, 0])] if len(units) else order[:0]
    return Halves(units, first.bits[before] + bits)


def best_of(step: Step, bits: Bits) -> tuple[NDArray[np.int32], Bits]:
    """Each pair of owner and target once (k, 2), in order, with the bits of its strongest tie."""
    pair = (step.owner.astype(np.int64) << 32) | step.target
    if not len(pair):
        return np.empty((0, 2), np.int32), bits
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
    pair = pair[first]
    pairs = np.column_stack([pair >> 32, pair & 0xFFFFFFFF]).astype(np.int32)
    return pairs, np.minimum.reduceat(bits[order], first)


def _joined(
    sight: Sight, a: Numbers, b: Numbers, near: Halves, far: Halves, narrowed: list[Narrowed]
) -> tuple[NDArray[np.int32], Bits]:
    """Halves that end on one unit, as paths; those that come to a unit twice are none."""
    far = far.take(np.argsort(far.units[:, -1], kind="stable"))
    hops = near.units.shape[1] + far.units.shape[1]
    low, count = _matches(near, far)
    if not (joins := int(count.sum())):
        return np.empty((0, hops + 1), np.int32), np.empty(0)
    if joins > MOST:
        near, far = _narrow(sight, near, far)
        low, count = _matches(near, far)
        narrowed.append(Narrowed(
            f"Up to {joins:,} paths of {hops} hops are in sight; narrowed to {int(count.sum()):,} "
            "by the strongest ties of each side.", joins, int(count.sum()),
        ))  # fmt: skip
    left, right = spread(low, count)
    simple = np.ones(len(left), np.bool_)
    if hops == 4:
        simple = near.units[left, 0] != far.units[right, 0]
    left, right = left[simple], right[simple]
    before, after = near.units[left], far.units[right, ::-1][:, 1:]
    ends = np.broadcast_to(a, (len(left), 1)), np.broadcast_to(b, (len(left), 1))
    return np.hstack([ends[0], before, after, ends[1]]), near.bits[left] + far.bits[right]


def _matches(near: Halves, far: Halves) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each half of the one side which of the other end where it does: where they begin, and
    how many.
    """
    ends, met = far.units[:, -1], near.units[:, -1]
    low = ends.searchsorted(met)
    return low, ends.searchsorted(met, "right") - low


def _narrow(sight: Sight, near: Halves, far: Halves) -> tuple[Halves, Halves]:
    """Of each meeting the strongest halves, and of all meetings the strongest, until few enough
    paths are left; of equal strength those whose keys come first.
    """
    near, far = _by_strength(sight, near), _by_strength(sight, far)
    for most in KEPT:
        near, far = _strongest(near, most), _strongest(far, most)
        _, count = _matches(near, far)
        if count.sum() <= MOST:
            return near, far
    # There are more meetings than may be.
    low, count = _matches(near, far)
    met = np.flatnonzero(count)
    rank = sight.state.keys.rank(sight.reference(near.units[met, -1]))
    order = met[np.lexsort((rank, near.bits[met] + far.bits[low[met]]))]
    most = int(np.cumsum(count[order]).searchsorted(MOST, "right"))
    return near.take(np.sort(order[: max(most, 1)])), far


def _by_strength(sight: Sight, halves: Halves) -> Halves:
    rank = sight.state.keys.rank(sight.reference(halves.units[:, 0]))
    return halves.take(np.lexsort((rank, halves.bits, halves.units[:, -1])))


def _strongest(halves: Halves, most: int) -> Halves:
    """Shapes: halves by meeting and strength."""
    ends = halves.units[:, -1]
    return halves.take(np.flatnonzero(np.arange(len(ends)) - ends.searchsorted(ends) < most))


def _with_ends(a: Numbers, halves: Halves) -> NDArray[np.int32]:
    return np.column_stack([np.broadcast_to(a, len(halves.bits)), halves.units])


def _weighed(sight: Sight, units: NDArray[np.int32], bits: Bits, weigher: Weigher) -> Bits:
    """With what is lost on passing through each unit between the ends."""
    between = units[:, 1:-1]
    if not between.size:
        return bits
    own, place = np.unique(between, return_inverse=True)
    passing = weigher.passing(sight, own)[place.reshape(between.shape)]
    return np.asarray(bits + passing.sum(axis=1))


def _ranked(
    sight: Sight, units: list[NDArray[np.int32]], bits: list[Bits], limit: int,
    narrowed: list[Narrowed],
) -> Paths:  # fmt: skip
    every = np.concatenate(bits)
    hops = np.repeat([part.shape[1] - 1 for part in units], [len(part) for part in units])
    own = distinct(np.concatenate([part.ravel() for part in units]))
    named = sight.reference(own)
    rank = sight.state.keys.rank(named)
    wide = np.full((len(every), MOST_HOPS + 1), -1, np.int64)
    at = 0
    for part in units:
        wide[at : at + len(part), : part.shape[1]] = own.searchsorted(part)
        at += len(part)
    by_key = [np.where(column < 0, -1, rank[column]) for column in wide.T] if len(own) else []
    order = np.lexsort((*by_key[::-1], hops, np.round(every, 9)))
    if len(order) > limit:
        narrowed.append(Narrowed(
            f"{len(order):,} paths were weighed; narrowed to the {limit:,} strongest.",
            len(order), limit,
        ))  # fmt: skip
    keys = sight.state.keys.at(named)
    paths = tuple(
        Path(tuple(keys[place] for place in row[: length + 1]), float(lost))
        for row, length, lost in zip(
            wide[order[:limit]].tolist(), hops[order[:limit]].tolist(),
            every[order[:limit]].tolist(), strict=True,
        )
    )  # fmt: skip
    return Paths(paths, len(order), tuple(narrowed))
