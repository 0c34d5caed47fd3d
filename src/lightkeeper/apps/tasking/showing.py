"""What the pages of tasking show, ready to be laid out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.urls import reverse
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import queries as audit
from lightkeeper.apps.tasking import forms, policies, queries, services
from lightkeeper.apps.tasking.choices import TaskStatus
from lightkeeper.apps.tasking.models import Step, Task
from lightkeeper.core.rules import allowed

TONES = {
    TaskStatus.PROPOSED: "info",
    TaskStatus.REJECTED: "neutral",
    TaskStatus.SENT: "warn",
    TaskStatus.ACCEPTED: "info",
    TaskStatus.REFUSED: "neutral",
    TaskStatus.CLOSED: "good",
}
WAY = (TaskStatus.PROPOSED, TaskStatus.SENT, TaskStatus.ACCEPTED, TaskStatus.CLOSED)


def toned(tasks: list[Task]) -> list[Task]:
    for task in tasks:
        task.tone = TONES[TaskStatus(task.status)]  # type: ignore[attr-defined]
    return tasks


def groups(tasks: list[Task], *, at: datetime) -> list[dict[str, Any]]:
    """The inbox: what is late, what waits for an answer, what has been taken on."""
    late = [task for task in tasks if task.due_at and task.due_at < at]
    rest = [task for task in tasks if task not in late]
    named = (
        (_("Overdue"), late),
        (_("Waiting for an answer"), [t for t in rest if t.status == TaskStatus.SENT]),
        (_("Taken on"), [t for t in rest if t.status == TaskStatus.ACCEPTED]),
    )
    return [{"title": title, "tasks": toned(rows)} for title, rows in named if rows]


def states() -> list[dict[str, Any]]:
    """Each state of a task with the states it can go to, from the table of moves."""
    return [
        {"state": state.label, "then": [to.label for to in TaskStatus if to in moves]}
        for state, moves in policies.MOVES.items()
    ]


def task_page(actor: Actor, shown: queries.Shown, kinds: list[tuple[str, str]]) -> dict[str, Any]:
    task = shown.task
    return {
        "shown": shown,
        "task": task,
        "told_of_looks": audit.is_told_of_looks(actor, task.owner_id),
        "tone": TONES[TaskStatus(task.status)],
        "crumbs": [
            {"label": _("Tasks"), "url": reverse("tasking:tasks")},
            {"label": task.reference},
        ],
        "way": _way(task),
        "facts": _facts(shown),
        "events": [_event(step) for step in shown.steps],
        "undecided": [one for one in shown.considerations if not one.decided],
        "acts": _acts(actor, task, kinds),
    }


def _way(task: Task) -> list[dict[str, str]]:
    """How far it has come on its way; one that was not adopted or refused stands where it ended."""
    ended = task.status in (TaskStatus.REJECTED, TaskStatus.REFUSED)
    way = list(WAY)
    if ended:
        before = WAY[: 1 if task.status == TaskStatus.REJECTED else 2]
        way = [*before, TaskStatus(task.status)]
    here = way.index(TaskStatus(task.status))
    over = ended or task.status == TaskStatus.CLOSED
    return [
        {
            "label": str(state.label),
            "state": "done" if place < here or (over and place == here)
            else "current" if place == here else "todo",
        }
        for place, state in enumerate(way)
    ]  # fmt: skip


def _facts(shown: queries.Shown) -> list[dict[str, Any]]:
    task, record = shown.task, shown.record
    about = {"label": _("About"), "value": _("A record that is not shared with you")}
    if task.erased_record:
        about["value"] = _("A record that has been erased")
    if record:
        about["value"] = record.caption or record.reference
        about["url"] = reverse("intelligence:subject", args=[record.reference])
    return [
        {"label": _("From"), "value": task.owner},
        {"label": _("Leads"), "value": task.agency},
        about,
        {"label": _("Threat"), "value": shown.threat or _("None in particular")},
        {"label": _("Theme"), "value": task.get_theme_display()},
        {"label": _("Level"), "value": task.get_level_display()},
        {"label": _("Proposed by"), "value": task.proposed_by},
    ]


def _event(step: Step) -> dict[str, Any]:
    return {
        "what": step.get_to_display(),
        "when": step.at,
        "who": f"{step.person}, {step.person.agency}",
        "detail": step.reason,
        "tone": TONES[TaskStatus(step.to)],
    }


def _acts(actor: Actor, task: Task, kinds: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What can be done with it now by the agency whose turn it is, each with its form."""
    owns, leads = task.owner_id == actor.agency_id, task.agency_id == actor.agency_id
    turn = (TaskStatus(task.status), owns, leads)
    found: list[dict[str, Any]] = []

    def offer(name: str, title: str, label: str, check: Callable[..., None], tone: str) -> None:
        act = {"name": name, "title": title, "label": label, "tone": tone}
        found.append(
            {
                **act,
                "url": reverse(f"tasking:{name}", args=[task.reference]),
                "form": form_of(name),
                "outcomes": forms.outcome_forms(kinds=kinds) if name == "close" else None,
                "decision": allowed(check, actor, task),
            }
        )

    match turn:
        case (TaskStatus.PROPOSED, True, _):
            offer("send", _("Send it"), _("Send to agency"), services.check_can_send, "")
            offer(
                "reject", _("Do not adopt it"), _("Do not adopt"), services.check_can_reject,
                "secondary",
            )  # fmt: skip
        case (TaskStatus.SENT, _, True):
            offer("accept", _("Take it on"), _("Accept"), services.check_can_accept, "")
            offer("refuse", _("Send it back"), _("Refuse"), services.check_can_refuse, "secondary")
        case (TaskStatus.ACCEPTED, _, True):
            offer("close", _("Close it with what came of it"), _("Close"),
                  services.check_can_close, "")  # fmt: skip
    return found


FORMS: dict[str, type[django_forms.Form]] = {
    "send": forms.Send,
    "reject": forms.Answer,
    "accept": forms.Answer,
    "refuse": forms.Answer,
    "close": forms.Close,
}


def form_of(name: str, data: Any = None) -> django_forms.Form:
    """The form of an act. Its fields carry the act's name: two stand on one page."""
    return FORMS[name](data, prefix=name)
