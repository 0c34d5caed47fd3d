"""Reading tasks and outcomes, always for someone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from lightkeeper.apps.accounts.services import Actor, Agency, Code
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.slots import Slot
from lightkeeper.apps.safeguarding import queries as safeguarding
from lightkeeper.apps.safeguarding.services import Consideration
from lightkeeper.apps.tasking.choices import TaskStatus
from lightkeeper.apps.tasking.models import Outcome, Step, Task
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50
OPEN = (TaskStatus.PROPOSED, TaskStatus.SENT, TaskStatus.ACCEPTED)


@dataclass(frozen=True)
class Page:
    """Some tasks, and the reference after which the next page begins."""

    rows: list[Task]
    after: str = ""


@dataclass(frozen=True)
class Shown:
    """A task for its page: its steps and outcomes, and the record if it is shared with the
    viewer.
    """

    task: Task
    steps: list[Step]
    outcomes: list[Outcome]
    considerations: list[Consideration]
    record: Record | None


def get_task(actor: Actor, reference: str) -> Task:
    """The task, if it is shared with this person.

    Raises: NotFound, the same for a task that does not exist and one that is not shared.
    """
    try:
        found: Task = _visible(actor).get(reference=reference)
    except Task.DoesNotExist:
        raise NotFound("task") from None
    return found


def _visible(actor: Actor) -> "QuerySet[Any]":
    return Task.objects.visible_to(actor).select_related(
        "agency", "owner", "bucket__owner", "bucket__audience", "proposed_by"
    )


def show(actor: Actor, reference: str) -> Shown:
    """One task for its page. Raises: NotFound."""
    task = get_task(actor, reference)
    audit.record(by=actor, did=audit.Did.TASK_SEEN, to=task)
    return Shown(
        task=task,
        steps=list(
            Step.objects.visible_to(actor)
            .filter(task=task)
            .select_related("person__agency")
            .order_by("at", "id")
        ),
        outcomes=list(
            Outcome.objects.visible_to(actor).filter(task=task).select_related("person__agency")
        ),
        considerations=safeguarding.about(actor, task.reference),
        record=Record.objects.visible_to(actor).filter(pk=task.record_id).first(),
    )


def tasks(
    actor: Actor,
    *,
    status: str = "",
    agency: str = "",
    overdue_at: datetime | None = None,
    after: str = "",
) -> Page:
    """Tasks this person may see, the newest first."""
    rows = _visible(actor)
    if status:
        rows = rows.filter(status=status)
    if agency:
        rows = rows.filter(agency__code=agency)
    if overdue_at:
        rows = rows.filter(due_at__lt=overdue_at, status__in=[TaskStatus.SENT, TaskStatus.ACCEPTED])
    return _page(actor, rows, after)


def inbox(actor: Actor, *, after: str = "") -> Page:
    """What was sent to this person's agency and is still open, the newest first."""
    rows = _visible(actor).filter(
        agency_id=actor.agency_id, status__in=[TaskStatus.SENT, TaskStatus.ACCEPTED]
    )
    return _page(actor, rows, after)


def _page(actor: Actor, rows: "QuerySet[Any]", after: str) -> Page:
    if after:
        last = Task.objects.visible_to(actor).filter(reference=after).first()
        rows = rows.filter(pk__lt=last.pk) if last else rows
    found = list(rows.order_by("-pk")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    audit.record(by=actor, did=audit.Did.TASKS_LISTED, to=[task.reference for task in shown])
    return Page(shown, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def count_visible(actor: Actor) -> int:
    return Task.objects.visible_to(actor).count()


def inbox_count(actor: Actor) -> int:
    """What waits for an answer from this person's agency."""
    return (
        Task.objects.visible_to(actor)
        .filter(agency_id=actor.agency_id, status=TaskStatus.SENT)
        .count()
    )


def to_decide_count(actor: Actor) -> int:
    """Proposals that wait for a decision of this person's agency."""
    return (
        Task.objects.visible_to(actor)
        .filter(owner_id=actor.agency_id, status=TaskStatus.PROPOSED)
        .count()
    )


def overdue_count(actor: Actor, *, at: datetime) -> int:
    open_ones = [TaskStatus.SENT, TaskStatus.ACCEPTED]
    return Task.objects.visible_to(actor).filter(due_at__lt=at, status__in=open_ones).count()


def taskable_agencies(actor: Actor, *, on: date) -> "QuerySet[Agency]":
    """Agencies that a task may be for: those in being, other than one's own."""
    return (
        Agency.objects.exclude(pk=actor.agency_id)
        .exclude(active_to__lte=on)
        .filter(people__isnull=False)
        .distinct()
    )


def threats(*, on: date) -> list[tuple[str, str]]:
    codes = Code.objects.filter(list="threat").exclude(active_to__lte=on)
    return [(code.code, code.label) for code in codes]


def outcomes(actor: Actor, *, since: date, until: date) -> list[Outcome]:
    """Outcomes of the period that this person may see; `until` is the first day after it."""
    return list(
        Outcome.objects.visible_to(actor)
        .filter(happened_on__gte=since, happened_on__lt=until)
        .select_related("task__agency", "task__owner")
        .order_by("happened_on", "pk")
    )


def record_by_reference(actor: Actor, reference: str) -> Record:
    """The record a task is to be about. Raises: NotFound."""
    found: Record | None = (
        Record.objects.visible_to(actor)
        .select_related("bucket__audience", "bucket__owner", "report__owner")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound("record")
    return found


def tasks_of_subject(actor: Actor, record_ids: list[int]) -> Slot | None:
    """Tasks about a subject and what came of them, for its page."""
    found = list(_visible(actor).filter(record__in=record_ids).order_by("-pk")[:20])
    came = list(Outcome.objects.visible_to(actor).filter(task__in=[task.pk for task in found]))
    for task in found:
        task.came = [outcome for outcome in came if outcome.task_id == task.pk]
    may_propose = "propose" in actor.powers
    if not found and not may_propose:
        return None
    first = Record.objects.visible_to(actor).filter(pk__in=record_ids).order_by("pk").first()
    context = {"tasks": found, "may_propose": may_propose, "record": first}
    return Slot("Tasks", "tasking/partials/_of_subject.html", context)
