import numpy as np
import pytest
from scipy.optimize import linprog

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.suppressing import LEAST, MOST, shown


def possible(table, cells, at):
    """The least and the most that a hidden count can be for whoever has all else and the sums, and
    knows that a hidden count is not nought.
    """
    hidden = np.argwhere(~cells)
    rows = [(hidden[:, axis] == of) for axis in (0, 1) for of in range(table.shape[axis])]
    sums = [np.where(cells, 0, table).sum(axis=1 - axis) for axis in (0, 1)]
    equal = np.array(rows, float)
    target = (hidden == at).all(axis=1).astype(float)
    bounds = [
        linprog(sign * target, A_eq=equal, b_eq=np.concatenate(sums), bounds=(1, None)).fun * sign
        for sign in (1, -1)
    ]
    return round(bounds[0], 6), round(bounds[1], 6)


def small_in(table):
    return np.argwhere((table > 0) & (table < LEAST))


@pytest.mark.parametrize("seed", range(8))
def test_who_subtracts_all_sums_cannot_tell_a_small_count_or_that_it_is_small(seed):
    rng = np.random.default_rng(seed)
    table = rng.poisson(rng.uniform(1, 15, (6, 1)) * np.ones((6, 9)))
    safe = shown(table)
    summed, cells = table[safe.summed], safe.cells[safe.summed]

    assert len(small_in(table))
    assert not safe.cells[tuple(small_in(table).T)].any()
    assert len(summed) >= 4
    for at in small_in(summed)[:6]:
        least, most = possible(summed, cells, at)
        assert most >= LEAST
        assert most - least >= LEAST - 1


def test_hiding_the_small_alone_would_have_told_them():
    table = np.full((3, 4), 20)
    table[1, 2] = 2

    assert possible(table, table >= LEAST, [1, 2]) == (2, 2)
    assert (~shown(table).cells).sum() == 4
    assert shown(table).summed.all()


def test_two_small_counts_of_one_series_do_not_hide_each_other():
    table = np.array([[2, 1, 20], [20, 20, 20], [20, 20, 20]])
    safe = shown(table)

    assert safe.summed.all()
    assert all(possible(table, safe.cells, at)[1] >= LEAST for at in small_in(table))
    beside = np.array([[False, False, True], [False, False, True], [True, True, True]])
    assert possible(table, beside, [0, 0]) == (1, 2)


def test_where_nothing_is_small_all_is_shown_and_nought_is_nobody():
    safe = shown(np.array([[0, 5], [9, 0]]))

    assert safe.cells.all()
    assert safe.summed.all()


@pytest.mark.parametrize(
    ("table", "summed"),
    [
        ([[3, 20, 20, 20]], [False]),
        ([[3], [20]], [False, True]),
        ([[3, 20], [20, 0]], [False, True]),
        ([[3, 4], [2, 20]], [False, False]),
        ([[3, 4, 0], [20, 20, 20], [20, 30, 3]], [False, True, True]),
    ],
)
def test_a_series_that_cannot_be_hidden_beside_its_sums_is_in_none(table, summed):
    table = np.array(table)
    safe = shown(table)

    assert safe.summed.tolist() == summed
    assert not safe.cells[tuple(small_in(table).T)].any()


def test_a_table_too_fine_has_few_sums():
    table = np.full((60, MOST // 60 + 3), 1)
    table[:, 0] = 50
    table[0] = 50

    assert shown(table).summed.tolist() == [True] + [False] * 59


def test_in_another_order_as_little_is_told():
    table = np.random.default_rng(3).poisson(7, (8, 10))
    for seed in range(4):
        turned = table[np.random.default_rng(seed).permutation(8)]
        safe = shown(turned)
        summed, cells = turned[safe.summed], safe.cells[safe.summed]
        assert all(possible(summed, cells, at)[1] >= LEAST for at in small_in(summed)[:4])


def test_counts_are_nought_or_more():
    with pytest.raises(ShapeError):
        shown(np.array([[-1]]))
    with pytest.raises(ShapeError):
        shown(np.array([1]))
