"""All that one viewer may see, as columns: what grouping and measuring begin from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.network.graph.columns import THING, Numbers
from lightkeeper.engine.network.graph.keys import Key
from lightkeeper.engine.network.graph.paths import best_of
from lightkeeper.engine.network.graph.rows import distinct
from lightkeeper.engine.network.graph.sight import Sight
from lightkeeper.engine.network.graph.state import State
from lightkeeper.engine.network.graph.weighing import Bits, Weigher


@dataclass(frozen=True, eq=False)
class InSight:
    """u units in the order of their keys, and p pairs of them that are tied, each once, the lower
    place first: one and two (p,), bits (p,) of the strongest tie with half of what is lost on
    passing through each end that is a thing. `is_thing` (u,). A strength is 2 ** -bits.
    """

    _state: State
    _reference: Numbers
    is_thing: NDArray[np.bool_]
    one: NDArray[np.int32]
    two: NDArray[np.int32]
    bits: Bits

    @cached_property
    def keys(self) -> list[Key]:
        return self._state.keys.at(self._reference)


def in_sight(sight: Sight, weigher: Weigher) -> InSight:
    """Records that are tied to nothing are there, things that nothing in sight is tied to not."""
    state = sight.state
    nodes = np.flatnonzero(sight.seen[state.node_envelope]).astype(np.int32)
    step = sight.step(distinct(sight.units(nodes)))
    pairs, bits = best_of(step, weigher.ties(step.edge))
    records = sight.units(nodes[state.node_envelope[nodes] != THING])
    units = distinct(np.concatenate([records, pairs[:, 0]]))
    return _as_columns(sight, weigher, units, pairs, bits)


def among(sight: Sight, weigher: Weigher, keys: Any) -> InSight:
    """Those of these keys and what ties them to one another; as common as in all that is in sight.

    Raises: UnknownKey for one that is not there or not in sight.
    """
    units = distinct(sight.units(sight.find(keys)))
    with sight.state.scratch() as within:
        sight.closed(units, within)
        step = sight.step(units, within)
    pairs, bits = best_of(step, weigher.ties(step.edge))
    return _as_columns(sight, weigher, units, pairs, bits)


def _as_columns(
    sight: Sight, weigher: Weigher, units: Numbers, pairs: NDArray[np.int32], bits: Bits
) -> InSight:
    """Shapes: units (u,) in order; pairs (p, 2) of them, both ways, with bits (p,)."""
    state = sight.state
    half = weigher.passing(sight, units) / 2
    reference = sight.reference(units)
    order = np.argsort(state.keys.rank(reference), kind="stable")
    place = np.empty(len(units), np.int32)
    place[order] = np.arange(len(units))
    with state.scratch() as at:
        at.set(units, np.arange(len(units)))
        ends = [at.of[pairs[:, side]] for side in (0, 1)]
    bits = bits + half[ends[0]] + half[ends[1]]
    one, two = (place[end] for end in ends)
    keep = np.flatnonzero(one < two)
    keep = keep[np.lexsort((two[keep], one[keep]))]
    return InSight(
        state, reference[order], sight.is_thing(units)[order], one[keep], two[keep], bits[keep]
    )
