"""Bad input through the real door: an error by row and column, nothing lost, nothing half done."""

import hashlib
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from django.conf import settings
from django.db import transaction

from lightkeeper.apps.intake.models import Quarantined, Record, Report
from lightkeeper.apps.intake.services import Came, Grading, receive
from lightkeeper.apps.intake.tests.arranging import MAPPING, NOON
from lightkeeper.testing.plugin import NAME, superuser

pytestmark = pytest.mark.usefixtures("committed")

SAMPLES = Path(__file__).parents[2] / "samples" / "bad"
MIB = 1024 * 1024

# Refused whole: the code, and what the sentence says.
REFUSED = {
    "empty.csv": ("EMPTY", "The file is empty"),
    "blanks.csv": ("EMPTY", "only blanks"),
    "utf-16.csv": ("ENCODING", "UTF-16. Save it as 'CSV UTF-8'"),
    "twice-the-same-heading.csv": ("HEADER", "dob"),
    "picture.csv": ("MEDIA", "a PNG picture"),
    "embedded-picture.csv": ("MEDIA", "Line 3 holds an embedded file"),
    "not-a-workbook.xlsx": ("ARCHIVE", "damaged or cut off"),
    "document.csv": ("TYPE", "a PDF document"),
    "web-page.csv": ("TYPE", "XML or a web page"),
    "one-list.json": ("TYPE", "one JSON list"),
}
# Not for this mapping: what the sentence says.
NOT_FITTING = {"another-heading.csv": "reads 'dob', which the file does not have"}
# Taken in, with these rows apart: row, column, code.
APART = {
    "cp1252.csv": [(3, "", "ENCODING")],
    "ragged.csv": [(3, "", "RAGGED"), (4, "", "RAGGED")],
    "wrong-types.csv": [(3, "dob", "DATE"), (3, "mobile", "PHONE"), (3, "seen", "DATE")],
    "unclosed-quote.csv": [(3, "", "QUOTE")],
    "nul.csv": [(3, "forename", "NUL")],
    "stacked-marks.csv": [(3, "forename", "MARKS")],
    "formulas.csv": [],
    "hidden-characters.csv": [],
    "markup.csv": [],
    "headings-only.csv": [],
    "broken-lines.jsonl": [
        (2, "", "JSON"), (3, "", "DUPLICATE-KEY"), (4, "", "NUMBER"),
        (5, "/properties/name", "VALUE-TYPE"), (6, "/id", "ID"), (7, "", "ENCODING"),
        (8, "", "NUL"), (9, "", "DEPTH"),
    ],
}  # fmt: skip
GRADED = {
    "scheme": "3x5x2", "source_evaluation": "2", "information_assessment": "C",
    "handling_code": "P",
}  # fmt: skip


@pytest.fixture(autouse=True)
def an_empty_store():
    yield
    for place in (Path(settings.BLOBS), Path(settings.FILE_UPLOAD_TEMP_DIR)):
        for inside in place.iterdir():
            shutil.rmtree(inside) if inside.is_dir() else inside.unlink()


@pytest.fixture
def post(call_api):
    """Send a file in over the API; the mapping goes first if its kind needs one."""
    api = call_api("ada")

    def send(name, data, **changed):
        mapping = ""
        if not name.endswith((".jsonl", ".json")):
            made = api.post(
                "/api/reports/mappings", {"text": MAPPING}, content_type="application/json"
            )
            mapping = made.json()["reference"]
        query = urlencode({**GRADED, "file_name": name, "mapping": mapping, **changed})
        return api.post(f"/api/reports?{query}", data, content_type="application/octet-stream")

    return send


def kept():
    places = (Path(settings.BLOBS), Path(settings.FILE_UPLOAD_TEMP_DIR))
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def seen(as_, model):
    with transaction.atomic():
        return list(model.objects.visible_to(as_("ada")).order_by("pk"))


def nothing_is_half_done(as_):
    """What was received is accounted for, row by row."""
    for report in seen(as_, Report):
        rows = (report.rows_accepted, report.rows_repeated, report.rows_quarantined)
        assert report.rows_read == sum(rows)
        assert len(seen(as_, Record)) == report.rows_accepted
        assert len(seen(as_, Quarantined)) == report.rows_quarantined


def test_every_sample_has_its_expectation():
    samples = {path.name for path in SAMPLES.iterdir()} - {"README.md"}
    assert samples == {*REFUSED, *NOT_FITTING, *APART}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_at_all_is_refused_and_no_byte_is_kept(post, as_, name):
    data = (SAMPLES / name).read_bytes()
    answer = post(name, data)
    code, said = REFUSED[name]

    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.json()
    assert said in answer.json()["detail"]
    assert answer.json()["digest"] == hashlib.sha256(data).hexdigest()
    assert (seen(as_, Report), kept()) == ([], [])
    with superuser(NAME) as connection:
        told = connection.execute(
            "select reason from audit_event where did = 'report refused'"
        ).fetchall()
    assert told == [(f"sha256 {answer.json()['digest']}, {len(data)} bytes",)]


@pytest.mark.parametrize("name", NOT_FITTING)
def test_what_does_not_fit_its_mapping_is_refused_by_the_column(post, as_, name):
    answer = post(name, (SAMPLES / name).read_bytes())

    assert (answer.status_code, NOT_FITTING[name] in answer.json()["detail"]) == (409, True)
    assert (seen(as_, Report), kept()) == ([], [])


