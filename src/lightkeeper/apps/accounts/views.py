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
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = "/"
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
        except NotPermitted as refusal:
            if getattr(request, "axes_locked_out", False):
                return locked_out(request)
            form.add_error(None, str(refusal))
            status = 403
        else:
            request.session.flush()
            request.session["token"] = token
            return redirect("accounts:change_password" if must_change else onward)
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward}, status=status)


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
    page = {"form": form, "first": services.must_change_password()}
    return render(request, "accounts/change_password.html", page, status=status)


def _password_changed(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    messages.success(request, _("Your password is changed. Sign in with the new one."))
    return redirect("accounts:sign_in")
