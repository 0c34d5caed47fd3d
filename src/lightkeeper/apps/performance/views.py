"""Results, and taking them out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.performance import forms, queries, services
from lightkeeper.core.rules import allowed


def results(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.Period(request.GET or None, today=timezone.localdate())
    since, until = form.period()
    figures = queries.results(actor, since=since, until=until)
    most = max((behind.figure.count for behind in figures), default=0) or 1
    bars = [(behind, round(100 * behind.figure.count / most)) for behind in figures]
    page = {
        "form": form,
        "since": since,
        "until": until,
        "bars": bars,
        "rule": queries.RULE.version,
        "may_export": allowed(services.check_can_export, actor),
    }
    return render(request, "performance/results.html", page)


def export(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.Period(request.POST, today=timezone.localdate())
    since, until = form.period()
    text = services.export_results(by=actor, since=since, until=until)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="results-{since}-{until}.csv"'
    return answer
