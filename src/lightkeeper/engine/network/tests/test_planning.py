from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ConflictError, ShapeError
from lightkeeper.engine.network.disruption import Strategy
from lightkeeper.engine.network.ordering import safeguarding_first
from lightkeeper.engine.network.planning import (
    Arrest,
    Safeguard,
    Weaken,
    effect,
    propose_arrests,
    situation,
    standing,
)
from lightkeeper.engine.network.reforming import reform
from lightkeeper.engine.network.tests import oracle
from lightkeeper.engine.network.ties import ties_of

QUICK = settings(max_examples=60, deadline=None)
NAMES = ["Boss", "Left", "Right", "Far", "Aunt", "Kit", "Lou", "Max"]
BOSS, LEFT, RIGHT, FAR, AUNT, KIT, LOU, MAX = range(8)
TIES = ties_of(
    NAMES,
    [BOSS, BOSS, BOSS, RIGHT, LEFT, KIT, KIT, MAX],
    [LEFT, RIGHT, FAR, FAR, KIT, AUNT, LOU, AUNT],
    [1, 2, 1, 1, 4, 1, 1, 1],
)
NOW = situation(TIES, children=[KIT, LOU, MAX], harmful=[BOSS, LEFT, RIGHT, FAR])


def names(people):
    return [NAMES[person] for person in people]


def test_a_standing_counts_members_and_children_apart():
    found = standing(NOW, 2)

    assert (found.members, found.largest, found.components) == (5, 4, 2)
    assert names(found.reached) == ["Kit", "Lou"]
    assert names(standing(NOW, 1).reached) == ["Kit"]
    assert names(standing(NOW, 3).reached) == ["Kit", "Lou", "Max"]


def test_a_plan_says_what_it_leaves_of_the_network_and_who_is_still_near_a_child():
    found = effect(NOW, [Arrest(BOSS), Safeguard(KIT)])

    assert (found.after.largest, found.after.components) == (2, 3)
    assert found.after.reached == ()
    assert found.resilience == pytest.approx(2 / 4)
    assert found.sentence == (
        "The largest component would have 2 people instead of 4, and there would be 3 instead of "
        "2. 0 of 2 children would still be within 2 steps of a harmful actor."
    )


def test_a_child_made_safe_keeps_the_ties_by_which_nobody_harmful_is_near():
    left = effect(NOW, [Safeguard(KIT)]).left.ties

    tied = set(zip(left.one.tolist(), left.two.tolist(), strict=True))
    assert (AUNT, KIT) in tied
    assert (KIT, LOU) in tied
    assert (LEFT, KIT) not in tied


def test_a_tie_counts_until_it_is_lighter_than_asked():
    def after(share):
        return effect(NOW, [Weaken(RIGHT, BOSS, share)], least=1.0).left.ties.weight.sum()

    assert [after(share) for share in (0.0, 0.5, 0.6, 1.0)] == [12, 11, 10, 10]


def test_children_are_safe_before_anybody_is_tipped_off():
    plan = [Arrest(BOSS), Arrest(AUNT), Safeguard(LOU), Weaken(RIGHT, FAR), Safeguard(KIT)]
    order = safeguarding_first(NOW, plan)

    assert [step.does for step in order.steps[:2]] == [Safeguard(KIT), Safeguard(LOU)]
    assert [step.does for step in order.steps[2:]] == [Arrest(BOSS), Weaken(RIGHT, FAR)]
    assert order.steps[2].sentence == "The arrest of Boss waits until Kit, Lou are safe."
    assert order.steps[2].waits_for == (KIT, LOU)
    [held] = order.held
    assert held.sentence == (
        "The arrest of Aunt is held: the plan does not make Max safe, who would be near those told."
    )
    assert order.not_safe == (MAX,)


def test_an_arrest_of_which_nobody_near_a_child_hears_waits_for_nobody():
    apart = situation(ties_of(["A", "B", "K", "H"], [0, 2], [1, 3]), [2], [0, 1, 3])
    order = safeguarding_first(apart, [Arrest(0), Safeguard(2), Arrest(3)])

    assert [step.does for step in order.steps] == [Safeguard(2), Arrest(0), Arrest(3)]
    assert order.steps[1].sentence == "The arrest of A tips off nobody near a child."
    assert order.steps[2].sentence == "The arrest of H waits until K is safe."


def test_whom_to_arrest_is_a_harmful_member_and_never_a_child():
    assert propose_arrests(NOW, Strategy.GREEDY, 1) == [Arrest(BOSS)]
    everybody = propose_arrests(NOW, Strategy.DEGREE, 9)
    assert {arrest.person for arrest in everybody} == {BOSS, LEFT, RIGHT, FAR}


