from dataclasses import replace
from datetime import date

import pytest

from lightkeeper.engine.identities import Document, check_digit, contradictions

GOOD = Document(
    "R1", "A", "QQ", "L898902C3", "Ann Ash", date(1980, 5, 5), date(2020, 1, 1),
    date(2030, 1, 1), "6",
)  # fmt: skip
AGAIN = replace(GOOD, record="R2", identity="B")


def sentences(*documents):
    return [reason.sentence for one in contradictions(documents) for reason in one.reasons]


@pytest.mark.parametrize(
    ("text", "digit"),
    [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("AB2134<<<", "5"), ("", "0"),
     ("Ü1", "")],
)  # fmt: skip
def test_check_digits_are_those_of_the_standard(text, digit):
    assert check_digit(text) == digit


def test_what_agrees_contradicts_nothing():
    assert contradictions([]) == []
    assert contradictions([GOOD, AGAIN, replace(AGAIN, number="L898902C4", check_digit="")]) == []
    assert contradictions([GOOD, replace(AGAIN, name="ASH Anne")]) == []
    assert contradictions([GOOD, replace(AGAIN, country="ZZ", name="Bo Birch")]) == []


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (replace(GOOD, expires=date(2020, 1, 1)), "it expires no later than it was issued"),
        (replace(GOOD, issued=date(1980, 5, 4)), "it was issued before its holder was born"),
        (replace(GOOD, check_digit="7"), "its check digit does not fit its number"),
    ],
)
def test_a_document_may_contradict_itself(document, sentence):
    assert sentences(document) == [sentence]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (replace(AGAIN, name="Bo Birch"), "one number stands beside names that are unlike"),
        (replace(AGAIN, born=date(1981, 5, 5)), "one number stands beside several birth dates"),
        (
            replace(AGAIN, issued=date(2021, 1, 1)),
            "one number was issued on several days: used again, or made up",
        ),
        (
            replace(AGAIN, number="l898 902c3", name="Bo Birch"),
            "one number stands beside names that are unlike",
        ),
    ],
)
def test_what_was_said_of_one_number_may_contradict(other, sentence):
    [finding] = contradictions([other, GOOD])

    assert [reason.sentence for reason in finding.reasons] == [sentence]
    assert finding.reasons[0].records == ("R1", "R2")
    assert finding.identities == ("A", "B")


def test_the_strongest_contradiction_comes_first_in_whichever_order_they_came():
    weak, strong = replace(GOOD, number="X1", check_digit="9"), replace(AGAIN, name="Bo Birch")

    several = contradictions([weak, GOOD, strong])

    assert [one.bits for one in several] == [8.0, 3.0]
    assert contradictions([strong, GOOD, weak]) == several
