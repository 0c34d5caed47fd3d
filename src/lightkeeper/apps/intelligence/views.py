"""Pages of the picture: read the request, make one call, answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.intake import corrected
from lightkeeper.apps.intelligence import forms, queries, services, showing
from lightkeeper.core.rules import allowed


def search(request: Any) -> HttpResponse:
    form = forms.Search(request.GET)
    if not form.is_valid():
        # Recorded like any other search, though nothing was looked for.
        queries.search(request.actor, "")
        return render(request, _search_page(request), {"form": form}, status=422)
    asked = form.cleaned_data["q"].strip()
    results = queries.search(request.actor, asked, kind=form.cleaned_data["kind"])
    return render(
        request, _search_page(request), {"form": form, "asked": asked, "results": results}
    )


def _search_page(request: Any) -> str:
    live = request.htmx and request.htmx.target == "found"
    return "intelligence/partials/_found.html" if live else "intelligence/search.html"


def subject(request: Any, reference: str) -> HttpResponseBase:
    found = queries.subject(request.actor, reference)
    if found.reference != reference:
        return redirect(found)
    page = showing.subject_page(request.actor, found, timezone.localdate(), request)
    return render(request, "intelligence/subject.html", page)


def looks(request: Any, reference: str) -> HttpResponseBase:
    found, page = queries.looks_at_subject(
        request.actor, reference, before=request.GET.get("before", "")
    )
    if found.reference != reference:
        return redirect("intelligence:looks", found.reference)
    return render(request, "intelligence/looks.html", {"subject": found, "page": page})


def review(request: Any) -> HttpResponse:
    page, order = _page(request), _order(request)
    queue = queries.teaching_queue if order else queries.review_queue
    waiting, more = queue(request.actor, page)
    shown = {
        "waiting": waiting,
        "more": more,
        "order": order,
        "may_set_threshold": allowed(services.check_can_ask_to_read, request.actor),
    }
    pages = showing.pages(page, more, {"order": order})
    return render(request, "intelligence/review.html", shown | pages)


def _order(request: Any) -> str:
    """Empty for the likeliest first, which an order that is none comes to as well."""
    form = forms.Order(request.GET)
    return str(form.cleaned_data["order"]) if form.is_valid() else ""


def pair(request: Any, left: str, right: str) -> HttpResponse:
    return _pair_page(request, left, right, forms.Judge())


def _pair_page(
    request: Any, left: str, right: str, form: forms.Judge, status: int = 200
) -> HttpResponse:
    found = queries.pair(request.actor, left, right)
    said = corrected.of_records(request.actor, [found.left.pk, found.right.pk])
    order = _order(request)
    shown = {
        "pair": found,
        "order": order,
        "why": queries.why_it_teaches(request.actor, found.left.pk, found.right.pk)
        if order
        else "",
        "corrected_left": said.get(found.left.pk, []),
        "corrected_right": said.get(found.right.pk, []),
        "left": showing.side(found.left),
        "right": showing.side(found.right),
        "form": form,
        "decision": allowed(services.check_can_judge, request.actor),
        "judgements": [showing.judgement_row(request.actor, j) for j in found.judgements],
    }
    page = "intelligence/partials/_judge_form.html" if status == 422 and request.htmx else (
        "intelligence/pair.html"
    )  # fmt: skip
    return render(request, page, shown, status=status)


def judge(request: Any, left: str, right: str) -> HttpResponseBase:
    form = forms.Judge(request.POST)
    if not form.is_valid():
        return _pair_page(request, left, right, form, status=422)
    one, two = queries.two_records(request.actor, left, right)
    judgement = services.judge(
        by=request.actor, left=one, right=two, at=timezone.now(), **form.cleaned_data
    )
    messages.success(
        request,
        _("%(reference)s: %(verdict)s. It can be undone.")
        % {
            "reference": judgement.reference,
            "verdict": judgement.get_verdict_display().lower(),
        },
    )
    order = _order(request)
    following = (queries.next_that_teaches if order else queries.next_in_queue)(request.actor)
    if following and order:
        return _go(request, f"{showing.pair_url(*following)}?order={order}")
    return _go(request, showing.pair_url(*following) if following else "intelligence:review")


def judgements(request: Any) -> HttpResponse:
    page = _page(request)
    found, more = queries.judgements(request.actor, page)
    rows = [showing.judgement_row(request.actor, judgement) for judgement in found]
    shown = {"rows": rows} | showing.pages(page, more, {})
    return render(request, "intelligence/judgements.html", shown)


def undo(request: Any, reference: str) -> HttpResponseBase:
    judgement = queries.get_judgement(request.actor, reference)
    form = forms.Undo(request.POST or None)
    services.check_can_undo(request.actor, judgement)
    if request.method != "POST" or not form.is_valid():
        queries.pair(request.actor, judgement.left.reference, judgement.right.reference)
        status = 422 if request.method == "POST" else 200
        shown = {"judgement": judgement, "form": form}
        return render(request, "intelligence/undo.html", shown, status=status)
    services.undo_judgement(
        by=request.actor, judgement=judgement, at=timezone.now(), **form.cleaned_data
    )
    messages.success(
        request, _("%(reference)s no longer counts.") % {"reference": judgement.reference}
    )
    return redirect("intelligence:judgements")


def priorities(request: Any) -> HttpResponse:
    choices = queries.choices_of(request.actor)
    form = forms.Narrow(request.GET, choices=choices)
    words = form.cleaned_data if form.is_valid() else {}
    page = _page(request)
    ranked, more = queries.ranking(
        request.actor, timezone.localdate(), queries.Filters(**words), page
    )
    shown = {
        "form": form,
        "ranked": ranked,
        "start": (page - 1) * queries.PAGE,
        "is_narrowed": any(words.values()),
    }
    pages = showing.pages(page, more, words)
    return render(request, "intelligence/priorities.html", shown | pages)


def priority(request: Any, reference: str) -> HttpResponseBase:
    found, explanation = queries.explained(request.actor, reference, timezone.localdate())
    if found.reference != reference:
        return redirect("intelligence:priority", found.reference)
    shown = {
        "subject": found,
        "explanation": explanation,
        "factors": showing.factor_parts(explanation) if explanation else [],
        "confidence": showing.confidence_words(explanation) if explanation else "",
    }
    return render(request, "intelligence/priority.html", shown)


def figures(request: Any) -> HttpResponse:
    runs, models = queries.figures(request.actor)
    shown = {"runs": runs, "models": models, "last": runs[0] if runs else None}
    return render(request, "intelligence/figures.html", shown)


def _page(request: HttpRequest) -> int:
    given = request.GET.get("page", "1")
    return max(int(given), 1) if given.isdigit() and len(given) < 5 else 1


def _go(request: Any, to: str) -> HttpResponseBase:
    """To another page; a form sent by htmx is told in its own way."""
    answer = redirect(to)
    if request.htmx:
        moved = HttpResponse(status=204)
        moved["HX-Redirect"] = answer["Location"]
        return moved
    return answer
