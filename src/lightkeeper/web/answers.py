"""How each error is answered, as a page or as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lightkeeper.core.errors import ANSWERS, Answer


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def answer_for(error: Exception) -> Answer | None:
    """The answer that `ANSWERS` gives to this error or to a parent of it."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return None


def respond(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"detail": sentence}, status=status)
    return render(request, "refusal.html", {"sentence": sentence, "status": status}, status=status)
