from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise

import numpy as np
import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.changes import PENALTY, change_points, overdispersion, split_gains
from lightkeeper.engine.trends.confidence import (
    chance_of_split,
    least_discovery_rates,
    shuffles_for,
)
from lightkeeper.engine.trends.counting import Counts, count
from lightkeeper.engine.trends.finding import find_changes
from lightkeeper.engine.trends.periods import Size, name_of, number_of, read_day, start_of
from lightkeeper.engine.trends.seasons import season_factors


def counts_of(table, size=Size.MONTH, first=480):
    table = np.asarray(table, np.int64)
    return Counts(size, first, tuple((f"s{at:04}",) for at in range(len(table))), table)


def found(table, exposure=None, **words):
    counts = counts_of(table)
    exposure = np.ones(counts.table.shape) if exposure is None else exposure
    return find_changes(counts, exposure, np.ones(counts.table.shape, bool), **words)


# --- Periods and counts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size", "start", "name"),
    [
        ("2026-01-01", Size.WEEK, "2025-12-29", "2026-W01"),
        ("2026-02-28T23:59:00Z", Size.MONTH, "2026-02-01", "2026-02"),
        ("31/12/2025", Size.QUARTER, "2025-10-01", "2025-Q4"),
        ("2009_q2", Size.QUARTER, "2009-04-01", "2009-Q2"),
        ("2020-W53", Size.WEEK, "2020-12-28", "2020-W53"),
        ("1969-12-31", Size.MONTH, "1969-12-01", "1969-12"),
    ],
)
def test_a_day_is_in_a_period_that_has_a_start_and_a_name(text, size, start, name):
    number = number_of(read_day(text, size), size)

    assert (start_of(number, size).isoformat(), name_of(number, size)) == (start, name)


@pytest.mark.parametrize("size", Size)
def test_every_day_is_in_the_period_between_its_start_and_the_next(size):
    for day in (date(2019, 12, 20) + timedelta(at) for at in range(800)):
        number = number_of(day, size)
        assert start_of(number, size) <= day < start_of(number + 1, size)


def test_the_order_of_rows_changes_no_count_and_a_gap_is_nought():
    days = [date(2026, 1, 3), date(2026, 4, 1), date(2026, 1, 30)]
    labels = [("b",), ("a",), ("b",)]

    one = count(days, labels, Size.MONTH, until=date(2026, 6, 2))
    other = count(days[::-1], labels[::-1], Size.MONTH, until=date(2026, 6, 2))

    assert one.names == other.names == (("a",), ("b",))
    assert one.table.tolist() == other.table.tolist() == [[0, 0, 0, 1, 0, 0], [2, 0, 0, 0, 0, 0]]
    assert one.whole(date(2026, 1, 3), date(2026, 6, 2)).tolist() == [False, *[True] * 4, False]


def test_what_is_not_as_many_cannot_be_counted():
    with pytest.raises(ShapeError, match="2 days, 1 labels"):
        count([date(2026, 1, 3)] * 2, [("b",)], Size.MONTH)
    with pytest.raises(ShapeError, match="no rows"):
        count([date(2026, 1, 3)], [("b",)], Size.MONTH, until=date(2026, 1, 1))


# --- One series --------------------------------------------------------------------------------


def cost_of(counts, exposure, bounds, spread):
    """The plain way: what a set of segments costs."""
    total = PENALTY * spread * np.log(len(counts)) / 2 * (len(bounds) - 2)
    for since, until in pairwise(bounds):
        seen, share = counts[since:until].sum(), exposure[since:until].sum() / exposure.sum()
        total -= seen * np.log(seen / share) if seen else 0
    return total


@pytest.mark.parametrize("seed", range(12))
def test_the_change_points_are_the_best_of_all_there_could_be(seed):
    rng = np.random.default_rng(seed)
    rates = np.repeat(rng.uniform(1, 20, 3), 4)
    exposure = rng.uniform(0.5, 2, 12)
    counts = rng.poisson(rates * exposure).astype(float)
    sets = [
        (0, *inner, 12)
        for many in range(6)
        for inner in combinations(range(2, 11), many)
        if min(np.diff((0, *inner, 12))) >= 2
    ]

    best = min(sets, key=lambda bounds: cost_of(counts, exposure, bounds, 1.0))

    assert tuple(split.at for split in change_points(counts, exposure, 1.0)) == best[1:-1]


