"""How a record is handled: what its owner put on, lifted and consented to, for which days."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.sharing import conditions, queries
from lightkeeper.apps.sharing import forms_conditions as forms
from lightkeeper.core import days
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import Refused
from lightkeeper.core.rules import allowed


def handling(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference)


def set_condition(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    record = queries.get_record(actor, reference)
    form = forms.SetCondition(request.POST, prefix="condition")
    if not form.is_valid():
        return _show(request, reference, 422, condition_form=form)
    given = {**form.cleaned_data, "put": form.cleaned_data["put"] == "PUT"}
    try:
        conditions.set_condition(by=actor, record=record, at=timezone.now(), **given)
    except Refused as refusal:
        form.add_error(_field(refusal), str(refusal))
        return _show(request, reference, 409, condition_form=form)
    messages.success(request, _("Set. It counts on its days, and on no other."))
    return redirect("sharing:handling", reference)


def give_consent(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    record = queries.get_record(actor, reference)
    form = forms.GiveConsent(
        request.POST, prefix="consent", agencies=conditions.audience_of(record)
    )
    if not form.is_valid():
        return _show(request, reference, 422, consent_form=form)
    agency = conditions.agency_by_code(record, form.cleaned_data.pop("agency"))
    try:
        conditions.give_consent(
            by=actor, record=record, agency=agency, at=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        form.add_error(_field(refusal), str(refusal))
        return _show(request, reference, 409, consent_form=form)
    messages.success(request, _("Given. They may pass it on, on these days."))
    return redirect("sharing:handling", reference)


def end_condition(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change = conditions.get_condition(actor, reference)
    form = _because(reference, request.POST)
    if not form.is_valid():
        return _again(request, actor, change, form)
    conditions.end_condition(by=actor, change=change, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Ended. What its label says counts again."))
    return _back(actor, change)


def withdraw_consent(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    consent = conditions.get_consent(actor, reference)
    form = _because(reference, request.POST)
    if not form.is_valid():
        return _again(request, actor, consent, form)
    conditions.withdraw_consent(by=actor, consent=consent, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Withdrawn. They pass nothing on from now."))
    return _back(actor, consent)


def _again(request: HttpRequest, actor: Actor, one: Any, form: forms.Because) -> HttpResponse:
    """The page that the form stands on, with what is wrong with it."""
    record = conditions.where_shown(actor, one)
    if record is None:
        raise Refused("condition.reason", _("Say why."))
    return _show(request, record.reference, 422, because=form)


def _back(actor: Actor, one: Any) -> HttpResponse:
    record = conditions.where_shown(actor, one)
    return redirect("sharing:handling", record.reference) if record else redirect("web:home")


def _field(refusal: Refused) -> str | None:
    return {"condition.since": "since", "condition.until": "until"}.get(refusal.rule)


def _show(
    request: HttpRequest, reference: str, status: int = 200, *,
    condition_form: Any = None, consent_form: Any = None, because: Any = None,
) -> HttpResponse:  # fmt: skip
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = conditions.show(actor, reference)
    today = days.today()
    may = allowed(conditions.check_can_control, actor, shown.record)
    page = {
        "record": shown.record,
        "shown": shown,
        "changes": [
            _row(one, today, because) | {"words": " ".join(Cond(one.conds).words)}
            for one in shown.changes
        ],
        "consents": [_row(one, today, because) for one in shown.consents],
        "may": may,
        "condition_form": condition_form or forms.SetCondition(prefix="condition"),
        "consent_form": consent_form
        or forms.GiveConsent(prefix="consent", agencies=shown.audience),
        "crumbs": [
            {"label": shown.record.caption or reference, "url": shown.record.get_absolute_url()},
            {"label": _("How it is handled")},
        ],
    }
    return render(request, "sharing/handling.html", page, status=status)


def _row(one: Any, today: Any, sent: Any) -> dict[str, Any]:
    """With the form that ends it: the one that was sent, if it is about this."""
    empty = _because(one.reference)
    form = sent if sent is not None and sent.auto_id == empty.auto_id else empty
    return {"one": one, "ends": _ends(one, today), "because": form}


def _because(reference: str, sent: Any = None) -> forms.Because:
    """Several stand on a page, each with ids of its own."""
    return forms.Because(sent, auto_id=f"id_{reference}_%s")


def _ends(one: Any, today: Any) -> bool:
    """Whether there is something of it left to end."""
    return one.active_to is None or one.active_to > today
