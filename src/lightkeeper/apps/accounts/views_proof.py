"""The second factor, proving again who one is, and one's own sessions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import factors, forms, passkeys, proving, services, totp
from lightkeeper.apps.accounts.views import onward_of
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
        form.add_error(None, str(refusal))
        return _factor_page(request, form, 403)
    factors.turn_off(by=actor, at=timezone.now())
    messages.success(request, _("Two-step sign-in is off."))
    return redirect("accounts:second_factor")


def prove(request: HttpRequest) -> HttpResponse:
    actor, status, wrong = request.actor, 200, ""  # type: ignore[attr-defined]
    by_key = "answer" in request.POST
    form = forms.Proof(
        None if by_key else request.POST or None, with_code=factors.is_on(actor.person_id)
    )
    if request.method == "POST":
        status = 422
        if by_key or form.is_valid():
            try:
                _prove(request, actor, form)
            except NotPermitted as refusal:
                status, wrong = 403, str(refusal)
                if not by_key:
                    form.add_error(None, wrong)
            else:
                messages.success(request, _("Thank you. Now do again what you were about to do."))
                return redirect(onward_of(request))
    page = {"form": form, "next": onward_of(request), "wrong": wrong if by_key else ""}
    if passkeys.keys_of(actor.person_id):
        site = passkeys.site_of(request)
        page["asked"] = asked = passkeys.ask_for_key(
            site=site, why=passkeys.PROVING, person_id=actor.person_id
        )
        request.session["passkey"] = asked.statement
    return render(request, "accounts/prove.html", page, status=status)


def _prove(request: HttpRequest, actor: services.Actor, form: forms.Proof) -> None:
    if "answer" not in request.POST:
        words: dict[str, Any] = {"code": "", **form.cleaned_data}
        return proving.prove_again(request=request, by=actor, **words)
    statement = request.session.get("passkey", "")
    answer = request.POST["answer"]
    return proving.prove_with_key(request=request, by=actor, statement=statement, answer=answer)


def sessions(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sessions.html", {"sessions": services.own_sessions()})


def end_session(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    services.end_own_session(by=actor, reference=request.POST.get("session", ""))
    messages.success(request, _("That session has ended."))
    return redirect("accounts:sessions")


def _factor_page(
    request: HttpRequest, form: forms.Proof | None = None, status: int = 200
) -> HttpResponse:
    person_id = request.actor.person_id  # type: ignore[attr-defined]
    page = {
        "since": factors.turned_on_at(person_id),
        "codes_left": factors.recovery_codes_left(person_id),
        "keys": passkeys.keys_of(person_id),
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
