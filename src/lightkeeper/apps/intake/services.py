"""Taking in reports, correcting what waits in quarantine, taking records out.

Types that the apps above need are named in `__all__`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.services import Actor, Agency, Bucket, Power, actor_now, the_label
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import blobs, gradings, permissions, policies
from lightkeeper.apps.intake.arriving import Arrived, Stream, arrive, open_arrived
from lightkeeper.apps.intake.choices import Channel, Encoding, ReportStatus
from lightkeeper.apps.intake.models import Mapping, Record, Report
from lightkeeper.apps.intake.reading import read_on
from lightkeeper.core import faults
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import Refused
from lightkeeper.core.locking import lock
from lightkeeper.core.references import new_reference
from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats import Table
from lightkeeper.engine.records import Grading, load_mapping

__all__ = [
    "Came", "Grading", "Mapping", "Receipt", "Record", "Report", "alone_with_bytes", "make_mapping",
    "read_again", "read_now", "receive", "remove_bytes",
]  # fmt: skip

READ = "intake.read"
LONGEST_NAME = 200


class Came(StrEnum):
    """What became of something that was sent in."""

    NEW = "new"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True)
class Receipt:
    """The answer to whoever sends something in. A refusal keeps nothing but digest and size."""

    came: Came
    digest: str
    size_bytes: int
    report: Report | None = None
    refusal: FileRefused | None = None


def receive(
    *,
    by: Actor,
    file: Stream,
    file_name: str,
    grading: Grading,
    level: int,
    at: datetime,
    mapping: Mapping | None = None,
    released_to: Iterable[Agency] = (),
    compartment: int | None = None,
    conditions: Iterable[str] = (),
    source: str = "",
    encoding: str = Encoding.UTF8,
    channel: Channel = Channel.UPLOAD,
) -> Receipt:
    """Keep a file as it came, under its digest, and have it read.

    The same bytes again, where the sender can see the first, are recognised and make nothing.
    What cannot be read is answered with a receipt that says why: the event of it must stand, so
    it is not an error. Call this inside the transaction that shows the receipt.

    Raises:
        NotPermitted: `by` may not send in reports, or not at this level.
        NotFound: the compartment is not one of theirs.
        Refused: a code of the grading is not of its scheme, a condition is unknown or contradicts
            another, the handling code keeps it to the owner and it is released to somebody, or a
            column of the mapping is missing.

    Source: mission P1; ACCESS 9.
    """
    permissions.check_may_upload(by)
    permissions.check_may_label(by, level=level, compartment=compartment)
    schemes = gradings.schemes_on(day_of(at))
    grading = gradings.check_with(schemes, grading)
    asked = gradings.demand(schemes, grading)
    conds = policies.conditions_of(conditions) | asked.conds
    released_to = tuple(released_to)
    policies.check_release(asked.owner_alone, grading, released_to)
    arrived = arrive(file, file_name, into=blobs.incoming())
    faults.point("intake.bytes_arrived")
    try:
        refusal = arrived.refusal or _unreadable(arrived, file_name, encoding, mapping)
        if refusal:
            return _refuse(by, arrived, refusal, at)
        bucket = the_label(
            owner=by.agency, level=level, released_to=released_to, compartment=compartment,
            conds=conds,
        )  # fmt: skip
        report = Report(
            reference=new_reference("REP"),
            bucket=bucket,
            owner=by.agency,
            digest=arrived.digest,
            size_bytes=arrived.size_bytes,
            file_name=file_name[-LONGEST_NAME:],
            format=arrived.format,
            encoding=encoding,
            channel=channel,
            source=source,
            mapping=mapping,
            scheme=grading.scheme,
            source_evaluation=grading.source,
            information_assessment=grading.information,
            handling_code=grading.handling,
            handling_conditions=list(grading.conditions),
            received_at=at,
            received_by_id=by.person_id,
        )
        return _enter(by, report, arrived, at)
    finally:
        if arrived.path:
            arrived.path.unlink(missing_ok=True)


@transaction.atomic
def _enter(by: Actor, report: Report, arrived: Arrived, at: datetime) -> Receipt:
    blobs.together()
    _one_at_a_time(by, arrived.digest)
    earlier = (
        Report.objects.visible_to(_as_now(by))
        .filter(owner_id=by.agency_id, digest=arrived.digest)
        .order_by("pk")
        .first()
    )
    if earlier:
        audit.record(by=by, did=audit.Did.REPORT_REPEATED, to=earlier, at=at)
        return Receipt(Came.REPEATED, arrived.digest, arrived.size_bytes, earlier)
    report.save(force_insert=True)
    faults.point("intake.report_entered")
    assert arrived.path is not None
    # The row first, which the policies may refuse; then the bytes, which are there before it is
    # committed.
    blobs.keep(arrived.path, arrived.digest)
    faults.point("intake.bytes_kept")
    audit.record(by=by, did=audit.Did.REPORT_RECEIVED, to=report, at=at)
    errands.ask(by=by, kind=READ, at=at, report=report.pk)
    return Receipt(Came.NEW, arrived.digest, arrived.size_bytes, report)


def _one_at_a_time(by: Actor, digest: str) -> None:
    """Of two who send the same bytes at once, the second waits and then finds the first."""
    key = hashlib.sha256(f"{by.agency_id}:{digest}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(%s)", [int.from_bytes(key, "big", signed=True)]
        )


def alone_with_bytes() -> None:
    """Nobody names bytes of the store until this transaction ends; for the apps above."""
    blobs.alone()


def remove_bytes(digest: str) -> None:
    """Remove the bytes of a report that has been disposed of; for the apps above."""
    blobs.remove(digest)


def _refuse(by: Actor, arrived: Arrived, refusal: FileRefused, at: datetime) -> Receipt:
    audit.record(
        by=by,
        did=audit.Did.REPORT_REFUSED,
        to=f"sha256:{arrived.digest[:50]}",
        at=at,
        rule=f"intake.{refusal.code}",
        reason=f"sha256 {arrived.digest}, {arrived.size_bytes} bytes",
    )
    return Receipt(Came.REFUSED, arrived.digest, arrived.size_bytes, refusal=refusal)


def refuse_arrival(*, by: Actor, arrived: Arrived, at: datetime) -> Receipt:
    """Record that something was turned away before it was even previewed."""
    assert arrived.refusal is not None
    return _refuse(by, arrived, arrived.refusal, at)


def _unreadable(
    arrived: Arrived, file_name: str, encoding: str, mapping: Mapping | None
) -> FileRefused | None:
    """Why not one row of it could be read. Raises: Refused if it is the mapping's fault."""
    assert arrived.path is not None
    try:
        table = open_arrived(arrived.path, file_name, arrived.format, encoding)
    except FileRefused as refusal:
        return refusal
    check_mapping(table, mapping)
    return None


