"""A child is not missed for want of a day."""

from datetime import date

import pytest

from lightkeeper.engine.records import (
    MappedRecord,
    concerns_child,
)

ON = date(2026, 11, 23)


def person(**properties: str) -> MappedRecord:
    return MappedRecord(1, "Person", {k: [v] for k, v in properties.items()}, {})


@pytest.mark.parametrize(
    ("properties", "is_child"),
    [
        ({"birthDate": "2008-11-23"}, False), ({"birthDate": "2008-11-24"}, True),
        ({"birthDate": "2008-11"}, True), ({"birthDate": "2008-10"}, False),
        ({"birthDate": "2008"}, True), ({"birthDate": "2007"}, False),
        ({"birthDate": "2008-12"}, True),
        ({"estimatedAge": "17.5"}, True), ({"estimatedAge": "18"}, False),
        ({"estimatedAge": "teen"}, False),
        ({"role": "missing-child"}, True), ({"role": "suspect"}, False), ({}, False),
    ],
)  # fmt: skip
def test_a_record_concerns_a_child_under_18_or_said_to_be_one(properties, is_child):
    assert concerns_child(person(**properties), ON) is is_child


def test_age_is_counted_on_the_day_observed_and_not_on_the_day_received():
    record = MappedRecord(1, "Person", {"birthDate": ["2007-01-01"]}, {}, observed_on="2024-12")
    assert concerns_child(record, ON)
    assert not concerns_child(person(birthDate="2007-01-01"), ON)


def test_one_born_on_a_leap_day_is_18_on_the_first_of_march():
    assert concerns_child(person(birthDate="2004-02-29"), date(2022, 2, 28))
    assert not concerns_child(person(birthDate="2004-02-29"), date(2022, 3, 1))


@pytest.mark.parametrize(
    "role", ["missing_child", "Missing child", "missing-child", "CHILD_VICTIM"]
)
def test_a_child_is_a_child_however_the_sender_writes_it(role):
    record = MappedRecord(1, "Person", {}, {}, roles=(role,))

    assert concerns_child(record, date(2026, 11, 23))
