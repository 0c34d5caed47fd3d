"""When one's clearance and training end; and for who runs an agency's accounts, whose to renew."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import forms_compartments as forms
from lightkeeper.apps.accounts import lasting as services
from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.choices import Lasting, Power
from lightkeeper.core import days
from lightkeeper.core.errors import Refused
from lightkeeper.core.rules import allowed


def lasting(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _page(request, forms.Renew(agency=actor.agency_id, but=actor.person_id))


def renew(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    services.check_can_renew(actor)
    form = forms.Renew(request.POST, agency=actor.agency_id, but=actor.person_id)
    if not form.is_valid():
        return _page(request, form, 422)
    given: dict[str, Any] = {**form.cleaned_data, "what": Lasting(form.cleaned_data["what"])}
    try:
        services.renew(by=actor, at=timezone.now(), **given)
    except Refused as refusal:
        form.add_error("until" if refusal.rule == "renew.until" else None, str(refusal))
        return _page(request, form, 409)
    messages.success(request, _("Renewed. It counts from now on."))
    return redirect("accounts:lasting")


def _page(request: HttpRequest, form: forms.Renew, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = days.today()
    own, due = services.show(actor, today=today)
    page = {
        "own": [{"one": one, "near": services.is_near(one, today)} for one in own],
        "due": due,
        "form": form,
        "renews": Power.RENEW in actor.powers,
        "may_renew": allowed(services.check_can_renew, actor),
    }
    return render(request, "accounts/lasting.html", page, status=status)
