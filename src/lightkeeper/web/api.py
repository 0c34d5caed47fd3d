"""The API: the same queries and services as the pages, with a session's token in the header."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.errors import ValidationError as InvalidInput
from pydantic import ConfigDict, Field

from lightkeeper.apps.accounts import services
from lightkeeper.apps.accounts.choices import Purpose

ROUTERS = (
    ("/compartments", "accounts"),
    ("/reports", "intake"),
    ("/picture", "intelligence"),
    ("/linkage", "intelligence.api_learnt"),
    ("/picture/threshold", "intelligence.threshold_api"),
    ("/children", "safeguarding"),
    ("/sharing", "sharing"),
    ("/tasks", "tasking"),
    ("/results", "performance"),
    ("/governance", "governance"),
    ("/rights", "rights"),
    ("/breaches", "breaches"),
    ("/breach-shares", "breaches.api_shares"),
    ("/audit", "audit"),
)


def module_of(where: str) -> str:
    """The module of a router: `api` of an app, unless another is named."""
    app, _, module = where.partition(".")
    return f"lightkeeper.apps.{app}.{module or 'api'}"


# The interactive page of the API is left out: it loads its scripts from elsewhere.
api = NinjaAPI(
    title="Lightkeeper",
    version="1",
    description="Sign in at `/api/sessions`; send the token as `Authorization: Bearer …`.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)


class Problem(Schema):
    detail: str


class SignIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    username: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=128)
    code: str = Field("", max_length=40, description="where two-step sign-in is on")
    purpose: str = Field(description="safeguarding, investigation, analysis, oversight, …")


class ProofIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    password: str = Field(min_length=1, max_length=128)
    code: str = Field("", max_length=40, description="where two-step sign-in is on")


class ProofOut(Schema):
    fresh_until: datetime


class Token(Schema):
    token: str
    expires_at: datetime


class Who(Schema):
    name: str
    agency: str
    roles: list[str]
    purpose: str


@api.post(
    "/sessions",
    response={201: Token, 401: Problem, 422: Problem, 429: Problem},
    url_name="open_session",
    summary="Sign in",
)
def open_session(request: HttpRequest, given: SignIn) -> tuple[int, object]:
    if given.purpose not in Purpose.values:
        return 422, {"detail": f"The purpose is one of: {', '.join(Purpose.values)}."}
    try:
        token, must_change, *_ = services.sign_in(
            request=request,
            username=given.username,
            password=given.password,
            purpose=Purpose(given.purpose),
            kind="api",
            code=given.code,
        )
    except services.NotPermitted as refusal:
        return 401, {"detail": str(refusal)}
    if must_change:
        return 401, {"detail": "Change the one-time password on the site first."}
    lasts = services.SESSION_HOURS["api"] * 3600
    expires = datetime.fromtimestamp(datetime.now(UTC).timestamp() + lasts, UTC)
    return 201, {"token": token, "expires_at": expires}


@api.delete("/sessions", response={204: None, 401: Problem}, url_name="close_session")
def close_session(request: HttpRequest) -> tuple[int, None]:
    services.sign_out(by=request.actor)  # type: ignore[attr-defined]
    return 204, None


@api.post(
    "/proof",
    response={200: ProofOut, 401: Problem, 403: Problem, 422: Problem, 429: Problem},
    url_name="prove",
    summary="Prove again who you are, before a sensitive act",
)
def prove(request: HttpRequest, given: ProofIn) -> dict[str, object]:
    """A sensitive act within five minutes is then not refused for want of a proof."""
    actor = request.actor  # type: ignore[attr-defined]
    services.prove_again(request=request, by=actor, password=given.password, code=given.code)
    return {"fresh_until": datetime.now(UTC) + timedelta(minutes=services.FRESH_MINUTES)}


@api.get("/whoami", response={200: Who, 401: Problem}, url_name="whoami")
def whoami(request: HttpRequest) -> dict[str, object]:
    actor = request.actor  # type: ignore[attr-defined]
    return {
        "name": actor.name,
        "agency": actor.agency.name,
        "roles": list(actor.roles),
        "purpose": actor.purpose,
    }


@api.exception_handler(InvalidInput)
def invalid(request: HttpRequest, error: InvalidInput) -> HttpResponse:
    places = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors]
    return api.create_response(request, {"detail": " ".join(places)}, status=422)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What is no JSON at all is answered like JSON that does not fit."""
    status = 422 if error.status_code == 400 else error.status_code
    return api.create_response(request, {"detail": str(error)}, status=status)


@api.exception_handler(Exception)
def let_it_fly(request: HttpRequest, error: Exception) -> HttpResponse:
    """To the one place that answers errors, for pages and API alike."""
    raise error


for prefix, where in ROUTERS:
    if find_spec(module_of(where)):
        api.add_router(prefix, import_module(module_of(where)).router, tags=[where.split(".")[0]])
