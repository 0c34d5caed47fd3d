"""What is said to change the decision does, and nothing nearer would."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.counterfactual import (
    Decision,
    Thresholds,
    changes,
    decide,
    in_a_few_words,
    levels_of,
    were,
)
from lightkeeper.engine.linkage.households import LIKE_STRANGERS
from lightkeeper.engine.linkage.model import Homes, LinkModel, Other
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.matcher.homes import Weights

FIELDS = (
    Field("given", Kind.GIVEN_NAME), Field("family", Kind.FAMILY_NAME),
    Field("middle", Kind.MIDDLE_NAME, True), Field("born", Kind.BIRTH_DATE),
    Field("phone", Kind.PHONE), Field("postcode", Kind.POSTCODE), Field("sex", Kind.SEX),
)  # fmt: skip
PLACE = {field.name: at for at, field in enumerate(FIELDS)}
AT = Thresholds(join_at=4.0, review_at=-4.0)


def a_model(random=None, homes=False, prior=1e-4):
    comparisons = compare_fields(FIELDS)
    if random is not None:
        comparisons = tuple(
            replace(c, levels=tuple(
                replace(level, m=random.uniform(1e-3, 0.9), u=random.uniform(1e-4, 0.9))
                for level in c.levels))
            for c in comparisons
        )  # fmt: skip
    others = tuple(
        Other(sort, 0.05, tuple(
            None if field.kind in LIKE_STRANGERS[sort] else _shares(random, len(c.levels))
            for field, c in zip(FIELDS, comparisons, strict=True)))
        for sort in LIKE_STRANGERS
    ) if homes else ()  # fmt: skip
    return LinkModel(
        ComparisonPlan(()), FIELDS, comparisons, prior, -1.0, -4.0, -6.0, 60,
        homes=Homes(others) if homes else None,
    )  # fmt: skip


def _shares(random, count):
    drawn = random.uniform(1e-3, 1, count)
    return tuple((drawn / drawn.sum()).tolist())


def a_pair(model, **said):
    """Levels and weights of a pair: `phone=0` for phones that are the same; the rest is missing."""
    levels = np.full(len(FIELDS), -1, np.int8)
    for name, level in said.items():
        levels[PLACE[name]] = level
    return levels, weights_at(model, levels)


def weights_at(model, levels):
    return np.array([
        c.levels[level].weight if level >= 0 else 0.0
        for c, level in zip(model.comparisons, levels.tolist(), strict=True)
    ])  # fmt: skip


@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
@settings(deadline=None)
def test_applying_a_change_makes_the_decision_that_it_says(seed, homes, harmful):
    random = np.random.default_rng(seed)
    model = a_model(random, homes, float(random.uniform(1e-5, 0.3)))
    levels = np.array([random.integers(-1, len(c.levels)) for c in model.comparisons], np.int8)
    at = replace(AT, harmful=harmful)
    before, now = decide(model, levels[None], weights_at(model, levels)[None], at)

    for one in changes(model, levels, weights_at(model, levels), at):
        changed = levels.copy()
        changed[one.comparison] = one.level
        weights = weights_at(model, changed)
        after, then = decide(model, changed[None], weights[None], at)
        assert then[0] == one.decision != now[0]
        assert after[0] - before[0] == pytest.approx(one.bits)
        assert after[0] == pytest.approx(one.weight)
        looked_up = Weights(model).weigh(changed[:, None], weights[:, None])
        assert looked_up == pytest.approx([one.weight])


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(deadline=None)
def test_no_nearer_change_of_the_same_comparison_leads_the_same_way(seed, homes):
    random = np.random.default_rng(seed)
    model = a_model(random, homes, float(random.uniform(1e-5, 0.3)))
    levels = np.array([random.integers(-1, len(c.levels)) for c in model.comparisons], np.int8)
    found = changes(model, levels, weights_at(model, levels), AT)
    before, now = decide(model, levels[None], weights_at(model, levels)[None], AT)
    said = {(one.comparison, one.decision > now[0], one.level < 0): abs(one.bits) for one in found}

    for c, comparison in enumerate(model.comparisons):
        for level in range(-1, len(comparison.levels)):
            changed = levels.copy()
            changed[c] = level
            after, then = decide(model, changed[None], weights_at(model, changed)[None], AT)
            if then[0] != now[0]:
                nearest = said[c, bool(then[0] > now[0]), level < 0]
                assert nearest <= abs(after[0] - before[0]) + 1e-9
    assert [abs(one.bits) for one in found] == sorted(abs(one.bits) for one in found)


def test_a_birth_date_that_nobody_gave_is_said_to_join():
    model = a_model()
    levels, weights = a_pair(model, given=0, family=0)
    [born] = [
        one for one in changes(model, levels, weights, AT)
        if one.name == "birth date" and one.decision is Decision.JOIN
    ]  # fmt: skip

    assert (born.decision, born.now) == (Decision.JOIN, "")
    assert born.sentence.startswith(
        "If both said the birth date, and birth dates agreed in two of day, month and year, "
        "the model would join these two by itself (+3.3 bits, to +4.1"
    )


def test_without_the_shared_phone_a_pair_falls_below_review():
    model = a_model()
    levels, weights = a_pair(model, phone=0, given=4, postcode=0)
    [down] = [
        one for one in changes(model, levels, weights, AT)
        if one.name == "phone" and one.level == -1
    ]  # fmt: skip

    assert down.decision is Decision.APART
    assert down.sentence.startswith(
        "Without the phone (phone numbers are the same), this pair would fall below review (-11.8"
    )
    assert in_a_few_words(changes(model, levels, weights, AT))[0].startswith("Without the ")


def test_what_may_be_a_childs_sibling_is_asked_about_whatever_it_weighs():
    model = a_model()
    levels, weights = a_pair(model, given=4, family=0, born=0, phone=0, postcode=0)
    weight, alone = decide(model, levels[None], weights[None], AT)
    _, child = decide(model, levels[None], weights[None], replace(AT, harmful=True))

    assert weight[0] > AT.join_at
    assert (alone[0], child[0]) == (Decision.JOIN, Decision.ASK)
    joins = [
        one for one in changes(model, levels, weights, replace(AT, harmful=True))
        if one.decision is Decision.JOIN
    ]  # fmt: skip
    assert "given name" in {one.name for one in joins}


def test_two_sentences_tell_of_both_directions_where_there_are_two():
    model = a_model()
    levels, weights = a_pair(model, given=0, family=0)
    found = changes(model, levels, weights, AT)
    few = in_a_few_words(found)

    assert len(few) == 2
    assert {one.decision for one in found} == {Decision.JOIN, Decision.APART}
    assert sum("join" in one for one in few) == 1


def test_a_sentence_of_what_is_not_so():
    assert were("Birth day and month look swapped") == "birth day and month looked swapped"
    assert were("E-mail addresses are alike") == "e-mail addresses were alike"
    assert were("Surnames differ") == "surnames differed"


def test_every_level_of_every_kind_can_be_said_of_what_is_not_so():
    fields = [Field(kind.value, kind, kind is Kind.MIDDLE_NAME) for kind in Kind]
    for comparison in compare_fields(fields):
        for level in comparison.levels:
            assert were(level.sentence) != level.sentence[:1].lower() + level.sentence[1:]


def test_kept_evidence_gives_the_levels_back_and_another_models_does_not():
    model = a_model()
    levels, weights = a_pair(model, given=0, phone=3)
    kept = [("phone", 3, weights[4]), ("given name", 0, weights[0]), ("home", 0, -1.0)]

    found = levels_of(model, kept)
    assert found is not None
    assert found[0].tolist() == levels.tolist()
    assert found[1] == pytest.approx(weights)
    assert levels_of(model, [("phone", 9, 1.0)]) is None
