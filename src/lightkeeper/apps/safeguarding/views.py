"""Considerations: which wait, what one is about, deciding it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.safeguarding import forms, queries, services
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.core.rules import allowed


def considerations(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    decided = request.GET.get("show") == "decided"
    page = queries.waiting(actor, after=request.GET.get("after", ""), decided=decided)
    here = reverse("safeguarding:considerations")
    tabs = [
        {"label": _("Waiting"), "url": here, "current": not decided},
        {"label": _("Decided"), "url": f"{here}?show=decided", "current": decided},
    ]
    shown = {"page": page, "decided": decided, "tabs": tabs}
    return render(request, "safeguarding/considerations.html", shown)


def consideration(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference, forms.Decide())


def decide(request: Any, reference: str) -> HttpResponse:
    actor: Actor = request.actor
    found = queries.get_consideration(actor, reference)
    form = forms.Decide(request.POST)
    if not form.is_valid():
        return _show(request, reference, form, status=422)
    services.decide(
        by=actor,
        consideration=found,
        decision=ConsiderationDecision(form.cleaned_data["decision"]),
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, _("%(reference)s is decided.") % {"reference": found})
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": found.get_absolute_url()})
    return redirect(found)


def _show(request: Any, reference: str, form: forms.Decide, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    shown = queries.show(actor, reference)
    found = shown.consideration
    page = {
        "shown": shown,
        "consideration": found,
        "facts": [{"label": fact.label, "value": fact.text} for fact in shown.facts],
        "about_url": _about_url(shown),
        "crumbs": [
            {"label": _("Children"), "url": reverse("safeguarding:considerations")},
            {"label": found.reference},
        ],
        "form": form,
        "may_decide": allowed(services.check_can_decide, actor, found),
    }
    alone = status == 422 and request.htmx
    template = "partials/_decide_form.html" if alone else "consideration.html"
    return render(request, f"safeguarding/{template}", page, status=status)


def _about_url(shown: queries.Shown) -> str:
    """The page of what it belongs to: its record here, a task by its address."""
    about = shown.consideration.about
    if about.startswith("TSK-"):
        return reverse("tasking:task", args=[about])
    return shown.record.get_absolute_url() if shown.record else ""
