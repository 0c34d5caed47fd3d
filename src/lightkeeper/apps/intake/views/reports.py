"""Reports and the records in them."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor, Power
from lightkeeper.apps.audit import queries as audit
from lightkeeper.apps.intake import (
    beside,
    categories,
    exporting,
    forms,
    permissions,
    queries,
    services,
)
from lightkeeper.apps.intake.choices import ReportStatus
from lightkeeper.apps.intake.models import Record, Report
from lightkeeper.apps.intake.showing import properties_shown, shown
from lightkeeper.core.rules import allowed
from lightkeeper.engine.records import SCHEMATA

TONES = {
    ReportStatus.RECEIVED: "info",
    ReportStatus.PARSING: "info",
    ReportStatus.PARSED: "good",
    ReportStatus.FAILED: "danger",
}


def reports(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.ReportFilter(request.GET or None)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    page = queries.reports(actor, status=status, after=request.GET.get("after", ""))
    for row in page.rows:
        row.tone = TONES[row.status]
    return render(
        request,
        "intake/reports.html",
        {
            "page": page,
            "form": form,
            "may_upload": allowed(permissions.check_may_upload, actor),
            "waiting": queries.waiting_count(actor),
        },
    )


def report(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_report(actor, reference)
    records = queries.first_records(actor, found, request.GET.get("after", ""))
    return render(
        request,
        "intake/report.html",
        {
            "report": found,
            "tone": TONES[ReportStatus(found.status)],
            "job": job_of(found),
            "facts": _facts(actor, found),
            "counts": _counts(actor, found),
            "records": records,
            "rows": queries.with_corrections(actor, records.rows),
            "may_export": allowed(exporting.check_can_export, actor, found),
            "may_read_again": allowed(
                permissions.check_may_change, actor, found.bucket_id, Power.UPLOAD
            ),
            "reading": found.status in (ReportStatus.RECEIVED, ReportStatus.PARSING),
        },
    )


def job_of(found: Report) -> dict[str, Any]:
    """How far reading has come, as the progress bar asks for it."""
    finished = found.status == ReportStatus.PARSED
    return {
        "done": found.rows_read,
        "total": found.rows_read if finished else queries.estimated_rows(found),
        "finished": finished,
        "failed": found.status == ReportStatus.FAILED,
        "sentence": found.failure
        or _("%(rows)s rows read, %(bad)s in quarantine")
        % {"rows": f"{found.rows_read:,}", "bad": f"{found.rows_quarantined:,}"},
    }


def _facts(actor: Actor, found: Report) -> list[dict[str, Any]]:
    mapping = queries.mapping_of(actor, found)
    return [
        {"label": _("File"), "value": found.file_name},
        {"label": _("Source"), "value": found.source},
        {"label": _("Owner"), "value": found.owner.name},
        {"label": _("Label"), "value": ", ".join(queries.label_words(actor, found.bucket))},
        {"label": _("Received by"), "value": found.received_by.name},
        {"label": _("Came by"), "value": found.get_channel_display()},
        {
            "label": _("Mapping"),
            "value": str(mapping) if mapping else "",
            "url": reverse("intake:mapping", args=[mapping.reference]) if mapping else "",
        },
        {"label": _("Size"), "value": _("%(n)s bytes") % {"n": f"{found.size_bytes:,}"}},
        {"label": _("Digest (SHA-256)"), "value": found.digest},
    ]


def _counts(actor: Actor, found: Report) -> list[dict[str, Any]]:
    waiting = queries.waiting_count(actor, found)
    to_quarantine = f"{reverse('intake:quarantine')}?report={found.reference}"
    return [
        {"label": _("Rows read"), "count": found.rows_read},
        {"label": _("Records taken in"), "count": found.rows_accepted},
        {"label": _("Repeated rows"), "count": found.rows_repeated},
        {
            "label": _("In quarantine"),
            "count": found.rows_quarantined,
            "url": to_quarantine if found.rows_quarantined else "",
            "tone": "warn",
            "note": _("%(n)s wait for a correction") % {"n": waiting} if waiting else "",
        },
    ]


def report_progress(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_report(actor, reference)
    page = {"report": found, "job": job_of(found)}
    response = render(request, "intake/partials/_progress.html", page)
    if found.status in (ReportStatus.PARSED, ReportStatus.FAILED):
        response["HX-Refresh"] = "true"  # the page around it has something new to show
    return response


def read_again(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_report(actor, reference)
    services.read_again(by=actor, report=found, at=timezone.now())
    messages.success(request, _("Reading goes on where it stopped."))
    return redirect(found)


def export(request: HttpRequest, reference: str) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_report(actor, reference)
    file = exporting.export_records(by=actor, report=found, at=timezone.now())
    return FileResponse(
        file, as_attachment=True, filename=f"{found.reference}.csv", content_type="text/csv"
    )


def record(request: HttpRequest, reference: str) -> HttpResponse:
    return _show_record(request, reference)


def determine(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_record(actor, reference)
    form = forms.Determine(request.POST)
    if not form.is_valid():
        return _show_record(request, reference, form)
    categories.determine(by=actor, record=found, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("It is said whom %(reference)s is about.") % {"reference": found})
    return redirect(found)


def _show_record(
    request: HttpRequest, reference: str, form: forms.Determine | None = None
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_record(actor, reference)
    said = {"categories": found.categories, "basis": found.basis}
    came_in = queries.report_of(actor, found)
    kind = SCHEMATA.find(found.kind)
    return render(
        request,
        "intake/record.html",
        {
            "record": found,
            "told_of_looks": audit.is_told_of_looks(actor, found.bucket.owner_id),
            "kind": kind.label if kind else found.kind,
            "report": came_in,
            "graded": _graded(found, came_in),
            "beside": [
                render_to_string(one.template, one.context, request)
                for one in beside.beside(actor, found)
            ],
            "facts": _record_facts(actor, found, came_in),
            "properties": list(properties_shown(found.kind, found.properties)),
            "originals": [(name, shown(text)) for name, text in found.originals.items()],
            "form": form or forms.Determine(initial=said),
            "may_determine": allowed(categories.check_can_determine, actor, found),
        },
        status=422 if form else 200,
    )


def _graded(found: Record, came_in: Report | None) -> dict[str, Any]:
    """The grading of the record, with the handling of its report where that is shared."""
    return {
        "scheme": found.scheme,
        "source_evaluation": found.source_evaluation,
        "information_assessment": found.information_assessment,
        "handling_code": came_in.handling_code if came_in else "",
        "handling_conditions": came_in.handling_conditions if came_in else [],
    }


def _record_facts(actor: Actor, found: Record, came_in: Report | None) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Report"),
            "value": str(came_in) if came_in else _("Not shared with you"),
            "url": came_in.get_absolute_url() if came_in else "",
        },
        {"label": _("Row"), "value": str(found.row_number)},
        {"label": _("Source"), "value": came_in.source if came_in else ""},
        {"label": _("About"), "value": found.about, "note": _by(found)},
        {"label": _("Kind of statement"), "value": found.get_basis_display()},
        {"label": _("Owner"), "value": found.bucket.owner.name},
        {"label": _("Label"), "value": ", ".join(queries.label_words(actor, found.bucket))},
        {"label": _("The sender's reference"), "value": found.source_key},
    ]


def _by(found: Record) -> str:
    """By when it is to be determined whom the record is about."""
    if found.review_due is None:
        return ""
    return _("To be determined by %(day)s") % {"day": date_format(found.review_due, "j F Y")}
