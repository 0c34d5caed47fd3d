"""The threshold over the API: the same queries and services as its page."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from lightkeeper.apps.intelligence import queries, services
from lightkeeper.apps.intelligence.api import ERRORS, Given

router = Router()


class AtWeightOut(Schema):
    floor: float
    pairs: int
    judged: int
    precision: float | None
    low: float
    high: float


class ReadingOut(Schema):
    reference: str
    model: str
    target: float
    confidence: float
    bits: float | None
    sentence: str
    figures: list[AtWeightOut]
    made_at: datetime


class AdoptionOut(Schema):
    reference: str
    bits: float
    reading: str | None
    undoes: str | None
    by: str
    made_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    waits: bool


class ThresholdOut(Schema):
    joins_from_bits: float | None
    model: str | None
    readings: list[ReadingOut]
    adoptions: list[AdoptionOut]
    failed: str
    # Why the proposal that waits was made, for who may confirm it; else empty.
    why: str
    # Where the reason is, for who has it not; else empty.
    without_why: str


class ReadThresholdIn(Given):
    target: float = Field(ge=0.5, le=0.999)


class ProposeThresholdIn(Given):
    reading: str = Field(max_length=20)
    reason: str = Field(min_length=3, max_length=2000)


class ConfirmThresholdIn(Given):
    proposal: str = Field(max_length=20)
    reason: str = Field(min_length=3, max_length=2000)


class UndoThresholdIn(Given):
    reason: str = Field(min_length=3, max_length=2000)


@router.get("", response={200: ThresholdOut, **ERRORS}, url_name="get_threshold")
def get_threshold(request: Any) -> dict[str, Any]:
    """From which weight records are joined, and what people's judgements say of it."""
    found = queries.thresholds(request.actor)
    return {
        "joins_from_bits": found.model.link_bits if found.model else None,
        "model": found.model.version if found.model else None,
        "readings": [
            {
                "reference": one.reference,
                "model": one.model.version,
                "target": one.target,
                "confidence": one.confidence,
                "bits": one.bits,
                "sentence": one.sentence,
                "figures": one.figures,
                "made_at": one.made_at,
            }
            for one in found.readings
        ],
        "adoptions": [
            {
                "reference": one.reference,
                "bits": one.bits,
                "reading": one.reading.reference if one.reading else None,
                "undoes": one.undoes.reference if one.undoes else None,
                "by": str(one.person),
                "made_at": one.made_at,
                "confirmed_by": str(one.confirmed_by) if one.confirmed_by else None,
                "confirmed_at": one.confirmed_at,
                "waits": one.waits,
            }
            for one in found.adoptions
        ],
        "failed": found.failed,
        "why": found.why,
        "without_why": str(found.without_why),
    }


@router.post("/readings", response={202: None, **ERRORS}, url_name="read_threshold")
def read_threshold(request: Any, given: ReadThresholdIn) -> Status:
    """Have the worker read from the judgements which threshold meets a target of precision."""
    services.ask_to_read(by=request.actor, target=given.target, at=timezone.now())
    return Status(202, None)


@router.post("/adoptions", response={202: None, **ERRORS}, url_name="propose_threshold")
def propose_threshold(request: Any, given: ProposeThresholdIn) -> Status:
    """Propose that records be joined from the weight of the last reading on."""
    reading = queries.get_reading(request.actor, given.reading)
    services.propose_threshold(
        by=request.actor, reading=reading, reason=given.reason, at=timezone.now()
    )
    return Status(202, None)


@router.post("/adoptions/confirm", response={202: None, **ERRORS}, url_name="confirm_threshold")
def confirm_threshold(request: Any, given: ConfirmThresholdIn) -> Status:
    """Adopt what somebody else proposed; the worker makes the picture anew."""
    proposal = queries.get_proposal(request.actor, given.proposal)
    services.confirm_threshold(
        by=request.actor, proposal=proposal, reason=given.reason, at=timezone.now()
    )
    return Status(202, None)


@router.post("/adoptions/undo", response={202: None, **ERRORS}, url_name="undo_threshold")
def undo_threshold(request: Any, given: UndoThresholdIn) -> Status:
    """Take back the last adoption that stands."""
    services.undo_adoption(by=request.actor, reason=given.reason, at=timezone.now())
    return Status(202, None)
