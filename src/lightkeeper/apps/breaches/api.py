"""Breaches over the API: the same queries and services as the pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field

from lightkeeper.apps.breaches import queries, services
from lightkeeper.apps.breaches.choices import About, Choice, Likelihood, Risk, Severity
from lightkeeper.apps.breaches.reckoning import clock_of

router = Router()
Kind = Literal["CONFIDENTIALITY", "INTEGRITY", "AVAILABILITY"]
Act = Literal["consult", "disclose", "alter", "collect", "combine", "erase"]
Ground = Literal["", "NOT_HIGH", "PROTECTED", "MEASURES", "EFFORT", "INQUIRY", "PREJUDICE",
                 "PUBLIC", "NATIONAL", "OTHERS"]  # fmt: skip


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class BreachOut(Schema):
    reference: str
    status: str
    kinds: list[str]
    what: str
    processor: str
    reported_at: datetime
    aware_at: datetime | None
    due: datetime
    overdue: bool
    seconds_late: int | None
    risk: str
    commissioner: str
    subjects: str
    notified_at: datetime | None
    more_to_come: bool
    told_at: datetime | None


class Breaches(Schema):
    breaches: list[BreachOut]
    after: str


class BreachNamed(Schema):
    reference: str


class BreachReported(BreachNamed):
    somebody_handles: bool = Field(
        description="false where nobody of your agency handles breaches here: tell your officer"
    )


class SightingOut(Schema):
    person: str
    session: str
    did: str
    first_at: datetime
    last_at: datetime
    times: int


class AffectedOut(Schema):
    record: str
    subject: str
    owner: str
    first_at: datetime
    last_at: datetime
    times: int
    left_the_system: bool
    by: list[SightingOut]


class BreachShareOut(Schema):
    reference: str
    breach: str
    happened_at: str
    whose: str
    records: int
    told_at: datetime | None
    said: str
    answered_at: datetime | None
    answer: str


class HiddenOut(Schema):
    agency: str
    records: int


class AffectedList(Schema):
    number: int
    digest: str
    holds: bool
    records: int
    subjects: int
    hidden: list[HiddenOut]
    shares: list[BreachShareOut]
    affected: list[AffectedOut]
    after: str


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)


class WhyIn(Strict):
    reason: str = Field(min_length=1, max_length=6000, pattern=r"\S")


class ReportBreachIn(Strict):
    kinds: list[Kind] = Field(min_length=1, max_length=3)
    what: str = Field(min_length=1, max_length=6000, pattern=r"\S")
    noticed_at: AwareDatetime = Field(strict=False)
    processor: str = Field("", max_length=200)


class TakeUpIn(WhyIn):
    aware_at: AwareDatetime = Field(strict=False)


class DescribeIn(Strict):
    nature: str = Field(min_length=1, max_length=6000, pattern=r"\S")
    numbers: str = Field("", max_length=6000)
    consequences: str = Field(min_length=1, max_length=6000, pattern=r"\S")
    measures: str = Field(min_length=1, max_length=6000, pattern=r"\S")
    contact: str = Field(min_length=1, max_length=6000, pattern=r"\S")


class ScopeIn(WhyIn):
    accounts: list[str] = Field([], max_length=50)
    sessions: list[str] = Field([], max_length=200)
    since: AwareDatetime | None = Field(None, strict=False)
    until: AwareDatetime | None = Field(None, strict=False)
    acts: list[Act] = Field(["consult", "disclose"], min_length=1, max_length=6)
    delivered: str = Field("", max_length=60)


class AssessIn(WhyIn):
    likelihood: Literal["UNLIKELY", "POSSIBLE", "LIKELY", "HAPPENED"]
    likelihood_reason: str = Field(min_length=1, max_length=6000, pattern=r"\S")
    severity: Literal["NEGLIGIBLE", "LIMITED", "SERIOUS", "GRAVE"]
    severity_reason: str = Field(min_length=1, max_length=6000, pattern=r"\S")
    risk: Literal["UNLIKELY", "RISK", "HIGH"]


class RuleBreachIn(WhyIn):
    about: Literal["COMMISSIONER", "SUBJECTS"]
    choice: Literal["NOTIFY", "NOT_NOTIFY", "TELL", "PUBLIC", "NOT_TELL"]
    ground: Ground = ""


class ToldIn(Strict):
    sent_at: AwareDatetime = Field(strict=False)
    how: str = Field(min_length=1, max_length=300, pattern=r"\S")


class NotifiedIn(ToldIn):
    late_reason: str = Field("", max_length=6000)
    more_to_come: bool = False


class GivePaperIn(Strict):
    what: Literal["page", "text", "letter"]


def _out(breach: services.Breach) -> dict[str, Any]:
    clock = clock_of(breach, at=timezone.now())
    said = ("reference", "status", "kinds", "what", "processor", "reported_at", "aware_at", "risk",
            "commissioner", "subjects", "notified_at", "more_to_come", "told_at")  # fmt: skip
    late = clock.late
    return {name: getattr(breach, name) for name in said} | {
        "due": clock.due,
        "overdue": clock.overdue,
        "seconds_late": None if late is None else int(late.total_seconds()),
    }


@router.get("/", response={200: Breaches, **PROBLEMS}, url_name="breaches")
def register(request: HttpRequest, which: str = "open", kind: str = "", after: str = "") -> object:
    actor = request.actor  # type: ignore[attr-defined]
    page = queries.register(actor, at=timezone.now(), which=which, kind=kind, after=after)
    return {"breaches": [_out(row.breach) for row in page.rows], "after": page.after}


@router.post("/", response={201: BreachReported, **PROBLEMS}, url_name="report_breach")
def report(request: HttpRequest, given: ReportBreachIn) -> Status[Any]:
    actor = request.actor  # type: ignore[attr-defined]
    reference = services.report_breach(by=actor, at=timezone.now(), **given.dict())
    return Status(201, {"reference": reference, "somebody_handles": queries.somebody_handles()})


@router.get("/{reference}", response={200: BreachOut, **PROBLEMS}, url_name="breach")
def breach(request: HttpRequest, reference: str) -> object:
    return _out(queries.get_breach(request.actor, reference))  # type: ignore[attr-defined]


@router.post(
    "/{reference}/taking-up", response={200: BreachOut, **PROBLEMS}, url_name="take_up_breach"
)
def take_up(request: HttpRequest, reference: str, given: TakeUpIn) -> object:
    actor, found = _breach(request, reference)
    return _out(services.take_up(by=actor, breach=found, at=timezone.now(), **given.dict()))


@router.post(
    "/{reference}/awareness", response={200: BreachOut, **PROBLEMS}, url_name="date_breach"
)
def set_aware(request: HttpRequest, reference: str, given: TakeUpIn) -> object:
    actor, found = _breach(request, reference)
    return _out(services.set_aware(by=actor, breach=found, at=timezone.now(), **given.dict()))


@router.post(
    "/{reference}/description", response={200: BreachNamed, **PROBLEMS},
    url_name="describe_breach",
)  # fmt: skip
def describe(request: HttpRequest, reference: str, given: DescribeIn) -> object:
    actor, found = _breach(request, reference)
    services.describe(by=actor, breach=found, at=timezone.now(), **given.dict())
    return {"reference": found.reference}


@router.get(
    "/{reference}/affected", response={200: AffectedList, **PROBLEMS}, url_name="breach_affected"
)
def affected(request: HttpRequest, reference: str, after: str = "") -> object:
    actor, found = _breach(request, reference)
    return _affected(actor, found, after)


def _affected(actor: Any, found: services.Breach, after: str = "") -> dict[str, Any]:
    page = queries.affected(actor, found, after=after)
    shown = queries.shown_listing(actor, found)
    if shown is None:
        return {"number": 0, "digest": "", "holds": True, "records": 0, "subjects": 0,
                "hidden": [], "shares": [], "affected": [], "after": ""}  # fmt: skip
    return {
        "number": shown.listing.number,
        "digest": shown.listing.digest,
        "holds": shown.holds,
        "records": shown.numbers.records,
        "subjects": shown.numbers.subjects,
        "hidden": [{"agency": name, "records": n} for name, n in shown.numbers.hidden],
        "shares": list(map(share_out, shown.shares)),
        "affected": [_line(line) for line in page.lines],
        "after": page.after,
    }


def share_out(share: services.Share) -> dict[str, Any]:
    said = ("reference", "records", "told_at", "said", "answered_at", "answer")
    return {name: getattr(share, name) for name in said} | {
        "breach": share.breach_reference,
        "happened_at": share.happened_at.code,
        "whose": share.whose.code,
    }


def _line(line: Any) -> dict[str, Any]:
    one = line.affected
    return {
        "record": one.reference, "subject": line.subject, "owner": one.bucket_right.owner.code,
        "first_at": one.first_at, "last_at": one.last_at, "times": one.times,
        "left_the_system": one.disclosed, "by": line.sightings,
    }  # fmt: skip


@router.post("/{reference}/lists", response={201: AffectedList, **PROBLEMS}, url_name="list_breach")
def work_out(request: HttpRequest, reference: str, given: ScopeIn) -> Status[Any]:
    actor, found = _breach(request, reference)
    said = given.dict()
    reason = said.pop("reason")
    lists = {name: tuple(said.pop(name)) for name in ("accounts", "sessions", "acts")}
    scope = services.Scope(**said, **lists)
    services.work_out(by=actor, breach=found, scope=scope, reason=reason, at=timezone.now())
    return Status(201, _affected(actor, found))


@router.post(
    "/{reference}/assessment", response={200: BreachOut, **PROBLEMS}, url_name="assess_breach"
)
def assess(request: HttpRequest, reference: str, given: AssessIn) -> object:
    actor, found = _breach(request, reference)
    said = given.dict()
    made = services.assess(
        by=actor, breach=found, at=timezone.now(), likelihood=Likelihood(said.pop("likelihood")),
        severity=Severity(said.pop("severity")), risk=Risk(said.pop("risk")), **said,
    )  # fmt: skip
    return _out(made)


@router.post("/{reference}/rulings", response={200: BreachOut, **PROBLEMS}, url_name="rule_breach")
def rule(request: HttpRequest, reference: str, given: RuleBreachIn) -> object:
    actor, found = _breach(request, reference)
    made = services.rule(
        by=actor, breach=found, about=About(given.about), choice=Choice(given.choice),
        ground=given.ground, reason=given.reason, at=timezone.now(),
    )  # fmt: skip
    return _out(made)


@router.post(
    "/{reference}/notifications", response={201: BreachNamed, **PROBLEMS},
    url_name="note_notified",
)  # fmt: skip
def notified(request: HttpRequest, reference: str, given: NotifiedIn) -> Status[Any]:
    actor, found = _breach(request, reference)
    services.note_notified(
        by=actor, breach=found, told=services.Told(given.sent_at, given.how),
        more_to_come=given.more_to_come, late_reason=given.late_reason, at=timezone.now(),
    )  # fmt: skip
    return Status(201, {"reference": found.reference})


@router.post("/{reference}/telling", response={200: BreachOut, **PROBLEMS}, url_name="note_told")
def told(request: HttpRequest, reference: str, given: ToldIn) -> object:
    actor, found = _breach(request, reference)
    those = services.Told(given.sent_at, given.how)
    return _out(services.note_told(by=actor, breach=found, told=those, at=timezone.now()))


def _ends(word: str, name: str, service: Callable[..., services.Breach]) -> None:
    @router.post(f"/{{reference}}/{word}", response={200: BreachOut, **PROBLEMS}, url_name=name,
                 operation_id=name)  # fmt: skip
    def end(request: HttpRequest, reference: str, given: WhyIn) -> object:
        actor, found = _breach(request, reference)
        return _out(service(by=actor, breach=found, reason=given.reason, at=timezone.now()))


_ends("closing", "close_breach", services.close)
_ends("dismissal", "dismiss_breach", services.dismiss)
_ends("reopening", "reopen_breach", services.reopen)


def _goes(word: str, name: str, service: Callable[..., object]) -> None:
    @router.post(f"/{{reference}}/{word}", response={200: BreachNamed, **PROBLEMS}, url_name=name,
                 operation_id=name)  # fmt: skip
    def go(request: HttpRequest, reference: str, given: WhyIn) -> object:
        actor, found = _breach(request, reference)
        service(by=actor, breach=found, reason=given.reason, at=timezone.now())
        return {"reference": found.reference}


_goes("disposal", "propose_case_disposal", services.propose_disposal)
_goes("disposal/withdrawal", "withdraw_case_disposal", services.withdraw_disposal)
_goes("disposal/confirmation", "confirm_case_disposal", services.confirm_disposal)


@router.post("/{reference}/given", response=PROBLEMS, url_name="give_breach")
def give(request: HttpRequest, reference: str, given: GivePaperIn) -> HttpResponse:
    actor, found = _breach(request, reference)
    out = services.give(by=actor, breach=found, what=given.what, at=timezone.now())
    response = HttpResponse(out.data, content_type=out.content_type)
    response["Content-Disposition"] = f'attachment; filename="{out.file_name}"'
    return response


def _breach(request: HttpRequest, reference: str) -> tuple[Any, services.Breach]:
    actor = request.actor  # type: ignore[attr-defined]
    return actor, queries.find_breach(actor, reference)
