"""Tasks: the inbox, the list, one task, and each thing that can be done with it."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.tasking import forms, queries, services
from lightkeeper.apps.tasking.choices import Level, OutcomeKind, TaskStatus, Theme
from lightkeeper.apps.tasking.models import Task
from lightkeeper.core.rules import allowed

TONES = {
    TaskStatus.PROPOSED: "info",
    TaskStatus.REJECTED: "neutral",
    TaskStatus.SENT: "warn",
    TaskStatus.ACCEPTED: "info",
    TaskStatus.REFUSED: "neutral",
    TaskStatus.CLOSED: "good",
}


def tasks(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.Filter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    page = queries.tasks(
        actor,
        status=given.get("status", ""),
        overdue_at=timezone.now() if given.get("overdue") else None,
        after=request.GET.get("after", ""),
    )
    return render(request, "tasking/tasks.html", {"page": _toned(page), "form": form})


def inbox(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = queries.inbox(actor, after=request.GET.get("after", ""))
    return render(request, "tasking/inbox.html", {"page": _toned(page)})


def _toned(page: queries.Page) -> queries.Page:
    for task in page.rows:
        task.tone = TONES[TaskStatus(task.status)]  # type: ignore[attr-defined]
    return page


def task(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference)


def _show(
    request: HttpRequest, reference: str, refused: django_forms.Form | None = None
) -> HttpResponse:
    """The page of a task; with a form that was not filled in rightly, in the place of its own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.show(actor, reference)
    found = shown.task
    page: dict[str, Any] = {
        "shown": shown,
        "task": found,
        "tone": TONES[TaskStatus(found.status)],
        "events": [_event(step) for step in shown.steps],
        "send_form": forms.Send(prefix="send"),
        "reject_form": forms.Answer(prefix="reject"),
        "accept_form": forms.Answer(prefix="accept"),
        "refuse_form": forms.Answer(prefix="refuse"),
        "close_form": forms.Close(prefix="close"),
        "may_send": allowed(services.check_can_send, actor, found),
        "may_reject": allowed(services.check_can_reject, actor, found),
        "may_accept": allowed(services.check_can_accept, actor, found),
        "may_refuse": allowed(services.check_can_refuse, actor, found),
        "may_close": allowed(services.check_can_close, actor, found),
        "decides": found.owner_id == actor.agency_id and found.status == TaskStatus.PROPOSED,
        "answers": found.agency_id == actor.agency_id and found.status == TaskStatus.SENT,
        "works": found.agency_id == actor.agency_id and found.status == TaskStatus.ACCEPTED,
    }
    if refused is not None:
        page[f"{refused.prefix}_form"] = refused
    return render(request, "tasking/task.html", page, status=422 if refused else 200)


def _event(step: services.Step) -> dict[str, Any]:
    return {
        "what": step.get_to_display(),
        "when": step.at,
        "who": f"{step.person}, {step.person.agency}",
        "detail": step.reason,
        "tone": TONES[TaskStatus(step.to)],
    }


def propose(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    reference = request.POST.get("record") or request.GET.get("record", "")
    record = queries.record_by_reference(actor, reference)
    now = timezone.now()
    form = forms.Propose(
        request.POST or None,
        agencies=queries.taskable_agencies(actor, on=now.date()),
        threats=queries.threats(on=now.date()),
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["theme"], given["level"] = Theme(given["theme"]), Level(given["level"])
        proposed = services.propose_task(by=actor, record=record, at=now, **given)
        messages.success(request, _("%(task)s is proposed.") % {"task": proposed})
        return redirect(proposed)
    audit.record(by=actor, did=audit.Did.RECORD_SEEN, to=record)
    page = {"form": form, "record": record}
    return render(request, "tasking/propose.html", page, status=422 if form.is_bound else 200)


def send(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        due_at = timezone.make_aware(datetime.combine(given["due_at"], time(23, 59)))
        services.send_task(
            by=actor, task=found, due_at=due_at, reason=given["reason"], at=timezone.now()
        )
        return _("%(task)s is sent to %(agency)s.") % {"task": found, "agency": found.agency}

    return _do(request, reference, forms.Send(request.POST, prefix="send"), act)


def reject(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        services.reject_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is not adopted.") % {"task": found}

    return _do(request, reference, forms.Answer(request.POST, prefix="reject"), act)


def accept(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        services.accept_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is accepted.") % {"task": found}

    return _do(request, reference, forms.Answer(request.POST, prefix="accept"), act)


def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        services.refuse_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is refused, with your reason.") % {"task": found}

    return _do(request, reference, forms.Answer(request.POST, prefix="refuse"), act)


def close(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        given["kind"] = OutcomeKind(given["kind"])
        services.close_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is closed.") % {"task": found}

    return _do(request, reference, forms.Close(request.POST, prefix="close"), act)


def _do(
    request: HttpRequest,
    reference: str,
    form: django_forms.Form,
    act: Callable[[Actor, Task, dict[str, Any]], str],
) -> HttpResponse:
    """One act on one task: its form read, one service called, back to the task."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_task(actor, reference)
    if not form.is_valid():
        return _show(request, reference, form)
    messages.success(request, act(actor, found, dict(form.cleaned_data)))
    return redirect(found)
