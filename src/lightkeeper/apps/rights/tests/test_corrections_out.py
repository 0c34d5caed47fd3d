"""Each door that gives what a record says gives what is right beside it."""

import csv
import io

import pytest
from django.urls import reverse

from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.rights import queries, services
from lightkeeper.apps.rights.choices import CorrectionKind
from lightkeeper.apps.rights.tests.conftest import WHY
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")

NAME, RIGHT = "Zqwilla Heldx", "Willow Rightx"


@pytest.fixture
def corrected(as_, held):
    """A record with a correction, and another of the same kind without one."""
    record, plain = held(name=NAME, harms=["violence"]), held(name="Zqnora Plainx")
    dora = as_("dora")
    made = services.correct(
        by=dora, record=queries.find_record(dora, record.reference), kind=CorrectionKind.CORRECTED,
        of_property="name", was=NAME, becomes=RIGHT, reason=WHY, at=NOON,
    )  # fmt: skip
    as_("ada")
    return record, plain, made


def said(api, made):
    [one] = api["corrections"]
    assert (one["of_property"], one["was"], one["becomes"]) == ("name", NAME, RIGHT)
    assert (one["reference"], one["kind"]) == (made.reference, "CORRECTED")


def test_an_export_says_it_in_the_row_of_the_record(browse, corrected):
    record, plain, made = corrected
    for one, wanted in (
        (record, f"Correction: name: {NAME} → {RIGHT} ({made.reference})"), (plain, ""),
    ):  # fmt: skip
        answer = browse("ada").post(
            reverse("intake:export", args=[one.report.reference]), {"reason": WHY}
        )
        _, *lines = b"".join(answer.streaming_content).decode().splitlines()
        [row] = csv.DictReader(io.StringIO("\n".join(lines)))
        assert (row["caption"], row["corrections"]) == (one.caption, wanted)


def test_the_api_says_it_with_a_record_and_when_its_category_is_decided(call_api, corrected):
    record, plain, made = corrected
    said(call_api("ada").get(reverse("api:intake_record", args=[record.reference])).json(), made)
    given = {"categories": ["WITNESS"], "basis": "FACT", "reason": WHY}
    answer = call_api("ada").post(
        reverse("api:intake_determine", args=[record.reference]), given,
        content_type="application/json",
    )  # fmt: skip
    said(answer.json(), made)
    other = call_api("ada").get(reverse("api:intake_record", args=[plain.reference])).json()
    assert other["corrections"] == []


def test_the_api_says_it_with_the_records_of_a_subject(call_api, corrected):
    record, _, made = corrected
    subject = picture.reference_of(record)
    answer = call_api("ada").get(reverse("api:get_subject", args=[subject])).json()

    [one] = answer["records"]
    said(one, made)


def test_the_api_says_it_with_what_a_search_finds_and_with_the_ranked(call_api, corrected):
    record, _, made = corrected
    found = call_api("ada").get(reverse("api:search_picture"), {"q": NAME}).json()["found"]
    said(next(one for one in found if one["records"] == [record.reference]), made)
    ranked = call_api("ada").get(reverse("api:list_priorities")).json()["ranked"]
    subject = picture.reference_of(record)
    said(next(one for one in ranked if one["reference"] == subject), made)


@pytest.mark.parametrize("door", ["subject", "pair", "search", "report", "priorities", "record"])
def test_every_page_of_a_records_values_says_it(browse, corrected, door):
    record, plain, _ = corrected
    address = {
        "subject": reverse("intelligence:subject", args=[picture.reference_of(record)]),
        "pair": reverse("intelligence:pair", args=[record.reference, plain.reference]),
        "search": reverse("intelligence:search") + f"?q={NAME}",
        "report": reverse("intake:report", args=[record.report.reference]),
        "priorities": reverse("intelligence:priorities"),
        "record": record.get_absolute_url(),
    }[door]
    page = browse("ada").get(address).content.decode()

    assert NAME in page
    assert RIGHT in page


def test_who_may_not_see_the_record_is_not_told_what_is_right_either(as_, corrected):
    from lightkeeper.apps.intake import corrected as beside

    record, *_ = corrected
    assert beside.of_records(as_("ada"), [record.pk])
    for name in ("ben", "lena", "audrey", "sam"):
        assert beside.of_records(as_(name), [record.pk]) == {}