def test_a_change_says_where_else_it_could_be():
    counts = np.array([4] * 10 + [5, 7] + [9] * 10, float)
    [split] = change_points(counts, np.ones(22), 1.0)

    assert split.earliest < split.at < split.latest
    assert (split.since, split.until) == (0, 22)


def test_no_segment_is_one_period_and_a_short_series_has_no_change():
    assert change_points(np.array([5, 5, 5, 5, 5, 99.0]), np.ones(6), 1.0) != []
    assert all(
        split.until - split.at >= 2 and split.at - split.since >= 2
        for split in change_points(np.array([1, 99, 1, 99, 1, 99.0]), np.ones(6), 1.0)
    )
    assert change_points(np.array([1, 90, 90.0]), np.ones(3), 1.0) == []
    assert not np.isfinite(split_gains(np.ones(3), np.ones(3))).any()


@pytest.mark.parametrize("exposure", [np.zeros(6), np.ones(5)])
def test_an_exposure_is_above_nought_and_one_for_each_period(exposure):
    with pytest.raises(ShapeError):
        change_points(np.ones(6), exposure, 1.0)


def test_overdispersion_is_one_for_poisson_more_for_more_and_a_change_moves_it_little():
    rng = np.random.default_rng(5)
    poisson = rng.poisson(20, (40, 60)).astype(float)
    wide = rng.negative_binomial(20 / 3, 1 / 4, (40, 60)).astype(float)
    changed = np.concatenate([poisson[:, :30], 2 * poisson[:, 30:] // 2 + 20], axis=1)
    ones = np.ones((40, 60))

    assert overdispersion(poisson, ones).mean() == pytest.approx(1.05, abs=0.1)
    assert overdispersion(wide, ones).mean() == pytest.approx(4, abs=0.4)
    assert overdispersion(changed, ones).mean() < 1.4


# --- Confidence --------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "varied"), [(0, False), (2, False), (2, True)])
def test_where_nothing_changes_a_chance_is_as_small_as_it_says(size, varied):
    rng = np.random.default_rng(3)
    chances = []
    for _ in range(300):
        exposure = rng.uniform(0.5, 2, 36) if varied else np.ones(36)
        mean = 4 * exposure
        counts = rng.negative_binomial(mean, 0.5) if size else rng.poisson(mean)
        chances.append(chance_of_split(counts.astype(float), exposure, seed=1, shuffles=199))

    # Four standard deviations above what is said, for 300 tries.
    for level in (0.05, 0.2):
        allowed = level + 4 * np.sqrt(level * (1 - level) / 300)
        assert np.mean(np.array(chances) <= level) <= allowed
    assert np.mean(np.array(chances) <= 0.5) > 0.35


def test_a_series_of_nothing_is_no_change():
    assert chance_of_split(np.zeros(20), np.ones(20), seed=1, shuffles=99) == 1
    assert chance_of_split(np.ones(3), np.ones(3), seed=1, shuffles=99) == 1


def test_rates_of_false_discovery_are_those_of_benjamini_and_hochberg():
    rates = least_discovery_rates(np.array([0.04, 0.001, 0.03, 0.5]))

    assert rates == pytest.approx([0.16 / 3, 0.004, 0.16 / 3, 0.5])
    assert (shuffles_for(1, 0.05), shuffles_for(100, 0.05)) == (4999, 8000)


# --- Many series -------------------------------------------------------------------------------


def planted(seed=1, flat=40, changed=10):
    rng = np.random.default_rng(seed)
    rates = np.full((flat + changed, 40), 12.0)
    rates[flat:, 25:] = 30
    return rng.negative_binomial(rates, 0.5)


def test_planted_changes_are_found_where_they_are_and_few_others():
    changes = found(planted()).changes
    true = [one for one in changes if one.name[0] >= "s0040"]

    assert len(true) >= 9
    assert all(abs(one.at - 480 - 25) <= 2 and one.rose for one in true)
    assert sum(one.low < 2.5 < one.high for one in true) >= 8
    assert len(changes) - len(true) <= 2


def test_without_a_change_few_tables_have_one():
    tables = 120
    alarms = sum(
        bool(found(np.random.default_rng(seed).negative_binomial(10, 0.5, (12, 30))).changes)
        for seed in range(tables)
    )

    # Where nothing changes the rate of false discoveries is the share of tables with any.
    assert alarms <= tables * 0.05 + 4 * np.sqrt(tables * 0.05 * 0.95)


def test_the_order_of_series_changes_nothing():
    counts = counts_of(planted())
    order = np.random.default_rng(9).permutation(len(counts.names))
    turned = replace(
        counts, names=tuple(counts.names[at] for at in order), table=counts.table[order]
    )
    ones, all_of = np.ones(counts.table.shape), np.ones(counts.table.shape, bool)

    one, other = (find_changes(each, ones, all_of).changes for each in (counts, turned))

    assert one
    assert sorted(one, key=lambda each: each.name) == sorted(other, key=lambda each: each.name)


@pytest.mark.parametrize("factor", [3.0, 1e-6, 12_345.678])
def test_a_constant_factor_of_exposure_changes_nothing(factor):
    exposure = np.random.default_rng(2).uniform(0.5, 2, (50, 40))
    one, other = (found(planted(), each).changes for each in (exposure, exposure * factor))

    assert one
    assert [(each.name, each.at, each.chance) for each in one] == [
        (each.name, each.at, each.chance) for each in other
    ]
    assert [each.ratio for each in one] == pytest.approx([each.ratio for each in other])


def test_what_exposure_explains_is_no_change():
    exposure = np.tile(np.repeat([1.0, 3.0], 20), (10, 1))
    tables = [np.random.default_rng(seed).poisson(10 * exposure) for seed in range(40)]

    assert sum(bool(found(table, exposure).changes) for table in tables) <= 40 * 0.05 + 5.6
    assert all(len(found(table).changes) == 10 for table in tables[:3])


def test_a_period_that_may_play_no_part_raises_no_change():
    table = np.full((1, 20), 20)
    table[0, -3:] = 1
    usable = np.ones((1, 20), bool)
    assert found(table).changes
    usable[0, -3:] = False

    assert find_changes(counts_of(table), np.ones((1, 20)), usable).changes == ()


def test_two_changes_of_one_series_are_both_told():
    table = np.random.default_rng(7).poisson(np.repeat([5, 25, 8], 20))[None]
    changes = found(table).changes

    assert [one.rose for one in changes] == [True, False]
    assert [one.at - 480 for one in changes] == pytest.approx([20, 40], abs=1)


def test_few_periods_or_records_are_not_looked_at():
    assert found(np.full((3, 7), 50)).looked_at == 0
    assert found(np.eye(9, 40, dtype=int)).looked_at == 0
    with pytest.raises(ShapeError):
        find_changes(counts_of(np.ones((2, 9))), np.ones((2, 8)), np.ones((2, 9), bool))


# --- Seasons -----------------------------------------------------------------------------------


def test_a_season_is_told_from_a_change():
    counts = counts_of(np.zeros((8, 72), int))
    seasons = counts.seasons
    factor = np.where(seasons < 3, 2.0, 2 / 3)
    table = np.random.default_rng(6).poisson(20 * factor, (8, 72))
    table[0, 50:] *= 2

    estimated = season_factors(table, np.ones(table.shape), seasons)
    [change] = found(table, np.tile(estimated, (8, 1))).changes

    assert estimated == pytest.approx(factor, rel=0.15)
    assert (change.name, change.at - 480) == (("s0000",), 50)


def test_less_than_four_years_have_no_season():
    table = np.random.default_rng(6).poisson(20, (8, 40))

    assert (season_factors(table, np.ones(table.shape), counts_of(table).seasons) == 1).all()
