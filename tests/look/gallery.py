"""The gallery's one page, with invented people, and a job that ends."""
# ruff: noqa: E501

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie

from lightkeeper.core.forms import DayParts
from lightkeeper.core.rules import Decision

GRADED = {
    "scheme": "3x5x2", "source_evaluation": "2", "information_assessment": "C",
    "handling_code": "C", "handling_conditions": ["A1", "S2"],
}  # fmt: skip
OLD = {
    "scheme": "5x5x5",
    "source_evaluation": "E",
    "information_assessment": "4",
    "handling_code": "1",
}
asked = 0


class Example(forms.Form):
    name = forms.CharField(label="Name of the operation", help_text="As other agencies know it.")
    agency = forms.ChoiceField(
        label="Lead agency", choices=[("", "Choose"), ("N", "Northshire Police")]
    )
    born_on = forms.DateField(
        label="Day of birth", widget=DayParts, help_text="For example 3 7 2004"
    )
    level = forms.ChoiceField(
        label="Level", choices=[("1", "Local"), ("2", "Cross-border"), ("3", "National")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    threats = forms.MultipleChoiceField(
        label="Threats", choices=[("a", "Online"), ("b", "Trafficking")], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    urgent = forms.BooleanField(label="A child may be in danger now", required=False)
    file = forms.FileField(label="File", required=False)
    notes = forms.CharField(label="Notes", widget=forms.Textarea, required=False)


class Filter(forms.Form):
    q = forms.CharField(label="Words", required=False)
    state = forms.ChoiceField(label="State", choices=[("", "Any"), ("S", "Sent")], required=False)
    mine = forms.BooleanField(label="Only mine", required=False)


def page(request: HttpRequest) -> dict[str, Any]:
    names = [
        "Desk",
        "Reports",
        "Subjects",
        "Review",
        "Priorities",
        "Tasks",
        "Children",
        "Results",
        "Audit",
    ]
    return {
        "actor": {
            "name": "Ada Ashworth", "agency_name": "National Hub", "role_names": ["Analyst"],
        },
        "menu": [
            {"label": n, "url": "/", "current": n == "Subjects", "count": 7 if n == "Review" else None}
            for n in names
        ],
        "marking": "OFFICIAL-SENSITIVE",
    }  # fmt: skip


def gallery_context() -> dict[str, Any]:
    now = timezone.now()
    day = dt.timedelta(days=1)
    return {
        "crumbs": [{"label": "Subjects", "url": "#"}, {"label": "Marek Sample"}],
        "head_tags": engines["django"]
        .from_string("{% load lightkeeper %}{% status_tag 'REVIEW' 'Two links to review' 'warn' %}")
        .render(),
        "tabs": [
            {"label": "Picture", "url": "#", "current": True},
            {"label": "Records", "url": "#", "count": 4},
            {"label": "Network", "url": "#", "count": 12},
            {"label": "History", "url": "#"},
        ],
        "facts": [
            {"label": "Names", "value": "Marek Sample; M. Sampel", "note": "2 spellings in 4 records"},
            {"label": "Phone", "value": "+44 7700 900123", "url": "#"},
            {"label": "Lives at", "value": "12 Invented Row, Northshire"},
            {"label": "Passport", "value": ""},
        ],
        "aside_facts": [
            {"label": "Agencies", "value": "3"},
            {"label": "First seen", "value": "May 1990"},
            {"label": "Records", "value": "4", "url": "#"},
        ],
        "events": [
            {"what": "Reported by a school", "when": now - day / 3, "who": "Westmark Council", "tone": "warn"},
            {"what": "Judged the same person", "when": "2024-03-03", "who": "Ada Ashworth", "url": "#",
             "detail": "Same phone and same address within a month."},
            {"what": "First record", "when": "1990-05"},
        ],
        "births": [
            {"value": "3 July 1988", "sources": [{"label": "REP-4F", "url": "#"}, {"label": "REP-9K", "url": "#"}],
             "graded": GRADED},
            {"value": "7 March 1988", "note": "day and month look swapped", "sources": [{"label": "REP-1C"}],
             "graded": OLD},
        ],
        "left": {"label": "REC-2M Marek Sample", "url": "#", "note": "Northshire Police, 3 March 2024"},
        "right": {"label": "REC-8T M. Sampel", "url": "#", "note": "Westmark Council, May 2023"},
        "rows": [
            {"label": "Name", "left": "Marek Sample", "right": "M. Sampel", "verdict": "near", "note": "one letter moved"},
            {"label": "Born", "left": "3 July 1988", "right": "7 March 1988", "verdict": "differ"},
            {"label": "Phone", "left": "+44 7700 900123", "right": "+44 7700 900123", "verdict": "agree"},
            {"label": "Passport", "left": "", "right": "XX0000000", "verdict": "missing"},
        ],
        "bins": [{"bits": at, "share": (40 - abs(at)) / 1600} for at in range(-40, 40)],
        "rate": {"share": 0.8, "low": 0.7, "high": 0.88},
        "whole": {"share": 0.92, "low": 0.9, "high": 0.94},
        "evidence": [
            {"sentence": "The same phone number, which few people share", "weight_bits": 9.8},
            {"sentence": "Surnames nearly the same: one letter moved", "weight_bits": 4.1},
            {"sentence": "Days of birth differ", "weight_bits": -3.2, "note": "day and month look swapped"},
            {"sentence": "The same town", "weight_bits": 2.0},
            {"sentence": "No passport on one side", "weight_bits": 0.0},
        ],
        "factors": [
            {"name": "A child at the address", "points": 20, "cap": 20, "sentence": "2 records, the newest 3 days old", "url": "#"},
            {"name": "Contact through three accounts", "points": 14.5, "cap": 25},
            {"name": "Named in two agencies' reports", "points": 7, "cap": 10, "url": "#"},
        ],
        "cards": [
            {"label": "Overdue", "count": 3, "url": "#", "tone": "danger"},
            {"label": "Due this week", "count": 11, "url": "#", "tone": "warn"},
            {"label": "To review", "count": 7, "url": "#", "note": "oldest 2 days"},
            {"label": "Refused", "count": 0, "url": "#"},
        ],
        "filter": Filter(),
        "tasks": [
            {"title": "Visit the address", "reference": "TSK-1A", "agency": "Northshire Police", "state": "SENT", "label": "Sent", "tone": "info", "due": now - 2 * day, "late": True, "graded": GRADED, "points": "41.5"},
            {"title": "Check school attendance", "reference": "TSK-2B", "agency": "Westmark Council", "state": "ACC", "label": "Accepted", "tone": "good", "due": now + 3 * day, "graded": OLD, "points": "28.0"},
            {"title": "Ask for the account's details", "reference": "TSK-3C", "agency": "National Hub", "state": "PRO", "label": "Proposed", "tone": "neutral", "due": now + 9 * day, "graded": GRADED, "points": "9.5"},
        ],
        "wide": "Surname Forename Born Address Town Postcode Phone Handle Vehicle Passport Remarks Received".split(),  # noqa: SIM905
        "refused": Decision(False, "TSK-1A is done; it cannot become sent."),
        "refused_label": "Send to agency",
        "permitted": Decision(True),
        "steps": [
            {"label": "Upload", "state": "done", "url": "#"},
            {"label": "Map", "state": "current"},
            {"label": "Preview", "state": "todo"},
            {"label": "Done", "state": "todo"},
        ],
        "job": {"done": 40, "total": 100, "sentence": "rows 1 to 40"},
        "stopped": {"done": 70, "total": 100, "failed": True, "sentence": "line 71 has too few values"},
        "empty": {"title": "No report yet", "sentence": "What your agency sends appears here.", "label": "Send the first"},
        "failure": "The list of links is being made anew. It will be back within a minute.",
        "figures": [
            {"label": "children safeguarded", "value": "1,038", "note": "2006 to 2011"},
            {"label": "networks disrupted", "value": "394"},
        ],
        "graded": GRADED,
        "old": OLD,
    }  # fmt: skip


@ensure_csrf_cookie
def gallery(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST" or "errors" in request.GET
    form = (
        Example(request.POST or {"born_on_day": "41", "born_on_month": "7", "born_on_year": "2004"})
        if sent
        else Example()
    )
    status = 422 if request.method == "POST" else 200
    return render(
        request, "lightkeeper/gallery.html", {**gallery_context(), "form": form}, status=status
    )


def progress(request: HttpRequest) -> HttpResponse:
    global asked
    asked += 1
    job = {"done": min(100, 40 + 30 * asked), "total": 100, "sentence": "rows"}
    source = '{% load lightkeeper %}{% progress job "/progress" "Reading" %}'
    return HttpResponse(engines["django"].from_string(source).render({"job": job}))


def refusal(request: HttpRequest) -> HttpResponse:
    words = {
        "sentence": "TSK-1A is done; it cannot become sent.",
        "status": 409,
        "code": "REQ-8F31",
    }
    return render(request, "refusal.html", words, status=409)


def error(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html")


def static(request: HttpRequest, name: str) -> FileResponse:
    found = finders.find(name)
    if not found:
        raise Http404
    return FileResponse(Path(found).open("rb"))


# Places of other apps, so that the search box and the shortcuts have somewhere to go.
PLACES = (
    ("intelligence", ["search", "priorities"]),
    ("intake", ["reports"]),
    ("tasking", ["tasks"]),
    ("accounts", ["sign_out"]),
)

urlpatterns = [
    path("", gallery),
    *(
        path("", include(([path(f"{app}/{n}/", gallery, name=n) for n in names], app)))
        for app, names in PLACES
    ),
    path("progress", progress),
    path("refusal", refusal),
    path("error/<str:name>", error),
    path("static/<path:name>", static),
]

if __name__ == "__main__":
    import os
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.look.settings"
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    with make_server(
        "127.0.0.1", int(sys.argv[1]), get_wsgi_application(), handler_class=Quiet
    ) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
