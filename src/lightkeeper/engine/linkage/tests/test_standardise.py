import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.names import name_parts
from lightkeeper.engine.linkage.plan import Kind, plan_by_name
from lightkeeper.engine.linkage.scoring import Comparer
from lightkeeper.engine.linkage.standardise import standardise


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.FAMILY_NAME, "  O’Neil-Nuñez ", "oneil nunez"),
        (Kind.FAMILY_NAME, "n/a", None),
        (Kind.BIRTH_DATE, "1990-02-03", "1990-02-03"),
        (Kind.BIRTH_DATE, " 19900203", "1990-02-03"),
        (Kind.BIRTH_DATE, "3/2/1990", "1990-02-03"),
        (Kind.BIRTH_DATE, "02/13/1990", "1990-02-13"),
        (Kind.BIRTH_DATE, "3rd February 1990", "1990-02-03"),
        (Kind.BIRTH_DATE, "Feb 3, 1990", "1990-02-03"),
        (Kind.BIRTH_DATE, "1990-02-03T00:00:00", "1990-02-03"),
        (Kind.BIRTH_DATE, "1858-83-15", "1858-83-15"),
        (Kind.BIRTH_DATE, "1900-01-01", None),
        (Kind.BIRTH_DATE, "about 1990", None),
        (Kind.PHONE, "+44 (0)7700 900123", "07700900123"),
        (Kind.PHONE, "0044 7700 900123", "07700900123"),
        (Kind.PHONE, "0000000000", None),
        (Kind.POSTCODE, "sw1a 1AA", "sw1a1aa"),
        (Kind.EMAIL, " Ada@Mail.Example", "ada@mail.example"),
        (Kind.EMAIL, "ada", None),
        (Kind.IDENTIFIER, "AB 12-34 c", "ab1234c"),
        (Kind.IDENTIFIER, "99999", None),
        (Kind.SEX, "Female", "f"),
    ],
)
def test_values_take_one_spelling(kind, text, expected):
    assert standardise(kind, text) == expected


def test_a_full_name_fills_in_the_parts_and_titles_are_not_names():
    parts = name_parts(["Sir"], [], [], ["Sir Frederick George Quill"])

    assert (parts.given, parts.family, parts.middle) == (("frederick",), ("quill",), ("george",))
    assert parts.tokens == ("frederick", "george", "quill")


def test_every_alias_gives_a_given_name_and_a_surname():
    parts = name_parts([], [], [], ["Ada Penn", "Babs Quill"])

    assert parts.given == ("ada", "babs")
    assert parts.family == ("penn", "quill")


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("Liz", "Beth", "Given names are known forms of one name"),
        ("Bill", "Liam", "Given names are known forms of one name"),
        ("Liz", "Ada", "Given names differ"),
    ],
)
def test_two_short_forms_of_one_name_are_a_level_of_their_own(one, other, sentence):
    table = pa.table({"given_name": [one, other], "family_name": ["Quill", "Quill"]})
    plan = plan_by_name(table.column_names)
    loaded = load(table, plan)
    comparisons = compare_fields(loaded.fields)
    chunk = Comparer(loaded.coded, comparisons).compare(np.array([0]), np.array([1]))

    given = [c.column for c in comparisons].index("given")
    assert comparisons[given].levels[chunk.level[0, given]].sentence == sentence
