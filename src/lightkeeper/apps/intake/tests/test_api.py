"""Intake for programs: the same acts as the pages, idempotent by the digest of what is sent."""

from urllib.parse import urlencode

import pytest

from lightkeeper.apps.intake.models import Report
from lightkeeper.apps.intake.tests.arranging import MAPPING, ROWS, kept_files, table

pytestmark = pytest.mark.usefixtures("committed")

GRADED = {
    "file_name": "persons.csv",
    "scheme": "3x5x2",
    "source_evaluation": "2",
    "information_assessment": "C",
    "handling_code": "P",
}


@pytest.fixture
def api(call_api):
    return call_api("ada")


@pytest.fixture
def mapping(api):
    made = api.post("/api/reports/mappings", {"text": MAPPING}, content_type="application/json")
    assert made.status_code == 201, made.json()
    return made.json()["reference"]


def send(api, data=None, **changed):
    query = urlencode({**GRADED, **changed}, doseq=True)
    data = table(*ROWS) if data is None else data
    return api.post(f"/api/reports?{query}", data, content_type="application/octet-stream")


def test_a_body_becomes_a_report_and_the_same_body_again_is_recognised(api, mapping, see):
    first = send(api, mapping=mapping)
    again = send(api, mapping=mapping)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["status"] == "RECEIVED"
    assert len(see("ada", Report)) == 1


def test_a_part_of_a_form_is_taken_too(api, mapping):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("persons.csv", table(*ROWS))
    query = urlencode({**GRADED, "file_name": "", "mapping": mapping})
    answer = api.post(f"/api/reports?{query}", {"file": file})

    assert answer.status_code == 201
    assert answer.json()["file_name"] == "persons.csv"


@pytest.mark.parametrize("as_form", [True, False])
def test_a_picture_leaves_its_digest_and_no_byte(api, as_form, events):
    from django.core.files.uploadedfile import SimpleUploadedFile

    data = b"\xff\xd8\xff\xe0" + bytes(100_000)
    if as_form:
        query = urlencode(GRADED)
        file = SimpleUploadedFile("persons.csv", data)
        answer = api.post(f"/api/reports?{query}", {"file": file})
    else:
        answer = send(api, data)

    assert (answer.status_code, answer.json()["code"]) == (422, "MEDIA")
    assert answer.json()["size_bytes"] == len(data)
    assert (kept_files(), events()) == ([], ["report refused"])


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"source_evaluation": "9"}, 409, "'9' is no source code"),
        ({"level": "SECRET"}, 409, "The level is one of"),
        ({"released_to": ["nowhere"]}, 409, "no agency 'nowhere'"),
        ({"compartment": "LANTERN"}, 404, "no such compartment"),
        ({"mapping": "MAP-000000000-0"}, 404, "no such mapping"),
        ({"encoding": "utf-7"}, 409, "The encoding is one of"),
        ({"owner": "northshire-police"}, 409, "no parameter 'owner'"),
        ({"mapping": ""}, 409, "needs a mapping"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(api, mapping, changed, status, said):
    answer = send(api, **{"mapping": mapping, **changed})

    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.json()
    assert kept_files() == []


def test_a_whole_round_from_the_file_to_the_corrected_row(api, mapping, do_errands):
    reference = send(api, mapping=mapping).json()["reference"]
    do_errands()

    report = api.get(f"/api/reports/{reference}").json()
    assert (report["status"], report["rows_accepted"], report["rows_quarantined"]) == (
        "PARSED",
        2,
        1,
    )
    [row] = api.get(f"/api/reports/{reference}/quarantine").json()["rows"]
    assert row["faults"][0]["column"] == "dob"
    url = f"/api/reports/quarantine/{row['reference']}/replay"
    wrong = api.post(url, {"cells": row["row"]}, content_type="application/json").json()
    assert (wrong["accepted"], wrong["faults"][0]["column"]) == (False, "dob")
    cells = {**row["row"], "dob": "28/02/1975"}
    done = api.post(url, {"cells": cells}, content_type="application/json").json()
    assert done["accepted"]
    record = api.get(f"/api/reports/records/{done['record']}").json()
    assert (record["caption"], record["row_number"]) == ("Sol Reed", 4)
    assert api.get("/api/reports").json()["reports"][0]["reference"] == reference


def test_a_row_is_set_aside_with_a_reason(api, mapping, do_errands):
    reference = send(api, mapping=mapping).json()["reference"]
    do_errands()
    [row] = api.get(f"/api/reports/{reference}/quarantine").json()["rows"]
    url = f"/api/reports/quarantine/{row['reference']}/discard"

    assert api.post(url, {"reason": ""}, content_type="application/json").status_code == 422
    done = api.post(url, {"reason": "a totals row"}, content_type="application/json").json()
    assert done["status"] == "DISCARDED"
