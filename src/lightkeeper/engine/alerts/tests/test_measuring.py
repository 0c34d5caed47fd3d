from datetime import timedelta

import pytest

from lightkeeper.engine.alerts import Judged, Key, precision, proposals
from lightkeeper.engine.alerts.tests.saying import DAY, RULES

CODE = "exploitation_in_other_crime"


def judged(*verdicts, on=DAY, start=0):
    return [
        Judged(Key(CODE, (f"S{start + n}",), "cyber"), "Ada", on, verdict)
        for n, verdict in enumerate(verdicts)
    ]


def test_the_precision_of_a_rule_comes_with_its_interval():
    found = precision(judged(*[True] * 8, *[False] * 2))[CODE]

    assert (found.judged, found.of_use, found.share) == (10, 8, 0.8)
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_an_alert_counts_once_by_the_newest_word_on_it():
    first, later = judged(True), judged(False, on=DAY + timedelta(days=1))

    assert precision([*later, *first])[CODE].of_use == 0
    assert precision([*first, *later])[CODE].judged == 1
    assert precision([*judged(True), *judged(False)])[CODE].of_use == 0


def test_a_rule_surely_below_what_it_is_held_to_is_proposed_and_goes_on():
    [found] = proposals(RULES, judged(*[True] * 2, *[False] * 18), since=DAY)

    assert found.rule == CODE
    assert found.sentence == (
        "2 of 20 alerts were of use (3% to 30%): less than the 50% it is held to. It goes on "
        "until you decide."
    )


def test_few_judgements_propose_nothing():
    assert proposals(RULES, judged(False, False), since=DAY) == []
    assert proposals(RULES, [], since=DAY) == []


def test_a_rule_that_fell_is_proposed_though_all_in_all_it_is_good_enough():
    before = judged(*[True] * 60, on=DAY - timedelta(days=1))
    after = judged(*[True] * 10, *[False] * 20, start=60)

    [found] = proposals(RULES, [*before, *after], since=DAY)

    assert found.sentence.startswith("Since 2026-06-01 10 of 30 alerts were of use (19% to 51%)")
    assert proposals(RULES, before, since=DAY) == []


def test_a_fall_that_may_be_chance_proposes_nothing():
    before = judged(*[True] * 6, on=DAY - timedelta(days=1))

    assert proposals(RULES, [*before, *judged(True, True, False, start=6)], since=DAY) == []
