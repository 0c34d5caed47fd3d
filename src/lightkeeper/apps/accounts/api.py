"""Compartments over the API: the same queries and services as the pages."""

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.accounts import closing, knowing, membership
from lightkeeper.apps.accounts.choices import Move
from lightkeeper.apps.accounts.models_compartments import (
    Compartment,
    CompartmentMember,
    CompartmentMove,
)
from lightkeeper.core import days

router = Router()


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class CompartmentOut(Schema):
    reference: str
    code: str
    name: str
    owner: str
    purpose: str
    review_on: date | None
    closed_on: date | None


class MoveOut(Schema):
    reference: str
    what: str
    standing: str
    on_day: date
    reason: str
    proposed_by: str
    proposed_at: datetime
    decision: str
    decided_by: str | None
    decided_at: datetime | None


class MemberOut(Schema):
    reference: str
    person: str
    agency: str
    standing: str
    active_from: date | None
    active_to: date | None
    reason: str
    proposed_by: str | None
    proposed_at: datetime | None
    decision: str
    decided_by: str | None
    decided_at: datetime | None


class WholeCompartmentOut(CompartmentOut):
    members: list[MemberOut]
    moves: list[MoveOut]


class OpenCompartmentIn(Schema):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120, pattern=r"\S")
    purpose: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    review_on: date


class ProposeMemberIn(Schema):
    model_config = ConfigDict(extra="forbid")

    person: str = Field(min_length=1, max_length=60)
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    since: date | None = None
    until: date


class DecideMemberIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Literal["APPROVE", "REFUSE"]
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class EndMemberIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class ReviewCompartmentIn(Schema):
    model_config = ConfigDict(extra="forbid")

    until: date
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class ProposeMoveIn(Schema):
    model_config = ConfigDict(extra="forbid")

    what: Literal["CLOSE", "REOPEN"]
    on_day: date
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class CompartmentMoved(Schema):
    reference: str
    standing: str


class MemberMoved(Schema):
    reference: str
    standing: str


@router.get("/", response={200: list[CompartmentOut], **PROBLEMS}, url_name="compartments")
def compartments(request: HttpRequest) -> object:
    rows = knowing.compartments(request.actor, today=days.today())  # type: ignore[attr-defined]
    return [_compartment(one.compartment) for one in rows]


