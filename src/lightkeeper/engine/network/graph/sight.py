"""Walking over what one viewer may see: the filter is inside every step."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ShapeError, UnknownKey
from lightkeeper.engine.network.graph.columns import NOBODY, THING, Numbers, keys_of
from lightkeeper.engine.network.graph.rows import Places, Rows, blocks, distinct
from lightkeeper.engine.network.graph.state import Scratch, State

# What is tied to more records than this is counted by records and no longer by subjects.
MANY = 4096
# Nothing is said to be known to more than this: ten doublings, as in decision 36.
COMMON = 1025


@dataclass(frozen=True, eq=False)
class Step:
    """Ties in sight that lead from one unit to another, a row each. A unit is the records of one
    subject, called by the lowest of their numbers, or a thing. `near` and `far` are the nodes.
    """

    owner: Numbers
    target: Numbers
    edge: Numbers
    near: Numbers
    far: Numbers

    def take(self, at: Any) -> "Step":
        return Step(self.owner[at], self.target[at], self.edge[at], self.near[at], self.far[at])


def envelopes_seen(state: State, mask: ArrayLike) -> NDArray[np.bool_]:
    """The mask with a place for each envelope: one it says nothing of is hidden.

    Raises: ShapeError if it is not one row of yes and no.
    """
    given = np.asarray(mask)
    if given.dtype != np.bool_ or given.ndim != 1:
        raise ShapeError(f"A mask is (e,) bool, by envelope; got {given.shape} {given.dtype}.")
    seen = np.zeros(state.envelopes + 2, np.bool_)
    known = min(len(given), state.envelopes)
    seen[:known] = given[:known]
    seen[THING], seen[NOBODY] = True, False
    return seen


class Sight:
    """One question of one viewer. What it works out of units and commonness it keeps until it ends.

    Everything it gives follows from nodes and edges in sight alone; numbers never leave.
    """

    def __init__(self, state: State, mask: ArrayLike) -> None:
        self.state = state
        self.seen = envelopes_seen(state, mask)
        self._marked = state.marks[self.seen[state.marks[:, 1]], 0]

    def __enter__(self) -> Self:
        self._held = [self.state.scratch() for _ in range(2)]
        self._unit: Scratch
        self._common: Scratch
        self._unit, self._common = (one.__enter__() for one in self._held)
        return self

    def __exit__(self, *error: object) -> None:
        for one in self._held:
            one.__exit__(None, None, None)

    def find(self, keys: Any) -> Numbers:
        """The number of each. Raises: UnknownKey for one that is not there or not in sight."""
        asked = keys_of(keys)
        numbers = self.state.keys.find(asked)
        there = numbers >= 0
        there[there] = self.seen[self.state.node_envelope[numbers[there]]]
        things = np.flatnonzero(there)
        things = things[self.state.node_envelope[numbers[things]] == THING]
        if len(things):
            which, _, _ = self.ties(numbers[things])
            there[things] = np.bincount(which, minlength=len(things)) > 0
        if not there.all():
            raise UnknownKey(asked[int(np.flatnonzero(~there)[0])].as_py())
        return numbers

    def ties(self, nodes: NDArray[Any]) -> tuple[Places, Numbers, Numbers]:
        """Of all ties of the nodes: the place of the node, the node at the other end, the edge."""
        return self._along(self.state.tie, nodes)

    def same(self, nodes: NDArray[Any]) -> tuple[Places, Numbers, Numbers]:
        return self._along(self.state.same, nodes)

    def closed(self, nodes: Numbers, known: Scratch) -> Numbers:
        """The nodes with all records that are one with any of them, each once. What is `known`
        already is left out, and afterwards all of it is known.
        """
        known.set(nodes, 0)
        if not self.state.same:
            return nodes
        found = [nodes]
        while len(nodes):
            _, other, _ = self.same(nodes)
            nodes = distinct(other[known.of[other] < 0])
            known.set(nodes, 0)
            found.append(nodes)
        return np.concatenate(found)

    def units(self, nodes: Numbers) -> Numbers:
        """The unit of each node in sight."""
        unit = self._unit.of[nodes]
        if (unit < 0).any():
            self._find_units(distinct(nodes[unit < 0]))
            unit = self._unit.of[nodes]
        return unit

    def members(self, units: Numbers) -> Numbers:
        if not self.state.same:
            return units
        with self.state.scratch() as known:
            return self.closed(units, known)

    def step(self, units: Numbers, within: Scratch | None = None) -> Step:
        """Every tie that leads on from the units, or those of them that end `within`."""
        near = self.members(units)
        which, far, edge = self.ties(near)
        if within is not None:
            keep = within.of[far] >= 0
            which, far, edge = which[keep], far[keep], edge[keep]
        owner, target = self.units(near)[which], self.units(far)
        keep = owner != target
        if keep.all():
            return Step(owner, target, edge, near[which], far)
        return Step(owner[keep], target[keep], edge[keep], near[which[keep]], far[keep])

    def is_thing(self, units: Numbers) -> NDArray[np.bool_]:
        return np.asarray(self.state.node_envelope[units] == THING)

    def is_marked(self, things: Numbers) -> NDArray[np.bool_]:
        """Which of them somebody in sight has marked as a common place."""
        marked: NDArray[np.bool_] = np.isin(things, self._marked)
        return marked

    def commonness(self, things: Numbers) -> Numbers:
        """By how many subjects and other things in sight each is known, COMMON at most.

        What hidden records are tied to does not count, so no weight tells of them.
        """
        unknown = distinct(things[self._common.of[things] < 0])
        if len(unknown):
            self._common.set(unknown, self._count(unknown))
        return self._common.of[things]

    def reference(self, units: Numbers) -> Numbers:
        """Of each unit the member whose key comes first: its reference (decision 3)."""
        members = self.members(distinct(units))
        owner = self.units(members)
        order = np.lexsort((self.state.keys.rank(members), owner))
        owner, members = owner[order], members[order]
        own, first = np.unique(owner, return_index=True)
        return members[first[own.searchsorted(units)]]

    def _along(self, parts: list[Rows], nodes: NDArray[Any]) -> tuple[Places, Numbers, Numbers]:
        found = [self._seen(rows, *block) for rows in parts for block in blocks(*rows.spans(nodes))]
        if len(found) == 1:
            return found[0]
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
        which, other, edge = (np.concatenate(part) for part in zip(*found, strict=True))
        return which, other, edge

    def _seen(self, rows: Rows, which: Places, place: Places) -> tuple[Places, Numbers, Numbers]:
        keep = np.flatnonzero(self.seen[rows.envelope[place]])
        place = place[keep]
        other = rows.other[place]
        seen = self.seen[self.state.node_envelope[other]]
        if not seen.all():
            place, other, keep = place[seen], other[seen], keep[seen]
        return which[keep], other, rows.edge[place]

    def _find_units(self, nodes: Numbers) -> None:
        """Whenever a node is given its unit, all that are one with it are given it too."""
        unit = self._unit
        unit.set(nodes, nodes)
        pairs = []
        fresh = nodes
        while len(fresh):
            which, other, _ = self.same(fresh)
            if not len(which):
                break
            pairs.append((fresh[which], other))
            fresh = distinct(other[unit.of[other] < 0])
            unit.set(fresh, fresh)
        if not pairs:
            return
        one, two = (np.concatenate(side) for side in zip(*pairs, strict=True))
        while True:
            own, others = unit.of[one], unit.of[two]
            if (own == others).all():
                return
            lower = np.minimum(own, others)
            # The lowest reaches everybody in few rounds: those they point to are told as well.
            for told in (one, two, own, others):
                np.minimum.at(unit.of, told, lower)
            unit.of[one], unit.of[two] = unit.of[unit.of[one]], unit.of[unit.of[two]]

    def _count(self, things: Numbers) -> Numbers:
        which, other, _ = self.ties(things)
        count = np.bincount(which, minlength=len(things))
        many = count > MANY
        few = ~many[which]
        target = other.copy()
        target[few] = self.units(other[few])
        pairs = distinct((which << 32) | target)
        known = np.bincount(pairs >> 32, minlength=len(things))
        return np.minimum(known, COMMON).astype(np.int32)
