"""Which threshold keeps a promise, by what people said of pairs drawn at random."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.bands import FLOORS, drawn, lot_of
from lightkeeper.engine.linkage.choosing import (
    Band,
    bands_from,
    choose_threshold,
    first_judged,
    read,
)

MANY = 10_000_000


@pytest.mark.parametrize(
    ("same", "different"), [(59, 0), (73, 0), (70, 3), (5, 5), (1, 20), (368, 0), (900, 100)]
)
def test_one_band_has_the_interval_of_clopper_and_pearson(same, different):
    found = read([Band(0.0, MANY, same, different)])

    low = beta.ppf(0.025, same, different + 1)
    high = beta.ppf(0.975, same + 1, different) if different else 1.0
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert found.precision == pytest.approx(same / (same + different))


@pytest.mark.parametrize(
    ("bands", "low", "high"),
    [
        ([Band(0.0, 50, 48, 2)], 0.96, 0.96),  # all judged: known exactly
        ([Band(0.0, 50, 0, 50)], 0.0, 0.0),
        ([Band(0.0, 100)], 0.0, 1.0),  # nobody said a thing
        ([Band(0.0, 100, unsure=100)], 0.0, 1.0),
        ([Band(0.0, 10, 10), Band(4.0, 90, 81, 9)], 0.91, 0.91),
        ([Band(0.0, 50, 40, 0, unsure=10)], 0.8, 1.0),
        ([Band(0.0, 75), Band(4.0, 25, 25)], 0.25, 1.0),
        ([], 0.0, 1.0),
    ],
)
def test_what_is_known_for_certain_has_no_width(bands, low, high):
    found = read(bands)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


some_bands = st.lists(
    st.tuples(st.integers(0, 400), *(st.integers(0, 60) for _ in range(3))), min_size=1, max_size=6
).map(
    lambda said: [
        Band(float(at), left + same + different + unsure, same, different, unsure)
        for at, (left, same, different, unsure) in enumerate(said)
    ]
)


@settings(max_examples=60, deadline=None)
@given(some_bands)
def test_the_interval_holds_the_estimate_and_turns_with_the_verdicts(bands):
    found = read(bands)
    turned = read([Band(b.floor, b.pairs, b.different, b.same, b.unsure) for b in bands])

    assert 0 <= found.low <= found.high + 2e-3
    if found.precision is not None and not any(band.unsure for band in bands):
        assert found.low - 2e-3 <= found.precision <= found.high + 2e-3
    assert turned.low == pytest.approx(1 - found.high, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(some_bands, st.data())
def test_one_more_pair_judged_different_never_raises_the_lower_bound(bands, data):
    at = data.draw(st.integers(0, len(bands) - 1))
    one = bands[at]
    worse = Band(one.floor, one.pairs + 1, one.same, one.different + 1, one.unsure)

    after = read([*bands[:at], worse, *bands[at + 1 :]])

    assert after.low <= read(bands).low + 1e-3


def test_the_bounds_hold_as_often_as_they_say():
    """Five hundred drawings of three bands: each bound may fail in two and a half of a hundred, and
    two more are chance.
    """
    generator, runs = np.random.default_rng(5), 500
    sizes, right = (400, 3000, 20_000), (0.6, 0.9, 0.99)
    truth = sum(n * p for n, p in zip(sizes, right, strict=True)) / sum(sizes)
    below = above = 0
    for _ in range(runs):
        bands = []
        for floor, (size, share) in enumerate(zip(sizes, right, strict=True)):
            judged = 60
            same = int(generator.hypergeometric(round(size * share), round(size * (1 - share)),
                                                judged))  # fmt: skip
            bands.append(Band(float(floor), size, same, judged - same))
        found = read(bands)
        below += found.high < truth
        above += found.low > truth
    assert below <= 0.045 * runs
    assert above <= 0.045 * runs


def test_the_chosen_threshold_seldom_falls_short_of_the_target():
    """However many thresholds are tried: in two and a half drawings of a hundred, and two in eighty
    more are chance. Here 3 bits miss the target of .9 by a hair and 4 bits meet it.
    """
    generator, runs, target = np.random.default_rng(7), 80, 0.9
    weight = np.repeat(np.array(FLOORS[5:10]), (900, 900, 900, 900, 5400))
    chance = np.repeat([0.3, 0.5, 0.6, 0.7, 0.98], (900, 900, 900, 900, 5400))
    truth = generator.random(len(weight)) < chance
    left = np.arange(len(weight))
    chosen, wrong = 0, 0
    for seed in range(runs):
        rows = drawn(left, left + 1, weight, most=500, seed=seed)
        said = ["SAME" if truth[row] else "DIFFERENT" for row in rows]
        bits = choose_threshold(bands_from(weight, rows, said), target).bits
        chosen += bits is not None
        wrong += bits is not None and truth[weight >= bits].mean() < target
    assert chosen > 0.9 * runs
    assert wrong <= 4


def test_the_lowest_weight_that_keeps_the_promise_is_chosen_and_said_in_words():
    bands = [Band(0.0, 400, 15, 25), Band(2.0, 700, 60, 1), Band(8.0, 30_000, 300)]

    choice = choose_threshold(bands, 0.95)

    assert choice.bits == 0.0
    assert choose_threshold(bands, 0.98).bits == 2.0
    assert choice.more is None
    assert choice.chosen is not None
    assert choice.sentence == (
        "From 0 bits up there are 31,100 links. 401 of them, drawn at random and judged, say that "
        f"about 99.2%, and with 95% confidence between {choice.chosen.low:.1%} and "
        f"{choice.chosen.high:.1%} of them are right. It is the lowest weight that is shown to "
        "meet the target of 95.0%."
    )


def test_too_few_judgements_choose_nothing_and_say_how_many_more_may_do():
    choice = choose_threshold([Band(0.0, MANY, 30)], 0.95)

    assert choice.bits is None
    assert choice.more is not None
    assert 38 <= choice.more <= 48  # 73 in all, give or take the search
    assert "do not show" in choice.sentence
    assert f"About {choice.more} more may settle it" in choice.sentence


def test_where_the_links_themselves_fall_short_more_judgements_are_not_asked_for():
    choice = choose_threshold([Band(0.0, MANY, 80, 20)], 0.95)

    assert (choice.bits, choice.more) == (None, None)
    assert "more would not help" in choice.sentence


def test_nothing_to_go_by_is_said_too():
    for bands in ([], [Band(0.0, 0)]):
        choice = choose_threshold(bands, 0.95)
        assert (choice.bits, choice.readings) == (None, ())
        assert choice.sentence.startswith("0 judgements on links drawn at random do not show")


def test_a_threshold_below_one_that_fell_short_is_not_reached_over_it():
    """The middle band is bad; the lowest is large and good, so that all together would pass."""
    bands = [Band(0.0, 50_000, 500), Band(2.0, 900, 0, 60), Band(8.0, 1000, 120)]

    assert choose_threshold(bands, 0.95).bits == 8.0


def test_judged_rows_are_counted_in_their_bands():
    weight = [-9.0, -1.0, -0.5, 0.0, 30.0, 30.0]

    bands = bands_from(weight, [0, 1, 3, 5], ["SAME", "DIFFERENT", "UNSURE", "SAME"])

    found = {band.floor: (band.pairs, band.same, band.different, band.unsure) for band in bands}
    assert found[-1.0] == (2, 0, 1, 0)
    assert found[0.0] == (1, 0, 0, 1)
    assert found[16.0] == (2, 1, 0, 0)
    assert sum(band.judged for band in bands) == 3  # the first lies below every band


@pytest.mark.parametrize(
    "broken",
    [
        lambda: choose_threshold([Band(0.0, 10, 11)], 0.9),
        lambda: choose_threshold([Band(0.0, 10, 1)], 1.0),
        lambda: choose_threshold([Band(0.0, 10, 1)], 0.9, 1.0),
        lambda: bands_from([1.0], [0, 0], ["SAME", "SAME"]),
        lambda: bands_from([1.0], [0], []),
        lambda: lot_of([1], [1, 2]),
    ],
)
def test_what_does_not_fit_is_refused(broken):
    with pytest.raises(ShapeError):
        broken()


@pytest.mark.parametrize(
    ("verdicts", "counted"),
    [
        (["SAME", None, "SAME", "SAME"], ["SAME"]),  # what was judged out of its turn
        ([None, "SAME", "SAME"], []),
        (["SAME"] * 48 + [None, "SAME", None, "SAME"], ["SAME"] * 48 + ["UNSURE", "SAME"]),
        (["DIFFERENT", "SAME", None], ["DIFFERENT", "SAME"]),
        ([], []),
    ],
)
def test_a_judged_pair_counts_as_drawn_once_those_before_it_are_judged(verdicts, counted):
    assert first_judged(verdicts) == counted
