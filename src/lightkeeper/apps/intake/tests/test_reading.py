"""Reading: which rows become records, which wait, and that a reader may die anywhere."""

from datetime import date

import pytest
from django.db import transaction

from lightkeeper.apps.accounts.errands import Errand
from lightkeeper.apps.intake import reading, services, storing
from lightkeeper.apps.intake.blobs import place_of
from lightkeeper.apps.intake.choices import ReportStatus
from lightkeeper.apps.intake.happenings import RecordsAccepted, ReportRead
from lightkeeper.apps.intake.models import Quarantined, Record, Report
from lightkeeper.apps.intake.tests.arranging import (
    GRADED_MAPPING,
    HEADER,
    NOON,
    ROWS,
    counts,
    many_rows,
    mapping_of,
    send,
    table,
)
from lightkeeper.core.errors import NotPermitted, Refused

CLEAN = {"reference", "id", "recorded_at", "_state", "report_id", "bucket_id"}


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it on purpose."""


def read(actor, data=None, **changed):
    """Send in and read to the end; the report as it then stands."""
    report = send(actor, data, **changed).report
    reading.read_on(report.pk, clock=lambda: NOON)
    return again(actor, report)


def again(actor, report):
    # A label may be younger than the actor at hand.
    return Report.objects.visible_to(reading.actor_now() or actor).get(pk=report.pk)


def rows_of(model, report):
    mine = model.objects.visible_to(reading.actor_now()).filter(report=report)
    return list(mine.order_by("row_number"))


def plain(record):
    return {name: value for name, value in vars(record).items() if name not in CLEAN}


def test_good_rows_become_records_and_a_bad_one_waits_with_its_reason(rolled_back, as_, heard):
    report = read(as_("ada"))

    assert (report.status, counts(report)) == (ReportStatus.PARSED, (3, 2, 0, 1))
    jo, kim = rows_of(Record, report)
    assert (jo.caption, jo.row_number, jo.source_key, jo.kind) == ("Jo Marsh", 2, "A1", "Person")
    assert jo.properties["birthDate"] == ["2011-05-12"]
    assert jo.originals["dob"] == "12/05/2011"
    assert (jo.observed_on, jo.concerns_child, kim.concerns_child) == (
        date(2026, 11, 1),
        True,
        False,
    )
    assert (jo.category, jo.review_due, jo.basis) == ("CHILD", None, "REPORTED")
    received = report.received_at.date()
    assert (kim.category, (kim.review_due - received).days) == ("UNDETERMINED", 90)
    assert (jo.scheme, jo.source_evaluation, jo.information_assessment) == ("3x5x2", "2", "C")
    assert jo.bucket_id == report.bucket_id
    [bad] = rows_of(Quarantined, report)
    assert (bad.row_number, bad.column, bad.row["dob"]) == (4, "dob", "30/02/1975")
    assert bad.sentence.startswith("Row 4, column 'dob':")
    assert heard == [
        RecordsAccepted(report.pk, (jo.pk, kim.pk), NOON),
        ReportRead(report.pk, NOON),
    ]


def test_the_same_row_twice_counts_as_repeated_and_a_changed_one_does_not(rolled_back, as_):
    report = read(as_("ada"), table(ROWS[0], ROWS[0], ROWS[0].replace("Marsh", "Marsden")))

    assert counts(report) == (3, 2, 1, 0)


def test_a_row_is_repeated_across_chunks_too(rolled_back, as_, monkeypatch):
    monkeypatch.setattr(reading, "ROWS_A_CHUNK", 1)
    report = read(as_("ada"), table(ROWS[0], ROWS[1], ROWS[0]))

    assert counts(report) == (3, 2, 1, 0)


def test_rows_without_a_reference_of_the_sender_are_each_taken(rolled_back, as_):
    ada = as_("ada")
    mapping = mapping_of(ada, "name: m\nversion: 1\nkind: Person\nproperties: {name: surname}\n")
    report = read(ada, table(ROWS[0], ROWS[0]), mapping=mapping)

    assert counts(report) == (2, 2, 0, 0)


def test_each_row_may_carry_its_own_grading_and_an_unknown_code_waits(rolled_back, as_):
    ada = as_("ada")
    data = table(
        "A1,Jo,Marsh,,,,1,A",
        "A2,Kim,Field,,,,7,A",
        "A3,Sol,Reed,,,,,",
        header=HEADER + ",src,info",
    )
    report = read(ada, data, mapping=mapping_of(ada, GRADED_MAPPING))

    jo, sol = rows_of(Record, report)
    assert (jo.source_evaluation, jo.information_assessment) == ("1", "A")
    assert (sol.source_evaluation, sol.information_assessment) == ("2", "C")
    [kim] = rows_of(Quarantined, report)
    assert (kim.code, kim.column) == ("GRADING", "src")
    assert "Use 1, 2, 3" in kim.sentence


def test_followthemoney_needs_no_mapping(rolled_back, as_):
    line = '{"id":"p1","schema":"Person","properties":{"name":["Jo Marsh"],"phone":["0"]}}\n'
    report = read(as_("ada"), (line + "{broken\n").encode(), file_name="x.jsonl", mapping=None)

    assert counts(report) == (2, 1, 0, 1)
    [jo] = rows_of(Record, report)
    assert (jo.caption, jo.source_key) == ("Jo Marsh", "p1")
    [bad] = rows_of(Quarantined, report)
    assert (bad.code, bad.row) == ("JSON", {"": "{broken"})


def test_a_ragged_row_waits_with_its_cells_where_they_can_be_told(rolled_back, as_):
    report = read(as_("ada"), table(ROWS[0], "A2,Kim"))

    [bad] = rows_of(Quarantined, report)
    assert (bad.code, bad.row["ref"], bad.row["forename"]) == ("RAGGED", "A2", "Kim")
    assert bad.row[""] == "A2,Kim\r\n"


def test_a_cell_that_is_refused_keeps_the_rest_of_its_row(rolled_back, as_):
    report = read(as_("ada"), table(ROWS[0], "A2,Ki\x00m,Field,03/02/1980,,01/11/2026"))

    [bad] = rows_of(Quarantined, report)
    assert (bad.code, bad.column) == ("NUL", "forename")
    assert (bad.row["forename"], bad.row["surname"]) == ("Ki\\x00m", "Field")


def test_a_row_our_own_code_cannot_bear_waits_and_does_not_stop_the_file(
    rolled_back, as_, monkeypatch, caplog
):
    from lightkeeper.apps.intake import rows

    real = rows.apply_mapping

    def broken(mapping, values, number, **rest):
        if number == 3:
            raise ZeroDivisionError(values["surname"])
        return real(mapping, values, number, **rest)

    monkeypatch.setattr(rows, "apply_mapping", broken)
    report = read(as_("ada"))

    assert counts(report) == (3, 1, 0, 2)
    assert [bad.code for bad in rows_of(Quarantined, report)] == ["POISON", "DATE"]
    assert "Field" not in caplog.text


def test_a_file_damaged_half_way_leaves_what_was_read_and_can_be_read_on(
    rolled_back, as_, monkeypatch, heard
):
    ada = as_("ada")
    long_line = "A9," + "x" * 100 + "," * 4
    monkeypatch.setattr(reading, "open_arrived", open_with_short_lines)
    report = read(ada, table(ROWS[0], long_line, ROWS[1]))

    assert (report.status, counts(report)) == (ReportStatus.FAILED, (1, 1, 0, 0))
    assert report.failure.startswith("Line 3 is longer than")
    assert heard[-1] == ReportRead(report.pk, NOON)

    monkeypatch.undo()
    services.read_again(by=reading.actor_now(), report=report, at=NOON)
    reading.read_on(report.pk, clock=lambda: NOON)
    report = again(ada, report)
    assert (report.status, report.failure, report.rows_read) == (ReportStatus.PARSED, "", 3)


def open_with_short_lines(path, name, format_, encoding):
    from lightkeeper.engine.formats import Limits, open_table

    limits = Limits(max_line_bytes=80)
    return open_table(path, format_, name=name, encoding=encoding, limits=limits)


def test_stored_bytes_that_changed_are_not_read(rolled_back, as_):
    report = send(as_("ada")).report
    place_of(report.digest).write_bytes(table(ROWS[0]))
    reading.read_on(report.pk, clock=lambda: NOON)

    report = again(as_("ada"), report)
    assert (report.status, report.rows_read) == (ReportStatus.FAILED, 0)
    assert "no longer has its digest" in report.failure


def test_a_report_read_to_its_end_is_not_read_again(rolled_back, as_):
    ada = as_("ada")
    report = read(ada)

    with pytest.raises(Refused, match="is read; it cannot become being read"):
        services.read_again(by=reading.actor_now(), report=report, at=NOON)
    reading.read_on(report.pk, clock=lambda: NOON)
    assert counts(again(ada, report)) == (3, 2, 0, 1)


def test_another_agency_does_not_set_a_report_to_be_read(rolled_back, as_):
    report = send(as_("ada")).report
    lena = as_("lena")

    with pytest.raises(NotPermitted, match="Only the agency that owns"):
        services.read_again(by=lena, report=report, at=NOON)


def test_progress_is_written_where_the_person_who_asked_sees_it(committed, as_, do_errands):
    with transaction.atomic():
        send(as_("ada"))
    do_errands()

    with transaction.atomic():
        as_("ada")
        errand = Errand.objects.get(kind="intake.read")
    assert (errand.done, errand.total) == (3, 3)
    assert errand.doing.endswith("3 rows")


ROW_COUNT = 230


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(reading, "ROWS_A_CHUNK", 40)


def as_a_whole(see):
    records = [plain(record) for record in see("ada", Record)]
    held = [(q.row_number, q.code, q.row, q.faults) for q in see("ada", Quarantined)]
    [report] = see("ada", Report)
    return records, held, counts(report), report.status


def killed_after(times, monkeypatch, name):
    """Make the n-th call of a step of storing the last thing that the reader does."""
    real, calls = getattr(storing, name), []

    def dying(*given):
        calls.append(name)
        done = real(*given)
        if len(calls) == times:
            raise Killed
        return done

    monkeypatch.setattr(storing, name, dying)


@pytest.fixture
def as_it_should_be(committed, as_, do_errands, see, small_chunks):
    with transaction.atomic():
        send(as_("ada"), many_rows(ROW_COUNT))
    do_errands()
    return as_a_whole(see)


@pytest.mark.parametrize("step", ["sort_out", "insert_records", "insert_held"])
@pytest.mark.parametrize("times", [1, 3, 6])
def test_a_reader_killed_in_the_middle_of_a_chunk_loses_and_doubles_nothing(
    committed, as_, do_errands, see, small_chunks, step, times, monkeypatch
):
    with transaction.atomic():
        send(as_("ada"), many_rows(ROW_COUNT))
    with monkeypatch.context() as fault:
        killed_after(times, fault, step)
        with pytest.raises(Killed):
            do_errands()
    do_errands()

    records, held, counted, status = as_a_whole(see)
    assert status == ReportStatus.PARSED
    assert counted == (ROW_COUNT, ROW_COUNT - 3 - 4, 4, 3)
    numbers = [record["row_number"] for record in records]
    assert len(numbers) == len(set(numbers)) == counted[1]
    assert [number for number, *_ in held] == [12, 112, 212]


def test_a_reader_killed_between_chunks_ends_as_one_that_was_not(
    as_it_should_be, as_, do_errands, see, monkeypatch
):
    """Six chunks: killed after each in turn, and once more before the end."""
    whole = as_it_should_be
    with transaction.atomic():
        otto = as_("otto")
        send(otto, many_rows(ROW_COUNT))
    for _ in range(6):
        with monkeypatch.context() as fault:
            fault.setattr(reading, "_write", dying_after_one(reading._write))
            with pytest.raises(Killed):
                do_errands()
    do_errands()

    records = [plain(record) for record in see("otto", Record)]
    assert records == whole[0]
    [report] = see("otto", Report)
    assert (counts(report), report.status) == whole[2:]


def dying_after_one(real):
    def write(*given):
        real(*given)
        raise Killed

    return write


def test_two_readers_of_one_report_do_not_double_a_row(as_it_should_be, as_, see, monkeypatch):
    """The second comes while the first judges its chunk, and reads the whole file."""
    whole = as_it_should_be
    with transaction.atomic():
        otto = as_("otto")
        report = send(otto, many_rows(ROW_COUNT)).report
    real, overtaken = reading._write, []

    def slow(*given):
        if not overtaken:
            overtaken.append(True)
            reading.read_on(report.pk)
        return real(*given)

    monkeypatch.setattr(reading, "_write", slow)
    reading.read_on(report.pk)

    assert [plain(record) for record in see("otto", Record)] == whole[0]
