"""Taking people out one by one, each the most central of what is left."""

import igraph
import numpy as np

from lightkeeper.engine.network.measures import Measure
from lightkeeper.engine.network.ties import Mask, Numbers

# Two values that differ by less are equal: what differs is the order of sums.
DECIMALS = 8


def one_by_one(
    graph: igraph.Graph,
    measure: Measure,
    steps: int,
    weighted: bool,
    precedence: Numbers,
    may_go: Mask,
) -> list[int]:
    """Who goes, in order; of those whom the measure holds equal, the highest in `precedence`.

    A measure of one part says nothing of the others, so that only the part that somebody leaves
    is measured again.
    """
    left = _Left(graph, measure, weighted)
    values = np.where(may_go, left.values, -np.inf)
    order: list[int] = []
    for _ in range(steps):
        equal = np.flatnonzero(values == values.max())
        person = int(equal[np.argmax(precedence[equal])])
        order.append(person)
        changed = left.take_out(person)
        values[changed] = np.where(may_go[changed], left.values[changed], -np.inf)
        values[person] = -np.inf
    return order


class _Left:
    """The parts of what is left, and each person's value in theirs."""

    def __init__(self, graph: igraph.Graph, measure: Measure, weighted: bool) -> None:
        self.graph, self.measure, self.weighted = graph, measure, weighted
        self.values = np.zeros(graph.vcount())
        self.members: dict[int, Numbers] = {}
        self.part = np.zeros(graph.vcount(), np.int64)
        self._look_at(np.arange(graph.vcount()))

    def take_out(self, person: int) -> Numbers:
        """Whoever was in one part with this person."""
        part = self.members.pop(int(self.part[person]))
        others: Numbers = part[part != person]
        if len(others):
            self._look_at(others)
        return others

    def _look_at(self, people: Numbers) -> None:
        among = self.graph.induced_subgraph(people.tolist())
        self.values[people] = np.round(self.measure(among, self.weighted), DECIMALS)
        membership = np.array(among.connected_components().membership, np.int64)
        # A part is called by one of its people, who cannot be in another.
        for inside in _groups(membership):
            members = people[inside]
            self.members[int(members[0])] = members
            self.part[members] = members[0]


def _groups(membership: Numbers) -> list[Numbers]:
    order = np.argsort(membership, kind="stable")
    bounds = np.flatnonzero(np.diff(membership[order])) + 1
    return list(np.split(order, bounds))
