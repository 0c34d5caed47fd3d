"""How each error is answered, as a page or as JSON."""

import errno

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lightkeeper.core.errors import ANSWERS, Answer, TooMany

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL = "53100"
WAIT_SECONDS, WAIT_FOR_ROOM_SECONDS = 5, 60


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


def respond_to_outage(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """What to say while something that the system stands on is away, and when to come again; None
    if the error is of another kind.

    Nothing was changed, or it was and the answer was lost: sending the same again makes no second.
    """
    if is_out_of_room(error):
        sentence = (
            "The system has no room left on its disk. What you sent was not kept. Tell the people "
            "who run the system, and send it again when they have made room."
        )
        return _unavailable(request, sentence, WAIT_FOR_ROOM_SECONDS)
    if isinstance(error, OperationalError | InterfaceError):
        sentence = "The database is busy or away. Send the same again in a few seconds."
        return _unavailable(request, sentence, WAIT_SECONDS)
    return None


def is_out_of_room(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    return getattr(cause, "sqlstate", "") == DISK_FULL


def _unavailable(request: HttpRequest, sentence: str, seconds: int) -> HttpResponse:
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"detail": sentence}, status=503)
    else:
        # The page without a menu: nothing on it needs the database.
        page = {"sentence": sentence}
        response = render(request, "503.html", page, status=503)
    response["Retry-After"] = str(seconds)
    return response


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
