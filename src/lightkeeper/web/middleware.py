"""Where a request becomes somebody's act: who, may they, in one transaction, with its event."""

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.db.utils import DataError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from lightkeeper.apps.accounts import limits
from lightkeeper.apps.accounts.services import Actor, actor_now, check_fresh
from lightkeeper.apps.audit import services as audit
from lightkeeper.core import faults
from lightkeeper.core.access import acting
from lightkeeper.core.access.contract import MUST_LEAVE_AN_EVENT, Ask, Door
from lightkeeper.core.errors import DomainError, NotFound, NotFresh, NotPermitted, TooMany
from lightkeeper.engine.errors import EngineError
from lightkeeper.web import drafts
from lightkeeper.web.answers import answer_for, problem, respond, too_many, wants_json
from lightkeeper.web.contract import SENSITIVE, contract

log = logging.getLogger("lightkeeper.web")

NOT_ALLOWED_BY_POLICY = "42501"
UNFIT = "A value is too long, too large, or holds a character that no text may hold (NUL)."
TO_CHANGE_PASSWORD = "accounts:change_password"  # noqa: S105
MAY_BE_REACHED_FIRST = {TO_CHANGE_PASSWORD, "accounts:sign_out"}
TO_ENROL = "accounts:second_factor"
MAY_BE_REACHED_TO_ENROL = MAY_BE_REACHED_FIRST | {
    TO_ENROL, "accounts:start_factor", "accounts:confirm_factor", "accounts:start_passkey",
    "accounts:add_passkey", "accounts:prove", "api:close_session",
}  # fmt: skip

View = Callable[..., HttpResponse]


class NoEvent(RuntimeError):
    """A door that must leave an audit event answered without one; nothing is shown."""


class StayPrivate:
    """Nothing that a person sees here is kept by a browser, a proxy or a search engine."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response["X-Robots-Tag"] = "noindex"
        return response


class OpenDoor:
    """Runs every view: by the contract, for an actor, in one transaction with its audit event."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.doors = contract()
        self.routes = names_by_route(get_resolver())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.number = secrets.token_hex(8)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse:
        name, doors = self._doors_at(request)
        try:
            check_fetched_as_meant(request)
            if not doors:
                log.error("the door %s is not in the contract", name)
                raise NotPermitted("This page is not open to anybody.")
            method = "GET" if request.method == "HEAD" else request.method
            name = next((one for one in doors if method in self.doors[one].methods), "")
            if not name:
                return respond(request, "This address does not answer that method.", 405)
            door = self.doors[name]
            if door.ask is Ask.PUBLIC:
                limits.check_door(name, request.method or "", _whence(request))
                with transaction.atomic():
                    return view(request, *args, **kwargs)
            return self._for_somebody(request, door, name, lambda: view(request, *args, **kwargs))
        except (DomainError, EngineError, Http404, ProgrammingError) as error:
            return self._refuse(request, error)
        except DataError:
            log.exception("a value was not for the database")
            return respond(request, UNFIT, 422)

    def _doors_at(self, request: HttpRequest) -> tuple[str, list[str]]:
        """The doors at this address; in the API several may share one, by method."""
        match = request.resolver_match
        if match is None:
            return "", []
        names = self.routes.get(match.route, [match.view_name])
        if not all(name in self.doors for name in names):
            return match.view_name, []
        return match.view_name, names

    def _for_somebody(
        self, request: HttpRequest, door: Door, name: str, call: Callable[[], HttpResponse]
    ) -> HttpResponse:
        token = _token_of(request)
        if not token:
            return _to_sign_in(request)
        with (
            acting.with_session(token),
            audit.trail(request.number) as trail,  # type: ignore[attr-defined]
            transaction.atomic(),
        ):
            actor = actor_now()
            # A page's token is no key to the API: there a one-time password need not be changed.
            if actor is None or (wants_json(request) and actor.kind == "page"):
                draft = drafts.keep(request, name) or drafts.waiting(request)
                request.session.flush()
                drafts.remember(request, draft)
                return _to_sign_in(request)
            request.actor = actor  # type: ignore[attr-defined]
            if actor.must_change and name not in MAY_BE_REACHED_FIRST:
                return _to_change_password(request)
            if actor.must_enrol and name not in MAY_BE_REACHED_TO_ENROL:
                return _to_enrol(request)
            who = {**_whence(request), limits.Counted.PERSON: str(actor.person_id)}
            limits.check_door(name, request.method or "", who, actor.roles)
            if request.method == "POST" and name in SENSITIVE:
                check_fresh(actor, at=timezone.now(), minutes=SENSITIVE[name])
            response = call()
            if response.status_code < 400 and door.ask in MUST_LEAVE_AN_EVENT and not trail.events:
                raise NoEvent(f"{name} answered without an audit event")
            faults.point("web.before_commit")
        faults.point("web.before_answer")
        return response

    def _refuse(self, request: HttpRequest, error: Exception) -> HttpResponse:
        if isinstance(error, ProgrammingError):
            if getattr(error.__cause__, "sqlstate", "") != NOT_ALLOWED_BY_POLICY:
                raise error
            error = NotPermitted("Your role does not allow this for these records.")
        if isinstance(error, Http404):
            error = NotFound("page")
        answer = answer_for(error)
        if answer is None:
            raise error
        self._note_denial(request, error)
        if isinstance(error, TooMany):
            return too_many(request, error)
        if isinstance(error, NotFresh):
            self._keep_draft(request)
            return _to_prove(request)
        return respond(request, str(error), answer.http_status)

    def _keep_draft(self, request: HttpRequest) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        with acting.with_session(_token_of(request)), transaction.atomic():
            drafts.remember(request, drafts.keep(request, name))

    def _note_denial(self, request: HttpRequest, error: Exception) -> None:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        token = _token_of(request)
        if actor is None or not token:
            return
        with (
            acting.with_session(token),
            audit.trail(request.number),  # type: ignore[attr-defined]
            transaction.atomic(),
        ):
            if actor_now() is None:
                return  # the session ended in the act that was refused
            name = request.resolver_match.view_name if request.resolver_match else ""
            rule = getattr(error, "rule", type(error).__name__)
            audit.record(by=actor, did=audit.Did.DENIED, to=name, rule=rule[:60])


