"""Asking other agencies, breaking the glass, reviewing it, excluding somebody."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.sharing import forms, queries, services, showing
from lightkeeper.apps.sharing.choices import Danger, Finding
from lightkeeper.core.errors import Refused
from lightkeeper.core.rules import allowed
from lightkeeper.core.ticks import wait_for_tick


def ask(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        return _asking(request, forms.Ask())
    started = time.monotonic()
    form = forms.Ask(request.POST)
    if not form.is_valid():
        return _asking(request, form, status=422)
    try:
        asked, desks = services.ask_who_holds(by=actor, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error("about" if refusal.rule == "ask.whole" else None, str(refusal))
        return _asking(request, form, status=409)
    response = _asking(request, forms.Ask(), answer={"asked": asked, "desks": desks})
    wait_for_tick(started, settings.POINTER_TICK_SECONDS)
    return response


def _asking(
    request: HttpRequest, form: forms.Ask, status: int = 200, answer: Any = None
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = queries.asks(actor)
    page = {
        "tabs": showing.tabs("sharing:ask"),
        "form": form,
        "answer": answer,
        "rows": showing.asks(asked, queries.agencies_named(asked)),
        "may_ask": allowed(services.check_can_ask, actor),
    }
    return render(request, "sharing/ask.html", page, status=status)


def enquiries(request: HttpRequest) -> HttpResponse:
    rows = queries.enquiries(request.actor)  # type: ignore[attr-defined]
    page = {"rows": rows, "tabs": showing.tabs("sharing:enquiries")}
    return render(request, "sharing/enquiries.html", page)


def glass_list(request: HttpRequest) -> HttpResponse:
    reviewed = request.GET.get("show") == "reviewed"
    rows = queries.glass_list(request.actor, reviewed=reviewed)  # type: ignore[attr-defined]
    page = {
        "rows": rows,
        "reviewed": reviewed,
        "tabs": showing.tabs("sharing:glass_list"),
        "other_url": reverse("sharing:glass_list") + ("" if reviewed else "?show=reviewed"),
    }
    return render(request, "sharing/glass_list.html", page)


def break_glass_page(request: HttpRequest) -> HttpResponse:
    return _breaking(request, forms.BreakGlass())


def break_glass(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.BreakGlass(request.POST)
    if not form.is_valid():
        return _breaking(request, form, status=422)
    try:
        opened = services.break_glass(
            by=actor,
            about=form.cleaned_data["about"],
            danger=Danger(form.cleaned_data["danger"]),
            justification=form.cleaned_data["justification"],
            at=timezone.now(),
        )
    except Refused as refusal:
        field = "justification" if refusal.rule == "glass.justification" else "about"
        form.add_error(field, str(refusal))
        return _breaking(request, form, status=409)
    messages.warning(request, _("Open for four hours. The owners have been told, and will review."))
    return redirect("sharing:glass", opened.glass[0])


def _breaking(request: HttpRequest, form: forms.BreakGlass, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = {"form": form, "may_break": allowed(services.check_can_break, actor)}
    return render(request, "sharing/break_glass.html", page, status=status)


def glass(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference, forms.Review())


def review(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_glass(actor, reference)
    form = forms.Review(request.POST)
    if not form.is_valid():
        return _show(request, reference, form, status=422)
    services.review_glass(
        by=actor,
        glass=found,
        finding=Finding(form.cleaned_data["finding"]),
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, _("%(reference)s is reviewed.") % {"reference": found})
    return redirect("sharing:glass", found.reference)


def close(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_glass(actor, reference)
    services.close_glass(by=actor, glass=found, at=timezone.now())
    messages.success(request, _("Closed. What it opened is hidden from you again."))
    return redirect("sharing:glass_list")


def _show(
    request: HttpRequest, reference: str, form: forms.Review, status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.show_glass(actor, reference)
    page = {
        "shown": shown,
        "glass": shown.glass,
        "danger": Danger(shown.glass.danger).label,
        "open": showing.is_open(shown.glass, timezone.now()),
        "mine": shown.glass.person_id == actor.person_id,
        "form": form,
        "may_review": allowed(services.check_can_review, actor, shown.glass),
        "crumbs": [
            {"label": _("Broken glass"), "url": reverse("sharing:glass_list")},
            {"label": reference},
        ],
    }
    return render(request, "sharing/glass.html", page, status=status)


def exclude(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    may = allowed(services.check_can_exclude, actor)
    if request.method != "POST":
        form = forms.Exclude(initial={"record": request.GET.get("record", "")})
        return render(request, "sharing/exclude.html", {"form": form, "may": may})
    form = forms.Exclude(request.POST)
    if not form.is_valid():
        return render(request, "sharing/exclude.html", {"form": form, "may": may}, status=422)
    record = queries.get_record(actor, form.cleaned_data["record"])
    services.exclude(
        by=actor,
        person=form.cleaned_data["person"],
        record=record,
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, _("Done. They see nothing of it from now on."))
    return redirect(record)
