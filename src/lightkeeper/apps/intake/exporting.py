"""Records on their way out: CSV that is safe to open, marked, and each record named in the log."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any

from django.db import connection

from lightkeeper.apps.accounts.services import Actor, conditions_today
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import corrected, permissions
from lightkeeper.apps.intake.corrected import Corrected
from lightkeeper.apps.intake.models import Record, Report
from lightkeeper.core.access.envelope import Level
from lightkeeper.engine.formats.writers import write_csv

# So that one event holds them all, and each of an export names its report.
ROWS_AT_ONCE = audit.MOST_REFERENCES - 1
IN_MEMORY_BYTES = 4 * 1024 * 1024
FIXED = (
    "reference", "report", "row", "source_key", "kind", "caption", "scheme", "source_evaluation",
    "information_assessment", "handling", "observed_on", "concerns_child", "corrections",
)  # fmt: skip

NAMES = """
select distinct jsonb_object_keys(properties) from intake_record
 where report_id = %s and bucket_id = any(%s) order by 1
"""


def check_can_export(by: Actor, report: Report) -> None:
    permissions.check_may_export(by, [report.bucket_id])


def export_records(*, by: Actor, report: Report, at: datetime) -> IO[bytes]:
    """The records of a report as CSV, those that this person may disclose.

    The first line is the marking. Whole when it returns: a reader never gets half a file.
    Raises: NotPermitted.
    Source: mission A3; OWASP ASVS 5.0 1.2.10.
    """
    check_can_export(by, report)
    labels = sorted(by.disclosable)
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [report.pk, labels])
        names = [row[0] for row in cursor.fetchall()]
    records = (
        Record.objects.visible_to(by)
        .filter(report=report, bucket_id__in=labels)
        .defer("originals", "notes")
        .order_by("row_number")
    )
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    text.write(f"{marking_of(by, report, at)}\r\n")
    write_csv(text, [*FIXED, *names], _lines(by, report, records, names, at))
    text.detach()
    out.seek(0)
    return out  # type: ignore[return-value]


def marking_of(by: Actor, report: Report, at: datetime) -> str:
    level = Level(report.bucket.level).words
    conditions = conditions_today(by, report.bucket).words
    handling = " ".join([report.handling_code, *report.handling_conditions, *conditions])
    day = f"{at:%Y-%m-%d %H:%M} UTC"
    return (
        f"# {level} | owner {report.owner.code} | {report} | handling {report.scheme} {handling} "
        f"| taken out by {by.username} on {day}"
    )


def _lines(
    by: Actor, report: Report, records: Any, names: Sequence[str], at: datetime
) -> Iterator[list[str]]:
    any_left = False
    for batch in _batches(records.iterator(chunk_size=ROWS_AT_ONCE)):
        any_left = True
        right = corrected.of_records(by, [record.pk for record in batch])
        _say(by, report, [record.reference for record in batch], at)
        for record in batch:
            yield _line(report, record, names, right.get(record.pk, []))
    if not any_left:
        _say(by, report, [], at)


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, ROWS_AT_ONCE)):
        yield batch


def _say(by: Actor, report: Report, references: list[str], at: datetime) -> None:
    to = [report.reference, *references]
    audit.record(by=by, did=audit.Did.RECORDS_EXPORTED, to=to, at=at, recipient=by.username)


def _line(
    report: Report, record: Record, names: Sequence[str], right: Sequence[Corrected]
) -> list[str]:
    handling = " ".join([report.handling_code, *report.handling_conditions])
    fixed = [
        record.reference, report.reference, str(record.row_number), record.source_key, record.kind,
        record.caption, record.scheme, record.source_evaluation, record.information_assessment,
        handling, record.observed_on.isoformat() if record.observed_on else "",
        "yes" if record.concerns_child else "no", "; ".join(str(one) for one in right),
    ]  # fmt: skip
    return fixed + ["; ".join(record.properties.get(name, [])) for name in names]
