"""Groups of people who are tied to each other more than to others, as tight or as wide as asked."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import igraph
import numpy as np

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.measures import as_graph
from lightkeeper.engine.network.ties import Mask, Numbers, Ties, among, parts

# From tight to wide: the mean weight of a tie over all pairs that holds a group together.
SCALES = (0.2, 0.05, 0.02, 0.005)
USUAL = 0.02
ROUNDS = 4
_one_at_a_time = threading.Lock()


def communities(
    ties: Ties,
    resolution: float = USUAL,
    *,
    seed: int = 0,
    rounds: int = ROUNDS,
    start: Numbers | None = None,
) -> Numbers:
    """The group of each person, named by the smallest person in it.

    A group holds together while the ties inside weigh at least `resolution` for each pair, and two
    groups stay apart while those between them weigh less; how large the whole is plays no part, as
    it does in modularity. Each group is connected. Whoever has no ties is alone. Given where the
    last groups stood (`start`) only what ties moved moves; without, many people who could as well
    be in one group as in another change about.
    Shapes: start (people,) any whole numbers, one of their own for whoever is new; returns
        (people,) int64.
    Units: resolution in weight a pair: with weights near 1, the share of pairs that are tied.
    Raises: ShapeError if the resolution is not above nought, or start does not fit.
    Source: Traag, Waltman and van Eck 2019 (Leiden), Traag and others 2011 (constant Potts model),
        in igraph. One seed, one result.
    """
    if not resolution > 0:
        raise ShapeError("A resolution is a number above nought.")
    if start is not None and start.shape != (ties.people,):
        raise ShapeError(f"expected where {ties.people} people stood, got {start.shape}")
    if not len(ties.one):
        return np.arange(ties.people)
    first = None if start is None else np.unique(start, return_inverse=True)[1].tolist()
    with _seeded(seed):
        found = as_graph(ties).community_leiden(
            objective_function="CPM", weights="weight", resolution=resolution,
            n_iterations=rounds, initial_membership=first,
        )  # fmt: skip
    # From where groups stood one may come out in two pieces; apart they are worth more.
    return named_by_smallest(_pieces(ties, np.array(found.membership, np.int64)))


def updated(
    ties: Ties, labels: Numbers, touched: Mask, resolution: float = USUAL, *, seed: int = 0
) -> Numbers:
    """The groups after ties of some people have changed: theirs are found anew from where they
    stood, and nobody else's. Nobody touched, nothing changes.

    Shapes: labels (people,) the groups before, one of their own for whoever is new; touched
        (people,) whose ties came, went or weigh something else; returns (people,) int64.
    Raises: as `communities`.
    """
    if not labels.shape == touched.shape == (ties.people,):
        raise ShapeError(f"expected {ties.people} labels and marks")
    near = np.isin(labels, labels[touched])
    inside, people = among(ties, near)
    found = labels.copy()
    if len(people):
        moved = communities(inside, resolution, seed=seed, start=labels[people])
        # A group is called by one of its people here, and no group outside has any of them.
        found = np.where(near, -1, named_by_smallest(labels))
        found[people] = people[moved]
    return named_by_smallest(found)


def at_scales(
    ties: Ties, scales: Sequence[float] = SCALES, *, seed: int = 0
) -> list[tuple[float, Numbers]]:
    """The groups at each resolution, as given. A wide group need not be a union of tight ones."""
    return [(scale, communities(ties, scale, seed=seed)) for scale in scales]


def named_by_smallest(labels: Numbers) -> Numbers:
    """The same groups, each named by its smallest person."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(first[place], np.int64)


def groups_of(labels: Numbers, smallest: int = 3) -> list[Numbers]:
    """The people of each group that has enough of them, groups by their smallest person."""
    order = np.argsort(labels, kind="stable")
    bounds = np.flatnonzero(np.diff(labels[order])) + 1
    groups = [group for group in np.split(order, bounds) if len(group) >= smallest]
    return sorted(groups, key=lambda group: int(group[0]))


def _pieces(ties: Ties, labels: Numbers) -> Numbers:
    inside = labels[ties.one] == labels[ties.two]
    return parts(Ties(ties.names, ties.one[inside], ties.two[inside], ties.weight[inside]))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """igraph draws from one generator for the whole process; it gets the usual one back."""
    with _one_at_a_time:
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)
