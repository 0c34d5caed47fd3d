"""Considerations over the API: the same queries and services as the pages."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.safeguarding import queries, services
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.apps.safeguarding.models import Consideration

router = Router()


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class ConsiderationOut(Schema):
    reference: str
    about: str
    because: str
    opened_at: datetime
    decided: bool


class Considerations(Schema):
    considerations: list[ConsiderationOut]
    after: str


class DecisionIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Literal["PROTECT_NOW", "REFER", "SHARE", "KNOWN", "NO_ACTION"]
    reason: str = Field(min_length=1, max_length=4000, pattern=r"\S")


@router.get("", response={200: Considerations, **PROBLEMS}, url_name="considerations")
def considerations(request: HttpRequest, after: str = "", decided: bool = False) -> object:
    page = queries.waiting(request.actor, after=after, decided=decided)  # type: ignore[attr-defined]
    return {"considerations": [one.consideration for one in page.rows], "after": page.after}


@router.get("/{reference}", response={200: ConsiderationOut, **PROBLEMS}, url_name="consideration")
def consideration(request: HttpRequest, reference: str) -> Consideration:
    return queries.show(request.actor, reference).consideration  # type: ignore[attr-defined]


@router.post(
    "/{reference}/decision",
    response={200: ConsiderationOut, **PROBLEMS},
    url_name="decide_consideration",
)
def decide(request: HttpRequest, reference: str, given: DecisionIn) -> Consideration:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_consideration(actor, reference)
    services.decide(
        by=actor,
        consideration=found,
        decision=ConsiderationDecision(given.decision),
        reason=given.reason,
        at=timezone.now(),
    )
    return queries.get_consideration(actor, reference)
