"""What is left of a network as people are taken out of it, one after another."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.cutting import greedy_order
from lightkeeper.engine.network.exact import exact_cut
from lightkeeper.engine.network.measures import (
    Measure,
    as_graph,
    betweenness,
    collective_influence,
    degree,
    katz,
    katz_alpha,
)
from lightkeeper.engine.network.removing import one_by_one
from lightkeeper.engine.network.ties import Mask, Numbers, Ties, name_ranks


class Strategy(StrEnum):
    BETWEENNESS = "betweenness"
    DEGREE = "degree"
    COLLECTIVE_INFLUENCE = "collective-influence"
    KATZ = "katz"
    GREEDY = "greedy"
    EXACT = "exact"
    RANDOM = "random"


class Equals(StrEnum):
    """Who goes first of those whom a measure holds equal.

    PUBLISHED is what Cavallaro et al. 2020 did: who is named last (for collective influence who
    has the highest name). NAME is the lowest name, so that the order of lines says nothing.
    """

    PUBLISHED = "published"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Disruption:
    """Who was taken out, in order; how many people the largest part then had, before the first
    and after each.
    """

    removed: tuple[int, ...]
    largest: tuple[int, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """The largest part after each removal, as a share of the first."""
        return tuple(size / self.largest[0] for size in self.largest[1:])

    @property
    def resilience(self) -> float:
        """The mean share over the removals, 0 to 1: the area under their curve. 1 without any.

        Source: Schneider et al. 2011, doi:10.1073/pnas.1009440108.
        """
        return sum(self.shares) / len(self.removed) if self.removed else 1.0


def disrupt(
    ties: Ties,
    strategy: Strategy,
    steps: int | None = None,
    *,
    weighted: bool = False,
    equals: Equals = Equals.PUBLISHED,
    seed: int = 0,
    spared: Collection[int] = (),
) -> Disruption:
    """Take out `steps` people, or all, each chosen from what the earlier ones left.

    `spared` are never taken out: children, whoever must not be touched. Weights count for the
    measures (betweenness, degree, collective influence, Katz) if `weighted`, and for no others.
    Raises: ShapeError if somebody spared is not there, or exact has too much to look through.
    """
    strategy = Strategy(strategy)
    may_go = np.ones(ties.people, bool)
    chosen = np.fromiter(spared, np.int64)
    if len(chosen) and not (chosen.min() >= 0 and chosen.max() < ties.people):
        raise ShapeError(f"people are numbered 0 to {ties.people - 1}")
    may_go[chosen] = False
    steps = int(may_go.sum()) if steps is None else min(steps, int(may_go.sum()))
    if strategy is Strategy.RANDOM:
        order = _shuffled(ties, may_go, seed)[:steps]
    elif strategy is Strategy.GREEDY:
        order = greedy_order(ties, may_go, steps)
    elif strategy is Strategy.EXACT:
        order = exact_cut(ties, may_go, steps)
    else:
        order = _order(ties, strategy, steps, weighted, equals, may_go)
    return Disruption(tuple(order), largest_after(ties, order))


def _order(
    ties: Ties, strategy: Strategy, steps: int, weighted: bool, equals: Equals, may_go: Mask
) -> list[int]:
    graph = as_graph(ties)
    measure: Measure
    if strategy is Strategy.BETWEENNESS:
        measure = betweenness
    elif strategy is Strategy.DEGREE:
        measure = degree
    elif strategy is Strategy.COLLECTIVE_INFLUENCE:
        measure = collective_influence
    else:
        measure = katz(katz_alpha(graph, weighted))
    return one_by_one(graph, measure, steps, weighted, _precedence(ties, strategy, equals), may_go)


def _precedence(ties: Ties, strategy: Strategy, equals: Equals) -> Numbers:
    """A number for each, the highest going first of those whom a measure holds equal."""
    if equals is Equals.NAME:
        return -name_ranks(ties.names)
    if strategy is Strategy.COLLECTIVE_INFLUENCE:
        return name_ranks(ties.names)
    return np.arange(ties.people)


def _shuffled(ties: Ties, may_go: Mask, seed: int) -> list[int]:
    """By name first, so that the same seed takes the same people whatever the order of lines."""
    order = [person for person in np.argsort(name_ranks(ties.names)).tolist() if may_go[person]]
    random.Random(seed).shuffle(order)  # noqa: S311
    return order


def largest_after(ties: Ties, order: Collection[int]) -> tuple[int, ...]:
    """How many people the largest part has before any goes, and after each.

    People come back from the last to the first, so that parts only ever join.
    """
    stay = np.ones(ties.people, bool)
    stay[list(order)] = False
    parent = list(range(ties.people))
    size = [1] * ties.people

    def top(person: int) -> int:
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    def join(one: int, two: int) -> int:
        one, two = top(one), top(two)
        if one != two:
            parent[two] = one
            size[one] += size[two]
        return size[one]

    present = stay.tolist()
    ends = list(zip(ties.one.tolist(), ties.two.tolist(), strict=True))
    near: dict[int, list[int]] = {person: [] for person in order}
    largest = int(stay.any())
    for one, two in ends:
        if present[one] and present[two]:
            largest = max(largest, join(one, two))
        for person, other in ((one, two), (two, one)):
            if person in near:
                near[person].append(other)
    found = [largest]
    for person in reversed(list(order)):
        present[person] = True
        largest = max([largest, 1, *(join(person, o) for o in near[person] if present[o])])
        found.append(largest)
    return tuple(reversed(found))
