"""Which pairs teach most, in what order, and the sentence that says why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.teaching import (
    AT_RANDOM,
    Askable,
    in_teaching_order,
    kinds_of,
    mean_between,
    worth,
)

JOIN_AT = -1.0


def askable(*rows):
    """Rows of mean, subject, subject, size, size, kind, turn (0 for never drawn)."""
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 7
    turn = np.array(columns[6], float)
    return Askable(
        np.array(columns[0], float),
        *(np.array(c, np.int64) for c in columns[1:6]),
        np.where(turn > 0, turn, np.inf),
    )


def order(*rows):
    return [pick.row for pick in in_teaching_order(askable(*rows), JOIN_AT)]


NEAR = (-1.2, 0, 1, 1, 1, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        (-5.5, 2, 3, 1, 1, 0, 0),  # clearly apart
        (9.0, 2, 2, 2, 2, 0, 0),  # clearly together
        (6.0, 2, 3, 1, 1, 0, 0),  # apart because people said so
    ],
)
def test_a_pair_near_the_threshold_comes_before_one_that_is_clear(other):
    assert order(other, NEAR) == [1, 0]


def test_of_two_as_doubtful_the_one_that_moves_more_records_comes_first():
    assert order(NEAR, (-1.2, 2, 3, 9, 4, 0, 0)) == [1, 0]
    assert order((-0.9, 2, 2, 2, 2, 0, 0), (-0.9, 5, 5, 12, 12, 0, 0)) == [1, 0]


def test_not_all_are_of_one_subject_or_one_kind():
    same_subject = [(-1.2, 0, n, 3, 1, n, 0) for n in range(1, 5)]
    assert order(*same_subject, (-2.0, 8, 9, 2, 1, 0, 0))[1] == 4
    same_kind = [(-1.2, 10 * n, 10 * n + 1, 1, 1, 7, 0) for n in range(4)]
    assert order(*same_kind, (-1.5, 80, 81, 1, 1, 8, 0)).index(4) < 3


def test_every_fourth_was_drawn_at_random_in_its_turn_and_says_so():
    doubtful = [(-1.2, 10 * n, 10 * n + 1, 1, 1, n, 0) for n in range(6)]
    drawn = [(30.0, 200 + n, 200 + n, 2, 2, 50, 3 - n) for n in range(3)]

    picks = list(in_teaching_order(askable(*doubtful, *drawn), JOIN_AT))

    assert [pick.row for pick in picks][3] == 8
    assert [pick.row for pick in picks][7] == 7
    said = [place for place, pick in enumerate(picks) if pick.sentence == AT_RANDOM]
    assert said == [3, 7]  # the third was asked before its turn, for what it teaches


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (NEAR, "They are only just apart: should they be one person, subjects of 1 record and 1 "
               "record come together."),
        ((-5.5, 1, 2, 4, 1, 0, 0), "They are clearly apart: should they be one person, subjects of "
                                   "4 records and 1 record come together."),
        ((3.0, 1, 2, 4, 2, 0, 0), "They are held apart although they look alike: should they be "
                                  "one person, subjects of 4 records and 2 records come together."),
        ((1.0, 1, 1, 5, 5, 0, 0), "They are together: should they be two people, a subject of 5 "
                                  "records has to be parted."),
        ((-3.0, 1, 1, 5, 5, 0, 0), "They are together by what people said: should they be two "
                                   "people, a subject of 5 records has to be parted."),
    ],
)  # fmt: skip
def test_each_pick_says_in_a_sentence_why(row, sentence):
    assert next(in_teaching_order(askable(row), JOIN_AT)).sentence == sentence


rows = st.tuples(
    st.floats(-6, 20), st.integers(0, 5), st.integers(0, 5), st.integers(1, 9), st.integers(1, 9),
    st.integers(0, 3), st.integers(0, 4),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, max_size=30))
def test_every_pair_comes_once_and_the_order_is_the_same_each_time(some):
    found = order(*some)
    assert sorted(found) == list(range(len(some)))
    assert found == order(*some)


def test_the_mean_between_subjects_counts_pairs_without_a_link():
    # Records 0 and 1, and 2 and 3: of the four pairs between them two are linked.
    left, right = np.array([0, 0, 1]), np.array([1, 2, 3])

    mean = mean_between(
        left, right, np.array([30.0, 2.0, 4.0]), np.array([0, 0, 2, 2]), missing_weight=-6.0
    )

    assert mean.tolist() == [20.0, (2 + 4 - 12) / 4, (2 + 4 - 12) / 4]


def test_a_subject_alone_is_worth_half_its_records_and_two_their_mean():
    found = worth(askable((-1, 0, 0, 6, 6, 0, 0), (-1, 0, 1, 4, 9, 0, 0)), JOIN_AT)
    assert found.tolist() == [0.5 * 3, 0.5 * 6]


def test_pairs_that_compare_alike_are_of_one_kind():
    kinds = kinds_of(np.array([[0, 2, -1], [0, 3, -1], [0, 0, -1], [-1, 2, 0]], np.int8)).tolist()
    assert kinds[0] == kinds[1]
    assert len(set(kinds)) == 3
    assert kinds_of(np.empty((2, 0), np.int8)).tolist() == [0, 0]


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ShapeError):
        Askable(np.zeros(2), *(np.zeros(n, np.int64) for n in (2, 2, 2, 2, 2, 3)))
