"""Tasks: the inbox, the list, one task, and each thing that can be done with it."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.tasking import forms, queries, services, showing
from lightkeeper.apps.tasking.choices import Level, OutcomeKind, Theme
from lightkeeper.apps.tasking.models import Task

Act = Callable[[Actor, Task, dict[str, Any]], str]


def tasks(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.Filter(request.GET or None, agencies=queries.agencies_of_tasks(actor))
    given = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(
        status=given.get("status", ""),
        agency=given.get("agency", ""),
        theme=given.get("theme", ""),
        overdue_at=timezone.now() if given.get("overdue") else None,
    )
    page = queries.tasks(actor, filters, after=request.GET.get("after", ""))
    shown = {
        "tasks": showing.toned(page.rows),
        "after": page.after,
        "form": form,
        "narrowed": any(given.values()),
        "states": showing.states(),
    }
    return render(request, "tasking/tasks.html", shown)


def inbox(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = queries.inbox(actor, after=request.GET.get("after", ""))
    groups = showing.groups(page.rows, at=timezone.now())
    return render(request, "tasking/inbox.html", {"groups": groups, "after": page.after})


def task(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference)


def _show(request: Any, reference: str, refused: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a task; with what was not filled in rightly in the place of its own form."""
    actor: Actor = request.actor
    kinds = queries.outcome_kinds(on=timezone.localdate())
    page = showing.task_page(actor, queries.show(actor, reference), kinds)
    for act in page["acts"]:
        if refused is not None and act["name"] == refused["name"]:
            act |= refused
            if request.htmx:
                return render(request, "tasking/partials/_act_form.html", {"act": act}, status=422)
    return render(request, "tasking/task.html", page, status=422 if refused else 200)


def propose(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    reference = request.POST.get("record") or request.GET.get("record", "")
    record = queries.record_by_reference(actor, reference)
    now = timezone.now()
    form = forms.Propose(
        request.POST or None,
        agencies=queries.taskable_agencies(actor, on=timezone.localdate(now)),
        threats=queries.threats(on=timezone.localdate(now)),
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["theme"], given["level"] = Theme(given["theme"]), Level(given["level"])
        proposed = services.propose_task(by=actor, record=record, at=now, **given)
        messages.success(request, _("%(task)s is proposed.") % {"task": proposed})
        return _go(request, proposed)
    services.check_can_propose(actor, record)
    audit.record(by=actor, did=audit.Did.RECORD_SEEN, to=record)
    shown = {"form": form, "record": record}
    refused = request.method == "POST"
    alone = refused and getattr(request, "htmx", False)
    template = "partials/_propose_form.html" if alone else "propose.html"
    return render(request, f"tasking/{template}", shown, status=422 if refused else 200)


def send(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        due_at = timezone.make_aware(datetime.combine(given["due_at"], time(23, 59)))
        services.send_task(
            by=actor, task=found, due_at=due_at, reason=given["reason"], at=timezone.now()
        )
        return _("%(task)s is sent to %(agency)s.") % {"task": found, "agency": found.agency}

    return _do(request, reference, "send", act)


def reject(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        services.reject_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is not adopted.") % {"task": found}

    return _do(request, reference, "reject", act)


def accept(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        services.accept_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is accepted.") % {"task": found}

    return _do(request, reference, "accept", act)


def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    def act(actor: Actor, found: Task, given: dict[str, Any]) -> str:
        services.refuse_task(by=actor, task=found, at=timezone.now(), **given)
        return _("%(task)s is refused, with your reason.") % {"task": found}

    return _do(request, reference, "refuse", act)


def _do(request: HttpRequest, reference: str, name: str, act: Act) -> HttpResponse:
    """One act on one task: its form read, one service called, back to the task."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_task(actor, reference)
    form = showing.form_of(name, request.POST)
    if not form.is_valid():
        return _show(request, reference, {"name": name, "form": form})
    messages.success(request, act(actor, found, dict(form.cleaned_data)))
    return _go(request, found)


def close(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_task(actor, reference)
    form = showing.form_of("close", request.POST)
    kinds = queries.outcome_kinds(on=timezone.localdate())
    given = forms.outcome_forms(request.POST, kinds=kinds)
    if not (form.is_valid() & given.is_valid()):
        return _show(request, reference, {"name": "close", "form": form, "outcomes": given})
    outcomes = [_came(actor, one.cleaned_data) for one in given if one.has_changed()]
    services.close_task(
        by=actor,
        task=found,
        outcomes=outcomes,
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, _("%(task)s is closed.") % {"task": found})
    return _go(request, found)


def _came(actor: Actor, given: dict[str, Any]) -> services.Came:
    record = given["record"].strip()
    return services.Came(
        kind=OutcomeKind(given["kind"]),
        happened_on=given["happened_on"],
        evidence=given["evidence"],
        for_whom=queries.record_by_reference(actor, record) if record else None,
    )


def _go(request: Any, to: Task) -> HttpResponse:
    """To the task's page; a form sent by htmx is told in its own way."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to.get_absolute_url()})
    return redirect(to)
