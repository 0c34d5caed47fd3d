"""Pairs drawn at random, by numbers that stay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.linkage.bands import band_of, drawn, lot_of


@pytest.mark.parametrize(
    ("weight", "band"), [(-5, -1), (-4, 0), (-3.5, 0), (-1, 3), (0.99, 4), (15.9, 11), (99, 12)]
)
def test_a_weight_is_in_the_band_of_the_highest_floor_below_it(weight, band):
    assert band_of([weight]).tolist() == [band]


def test_a_pair_has_the_same_number_whichever_comes_first_and_another_with_another_seed():
    left, right = np.array([3, 10**15]), np.array([8, 4])
    assert lot_of(left, right).tolist() == lot_of(right, left).tolist()
    assert (lot_of(left, right) != lot_of(left, right, seed=2)).all()


def test_numbers_are_even_over_their_range_even_for_neighbours():
    left = np.repeat(np.arange(200), 200)
    right = np.tile(np.arange(200), 200) + 200
    share = lot_of(left, right).astype(np.float64) / 2.0**64

    counts = np.histogram(share, bins=20, range=(0, 1))[0]

    assert len(np.unique(share)) == len(share)
    assert np.abs(counts / len(share) - 0.05).max() < 0.005


def test_small_bands_are_drawn_oftener_and_within_a_band_by_the_lot():
    weight = np.repeat([0.0, 30.0], [1000, 8000])
    left = np.arange(len(weight))
    lot = lot_of(left, left + 1)

    rows = drawn(left, left + 1, weight, most=300)

    low, high = (rows < 1000).sum(), (rows >= 1000).sum()
    assert 75 <= low <= 125  # 4,000 shares of 12,000
    assert low + high == 300
    for one in (rows[rows < 1000], rows[rows >= 1000]):
        assert (np.diff(lot[one].astype(float)) >= 0).all()


def test_what_lies_below_every_band_is_never_drawn():
    assert sorted(drawn([1, 2, 3], [4, 5, 6], [-4.1, -4.0, 50.0])) == [1, 2]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(60)))
def test_the_order_in_which_pairs_come_does_not_matter(seed, order):
    left, right, weight = np.arange(60), np.arange(60) + seed + 1, np.arange(60) / 3
    shuffled = np.array(order)

    rows = drawn(left, right, weight, most=30)

    again = drawn(right[shuffled], left[shuffled], weight[shuffled], most=30)
    assert shuffled[again].tolist() == rows.tolist()


def test_what_is_drawn_stays_drawn_when_others_come():
    left, weight = np.arange(400), np.zeros(400)
    few = drawn(left[:300], left[:300] + 1, weight[:300], most=100)
    more = drawn(left, left + 1, weight, most=100)

    assert len(set(few) & set(more)) > 60
    assert [row for row in more if row < 300] == few[: sum(more < 300)].tolist()


def test_of_nothing_nothing_is_drawn():
    assert drawn([], [], []).tolist() == []
