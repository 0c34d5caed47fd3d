"""Reading tasks and outcomes, always for someone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor, Agency, Code, Power
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.slots import Slot
from lightkeeper.apps.safeguarding import queries as safeguarding
from lightkeeper.apps.safeguarding.services import Consideration
from lightkeeper.apps.tasking.choices import OutcomeKind, TaskStatus
from lightkeeper.apps.tasking.models import Outcome, Step, Task
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50
WITH_AGENCY = (TaskStatus.SENT, TaskStatus.ACCEPTED)
MOST_ON_A_SUBJECT = 20


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
    threat: str


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
    steps = Step.objects.visible_to(actor).filter(task=task).select_related("person__agency")
    considerations = safeguarding.about(actor, task.reference)
    record = Record.objects.visible_to(actor).filter(pk=task.record_id).first()
    seen = [task, *considerations, *([record] if record else [])]
    audit.record(by=actor, did=audit.Did.TASK_SEEN, to=seen)
    return Shown(
        task=task,
        steps=list(steps.order_by("at", "id")),
        outcomes=_came_of(actor, [task.pk]),
        considerations=considerations,
        record=record,
        threat=_threat_words(task.threat),
    )


def _came_of(actor: Actor, task_ids: list[int]) -> list[Outcome]:
    rows = Outcome.objects.visible_to(actor).filter(task__in=task_ids)
    return list(rows.select_related("person__agency").order_by("happened_on", "pk"))


def _threat_words(code: str) -> str:
    if not code:
        return ""
    found = Code.objects.filter(list="threat", code=code).first()
    return found.label if found else code.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Filters:
    """What a list of tasks is narrowed by; nothing given, nothing left out."""

    status: str = ""
    agency: str = ""
    theme: str = ""
    overdue_at: datetime | None = None


def tasks(
    actor: Actor,
    filters: Filters | None = None,
    *,
    after: str = "",
) -> Page:
    """Tasks this person may see, the newest first."""
    filters = filters or Filters()
    rows = _visible(actor)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.agency:
        rows = rows.filter(Q(agency__code=filters.agency) | Q(owner__code=filters.agency))
    if filters.theme:
        rows = rows.filter(theme=filters.theme)
    if filters.overdue_at:
        rows = rows.filter(due_at__lt=filters.overdue_at, status__in=WITH_AGENCY)
    last = _find(actor, after)
    rows = rows.filter(pk__lt=last.pk) if last else rows
    return _page(actor, rows.order_by("-pk"))


def inbox(actor: Actor, *, after: str = "") -> Page:
    """What was sent to this person's agency and is still open; what is due first comes first."""
    rows = _visible(actor).filter(agency_id=actor.agency_id, status__in=WITH_AGENCY)
    last = _find(actor, after)
    if last and last.due_at:
        rows = rows.filter(Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk))
    return _page(actor, rows.order_by("due_at", "pk"))


def _find(actor: Actor, reference: str) -> Task | None:
    """Where the page before ended; one that is hidden or unknown begins at the top."""
    if not reference:
        return None
    found: Task | None = Task.objects.visible_to(actor).filter(reference=reference).first()
    return found


def _page(actor: Actor, rows: "QuerySet[Any]") -> Page:
    found = list(rows[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    audit.record(by=actor, did=audit.Did.TASKS_LISTED, to=[task.reference for task in shown])
    return Page(shown, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def agencies_of_tasks(actor: Actor) -> list[tuple[str, str]]:
    """The agencies of the tasks in sight, to choose from."""
    seen = Task.objects.visible_to(actor)
    either = Q(pk__in=seen.values("agency")) | Q(pk__in=seen.values("owner"))
    return [(agency.code, agency.name) for agency in Agency.objects.filter(either)]


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
    return Task.objects.visible_to(actor).filter(due_at__lt=at, status__in=WITH_AGENCY).count()


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


def outcome_kinds(*, on: date) -> list[tuple[str, str]]:
    """What may come of a task: the code list of the day, where one is loaded."""
    codes = Code.objects.filter(list="outcome_kind", code__in=OutcomeKind.values)
    found = [(code.code, code.label) for code in codes.exclude(active_to__lte=on)]
    return found or [(value, str(label)) for value, label in OutcomeKind.choices]


def outcomes(actor: Actor, *, since: date, until: date) -> list[Outcome]:
    """Outcomes of the period that this person may see; `until` is the first day after it.

    Those with which a task was closed: nothing else came past the considerations.
    """
    return list(
        Outcome.objects.visible_to(actor)
        .filter(happened_on__gte=since, happened_on__lt=until)
        .filter(recorded_at=F("task__closed_at"))
        .select_related("task__agency", "task__owner", "bucket")
        .order_by("happened_on", "pk")
    )


def record_by_reference(actor: Actor, reference: str) -> Record:
    """The record a task is to be about, or an outcome for. Raises: NotFound."""
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
    rows = _visible(actor).filter(record__in=record_ids).order_by("-pk")
    found = list(rows[:MOST_ON_A_SUBJECT])
    may_propose = Power.PROPOSE in actor.powers
    if not found and not may_propose:
        return None
    if found:
        audit.record(by=actor, did=audit.Did.TASKS_LISTED, to=[task.reference for task in found])
    came = _came_of(actor, [task.pk for task in found]) if found else []
    about = Record.objects.visible_to(actor).filter(pk__in=record_ids).order_by("pk").first()
    return Slot(
        _("Tasks and what came of them"),
        "tasking/partials/_of_subject.html",
        {
            "rows": [(task, [one for one in came if one.task_id == task.pk]) for task in found],
            "about": about if may_propose else None,
        },
    )
