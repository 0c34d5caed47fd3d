"""Hidden reads exactly like missing, at every address; and each sees what their label allows."""

import re

import pytest
from django.db import transaction

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake import reading
from lightkeeper.apps.intake.models import Mapping, Quarantined, Record, Report
from lightkeeper.apps.intake.tests.arranging import NOON, send

pytestmark = pytest.mark.usefixtures("committed")

GETS = (
    "/reports/{report}/",
    "/reports/{report}/progress/",
    "/reports/quarantine/{row}/",
    "/reports/quarantine/?report={report}",
    "/reports/records/{record}/",
    "/reports/mappings/{mapping}/",
)
POSTS = (
    "/reports/{report}/export/",
    "/reports/{report}/read-again/",
    "/reports/quarantine/{row}/replay/",
    "/reports/quarantine/{row}/discard/",
)
API_GETS = (
    "/api/reports/{report}",
    "/api/reports/{report}/quarantine",
    "/api/reports/records/{record}",
)
API_POSTS = ("/api/reports/quarantine/{row}/replay", "/api/reports/quarantine/{row}/discard")
BODIES = {"replay": {"cells": {}}, "discard": {"reason": "a totals row"}}
MISSING = {"report": "REP-000000000-0", "row": "QUA-000000000-0", "record": "REC-000000000-0",
           "mapping": "MAP-000000000-0"}  # fmt: skip

# Who sees a report of Ada's hub, by its label.
LABELS = {
    "official": ({"level": 0}, {"ada", "lou", "dev"}),
    "sensitive": ({"level": 1}, {"ada", "dev"}),
    "released": ({"level": 1, "released": "westmark-council"}, {"ada", "dev", "cleo"}),
    "lantern": ({"level": 1, "by": "otto", "compartment": True}, {"otto"}),
}
ASKING = ("ada", "lou", "dev", "cleo", "otto", "lena", "ben", "audrey", "sam")


@pytest.fixture(params=LABELS)
def labelled(request, as_):
    """A report under a label, read; its references, and who may see it."""
    given, seeing = LABELS[request.param]
    with transaction.atomic():
        by = as_(given.get("by", "ada"))
        report = send(
            by,
            level=given["level"],
            released_to=list(Agency.objects.filter(code=given.get("released", ""))),
            compartment=min(by.viewer.compartments) if given.get("compartment") else None,
        ).report
    reading.read_on(report.pk, clock=lambda: NOON)
    with transaction.atomic():
        now = as_(given.get("by", "ada"))
        mine = {"report": report.reference}
        mine["row"] = Quarantined.objects.visible_to(now).get().reference
        mine["record"] = Record.objects.visible_to(now).first().reference
        mine["mapping"] = Mapping.objects.visible_to(now).get().reference
    return mine, seeing


def body(answer, asked):
    """What was answered, without what differs in every answer and what was asked for."""
    text = answer.content.decode()
    for reference in (*asked.values(), *MISSING.values()):
        text = text.replace(reference, "")
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", text)


def test_each_sees_what_the_label_allows_and_nothing_tells_the_rest(labelled, browse, see):
    mine, seeing = labelled
    for who in ASKING:
        browser = browse(who)
        shown = {r.reference for r in see(who, Report)}
        assert (mine["report"] in shown) == (who in seeing), who
        assert (mine["report"] in browser.get("/reports/").content.decode()) == (who in seeing)
        for address in GETS:
            if "mapping" in address:
                continue
            found = browser.get(address.format(**mine))
            missing = browser.get(address.format(**MISSING))
            if who in seeing:
                assert found.status_code == 200, (who, address)
            else:
                assert (found.status_code, missing.status_code) == (404, 404), (who, address)
                assert body(found, mine) == body(missing, mine)


def test_hidden_and_missing_are_answered_alike_to_acts_too(labelled, browse, call_api):
    mine, seeing = labelled
    for who in sorted(set(ASKING) - seeing):
        answers = [
            (browse(who).post(a.format(**mine)), browse(who).post(a.format(**MISSING)))
            for a in POSTS
        ]
        api = call_api(who)
        answers += [(api.get(a.format(**mine)), api.get(a.format(**MISSING))) for a in API_GETS]
        for address in API_POSTS:
            data = BODIES[address.rpartition("/")[2]]
            answers.append(
                tuple(
                    api.post(address.format(**names), data, content_type="application/json")
                    for names in (mine, MISSING)
                )
            )
        for found, missing in answers:
            assert (found.status_code, missing.status_code) == (404, 404)
            assert body(found, mine) == body(missing, mine)


@pytest.mark.parametrize("labelled", ["released"], indirect=True)
def test_who_may_read_and_not_change_is_told_so(labelled, browse):
    mine, _ = labelled
    row = f"/reports/quarantine/{mine['row']}/"
    page = browse("cleo").get(row).content.decode()
    assert "Only the agency that owns this may change it." in page
    assert browse("cleo").post(f"{row}discard/", {"reason": "not mine"}).status_code == 403
    assert browse("cleo").post(f"/reports/{mine['report']}/export/").status_code == 403


def test_nobody_is_sent_to_sign_in_from_every_door(browse, call_api):
    for address in (*GETS, "/reports/", "/reports/upload/", "/reports/mappings/"):
        assert browse("").get(address.format(**MISSING)).status_code == 302
    for address in API_GETS:
        assert call_api("").get(address.format(**MISSING)).status_code == 401


def test_administrators_and_auditors_see_no_report(labelled, see):
    for who in ("audrey", "sam"):
        assert see(who, Report) == see(who, Record) == see(who, Quarantined) == []
