"""Passkeys: adding and removing one's own, and signing in with one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import forms, passkeys, services
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.apps.accounts.views import let_in, onward_of
from lightkeeper.core.errors import NotPermitted, Refused


def sign_in_by_key(request: HttpRequest) -> HttpResponse:
    form, status, wrong = forms.PurposeOnly(request.POST or None), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                entered = services.sign_in_with_key(
                    request=request,
                    statement=request.session.get("passkey", ""),
                    answer=request.POST.get("answer", ""),
                    purpose=Purpose(form.cleaned_data["purpose"]),
                )
            except NotPermitted as refusal:
                status, wrong = 403, str(refusal)
            else:
                return let_in(request, entered, onward_of(request))
    site = passkeys.site_of(request)
    asked = passkeys.ask_for_key(site=site, why=passkeys.SIGNING_IN)
    request.session["passkey"] = asked.statement
    page = {"form": form, "asked": asked, "wrong": wrong, "next": onward_of(request)}
    return render(request, "accounts/sign_in_by_key.html", page, status=status)


def start_passkey(request: HttpRequest) -> HttpResponse:
    return _new_key_page(request, forms.NewPasskey())


def add_passkey(request: HttpRequest) -> HttpResponse:
    form, status = forms.NewPasskey(request.POST), 422
    if form.is_valid():
        try:
            codes = passkeys.add(
                by=request.actor,  # type: ignore[attr-defined]
                site=passkeys.site_of(request),
                statement=request.session.get("passkey", ""),
                answer=request.POST.get("answer", ""),
                name=form.cleaned_data["name"],
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            request.session.pop("passkey", None)
            if codes:
                return render(request, "accounts/recovery_codes.html", {"codes": codes})
            messages.success(request, _("The passkey is added."))
            return redirect("accounts:second_factor")
    return _new_key_page(request, form, status)


def remove_passkey(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("key", "")
    passkeys.remove(
        by=request.actor,  # type: ignore[attr-defined]
        number=int(number) if number.isdecimal() and len(number) < 19 else 0,
        at=timezone.now(),
    )
    messages.success(request, _("The passkey is removed."))
    return redirect("accounts:second_factor")


def _new_key_page(request: HttpRequest, form: forms.NewPasskey, status: int = 200) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    asked = passkeys.ask_for_new_key(by=actor, site=passkeys.site_of(request))
    request.session["passkey"] = asked.statement
    page = {"form": form, "asked": asked}
    return render(request, "accounts/new_passkey.html", page, status=status)