def names_by_route(resolver: URLResolver, route: str = "", space: str = "") -> dict[str, list[str]]:
    """The names of the doors at each route of the site."""
    found: dict[str, list[str]] = {}
    for pattern in resolver.url_patterns:
        there = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            for deeper, names in names_by_route(pattern, there, inside).items():
                found.setdefault(deeper, []).extend(names)
        else:
            found.setdefault(there, []).append(f"{space}{pattern.name}")
    return found


def _token_of(request: HttpRequest) -> str:
    """The page's token stands in the signed cookie; the API's in its header alone."""
    if wants_json(request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return str(request.session.get("token", ""))


def check_fetched_as_meant(request: HttpRequest) -> None:
    """A browser says what it will do with an answer and who made it ask. The API is for programs: a
    browser that would show an answer as a page, or run it, gets none. And another site's page sends
    no form to ours.

    Raises: NotPermitted.
    Source: OWASP ASVS 5.0 V3.2.1; W3C Fetch Metadata.
    """
    shown_as = request.headers.get("Sec-Fetch-Dest", "empty")
    asked_by = request.headers.get("Sec-Fetch-Site", "none")
    if wants_json(request) and (shown_as != "empty" or asked_by == "cross-site"):
        raise NotPermitted("The API answers programs. Open the page instead.")
    if request.method not in ("GET", "HEAD") and asked_by in ("cross-site", "same-site"):
        raise NotPermitted("This was sent from another site. Nothing was changed.")


def _whence(request: HttpRequest) -> dict[limits.Counted, str]:
    return {limits.Counted.SOURCE: limits.source_of(request), limits.Counted.ALL: "all"}


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"detail": "Sign in first."}, status=401)
        response["WWW-Authenticate"] = "Bearer"
        return response
    htmx = bool(getattr(request, "htmx", False))
    asked_here = request.method == "GET" and not htmx
    there = f"/sign-in/?next={quote(request.path if asked_here else drafts.came_from(request))}"
    if htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = there
        return response
    return redirect(there)


def _to_change_password(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return respond(request, "Change the one-time password on the site first.", 403)
    return redirect(TO_CHANGE_PASSWORD)


def _to_enrol(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return respond(request, "Turn on two-step sign-in on the site first.", 403)
    return redirect(TO_ENROL)


def _to_prove(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password again, and from there to where the form stood."""
    if wants_json(request):
        return problem(f"{NotFresh()} Give it at POST /api/proof.", 403, "proof-needed")
    there = f"{reverse('accounts:prove')}?next={quote(drafts.came_from(request))}"
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = there
        return response
    return redirect(there)
