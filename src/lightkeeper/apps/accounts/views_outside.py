"""Signing in at an identity provider outside, and coming back from there."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lightkeeper.apps.accounts import drafts, forms, oidc, outside, passkeys, services
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.apps.accounts.views import begin_anew, let_in, onward_of
from lightkeeper.core.errors import NotPermitted

WAITING_SALT = "lightkeeper.accounts.outside"
WAITING_SECONDS = 10 * 60
ANSWERED = ("state", "code", "iss")


def sign_in_outside(request: HttpRequest) -> HttpResponse:
    """What it is for, and then off to the provider."""
    _only_if_on()
    form, status, wrong = forms.PurposeOnly(request.POST or None), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                there, asked = oidc.begin(back=_back(request))
            except oidc.NoAnswer as down:
                status, wrong = 503, str(down)
            else:
                return _off(request, there, asked, form.cleaned_data["purpose"])
    page = {"form": form, "wrong": wrong, "next": onward_of(request)}
    return render(request, "accounts/sign_in_outside.html", page, status=status)


def _off(request: HttpRequest, there: str, asked: oidc.Asked, purpose: str) -> HttpResponse:
    response = redirect(there)
    kept = {**vars(asked), "purpose": purpose, "onward": onward_of(request)}
    # Our strict cookie does not come along either, and with it the key to a draft.
    kept[drafts.IN_COOKIE] = request.session.get(drafts.IN_COOKIE)
    # The one cookie that comes along when another site sends the browser here: it opens nothing.
    response.set_cookie(
        settings.OUTSIDE_COOKIE_NAME,
        signing.dumps(kept, salt=WAITING_SALT),
        max_age=WAITING_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def back_from_outside(request: HttpRequest) -> HttpResponse:
    _only_if_on()
    try:
        kept = _kept(request)
        request.session[drafts.IN_COOKIE] = kept.get(drafts.IN_COOKIE)
        came = outside.sign_in(
            request=request,
            asked=oidc.Asked(kept["state"], kept["nonce"], kept["verifier"]),
            given={name: request.GET[name] for name in ANSWERED if name in request.GET},
            back=_back(request),
            purpose=Purpose(kept["purpose"]),
        )
    except services.CodeNeeded as needed:
        begin_anew(request, half_way=needed.half_way, onward=kept["onward"])
        response = _on(request, reverse("accounts:code"))
    except NotPermitted as refusal:
        status = 503 if isinstance(refusal, oidc.NoAnswer) else 403
        page = {"form": forms.PurposeOnly(), "wrong": str(refusal), "next": "/"}
        response = render(request, "accounts/sign_in_outside.html", page, status=status)
    else:
        response = let_in(request, came, kept["onward"])
        response = _on(request, response["Location"], response)
    response.delete_cookie(settings.OUTSIDE_COOKIE_NAME, samesite="Lax")
    return response


def _on(request: HttpRequest, onward: str, came: HttpResponse | None = None) -> HttpResponse:
    """A page of our own that leads on: after a redirect from another site a browser sends our
    strict cookie only to what our own page asks for.
    """
    response = render(request, "accounts/came_from_outside.html", {"onward": onward})
    if came is not None:
        response.cookies.update(came.cookies)
    return response


def _kept(request: HttpRequest) -> dict[str, Any]:
    """Raises: NotPermitted."""
    try:
        cookie = request.COOKIES.get(settings.OUTSIDE_COOKIE_NAME, "")
        kept: dict[str, Any] = signing.loads(cookie, salt=WAITING_SALT, max_age=WAITING_SECONDS)
    except signing.BadSignature as wrong:
        raise NotPermitted(oidc.NOT_BELIEVED) from wrong
    return kept


def _back(request: HttpRequest) -> str:
    return passkeys.site_of(request).origin + reverse("accounts:back_from_outside")


def _only_if_on() -> None:
    if not oidc.is_on():
        raise Http404
