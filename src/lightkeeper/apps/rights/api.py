"""Requests over the API: the same queries and services as the pages."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.rights import queries, services
from lightkeeper.apps.rights.choices import (
    AnswerKind,
    Choice,
    CorrectionKind,
    RequestKind,
    RestrictionGround,
)
from lightkeeper.apps.rights.reckoning import clock_of

router = Router()
Why = Literal["INQUIRY", "PREJUDICE", "PUBLIC", "NATIONAL", "OTHERS", "THIRD_PARTY", "NOT_THEIRS"]


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class CaseOut(Schema):
    reference: str
    kind: str
    status: str
    name: str
    received_on: date
    due: date | None
    days_left: int | None
    answer: str


class Cases(Schema):
    requests: list[CaseOut]
    after: str


class StatementOut(Schema):
    key: str
    label: str
    text: str


class ItemOut(Schema):
    reference: str
    what: str
    why: str
    category: str
    basis: str
    statements: list[StatementOut]
    proposals: list[str]
    choice: str


class Items(Schema):
    items: list[ItemOut]


class Done(Schema):
    reference: str


class Searched(Schema):
    new: int


class ReasonIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=1, max_length=4000, pattern=r"\S")


class ReceiveIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["ACCESS", "RECTIFY", "ERASE", "RESTRICT"]
    name: str = Field(min_length=2, max_length=200)
    other_names: list[str] = Field([], max_length=20)
    born_on: date | None = Field(None, strict=False)
    identifiers: list[str] = Field([], max_length=50)
    received_on: date = Field(strict=False)
    details: str = Field("", max_length=4000)


class OnADayIn(ReasonIn):
    on: date = Field(strict=False)


class DecideItemIn(ReasonIn):
    choice: Literal["DISCLOSE", "REDACT", "WITHHOLD"]
    ground: Literal["", "INQUIRY", "PREJUDICE", "PUBLIC", "NATIONAL", "OTHERS", "THIRD_PARTY",
                    "NOT_THEIRS"] = ""  # fmt: skip
    left_out: dict[str, Why] = {}


class SubmitIn(ReasonIn):
    answer: Literal["DONE", "NEITHER"] | None = None


class GiveIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    what: Literal["letter", "page", "text", "json"]


class RestrictIn(ReasonIn):
    ground: Literal["ACCURACY", "EVIDENCE"]


class CorrectIn(ReasonIn):
    kind: Literal["CORRECTED", "DISPUTED"]
    of_property: str = Field("", max_length=60)
    was: str = Field("", max_length=4000)
    becomes: str = Field(min_length=1, max_length=4000)


def _out(case: services.Case) -> dict[str, Any]:
    clock = clock_of(case, on=timezone.localdate())
    said = ("reference", "kind", "status", "name", "received_on", "answer")
    return {name: getattr(case, name) for name in said} | {
        "due": clock.due, "days_left": clock.days_left,
    }  # fmt: skip


@router.get("/", response={200: Cases, **PROBLEMS}, url_name="rights_cases")
def cases(request: HttpRequest, ended: bool = False, after: str = "") -> object:
    page = queries.cases(request.actor, on=timezone.localdate(), ended=ended, after=after)  # type: ignore[attr-defined]
    return {"requests": [_out(row.case) for row in page.rows], "after": page.after}


@router.post("/", response={201: CaseOut, **PROBLEMS}, url_name="receive_request")
def receive(request: HttpRequest, given: ReceiveIn) -> tuple[int, object]:
    asked = given.dict()
    kind = RequestKind(asked.pop("kind"))
    case = services.receive_request(by=request.actor, kind=kind, at=timezone.now(), **asked)  # type: ignore[attr-defined]
    return 201, _out(case)


@router.get("/cases/{reference}", response={200: CaseOut, **PROBLEMS}, url_name="rights_case")
def case(request: HttpRequest, reference: str) -> object:
    return _out(queries.get_case(request.actor, reference))  # type: ignore[attr-defined]


@router.post(
    "/cases/{reference}/identity", response={200: CaseOut, **PROBLEMS}, url_name="identify_request"
)
def identify(request: HttpRequest, reference: str, given: OnADayIn) -> object:
    actor, found = _case(request, reference)
    return _out(
        services.confirm_identity(
            by=actor, case=found, on=given.on, reason=given.reason, at=timezone.now()
        )
    )


@router.post("/cases/{reference}/search", response={200: Searched, **PROBLEMS}, url_name="find_all")
def find_all(request: HttpRequest, reference: str) -> object:
    actor, found = _case(request, reference)
    return {"new": services.find_all(by=actor, case=found, at=timezone.now())}


@router.get("/cases/{reference}/items", response={200: Items, **PROBLEMS}, url_name="rights_items")
def items(request: HttpRequest, reference: str) -> object:
    actor, found = _case(request, reference)
    return {"items": [_item(one) for one in queries.seen_found(actor, found)]}


def _item(one: queries.Found) -> dict[str, Any]:
    content = one.content
    return {
        "reference": one.item.reference, "what": content.title, "why": one.item.why,
        "category": content.category, "basis": content.basis, "statements": content.statements,
        "proposals": one.proposals, "choice": one.decision.choice if one.decision else "",
    }  # fmt: skip


@router.post(
    "/items/{reference}/decision", response={200: Done, **PROBLEMS}, url_name="decide_item"
)
def decide(request: HttpRequest, reference: str, given: DecideItemIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    item = queries.find_item(actor, reference)
    services.decide(
        by=actor, item=item, choice=Choice(given.choice), left_out=dict(given.left_out),
        ground=given.ground, reason=given.reason, at=timezone.now(),
    )  # fmt: skip
    return {"reference": item.reference}


@router.post(
    "/cases/{reference}/answer", response={200: CaseOut, **PROBLEMS}, url_name="submit_answer"
)
def submit(request: HttpRequest, reference: str, given: SubmitIn) -> object:
    actor, found = _case(request, reference)
    answer = AnswerKind(given.answer) if given.answer else None
    return _out(
        services.submit(by=actor, case=found, reason=given.reason, answer=answer, at=timezone.now())
    )


@router.post(
    "/cases/{reference}/signature", response={200: CaseOut, **PROBLEMS}, url_name="sign_answer"
)
def sign(request: HttpRequest, reference: str, given: ReasonIn) -> object:
    actor, found = _case(request, reference)
    return _out(services.sign_off(by=actor, case=found, reason=given.reason, at=timezone.now()))


@router.post("/cases/{reference}/given", response=PROBLEMS, url_name="give_answer")
def give(request: HttpRequest, reference: str, given: GiveIn) -> HttpResponse:
    actor, found = _case(request, reference)
    out = services.give(by=actor, case=found, what=given.what, at=timezone.now())
    response = HttpResponse(out.data, content_type=out.content_type)
    response["Content-Disposition"] = f'attachment; filename="{out.file_name}"'
    return response


@router.post(
    "/records/{reference}/restriction", response={200: Done, **PROBLEMS}, url_name="restrict_record"
)
def restrict(request: HttpRequest, reference: str, given: RestrictIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    made = services.restrict(
        by=actor, record=queries.find_record(actor, reference),
        ground=RestrictionGround(given.ground), reason=given.reason, at=timezone.now(),
    )  # fmt: skip
    return {"reference": made}


@router.post(
    "/records/{reference}/restriction/lifting",
    response={200: Done, **PROBLEMS},
    url_name="lift_restriction",
)
def lift(request: HttpRequest, reference: str, given: ReasonIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    stands = queries.standing_restriction(actor, queries.find_record(actor, reference))
    services.lift(by=actor, restriction=stands, reason=given.reason, at=timezone.now())
    return {"reference": stands.reference}


@router.post(
    "/records/{reference}/corrections", response={200: Done, **PROBLEMS}, url_name="correct_record"
)
def correct(request: HttpRequest, reference: str, given: CorrectIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    asked = given.dict()
    kind = CorrectionKind(asked.pop("kind"))
    record = queries.find_record(actor, reference)
    made = services.correct(by=actor, record=record, kind=kind, at=timezone.now(), **asked)
    return {"reference": made.reference}


def _case(request: HttpRequest, reference: str) -> tuple[Any, services.Case]:
    actor = request.actor  # type: ignore[attr-defined]
    return actor, queries.find_case(actor, reference)
