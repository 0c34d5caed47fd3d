"""Results, and taking them out."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.performance import forms, queries, services
from lightkeeper.core.rules import allowed


def results(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = _form(actor, request.GET)
    since, until = form.period()
    narrowed = form.narrowed()
    found = queries.results(actor, since=since, until=until, narrowed=queries.Narrowed(**narrowed))
    page = {
        "form": form,
        "since": since,
        "last": until - timedelta(days=1),
        "bars": _bars(found),
        "apart": next((one for one in found if one.figure.heading == queries.NOTHING), None),
        "drawn": [behind for behind in found if behind.outcomes],
        "narrowed": any(narrowed.values()),
        "again": _again(form),
        "rule": queries.RULE.version,
        "rule_words": queries.RULE_IN_WORDS,
        "may_export": allowed(services.check_can_export, actor),
    }
    return render(request, "performance/results.html", page)


def export(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = _form(actor, request.POST)
    since, until = form.period()
    narrowed = queries.Narrowed(**form.narrowed())
    text = services.export_results(by=actor, since=since, until=until, narrowed=narrowed)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="results-{since}-{until}.csv"'
    return answer


def _form(actor: Actor, given: Any) -> forms.Period:
    """The period first: which agencies can be chosen depends on it."""
    today = timezone.localdate()
    when = {name: given[name] for name in ("year", "quarter") if name in given}
    since, until = forms.Period(when, today=today).period()
    return forms.Period(
        given or None,
        today=today,
        headings=dict.fromkeys(queries.RULE.heading.values()),
        agencies=queries.agencies_of_results(actor, since=since, until=until),
    )


def _bars(found: list[queries.Behind]) -> list[tuple[queries.Behind, int]]:
    """Each figure with the width of its bar in hundredths of the largest; nothing done stands
    apart.
    """
    counted = [one for one in found if one.figure.heading != queries.NOTHING]
    most = max((one.figure.count for one in counted), default=0) or 1
    return [(one, round(100 * one.figure.count / most)) for one in counted]


def _again(form: forms.Period) -> list[tuple[str, Any]]:
    """What was asked, to be sent with the download."""
    given = form.cleaned_data if form.is_valid() else {}
    return [(name, value) for name, value in given.items() if value]
