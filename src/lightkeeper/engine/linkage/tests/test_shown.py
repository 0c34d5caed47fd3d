"""What is shown of a choice of threshold, and that it tells of no single record."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.accuracy.suppressing import LEAST
from lightkeeper.engine.linkage.bands import FLOORS
from lightkeeper.engine.linkage.choosing import Band, choose_threshold
from lightkeeper.engine.linkage.shown import coarse_floors, fit_to_show, rounded_band


def shown(*bands, target=0.9):
    return fit_to_show(choose_threshold([rounded_band(one) for one in bands], target))


@given(st.lists(st.integers(0, 12), min_size=len(FLOORS), max_size=len(FLOORS)))
def test_every_band_that_is_left_holds_five_links_or_more(pairs):
    floors = coarse_floors(pairs)

    edges = [*floors, float("inf")]
    held = [
        sum(n for floor, n in zip(FLOORS, pairs, strict=True) if low <= floor < high)
        for low, high in pairwise(edges)
    ]
    assert all(one >= LEAST for one in held)
    assert sum(pairs) - sum(held) < LEAST
    assert list(floors) == sorted(floors)


@pytest.mark.parametrize("floor", [0.0, 4.0])
@pytest.mark.parametrize("one_more", [201, 202])
def test_a_record_that_matches_one_more_changes_nothing_that_is_shown(floor, one_more):
    before = {0.0: 200, 4.0: 200}
    after = before | {floor: one_more}

    def said(pairs):
        return shown(*(Band(at, n, 90, 4, 1) for at, n in pairs.items()))

    assert said(after) == said(before)


def test_counts_are_of_five_and_shares_of_whole_percents_rounded_outwards():
    exact = choose_threshold([Band(0.0, 1003, 118, 3)], 0.9)
    found = shown(Band(0.0, 1003, 118, 3))
    [row], [before] = found.readings, exact.readings

    assert (row.pairs, row.judged, row.precision) == (1000, 120, 0.98)
    assert before.low - 0.011 < row.low <= before.low
    assert before.high <= row.high < before.high + 0.011
    assert (row.low * 100) % 1 == pytest.approx(0, abs=1e-9)
    assert "1,000 links. 120 of them" in found.sentence
    assert found.bits == 0.0


def test_what_rests_on_fewer_than_five_judgements_is_not_said():
    found = shown(Band(0.0, 5, 4), target=0.5)
    [row] = found.readings

    assert (row.judged, row.precision, row.low, row.high) == (0, None, 0.0, 1.0)
    assert (found.bits, found.more) == (None, LEAST)
    assert found.sentence.startswith("0 judgements")


@pytest.mark.parametrize(
    ("pairs", "judged", "kept"), [(7, 7, 7), (8, 5, 10), (7, 5, 5), (9, 0, 10)]
)
def test_what_nobody_judged_is_rounded_and_what_is_known_stays_known(pairs, judged, kept):
    assert rounded_band(Band(0.0, pairs, judged)).pairs == kept
