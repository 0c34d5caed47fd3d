"""Quarantine: a corrected row is as if it had arrived so; a row set aside stays as it came."""

import pytest

from lightkeeper.apps.intake import correcting, reading
from lightkeeper.apps.intake.choices import QuarantineStatus
from lightkeeper.apps.intake.happenings import RecordsAccepted, ReportRead
from lightkeeper.apps.intake.models import Quarantined, Record, Report
from lightkeeper.apps.intake.tests.arranging import HEADER, NOON, ROWS, counts, send, table
from lightkeeper.core.errors import NotPermitted, Refused

NOT_COMPARED = {"reference", "id", "report_id", "bucket_id", "_state"}


def waiting_row(actor, data=None, **changed):
    """Send in, read, and give the one row that waits."""
    report = send(actor, data, **changed).report
    reading.read_on(report.pk, clock=lambda: NOON)
    return Quarantined.objects.visible_to(reading.actor_now()).get(report=report)


def replay(row, **cells):
    by = reading.actor_now()
    return correcting.replay(by=by, row=row, cells={**row.row, **cells}, at=NOON)


def plain(record):
    return {name: value for name, value in vars(record).items() if name not in NOT_COMPARED}


def report_now(row):
    return Report.objects.visible_to(reading.actor_now()).get(pk=row.report_id)


def test_a_corrected_row_equals_one_that_arrived_clean(rolled_back, as_, heard):
    row = waiting_row(as_("ada"))
    done = replay(row, dob="28/02/1975")

    otto = as_("otto")
    clean = send(otto, table(*ROWS).replace(b"30/02/1975", b"28/02/1975")).report
    reading.read_on(clean.pk, clock=lambda: NOON)
    same = Record.objects.visible_to(reading.actor_now()).get(report=clean, row_number=4)
    assert plain(done.record) == plain(same)
    row.refresh_from_db(from_queryset=Quarantined.objects.visible_to(as_("ada")))
    assert (row.status, row.decided_at) == (QuarantineStatus.REPLAYED, NOON)
    assert (row.row["dob"], row.corrected["dob"]) == ("30/02/1975", "28/02/1975")
    assert counts(report_now(row)) == (3, 3, 0, 0)
    at = heard.index(RecordsAccepted(row.report_id, (done.record.pk,), NOON))
    assert heard[at + 1] == ReportRead(row.report_id, NOON)


def test_a_corrected_line_of_followthemoney_equals_one_that_arrived_clean(rolled_back, as_):
    row = waiting_row(as_("ada"), b'{"id":"1","schema":}\n', file_name="x.jsonl", mapping=None)
    line = '{"id":"1","schema":"Person","properties":{"name":["Jo"]}}'
    done = replay(row, **{"": line})

    clean = send(as_("otto"), line.encode(), file_name="x.jsonl", mapping=None).report
    reading.read_on(clean.pk, clock=lambda: NOON)
    same = Record.objects.visible_to(reading.actor_now()).get(report=clean)
    assert plain(done.record) == plain(same)


def test_a_row_that_is_still_wrong_stays_with_its_new_faults(rolled_back, as_):
    row = waiting_row(as_("ada"))
    done = replay(row, dob="31/02/1975", mobile="not a number")

    row = Quarantined.objects.visible_to(reading.actor_now()).get(pk=row.pk)
    assert done.record is None
    assert {fault["column"] for fault in row.faults} == {"dob", "mobile"}
    assert (row.status, row.row["dob"], row.corrected["dob"]) == (
        QuarantineStatus.OPEN,
        "30/02/1975",
        "31/02/1975",
    )
    assert counts(report_now(row)) == (3, 2, 0, 1)


def test_a_correction_that_says_what_another_row_says_counts_as_repeated(rolled_back, as_):
    row = waiting_row(as_("ada"))
    first = dict(zip(HEADER.split(","), ROWS[0].split(","), strict=True))
    done = replay(row, **first)

    assert done.record is None
    assert counts(report_now(row)) == (3, 2, 1, 0)


def test_a_picture_pasted_into_a_cell_is_not_kept(rolled_back, as_):
    row = waiting_row(as_("ada"))
    replay(row, surname="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB")

    row = Quarantined.objects.visible_to(reading.actor_now()).get(pk=row.pk)
    assert row.code == "MEDIA"
    assert "base64" not in str(row.corrected)


def test_a_row_set_aside_stays_as_it_came_with_who_and_why(rolled_back, as_):
    ada = as_("ada")
    row = waiting_row(ada)
    correcting.discard(by=reading.actor_now(), row=row, reason="a totals row", at=NOON)

    row = Quarantined.objects.visible_to(reading.actor_now()).get(pk=row.pk)
    assert (row.status, row.reason, row.decided_by_id) == (
        QuarantineStatus.DISCARDED,
        "a totals row",
        ada.person_id,
    )
    assert counts(report_now(row)) == (3, 2, 0, 1)


@pytest.mark.parametrize("reason", ["", "  x ", "\n\n\n\n\n"])
def test_setting_aside_needs_a_reason(rolled_back, as_, reason):
    row = waiting_row(as_("ada"))

    with pytest.raises(Refused, match="Say in a few words"):
        correcting.discard(by=reading.actor_now(), row=row, reason=reason, at=NOON)


def test_what_is_decided_is_not_decided_again(rolled_back, as_):
    row = waiting_row(as_("ada"))
    replay(row, dob="28/02/1975")

    with pytest.raises(Refused, match="is already decided: corrected and taken in"):
        replay(row, dob="27/02/1975")
    with pytest.raises(Refused, match="is already decided"):
        correcting.discard(by=reading.actor_now(), row=row, reason="too late", at=NOON)
    assert counts(report_now(row)) == (3, 3, 0, 0)


@pytest.mark.parametrize(
    ("who", "said"),
    [("otto", "Only the agency that owns"), ("dev", "does not allow this: correct")],
)
def test_who_may_not_correct(rolled_back, as_, who, said):
    row = waiting_row(as_("ada"))
    by = as_(who)

    with pytest.raises(NotPermitted, match=said):
        correcting.check_can_correct(by, row)


def test_the_form_of_somebody_who_looked_earlier_is_told(rolled_back, as_):
    row = waiting_row(as_("ada"))
    seen = correcting.fingerprint(row)
    replay(row, dob="31/02/1975")

    row = Quarantined.objects.visible_to(reading.actor_now()).get(pk=row.pk)
    with pytest.raises(Refused, match="was changed since you opened it"):
        correcting.check_same(row, seen)
