"""The audit log for programs: the same query as the page, under `/api/audit`."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.audit import deciding, queries
from lightkeeper.apps.audit.choices import FlagVerdict

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


class LookOut(Schema):
    at: datetime
    person: str = Field(description="empty for somebody of another agency")
    agency: str
    verb: str
    did: str
    references: list[str]
    purpose: str
    reason: str
    recipient: str


class LooksOut(Schema):
    looks: list[LookOut]
    before: str


@router.get(
    "/looks/{reference}",
    response={200: LooksOut, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem},
    url_name="audit_looks",
    summary="Who has looked at one record or task, and why, the newest first",
)
def audit_looks(request: HttpRequest, reference: str, before: str = "") -> dict[str, object]:
    actor = request.actor  # type: ignore[attr-defined]
    page = queries.looks(actor, [reference[:60]], before=before)
    return {"looks": page.rows, "before": page.before}


class FlagOut(Schema):
    reference: str
    rule: str
    day: date
    person: str
    about: str
    sentence: str
    verdict: str = Field(description="empty until it is decided")


class FlagsOut(Schema):
    flags: list[FlagOut]
    after: str


class OneFlagOut(FlagOut):
    events: list[EventOut]
    reason: str


class DecideIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    verdict: Literal["LAWFUL", "LESSON", "CONDUCT"]
    reason: str = Field(min_length=3, max_length=2000)


@router.get(
    "/unusual",
    response={200: FlagsOut, 401: Problem, 403: Problem, 422: Problem},
    url_name="audit_flags",
    summary="Unusual looks that wait for a decision, or are decided",
)
def audit_flags(
    request: HttpRequest, rule: str = "", decided: bool = False, after: str = ""
) -> dict[str, object]:
    actor = request.actor  # type: ignore[attr-defined]
    page = queries.flags(actor, queries.Narrow(rule[:20], decided), after=after)
    return {"flags": [_flag(flag) for flag in page.rows], "after": page.after}


@router.get(
    "/unusual/{reference}",
    response={200: OneFlagOut, 401: Problem, 404: Problem},
    url_name="audit_flag",
    summary="One unusual look with the events it stands on",
)
def audit_flag(request: HttpRequest, reference: str) -> dict[str, object]:
    found = queries.show_flag(request.actor, reference)  # type: ignore[attr-defined]
    reason = found.decision.reason if found.decision else ""
    return {**_flag(found.flag), "events": found.events, "reason": reason}


@router.post(
    "/unusual/{reference}/decision",
    response={200: FlagOut, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem},
    url_name="decide_flag",
    summary="Say what an unusual look was, and why",
)
def decide_flag(request: HttpRequest, reference: str, given: DecideIn) -> dict[str, object]:
    actor = request.actor  # type: ignore[attr-defined]
    flag = queries.find_flag(actor, reference)
    verdict = FlagVerdict(given.verdict)
    deciding.decide_flag(
        by=actor, flag=flag, verdict=verdict, reason=given.reason, at=timezone.now()
    )
    return {**_flag(flag), "verdict": verdict.value}


def _flag(flag: Any) -> dict[str, object]:
    decision = getattr(flag, "decision", None)
    return {
        "reference": flag.reference,
        "rule": flag.rule.code,
        "day": flag.day,
        "person": flag.person,
        "about": flag.about,
        "sentence": flag.sentence,
        "verdict": decision.verdict if decision else "",
    }
