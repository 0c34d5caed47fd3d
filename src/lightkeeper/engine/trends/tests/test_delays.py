import numpy as np
import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.delays import completeness, estimate, share_in_by, unevenness
from lightkeeper.engine.trends.emerging import find_emerging


def arrived(seed, days=720, a_day=3.0, middle=12.0):
    """Days of events and of report, as they stand on the last day."""
    rng = np.random.default_rng(seed)
    events = np.repeat(np.arange(days), rng.poisson(a_day, days))
    reported = events + rng.geometric(1 / middle, len(events)) - 1
    late = reported >= days
    return events[~late], reported[~late], int(late.sum())


def test_shares_in_are_those_that_there_are_though_late_ones_are_not_in_yet():
    events, reported, _ = arrived(1)
    shares = share_in_by(events, reported, 719)

    true = 1 - (1 - 1 / 12) ** np.arange(1, 41)
    assert shares[:40] == pytest.approx(true, abs=0.03)
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1


def test_what_is_not_in_is_not_taken_for_what_does_not_come():
    # Of the last eight days only what came at once is in; of the earlier half came after eight.
    events = np.concatenate([np.repeat(np.arange(92), 2), np.arange(92, 100)])
    reported = events + np.concatenate([np.tile([0, 8], 92), np.zeros(8, int)])

    shares = share_in_by(events, reported, 99)

    assert shares[[0, 7, 8]] == pytest.approx([0.5, 0.5, 1])


@pytest.mark.parametrize(("events", "reported"), [([5], [4]), ([5], [21]), ([], []), ([1, 2], [3])])
def test_a_report_lies_between_its_event_and_today(events, reported):
    with pytest.raises(ShapeError):
        share_in_by(np.array(events, int), np.array(reported, int), 20)


def test_a_period_is_as_complete_as_its_days_and_a_day_to_come_is_not_in():
    shares = np.array([0.5, 0.75, 1.0])

    found = completeness(shares, np.array([0, 2, 4, 6]), today=4)

    assert found == pytest.approx([1.0, (1.0 + 0.75) / 2, 0.25])


def test_what_a_period_will_come_to_lies_in_its_interval_nine_times_of_ten():
    rng = np.random.default_rng(8)
    for complete in (0.3, 0.7, 0.9):
        whole = rng.poisson(rng.uniform(5, 60, 400))
        seen = rng.binomial(whole, complete)
        found = [estimate(int(one), complete) for one in seen]

        held = np.mean([
            one.low <= true <= one.high for one, true in zip(found, whole, strict=True)
        ])  # fmt: skip
        assert held == pytest.approx(0.92, abs=0.05)
        assert np.mean([one.most_likely for one in found]) == pytest.approx(whole.mean(), rel=0.06)


def test_uneven_shares_widen_the_interval_until_it_holds():
    rng = np.random.default_rng(9)
    whole = rng.poisson(80, 300)
    seen = rng.binomial(whole, rng.beta(0.6 * 30, 0.4 * 30, 300))

    def held(uneven):
        found = [estimate(int(one), 0.6, uneven) for one in seen]
        return np.mean([one.low <= true <= one.high for one, true in zip(found, whole)])  # noqa: B905

    assert held(0.0) < 0.85
    assert held(1 / 31) == pytest.approx(0.92, abs=0.05)


def test_unevenness_is_learnt_from_past_periods_at_the_same_age():
    rng = np.random.default_rng(4)
    starts = np.arange(0, 1260, 30)
    found = []
    for even in (True, False):
        middle = 15 if even else np.where(rng.uniform(size=42) < 0.5, 4.0, 40.0)
        events = np.repeat(np.arange(1230), 4)
        a_day = np.broadcast_to(middle, 42)[events // 30]
        reported = events + rng.geometric(1 / a_day) - 1
        in_now = reported <= 1229
        found.append(unevenness(events[in_now], reported[in_now], starts, 1229, 40))

    assert found[0] < 0.01 < 0.03 < found[1]


def test_too_little_says_nothing_and_all_says_what_is_there():
    assert estimate(3, 0.05) is None
    whole = estimate(7, 1.0)
    assert (whole.most_likely, whole.low, whole.high) == (7, 7, 7)
    assert estimate(0, 0.5).low == 0 < estimate(0, 0.5).high


# --- What is new -------------------------------------------------------------------------------


def test_a_label_that_only_late_periods_have_is_new_and_one_seen_before_is_not():
    table = np.full((4, 30), 3)
    table[1:, :] = 0
    table[1, -3:] = 4
    table[2, -1] = 2
    table[3, [0, -1, -2]] = [1, 9, 9]

    [new] = find_emerging(table, np.ones(table.shape))

    assert (new.series, new.first, new.records) == (1, 27, 12)
    assert new.discovery_rate < 0.001


def test_what_was_not_looked_for_before_is_not_new():
    table = np.zeros((1, 30), int)
    table[0, -3:] = 4
    exposure = np.ones((1, 30))
    assert find_emerging(table, exposure)
    exposure[0, :-3] = 0

    assert find_emerging(table, exposure) == []


def test_an_incomplete_period_plays_no_part_and_the_recent_are_those_before():
    table = np.zeros((2, 30), int)
    table[0, 26:29], table[1, 29] = 5, 5
    exposure = np.ones((2, 30))
    exposure[:, 29] = 0

    assert [one.series for one in find_emerging(table, exposure)] == [0]


def test_rare_labels_of_an_unchanged_world_are_seldom_called_new():
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        table = rng.poisson(np.outer(rng.uniform(0.005, 0.3, 80), np.ones(36)))
        alarms += bool(find_emerging(table, np.ones(table.shape)))

    assert alarms <= 200 * 0.05 + 4 * np.sqrt(200 * 0.05 * 0.95)


def test_clumps_are_allowed_for():
    def alarms(spread):
        found = 0
        for seed in range(150):
            rng = np.random.default_rng(seed)
            table = 4 * rng.poisson(np.full((30, 24), 0.04))
            found += bool(find_emerging(table, np.ones(table.shape), spread=spread))
        return found

    # Fours together vary four times as much; not told so, chance is called new.
    assert alarms(4.0) <= 150 * 0.05 + 4 * np.sqrt(150 * 0.05 * 0.95) < alarms(1.0)


def test_new_labels_do_not_depend_on_their_order_or_on_a_constant_factor():
    rng = np.random.default_rng(2)
    table = rng.poisson(0.2, (60, 30))
    table[:5, :-3], table[:5, -3:] = 0, 4
    exposure, order = rng.uniform(1, 2, (60, 30)), rng.permutation(60)
    one = find_emerging(table, exposure)
    other = find_emerging(table[order], 7 * exposure[order])

    assert len(one) >= 5
    assert {each.series for each in one} == {int(order[each.series]) for each in other}
    with pytest.raises(ShapeError):
        find_emerging(table, exposure[1:])
