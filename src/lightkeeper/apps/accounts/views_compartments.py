"""Compartments in which somebody has a part: their members, what waits, what has been."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import closing, knowing, membership
from lightkeeper.apps.accounts import forms_compartments as forms
from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.choices import Move, MoveStanding, Standing
from lightkeeper.apps.accounts.models_compartments import CompartmentMember
from lightkeeper.core import days
from lightkeeper.core.errors import Refused
from lightkeeper.core.rules import allowed


def compartments(request: HttpRequest) -> HttpResponse:
    return _list(request, forms.OpenCompartment())


def open_compartment(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = forms.OpenCompartment(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    try:
        opened = membership.open_compartment(by=actor, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error("review_on" if refusal.rule == "compartment.review" else None, str(refusal))
        return _list(request, form, 409)
    messages.success(request, _("Opened. Now propose its members, yourself among them."))
    return redirect(opened)


def compartment(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference, forms.ProposeMember())


def propose_member(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = knowing.get_compartment(actor, reference)
    form = forms.ProposeMember(request.POST)
    if not form.is_valid():
        return _show(request, reference, form, 422)
    try:
        membership.propose_member(
            by=actor, compartment=found, at=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        field = {"member.until": "until", "member.since": "since", "member.proposed": "person"}
        form.add_error(field.get(refusal.rule), str(refusal))
        return _show(request, reference, form, 409)
    messages.success(request, _("Proposed. Somebody else approves it, or refuses."))
    return redirect(found)


def review_compartment(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = knowing.get_compartment(actor, reference)
    form = forms.Review(request.POST, prefix="review")
    if not form.is_valid():
        return _show(request, reference, forms.ProposeMember(), 422, form)
    try:
        closing.review(by=actor, compartment=found, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error("until" if refusal.rule == "compartment.review" else None, str(refusal))
        return _show(request, reference, forms.ProposeMember(), 409, form)
    messages.success(request, _("Looked at. It stands until that day."))
    return redirect(found)


def propose_move(request: HttpRequest, reference: str) -> HttpResponse:
    """To close it; or, where it is closed, to take it up again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = knowing.get_compartment(actor, reference)
    form = forms.ProposeMove(request.POST, prefix="move")
    if not form.is_valid():
        return _show(request, reference, forms.ProposeMember(), 422, form)
    what = Move.CLOSE if found.closed_on is None else Move.REOPEN
    try:
        closing.propose(by=actor, compartment=found, what=what, at=timezone.now(),
                        **form.cleaned_data)  # fmt: skip
    except Refused as refusal:
        form.add_error("on_day" if refusal.rule == "move.day" else None, str(refusal))
        return _show(request, reference, forms.ProposeMember(), 409, form)
    messages.success(request, _("Proposed. Somebody else decides it."))
    return redirect(found)


