from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.accuracy.clusters import pairs_within, score_b_cubed, score_pairs
from lightkeeper.engine.errors import ShapeError

two_groupings = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25)


def plain_pairs(truth, found):
    together = [
        {(a, b) for a, b in combinations(range(len(side)), 2) if side[a] == side[b]}
        for side in (truth, found)
    ]
    right = len(together[0] & together[1])
    return tuple(right / len(pairs) if pairs else 1.0 for pairs in reversed(together))


def plain_b_cubed(truth, found):
    records = range(len(truth))
    shares = [[], []]
    for a in records:
        true = {b for b in records if truth[b] == truth[a]}
        met = {b for b in records if found[b] == found[a]}
        shares[0].append(len(true & met) / len(met))
        shares[1].append(len(true & met) / len(true))
    return tuple(sum(side) / len(truth) for side in shares)


@given(two_groupings)
def test_the_fast_scores_are_the_plain_ones(rows):
    truth, found = zip(*rows, strict=True)

    pairs, b_cubed = score_pairs(truth, found), score_b_cubed(truth, found)

    assert (pairs.precision, pairs.recall) == pytest.approx(plain_pairs(truth, found))
    assert (b_cubed.precision, b_cubed.recall) == pytest.approx(plain_b_cubed(truth, found))


@given(st.lists(st.integers(0, 4), max_size=25))
def test_pairs_within_groups_are_those_counted_one_by_one(labels):
    assert pairs_within(labels) == sum(one == two for one, two in combinations(labels, 2))


@given(two_groupings)
def test_exchanging_truth_and_found_exchanges_precision_and_recall(rows):
    truth, found = zip(*rows, strict=True)

    for score in (score_pairs, score_b_cubed):
        one, other = score(truth, found), score(found, truth)
        assert (one.precision, one.recall) == (other.recall, other.precision)
        assert one.f1 == pytest.approx(other.f1)


@given(st.lists(st.integers(0, 4), max_size=20))
def test_the_truth_itself_scores_one_under_any_names(truth):
    renamed = [f"subject {label}" for label in truth]

    assert score_pairs(truth, renamed).f1 == 1.0
    assert score_b_cubed(truth, renamed).f1 == pytest.approx(1.0)


def test_a_known_example():
    score = score_pairs([1, 1, 1, 2, 2], [1, 1, 2, 2, 2])

    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)


def test_labels_of_two_lengths_are_refused():
    with pytest.raises(ShapeError, match="one length"):
        score_pairs([1, 2], [1])
