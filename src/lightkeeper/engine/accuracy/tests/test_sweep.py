from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.accuracy.clusters import score_b_cubed, score_pairs
from lightkeeper.engine.accuracy.sweep import sweep_thresholds
from lightkeeper.engine.errors import ShapeError

RECORDS = 9
truths = st.lists(st.integers(0, 3), min_size=RECORDS, max_size=RECORDS)
record = st.integers(0, RECORDS - 1)
# Few scores, so that several links have the same; zero and below as log odds have them.
scored_links = st.lists(st.tuples(record, record, st.integers(-3, 3)), max_size=25)


def joined(links, threshold):
    """Components by spreading labels until nothing changes."""
    labels = list(range(RECORDS))
    for _ in range(RECORDS):
        for a, b, score in links:
            if score >= threshold:
                labels[a] = labels[b] = min(labels[a], labels[b])
    return labels


def plain(truth, labels):
    """Over pairs and B-cubed, counted one by one."""
    together = [
        {(a, b) for a, b in combinations(range(RECORDS), 2) if side[a] == side[b]}
        for side in (truth, labels)
    ]
    right = len(together[0] & together[1])
    pairs = [right / len(side) if side else 1.0 for side in reversed(together)]
    cubed = [0.0, 0.0]
    for one in range(RECORDS):
        true = {other for other in range(RECORDS) if truth[other] == truth[one]}
        met = {other for other in range(RECORDS) if labels[other] == labels[one]}
        cubed[0] += len(true & met) / len(met) / RECORDS
        cubed[1] += len(true & met) / len(true) / RECORDS
    return pairs + cubed


def parts(scores):
    return [share for score in scores for share in (score.precision, score.recall)]


def swept(truth, links):
    left, right, score = zip(*links, strict=True) if links else ((), (), ())
    return sweep_thresholds(truth, left, right, score)


@given(truths, scored_links)
def test_every_threshold_scores_as_its_components_counted_one_by_one(truth, links):
    sweep = swept(truth, links)

    for threshold in (*range(-4, 5), 0.5, np.inf):
        expected = plain(truth, joined(links, threshold))
        assert parts(sweep.at(threshold)) == pytest.approx(expected)


@given(truths, scored_links)
def test_no_threshold_is_better_than_the_best(truth, links):
    threshold, pairs, cubed = swept(truth, links).best()

    labels = joined(links, threshold)
    assert parts((pairs, cubed)) == pytest.approx(
        parts((score_pairs(truth, labels), score_b_cubed(truth, labels)))
    )
    others = [score_pairs(truth, joined(links, other)).f1 for other in (*range(-4, 5), np.inf)]
    assert pairs.f1 == pytest.approx(max(others))


@given(truths, scored_links, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_links_do_not_matter(truth, links, chance):
    other = [(b, a, score) for a, b, score in links]
    chance.shuffle(other)

    one, two = swept(truth, links), swept(truth, other)

    assert one.thresholds.tolist() == two.thresholds.tolist()
    assert one.pairs.tolist() == two.pairs.tolist()
    assert one.b_cubed == pytest.approx(two.b_cubed)


def test_a_known_example():
    sweep = sweep_thresholds(list("aabb"), [0, 2, 1], [1, 3, 2], [9.0, 5.0, -1.0])

    assert sweep.thresholds.tolist() == [np.inf, 9.0, 5.0, -1.0]
    assert sweep.best()[0] == 5.0
    assert [score.f1 for score in sweep.best()[1:]] == [1.0, 1.0]
    assert (sweep.at(-1.0)[0].precision, sweep.at(-1.0)[0].recall) == (2 / 6, 1.0)


def test_the_best_score_of_a_pair_named_twice_counts():
    sweep = sweep_thresholds([1, 1], [0, 1], [1, 0], [2.0, 7.0])

    assert sweep.thresholds.tolist() == [np.inf, 7.0]


def test_no_records_and_no_links_are_no_mistake():
    assert parts(sweep_thresholds([], [], [], []).best()[1:]) == [1.0] * 4


@pytest.mark.parametrize(
    ("links", "said"),
    [
        (([0], [1, 2], [1.0]), "one length"),
        (([0], [5], [1.0]), "numbered 0 to 2"),
        (([0], [-1], [1.0]), "numbered 0 to 2"),
        (([0], [1], [float("nan")]), "a number"),
    ],
)
def test_what_does_not_fit_is_refused(links, said):
    with pytest.raises(ShapeError, match=said):
        sweep_thresholds(["a", "b", "b"], *links)


def test_truth_in_two_columns_is_refused():
    with pytest.raises(ShapeError, match="one row"):
        sweep_thresholds([["a"], ["b"]], [], [], [])
