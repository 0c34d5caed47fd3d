"""Governance over the API: the same queries and services as the pages."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.governance import queries, services
from lightkeeper.apps.governance.choices import Ground, HoldKind
from lightkeeper.apps.governance.models import Notice

router = Router()

Yes = Literal["HARM", "VULNERABLE", "TRUST", "LINKS", "SUBSTANCES", "MENTAL_STATE"]


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class EntryOut(Schema):
    reference: str
    number: int
    number_reason: str
    clear_from: date
    due: date
    determine_by: date | None
    reviewed: bool


class Entries(Schema):
    records: list[EntryOut]
    after: str


class HoldOut(Schema):
    reference: str
    kind: str
    reason: str
    placed_at: datetime
    released_at: datetime | None


class DisposalOut(Schema):
    reference: str
    ground: str
    reason: str
    proposed_at: datetime
    withdrawn_at: datetime | None


class KeptOut(Schema):
    entry: EntryOut
    holds: list[HoldOut]
    proposal: DisposalOut | None


class ErasureOut(Schema):
    reference: str
    kind: str
    digest: str
    erased_on: date
    rule: str


class Erasures(Schema):
    erasures: list[ErasureOut]
    after: str


class NoticeOut(Schema):
    reference: str
    kind: str
    about: str
    told_at: datetime
    acknowledged_at: datetime | None


class Notices(Schema):
    notices: list[NoticeOut]
    after: str


class Gone(Schema):
    erased: str


class ReasonIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=1, max_length=4000, pattern=r"\S")


class RetainIn(ReasonIn):
    number: int = Field(ge=1, le=4)
    number_reason: str = Field(min_length=1, max_length=4000, pattern=r"\S")
    answers: list[Yes] = []
    next_review: date = Field(strict=False)


class HoldIn(ReasonIn):
    kind: Literal["LITIGATION", "INQUIRY", "CPIA"]
    whole_report: bool = False


class ProposeIn(ReasonIn):
    ground: Literal["PERIOD_ENDED", "INACCURATE", "UNLAWFUL", "RIGHTS"]
    answers: list[Yes] = []


@router.get("/due", response={200: Entries, **PROBLEMS}, url_name="reviews_due")
def due(request: HttpRequest, after: str = "") -> object:
    page = queries.due(request.actor, on=timezone.localdate(), after=after)  # type: ignore[attr-defined]
    return {"records": page.rows, "after": page.after}


@router.get("/erasures", response={200: Erasures, **PROBLEMS}, url_name="erasures")
def erasures(request: HttpRequest, after: str = "") -> object:
    page = queries.erasures(request.actor, after=after)  # type: ignore[attr-defined]
    return {"erasures": page.rows, "after": page.after}


@router.get("/notices", response={200: Notices, **PROBLEMS}, url_name="notices")
def notices(request: HttpRequest, after: str = "") -> object:
    page = queries.notices(request.actor, after=after)  # type: ignore[attr-defined]
    return {"notices": page.rows, "after": page.after}


@router.post(
    "/notices/{reference}/acknowledgement",
    response={200: NoticeOut, **PROBLEMS},
    url_name="acknowledge_notice",
)
def acknowledge(request: HttpRequest, reference: str) -> Notice:
    actor = request.actor  # type: ignore[attr-defined]
    notice = queries.get_notice(actor, reference)
    return services.acknowledge(by=actor, notice=notice, at=timezone.now())


@router.get("/records/{reference}", response={200: KeptOut, **PROBLEMS}, url_name="kept")
def kept(request: HttpRequest, reference: str) -> object:
    return queries.show(request.actor, reference, on=timezone.localdate())  # type: ignore[attr-defined]


@router.post("/records/{reference}/review", response={200: EntryOut, **PROBLEMS}, url_name="retain")
def retain(request: HttpRequest, reference: str, given: RetainIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    record = queries.get_record(actor, reference)
    services.retain(by=actor, record=record, at=timezone.now(), **given.dict())
    return queries.entry_of(actor, record, on=timezone.localdate())


@router.post(
    "/records/{reference}/hold", response={200: HoldOut, **PROBLEMS}, url_name="place_hold"
)
def place_hold(request: HttpRequest, reference: str, given: HoldIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    return services.place_hold(
        by=actor, record=queries.get_record(actor, reference), kind=HoldKind(given.kind),
        whole_report=given.whole_report, reason=given.reason, at=timezone.now(),
    )  # fmt: skip


@router.post(
    "/records/{reference}/disposal",
    response={200: DisposalOut, **PROBLEMS},
    url_name="propose_disposal",
)
def propose_disposal(request: HttpRequest, reference: str, given: ProposeIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    return services.propose_disposal(
        by=actor, record=queries.get_record(actor, reference), ground=Ground(given.ground),
        answers=given.answers, reason=given.reason, at=timezone.now(),
    )  # fmt: skip


@router.post(
    "/records/{reference}/disposal/withdrawal",
    response={200: DisposalOut, **PROBLEMS},
    url_name="withdraw_disposal",
)
def withdraw_disposal(request: HttpRequest, reference: str, given: ReasonIn) -> object:
    actor, proposal = _proposal(request, reference)
    return services.withdraw_disposal(
        by=actor, disposal=proposal, reason=given.reason, at=timezone.now()
    )


@router.post(
    "/records/{reference}/disposal/confirmation",
    response={200: Gone, **PROBLEMS},
    url_name="confirm_disposal",
)
def confirm_disposal(request: HttpRequest, reference: str, given: ReasonIn) -> object:
    actor, proposal = _proposal(request, reference)
    gone = services.confirm_disposal(
        by=actor, disposal=proposal, reason=given.reason, at=timezone.now()
    )
    return {"erased": gone}


@router.post(
    "/holds/{reference}/release", response={200: HoldOut, **PROBLEMS}, url_name="release_hold"
)
def release_hold(request: HttpRequest, reference: str, given: ReasonIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    hold = queries.get_hold(actor, reference)
    return services.release_hold(by=actor, hold=hold, reason=given.reason, at=timezone.now())


def _proposal(request: HttpRequest, reference: str) -> tuple[Any, services.Disposal]:
    actor = request.actor  # type: ignore[attr-defined]
    return actor, queries.get_proposal(actor, queries.get_record(actor, reference))
