"""Governance: what is due for review, one record, what was erased, what agencies were told."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.governance import forms, queries, services, showing
from lightkeeper.apps.governance.choices import Ground, HoldKind


def due(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = timezone.localdate()
    page = queries.due(actor, on=today, after=request.GET.get("after", ""))
    shown = {"page": page, "rules": queries.rules_on(today), "tabs": showing.tabs("due")}
    return render(request, "governance/due.html", shown)


def erasures(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = queries.erasures(actor, after=request.GET.get("after", ""))
    shown = {"page": page, "tabs": showing.tabs("erasures")}
    return render(request, "governance/erasures.html", shown)


def notices(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = queries.notices(actor, after=request.GET.get("after", ""))
    shown = {"page": page, "tabs": showing.tabs("notices")}
    return render(request, "governance/notices.html", shown)


def kept(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference)


def retain(request: Any, reference: str) -> HttpResponse:
    record = queries.get_record(request.actor, reference)
    form = showing.form_of("retain", on=timezone.localdate(), data=request.POST)
    if not form.is_valid():
        return _show(request, reference, retain=form)
    services.retain(by=request.actor, record=record, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("%(reference)s is kept.") % {"reference": record})
    return redirect("governance:kept", reference)


def hold(request: Any, reference: str) -> HttpResponse:
    record = queries.get_record(request.actor, reference)
    form = showing.form_of("hold", on=timezone.localdate(), data=request.POST)
    if not form.is_valid():
        return _show(request, reference, hold=form)
    given = form.cleaned_data
    services.place_hold(
        by=request.actor, record=record, kind=HoldKind(given["kind"]),
        whole_report=given["whole_report"], reason=given["reason"], at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("%(reference)s is held.") % {"reference": record})
    return redirect("governance:kept", reference)


def propose(request: Any, reference: str) -> HttpResponse:
    record = queries.get_record(request.actor, reference)
    form = showing.form_of("propose", on=timezone.localdate(), data=request.POST)
    if not form.is_valid():
        return _show(request, reference, propose=form)
    given = form.cleaned_data
    services.propose_disposal(
        by=request.actor, record=record, ground=Ground(given["ground"]),
        answers=given["answers"], reason=given["reason"], at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Another person of your agency confirms it, or keeps the record."))
    return redirect("governance:kept", reference)


def withdraw(request: Any, reference: str) -> HttpResponse:
    proposal = queries.get_proposal(request.actor, queries.get_record(request.actor, reference))
    form = showing.form_of("withdraw", on=timezone.localdate(), data=request.POST)
    if not form.is_valid():
        return _show(request, reference, withdraw=form)
    services.withdraw_disposal(
        by=request.actor, disposal=proposal, at=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("%(reference)s stays.") % {"reference": reference})
    return redirect("governance:kept", reference)


def confirm(request: Any, reference: str) -> HttpResponse:
    proposal = queries.get_proposal(request.actor, queries.get_record(request.actor, reference))
    form = showing.form_of("confirm", on=timezone.localdate(), data=request.POST)
    if not form.is_valid():
        return _show(request, reference, confirm=form)
    services.confirm_disposal(
        by=request.actor, disposal=proposal, at=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("%(reference)s is erased.") % {"reference": reference})
    return redirect("governance:erasures")


def release(request: Any, reference: str) -> HttpResponse:
    found = queries.get_hold(request.actor, reference)
    form = forms.Reason(request.POST, prefix=f"release-{found.reference}")
    if not form.is_valid():
        return _after_release(request, found, form)
    services.release_hold(by=request.actor, hold=found, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("%(reference)s is released.") % {"reference": found})
    return _after_release(request, found)


def acknowledge(request: Any, reference: str) -> HttpResponse:
    notice = queries.get_notice(request.actor, reference)
    services.acknowledge(by=request.actor, notice=notice, at=timezone.now())
    messages.success(request, _("%(reference)s is acknowledged.") % {"reference": notice})
    return redirect("governance:notices")


def _after_release(
    request: Any, found: services.Hold, form: django_forms.Form | None = None
) -> HttpResponse:
    """Back to the record; a hold on all of a report is not of one record's page."""
    if found.record is None:
        return redirect("governance:due")
    if form is None:
        return redirect("governance:kept", found.record.reference)
    return _show(request, found.record.reference, **{f"release-{found.reference}": form})


def _show(request: Any, reference: str, **given: django_forms.Form) -> HttpResponse:
    actor: Actor = request.actor
    today = timezone.localdate()
    shown = queries.show(actor, reference, on=today)
    page = showing.kept_page(actor, shown, on=today, given=given)
    return render(request, "governance/kept.html", page, status=422 if given else 200)
