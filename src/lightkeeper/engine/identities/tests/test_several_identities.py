import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.identities import Shown, Weights, several_identities
from lightkeeper.engine.identities.tests.cases import show

PHONE, HOME = ("phone", "01632 1"), ("address", "1 Any Street")
PASSPORT = ("document", "QX1")
OTHER_BIRTH = date(1975, 3, 3)


def found(*showings):
    return several_identities(Shown(showings), Weights())


def pair(*things, name="Bo Birch", born=OTHER_BIRTH, first=None, second=None):
    """Two identities that show the same things."""
    return [
        show("R1", "A", 0, *things, name="Ann Ash", **(first or {})),
        show("R2", "B", 9, *things, name=name, born=born, **(second or {})),
    ]


def test_two_names_with_one_phone_and_one_home_are_a_proposal_with_its_reasons():
    [finding] = found(*pair(PHONE, HOME))

    assert (finding.identities, finding.bits) == (("A", "B"), 7.0)
    assert [(reason.bits, reason.sentence) for reason in finding.reasons] == [
        (6.0, "both show one phone, which nobody else shows"),
        (3.0, "both show one address, which nobody else shows"),
        (-2.0, "their birth dates differ"),
    ]
    assert finding.for_it[0].records == ("R1", "R2")
    assert [reason.sentence for reason in finding.against_it] == ["their birth dates differ"]


@pytest.mark.parametrize(
    ("showings", "is_found"),
    [
        (pair(PHONE), False),
        (pair(PASSPORT), True),
        (pair(HOME, born=date(1980, 5, 5)), True),
        (pair(HOME, name="Bo Ash", born=date(1980, 5, 5)), False),
        (pair(HOME, first={"born": date(1980, 1, 1)}, born=date(1980, 1, 1)), False),
        (pair(first={"also": frozenset({"BO BIRCH"})}, born=date(1980, 5, 5)), True),
        (pair(first={"also": frozenset({"BO BIRCH"})}), False),
        (pair(PASSPORT, first={"apart": frozenset({"B"})}), False),
        (pair(PHONE, HOME, first={"biometric": "x"}, second={"biometric": "y"}), False),
        (pair(PHONE, first={"biometric": "x"}, second={"biometric": "x"}), True),
        (pair(PHONE, HOME, name="Anne Ash", born=date(1980, 5, 5)), False),
        (pair(PASSPORT, name="Anne Ash", born=date(1980, 5, 6)), False),
        (pair(PASSPORT, name="Ash Ann", born=None), False),
    ],
    ids=[
        "a phone alone", "a passport", "home and birth date", "twins", "born on 1 January",
        "called so, one birth date", "called so, other birth date", "put together as two",
        "two bodies", "one body", "a spelling", "a slip in the day", "no birth date",
    ],
)  # fmt: skip
def test_what_is_one_person_and_what_is_not(showings, is_found):
    assert bool(found(*showings)) is is_found


def test_a_given_name_in_common_does_not_make_up_for_another_birth_date():
    assert found(*pair(name="Ann Birch", first={"also": frozenset({"Ann Birch"})})) == []


def test_a_family_name_in_common_speaks_against_it_at_one_address_only():
    assert found(*pair(PASSPORT, name="Bo Ash"))
    assert found(*pair(PASSPORT, HOME, name="Bo Ash")) == []


def test_two_places_on_one_day_speak_against_one_person():
    def at(place, day):
        second = show("R2", "B", day, PHONE, HOME, name="Bo Birch", born=OTHER_BIRTH, place=place)
        return found(show("R1", "A", 0, PHONE, HOME, name="Ann Ash", place="North"), second)

    assert at("South", 0) == []
    assert at("North", 0)
    assert at("South", 1)


def test_a_hostels_phone_and_address_accuse_nobody():
    crowd = [
        show(f"R{n}", f"I{n}", n, PHONE, HOME, name=f"{'ABCDEFGHIJKL'[n]}x {n}{n}{n}")
        for n in range(12)
    ]

    assert found(*crowd) == []


@settings(deadline=None)
@given(st.integers(0, 20))
def test_whoever_else_shows_a_thing_makes_it_say_less(others):
    crowd = [
        show(f"R9{n}", f"X{n}", n, PHONE, PASSPORT, name=f"Cy {n}", born=date(1950, 1, 1 + n))
        for n in range(others)
    ]

    alone = found(*pair(PHONE, PASSPORT))[0]
    among = [one for one in found(*pair(PHONE, PASSPORT), *crowd) if one.identities == ("A", "B")]

    assert all(one.bits < alone.bits for one in among) if others else among == [alone]
    assert not (others > 6 and among)


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing_and_reasons_add_up(chance):
    showings = [
        *pair(PHONE, HOME), show("R3", "A", 4, PASSPORT, name="Ann Ash"),
        show("R4", "C", 5, PASSPORT, name="Cy Cole", born=OTHER_BIRTH,
             also=frozenset({"Bo Birch"})),
    ]  # fmt: skip
    whole = found(*showings)
    chance.shuffle(showings)

    assert found(*showings) == whole
    assert [one.identities for one in whole] == [("B", "C"), ("A", "C"), ("A", "B")]
    assert all(one.bits == round(sum(r.bits for r in one.reasons), 2) for one in whole)


def test_strongest_first_whatever_their_names():
    showings = [*pair(PHONE, HOME), show("R3", "C", 0, name="Cy Cole"),
                show("R4", "D", 0, PASSPORT, name="Di Dean"),
                show("R5", "C", 0, PASSPORT, name="Cy Cole")]  # fmt: skip
    random.Random(1).shuffle(showings)

    assert [one.identities for one in found(*showings)] == [("C", "D"), ("A", "B")]
