"""Tasks over the API: the same queries and services as the pages."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.tasking import queries, services
from lightkeeper.apps.tasking.choices import Level, OutcomeKind, TaskStatus, Theme
from lightkeeper.apps.tasking.models import Task
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotFound

router = Router()
REASON: Any = Field(min_length=1, max_length=4000, pattern=r"\S")


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class TaskOut(Schema):
    reference: str
    owner: str
    agency: str
    objective: str
    status: str
    threat: str
    theme: str
    level: int
    proposed_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    closed_at: datetime | None


class StepOut(Schema):
    to: str
    reason: str
    by: str
    at: datetime


class OutcomeOut(Schema):
    reference: str
    kind: str
    happened_on: date
    evidence: str


class TaskShown(TaskOut):
    record: str | None
    steps: list[StepOut]
    outcomes: list[OutcomeOut]
    undecided: list[str]


class Tasks(Schema):
    tasks: list[TaskOut]
    after: str


class Given(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)


class Proposal(Given):
    record: str = Field(min_length=1, max_length=20)
    agency: str = Field(min_length=1, max_length=60)
    threat: str = Field(default="", max_length=40)
    theme: Literal["PURSUE", "PREVENT", "PROTECT", "PREPARE"] = "PROTECT"
    level: Literal[1, 2, 3] = 1
    objective: str = REASON
    reason: str = REASON


class Sending(Schema):
    model_config = ConfigDict(extra="forbid")

    due_at: AwareDatetime
    reason: str = REASON


class Answer(Given):
    reason: str = REASON


class OutcomeIn(Schema):
    model_config = ConfigDict(extra="forbid")

    kind: OutcomeKind
    happened_on: date
    evidence: str = REASON
    record: str = Field(default="", max_length=20, description="For whom, if for another person")


class Closing(Schema):
    model_config = ConfigDict(extra="forbid")

    outcomes: list[OutcomeIn] = Field(min_length=1, max_length=10)
    reason: str = REASON


PLAIN = ("reference", "objective", "status", "threat", "theme", "level", "proposed_at", "due_at",
         "sent_at", "closed_at")  # fmt: skip


def _out(task: Task) -> dict[str, Any]:
    shown = {name: getattr(task, name) for name in PLAIN}
    return {**shown, "owner": task.owner.code, "agency": task.agency.code}


@router.get("", response={200: Tasks, **PROBLEMS}, url_name="tasks")
def tasks(
    request: HttpRequest,
    status: TaskStatus | None = None,
    agency: str = "",
    overdue: bool = False,
    after: str = "",
) -> object:
    filters = queries.Filters(
        status=status or "", agency=agency, overdue_at=timezone.now() if overdue else None
    )
    page = queries.tasks(request.actor, filters, after=after)  # type: ignore[attr-defined]
    return {"tasks": [_out(task) for task in page.rows], "after": page.after}


@router.post("", response={201: TaskOut, **PROBLEMS}, url_name="propose_task")
def propose(request: HttpRequest, given: Proposal) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    now = timezone.now()
    record = queries.record_by_reference(actor, given.record)
    agency: Agency | None = (
        queries.taskable_agencies(actor, on=day_of(now)).filter(code=given.agency).first()
    )
    if agency is None:
        raise NotFound("agency")
    task = services.propose_task(
        by=actor,
        record=record,
        agency=agency,
        threat=given.threat,
        theme=Theme(given.theme),
        level=Level(given.level),
        objective=given.objective,
        reason=given.reason,
        at=now,
    )
    return Status(201, _out(task))


@router.get("/{reference}", response={200: TaskShown, **PROBLEMS}, url_name="task")
def task(request: HttpRequest, reference: str) -> object:
    shown = queries.show(request.actor, reference)  # type: ignore[attr-defined]
    return {
        **_out(shown.task),
        "record": shown.record.reference if shown.record else None,
        "steps": [{"to": one.to, "reason": one.reason, "by": str(one.person), "at": one.at}
                  for one in shown.steps],
        "outcomes": shown.outcomes,
        "undecided": [one.reference for one in shown.considerations if not one.decided],
    }  # fmt: skip


@router.post("/{reference}/send", response={200: TaskOut, **PROBLEMS}, url_name="send_task")
def send(request: HttpRequest, reference: str, given: Sending) -> object:
    return _do(request, reference, services.send_task, due_at=given.due_at, reason=given.reason)


@router.post("/{reference}/reject", response={200: TaskOut, **PROBLEMS}, url_name="reject_task")
def reject(request: HttpRequest, reference: str, given: Answer) -> object:
    return _do(request, reference, services.reject_task, reason=given.reason)


@router.post("/{reference}/accept", response={200: TaskOut, **PROBLEMS}, url_name="accept_task")
def accept(request: HttpRequest, reference: str, given: Answer) -> object:
    return _do(request, reference, services.accept_task, reason=given.reason)


@router.post("/{reference}/refuse", response={200: TaskOut, **PROBLEMS}, url_name="refuse_task")
def refuse(request: HttpRequest, reference: str, given: Answer) -> object:
    return _do(request, reference, services.refuse_task, reason=given.reason)


@router.post("/{reference}/close", response={200: TaskOut, **PROBLEMS}, url_name="close_task")
def close(request: HttpRequest, reference: str, given: Closing) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    outcomes = [
        services.Came(
            kind=one.kind,
            happened_on=one.happened_on,
            evidence=one.evidence,
            for_whom=queries.record_by_reference(actor, one.record) if one.record else None,
        )
        for one in given.outcomes
    ]
    return _do(request, reference, services.close_task, outcomes=outcomes, reason=given.reason)


def _do(request: HttpRequest, reference: str, act: Callable[..., Task], **given: Any) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_task(actor, reference)
    return _out(act(by=actor, task=found, at=timezone.now(), **given))
