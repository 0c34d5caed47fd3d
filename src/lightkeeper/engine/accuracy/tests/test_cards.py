"""A card tells how groups are linked and finds nobody: its numbers are held to exact counts."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.accuracy.cards import (
    card_from_json,
    card_of,
    interval,
    rounded,
    worse_off,
)
from lightkeeper.engine.accuracy.clusters import score_pairs
from lightkeeper.engine.accuracy.labelled import (
    Ends,
    ends_of_judged,
    ends_of_truth,
    share_covered,
    stand_for,
)
from lightkeeper.engine.accuracy.suppressing import LEAST, Sums, shown_alone
from lightkeeper.engine.errors import ShapeError

GROUPS = ("a", "b", "c", "d")


@st.composite
def labelled(draw):
    """Records of people, how they were put together, and a group of each."""
    rows = draw(st.integers(1, 150))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    person = random.integers(0, max(rows // 2, 1), rows)
    found = np.where(random.random(rows) < 0.8, person, person + random.integers(0, 3, rows))
    skew = draw(st.sampled_from([(1, 1, 1, 1), (40, 10, 1, 0), (100, 1, 0, 0), (50, 50, 1, 1)]))
    group = random.choice(4, rows, p=np.array(skew) / sum(skew))
    return person, found, group


def card(person, found, group):
    return card_of(ends_of_truth(person, found), {"group": (GROUPS, group)})


def exact(ends, rows):
    counted = rows & ((ends.joined > 0) | (ends.true > 0))
    people = len(np.unique(ends.person[counted]))
    return people, int(ends.joined[rows].sum()), int(ends.true[rows].sum())


@given(labelled())
def test_no_number_rests_on_fewer_than_five_people_or_pairs(some):
    ends = ends_of_truth(*some[:2])
    for at, row in enumerate(card(*some).tables[0].rows):
        if not row.suppressed:
            assert min(exact(ends, some[2] == at)) >= LEAST
            assert {row.people % 5, row.joined % 5, row.true % 5} == {0}
        else:
            assert row == type(row)(row.group)


@given(labelled())
def test_what_is_suppressed_cannot_be_worked_out_by_subtraction(some):
    """Whoever knows the whole and each group that is shown still does not know of any other
    whether it is empty or large enough."""
    found = card(*some)
    hidden = [row for row in found.tables[0].rows if row.suppressed]
    if found.whole.suppressed:
        assert len(hidden) == len(GROUPS)
        return
    shown = [row for row in found.tables[0].rows if not row.suppressed]
    for count in ("joined", "true"):
        rest = getattr(found.whole, count) + 2 - sum(getattr(row, count) - 2 for row in shown)
        most = rest  # the others may have nothing
        least = 0 if len(hidden) > 1 else rest
        for _ in hidden:
            assert least < LEAST <= most


@given(labelled())
def test_of_groups_that_hide_one_another_the_counts_together_are_five_or_more(some):
    ends, found = ends_of_truth(*some[:2]), card(*some)
    hidden = [at for at, row in enumerate(found.tables[0].rows) if row.suppressed]
    if hidden and not found.whole.suppressed:
        assert len(hidden) >= 2
        assert min(exact(ends, np.isin(some[2], hidden))[1:]) >= LEAST


@pytest.mark.parametrize(
    ("large", "small", "shown"),
    [
        # One person with much about them, beside a group of nobody.
        ([(400, 400), (300, 300)], [(1, 15), (0, 0)], {0}),
        ([(400, 400)], [(1, 15), (0, 0)], set()),
        # Two people with much about each are still two people.
        ([(400, 400), (300, 300)], [(1, 15), (1, 15)], {0}),
        ([(400, 400), (300, 300)], [(3, 15), (3, 15)], {0, 1}),
    ],
)
def test_a_group_of_nobody_hides_no_small_one_and_the_hidden_are_five_people(large, small, shown):
    sums = [
        Sums(*[1000 * at + np.arange(people)] * 2, pairs, 2 * pairs, 1.0, 1.0, 1.0)
        for at, (people, pairs) in enumerate(large + small)
    ]
    assert shown_alone(sums) == shown


@given(labelled())
def test_an_estimate_holds_the_exact_share_within_its_interval(some):
    person, found, group = some
    whole = card(person, found, group).whole
    if whole.suppressed:
        return
    score = score_pairs(person, found)
    for rate, true in ((whole.precision, score.precision), (whole.recall, score.recall)):
        assert rate.low - 1e-9 <= true <= rate.high + 1e-9
        if rate.bound == "at least":
            assert rate.share <= true
        if rate.bound == "at most":
            assert rate.share >= true


def pairs(right, wrong, missed, people=None):
    """Judged pairs of one group: joined rightly, joined wrongly, and not joined though the same."""
    count = right + wrong + missed
    persons = np.arange(2 * count).reshape(-1, 2) % (people or 2 * count)
    joined = np.arange(count) < right + wrong
    same = (np.arange(count) < right) | (np.arange(count) >= right + wrong)
    return ends_of_judged(persons, joined, same, np.ones(count))


@given(st.integers(30, 60), st.integers(0, 1), st.integers(0, 1))
def test_a_mistake_more_or_less_of_a_few_shows_nothing(right, wrong, missed):
    """Fewer than five mistakes are all alike: not even none is told from one."""

    def shown(*counts):
        ends = pairs(*counts, people=20)
        return card_of(ends, {"group": (GROUPS, np.zeros(len(ends.person), int))}).to_json()

    base = 5 * (right // 5)
    assert shown(base, wrong, missed) == shown(base, 0, 0)


def test_few_mistakes_are_a_bound_and_many_a_share():
    few, many = card_of(pairs(50, 1, 0), {}), card_of(pairs(50, 50, 100), {})

    assert (few.whole.precision.bound, few.whole.precision.share) == ("at least", 0.95)
    assert (many.whole.precision.bound, many.whole.precision.share) == ("", 0.5)
    assert many.whole.precision.low < 0.5 < many.whole.precision.high
    assert many.whole.recall.share == 0.33


def test_a_group_of_four_people_is_suppressed_however_many_pairs_it_has():
    group = np.zeros(400, int)
    group[:40], group[40:140] = 1, 3
    ends = pairs(200, 0, 0)
    ends = Ends(np.where(group == 1, ends.person % 4, ends.person + 4), ends.unit, ends.joined,
                ends.true, ends.right, ends.stands_for)  # fmt: skip
    rows = card_of(ends, {"group": (("most", "few", "none", "some"), group)}).tables[0].rows

    assert [row.suppressed for row in rows] == [False, True, True, True]
    two = card_of(ends, {"group": (("most", "few"), group == 1)}).tables[0].rows
    assert [row.suppressed for row in two] == [True, True]


def test_fewer_people_make_a_wider_interval_than_pairs_would():
    narrow, wide = card_of(pairs(60, 60, 0), {}), card_of(pairs(60, 60, 0, people=10), {})

    assert wide.whole.precision.low < narrow.whole.precision.low


def test_judged_pairs_stand_for_all_of_their_weight():
    every = [10.0] * 90 + [0.0] * 10
    weights = stand_for(every, [10.0, 0.0, 0.0, np.nan])

    assert weights.tolist() == [90.0, 5.0, 5.0, 1.0]
    assert share_covered([10.0] * 90 + [0.0] * 30, [0.5]) == 0.25
    assert share_covered([], [0.5]) == 0.0


def test_what_is_judged_most_does_not_drown_what_is_joined_most():
    """Of 1,000 sure pairs 20 were judged, all right; of 40 doubtful all, and half were wrong."""
    every = np.r_[np.full(1000, 10.0), np.full(40, 5.0)]
    judged = np.r_[np.full(20, 10.0), np.full(40, 5.0)]
    same = np.r_[np.ones(20, bool), np.arange(40) % 2 == 0]
    ends = ends_of_judged(
        np.arange(120).reshape(-1, 2), np.ones(60, bool), same, stand_for(every, judged)
    )
    plain = ends_of_judged(np.arange(120).reshape(-1, 2), np.ones(60, bool), same, np.ones(60))

    assert card_of(ends, {}).whole.precision.bound == "at least"
    assert card_of(plain, {}).whole.precision.share == pytest.approx(0.67, abs=0.01)
    assert card_of(ends, {}).whole.precision.low < card_of(ends, {}).whole.precision.share


def test_a_group_whose_interval_lies_below_the_whole_is_named_and_others_are_not():
    group = np.tile(np.r_[np.zeros(100, int), np.ones(100, int)], 2)
    same = np.r_[np.ones(100, bool), np.arange(100) < 40]
    ends = ends_of_judged(
        np.arange(400).reshape(-1, 2), np.ones(200, bool), same, np.ones(200)
    )  # fmt: skip
    [one] = worse_off(card_of(ends, {"group": (("well", "badly"), group)}))

    assert (one.group, one.measure) == ("badly", "precision")
    assert one.rate.high < one.whole.share
    assert worse_off(card_of(ends, {"group": (("all",), np.zeros(400, int))})) == []


def test_a_card_comes_back_from_its_json():
    made = card_of(
        pairs(50, 30, 20), {"group": (("a", "b"), np.arange(200) % 2)}, covered=0.756
    )  # fmt: skip

    assert card_from_json(json.loads(json.dumps(made.to_json()))) == made
    assert made.covered == 0.75


@pytest.mark.parametrize(("count", "shown"), [(2, 0), (3, 5), (7, 5), (8, 10), (12.5, 15)])
def test_counts_are_rounded_to_the_nearest_five(count, shown):
    assert rounded(count) == shown


def test_an_interval_is_wilsons():
    assert interval(0.9, 50) == pytest.approx((0.7864, 0.9565), abs=5e-4)
    assert interval(0.5, 0) == (0.0, 1.0)


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError):
        card_of(pairs(5, 5, 5), {"group": (GROUPS, [0, 1])})
    with pytest.raises(ShapeError):
        ends_of_truth([1, 2], [1])
