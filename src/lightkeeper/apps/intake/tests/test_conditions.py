"""Handling conditions that are set on entry, and what they hold back."""

import pytest

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake import exporting, queries
from lightkeeper.apps.intake.tests.arranging import NOON, kept_files, send
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import NotPermitted, Refused
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
