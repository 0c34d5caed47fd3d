"""How a record is kept when nobody has looked at it, the queue, and a review that keeps it."""

import pytest

from lightkeeper.apps.governance import queries, services
from lightkeeper.apps.governance.tests.conftest import LATER, WHY, day
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import HUB, NORTHSHIRE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")


def entry(by, record, on=None):
    found = queries.get_record(by, record.reference)
    return queries.entry_of(by, found, on=on or NOON.date())


def retain(by, record, **how):
    given = {"number": 2, "number_reason": "It says so.", "answers": ["HARM"], "reason": WHY,
             "next_review": day(2045), "at": LATER}  # fmt: skip
    return services.retain(by=by, record=queries.get_record(by, record.reference), **given | how)


@pytest.mark.parametrize(
    ("how", "group", "year"),
    [
        ({}, 3, 2032),
        ({"concerns_child": True}, 1, 2036),
        ({"harms": ["exploits-child"]}, 1, 2036),
        ({"harms": ["violence"]}, 2, 2036),
    ],
)
def test_the_group_follows_from_what_the_record_is(as_, kept, how, group, year):
    record = kept(**how)
    found = entry(as_("ada"), record)

    assert (found.number, found.clear_from, found.due) == (group, NOON.date(), day(year, 11, 23))
    assert found.number_reason
    assert not found.reviewed


def test_each_group_comes_due_on_its_day_and_the_longest_due_first(as_, kept):
    child, plain, violent = kept(concerns_child=True), kept(), kept(harms=["violence"])
    ada = as_("ada")

    def listed(*when):
        return [one.reference for one in queries.due(ada, on=day(*when)).rows]

    assert listed(2032, 11, 22) == []
    assert listed(2032, 11, 23) == [plain.reference]
    assert listed(2036, 11, 22) == [plain.reference]
    assert listed(2036, 11, 23) == [plain.reference, child.reference, violent.reference]


def test_the_queue_goes_on_after_a_page_and_leaves_nobody_out(as_, kept, monkeypatch):
    monkeypatch.setattr(queries, "ROWS_A_PAGE", 2)
    all_of_them = [kept().reference for _ in range(5)]
    ada, found, after = as_("ada"), [], ""
    for _ in range(3):
        page = queries.due(ada, on=LATER.date(), after=after)
        found += [one.reference for one in page.rows]
        after = page.after

    assert (found, after) == (all_of_them, "")


def test_nobody_is_shown_what_is_due_elsewhere(as_, kept):
    hidden, shown = kept("otto"), kept("ben", [HUB])

    listed = [one.reference for one in queries.due(as_("ada"), on=LATER.date()).rows]

    assert shown.reference in listed
    assert hidden.reference not in listed


def test_a_record_that_is_kept_leaves_the_queue_until_its_next_day(as_, kept, recorded):
    record = kept()
    review = retain(as_("ada"), record)
    ada = as_("ada")

    found = entry(ada, record, on=LATER.date())
    assert (found.number, found.number_reason, found.due) == (2, "It says so.", day(2045))
    assert found.reviewed
    assert queries.due(ada, on=day(2044, 12, 31)).rows == []
    assert [one.reference for one in queries.due(ada, on=day(2045)).rows] == [record.reference]
    assert ("REVIEWED", [review.reference, record.reference], "", "retention.group_2") in recorded


def test_a_young_record_is_due_on_the_day_that_its_review_said(as_, kept):
    record = kept()
    soon = NOON.date().replace(day=25)
    ada = as_("ada")
    retain(ada, record, next_review=soon, at=NOON)

    assert queries.due(ada, on=NOON.date()).rows == []
    assert [one.reference for one in queries.due(ada, on=soon).rows] == [record.reference]


def test_the_latest_review_counts(as_, kept):
    record = kept()
    retain(as_("ada"), record)
    retain(as_("dev"), record, number=1, next_review=day(2049))

    found = entry(as_("ada"), record, on=LATER.date())
    assert (found.number, found.due) == (1, day(2049))
    assert len(queries.show(as_("ada"), record.reference, on=LATER.date()).reviews) == 2


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"reason": " "}, "retention.reason"),
        ({"number_reason": ""}, "retention.reason"),
        ({"number": 5}, "retention.group"),
        ({"next_review": LATER.date()}, "retention.next_review"),
        ({"next_review": day(2051)}, "retention.next_review"),
    ],
)
def test_a_review_without_its_parts_changes_nothing(as_, kept, recorded, how, rule):
    record = kept()
    with pytest.raises(Refused) as refusal:
        retain(as_("ada"), record, **how)

    assert refusal.value.rule == rule
    assert not entry(as_("ada"), record).reviewed
    assert "REVIEWED" not in [event[0] for event in recorded]


def test_only_the_agency_that_owns_a_record_reviews_it(as_, kept):
    record = kept("ben", [HUB])

    with pytest.raises(NotPermitted, match="Only the agency that owns"):
        retain(as_("ada"), record)
    with pytest.raises(NotPermitted, match="Your role"):
        services.check_can_retain(as_("sam"), record)


def test_an_outsider_finds_nothing(as_, kept):
    record = kept(released_to=[NORTHSHIRE])

    with pytest.raises(NotFound):
        queries.show(as_("otto"), record.reference, on=LATER.date())


def test_a_review_follows_the_label_of_its_record_and_no_other(as_, kept):
    """Written under another label than the record's, it is refused by the database."""
    from django.db import IntegrityError, transaction

    from lightkeeper.apps.accounts.services import the_label
    from lightkeeper.apps.governance.models import Review

    record = kept()
    ada = as_("ada")
    other = the_label(owner=ada.agency, level=1)
    ada = as_("ada")
    with pytest.raises(IntegrityError, match="review_label"), transaction.atomic():
        Review(
            reference="RVW-1", bucket=other, record=record, number=1, number_reason="x",
            clear_from=day(2026), next_review=day(2030), reason="x", person_id=ada.person_id,
            made_at=NOON,
        ).save(force_insert=True)  # fmt: skip


def test_whom_a_record_is_about_is_asked_before_it_is_reviewed(as_, kept):
    """It is then in the queue, and its retention has not ended for that."""
    from lightkeeper.apps.governance.choices import Ground
    from lightkeeper.apps.intake import categories
    from lightkeeper.apps.intake.choices import Basis, Category

    record = kept()
    ada = as_("ada")
    categories.determine(by=ada, record=record, categories=[Category.UNDETERMINED],
                         basis=Basis.REPORTED, reason=WHY, at=NOON)  # fmt: skip
    assert queries.due(ada, on=day(2027, 2, 20)).rows == []
    [asked] = queries.due(ada, on=day(2027, 2, 21)).rows
    assert (asked.asked, asked.due) == (day(2027, 2, 21), day(2032, 11, 23))
    with pytest.raises(Refused, match="until it is reviewed"):
        services.propose_disposal(
            by=ada, record=record, ground=Ground.PERIOD_ENDED, answers=[], reason=WHY,
            at=NOON.replace(year=2028),
        )  # fmt: skip
    categories.determine(by=ada, record=record, categories=[Category.SUSPECT], basis=Basis.FACT,
                         reason=WHY, at=NOON)  # fmt: skip
    assert queries.due(ada, on=day(2027, 2, 21)).rows == []
