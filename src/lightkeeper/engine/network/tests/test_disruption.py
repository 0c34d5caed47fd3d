import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.disruption import Equals, Strategy, disrupt, largest_after
from lightkeeper.engine.network.exact import exact_cut
from lightkeeper.engine.network.measures import as_graph, katz, katz_alpha
from lightkeeper.engine.network.tests import oracle
from lightkeeper.engine.network.ties import ties_of

QUICK = settings(max_examples=60, deadline=None)


def made(network, order=None):
    names, pairs = network
    one, two, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    return ties_of(names, one, two, weight)


def chain(length):
    return ties_of([str(n) for n in range(length)], range(length - 1), range(1, length))


# Two rings of five, tied by B; C hangs on one.
BRIDGED = made((
    [*"abcdeBvwxyzC"],
    [(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 4, 1), (4, 0, 9), (6, 7, 1), (7, 8, 1), (8, 9, 1),
     (9, 10, 1), (10, 6, 1), (0, 5, 1), (5, 6, 1), (10, 11, 1)],
))  # fmt: skip


@pytest.mark.parametrize(
    ("strategy", "first", "shares"),
    [
        (Strategy.BETWEENNESS, "v", (6 / 12, 5 / 12)),
        (Strategy.DEGREE, "z", (10 / 12, 5 / 12)),
        (Strategy.KATZ, "v", (6 / 12, 5 / 12)),
        (Strategy.COLLECTIVE_INFLUENCE, "v", (6 / 12, 5 / 12)),
        (Strategy.GREEDY, "B", (6 / 12, 5 / 12)),
        (Strategy.EXACT, "B", (6 / 12, 5 / 12)),
    ],
)
def test_each_strategy_takes_out_whom_it_says(strategy, first, shares):
    found = disrupt(BRIDGED, strategy, 2)

    assert (BRIDGED.names[found.removed[0]], found.largest[0]) == (first, 12)
    assert found.shares == pytest.approx(shares)
    assert found.resilience == pytest.approx(sum(shares) / 2)


def test_weights_count_where_they_are_asked_for():
    def first(strategy, weighted):
        return BRIDGED.names[disrupt(BRIDGED, strategy, 1, weighted=weighted).removed[0]]

    assert first(Strategy.DEGREE, False) == "z"
    assert first(Strategy.DEGREE, True) == "a"
    square = made((["n", "e", "s", "w"], [(0, 1, 9), (1, 2, 9), (2, 3, 1), (3, 0, 1)]))
    near = disrupt(square, Strategy.BETWEENNESS, 1, weighted=True, equals=Equals.NAME)
    assert square.names[near.removed[0]] == "e"


def test_equals_go_as_was_published_or_by_name():
    ring = ties_of(["9", "10", "2"], [0, 1, 2], [1, 2, 0])

    def first(strategy, equals):
        return ring.names[disrupt(ring, strategy, 1, equals=equals).removed[0]]

    assert first(Strategy.DEGREE, Equals.PUBLISHED) == "2"
    assert first(Strategy.COLLECTIVE_INFLUENCE, Equals.PUBLISHED) == "10"
    assert first(Strategy.DEGREE, Equals.NAME) == "2"
    assert first(Strategy.COLLECTIVE_INFLUENCE, Equals.NAME) == "2"


@QUICK
@given(oracle.networks(), st.sampled_from(Strategy))
def test_the_largest_part_never_grows_and_is_what_a_plain_count_says(network, strategy):
    ties = made(network)
    found = disrupt(ties, strategy, min(4, ties.people))

    assert len(set(found.removed)) == len(found.removed)
    for step, size in enumerate(found.largest):
        assert size == oracle.largest(ties, found.removed[:step])
    assert list(found.largest) == sorted(found.largest, reverse=True)


@QUICK
@given(oracle.networks())
def test_each_who_goes_lies_on_most_shortest_ways_of_what_is_left(network):
    ties = made(network)
    found = disrupt(ties, Strategy.BETWEENNESS)

    for step, person in enumerate(found.removed):
        value = oracle.betweenness(ties, found.removed[:step])
        assert value[person] == pytest.approx(max(value.values()))


@QUICK
@given(oracle.networks())
def test_each_who_goes_greedily_leaves_no_more_than_any_other_would(network):
    ties = made(network)
    found = disrupt(ties, Strategy.GREEDY)

    for step, size in enumerate(found.largest[1:]):
        gone = found.removed[:step]
        others = set(range(ties.people)) - set(gone)
        assert size == min(oracle.largest(ties, (*gone, person)) for person in others)


