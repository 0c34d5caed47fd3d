"""Laws of standing: origins count once, a day is what was known on it, grading only lowers."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority.origins import origins_of
from lightkeeper.engine.priority.saying import Said, counted_once
from lightkeeper.engine.priority.standing import ranked, stand
from lightkeeper.engine.priority.tests.making import (
    DAYS,
    NAMES,
    TODAY,
    WEIGHTS,
    reports,
    said,
)

HEARD = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3), max_size=8
)


def reach(heard: dict[str, list[str]], name: str) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        for other in heard.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


@given(HEARD)
def test_an_origin_is_whatever_passes_on_nothing_but_itself(heard: dict[str, list[str]]) -> None:
    for name, origins in origins_of(heard).items():
        within = reach(heard, name)
        ends = {o for o in within if all(o in reach(heard, far) for far in reach(heard, o))}
        assert origins == {min(reach(heard, end)) for end in ends}


def test_a_long_chain_has_the_origin_at_its_end() -> None:
    chain = {f"{at:05}": [f"{at + 1:05}"] for at in range(20_000)}
    assert origins_of(chain)["00000"] == {"20000"}


@given(reports(), st.randoms(use_true_random=False))
def test_the_order_of_reports_changes_nothing(some: list[Said], shuffler: random.Random) -> None:
    again = list(some)
    shuffler.shuffle(again)
    assert stand(again, WEIGHTS, TODAY) == stand(some, WEIGHTS, TODAY)


@given(reports(), st.data())
def test_passing_on_what_is_in_hand_changes_nothing(some: list[Said], data) -> None:
    first_hand = [replace(one, heard_from=(), withdrawn_on=None) for one in some]
    if not first_hand:
        return
    one = data.draw(st.sampled_from(first_hand))
    again = replace(one, reference="REC-0", heard_from=(one.reference,), reliability=1.0,
                    known_on=max(data.draw(DAYS), one.known_on))  # fmt: skip
    before, after = stand(first_hand, WEIGHTS, TODAY), stand([*first_hand, again], WEIGHTS, TODAY)
    assert after.explanation == before.explanation


def test_a_report_that_came_back_to_where_it_began_counts_once() -> None:
    circle = [
        said("REC-1", heard_from=("REC-3",)),
        said("REC-2", heard_from=("REC-1",), reliability=1.0),
        said("REC-3", heard_from=("REC-2",)),
    ]
    standing = stand(circle, WEIGHTS, TODAY)
    assert standing.total == 40.0
    assert standing.explanation.records == 1
    assert [one.sentence for one in standing.repeated] == [
        "REC-2 passes on what REC-1 counts for.",
        "REC-3 passes on what REC-1 counts for.",
    ]


def test_two_who_pass_on_a_report_that_is_not_in_hand_count_once() -> None:
    relays = [said("REC-1", heard_from=("OTHER-9",)), said("REC-2", heard_from=("OTHER-9",))]
    assert stand(relays, WEIGHTS, TODAY).total == stand(relays[:1], WEIGHTS, TODAY).total == 40.0
    assert stand([*relays, said("REC-3")], WEIGHTS, TODAY).total == 80.0


def test_a_report_of_no_harm_may_stand_between_two() -> None:
    between = [
        said("REC-1"),
        said("REC-2", "nothing_counted", heard_from=("REC-1",)),
        said("REC-3", heard_from=("REC-2",)),
    ]
    assert stand(between, WEIGHTS, TODAY).total == 40.0


def test_a_better_grade_of_who_repeats_it_does_not_raise_a_report() -> None:
    doubted = said("REC-2", reliability=0.1, days=3)
    loud = said("REC-1", reliability=1.0, days=3, heard_from=("REC-2",))
    assert stand([doubted, loud], WEIGHTS, TODAY).total == stand([doubted], WEIGHTS, TODAY).total


@given(reports(), st.floats(0, 1))
def test_a_lower_grade_never_raises_a_total(some: list[Said], share: float) -> None:
    lower = [replace(one, reliability=one.reliability * share) for one in some]
    assert stand(lower, WEIGHTS, TODAY).total <= stand(some, WEIGHTS, TODAY).total


@given(reports(), DAYS, DAYS)
def test_a_day_is_worked_out_from_what_was_known_then_and_no_more(some: list[Said], on, by) -> None:
    in_hand = [
        replace(one, withdrawn_on=None, known_on=date.min)
        for one in some
        if one.known_on <= by and not (one.withdrawn_on and one.withdrawn_on <= by)
    ]
    some = [replace(one, heard_from=()) for one in some]
    in_hand = [replace(one, heard_from=()) for one in in_hand]
    then = stand(some, WEIGHTS, on, known_by=by)
    assert then.explanation == stand(in_hand, WEIGHTS, on).explanation


@given(reports(), DAYS, DAYS)
def test_what_comes_later_changes_no_earlier_day(some: list[Said], on, by) -> None:
    told_by_then = [one for one in some if one.known_on <= by]
    still = [
        one if one.withdrawn_on and one.withdrawn_on <= by else replace(one, withdrawn_on=None)
        for one in told_by_then
    ]
    assert stand(some, WEIGHTS, on, known_by=by) == stand(still, WEIGHTS, on, known_by=by)


def test_what_is_learnt_late_was_not_known_on_the_day_but_is_of_it() -> None:
    late = said(days=30, known_on=TODAY - timedelta(days=10))
    then = TODAY - timedelta(days=20)
    assert stand([late], WEIGHTS, then).total == 0
    assert stand([late], WEIGHTS, then, known_by=TODAY).total > 0
    gone = replace(late, withdrawn_on=TODAY)
    assert stand([gone], WEIGHTS, TODAY - timedelta(days=1)).total > 0
    assert stand([gone], WEIGHTS, TODAY).total == 0


def test_the_weights_of_the_day_are_used() -> None:
    old = said(days=101)
    assert stand([old], WEIGHTS, TODAY - timedelta(days=101)).total == 30.0
    assert stand([said(days=100)], WEIGHTS, TODAY - timedelta(days=100)).total == 40.0


@pytest.mark.parametrize(
    ("some", "told"),
    [
        ([said(reliability=1.5)], "between 0 and 1"),
        ([said(), said(reliability=0.5)], "in two ways"),
    ],
)
def test_reports_that_contradict_themselves_are_refused(some, told) -> None:
    with pytest.raises(ShapeError, match=told):
        counted_once(some)


def test_equal_totals_share_a_place_and_confidence_moves_nobody() -> None:
    sure = stand([said(reliability=0.5)], WEIGHTS, TODAY)
    doubtful = stand(
        [said("REC-1", "violence", 0.5), said("REC-2", "violence", 0.5)], WEIGHTS, TODAY
    )
    more, none = stand([said()], WEIGHTS, TODAY), stand([], WEIGHTS, TODAY)
    places = ranked({"c": sure, "a": doubtful, "b": more, "d": none})
    assert [(one.place, one.key) for one in places] == [(1, "b"), (2, "a"), (2, "c")]
