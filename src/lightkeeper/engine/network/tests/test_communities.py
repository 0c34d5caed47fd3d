import random

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.communities import (
    SCALES,
    at_scales,
    communities,
    groups_of,
    named_by_smallest,
    updated,
)
from lightkeeper.engine.network.measures import as_graph
from lightkeeper.engine.network.tests import oracle
from lightkeeper.engine.network.ties import kept, parts, ties_of

QUICK = settings(max_examples=60, deadline=None)


def ring_of_cliques(number, size, between=1.0):
    """Cliques in a ring, each tied to the next by one tie of this weight."""
    one, two, weight = [], [], []
    for clique in range(number):
        start = clique * size
        for a in range(size):
            for b in range(a):
                one.append(start + a)
                two.append(start + b)
                weight.append(1.0)
        one.append(start)
        two.append((start + size + 1) % (number * size))
        weight.append(between)
    return ties_of([str(n) for n in range(number * size)], one, two, weight)


def test_groups_are_found_where_modularity_joins_them():
    ties = ring_of_cliques(40, 5)
    truth = np.repeat(np.arange(40) * 5, 5)

    assert communities(ties, 0.1).tolist() == truth.tolist()
    by_modularity = as_graph(ties).community_leiden(objective_function="modularity")
    assert len(by_modularity) < 40


def test_a_wider_scale_joins_what_a_tighter_one_keeps_apart():
    found = dict(at_scales(ring_of_cliques(8, 5)))

    assert list(found) == list(SCALES)
    sizes = [len(groups_of(labels)) for labels in found.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (8, 1)


def test_weights_count():
    heavy, light = (communities(ring_of_cliques(4, 3, between), 0.4) for between in (9.0, 0.1))

    assert light.tolist() == np.repeat([0, 3, 6, 9], 3).tolist()
    assert heavy[0] == heavy[4]  # a heavy tie between two cliques


def test_one_seed_gives_one_result_and_leaves_others_their_chance():
    rng = np.random.default_rng(1)
    ties = ties_of([str(n) for n in range(200)], *rng.integers(0, 200, (2, 500)))

    random.seed(5)
    expected = random.random()
    random.seed(5)
    one, two = (communities(ties, 0.05, seed=3) for _ in range(2))
    assert (one == two).all()
    assert random.random() == expected
    assert any((communities(ties, 0.05, seed=seed) != one).any() for seed in (4, 5, 6))
    random.seed(5)
    igraph.Graph.Erdos_Renyi(5, 0.5)
    assert random.random() != expected


@QUICK
@given(oracle.networks(), st.sampled_from(SCALES))
def test_each_group_is_connected_and_named_by_its_smallest_person(network, scale):
    names, pairs = network
    one, two, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    ties = ties_of(names, one, two, weight)
    labels = communities(ties, scale)

    for label in set(labels.tolist()):
        inside = labels == label
        assert label == np.flatnonzero(inside)[0]
        assert len(set(parts(kept(ties, inside))[inside].tolist())) == 1


@QUICK
@given(oracle.networks(most_people=6, most_ties=10), st.sampled_from((0.3, 1.2)))
def test_no_two_groups_would_better_be_one_and_nobody_better_alone(network, scale):
    names, pairs = network
    one, two, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    ties = ties_of(names, one, two, weight)

    def quality(labels):
        inside = labels[ties.one] == labels[ties.two]
        sizes = np.bincount(labels)
        return ties.weight[inside].sum() - scale * (sizes * (sizes - 1) / 2).sum()

    labels = communities(ties, scale)
    best = quality(labels) + 1e-9
    for a in set(labels.tolist()):
        for b in set(labels.tolist()):
            assert quality(np.where(labels == b, a, labels)) <= best
    for person in range(ties.people):
        alone = labels.copy()
        alone[person] = ties.people
        assert quality(alone) <= best


def test_where_nobody_is_touched_nothing_changes_and_else_only_their_groups():
    ties = ring_of_cliques(6, 5, between=0.1)
    labels = communities(ties, 0.3)
    # A newcomer is tied to the first clique; the second loses somebody to the third.
    one, two = (
        [*ties.one.tolist(), *[30] * 4, *[5] * 5],
        [*ties.two.tolist(), *range(4), *range(10, 15)],
    )
    weight = [*ties.weight.tolist(), *[1.0] * 4, *[5.0] * 5]
    after = ties_of([str(n) for n in range(31)], one, two, weight)
    before = np.append(labels, 30)

    nobody = np.zeros(31, bool)
    assert updated(after, before, nobody, 0.3).tolist() == before.tolist()
    found = updated(after, before, nobody | (np.isin(np.arange(31), [5, 10, 30, 0])), 0.3)
    assert found.tolist() == [*[0] * 5, 5, *[6] * 4, *[5] * 5, *labels[15:].tolist(), 0]


@QUICK
@given(oracle.networks(), st.data())
def test_groups_found_from_where_they_stood_are_connected_and_no_worse(network, data):
    names, pairs = network
    one, two, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    ties = ties_of(names, one, two, weight)
    start = np.array(data.draw(st.permutations(range(len(names))))) // 3
    everybody = np.ones(len(names), bool)
    labels = updated(ties, start, everybody, 0.3)

    for label in set(labels.tolist()):
        inside = labels == label
        assert label == np.flatnonzero(inside)[0]
        assert len(set(parts(kept(ties, inside))[inside].tolist())) == 1
    assert updated(ties, labels, ~everybody, 0.3).tolist() == labels.tolist()


def test_groups_of_too_few_are_left_out():
    labels = np.array([4, 4, 1, 4, 1, 5])

    assert [group.tolist() for group in groups_of(labels, 2)] == [[0, 1, 3], [2, 4]]
    assert named_by_smallest(labels).tolist() == [0, 0, 2, 0, 2, 5]


def test_people_without_ties_are_alone_and_a_scale_is_above_nought():
    assert communities(ties_of(["a", "b"], [], [])).tolist() == [0, 1]
    with pytest.raises(ShapeError, match="above nought"):
        communities(ties_of(["a", "b"], [0], [1]), 0)
    with pytest.raises(ShapeError, match="where 2 people stood"):
        communities(ties_of(["a", "b"], [0], [1]), start=np.array([0]))
