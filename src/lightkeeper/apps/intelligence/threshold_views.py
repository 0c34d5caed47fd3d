"""The page of the threshold: read the request, make one call, answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.intelligence import forms, queries, services
from lightkeeper.core.rules import allowed


def threshold(request: Any) -> HttpResponse:
    return _page(request)


def _page(request: Any, status: int = 200, **given: Any) -> HttpResponse:
    found = queries.thresholds(request.actor)
    last, waits = found.readings[0] if found.readings else None, found.waiting
    shown = {
        "found": found,
        "last": last,
        "target_form": forms.Target(),
        "propose_form": forms.Propose(initial={"reading": last.reference if last else ""}),
        "confirm_form": forms.Confirm(initial={"proposal": waits.reference if waits else ""}),
        "undo_form": forms.Undo(),
        "may_propose": allowed(services.check_can_propose, request.actor, last) if last else None,
        "may_confirm": allowed(services.check_can_confirm, request.actor, waits) if waits else None,
        "may_undo": allowed(services.check_can_undo_adoption, request.actor),
    }
    return render(request, "intelligence/threshold.html", shown | given, status=status)


def read_threshold(request: Any) -> HttpResponseBase:
    form = forms.Target(request.POST)
    if not form.is_valid():
        return _page(request, status=422, target_form=form)
    target = float(form.cleaned_data["target_percent"]) / 100
    services.ask_to_read(by=request.actor, target=target, at=timezone.now())
    messages.success(request, _("The judgements are being read. Load this page again shortly."))
    return redirect("intelligence:threshold")


def propose_threshold(request: Any) -> HttpResponseBase:
    form = forms.Propose(request.POST)
    if not form.is_valid():
        return _page(request, status=422, propose_form=form)
    reading = queries.get_reading(request.actor, form.cleaned_data["reading"])
    services.propose_threshold(
        by=request.actor, reading=reading, reason=form.cleaned_data["reason"], at=timezone.now()
    )
    messages.success(request, _("The proposal is being entered. Another person confirms it."))
    return redirect("intelligence:threshold")


def confirm_threshold(request: Any) -> HttpResponseBase:
    form = forms.Confirm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, confirm_form=form)
    proposal = queries.get_proposal(request.actor, form.cleaned_data["proposal"])
    services.confirm_threshold(
        by=request.actor, proposal=proposal, reason=form.cleaned_data["reason"], at=timezone.now()
    )
    messages.success(request, _("The picture is being worked out anew. It can be undone."))
    return redirect("intelligence:threshold")


def undo_threshold(request: Any) -> HttpResponseBase:
    form = forms.Undo(request.POST)
    if not form.is_valid():
        return _page(request, status=422, undo_form=form)
    services.undo_adoption(by=request.actor, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The threshold of before is being put in place again."))
    return redirect("intelligence:threshold")
