"""What people decide about rows in quarantine: correct and replay them, or set them aside."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor, Power
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import permissions, policies, storing
from lightkeeper.apps.intake.arriving import open_arrived
from lightkeeper.apps.intake.blobs import place_of
from lightkeeper.apps.intake.choices import QuarantineStatus
from lightkeeper.apps.intake.happenings import RecordsAccepted, ReportRead
from lightkeeper.apps.intake.models import Quarantined, Record, Report
from lightkeeper.apps.intake.reading import ways_of
from lightkeeper.apps.intake.rows import LINE, Held, fault_data, retake
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import Refused
from lightkeeper.core.locking import lock

__all__ = ["Replayed", "check_can_correct", "columns_of", "discard", "replay"]


@dataclass(frozen=True)
class Replayed:
    """What a correction led to: a record, a repetition of one, or faults that remain."""

    record: Record | None = None
    held: Held | None = None


def check_can_correct(by: Actor, row: Quarantined) -> None:
    permissions.check_may_change(by, row.bucket_id, Power.CORRECT)
    policies.check_decision(row, QuarantineStatus.REPLAYED)


def columns_of(report: Report) -> tuple[str, ...]:
    """The headings that a row of this report has; one blank heading if rows are lines."""
    if report.format == "ftm_jsonl":
        return (LINE,)
    place = place_of(report.digest)
    return open_arrived(place, report.file_name, report.format, report.encoding).header


@transaction.atomic
def replay(*, by: Actor, row: Quarantined, cells: AnyMapping[str, str], at: datetime) -> Replayed:
    """Judge a row again as it was corrected, by the path that a clean arrival takes.

    If something is still wrong, the row stays where it is with its new faults and the cells
    as corrected so far.

    Raises:
        NotPermitted: `by` may not correct rows, or another agency owns the row.
        Refused: it was decided before.

    Source: mission P1.
    """
    permissions.check_may_change(by, row.bucket_id, Power.CORRECT)
    report = lock(row.report)
    row = lock(row)
    policies.check_decision(row, QuarantineStatus.REPLAYED)
    given = dict(cells)
    ways = ways_of(by, report)
    found = retake(row.row_number, given, columns_of(report), ways)
    row.corrected = given
    if isinstance(found, Held):
        return _still_held(by, row, found, at)
    fresh = storing.sort_out(report, storing.prepare(report, [found]))
    numbers = storing.insert_records(report, fresh.records, ways.schemes, at)
    report.rows_quarantined -= 1
    report.rows_accepted += len(numbers)
    report.rows_repeated += fresh.repeated
    report.save(update_fields=["rows_quarantined", "rows_accepted", "rows_repeated"])
    row.status, row.decided_by_id, row.decided_at = QuarantineStatus.REPLAYED, by.person_id, at
    row.save(update_fields=["corrected", "status", "decided_by", "decided_at"])
    record = Record.objects.visible_to(by).filter(pk__in=numbers).first()
    references = [row.reference, *([record.reference] if record else [])]
    audit.record(by=by, did=audit.Did.QUARANTINED_REPLAYED, to=references, at=at)
    if numbers:
        announce(RecordsAccepted(report.pk, tuple(numbers), at))
        announce(ReportRead(report.pk, at))
    return Replayed(record=record)


def _still_held(by: Actor, row: Quarantined, found: Held, at: datetime) -> Replayed:
    row.faults = fault_data(found)
    row.column, row.code = row.faults[0]["column"][:120], found.faults[0].code[:40]
    row.sentence = row.faults[0]["sentence"]
    # What stands in the store may be written as a file would be, and no otherwise.
    row.corrected = found.row
    row.save(update_fields=["faults", "column", "code", "sentence", "corrected"])
    audit.record(by=by, did=audit.Did.QUARANTINED_REPLAYED, to=row, at=at, reason="still not clean")
    return Replayed(held=found)


@transaction.atomic
def discard(*, by: Actor, row: Quarantined, reason: str, at: datetime) -> Quarantined:
    """Set a row aside for good. It stays as it came, with who set it aside and why.

    Raises: NotPermitted; Refused if it was decided before, or no reason is given.
    """
    permissions.check_may_change(by, row.bucket_id, Power.CORRECT)
    row = lock(row)
    policies.check_decision(row, QuarantineStatus.DISCARDED)
    policies.check_reason(reason)
    row.status, row.reason = QuarantineStatus.DISCARDED, reason.strip()
    row.decided_by_id, row.decided_at = by.person_id, at
    row.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    audit.record(by=by, did=audit.Did.QUARANTINED_DISCARDED, to=row, reason=reason, at=at)
    return row


def check_same(row: Quarantined, seen: str) -> None:
    """Raises: Refused if somebody corrected the row since this person opened it."""
    if fingerprint(row) != seen:
        raise Refused("quarantined.changed", f"{row} was changed since you opened it. Look again.")


def fingerprint(row: Quarantined) -> str:
    """Changes with every correction; it stands in the form."""
    return storing.digest_of([row.status, row.corrected, row.faults])
