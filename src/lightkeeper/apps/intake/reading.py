"""Reading a report to its end, in chunks: each is a transaction with its rows, its quarantine, its
counts and the place from which to go on. A reader killed anywhere loses and doubles no row.
"""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, actor_now
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import gradings, policies, storing
from lightkeeper.apps.intake.ahead import one_ahead
from lightkeeper.apps.intake.arriving import open_arrived
from lightkeeper.apps.intake.blobs import check as check_blob
from lightkeeper.apps.intake.choices import ReportStatus
from lightkeeper.apps.intake.happenings import RecordsAccepted, ReportRead
from lightkeeper.apps.intake.models import Mapping, Report
from lightkeeper.apps.intake.rows import Held, Ways, cells_of_line, take
from lightkeeper.core import faults
from lightkeeper.core.announcements import announce
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotFound, NotPermitted
from lightkeeper.core.locking import lock
from lightkeeper.engine.errors import EngineError
from lightkeeper.engine.formats import Fault, Row, Table
from lightkeeper.engine.records import MappedRecord, Scheme, load_mapping

ROWS_A_CHUNK = 2000
CHARACTERS_A_CHUNK = 4_000_000

Clock = Callable[[], datetime]
Told = Callable[[Report], None]


class Overtaken(Exception):
    """Another reader has moved this report on: start again from where it stands."""


@dataclass
class Chunk:
    """Rows judged and not yet written, and the token after the last of them."""

    taken: list[MappedRecord | Held] = field(default_factory=list)
    size: int = 0
    resume: str = ""
    ready: list[storing.Ready | Held] = field(default_factory=list)

    def add(self, one: MappedRecord | Held, item: Row | Fault) -> None:
        self.taken.append(one)
        cells = one.row if isinstance(one, Held) else one.originals
        self.size += sum(map(len, cells.values()))
        self.resume = item.resume

    @property
    def full(self) -> bool:
        return len(self.taken) >= ROWS_A_CHUNK or self.size >= CHARACTERS_A_CHUNK


def no_one(report: Report) -> None:
    """Nobody asked to be told."""


def read_on(report_id: int, *, clock: Clock = timezone.now, told: Told = no_one) -> None:
    """Read a report from where it stands, for whoever acts now.

    `told` is called inside the transaction of each chunk, so that a count it writes is true.
    A file that breaks off leaves what was read and says why.
    """
    while True:
        report = _begin(report_id)
        if report is None:
            return
        faults.point("reading.begun")
        try:
            _read(report, clock, told)
            return
        except Overtaken:
            continue
        except (EngineError, NotFound, OSError) as error:
            fail(report_id, _sentence(error), clock())
            return


def _sentence(error: Exception) -> str:
    return (
        str(error)
        if isinstance(error, EngineError | NotFound)
        else "The stored file cannot be read."
    )


@transaction.atomic
def _begin(report_id: int) -> Report | None:
    actor = _acting()
    report = _locked(actor, report_id)
    if report.status in (ReportStatus.PARSED, ReportStatus.FAILED):
        return None
    policies.check_move(report, ReportStatus.PARSING)
    report.status = ReportStatus.PARSING
    report.save(update_fields=["status"])
    return report


def _acting() -> Actor:
    actor = actor_now()
    if actor is None:
        raise NotPermitted("Nobody is signed in.")
    return actor


def _locked(actor: Actor, report_id: int) -> Report:
    report = Report.objects.visible_to(actor).filter(pk=report_id).first()
    if report is None:
        raise NotFound("report")
    if report.bucket_id not in actor.writable:
        raise NotPermitted("Only the agency that owns the report may read it in.")
    return lock(report)


def ways_of(actor: Actor, report: Report) -> Ways:
    """How its rows are read: its mapping, and the codes that held on the day it came."""
    mapping = Mapping.objects.visible_to(actor).filter(pk=report.mapping_id).first()
    if report.mapping_id and mapping is None:
        raise NotFound("mapping")
    return Ways(
        received=day_of(report.received_at),
        schemes=gradings.schemes_on(day_of(report.received_at)),
        mapping=load_mapping(mapping.text) if mapping else None,
        format=report.format,
        encoding=report.encoding,
    )


