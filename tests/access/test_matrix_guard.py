"""The application's guard against the oracle, over every case there is."""

import pytest

from lightkeeper.core.access import guard
from lightkeeper.core.access.envelope import Level, RecordClass, Verb
from tests.access.cases import (
    CLASSES,
    all_grants,
    as_envelope,
    as_viewer,
    every_case,
    people,
    things,
)
from tests.access.oracle import VERBS, Somebody, Thing, against

# Enough to be sure that the rule lets people work, and few enough that it is no open door.
FEWEST_ALLOWED, MOST_ALLOWED = 0.005, 0.05


def test_the_cases_name_every_verb_class_and_level_that_the_product_knows():
    assert set(VERBS) == {verb.value for verb in Verb}
    assert set(CLASSES) == {int(member) for member in RecordClass}
    assert {int(level) for level in Level} < {thing.level for thing in things()}


def test_the_guard_decides_every_case_as_the_oracle_does():
    grants = all_grants()
    compared = allowed = 0
    differ = []
    for somebody, viewer, thing, envelope, verb in every_case(grants):
        decision = guard.decide(viewer, envelope, verb)
        reasons = against(somebody, verb.value, thing, grants)
        compared += 1
        allowed += decision.allow
        # The rule that the guard names must be one that the oracle names, and the first of them.
        if (decision.rule[:2] or None) != min(reasons, default=None) or decision.allow == bool(
            reasons
        ):
            differ.append((somebody, verb, thing, decision, reasons))

    assert differ[:3] == []
    assert compared > 200_000
    assert FEWEST_ALLOWED < allowed / compared < MOST_ALLOWED, f"{allowed} of {compared} allowed"


def test_the_labels_for_a_viewer_are_those_that_the_guard_decides_one_by_one():
    grants = all_grants()
    envelopes = [(number, as_envelope(thing)) for number, thing in enumerate(things())]
    for somebody in people(grants):
        viewer = as_viewer(somebody, grants)
        for verb in Verb:
            assert guard.buckets_for(viewer, envelopes, verb) == {
                number for number, e in envelopes if guard.decide(viewer, e, verb).allow
            }


def test_the_oracle_gives_every_reason_and_not_only_the_first():
    stranger = Somebody("mine", frozenset(), 0, troubles=frozenset({"suspended"}))
    secret = Thing(3, "other", 1, "another compartment")

    assert against(stranger, "read", secret, all_grants()) == {"R1", "R2", "R3", "R4", "R5"}


def test_the_oracle_refuses_words_that_the_rule_does_not_know():
    with pytest.raises(ValueError, match="does not know"):
        against(Somebody("mine", frozenset(), 0), "browse", Thing(1, "mine", 0), {})
