"""The log, for those who oversee an agency."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lightkeeper.apps.audit import forms, queries


def events(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.EventFilter(request.GET)
    question = form.question() if form.is_valid() else queries.Question()
    page = queries.events(actor, question, before=request.GET.get("before", ""))
    context = {"form": form, "page": page, "state": queries.state(actor)}
    return render(request, "audit/events.html", context, status=200 if form.is_valid() else 422)