def _read(report: Report, clock: Clock, told: Told) -> None:
    path = check_blob(report.digest)
    with transaction.atomic():
        ways = ways_of(_acting(), report)
    table = open_arrived(path, report.file_name, report.format, report.encoding)
    resume = report.resume or ""
    with closing(one_ahead(_ready(report, _chunks(table, path, ways, resume)))) as chunks:
        for chunk in chunks:
            _write(report.pk, chunk, resume, table, ways.schemes, clock(), told)
            faults.point("reading.chunk_written")
            resume = chunk.resume
    _finish(report.pk, table, clock(), told)


def _ready(report: Report, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        chunk.ready = storing.prepare(report, chunk.taken)
        yield chunk


def _chunks(table: Table, path: Path, ways: Ways, resume: str) -> Iterator[Chunk]:
    """Chunks of rows; when the file breaks off, first what was read before the break."""
    chunk, before = Chunk(resume=resume), resume
    try:
        for item in table.rows(resume=resume):
            one = take(item, ways)
            if isinstance(one, Held) and isinstance(item, Fault) and ways.format == "csv":
                cells = cells_of_line(path, ways, table.header, before, item)
                one = Held(one.number, cells | one.row, one.faults)
            chunk.add(one, item)
            before = item.resume
            if chunk.full:
                yield chunk
                chunk = Chunk(resume=chunk.resume)
    except EngineError:
        if chunk.taken:
            yield chunk
        raise
    if chunk.taken:
        yield chunk


@transaction.atomic
def _write(
    report_id: int,
    chunk: Chunk,
    resume: str,
    table: Table,
    schemes: AnyMapping[str, Scheme],
    at: datetime,
    told: Told,
) -> None:
    actor = _acting()
    report = _locked(actor, report_id)
    # Another reader may have been here: its rows stand, and ours would double them.
    if report.status != ReportStatus.PARSING or (report.resume or "") != resume:
        raise Overtaken
    faults.point("reading.chunk_locked")
    found = storing.sort_out(report, chunk.ready)
    numbers = storing.insert_records(report, found.records, schemes, at)
    faults.point("reading.rows_inserted")
    storing.insert_held(actor, report, found.held)
    report.rows_read += found.read
    report.rows_accepted += len(numbers)
    report.rows_repeated += found.repeated
    report.rows_quarantined += len(found.held)
    report.resume = chunk.resume
    report.save(
        update_fields=[
            "rows_read", "rows_accepted", "rows_repeated", "rows_quarantined", "resume",
        ]
    )  # fmt: skip
    told(report)
    if numbers:
        announce(RecordsAccepted(report.pk, tuple(numbers), at))
    faults.point("reading.chunk_counted")


@transaction.atomic
def _finish(report_id: int, table: Table, at: datetime, told: Told) -> None:
    actor = _acting()
    report = _locked(actor, report_id)
    if report.status != ReportStatus.PARSING:
        raise Overtaken
    policies.check_move(report, ReportStatus.PARSED)
    report.status, report.parsed_at, report.failure = ReportStatus.PARSED, at, ""
    report.warnings = list(table.warnings)
    report.save(update_fields=["status", "parsed_at", "failure", "warnings"])
    audit.record(by=actor, did=audit.Did.REPORT_READ, to=report, at=at)
    told(report)
    announce(ReportRead(report.pk, at))
    faults.point("reading.before_end")


@transaction.atomic
def fail(report_id: int, sentence: str, at: datetime) -> None:
    """Reading stopped. What was read stands, and is part of the picture."""
    actor = _acting()
    report = _locked(actor, report_id)
    if report.status != ReportStatus.PARSING:
        return
    report.status, report.failure = ReportStatus.FAILED, sentence
    report.save(update_fields=["status", "failure"])
    audit.record(by=actor, did=audit.Did.REPORT_READ, to=report, at=at, reason=sentence)
    if report.rows_accepted:
        announce(ReportRead(report.pk, at))
