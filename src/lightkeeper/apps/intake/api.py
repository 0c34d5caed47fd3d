"""Intake for programs: the same services and queries as the pages, under `/api/reports`."""

from datetime import datetime
from typing import Any, Literal

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from lightkeeper.apps.accounts.services import Actor, Agency
from lightkeeper.apps.intake import categories, corrected, correcting, queries, services
from lightkeeper.apps.intake.arriving import RefuseMedia
from lightkeeper.apps.intake.choices import Basis, Category, Channel, Encoding
from lightkeeper.apps.intake.corrected import Corrected, CorrectedOut
from lightkeeper.apps.intake.models import Mapping, Quarantined, Record, Report
from lightkeeper.core.access.envelope import Level
from lightkeeper.core.errors import NotFound, Refused
from lightkeeper.engine.records import Grading

router = Router()


class Problem(Schema):
    detail: str


class ProblemOfFile(Problem):
    """Why a file was not taken. Of its bytes only digest and size are kept."""

    code: str
    digest: str
    size_bytes: int


class Sent(Schema):
    """What goes with a file."""

    file_name: str = Field(
        "", max_length=200, description="the sender's name of it; its ending says what it is"
    )
    mapping: str = Field("", description="reference of a mapping; CSV, XLSX and Parquet need one")
    scheme: str = Field(description="3x5x2 or 5x5x5")
    source_evaluation: str = Field(max_length=2)
    information_assessment: str = Field(max_length=2)
    handling_code: str = Field(max_length=2)
    handling_conditions: list[str] = Field(default_factory=list)
    level: str = Field("OFFICIAL-SENSITIVE", description="OFFICIAL or OFFICIAL-SENSITIVE")
    released_to: list[str] = Field(default_factory=list, description="codes of agencies")
    compartment: str = Field("", description="code of a compartment one is a member of")
    conditions: list[str] = Field(
        default_factory=list,
        description="of ORCON, NO-EXPORT, POINTER, SILENT-POINTER, LEAD-ONLY, NO-FOREIGN",
    )
    source: str = Field("", max_length=120)
    encoding: str = Encoding.UTF8.value


class ReportOut(Schema):
    reference: str
    status: str
    failure: str
    file_name: str
    format: str
    digest: str
    size_bytes: int
    received_at: datetime
    scheme: str
    source_evaluation: str
    information_assessment: str
    handling_code: str
    handling_conditions: list[str]
    rows_read: int
    rows_accepted: int
    rows_repeated: int
    rows_quarantined: int
    warnings: list[str]


class ReportList(Schema):
    reports: list[ReportOut]
    after: str = Field(description="give it as `after` for the next page; blank at the end")


class FaultOut(Schema):
    column: str
    code: str
    sentence: str


class QuarantinedOut(Schema):
    reference: str
    row_number: int
    status: str
    faults: list[FaultOut]
    row: dict[str, str]


class QuarantineList(Schema):
    rows: list[QuarantinedOut]
    after: str


