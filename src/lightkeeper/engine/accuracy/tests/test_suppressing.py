"""No sum and difference of what two tables show tells a small set: one who tries them all."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lightkeeper.engine.accuracy.cards import card_of
from lightkeeper.engine.accuracy.labelled import Ends
from lightkeeper.engine.accuracy.suppressing import (
    LEAST,
    is_enough,
    shown_alone,
    shown_together,
    sums_of,
)

GROUPS = 4


def ends_of(person, joined, true):
    count = len(person)
    unit = np.asarray(person) // 2 if count % 2 else np.asarray(person)
    return Ends(*(np.asarray(one, np.int64) for one in (person, unit, joined, true, true)),
                np.ones(count))  # fmt: skip


@st.composite
def grouped(draw):
    """Ends of people, and two or three tables, the later of which mostly follow the first."""
    rows = draw(st.integers(20, 90))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    person = random.integers(0, max(rows // draw(st.integers(1, 3)), 1), rows)
    ends = ends_of(person, random.integers(0, 3, rows), random.integers(0, 3, rows))
    first = random.choice(GROUPS, rows, p=[0.4, 0.3, 0.2, 0.1])
    strays = draw(st.sampled_from([0.0, 0.03, 0.1, 0.5]))
    others = [
        np.where(random.random(rows) < strays, random.integers(0, GROUPS, rows),
                 random.permutation(GROUPS)[first] // draw(st.sampled_from([1, 2])))
        for _ in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    return ends, [first, *others]


def tables_of(ends, codes):
    return [(one, sums_of(ends, one, one.max() + 1)) for one in codes]


def small_sets(ends, groups):
    """What somebody finds who adds and subtracts the sets they know, each once at most: every set
    of ends, not empty, that is fewer than five of any count.
    """
    counted = (ends.joined > 0) | (ends.true > 0)
    sets, of = np.unique(np.array(groups)[:, counted], axis=1, return_inverse=True)
    signs = np.array(list(product((-1, 0, 1), repeat=len(groups))))
    values = signs @ sets
    told = values[((values == 0) | (values == 1)).all(axis=1) & values.any(axis=1)]
    for one in np.unique(told, axis=0):
        rows = np.nonzero(counted)[0][one[of.reshape(-1)] == 1]
        least = min(
            len(np.unique(ends.person[rows])), len(np.unique(ends.unit[rows])),
            ends.joined[rows].sum(), ends.true[rows].sum(),
        )  # fmt: skip
        if least < LEAST:
            yield rows


def known(codes, shown):
    return [np.ones(len(codes[0]), np.int64)] + [
        (code == at).astype(np.int64)
        for code, there in zip(codes, shown, strict=True)
        for at in sorted(there)
    ]


@settings(max_examples=60, deadline=None)
@given(grouped())
def test_whoever_adds_and_subtracts_the_groups_of_two_tables_finds_no_small_set(some):
    ends, codes = some
    assume(is_enough(sums_of(ends, np.zeros(len(codes[0]), np.int64), 1)[0]))
    shown = shown_together(ends, tables_of(ends, codes))
    for one, two in combinations(range(len(codes)), 2):
        groups = known([codes[one], codes[two]], [shown[one], shown[two]])
        assert list(small_sets(ends, groups)) == []


def inside():
    """Three hidden people in a small group that lies inside a shown one of another table."""
    person = np.arange(90)
    one = np.select([person < 40, person < 43, person < 46], [0, 1, 2], 3)
    two = np.where(person < 43, 0, 1)
    return ends_of(person, np.full(90, 2), np.full(90, 2)), [one, two]


def test_a_small_group_inside_a_group_that_another_table_shows_is_not_told_by_what_is_over():
    ends, codes = inside()
    tables = tables_of(ends, codes)
    alone = [shown_alone(sums) for _, sums in tables]
    [over, *_] = small_sets(ends, known(codes, alone))
    assert alone == [{0, 3}, {0, 1}]
    assert sorted(over) in ([40, 41, 42], [43, 44, 45])

    shown = shown_together(ends, tables)
    assert list(small_sets(ends, known(codes, shown))) == []
    assert sum(map(len, shown)) >= 1


def test_sets_of_groups_of_two_tables_that_differ_by_few_are_not_both_shown():
    """No group lies inside another, but two of the one are two of the other and three people."""
    person = np.arange(100)
    one = np.select([person < 20, person < 40, person < 70], [0, 1, 2], 3)
    two = np.select([person < 10, (person >= 20) & (person < 37)], [0, 0], 1)
    two = np.where(
        (person >= 37) & (person < 40) | (person >= 40), np.where(person < 70, 2, 3), two
    )
    ends, codes = ends_of(person, np.full(100, 2), np.full(100, 2)), [one, two]
    tables = tables_of(ends, codes)
    assert list(small_sets(ends, known(codes, [shown_alone(sums) for _, sums in tables])))

    assert list(small_sets(ends, known(codes, shown_together(ends, tables)))) == []


def test_tables_that_cross_evenly_lose_nothing():
    person = np.arange(400)
    ends = ends_of(person, np.full(400, 2), np.full(400, 2))
    codes = [person % 4, person // 100]

    assert shown_together(ends, tables_of(ends, codes)) == [{0, 1, 2, 3}] * 2


def test_a_card_shows_what_may_be_shown_together():
    ends, codes = inside()
    card = card_of(ends, {
        "one": (("a", "b", "c", "d"), codes[0]), "two": (("e", "f"), codes[1]),
    })  # fmt: skip
    shown = [{at for at, row in enumerate(t.rows) if not row.suppressed} for t in card.tables]

    assert shown == shown_together(ends, tables_of(ends, codes))


def test_people_with_records_in_two_hidden_groups_count_once():
    """Three are in both small groups, and six would hide one another."""
    person = np.concatenate([np.arange(40), [100, 101, 102] * 2])
    codes = np.select([np.arange(46) < 20, np.arange(46) < 40, np.arange(46) < 43], [0, 1, 2], 3)
    ends = ends_of(person, np.full(46, 2), np.full(46, 2))

    assert shown_alone(sums_of(ends, codes, 4)) == {1}
    others = ends_of(np.arange(46), np.full(46, 2), np.full(46, 2))
    assert shown_alone(sums_of(others, codes, 4)) == {0, 1}


def test_what_comes_to_less_than_nought_for_some_is_not_held():
    """The limit that decision 29 names: two groups that differ by two people each way."""
    person = np.arange(40)
    one, two = np.where(person < 20, 0, 1), np.where((person >= 2) & (person < 22), 0, 1)
    ends = ends_of(person, np.full(40, 2), np.full(40, 2))
    shown = shown_together(ends, tables_of(ends, [one, two]))

    apart = (one == 0).astype(int) - (two == 0)
    assert shown == [{0, 1}, {0, 1}]
    assert (np.count_nonzero(apart), apart.sum()) == (4, 0)


@pytest.mark.parametrize("many", [13, 20])
def test_of_two_tables_of_very_many_groups_some_are_hidden_rather_than_gone_through(many):
    person = np.arange(many * 20)
    ends = ends_of(person, np.full(len(person), 2), np.full(len(person), 2))
    codes = [person % many, person // 20]
    tables = [(one, sums_of(ends, one, many)) for one in codes]

    shown = shown_together(ends, tables)
    assert min(map(len, shown)) <= 12
    assert max(map(len, shown)) == many
