"""Signing in and out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import forms, services
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.core.errors import NotPermitted, Refused


def sign_in(request: HttpRequest) -> HttpResponse:
    form = forms.SignIn(request.POST or None)
    onward = onward_of(request)
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            token, must_change = services.sign_in(
                request=request,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                purpose=Purpose(form.cleaned_data["purpose"]),
            )
        except services.CodeNeeded as needed:
            request.session.flush()
            request.session["half_way"] = needed.half_way
            request.session["onward"] = onward
            return redirect("accounts:code")
        except NotPermitted as refusal:
            if getattr(request, "axes_locked_out", False):
                return locked_out(request)
            form.add_error(None, str(refusal))
            status = 403
        else:
            return _let_in(request, token, must_change, onward)
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward}, status=status)


def code(request: HttpRequest) -> HttpResponse:
    """The second half of signing in. The cookie says who gave a right password, and when."""
    half_way = request.session.get("half_way")
    if not half_way:
        return redirect("accounts:sign_in")
    form = forms.Code(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            token, must_change = services.sign_in_with_code(
                request=request, half_way=half_way, code=form.cleaned_data["code"]
            )
        except services.TooLate as late:
            request.session.flush()
            messages.error(request, str(late))
            return redirect("accounts:sign_in")
        except NotPermitted as refusal:
            if getattr(request, "axes_locked_out", False):
                return locked_out(request)
            form.add_error(None, str(refusal))
            status = 403
        else:
            return _let_in(request, token, must_change, request.session.get("onward", "/"))
    return render(request, "accounts/code.html", {"form": form}, status=status)


def _let_in(request: HttpRequest, token: str, must_change: bool, onward: str) -> HttpResponse:
    request.session.flush()
    request.session["token"] = token
    return redirect("accounts:change_password" if must_change else onward)


def onward_of(request: HttpRequest) -> str:
    """Where to afterwards: an address of this site, or the desk."""
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    return onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else "/"


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    return render(request, "429.html", status=429)


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
