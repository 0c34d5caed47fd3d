from datetime import date

import pytest

from lightkeeper.engine.accuracy import groups

ON = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ({"full_name": ["Ada Marsh"]}, "two words"),
        ({"given_name": ["Ada"], "family_name": ["Marsh"]}, "two words"),
        ({"full_name": ["Ada", "Maria de la Cruz"]}, "three or more words"),
        ({"full_name": ["Zoë Marsh"]}, "accents or another script"),
        ({"full_name": ["李明"]}, "accents or another script"),
        ({"full_name": ["Ada"]}, "one word"),
        ({"full_name": [" "]}, "not said"),
        ({}, "not said"),
    ],
)
def test_a_name_is_grouped_by_its_script_and_length(said, group):
    assert groups.name_group(said) == group


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("2016-03-03", "under 10"), ("2016-03-02", "10 to 17"), ("2008-03-02", "18 to 24"),
        ("02/03/1961", "65 and over"), ("1986-01-01", "40 to 64"), ("2030-01-01", "not said"),
        ("not known", "not said"), ("1990-13-40", "25 to 39"),
    ],
)  # fmt: skip
def test_an_age_is_that_of_the_day(born, group):
    assert groups.age_group({"birth_date": [born]}, ON) == group


@pytest.mark.parametrize(
    ("values", "group"),
    [(["F"], "female"), (["male"], "male"), (["X"], "recorded otherwise"),
     (["F", "M"], "recorded otherwise"), (["unknown"], "not said"), ([], "not said")],
)  # fmt: skip
def test_sex_is_as_recorded(values, group):
    assert groups.sex_group({"sex": values}) == group


def test_a_record_is_as_full_as_what_it_says():
    half = {"given_name": ["Ada"], "birth_date": ["1990-01-01"], "postcode": ["AB1 2CD"]}

    assert groups.fullness({"given_name": ["Ada"]}) == "none"
    assert groups.fullness(half) == "one or two of the six"
    assert groups.fullness(half | {"family_name": ["M"]}) == "three or four"
    assert groups.says(half, "Address or postcode")
    assert not groups.says(half, "Given name and surname")


def test_each_record_is_in_one_group_of_each_table():
    records = [{}, {"full_name": ["Ada Marsh"], "sex": ["f"]}, {"phone": ["07700900123"]}]
    tables = groups.tables_of(records, ON)

    assert {"Name", "Age", "Recorded sex", "Birth date", "Phone or e-mail"} <= set(tables)
    for names, of in tables.values():
        assert len(of) == len(records)
        assert all(0 <= at < len(names) for at in of)
    names, of = tables["Recorded sex"]
    assert [names[at] for at in of] == ["not said", "female", "not said"]
