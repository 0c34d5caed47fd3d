"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import drafts, forms, guesses, services
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.core.errors import NotPermitted, Refused, TooMany


def sign_in(request: HttpRequest) -> HttpResponse:
    form = (forms.SignInAllAtOnce if "code" in request.POST else forms.SignIn)(request.POST or None)
    onward = onward_of(request)
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        given = form.cleaned_data
        try:
            entered = services.sign_in(
                request=request,
                username=given["username"],
                password=given["password"],
                purpose=Purpose(given["purpose"]),
                code=given.get("code"),
            )
        except services.CodeNeeded as needed:
            begin_anew(request, half_way=needed.half_way, onward=onward)
            return redirect("accounts:code")
        except TooMany as refusal:
            # Password and code together still open, for whoever has both.
            return too_many(request, refusal, forms.SignInAllAtOnce(initial=_asked(given)))
        except NotPermitted as refusal:
            form.add_error(None, str(refusal))
            status = 403
        else:
            return let_in(request, entered, onward)
    page = {"form": form, "next": onward, "outside": bool(settings.OIDC_ISSUER)}
    return render(request, "accounts/sign_in.html", page, status=status)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    return {"username": given["username"], "purpose": given["purpose"]}


def code(request: HttpRequest) -> HttpResponse:
    """The second half of signing in. The cookie says who gave a right password, and when."""
    half_way = request.session.get("half_way")
    if not half_way:
        return redirect("accounts:sign_in")
    by_key = "answer" in request.POST
    form = forms.Code(None if by_key else request.POST or None)
    status, wrong = 200 if request.method == "GET" else 422, ""
    if request.method == "POST" and (by_key or form.is_valid()):
        try:
            entered = _second_half(request, half_way, "" if by_key else form.cleaned_data["code"])
        except services.TooLate as late:
            begin_anew(request)
            messages.error(request, str(late))
            return redirect("accounts:sign_in")
        except NotPermitted as refusal:
            status = 403
            if by_key:
                wrong = str(refusal)
            else:
                form.add_error(None, str(refusal))
        else:
            return let_in(request, entered, request.session.get("onward", "/"))
    asked = services.half_way_key(request, half_way)
    if asked:
        request.session["passkey"] = asked.statement
    page = {"form": form, "asked": asked, "wrong": wrong}
    return render(request, "accounts/code.html", page, status=status)


def _second_half(request: HttpRequest, half_way: str, code: str) -> services.Entered:
    if "answer" not in request.POST:
        return services.sign_in_with_code(request=request, half_way=half_way, code=code)
    return services.sign_in_with_second_key(
        request=request,
        half_way=half_way,
        statement=request.session.get("passkey", ""),
        answer=request.POST["answer"],
    )


def let_in(request: HttpRequest, entered: services.Entered, onward: str) -> HttpResponse:
    begin_anew(request, token=entered.token)
    response = redirect("accounts:change_password" if entered.must_change else onward)
    guesses.remember_browser(request, response, entered.username)
    if entered.lost_factor:
        messages.warning(
            request,
            _(
                "Two administrators turned off your second factor because it was said to be lost. "
                "If you did not ask for that, tell your security desk now."
            ),
        )
    return response


def begin_anew(request: HttpRequest, **kept: str) -> None:
    """Nothing of the cookie is carried over but the key to what was written before it ended."""
    draft = request.session.get(drafts.IN_COOKIE)
    request.session.flush()
    if draft:
        request.session[drafts.IN_COOKIE] = draft
    request.session.update(kept)


def onward_of(request: HttpRequest) -> str:
    """Where to afterwards: an address of this site, or the desk."""
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    return onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else "/"


def too_many(
    request: HttpRequest, refusal: TooMany, form: forms.SignInAllAtOnce | None = None
) -> HttpResponse:
    page = {"sentence": str(refusal), "form": form, "next": onward_of(request)}
    response = render(request, "429.html", page, status=429)
    response["Retry-After"] = str(refusal.seconds)
    return response


def sign_out(request: HttpRequest) -> HttpResponse:
    services.sign_out(by=request.actor)  # type: ignore[attr-defined]
    request.session.flush()
    response = redirect("accounts:sign_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def change_password(request: HttpRequest) -> HttpResponse:
    form = forms.ChangePassword(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.change_password(by=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
            except Refused as refusal:
                form.add_error("old" if refusal.rule == "password.old" else "new", str(refusal))
                status = 409
            else:
                return _password_changed(request)
    page = {"form": form, "first": request.actor.must_change}  # type: ignore[attr-defined]
    return render(request, "accounts/change_password.html", page, status=status)


def _password_changed(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    messages.success(request, _("Your password is changed. Sign in with the new one."))
    return redirect("accounts:sign_in")
