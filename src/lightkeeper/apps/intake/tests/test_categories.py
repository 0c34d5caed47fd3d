"""Whom a record is about: as it comes, as a person decides, and on the ranked list."""

from datetime import date, timedelta

import pytest

from lightkeeper.apps.intake import categories, queries
from lightkeeper.apps.intake.choices import Basis, Category
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.records import NOON

WHY = "the statement says so"


@pytest.mark.parametrize(
    ("roles", "child", "found"),
    [
        ([], False, ["UNDETERMINED"]),
        (["associate"], False, ["UNDETERMINED"]),
        (["suspect"], False, ["SUSPECT"]),
        (["Prime Suspect"], False, ["SUSPECT"]),
        (["convicted"], False, ["CONVICTED"]),
        (["suspect", "convicted"], False, ["CONVICTED", "SUSPECT"]),
        (["witness", "suspect"], False, ["WITNESS", "SUSPECT"]),
        (["suspect", "trafficking_victim"], False, ["VICTIM", "SUSPECT"]),
        (["associate"], True, ["CHILD"]),
        (["suspect"], True, ["CHILD", "SUSPECT"]),
    ],
)
def test_all_that_the_roles_say_is_kept_the_most_protected_first(roles, child, found):
    assert categories.categories_of("Person", roles, child=child) == found
    assert categories.categories_of("Vehicle", roles, child=child) == []


def test_what_a_person_says_is_put_in_order_once_and_nothing_is_undetermined_beside_it():
    said = [Category.SUSPECT, Category.UNDETERMINED, Category.CHILD, Category.SUSPECT]
    assert categories.in_order(said) == ["CHILD", "SUSPECT"]
    assert categories.in_order([]) == ["UNDETERMINED"]


def test_what_is_not_determined_has_a_day_and_what_is_has_none():
    received = date(2026, 11, 23)
    assert categories.review_due("UNDETERMINED", received) == received + timedelta(days=90)
    for category in set(Category) - {Category.UNDETERMINED}:
        assert categories.review_due(category, received) is None
    assert categories.review_due("", received) is None


def determine(by, record, **how):
    given = {"categories": [Category.WITNESS], "basis": Basis.FACT, "reason": WHY, "at": NOON}
    found = queries.get_record(by, record.reference)
    return categories.determine(by=by, record=found, **given | how)


@pytest.mark.usefixtures("rolled_back")
def test_a_person_of_the_owner_determines_it_with_a_reason(as_, a_record):
    record = a_record("ben", [HUB])
    ben = as_("ben")

    with pytest.raises(Refused):
        determine(ben, record, reason=" ")
    determine(ben, record)
    found = queries.get_record(ben, record.reference)
    assert (found.category, found.basis, found.review_due) == ("WITNESS", "FACT", None)
    with pytest.raises(NotPermitted, match="Only the agency that owns"):
        determine(as_("ada"), record)


@pytest.mark.usefixtures("rolled_back")
def test_the_page_shows_and_changes_it(a_record, browse):
    record = a_record("ada")
    url = f"/reports/records/{record.reference}/"
    given = {"categories": ["SUSPECT", "VICTIM"], "basis": "OPINION", "reason": WHY}

    assert "Not yet determined" in browse("ada").get(url).content.decode()
    assert browse("ada").post(f"{url}determine/", {"basis": "OPINION"}).status_code == 422
    assert browse("ada").post(f"{url}determine/", given).status_code == 302
    reference = record.reference.replace("REC-", "SUB-")
    page = browse("ada").get(f"/picture/subjects/{reference}/").content.decode()
    assert "· Victim; Suspect · Opinion" in page