def check_mapping(table: Table, mapping: Mapping | None) -> None:
    """Raises: Refused if columns need a mapping and have none, or one that does not fit."""
    if table.format == "ftm_jsonl":
        return
    if mapping is None:
        raise Refused("report.mapping", "Say what the columns mean: the file needs a mapping.")
    check_columns(table.header, mapping.text, str(mapping))


def check_columns(header: Iterable[str], text: str, name: str) -> None:
    missing = load_mapping(text).missing(header)
    if missing:
        columns = ", ".join(repr(column) for column in missing)
        raise Refused(
            "report.columns",
            f"{name} reads {columns}, which the file does not have. Its columns are: "
            f"{', '.join(repr(column) for column in header)}.",
        )


@transaction.atomic
def read_again(*, by: Actor, report: Report, at: datetime) -> Report:
    """Go on reading a report that stopped, from the row after the last that was taken in.

    Raises: NotPermitted; Refused if it is read to its end.
    """
    permissions.check_may_change(by, report.bucket_id, Power.UPLOAD)
    report = lock(report)
    policies.check_move(report, ReportStatus.PARSING)
    report.status, report.failure = ReportStatus.PARSING, ""
    report.save(update_fields=["status", "failure"])
    audit.record(by=by, did=audit.Did.REPORT_RECEIVED, to=report, at=at, reason="read again")
    errands.ask(by=by, kind=READ, at=at, report=report.pk)
    return report


# For a command that shows its own progress: the errand of the report then finds nothing left to do.
read_now = read_on


@transaction.atomic
def make_mapping(*, by: Actor, text: str, at: datetime, compartment: int | None = None) -> Mapping:
    """Keep a mapping, or a new version of one. The same text again is the version that has it.

    Raises: NotPermitted; MappingError, naming the key that is wrong.
    """
    permissions.check_may_upload(by)
    permissions.check_may_label(by, level=0, compartment=compartment)
    name = load_mapping(text).name[:80]
    bucket = the_label(owner=by.agency, level=0, compartment=compartment)
    _one_at_a_time(by, f"mapping {bucket.pk} {name}")
    latest = _latest(by, bucket, name)
    if latest and latest.text == text:
        audit.record(by=by, did=audit.Did.MAPPING_SEEN, to=latest.reference, at=at)
        return latest
    mapping = Mapping(
        reference=new_reference("MAP"),
        bucket=bucket,
        name=name,
        version=latest.version + 1 if latest else 1,
        text=text,
        made_by_id=by.person_id,
        made_at=at,
    )
    mapping.save(force_insert=True)
    audit.record(by=by, did=audit.Did.MAPPING_MADE, to=mapping.reference, at=at)
    return mapping


def check_can_version(by: Actor, mapping: Mapping) -> None:
    permissions.check_may_change(by, mapping.bucket_id, Power.UPLOAD)


def make_version(*, by: Actor, of: Mapping, text: str, at: datetime) -> Mapping:
    """A new version of a mapping, under the name and the label that it has.

    Raises: NotPermitted; Refused if the text names another mapping; MappingError.
    """
    check_can_version(by, of)
    name = load_mapping(text).name
    if name != of.name:
        raise Refused("mapping.name", f"The text is of {name!r}; this mapping is {of.name!r}.")
    return make_mapping(by=by, text=text, at=at, compartment=of.bucket.compartment_id)


def _latest(by: Actor, bucket: Bucket, name: str) -> Mapping | None:
    mappings = Mapping.objects.visible_to(_as_now(by)).filter(bucket=bucket, name=name)
    return mappings.order_by("-version").first()  # type: ignore[no-any-return]


def _as_now(by: Actor) -> Actor:
    """The same person with what they may see now: a label may be younger than the request."""
    return actor_now() or by
