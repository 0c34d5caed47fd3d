"""What cleaning did is said in words, and what was received stays beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.records import SCHEMATA, Cleaned, Setting, clean, cleaning_steps

TYPES = sorted({p.type for k in SCHEMATA.kinds.values() for p in k.properties.values()})
SETTING = Setting(2026, scheme="nhs")


@pytest.mark.parametrize(
    ("type_", "text", "said"),
    [
        ("name", "Ada Quill", ()),
        ("name", "  Ada   Quill", ("blanks around and between were taken away",)),
        ("email", " <Ada@Mail.Example>",
         ("blanks around and between were taken away", "brackets around it were left out",
          "capitals were written small")),
        ("handle", "@Ada", ("the @ before it was left out", "capitals were written small")),
        ("postcode", "sw1a-1aa",
         ("small letters were written as capitals", "blanks and marks were left out",
          "the two halves were parted")),
        ("vehicle", "zb10 cde",
         ("small letters were written as capitals", "blanks and marks were left out")),
        ("phone", "07700 900123",
         ("blanks and marks were left out",
          "it was written with the code of its country (GB where none is said)")),
        ("date", "03/02/1990", ("it was read as day, month, year and written as 1990-02-03",)),
        ("date", "3 Feb 1990", ("it was written as 1990-02-03",)),
        ("date", "1990", ("only the year is known",)),
    ],
)  # fmt: skip
def test_each_step_is_said_in_words(type_, text, said):
    found = cleaning_steps(type_, text, SETTING)

    assert found.said == said
    assert found.original == text


def test_a_value_that_was_refused_has_its_reason_and_no_value():
    found = cleaning_steps("postcode", "nowhere", SETTING)

    assert found.value is None
    assert "is not a UK postcode" in found.said[0]


@given(st.sampled_from(TYPES), st.text(max_size=40))
def test_the_steps_lead_to_what_cleaning_gives_and_the_original_is_kept(type_, text):
    found, cleaned = cleaning_steps(type_, text, SETTING), clean(type_, text, SETTING)

    assert found.original == text
    if isinstance(cleaned, Cleaned):
        assert found.value == cleaned.value
        assert found.said or cleaned.value == text
