"""The second factor, proving again who one is, and one's own sessions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import factors, forms, proving, services, totp
from lightkeeper.apps.accounts.views import locked_out, onward_of
from lightkeeper.core.errors import NotPermitted, Refused


def second_factor(request: HttpRequest) -> HttpResponse:
    return _factor_page(request)


def start_factor(request: HttpRequest) -> HttpResponse:
    secret = factors.begin(by=request.actor)  # type: ignore[attr-defined]
    return _secret_page(request, secret, forms.FirstCode())


def confirm_factor(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form, status = forms.FirstCode(request.POST), 422
    if form.is_valid():
        try:
            codes = factors.confirm(by=actor, code=form.cleaned_data["code"], at=timezone.now())
        except Refused as refusal:
            if refusal.rule != "factor.code":
                raise
            form.add_error("code", str(refusal))
            status = 409
        else:
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    secret = factors.begun_secret(actor.person_id)
    if secret is None:
        return _factor_page(request, status=422)
    return _secret_page(request, secret, form, status)


def turn_off_factor(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.Proof(request.POST, with_code=True)
    if not form.is_valid():
        return _factor_page(request, form, 422)
    try:
        proving.prove_who(request=request, by=actor, **form.cleaned_data)
    except NotPermitted as refusal:
        return _not_proved(request, form, refusal) or _factor_page(request, form, 403)
    factors.turn_off(by=actor, at=timezone.now())
    messages.success(request, _("Two-step sign-in is off."))
    return redirect("accounts:second_factor")


def prove(request: HttpRequest) -> HttpResponse:
    actor, status = request.actor, 200  # type: ignore[attr-defined]
    form = forms.Proof(request.POST or None, with_code=factors.is_on(actor.person_id))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            words: dict[str, Any] = {"code": "", **form.cleaned_data}
            try:
                proving.prove_again(request=request, by=actor, **words)
            except NotPermitted as refusal:
                if locked := _not_proved(request, form, refusal):
                    return locked
                status = 403
            else:
                messages.success(request, _("Thank you. Now do again what you were about to do."))
                return redirect(onward_of(request))
    page = {"form": form, "next": onward_of(request)}
    return render(request, "accounts/prove.html", page, status=status)


def sessions(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sessions.html", {"sessions": services.own_sessions()})


def end_session(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    services.end_own_session(by=actor, reference=request.POST.get("session", ""))
    messages.success(request, _("That session has ended."))
    return redirect("accounts:sessions")


def _not_proved(
    request: HttpRequest, form: forms.Proof, refusal: NotPermitted
) -> HttpResponse | None:
    """The answer to somebody locked out; otherwise the form says what is wrong."""
    if getattr(request, "axes_locked_out", False):
        return locked_out(request)
    form.add_error(None, str(refusal))
    return None


def _factor_page(
    request: HttpRequest, form: forms.Proof | None = None, status: int = 200
) -> HttpResponse:
    person_id = request.actor.person_id  # type: ignore[attr-defined]
    page = {
        "since": factors.turned_on_at(person_id),
        "codes_left": factors.recovery_codes_left(person_id),
        "form": form or forms.Proof(with_code=True),
    }
    return render(request, "accounts/second_factor.html", page, status=status)


def _secret_page(
    request: HttpRequest, secret: bytes, form: forms.FirstCode, status: int = 200
) -> HttpResponse:
    username = request.actor.username  # type: ignore[attr-defined]
    page = {
        "secret": totp.as_text(secret),
        "link": totp.as_link(secret, username=username),
        "form": form,
    }
    return render(request, "accounts/confirm_factor.html", page, status=status)
