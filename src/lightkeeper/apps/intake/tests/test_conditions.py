"""Handling conditions that are set on entry, and what they hold back."""

import pytest

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake import exporting, queries
from lightkeeper.apps.intake.models import Quarantined, Record
from lightkeeper.apps.intake.tests.arranging import (
    GRADED_MAPPING,
    HEADER,
    NOON,
    kept_files,
    mapping_of,
    send,
    table,
)
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.engine.records import Grading
from lightkeeper.testing.cast import HUB

pytestmark = pytest.mark.usefixtures("rolled_back")


def test_the_conditions_stand_on_the_label_and_in_its_words(as_):
    report = send(as_("ada"), conditions=["POINTER", "NO-EXPORT"]).report

    assert report.bucket.conds == Cond.POINTER | Cond.NO_EXPORT
    assert queries.label_words(as_("ada"), report.bucket)[-2:] == ["NO-EXPORT", "POINTER"]


@pytest.mark.parametrize(
    ("conditions", "rule"),
    [(["SECRET"], "report.condition"), (["POINTER", "SILENT-POINTER"], "report.pointer")],
)
def test_what_is_no_condition_or_contradicts_another_is_refused_and_nothing_kept(
    as_, conditions, rule
):
    with pytest.raises(Refused) as refusal:
        send(as_("ada"), conditions=conditions)
    assert refusal.value.rule == rule
    assert kept_files() == []


def test_what_is_not_to_be_exported_does_not_leave_even_by_its_owner(as_):
    report = send(as_("ada"), conditions=["NO-EXPORT"]).report

    with pytest.raises(NotPermitted):
        exporting.check_can_export(as_("ada"), report)


def test_what_its_originator_controls_is_passed_on_by_the_originator_alone(as_):
    hub = Agency.objects.filter(code=HUB)
    theirs = send(as_("ben"), conditions=["ORCON"], released_to=hub).report
    own = send(as_("ada"), conditions=["ORCON"]).report

    exporting.check_can_export(as_("ada"), own)
    assert "ORCON" in exporting.marking_of(as_("ada"), own, NOON)
    assert theirs.bucket_id in as_("ada").readable
    with pytest.raises(NotPermitted):
        exporting.check_can_export(as_("ada"), theirs)


@pytest.mark.parametrize(
    ("grading", "conds"),
    [
        (Grading("3x5x2", "1", "A", "C", ("A3",)), Cond(0)),
        (Grading("3x5x2", "1", "A", "C", ("A1",)), Cond.LEAD_ONLY),
        (Grading("3x5x2", "1", "A", "C", ("A2", "S1")), Cond.LEAD_ONLY | Cond.ORCON),
        (Grading("5x5x5", "A", "1", "4"), Cond.NO_EXPORT),
        (Grading("5x5x5", "A", "1", "5"), Cond.ORCON),
    ],
)
def test_what_the_handling_code_asks_stands_on_the_label(as_, grading, conds):
    report = send(as_("ada"), grading=grading, conditions=["POINTER"]).report

    assert report.bucket.conds == conds | Cond.POINTER


def test_what_is_to_be_asked_of_its_originator_is_not_passed_on_without(as_):
    hub = Agency.objects.filter(code=HUB)
    asked = Grading("3x5x2", "1", "A", "C", ("S2",))
    theirs = send(as_("ben"), grading=asked, released_to=hub).report

    assert theirs.bucket_id in as_("ada").readable
    with pytest.raises(NotPermitted):
        exporting.check_can_export(as_("ada"), theirs)


def test_what_is_kept_to_its_agency_is_released_to_nobody(as_):
    with pytest.raises(Refused) as refusal:
        send(
            as_("ben"),
            grading=Grading("5x5x5", "A", "1", "4"),
            released_to=Agency.objects.filter(code=HUB),
        )
    assert refusal.value.rule == "report.release"
    assert kept_files() == []


def test_a_row_with_a_stricter_code_than_its_report_has_a_stricter_label(as_, do_errands, see):
    """In one file, by its own columns: P, C with S2, and within the agency only."""
    ben = as_("ben")
    mapping = mapping_of(
        ben, GRADED_MAPPING.replace("info}", "info, handling: hand, conditions: cond}")
    )
    rows = [f"{key},Jo,Marsh,12/05/2011,,01/11/2026,1,A,{hand},{cond}"
            for key, hand, cond in (("A1", "P", ""), ("A2", "C", "S2; A1"), ("A3", "", ""),
                                    ("A4", "P", "S2"))]  # fmt: skip
    send(
        ben, table(*rows, header=HEADER + ",src,info,hand,cond"), mapping=mapping,
        released_to=Agency.objects.filter(code=HUB),
    )  # fmt: skip
    do_errands()

    conds = {one.source_key: Cond(one.bucket.conds) for one in see("ada", Record)}
    assert conds == {"A1": Cond(0), "A2": Cond.ORCON | Cond.LEAD_ONLY, "A3": Cond(0)}
    [held] = see("ben", Quarantined)
    assert "S2 goes with handling C" in held.sentence


def test_a_row_that_is_kept_to_its_agency_is_seen_by_no_other(as_, do_errands, see):
    ben = as_("ben")
    text = GRADED_MAPPING.replace("3x5x2", "5x5x5").replace("info}", "info, handling: hand}")
    rows = [f"A{n},Jo,Marsh,12/05/2011,,01/11/2026,A,1,{n}" for n in (1, 4)]
    send(
        ben, table(*rows, header=HEADER + ",src,info,hand"), mapping=mapping_of(ben, text),
        released_to=Agency.objects.filter(code=HUB),
    )  # fmt: skip
    do_errands()

    assert [one.source_key for one in see("ben", Record)] == ["A1", "A4"]
    assert [one.source_key for one in see("ada", Record)] == ["A1"]
