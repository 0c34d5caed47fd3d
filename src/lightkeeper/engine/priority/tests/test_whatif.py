"""What if a report were not there; how a standing came to be."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError, UnknownKey
from lightkeeper.engine.priority.history import days_of_change, history, why_changed
from lightkeeper.engine.priority.saying import Said
from lightkeeper.engine.priority.standing import ranked, stand
from lightkeeper.engine.priority.tests.making import (
    CHANGE,
    DAYS,
    FIRST,
    TODAY,
    WEIGHTS,
    reports,
    said,
)
from lightkeeper.engine.priority.whatif import list_without, moved, without


@given(reports(), st.data())
def test_without_a_report_is_as_if_it_had_never_come(some: list[Said], data) -> None:
    in_hand = sorted(
        {o.reference for o in some if not (o.withdrawn_on and o.withdrawn_on <= TODAY)}
    )
    if not in_hand:
        return
    gone = data.draw(st.sampled_from(in_hand))
    changed = without(some, [gone], WEIGHTS, TODAY)
    assert changed.before == stand(some, WEIGHTS, TODAY)
    assert changed.after == stand([o for o in some if o.reference != gone], WEIGHTS, TODAY)
    assert round(sum(f.change for f in changed.factors), 1) == changed.change
    assert all(factor.change for factor in changed.factors)


def test_what_passed_on_a_lost_report_stands_for_it_but_not_for_a_false_one() -> None:
    some = [said("REC-1"), said("REC-2", heard_from=("REC-1",)), said("REC-3", "violence")]
    lost = without(some, ["REC-1"], WEIGHTS, TODAY)
    assert (lost.change, lost.sentence) == (0.0, "The total stays as it is.")
    false = without(some, ["REC-1"], WEIGHTS, TODAY, retellings=True)
    assert false.removed == ("REC-1", "REC-2")
    assert (false.change, [f.code for f in false.factors]) == (-40.0, ["grooming"])
    assert false.sentence == "The total falls from 60.0 to 20.0, most by grooming."


def test_what_has_another_origin_too_stays_when_one_was_false() -> None:
    some = [said("REC-1"), said("REC-2", heard_from=("REC-1", "OTHER-1"))]
    assert without(some, ["REC-1"], WEIGHTS, TODAY, retellings=True).removed == ("REC-1",)


def test_a_report_that_is_not_in_hand_cannot_be_taken_away() -> None:
    some = [said("REC-1", withdrawn_on=TODAY)]
    with pytest.raises(UnknownKey):
        without(some, ["REC-1"], WEIGHTS, TODAY)
    late = [said("REC-1", days=5, withdrawn_on=TODAY)]
    assert without(late, ["REC-1"], WEIGHTS, TODAY - timedelta(days=1)).after.total == 0


def test_the_list_tells_everybody_whose_place_or_total_moves() -> None:
    people = {
        "a": [said("REC-1"), said("REC-2", "violence")],
        "b": [said("REC-1")],
        "c": [said("REC-3", "violence")],
        "d": [said("REC-4", "violence", 0.1)],
    }
    rows = list_without(people, ["REC-1"], WEIGHTS, TODAY)
    assert [(r.key, r.place_before, r.place_after) for r in rows] == [
        ("a", 1, 1), ("b", 2, None), ("c", 3, 1), ("d", 4, 3),
    ]  # fmt: skip
    left = {k: [o for o in s if o.reference != "REC-1"] for k, s in people.items()}
    after = {p.key: p.place for p in ranked({k: stand(s, WEIGHTS, TODAY) for k, s in left.items()})}
    assert after == {r.key: r.place_after for r in rows if r.place_after}


@given(reports(), DAYS, st.integers(1, 600))
def test_the_reasons_add_up_to_the_whole_change(some: list[Said], earlier, days: int) -> None:
    later = earlier + timedelta(days=days)
    steps = why_changed(some, WEIGHTS, earlier, later)
    whole = stand(some, WEIGHTS, later).total - stand(some, WEIGHTS, earlier).total
    assert round(sum(step.changed.change for step in steps), 1) == round(whole, 1)


def test_each_reason_is_told_apart() -> None:
    change = timedelta(days=1)
    some = [
        said("REC-1", days=400),
        said("REC-2", "violence", days=200, withdrawn_on=CHANGE - 2 * change),
        said("REC-3", "trafficking", days=300, known_on=CHANGE),
    ]
    steps = why_changed(some, WEIGHTS, CHANGE - 50 * change, CHANGE)
    assert [(s.reason, s.references) for s in steps] == [
        ("aged", ()), ("withdrawn", ("REC-2",)), ("learnt", ("REC-3",)), ("weights changed", ()),
    ]  # fmt: skip
    with pytest.raises(ShapeError, match="is not after"):
        why_changed(some, WEIGHTS, TODAY, TODAY)


@given(reports())
def test_between_the_days_of_change_a_total_only_fades(some: list[Said]) -> None:
    days = days_of_change(some, WEIGHTS, FIRST, TODAY)
    assert days[0] == FIRST
    for day, standing in zip(days, history(some, WEIGHTS, days), strict=True):
        next_day = min((d for d in days if d > day), default=TODAY)
        last = max(day, next_day - timedelta(days=1))
        assert stand(some, WEIGHTS, last).total <= standing.total


def test_a_list_of_a_day_is_asked_with_what_is_known_of_it_since() -> None:
    then = TODAY - timedelta(days=20)
    people = {"a": [said("REC-1", days=30, known_on=TODAY)]}
    [row] = list_without(people, ["REC-1"], WEIGHTS, then, known_by=TODAY)
    assert (row.place_before, row.place_after, row.total_after) == (1, None, 0.0)
    with pytest.raises(UnknownKey):
        list_without(people, ["REC-1"], WEIGHTS, then)


def test_who_is_new_on_a_list_is_told_after_those_who_were_on_it() -> None:
    lists = [
        ranked({key: stand([said(f"REC-{key}")], WEIGHTS, TODAY) for key in keys})
        for keys in ("b", "ab")
    ]
    assert [(one.key, one.place_before, one.place_after) for one in moved(*lists)] == [
        ("a", None, 1),
    ]  # fmt: skip
