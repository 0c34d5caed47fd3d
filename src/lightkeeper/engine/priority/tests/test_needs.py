"""A child has needs and duties owed, and no number."""

import operator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority import needs
from lightkeeper.engine.priority.needs import (
    Answer,
    ChildsNeeds,
    Duty,
    Question,
    asked_most,
    by_duty,
    needs_of,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = date(2026, 3, 2)
QUESTIONS = (
    Question("safe", "Is the child safe tonight", 1, "local"),
    Question("wish", "What the child wants", 30, "local"),
)
ANSWERS = st.lists(
    st.builds(
        Answer,
        code=st.sampled_from(["safe", "wish", "other"]),
        says=st.text(max_size=5),
        known_on=st.dates(date(2026, 1, 1), date(2026, 4, 1)),
        reference=st.sampled_from(["REC-1", "REC-2", "REC-3"]),
    ),
    max_size=6,
)
MOMENTS = st.integers(-100, 100).map(lambda hours: NOW + timedelta(hours=hours))
DUTIES = st.lists(
    st.builds(
        Duty,
        what=st.just("Return interview"),
        due_at=MOMENTS,
        rule=st.just("72 hours"),
        reference=st.just("MIS-1"),
        done_at=st.none() | MOMENTS,
    ),
    max_size=4,
)


def child(key="c", answers=(), duties=()) -> ChildsNeeds:
    return needs_of(key, QUESTIONS, answers, duties, NOW, TODAY)


def test_there_is_no_place_for_a_number_of_a_child() -> None:
    assert [f.name for f in fields(ChildsNeeds)] == [
        "child", "known", "missing", "duties", "sentence",
    ]  # fmt: skip
    kinds = [needs.Answer, needs.Duty, needs.Known, needs.ChildsNeeds]
    hints = [hint for kind in kinds for hint in get_type_hints(kind).values()]
    assert not {int, float, complex} & set(hints)


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.add])
def test_two_children_cannot_be_compared_or_added_up(compare) -> None:
    with pytest.raises(TypeError):
        compare(child("a"), child("b"))
    for number in (int, float, sum, hash):
        with pytest.raises(TypeError):
            number(child("a"))


@given(ANSWERS, DUTIES)
def test_every_question_is_known_or_missing_by_its_newest_answer(answers, duties) -> None:
    found = child(answers=answers, duties=duties)
    in_hand = [one for one in answers if one.known_on <= TODAY]
    for one in found.known:
        same = [a for a in in_hand if a.code == one.question.code]
        assert one.answer.known_on == max(a.known_on for a in same)
        assert one.is_fresh == ((TODAY - one.answer.known_on).days <= one.question.fresh_days)
    asked = {q.code for q in found.missing} | {one.question.code for one in found.known}
    assert asked == {"safe", "wish"}
    assert {q.code for q in found.missing} == {"safe", "wish"} - {a.code for a in in_hand}


@given(st.lists(st.tuples(ANSWERS, DUTIES), max_size=5), st.lists(ANSWERS, min_size=5, max_size=5))
def test_only_what_is_due_orders_children(each, others) -> None:
    children = [child(f"{at}", a, d) for at, (a, d) in enumerate(each)]
    changed = [child(f"{at}", others[at], d) for at, (_, d) in enumerate(each)]
    order = [one.child for one in by_duty(children)]
    assert order == [one.child for one in by_duty(reversed(changed))]
    due = [one.duties[0].due_at for one in by_duty(children) if one.duties]
    assert due == sorted(due)
    assert all(not one.duties for one in by_duty(children)[len(due) :])


@given(DUTIES)
def test_a_duty_stands_until_it_is_done(duties) -> None:
    left = child(duties=duties).duties
    assert sorted(d.due_at for d in left) == sorted(
        d.due_at for d in duties if d.done_at is None or d.done_at > NOW
    )


def test_what_is_due_soonest_stands_first_whatever_it_is_called() -> None:
    late = Duty("A plan", NOW + timedelta(hours=9), "local", "REC-1")
    soon = Duty("Return interview", NOW + timedelta(hours=1), "72 hours", "MIS-1")
    assert child(duties=[late, soon]).duties == (soon, late)


def test_a_sentence_says_what_is_due_what_nobody_knows_and_what_is_old() -> None:
    found = child(
        answers=[Answer("wish", "to stay", date(2026, 1, 2), "REC-1")],
        duties=[Duty("Return interview", NOW - timedelta(hours=1), "72 hours", "MIS-1")],
    )
    assert found.sentence == (
        "Return interview was due 02 March 2026 11:00 (72 hours). Nobody knows: Is the child safe "
        "tonight. To be asked again: What the child wants."
    )
    assert found.known[0].sentence == (
        "What the child wants: to stay (59 days old; to be asked again after 30)"
    )
    assert child().sentence.startswith("Nothing is due.")
    assert asked_most([found, child()]) == {"safe": 2, "wish": 2}


def test_a_moment_without_a_zone_and_a_question_asked_twice_are_refused() -> None:
    with pytest.raises(ShapeError, match="time zone"):
        child(duties=[Duty("x", datetime(2026, 3, 2), "y", "MIS-1")])
    with pytest.raises(ShapeError, match="one code"):
        needs_of("c", [*QUESTIONS, QUESTIONS[0]], (), (), NOW, TODAY)
