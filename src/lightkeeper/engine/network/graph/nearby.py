"""Everything within some hops of a subject, over what one viewer may see."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.graph.columns import Numbers
from lightkeeper.engine.network.graph.keys import Key
from lightkeeper.engine.network.graph.rows import Places, distinct
from lightkeeper.engine.network.graph.sight import Sight
from lightkeeper.engine.network.graph.state import Scratch, State
from lightkeeper.engine.network.graph.weighing import Weigher

# No node opens into more than this: of a hub's ties the strongest are followed.
WIDEST = 1000


@dataclass(frozen=True)
class Narrowed:
    """What was left out, so that nobody takes a part for the whole."""

    sentence: str
    tied: int
    kept: int
    key: Key | None = None


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """n nodes with the hops (n,) to each from the nearest seed, nearest first, then by key.

    The records of one subject are as far as the nearest of them.
    """

    _state: State
    _numbers: Numbers
    hops: NDArray[np.int16]
    narrowed: tuple[Narrowed, ...]

    def __len__(self) -> int:
        return len(self._numbers)

    @cached_property
    def keys(self) -> list[Key]:
        return self._state.keys.at(self._numbers)


def nearby(sight: Sight, seeds: Any, hops: int, limit: int, weigher: Weigher) -> Neighbourhood:
    """Raises: UnknownKey for a seed that is not there or not in sight; ShapeError for hops below 0
    or a limit below 1.
    """
    if hops < 0 or limit < 1:
        raise ShapeError(f"hops is at least 0 and limit at least 1; got {hops} and {limit}.")
    narrowed: list[Narrowed] = []
    with sight.state.scratch() as known:
        rings = [sight.closed(distinct(sight.find(seeds)), known)]
        for hop in range(1, hops + 1):
            new, edge = _beyond(sight, rings[-1], known, weigher, narrowed)
            room = max(limit - sum(map(len, rings)), 0)
            full = len(new) > room
            if full:
                narrowed.append(Narrowed(
                    f"Hop {hop} leads to {len(new):,} more; narrowed to the {room:,} of them tied "
                    "most strongly, and no further hop is made.", len(new), room,
                ))  # fmt: skip
                new = _strongest(sight, new, edge, room, weigher)
            rings.append(sight.closed(new, known))
            if full or not len(new):
                break
    rank = sight.state.keys.rank
    rings = [ring[np.argsort(rank(ring), kind="stable")] for ring in rings]
    far = np.repeat(np.arange(len(rings), dtype=np.int16), [len(ring) for ring in rings])
    return Neighbourhood(sight.state, np.concatenate(rings), far, tuple(narrowed))


def _beyond(
    sight: Sight, ring: Numbers, known: Scratch, weigher: Weigher, narrowed: list[Narrowed]
) -> tuple[Numbers, tuple[Numbers, Numbers]]:
    """The nodes one hop further, each once, and all ties that lead there."""
    which, other, edge = sight.ties(ring)
    if len(other) > WIDEST:
        keep = _narrow(sight, ring, which, other, edge, weigher, narrowed)
        other, edge = other[keep], edge[keep]
    fresh = known.of[other] < 0
    other, edge = other[fresh], edge[fresh]
    return distinct(other), (other, edge)


def _narrow(
    sight: Sight, ring: Numbers, which: Places, other: Numbers, edge: Numbers,
    weigher: Weigher, narrowed: list[Narrowed],
) -> NDArray[Any]:  # fmt: skip
    """Which ties are followed: all, but of a node with very many the WIDEST strongest."""
    count = np.bincount(which, minlength=len(ring))
    hubs = np.flatnonzero(count > WIDEST)
    if not len(hubs):
        return np.arange(len(which))
    rank = sight.state.keys.rank
    hubs = hubs[np.argsort(rank(ring[hubs]), kind="stable")]
    keep = np.ones(len(which), np.bool_)
    keys = sight.state.keys.at(ring[hubs])
    order = np.argsort(which, kind="stable")
    ends = np.cumsum(count)
    for hub, key in zip(hubs.tolist(), keys, strict=True):
        own = order[ends[hub] - count[hub] : ends[hub]]
        strong = np.lexsort((rank(other[own]), weigher.ties(edge[own])))
        keep[own[strong[WIDEST:]]] = False
        narrowed.append(Narrowed(
            f"{count[hub]:,} ties lead from {key!r}; narrowed to the {WIDEST:,} strongest.",
            int(count[hub]), WIDEST, key,
        ))  # fmt: skip
    return np.flatnonzero(keep)


def _strongest(
    sight: Sight, new: Numbers, ties: tuple[Numbers, Numbers], room: int, weigher: Weigher
) -> Numbers:
    other, edge = ties
    bits = np.full(len(new), np.inf)
    np.minimum.at(bits, new.searchsorted(other), weigher.ties(edge))
    return new[np.lexsort((sight.state.keys.rank(new), bits))[:room]]
