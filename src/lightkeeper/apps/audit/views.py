"""The log, for those who oversee an agency, and who has looked, for those whose it is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.audit import deciding, forms, queries
from lightkeeper.core.rules import allowed


def events(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.EventFilter(request.GET)
    question = form.question() if form.is_valid() else queries.Question()
    page = queries.events(actor, question, before=request.GET.get("before", ""))
    context = {"form": form, "page": page, "state": queries.state(actor)}
    return render(request, "audit/events.html", context, status=200 if form.is_valid() else 422)


def looks(request: HttpRequest, reference: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    page = queries.looks(actor, [reference], before=request.GET.get("before", ""))
    return render(request, "audit/looks.html", {"page": page, "reference": reference})


def flags(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.FlagFilter(request.GET)
    narrow = form.narrow() if form.is_valid() else queries.Narrow()
    page = queries.flags(actor, narrow, after=request.GET.get("after", ""))
    context = {"form": form, "page": page, "decided": narrow.decided}
    return render(request, "audit/flags.html", context, status=200 if form.is_valid() else 422)


def flag(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference, forms.Decide())


def _show(request: Any, reference: str, form: forms.Decide, status: int = 200) -> HttpResponse:
    found = queries.show_flag(request.actor, reference)
    context = {
        "found": found,
        "flag": found.flag,
        "form": form,
        "may": allowed(deciding.check_can_decide, request.actor, found.flag),
    }
    alone = status == 422 and getattr(request, "htmx", False)
    page = "audit/partials/_decide_form.html" if alone else "audit/flag.html"
    return render(request, page, context, status=status)


def decide(request: HttpRequest, reference: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_flag(actor, reference)
    form = forms.Decide(request.POST)
    if not form.is_valid():
        return _show(request, reference, form, status=422)
    decision = deciding.decide_flag(by=actor, flag=found, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("%(flag)s: %(verdict)s.") % {"flag": found, "verdict": decision})
    if getattr(request, "htmx", False):
        return HttpResponse(
            status=204, headers={"HX-Redirect": redirect("audit:flags")["Location"]}
        )
    return redirect("audit:flags")
