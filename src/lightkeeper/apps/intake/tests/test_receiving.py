"""Sending in: what makes a report, and each thing that does not."""

import hashlib
import threading
from dataclasses import replace
from io import BytesIO

import pytest
from django.db import DatabaseError, connections, transaction

from lightkeeper.apps.accounts.services import Agency, actor_now
from lightkeeper.apps.intake.blobs import place_of
from lightkeeper.apps.intake.models import Report
from lightkeeper.apps.intake.services import Came, receive
from lightkeeper.apps.intake.tests.arranging import (
    GRADED,
    MAPPING,
    NOON,
    ROWS,
    kept_files,
    mapping_of,
    send,
    table,
)
from lightkeeper.core.access import acting
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.engine.records import Grading

PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


def reports_of(actor):
    return Report.objects.visible_to(actor).all()


def test_a_report_is_kept_as_it_came_under_its_digest(rolled_back, as_):
    ada = as_("ada")
    receipt = send(ada)

    digest = hashlib.sha256(table(*ROWS)).hexdigest()
    report = receipt.report
    assert (receipt.came, report.digest, report.size_bytes) == (
        Came.NEW,
        digest,
        len(table(*ROWS)),
    )
    assert place_of(digest).read_bytes() == table(*ROWS)
    assert (report.owner, report.received_by_id, report.format) == (
        ada.agency,
        ada.person_id,
        "csv",
    )
    assert (report.scheme, report.source_evaluation, report.information_assessment) == (
        "3x5x2",
        "2",
        "C",
    )
    assert (report.bucket.owner, report.bucket.level) == (ada.agency, 1)
    assert kept_files() == [place_of(digest)]


def test_the_same_bytes_again_are_recognised_and_make_nothing(rolled_back, as_):
    first = send(as_("ada"))
    again = send(as_("ada"), file_name="renamed.csv", source="another desk")

    assert (again.came, again.report) == (Came.REPEATED, first.report)
    assert reports_of(as_("ada")).count() == 1


def test_the_same_bytes_from_another_agency_are_a_report_of_its_own(rolled_back, as_):
    first = send(as_("ada"))
    theirs = send(as_("otto"))

    assert theirs.came is Came.NEW
    assert theirs.report.reference != first.report.reference


def test_the_same_bytes_in_a_compartment_cannot_be_found_out_by_sending_them(rolled_back, as_):
    otto = as_("otto")
    [lantern] = otto.viewer.compartments
    hidden = send(otto, compartment=lantern)
    lena = send(as_("lena"))

    assert lena.came is Came.NEW
    assert lena.report.reference != hidden.report.reference