def decide_move(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    move = knowing.get_move(actor, reference)
    form = forms.DecideMember(request.POST, prefix=reference)
    if not form.is_valid():
        return _show(request, move.compartment.reference, forms.ProposeMember(), 422, form)
    approve = form.cleaned_data["decision"] == "APPROVE"
    closing.decide(by=actor, move=move, approve=approve, reason=form.cleaned_data["reason"],
                   at=timezone.now())  # fmt: skip
    messages.success(request, _("Approved.") if approve else _("Refused."))
    return redirect(move.compartment)


def withdraw_move(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    move = knowing.get_move(actor, reference)
    form = forms.Because(request.POST, prefix=reference)
    if not form.is_valid():
        return _show(request, move.compartment.reference, forms.ProposeMember(), 422, form)
    closing.withdraw(by=actor, move=move, reason=form.cleaned_data["reason"], at=timezone.now())
    messages.success(request, _("Withdrawn."))
    return redirect(move.compartment)


def decide_member(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    member = knowing.get_member(actor, reference)
    form = forms.DecideMember(request.POST, prefix=reference)
    if not form.is_valid():
        return _show(request, member.compartment.reference, forms.ProposeMember(), 422, form)
    approve = form.cleaned_data["decision"] == "APPROVE"
    membership.decide_member(
        by=actor, member=member, approve=approve, reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Approved.") if approve else _("Refused."))
    return redirect(member.compartment)


def withdraw_member(request: HttpRequest, reference: str) -> HttpResponse:
    return _ending(request, reference, membership.withdraw_member, _("Withdrawn."))


def end_member(request: HttpRequest, reference: str) -> HttpResponse:
    return _ending(request, reference, membership.end_member, _("Ended. They see nothing of it."))


def _ending(request: HttpRequest, reference: str, end: Any, said: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    member = knowing.get_member(actor, reference)
    form = forms.Because(request.POST, prefix=reference)
    if not form.is_valid():
        return _show(request, member.compartment.reference, forms.ProposeMember(), 422, form)
    end(by=actor, member=member, reason=form.cleaned_data["reason"], at=timezone.now())
    messages.success(request, said)
    # Whoever leaves has no part in it any more.
    return redirect("accounts:compartments")


def _list(request: HttpRequest, form: forms.OpenCompartment, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = days.today()
    page = {
        "rows": knowing.compartments(actor, today=today),
        "waiting": knowing.waiting_for(actor),
        "today": today,
        "form": form,
        "may_open": allowed(membership.check_can_open, actor),
    }
    return render(request, "accounts/compartments.html", page, status=status)


def _show(
    request: HttpRequest, reference: str, form: forms.ProposeMember, status: int = 200,
    wrong: Any = None,
) -> HttpResponse:  # fmt: skip
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = days.today()
    found, rows = knowing.show_compartment(actor, reference, today=today)
    shown = [_row(actor, one, today, wrong) for one in rows]
    page = {
        "compartment": found,
        "members": [row for row in shown if row["runs"]],
        "waiting": [row for row in shown if row["waits"]],
        "history": [row for row in shown if not row["runs"] and not row["waits"]],
        "still": closing.stands_still(found, today=today),
        "near": closing.is_near(found, today=today),
        "review_form": _sent(wrong, forms.Review) or forms.Review(prefix="review"),
        "move_form": _sent(wrong, forms.ProposeMove) or forms.ProposeMove(prefix="move"),
        "may_review": allowed(closing.check_can_review, actor, found),
        "may_move": allowed(closing.check_can_move, actor, found),
        "moves": [_move(actor, one, wrong) for one in knowing.moves_of(found)],
        "form": form,
        "may_propose": allowed(membership.check_can_propose, actor, found),
        "crumbs": [
            {"label": _("Compartments"), "url": reverse("accounts:compartments")},
            {"label": found.name},
        ],
    }
    return render(request, "accounts/compartment.html", page, status=status)


def _sent(wrong: Any, kind: Any) -> Any:
    return wrong if isinstance(wrong, kind) else None


def _move(actor: Actor, one: Any, wrong: Any) -> dict[str, Any]:
    mine = wrong if wrong is not None and wrong.prefix == one.reference else None
    return {
        "move": one,
        "waits": one.standing == MoveStanding.PROPOSED,
        "may_decide": allowed(closing.check_can_decide, actor, one),
        "may_withdraw": allowed(closing.check_can_withdraw, actor, one),
        "decide_form": _sent(mine, forms.DecideMember) or forms.DecideMember(prefix=one.reference),
        "end_form": _sent(mine, forms.Because) or forms.Because(prefix=one.reference),
    }


def _row(actor: Actor, one: knowing.Membership, today: Any, wrong: Any) -> dict[str, Any]:
    member: CompartmentMember = one.member
    mine = wrong if wrong is not None and wrong.prefix == member.reference else None
    deciding = mine if isinstance(mine, forms.DecideMember) else None
    because = mine if isinstance(mine, forms.Because) else None
    return {
        "member": member,
        "runs": one.runs,
        "waits": member.standing == Standing.PROPOSED,
        "words": one.words,
        "may_decide": allowed(membership.check_can_decide, actor, member),
        "may_withdraw": allowed(membership.check_can_withdraw, actor, member),
        "may_end": allowed(membership.check_can_end, actor, member, today=today),
        "decide_form": deciding or forms.DecideMember(prefix=member.reference),
        "end_form": because or forms.Because(prefix=member.reference),
    }
