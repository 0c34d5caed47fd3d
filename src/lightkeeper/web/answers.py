"""How each error is answered, as a page or as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lightkeeper.core.errors import ANSWERS, Answer, TooMany


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
        return problem(sentence, status)
    return render(request, "refusal.html", {"sentence": sentence, "status": status}, status=status)


def problem(sentence: str, status: int, kind: str = "") -> HttpResponse:
    """What went wrong, for a program; `kind` names it where a program can do something about it."""
    body = {"type": f"urn:lightkeeper:{kind}", "status": status} if kind else {}
    form = "application/problem+json" if kind else "application/json"
    return JsonResponse({"detail": sentence, **body}, status=status, content_type=form)


def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    """The same whatever was asked for."""
    if wants_json(request):
        response = problem(str(error), 429, "too-many-tries")
    else:
        response = render(request, "429.html", {"sentence": str(error)}, status=429)
    response["Retry-After"] = str(error.seconds)
    return response
