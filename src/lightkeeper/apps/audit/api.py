"""The audit log for programs: the same query as the page, under `/api/audit`."""

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from lightkeeper.apps.audit import queries

router = Router()

Act = Literal["", "collect", "alter", "consult", "disclose", "combine", "erase", "deny", "admin"]


class Problem(Schema):
    detail: str


class Asked(Schema):
    person: str = Field("", max_length=60)
    verb: Act = ""
    reference: str = Field("", max_length=60)
    day: date | None = None
    before: str = Field("", max_length=200, description="what the page before gave as `before`")


class EventOut(Schema):
    at: datetime
    person: str
    verb: str
    did: str
    references: list[str]
    purpose: str
    reason: str
    recipient: str
    rule: str
    holds: str = Field(description="sealed, waiting to be sealed, or changed since it was sealed")


class Events(Schema):
    events: list[EventOut]
    before: str
    sealed_at: datetime | None
    verified_at: datetime | None
    verified: bool | None


@router.get(
    "/events",
    response={200: Events, 401: Problem, 403: Problem, 409: Problem, 422: Problem},
    url_name="audit_events",
    summary="The events of one's own agency, the newest first",
)
def audit_events(request: HttpRequest, asked: Query[Asked]) -> dict[str, object]:
    actor = request.actor  # type: ignore[attr-defined]
    question = queries.Question(asked.person, asked.verb, asked.reference, asked.day)
    page = queries.events(actor, question, before=asked.before)
    state = queries.state(actor)
    verification = state.verification
    return {
        "events": page.rows,
        "before": page.before,
        "sealed_at": state.sealed_at,
        "verified_at": verification and verification.at,
        "verified": verification and verification.ok,
    }
