"""Rows that could not be taken in: to look at, to correct, to set aside."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake import correcting, forms, queries
from lightkeeper.apps.intake.models import Quarantined
from lightkeeper.apps.intake.rows import LINE
from lightkeeper.apps.intake.showing import shown
from lightkeeper.core.rules import allowed
from lightkeeper.engine.errors import FileRefused

TONES = {"OPEN": "warn", "REPLAYED": "good", "DISCARDED": "neutral"}


def quarantine(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.QuarantineFilter(request.GET or None)
    given: dict[str, str] = form.cleaned_data if form.is_valid() else {}
    page = queries.quarantine(
        actor,
        report=given.get("report", ""),
        status=given.get("status", ""),
        after=request.GET.get("after", ""),
    )
    for row in page.rows:
        row.tone = TONES[row.status]
    return render(request, "intake/quarantine.html", {"page": page, "form": form})


def quarantined(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.get_quarantined(actor, reference)
    form = _correction(row)
    return render(request, "intake/quarantined.html", _page(actor, row, form, forms.Discard()))


def _correction(row: Quarantined, data: Any = None) -> forms.Correct:
    faults = {f["column"]: f["sentence"] for f in row.faults}
    return forms.Correct(
        data,
        cells=_cells(row),
        faults=faults,
        initial={"seen": correcting.fingerprint(row)},
    )


def _cells(row: Quarantined) -> dict[str, str]:
    """The cells to correct: every heading of the report, with what came or was put right so far."""
    so_far = row.corrected or row.row
    try:
        columns = correcting.columns_of(row.report)
    except FileRefused:
        columns = tuple(so_far)
    return {name: so_far.get(name, "") for name in columns}


def _page(
    actor: Actor, row: Quarantined, form: forms.Correct, set_aside: forms.Discard
) -> dict[str, Any]:
    return {
        "row": row,
        "tone": TONES[row.status],
        "received": [(name or _("The line"), shown(text)) for name, text in row.row.items()],
        "line": row.row.get(LINE, ""),
        "form": form,
        "set_aside": set_aside,
        "may": allowed(correcting.check_can_correct, actor, row),
        "label": ", ".join(queries.label_words(actor, row.bucket)),
    }


def replay(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.find_quarantined(actor, reference)
    form = _correction(row, request.POST)
    if not form.is_valid():
        page = _page(actor, row, form, forms.Discard())
        return render(request, "intake/quarantined.html", page, status=422)
    correcting.check_same(row, form.cleaned_data["seen"])
    done = correcting.replay(by=actor, row=row, cells=form.cells(), at=timezone.now())
    if done.held:
        row = queries.find_quarantined(actor, reference)
        form = _correction(row)
        page = _page(actor, row, form, forms.Discard()) | {"still_held": True}
        return render(request, "intake/quarantined.html", page, status=422)
    if done.record is None:
        messages.success(request, _("The row says what another row of this report says."))
        return redirect(row)
    messages.success(request, _("%(row)s is corrected and taken in.") % {"row": row})
    return redirect(done.record)


def discard(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.find_quarantined(actor, reference)
    form = forms.Discard(request.POST)
    if not form.is_valid():
        page = _page(actor, row, _correction(row), form)
        return render(request, "intake/quarantined.html", page, status=422)
    correcting.discard(by=actor, row=row, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("%(row)s is set aside.") % {"row": row})
    return redirect(row)