@pytest.mark.parametrize("name", APART)
def test_bad_rows_stand_apart_by_row_and_column_and_the_others_are_in(post, as_, do_errands, name):
    data = (SAMPLES / name).read_bytes()
    assert post(name, data).status_code == 201
    do_errands()

    rows = seen(as_, Quarantined)
    found = [(q.row_number, f["column"], f["code"]) for q in rows for f in q.faults]
    assert found == APART[name]
    for row in rows:
        for fault in row.faults:
            assert str(row.row_number) in fault["sentence"]
            assert fault["column"].rpartition("/")[2] in fault["sentence"]
    [report] = seen(as_, Report)
    assert report.status == "PARSED"
    if name != "headings-only.csv":
        assert {"Jo Marsh", "Kim Field"} <= {r.caption for r in seen(as_, Record)}
    assert [path.read_bytes() for path in kept()] == [data]
    nothing_is_half_done(as_)


def test_what_hides_is_kept_as_it_came_and_noted(post, as_, do_errands):
    post("h.csv", (SAMPLES / "hidden-characters.csv").read_bytes())
    do_errands()

    [_, odd, _] = seen(as_, Record)
    assert (odd.caption, odd.originals["forename"]) == ("Sol Reed", "S\u200bol")
    assert any("U+200B" in note["sentence"] for note in odd.notes)


def test_the_declared_encoding_reads_what_the_usual_one_does_not(post, as_, do_errands):
    data = (SAMPLES / "cp1252.csv").read_bytes()
    assert post("x.csv", data, encoding="cp1252").status_code == 201
    do_errands()

    assert [r.caption for r in seen(as_, Record)] == ["Jo Marsh", "Zoë Brontë", "Kim Field"]


def workbook(parts):
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            with archive.open(name, "w") as part:
                for block in data:
                    part.write(block)
    return held.getvalue()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"xl/worksheets/sheet1.xml": [bytes(MIB)] * 300}, "BOMB"),
        ({"xl/vbaProject.bin": [b"macro"]}, "MACROS"),
        ({"xl/media/image1.png": [b"\x89PNG\r\n\x1a\n"]}, "MEDIA"),
        ({"../../outside.xml": [b"<a/>"]}, "ARCHIVE"),
    ],
)
def test_a_workbook_that_is_more_than_a_table_is_refused(post, as_, more, code):
    data = workbook(
        {
            "[Content_Types].xml": [b"<Types/>"],
            "xl/workbook.xml": [b"<workbook/>"],
            **more,
        }
    )
    before = psutil.Process().memory_info().rss
    answer = post("table.xlsx", data)

    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.json()
    assert (seen(as_, Report), kept()) == ([], [])
    assert psutil.Process().memory_info().rss - before < 100 * MIB


class OneLine:
    """Bytes without an end of line, made as they are asked for."""

    def __init__(self, start: bytes, size: int) -> None:
        self.start, self.left = start, size

    def read(self, size: int, /) -> bytes:
        if self.start:
            block, self.start = self.start, b""
            return block
        size = min(size, self.left)
        self.left -= size
        return b"x, " * (size // 3) + b" " * (size % 3)


def send_one_line(by, start, mapping_text=MAPPING):
    from lightkeeper.apps.intake.services import make_mapping

    return receive(
        by=by,
        file=OneLine(start, 100 * MIB),
        file_name="long.csv",
        grading=Grading("3x5x2", "2", "C", "P"),
        level=1,
        mapping=make_mapping(by=by, text=mapping_text, at=NOON),
        at=NOON,
    )


def test_a_file_of_one_line_of_100_megabytes_is_refused_in_little_memory(as_):
    before = psutil.Process().memory_info().rss
    with transaction.atomic():
        receipt = send_one_line(as_("ada"), b"")

    assert (receipt.came, receipt.refusal.code) == (Came.REFUSED, "LINE-TOO-LONG")
    assert "Line 1 is longer than 4,194,304 bytes" in str(receipt.refusal)
    assert kept() == []
    assert psutil.Process().memory_info().rss - before < 60 * MIB


def test_a_long_line_after_good_ones_leaves_them_and_says_which_line(as_, do_errands):
    start = b"ref,forename,surname,dob,mobile,seen\nG1,Jo,Marsh,,,\n"
    with transaction.atomic():
        report = send_one_line(as_("ada"), start).report
    do_errands()

    [report] = seen(as_, Report)
    assert (report.status, report.rows_accepted) == ("FAILED", 1)
    assert report.failure.startswith("Line 3 is longer than 4,194,304 bytes")
    nothing_is_half_done(as_)


def test_what_is_cut_off_anywhere_is_never_half_taken(post, as_, do_errands):
    """At every twentieth: whole rows are in, a broken last one waits or reads as what is there."""
    data = (SAMPLES / "markup.csv").read_bytes()
    for part in range(1, 20):
        answer = post(f"cut{part}.csv", data[: len(data) * part // 20])
        assert answer.status_code in (201, 409, 422), answer.json()
    do_errands()

    reports, records = seen(as_, Report), seen(as_, Record)
    assert sum(report.rows_accepted for report in reports) == len(records)
    assert {report.status for report in reports} == {"PARSED"}