def test_of_the_same_file_sent_at_once_by_two_exactly_one_becomes_a_report(
    committed, tokens, as_, events
):
    with transaction.atomic():
        ada = as_("ada")
        mapping = mapping_of(ada)
    came, start, before = [], threading.Barrier(4), len(events())

    def post():
        try:
            with acting.with_session(tokens["ada"]), transaction.atomic():
                actor = actor_now()
                start.wait()
                came.append(send(actor, mapping=mapping).came)
        finally:
            connections.close_all()

    posts = [threading.Thread(target=post) for _ in range(4)]
    for one in posts:
        one.start()
    for one in posts:
        one.join()

    assert sorted(came) == [Came.NEW, *[Came.REPEATED] * 3]
    with transaction.atomic():
        assert reports_of(as_("ada")).count() == 1
    assert sorted(events()[before:]) == ["report received", *["report received again"] * 3]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (PNG, "persons.csv", "MEDIA"),
        (b"a,b\n", "holiday.jpg", "MEDIA"),
        (b"ref,note\n1,data:image/png;base64,iVBORw0KGgoAAAANSUhEUg\n", "n.csv", "MEDIA"),
        (b"", "persons.csv", "EMPTY"),
        (b" \n" * 100, "persons.csv", "EMPTY"),
        ("ref,name\n1,Jo\n".encode("utf-16"), "persons.csv", "ENCODING"),
        (b"PK\x03\x04not a workbook", "persons.xlsx", "ARCHIVE"),
        (b"%PDF-1.7 ...", "persons.csv", "TYPE"),
        (b"ref,ref\n1,2\n", "persons.csv", "HEADER"),
    ],
)
def test_what_cannot_be_read_leaves_a_receipt_an_event_and_no_byte(
    committed, as_, events, data, name, code
):
    with transaction.atomic():
        receipt = send(as_("ada"), data, file_name=name, mapping=None)

    assert (receipt.came, receipt.refusal.code) == (Came.REFUSED, code)
    assert (receipt.digest, receipt.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert kept_files() == []
    assert events() == ["report refused"]
    with transaction.atomic():
        assert not reports_of(as_("ada")).exists()


def test_an_embedded_picture_is_found_far_into_the_file_with_its_line(rolled_back, as_):
    rows = [f"{n},nothing here" for n in range(60_000)]
    rows[49_998] = "49998,data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA"
    receipt = send(as_("ada"), table(*rows, header="ref,note"), mapping=None)

    assert receipt.refusal.code == "MEDIA"
    assert str(receipt.refusal).startswith("Line 50000 holds an embedded file")
    assert kept_files() == []


class Counted(BytesIO):
    """A stream that remembers the largest piece it was asked for."""

    largest = 0

    def read(self, size=-1, /):
        self.largest = max(self.largest, size if size >= 0 else 1 << 60)
        return super().read(size)


def test_a_file_is_never_asked_for_whole(rolled_back, as_):
    stream = Counted(table(*ROWS))
    send(as_("ada"), file=stream)

    assert stream.largest <= 256 * 1024


def test_a_file_over_the_limit_is_refused_with_the_limit_named(rolled_back, as_, settings):
    settings.LARGEST_UPLOAD = 100
    receipt = send(as_("ada"))

    assert (receipt.refusal.code, kept_files()) == ("TOO-LARGE", [])
    assert "100" in str(receipt.refusal)


def test_a_role_without_the_power_may_not_send(rolled_back, as_):
    with pytest.raises(NotPermitted, match="send in reports"):
        send(as_("dev"), mapping=None)
    assert kept_files() == []


def test_nobody_sends_above_their_level(rolled_back, as_):
    with pytest.raises(NotPermitted, match="above your own level"):
        send(as_("lou"), level=1)
    assert kept_files() == []


def test_a_compartment_one_is_not_in_reads_as_missing(rolled_back, as_):
    [lantern] = as_("otto").viewer.compartments

    with pytest.raises(NotFound, match="no such compartment"):
        send(as_("lena"), compartment=lantern)


@pytest.mark.parametrize(
    ("grading", "said"),
    [
        (Grading("3x5x2", "9", "C", "P"), "'9' is no source code of 3x5x2"),
        (Grading("3x5x2", "2", "C", "C"), "needs a condition"),
        (Grading("3x5x2", "2", "C", ""), "needs a handling code"),
        (Grading("9x9", "2", "C", "P"), "no grading scheme '9x9'"),
    ],
)
def test_a_grading_that_is_not_of_its_scheme_is_refused(rolled_back, as_, grading, said):
    with pytest.raises(Refused, match=said):
        send(as_("ada"), grading=grading)
    assert kept_files() == []


def test_both_schemes_are_taken(rolled_back, as_):
    report = send(as_("ada"), grading=Grading("5x5x5", "B", "2", "1")).report

    assert (report.scheme, report.source_evaluation, report.handling_code) == ("5x5x5", "B", "1")


def test_columns_need_a_mapping(rolled_back, as_):
    with pytest.raises(Refused, match="needs a mapping"):
        send(as_("ada"), mapping=None)
    assert kept_files() == []


def test_a_mapping_that_reads_a_column_which_is_not_there_is_refused(rolled_back, as_):
    with pytest.raises(Refused, match=r"reads 'mobile', which the file does not have"):
        send(as_("ada"), table("A1,Jo,Marsh,,", header="ref,forename,surname,dob,seen"))
    assert kept_files() == []


def test_a_mapping_gets_a_new_version_when_its_text_changes_and_only_then(rolled_back, as_):
    ada = as_("ada")
    first, same = mapping_of(ada), mapping_of(ada)
    second = mapping_of(ada, MAPPING.replace("dmy", "mdy") + "date_order: mdy\n")

    assert (first.pk, first.version, second.version) == (same.pk, 1, 2)


def test_releasing_names_the_audience_on_the_label(rolled_back, as_):
    westmark = list(Agency.objects.filter(code="westmark-council"))
    report = send(as_("ada"), released_to=westmark).report

    assert reports_of(as_("cleo")).get() == report
    assert not reports_of(as_("ben")).exists()


def test_who_may_not_write_under_the_label_leaves_no_bytes(rolled_back, as_):
    """The policies are the second wall: here the first is passed on purpose."""
    dev = as_("dev")
    ada_in_name = replace(dev, powers=frozenset({"upload"}), agency=as_("otto").agency)
    as_("dev")
    with pytest.raises(DatabaseError), transaction.atomic():
        receive(
            by=ada_in_name,
            file=BytesIO(b'{"id":"1","schema":"Person","properties":{"name":["Jo"]}}\n'),
            file_name="x.jsonl",
            grading=GRADED,
            level=0,
            at=NOON,
        )
    assert kept_files() == []