@settings(QUICK, max_examples=300)
@given(oracle.networks(), st.integers(0, 4), st.sets(st.integers(0, 8), max_size=3))
def test_exact_leaves_the_least_that_any_could_and_no_more_than_greedy(network, steps, spared):
    ties = made(network)
    spared = {person for person in spared if person < ties.people}
    exact = disrupt(ties, Strategy.EXACT, steps, spared=spared)

    assert exact.largest[-1] == oracle.smallest_largest(ties, steps, spared)
    assert exact.largest[-1] <= disrupt(ties, Strategy.GREEDY, steps, spared=spared).largest[-1]
    assert len(exact.removed) == min(steps, ties.people - len(spared))


@QUICK
@given(oracle.networks(), st.sampled_from(Strategy), st.sets(st.integers(0, 8), max_size=4))
def test_the_spared_are_never_taken_out(network, strategy, spared):
    ties = made(network)
    spared = {person for person in spared if person < ties.people}
    steps = 3 if strategy is Strategy.EXACT else None

    assert not spared & set(disrupt(ties, strategy, steps, spared=spared).removed)


@QUICK
@given(oracle.networks(), st.sampled_from(Strategy), st.randoms(use_true_random=False))
def test_by_name_the_order_and_direction_of_lines_change_nothing(network, strategy, chance):
    names, pairs = network
    mixed = [(two, one, w) if chance.random() < 0.5 else (one, two, w) for one, two, w in pairs]
    chance.shuffle(mixed)
    place = list(range(len(names)))
    chance.shuffle(place)
    moved = [(place[one], place[two], w) for one, two, w in mixed]
    renamed = [name for _, name in sorted(zip(place, names, strict=True))]

    def told(ties):
        found = disrupt(ties, strategy, min(3, ties.people), equals=Equals.NAME, weighted=True)
        return [ties.names[person] for person in found.removed], found.largest

    assert told(made((names, pairs))) == told(made((renamed, moved)))


@pytest.mark.parametrize("strategy", Strategy)
def test_taking_nobody_out_changes_nothing(strategy):
    found = disrupt(BRIDGED, strategy, 0)

    assert (found.removed, found.largest, found.resilience) == ((), (12,), 1.0)


def test_a_seed_says_who_goes_at_random():
    orders = {disrupt(BRIDGED, Strategy.RANDOM, seed=seed).removed for seed in (1, 1, 2)}

    assert len(orders) == 2


def test_what_is_too_much_to_look_through_exactly_is_refused():
    rng = np.random.default_rng(3)
    ties = ties_of([str(n) for n in range(60)], *rng.integers(0, 60, (2, 120)))

    with pytest.raises(ShapeError, match="more than 50 ways"):
        exact_cut(ties, np.ones(60, bool), 6, most=50)


def test_a_step_of_katz_counts_for_less_where_walks_would_not_die_out():
    hub = ties_of([str(n) for n in range(201)], [0] * 200, range(1, 201))
    graph = as_graph(hub)

    assert katz_alpha(as_graph(chain(5)), False) == 0.1
    assert katz_alpha(graph, False) == pytest.approx(0.9 / 200**0.5, rel=1e-6)
    assert katz(katz_alpha(graph, False))(graph, False).argmax() == 0


def test_the_middle_of_a_long_chain_goes_first():
    found = disrupt(chain(1_001), Strategy.GREEDY, 1)

    assert (found.removed, found.largest) == ((500,), (1_001, 500))
    assert largest_after(chain(4), []) == (4,)


@pytest.mark.parametrize("spared", [[-1], [12]])
def test_nobody_can_be_spared_who_is_not_there(spared):
    with pytest.raises(ShapeError, match="numbered 0 to 11"):
        disrupt(BRIDGED, Strategy.DEGREE, spared=spared)


@pytest.mark.parametrize(
    ("one", "two", "weight"),
    [([0], [1, 0], None), ([0], [2], None), ([0], [-1], None), ([0], [1], [0.0]),
     ([0], [1], [float("nan")]), ([0], [1], [-1.0])],
)  # fmt: skip
def test_ties_that_do_not_fit_are_refused(one, two, weight):
    with pytest.raises(ShapeError):
        ties_of(["a", "b"], one, two, weight)
