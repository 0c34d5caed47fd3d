"""The picture over the API: the same queries and services as the pages."""

from datetime import date
from typing import Any, Literal

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from lightkeeper.apps.audit.api import LooksOut
from lightkeeper.apps.intake import corrected
from lightkeeper.apps.intake.corrected import Corrected, CorrectedOut
from lightkeeper.apps.intelligence import queries, services
from lightkeeper.engine.records.query import MAX_QUERY

router = Router()


class Problem(Schema):
    detail: str


class Given(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)


class FoundOut(Schema):
    reference: str
    caption: str
    kind: str
    agreement: float
    reasons: list[str]
    records: list[str]
    corrections: list[CorrectedOut]


class SearchOut(Schema):
    found: list[FoundOut]
    more: bool


class SubjectRecordOut(Schema):
    reference: str
    kind: str
    caption: str
    agency: str
    scheme: str
    source_evaluation: str
    information_assessment: str
    observed_on: date | None
    properties: dict[str, list[str]]
    corrections: list[CorrectedOut]


class ShareOut(Schema):
    factor: str
    name: str
    points: float
    cap: float
    sentence: str
    records: list[str]


class PriorityOut(Schema):
    total: float
    confidence: float
    sentence: str
    shares: list[ShareOut]


class SubjectOut(Schema):
    reference: str
    caption: str
    kind: str
    records: list[SubjectRecordOut]
    judgements: list[str]
    priority: PriorityOut | None = Field(description="None for a child or somebody who is harmed.")


class WaitingOut(Schema):
    left: str
    right: str
    weight_bits: float
    speaks_for: list[str]
    speaks_against: list[str]
    why: str = Field(description="Why it stands in the order of what teaches most.")


class QueueOut(Schema):
    pairs: list[WaitingOut]
    more: bool


class RankedOut(Schema):
    reference: str
    caption: str
    agencies: list[str]
    corrections: list[CorrectedOut]
    priority: PriorityOut


class RankingOut(Schema):
    ranked: list[RankedOut]
    more: bool


class JudgeIn(Given):
    left: str = Field(max_length=20)
    right: str = Field(max_length=20)
    verdict: Literal["SAME", "DIFFERENT", "UNSURE"]
    reason: str = Field(min_length=3, max_length=2000)


class UndoIn(Given):
    reason: str = Field(min_length=3, max_length=2000)


class JudgementOut(Schema):
    reference: str


ERRORS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.get(
    "/search",
    response={200: SearchOut, **ERRORS},
    url_name="search_picture",
    summary="Find a subject",
)
def search_picture(request: Any, q: str, kind: str = "") -> dict[str, Any]:
    """By name, birth date, phone, identifier or postcode, despite spelling."""
    results = queries.search(request.actor, q[: MAX_QUERY + 1], kind=kind)
    return {
        "found": [
            {
                "reference": one.reference,
                "caption": one.caption,
                "kind": one.kind,
                "agreement": one.value,
                "reasons": list(one.reasons),
                "records": [record.reference for record in one.records],
                "corrections": list(one.corrections),
            }
            for one in results.found
        ],
        "more": results.more,
    }


@router.get("/subjects/{reference}", response={200: SubjectOut, **ERRORS}, url_name="get_subject")
def get_subject(request: Any, reference: str) -> dict[str, Any]:
    """The subject that the reference of any of its records leads to."""
    found = queries.subject(request.actor, reference)
    today = timezone.localdate()
    harmed = queries.is_child_or_harmed(found.records, today)
    right = corrected.of_records(request.actor, found.record_ids)
    return {
        "reference": found.reference,
        "caption": found.caption,
        "kind": found.kind,
        "records": [_record(one, right.get(one.pk, [])) for one in found.records],
        "judgements": [j.reference for j in found.judgements],
        "priority": (
            None if harmed else _priority(queries.explain_subject(request.actor, found, today))
        ),
    }


@router.get(
    "/subjects/{reference}/looks",
    response={200: LooksOut, **ERRORS},
    url_name="subject_looks",
    summary="Who has looked at the records of a subject, as far as one's agency owns them",
)
def subject_looks(request: Any, reference: str, before: str = "") -> dict[str, Any]:
    _, page = queries.looks_at_subject(request.actor, reference, before=before)
    return {"looks": page.rows, "before": page.before}


@router.get(
    "/review", response={200: QueueOut, **ERRORS}, url_name="list_review", summary="Pairs to judge"
)
def list_review(
    request: Any, page: int = 1, order: Literal["likeliest", "teaching"] = "likeliest"
) -> dict[str, Any]:
    queue = queries.teaching_queue if order == "teaching" else queries.review_queue
    waiting, more = queue(request.actor, page)
    return {
        "pairs": [
            {
                "left": one.left.reference,
                "right": one.right.reference,
                "weight_bits": one.weight_bits,
                "speaks_for": list(one.speaks_for),
                "speaks_against": list(one.speaks_against),
                "why": one.why,
            }
            for one in waiting
        ],
        "more": more,
    }


@router.get(
    "/priorities",
    response={200: RankingOut, **ERRORS},
    url_name="list_priorities",
    summary="Ranked list",
)
def list_priorities(
    request: Any, agency: str = "", region: str = "", threat: str = "", page: int = 1
) -> dict[str, Any]:
    """Who is said to cause most harm, each with the named factors that add up to the score."""
    filters = queries.Filters(agency, region, threat)
    ranked, more = queries.ranking(request.actor, timezone.localdate(), filters, page)
    return {
        "ranked": [
            {
                "reference": one.reference,
                "caption": one.caption,
                "agencies": list(one.agencies),
                "corrections": list(one.corrections),
                "priority": _priority(one.explanation),
            }
            for one in ranked
        ],
        "more": more,
    }


@router.post("/judgements", response={201: JudgementOut, **ERRORS}, url_name="judge_pair")
def judge_pair(request: Any, given: JudgeIn) -> Status:
    """Decide whether two records are of one person."""
    left, right = queries.two_records(request.actor, given.left, given.right)
    judgement = services.judge(
        by=request.actor,
        left=left,
        right=right,
        verdict=given.verdict,
        reason=given.reason,
        at=timezone.now(),
    )
    return Status(201, {"reference": judgement.reference})


@router.post(
    "/judgements/{reference}/undo", response={204: None, **ERRORS}, url_name="undo_judgement"
)
def undo_judgement(request: Any, reference: str, given: UndoIn) -> Status:
    """Take a judgement back; the picture is then as if it had not been made."""
    judgement = queries.get_judgement(request.actor, reference)
    services.undo_judgement(
        by=request.actor, judgement=judgement, reason=given.reason, at=timezone.now()
    )
    return Status(204, None)


def _record(record: Any, right: list[Corrected]) -> dict[str, Any]:
    return {
        "reference": record.reference,
        "kind": record.kind,
        "caption": record.caption,
        "agency": str(record.bucket.owner),
        "scheme": record.scheme,
        "source_evaluation": record.source_evaluation,
        "information_assessment": record.information_assessment,
        "observed_on": record.observed_on,
        "properties": record.properties,
        "corrections": right,
    }


def _priority(explanation: Any) -> dict[str, Any]:
    return {
        "total": explanation.total,
        "confidence": round(explanation.confidence, 3),
        "sentence": explanation.sentence,
        "shares": [
            {
                "factor": share.factor.code,
                "name": share.factor.name,
                "points": share.points,
                "cap": share.factor.cap,
                "sentence": share.sentence,
                "records": sorted({one.part.reference for one in share.parts}),
            }
            for share in explanation.shares
        ],
    }
