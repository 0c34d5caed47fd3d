"""Pairs drawn at random, by numbers that stay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.linkage.bands import band_of, draw, lot_of


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


def test_every_band_is_served_at_any_point_and_large_ones_more():
    band = np.repeat([0, 1, 2], [20, 300, 3000])
    left = np.arange(len(band))

    turn = draw(band, lot_of(left, left + 1), most=120)

    first = [int(((turn > 0) & (turn <= 60) & (band == b)).sum()) for b in (0, 1, 2)]
    assert sorted(turn[turn > 0]) == list(range(1, 121))
    assert min(first) >= 8
    assert first[2] > first[1] >= first[0]


def test_within_a_band_the_lowest_numbers_are_drawn_and_nothing_outside_any_band():
    lot = np.array([5, 1, 4, 0, 2], np.uint64)

    turn = draw(np.array([0, 0, 0, -1, 0]), lot, most=2)

    assert turn.tolist() == [0, 1, 0, 0, 2]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(60)))
def test_the_order_in_which_pairs_come_does_not_matter(seed, order):
    left, right = np.arange(60), np.arange(60) + seed + 1
    band = np.arange(60) % 4 - 1
    shuffled = np.array(order)

    turn = draw(band, lot_of(left, right), most=30)

    again = draw(band[shuffled], lot_of(left[shuffled], right[shuffled]), most=30)
    assert again.tolist() == turn[shuffled].tolist()


def test_what_is_drawn_stays_drawn_when_others_come():
    left = np.arange(400)
    few = draw(np.zeros(300, np.int64), lot_of(left[:300], left[:300] + 1), most=100)
    more = draw(np.zeros(400, np.int64), lot_of(left, left + 1), most=100)

    kept = (few > 0) & (more[:300] > 0)
    assert kept.sum() > 60
    assert not ((few == 0) & (more[:300] > 0)).any()


def test_of_nothing_nothing_is_drawn():
    assert draw(np.empty(0, np.int64), np.empty(0, np.uint64)).tolist() == []
