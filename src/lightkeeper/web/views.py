"""The desk, help, health, and what is said when something broke."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Power
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import queries as intake
from lightkeeper.apps.tasking import queries as tasking
from lightkeeper.web import desk
from lightkeeper.web.answers import respond, respond_to_outage, wants_json

SHOWN = 6


def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = timezone.now()
    audit.record(by=actor, did=audit.Did.DESK_SEEN)
    page = {
        "cards": desk.cards(actor, at=now),
        "inbox": tasking.inbox(actor).rows[:SHOWN] if Power.ANSWER in actor.powers else [],
        "reports": intake.reports(actor).rows[:SHOWN] if Power.UPLOAD in actor.powers else [],
        "may_upload": Power.UPLOAD in actor.powers,
    }
    return render(request, "web/home.html", page)


def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/help.html")


def health(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "up"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = "The form is too old, or came from elsewhere. Go back, reload and try again."
    return respond(request, sentence, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler of what nobody caught; the error is still in hand, and in the log."""
    request.actor = None  # type: ignore[attr-defined]
    outage = respond_to_outage(request, sys.exc_info()[1])
    if outage is not None:
        return outage
    if wants_json(request):
        sentence = (
            "Something went wrong with the system. It has been recorded; nothing was changed."
        )
        return JsonResponse({"detail": sentence}, status=500)
    return render(request, "500.html", status=500)
