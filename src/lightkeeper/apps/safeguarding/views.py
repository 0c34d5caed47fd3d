"""Considerations: which wait, what one is about, deciding it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    return render(request, "safeguarding/considerations.html", {"page": page, "decided": decided})


def consideration(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.show(actor, reference)
    return render(request, "safeguarding/consideration.html", _page(actor, shown, forms.Decide()))


def decide(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_consideration(actor, reference)
    form = forms.Decide(request.POST)
    if not form.is_valid():
        shown = queries.show(actor, reference)
        page = _page(actor, shown, form)
        return render(request, "safeguarding/consideration.html", page, status=422)
    services.decide(
        by=actor,
        consideration=found,
        decision=ConsiderationDecision(form.cleaned_data["decision"]),
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, _("%(reference)s is decided.") % {"reference": found})
    return redirect(found)


def _page(actor: Actor, shown: queries.Shown, form: forms.Decide) -> dict[str, Any]:
    return {
        "shown": shown,
        "consideration": shown.consideration,
        "form": form,
        "may_decide": allowed(services.check_can_decide, actor, shown.consideration),
    }