@router.post("/", response={201: CompartmentOut, **PROBLEMS}, url_name="open_compartment")
def open_compartment(request: HttpRequest, given: OpenCompartmentIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    return 201, _compartment(
        membership.open_compartment(by=actor, at=timezone.now(), **given.dict())
    )


@router.get("/{reference}", response={200: WholeCompartmentOut, **PROBLEMS}, url_name="compartment")
def compartment(request: HttpRequest, reference: str) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found, rows = knowing.show_compartment(actor, reference, today=days.today())
    return {
        **_compartment(found),
        "members": [_member(one.member) for one in rows],
        "moves": list(map(_move, knowing.moves_of(found))),
    }


@router.post(
    "/{reference}/members", response={201: MemberMoved, **PROBLEMS}, url_name="propose_member"
)
def propose_member(request: HttpRequest, reference: str, given: ProposeMemberIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = knowing.get_compartment(actor, reference)
    member = membership.propose_member(
        by=actor, compartment=found, person=knowing.get_person(given.person), reason=given.reason,
        since=given.since, until=given.until, at=timezone.now(),
    )  # fmt: skip
    return 201, {"reference": member.reference, "standing": member.standing}


@router.post(
    "/{reference}/review", response={200: CompartmentOut, **PROBLEMS},
    url_name="review_compartment",
)  # fmt: skip
def review(request: HttpRequest, reference: str, given: ReviewCompartmentIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = knowing.get_compartment(actor, reference)
    closing.review(by=actor, compartment=found, at=timezone.now(), **given.dict())
    return _compartment(knowing.get_compartment(actor, reference))


@router.post(
    "/{reference}/moves", response={201: CompartmentMoved, **PROBLEMS}, url_name="propose_move"
)
def propose_move(request: HttpRequest, reference: str, given: ProposeMoveIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = knowing.get_compartment(actor, reference)
    made = closing.propose(by=actor, compartment=found, what=Move(given.what),
                           on_day=given.on_day, reason=given.reason, at=timezone.now())  # fmt: skip
    return 201, {"reference": made.reference, "standing": made.standing}


@router.post("/moves/{reference}/decide", response={200: CompartmentMoved, **PROBLEMS},
             url_name="decide_move")  # fmt: skip
def decide_move(request: HttpRequest, reference: str, given: DecideMemberIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    move = knowing.get_move(actor, reference)
    approve = given.decision == "APPROVE"
    closing.decide(by=actor, move=move, approve=approve, reason=given.reason, at=timezone.now())
    return {"reference": reference, "standing": "APPROVED" if approve else "REFUSED"}


@router.post("/moves/{reference}/withdraw", response={200: CompartmentMoved, **PROBLEMS},
             url_name="withdraw_move")  # fmt: skip
def withdraw_move(request: HttpRequest, reference: str, given: EndMemberIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    move = knowing.get_move(actor, reference)
    closing.withdraw(by=actor, move=move, reason=given.reason, at=timezone.now())
    return {"reference": reference, "standing": "WITHDRAWN"}


@router.post("/members/{reference}/decide", response={200: MemberMoved, **PROBLEMS},
             url_name="decide_member")  # fmt: skip
def decide_member(request: HttpRequest, reference: str, given: DecideMemberIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    member = knowing.get_member(actor, reference)
    approve = given.decision == "APPROVE"
    membership.decide_member(
        by=actor, member=member, approve=approve, reason=given.reason, at=timezone.now()
    )
    return {"reference": reference, "standing": "APPROVED" if approve else "REFUSED"}


@router.post("/members/{reference}/withdraw", response={200: MemberMoved, **PROBLEMS},
             url_name="withdraw_member")  # fmt: skip
def withdraw_member(request: HttpRequest, reference: str, given: EndMemberIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    member = knowing.get_member(actor, reference)
    membership.withdraw_member(by=actor, member=member, reason=given.reason, at=timezone.now())
    return {"reference": reference, "standing": "WITHDRAWN"}


@router.post(
    "/members/{reference}/end", response={200: MemberMoved, **PROBLEMS}, url_name="end_member"
)
def end_member(request: HttpRequest, reference: str, given: EndMemberIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    member = knowing.get_member(actor, reference)
    membership.end_member(by=actor, member=member, reason=given.reason, at=timezone.now())
    return {"reference": reference, "standing": "ENDED"}


def _compartment(one: Compartment) -> dict[str, object]:
    return {
        "reference": one.reference,
        "code": one.code,
        "name": one.name,
        "owner": one.owner.name,
        "purpose": one.purpose,
        "review_on": one.review_on,
        "closed_on": one.closed_on,
    }


def _move(one: CompartmentMove) -> dict[str, object]:
    said = ("reference", "what", "standing", "on_day", "reason", "proposed_at", "decision",
            "decided_at")  # fmt: skip
    return {name: getattr(one, name) for name in said} | {
        "proposed_by": one.proposed_by.username,
        "decided_by": one.decided_by.username if one.decided_by else None,
    }


def _member(one: CompartmentMember) -> dict[str, object]:
    return {
        "reference": one.reference,
        "person": one.person.username,
        "agency": one.person.agency.code,
        "standing": one.standing,
        "active_from": one.active_from,
        "active_to": one.active_to,
        "reason": one.reason,
        "proposed_by": one.proposed_by.username if one.proposed_by else None,
        "proposed_at": one.proposed_at,
        "decision": one.decision,
        "decided_by": one.decided_by.username if one.decided_by else None,
        "decided_at": one.decided_at,
    }