@pytest.mark.parametrize(
    ("plan", "error", "sentence"),
    [
        ([Arrest(KIT)], ConflictError, "Kit is a child. A child is made safe, not arrested."),
        ([Safeguard(AUNT)], ShapeError, "Aunt is not marked as a child"),
        ([Weaken(BOSS, LEFT, 1.5)], ShapeError, "from 0 to 1"),
        ([Arrest(8)], ShapeError, "numbered 0 to 7"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan, error, sentence):
    for work in (effect, safeguarding_first):
        with pytest.raises(error, match=sentence):
            work(NOW, plan)


def test_a_child_is_never_a_harmful_actor():
    with pytest.raises(ConflictError, match="Kit is a child"):
        situation(TIES, [KIT], [KIT, BOSS])


def test_a_network_closes_around_who_was_arrested_by_the_chance_given():
    never, ever = (reform(NOW, [BOSS], chance=chance, runs=20) for chance in (0.0, 1.0))

    assert (never.largest.low, never.largest.high, never.new_ties.mean) == (2, 2, 0)
    # Left and Right, Left and Far; Right and Far have a tie.
    assert (ever.largest.mean, ever.new_ties.mean) == (3, 2)
    assert ever.sentence == (
        "At once the largest component has 2 people. If two who lost the same person tie up with a "
        "chance of 1, it has 3 to 3 again."
    )


def test_runs_of_one_seed_are_the_same_and_lie_between_never_and_ever():
    one, two = (reform(NOW, [BOSS, RIGHT], chance=0.4, seed=5) for _ in range(2))

    assert one == two
    assert one != reform(NOW, [BOSS, RIGHT], chance=0.4, seed=6)
    assert 0.3 < one.new_ties.mean < 0.5  # Left and Far, who both lost Boss
    with pytest.raises(ShapeError, match="from 0 to 1"):
        reform(NOW, [BOSS], chance=2)
    with pytest.raises(ConflictError, match="is a child"):
        reform(NOW, [KIT], chance=0.5)


@st.composite
def situations(draw):
    names, pairs = draw(oracle.networks())
    one, two, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    marks = draw(st.lists(st.sampled_from("cho"), min_size=len(names), max_size=len(names)))
    return situation(
        ties_of(names, one, two, weight),
        [person for person, mark in enumerate(marks) if mark == "c"],
        [person for person, mark in enumerate(marks) if mark == "h"],
    )


@QUICK
@given(situations())
def test_a_plan_of_nothing_changes_nothing(now):
    found = effect(now, [])

    assert found.before == found.after == standing(now, 2)
    assert found.resilience == 1.0
    assert standing(replace(now, ties=found.left.ties), 2) == found.before


@QUICK
@given(situations(), st.integers(1, 4))
def test_a_child_made_safe_has_no_harmful_actor_near_and_is_still_there(now, steps):
    children = np.flatnonzero(now.child).tolist()
    for child in children:
        found = effect(now, [Safeguard(child)], steps=steps)
        assert child not in found.after.reached
        assert set(found.after.reached) <= set(found.before.reached)
        assert found.left.present[child]
        assert found.after.largest == found.before.largest
    assert not effect(now, [Safeguard(child) for child in children], steps=steps).after.reached


@QUICK
@given(situations(), st.integers(0, 3), st.integers(1, 3))
def test_the_children_near_are_those_that_a_plain_walk_finds(now, arrests, steps):
    arrested = np.flatnonzero(now.harmful).tolist()[:arrests]
    found = effect(now, [Arrest(person) for person in arrested], steps=steps)

    near = set()
    for person in set(np.flatnonzero(now.harmful).tolist()) - set(arrested):
        far, _ = oracle.steps_from(now.ties, person, arrested)
        near |= {child for child, step in far.items() if step <= steps and now.child[child]}
    assert set(found.after.reached) == near
    children = np.flatnonzero(now.child).tolist()
    assert found.after.largest == oracle.largest(now.ties, [*children, *arrested])


@QUICK
@given(situations(), st.integers(1, 3))
def test_in_an_order_no_arrest_comes_before_the_safety_of_a_child_near_those_told(now, steps):
    harmful, children = np.flatnonzero(now.harmful).tolist(), np.flatnonzero(now.child).tolist()
    plan = [*map(Arrest, harmful), *map(Safeguard, children[::2])]
    order = safeguarding_first(now, plan, steps=steps)

    safe = set()
    for step in order.steps:
        if isinstance(step.does, Safeguard):
            safe.add(step.does.child)
        else:
            far, _ = oracle.steps_from(now.ties, step.does.person)
            near = {child for child in children if far.get(child, 99) <= steps}
            assert near <= set(step.waits_for) <= safe
    assert len(order.steps) + len(order.held) == len(plan)
    assert all(set(step.waits_for) & set(order.not_safe) for step in order.held)
    assert not set(order.not_safe) & set(children[::2])
