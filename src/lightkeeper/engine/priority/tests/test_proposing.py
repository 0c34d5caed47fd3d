"""Weights from pairs: planted ones come back, the rest stay, and nothing is set by itself."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority.fitting import Fitting, fit, held_out, slope, spread
from lightkeeper.engine.priority.pairs import Judgement, contradictions, share_right
from lightkeeper.engine.priority.proposing import adopted, propose, worth_of
from lightkeeper.engine.priority.standing import stand
from lightkeeper.engine.priority.tests.making import TODAY, WEIGHTS, reports

DIFFERENCES = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)),
                     elements=st.floats(-80, 80))  # fmt: skip
LATER = date(2026, 4, 1)


def judged(number: int, true: list[float], seed: int = 3) -> list[Judgement]:
    """Judgements of people who weigh the three factors so, and err as the model has it."""
    rng = np.random.default_rng(seed)
    codes = [factor.code for factor in WEIGHTS.on(TODAY)]
    found = []
    for at in range(number):
        one, other = rng.uniform(0, 2, (2, 3)) * (rng.uniform(size=(2, 3)) < 0.6)
        first = rng.uniform() < 1 / (1 + np.exp(-((one - other) @ true) / 10))
        sides = [(f"a{at}", one), (f"b{at}", other)][:: 1 if first else -1]
        (before, had), (after, has) = sides
        found.append(Judgement(before, after, dict(zip(codes, had, strict=True)),
                               dict(zip(codes, has, strict=True))))  # fmt: skip
    return found


@given(DIFFERENCES)
@settings(max_examples=60)
def test_the_fit_is_the_one_best_and_never_below_nothing(differences) -> None:
    multiples = fit(differences, Fitting())
    steep = slope(differences, multiples, Fitting())
    assert (multiples >= 0).all()
    assert (np.abs(steep[multiples > 0]) < 1e-3 * (1 + np.abs(differences).sum())).all()
    assert (steep[multiples == 0] > -1e-3 * (1 + np.abs(differences).sum())).all()


@given(DIFFERENCES)
@settings(max_examples=30)
def test_the_order_of_judgements_changes_nothing(differences) -> None:
    again = fit(differences[::-1], Fitting())
    assert np.allclose(fit(differences, Fitting()), again, atol=1e-3)


@given(DIFFERENCES, st.integers(0, 2))
@settings(max_examples=30)
def test_what_no_pair_speaks_of_stays_as_it_is(differences, quiet) -> None:
    differences[:, quiet] = 0
    assert fit(differences, Fitting())[quiet] == pytest.approx(1, abs=1e-6)
    assert spread(differences, fit(differences, Fitting()), Fitting())[quiet] == pytest.approx(
        Fitting().pull ** -0.5
    )


def test_planted_weights_come_back_and_agree_with_pairs_not_seen() -> None:
    true = [20.0, 80.0, 5.0]  # in force: 40, 40, 20
    proposal = propose(judged(3000, true), WEIGHTS, TODAY)
    assert [one.after.points for one in proposal.factors] == pytest.approx(true, abs=4)
    assert proposal.is_better
    assert proposal.agrees_held_out > proposal.agrees_now + 0.05
    assert proposal.more_pairs == 0


def test_with_few_pairs_it_stays_near_and_says_how_many_more_would_help() -> None:
    few, many = (propose(judged(n, [20.0, 80.0, 5.0]), WEIGHTS, TODAY) for n in (10, 200))
    assert few.more_pairs > many.more_pairs > 0
    assert all(a.spread > b.spread for a, b in zip(few.factors, many.factors, strict=True))
    assert 100 <= 200 + many.more_pairs <= 2000


def test_a_factor_that_people_hold_against_goes_to_nothing_and_not_below() -> None:
    proposal = propose(judged(500, [40.0, 40.0, -40.0]), WEIGHTS, TODAY)
    assert proposal.factors[2].after.points == 0
    assert adopted(proposal, WEIGHTS, LATER).on(LATER)[2].cap == 0


def test_a_proposal_sets_nothing_until_it_is_adopted_and_then_from_a_day_on() -> None:
    proposal = propose(judged(100, [20.0, 80.0, 5.0]), WEIGHTS, TODAY)
    after = adopted(proposal, WEIGHTS, LATER)
    assert after.on(TODAY) == WEIGHTS.on(TODAY)
    for factor, one in zip(after.on(LATER), proposal.factors, strict=True):
        assert factor.points == one.after.points
        assert factor.cap / factor.points == pytest.approx(one.before.cap / one.before.points)
    with pytest.raises(ShapeError, match="begin after it"):
        adopted(proposal, WEIGHTS, TODAY)
    with pytest.raises(ShapeError, match="Propose again"):
        adopted(proposal, after, date(2026, 5, 1))


def test_a_proposal_says_before_and_after_for_each_factor_and_what_nobody_spoke_of() -> None:
    pair = Judgement("a", "b", {"violence": 1.0}, {"grooming": 0.5})
    proposal = propose([pair] * 6, WEIGHTS, TODAY)
    assert proposal.unspoken == ("trafficking",)
    grooming, trafficking, violence = proposal.factors
    assert trafficking.sentence == "Trafficking: no pair speaks of it, 40 stays."
    assert grooming.after.points < 40
    assert violence.after.points > 20
    assert violence.sentence.startswith("Violence: from 20 to ")
    assert proposal.sentence.startswith("6 pairs. On pairs left out it agrees with ")
    # All six are of the same two, so a fit that saw one would have seen what it is asked.
    assert proposal.agrees_held_out == 0.5


def test_pairs_of_the_same_two_are_left_out_together() -> None:
    differences = np.array([[10.0, 0, -10], [10, 0, -10], [-10, 0, 10]])
    margins = held_out(differences, [0, 0, 0], Fitting())
    assert (margins == 0).all()


def test_pairs_that_contradict_each_other_are_told_with_the_way_round() -> None:
    has: dict[str, float] = {}
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "c"), ("a", "b"), ("d", "e")]
    found = contradictions([Judgement(x, y, has, has) for x, y in pairs])
    assert [one.judgements for one in found] == [(0, 1, 2), (3, 4)]
    assert [one.sentence for one in found] == ["a before b before c before a.",
                                               "c before d before c."]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=15))
def test_without_a_contradiction_there_is_one_order(pairs) -> None:
    judgements = [Judgement(str(x), str(y), {}, {}) for x, y in pairs]
    left = list(pairs)
    while left:
        behind = {y for _, y in left}
        free = [pair for pair in left if pair[0] not in behind]
        if not free:
            break
        left = [pair for pair in left if pair not in free]
    found = contradictions(judgements)
    assert bool(left) == bool(found)
    for one in found:
        steps = [judgements[at] for at in one.judgements]
        turned = zip(steps, [*steps[1:], steps[0]], strict=True)
        assert all(step.after == after.before for step, after in turned)


def test_a_tie_is_half_right() -> None:
    assert share_right([1.0, 0.0, -1.0, 2.0]) == 0.625
    assert share_right([]) == 0


@given(reports())
def test_worth_times_points_is_what_a_share_adds(some) -> None:
    explanation = stand(some, WEIGHTS, TODAY).explanation
    worth = worth_of(explanation)
    for share in explanation.shares:
        assert worth[share.factor.code] * share.factor.points == pytest.approx(
            share.points, abs=0.051
        )


@pytest.mark.parametrize(
    ("judgements", "told"),
    [
        ([], "expected 1 to"),
        ([Judgement("a", "b", {"ethnicity": 1}, {})], "Judgement 1: ethnicity is no factor"),
        ([Judgement("a", "b", {"grooming": -1}, {})], "below 0"),
        ([Judgement("a", "b", {"grooming": float("nan")}, {})], "below 0"),
        ([Judgement("a", "b", {"grooming": float("inf")}, {})], "finite"),
    ],
)
def test_judgements_of_something_else_are_refused(judgements, told) -> None:
    with pytest.raises(ShapeError, match=told):
        propose(judgements, WEIGHTS, TODAY)


def test_a_fitting_that_could_not_end_is_refused() -> None:
    for wrong in ({"scale": 0}, {"pull": 0}, {"folds": 1}):
        with pytest.raises(ShapeError):
            replace(Fitting(), **wrong)
