import random

import pytest

from lightkeeper.engine.identities import Shown, Weights, several_people
from lightkeeper.engine.identities.tests.cases import INNOCENT, SHARED, make_cases, show

WEIGHTS = Weights()


def found(showings):
    return several_people(Shown(showings), WEIGHTS)


@pytest.mark.parametrize("seed", [1, 2])
def test_identities_that_several_people_use_are_told_from_movers_and_hostels(seed):
    showings, used = make_cases(20, seed)

    several = {one.identities[0] for one in found(showings)}

    assert several == used


@pytest.mark.parametrize("what", INNOCENT + SHARED)
def test_each_kind_of_case_is_told_alone_as_among_others(what):
    showings, used = make_cases(9, 3)
    alone = [one for one in showings if one.identity.removeprefix("own 0 ").startswith(what)
             or one.identity.startswith(f"own 1 {what}")]  # fmt: skip

    assert {one.identities[0] for one in found(alone)} == {
        identity for identity in used if identity.startswith(what)
    }


def test_the_order_of_records_changes_nothing():
    showings, _ = make_cases(5, 1)
    whole = found(showings)
    random.Random(2).shuffle(showings)

    assert found(showings) == whole


def test_a_finding_adds_up_and_says_what_speaks_against_it():
    shared = [
        show(f"R{n}", "I", day, ("phone", str(which)), ("address", str(which)), name="Jo Day",
             biometric=str(which))
        for n, (day, which) in enumerate([(0, 0), (9, 0), (20, 1), (30, 1)])
    ]  # fmt: skip
    namesake = show("R9", "I2", 0, name="Jo Day")

    [finding] = found([*shared, namesake])

    assert finding.bits == sum(reason.bits for reason in finding.reasons) == 15.0
    assert [(reason.bits, reason.sentence) for reason in finding.against_it] == [
        (-2.0, "others have the name: two people may have it by chance, and a birth date too"),
        (-4.0, "one ends before the other begins: somebody may have moved"),
    ]
    assert finding.for_it[0].sentence == "their biometric references differ"
    assert finding.for_it[0].records == ("R0", "R1", "R2", "R3")


def test_of_several_camps_the_two_that_have_most_are_told():
    three = [
        show(f"R{day}", "I", day, ("phone", str(which)), biometric=body)
        for day, which, body in [(0, 0, "a"), (1, 1, ""), (2, 0, "a"), (3, 2, "b"), (4, 0, "a")]
    ]

    [finding] = found(three)

    assert finding.reasons[0].records == ("R0", "R2", "R4", "R3")