class Cells(Schema):
    """The row as corrected: each heading with its text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    cells: dict[str, str]


class ReplayedOut(Schema):
    accepted: bool
    record: str = ""
    faults: list[FaultOut] = Field(default_factory=list)


class Why(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=4, max_length=1000)


class MappingIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(max_length=100_000, description="the mapping as YAML")


class MappingOut(Schema):
    reference: str
    name: str
    version: int
    text: str


class NoteOut(Schema):
    column: str
    sentence: str


class RecordOut(Schema):
    reference: str
    row_number: int
    source_key: str
    kind: str
    caption: str
    properties: dict[str, list[str]]
    originals: dict[str, str]
    notes: list[NoteOut]
    concerns_child: bool
    scheme: str
    source_evaluation: str
    information_assessment: str
    observed_on: str | None
    recorded_at: datetime
    category: str
    categories: list[str]
    basis: str
    corrections: list[CorrectedOut] = Field(description="what is right beside what it says")

    @staticmethod
    def resolve_corrections(found: Record, context: Any) -> list[Corrected]:
        actor = _actor(context["request"])
        return corrected.of_records(actor, [found.pk]).get(found.pk, [])

    @staticmethod
    def resolve_observed_on(found: Record) -> str | None:
        return found.observed_on.isoformat() if found.observed_on else None


ERRORS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.get(
    "", response={200: ReportList, **ERRORS}, url_name="intake_reports", summary="List reports"
)
def list_reports(request: HttpRequest, status: str = "", after: str = "") -> dict[str, Any]:
    page = queries.reports(_actor(request), status=status, after=after)
    return {"reports": page.rows, "after": page.after}


@router.post(
    "",
    response={200: ReportOut, 201: ReportOut, **ERRORS, 422: ProblemOfFile | Problem},
    url_name="intake_receive",
    summary="Send in a report",
    description=(
        "The file is the body as it is, or the part `file` of a form. Sending the same bytes "
        "again answers 200 with the report that has them, and makes nothing."
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                },
            },
        }
    },
)
def receive_report(request: HttpRequest, sent: Query[Sent]) -> Status[Any]:
    actor = _actor(request)
    if unknown := set(request.GET) - set(Sent.model_fields):
        # A misspelt handling would otherwise be left out in silence.
        raise Refused("report.parameter", f"There is no parameter {sorted(unknown)[0]!r}.")
    file, name = _file_of(request)
    receipt = services.receive(
        by=actor,
        file=file,
        file_name=sent.file_name or name,
        mapping=queries.find_mapping(actor, sent.mapping) if sent.mapping else None,
        grading=Grading(
            sent.scheme, sent.source_evaluation, sent.information_assessment, sent.handling_code,
            tuple(sent.handling_conditions),
        ),
        level=_level(sent.level),
        released_to=_agencies(sent.released_to),
        compartment=_compartment(actor, sent.compartment),
        conditions=sent.conditions,
        source=sent.source,
        encoding=_encoding(sent.encoding),
        channel=Channel.API,
        at=timezone.now(),
    )  # fmt: skip
    if receipt.refusal:
        # Answered and not raised: the event of the refusal must be committed.
        why = {
            "detail": str(receipt.refusal), "code": receipt.refusal.code,
            "digest": receipt.digest, "size_bytes": receipt.size_bytes,
        }  # fmt: skip
        return Status(422, why)
    return Status(201 if receipt.came is services.Came.NEW else 200, receipt.report)


@router.get("/mappings", response={200: list[MappingOut], **ERRORS}, url_name="intake_mappings")
def list_mappings(request: HttpRequest) -> list[Mapping]:
    return queries.mappings(_actor(request))


@router.post(
    "/mappings",
    response={201: MappingOut, **ERRORS},
    url_name="intake_make_mapping",
    summary="Keep a mapping, or a new version of one",
)
def make_mapping(request: HttpRequest, given: MappingIn) -> Status[Mapping]:
    made = services.make_mapping(by=_actor(request), text=given.text, at=timezone.now())
    return Status(201, made)


class DetermineIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    categories: list[
        Literal["CHILD", "VICTIM", "WITNESS", "CONVICTED", "SUSPECT", "UNDETERMINED"]
    ] = Field(min_length=1, max_length=6)
    basis: Literal["FACT", "REPORTED", "OPINION", "INFERENCE"]
    reason: str = Field(min_length=1, max_length=1000, pattern=r"\S")


@router.post(
    "/records/{reference}/category",
    response={200: RecordOut, **ERRORS},
    url_name="intake_determine",
)
def determine(request: HttpRequest, reference: str, given: DetermineIn) -> Record:
    actor = _actor(request)
    found = queries.get_record(actor, reference)
    return categories.determine(
        by=actor, record=found, categories=map(Category, given.categories),
        basis=Basis(given.basis), reason=given.reason, at=timezone.now(),
    )  # fmt: skip


@router.get("/records/{reference}", response={200: RecordOut, **ERRORS}, url_name="intake_record")
def one_record(request: HttpRequest, reference: str) -> Record:
    return queries.get_record(_actor(request), reference)


@router.post(
    "/quarantine/{reference}/replay",
    response={200: ReplayedOut, **ERRORS},
    url_name="intake_replay",
    summary="Correct a row in quarantine and take it in",
)
def replay_row(request: HttpRequest, reference: str, given: Cells) -> dict[str, Any]:
    actor = _actor(request)
    row = queries.find_quarantined(actor, reference)
    done = correcting.replay(by=actor, row=row, cells=given.cells, at=timezone.now())
    if done.held:
        return {"accepted": False, "faults": queries.find_quarantined(actor, reference).faults}
    return {"accepted": True, "record": done.record.reference if done.record else ""}


@router.post(
    "/quarantine/{reference}/discard",
    response={200: QuarantinedOut, **ERRORS},
    url_name="intake_discard",
    summary="Set a row in quarantine aside",
)
def discard_row(request: HttpRequest, reference: str, given: Why) -> Quarantined:
    actor = _actor(request)
    row = queries.find_quarantined(actor, reference)
    return correcting.discard(by=actor, row=row, reason=given.reason, at=timezone.now())


@router.get("/{reference}", response={200: ReportOut, **ERRORS}, url_name="intake_report")
def one_report(request: HttpRequest, reference: str) -> Report:
    return queries.get_report(_actor(request), reference)


@router.get(
    "/{reference}/quarantine",
    response={200: QuarantineList, **ERRORS},
    url_name="intake_quarantine",
    summary="Rows of a report that wait for a correction",
)
def list_quarantine(
    request: HttpRequest, reference: str, status: str = "", after: str = ""
) -> dict[str, Any]:
    page = queries.quarantine(_actor(request), report=reference, status=status, after=after)
    return {"rows": page.rows, "after": page.after}


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


def _file_of(request: HttpRequest) -> tuple[Any, str]:
    """The part of the form, or the body itself as a stream, with the sender's name for it."""
    if not (request.content_type or "").startswith("multipart/form-data"):
        return request, ""
    request.upload_handlers = [RefuseMedia(request)]
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("report.file", "The form has no file in its part `file`.")
    return file, file.name or ""


def _level(words: str) -> int:
    known = {level.words: level.value for level in Level}
    if words not in known:
        raise Refused("report.level", f"The level is one of {', '.join(known)}.")
    return known[words]


def _encoding(name: str) -> str:
    if name not in Encoding.values:
        raise Refused("report.encoding", f"The encoding is one of {', '.join(Encoding.values)}.")
    return name


def _agencies(codes: list[str]) -> list[Agency]:
    found = list(Agency.objects.filter(code__in=codes))
    if unknown := set(codes) - {agency.code for agency in found}:
        raise Refused("report.agency", f"There is no agency {sorted(unknown)[0]!r}.")
    return found


def _compartment(actor: Actor, code: str) -> int | None:
    if not code:
        return None
    for choice in queries.compartments_of(actor):
        if choice.code == code:
            return choice.id
    raise NotFound("compartment")
