"""The desk, help and health."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lightkeeper.apps.audit import services as audit
from lightkeeper.web.answers import respond


def home(request: HttpRequest) -> HttpResponse:
    audit.record(by=request.actor, did=audit.Did.DESK_SEEN)  # type: ignore[attr-defined]
    return render(request, "web/home.html")


def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/help.html")


def health(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "up"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = (
        "The form is too old, or came from elsewhere. Go back, reload the page and try again."
    )
    return respond(request, sentence, 403)
