"""What each form of a case has done: one call of a service, from what was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.breaches import services
from lightkeeper.apps.breaches.choices import About, Choice, Likelihood, Risk, Severity

Breach = services.Breach
Act = Callable[[Actor, Breach, Any, datetime], Any]


def _take_up(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    services.take_up(
        by=by, breach=breach, aware_at=form.moment("aware"), at=at,
        reason=form.cleaned_data["reason"],
    )  # fmt: skip


def _aware(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    services.set_aware(
        by=by, breach=breach, aware_at=form.moment("aware"), at=at,
        reason=form.cleaned_data["reason"],
    )  # fmt: skip


def _describe(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    services.describe(by=by, breach=breach, at=at, **form.cleaned_data)


def _assess(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    said = dict(form.cleaned_data)
    services.assess(
        by=by, breach=breach, at=at, likelihood=Likelihood(said.pop("likelihood")),
        severity=Severity(said.pop("severity")), risk=Risk(said.pop("risk")), **said,
    )  # fmt: skip


def _commissioner(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    said = form.cleaned_data
    services.rule(
        by=by, breach=breach, about=About.COMMISSIONER, choice=Choice(said["choice"]),
        reason=said["reason"], at=at,
    )  # fmt: skip


def _subjects(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    said = form.cleaned_data
    services.rule(
        by=by, breach=breach, about=About.SUBJECTS, choice=Choice(said["choice"]),
        ground=said["ground"], reason=said["reason"], at=at,
    )  # fmt: skip


def _notified(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    said = form.cleaned_data
    services.note_notified(
        by=by, breach=breach, told=services.Told(form.moment("sent"), said["how"]),
        more_to_come=said["more_to_come"], late_reason=said["late_reason"], at=at,
    )  # fmt: skip


def _told(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    told = services.Told(form.moment("sent"), form.cleaned_data["how"])
    services.note_told(by=by, breach=breach, told=told, at=at)


def _work_out(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
    reason = form.cleaned_data["reason"]
    services.work_out(by=by, breach=breach, scope=form.scope, reason=reason, at=at)


def _moved(service: Callable[..., Any]) -> Act:
    def act(by: Actor, breach: Breach, form: Any, at: datetime) -> None:
        service(by=by, breach=breach, reason=form.cleaned_data["reason"], at=at)

    return act


ACTS: dict[str, Act] = {
    "take_up": _take_up, "aware": _aware, "describe": _describe, "assess": _assess,
    "commissioner": _commissioner, "subjects": _subjects, "notified": _notified, "told": _told,
    "work_out": _work_out, "dismiss": _moved(services.dismiss), "close": _moved(services.close),
    "reopen": _moved(services.reopen),
    "propose_disposal": _moved(services.propose_disposal),
    "withdraw_disposal": _moved(services.withdraw_disposal),
    "confirm_disposal": _moved(services.confirm_disposal),
}  # fmt: skip


def said_after(act: str, breach: Breach) -> str:
    """What is said once it is done."""
    said = {
        "take_up": _("%(breach)s is being handled; its clock runs."),
        "work_out": _("The log says who is affected. The list is kept as it is now."),
        "notified": _("It stands in the register that the Commissioner was notified."),
        "close": _("%(breach)s is closed, and stays in the register."),
        "dismiss": _("%(breach)s is no breach, and stays in the register."),
        "reopen": _("%(breach)s is taken up again."),
        "propose_disposal": _("Proposed. Another person confirms that %(breach)s goes."),
        "confirm_disposal": _("%(breach)s is disposed of. The proof stays."),
    }
    return said.get(act, _("Noted for %(breach)s.")) % {"breach": breach}
