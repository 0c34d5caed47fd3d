"""What a person thinks of a breach and decides of it, each with who and why."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches import papers, policies, queries
from lightkeeper.apps.breaches.choices import About, Choice, Likelihood, Risk, Severity
from lightkeeper.apps.breaches.models import (
    Assessment,
    Breach,
    Description,
    Notification,
    Ruling,
)
from lightkeeper.apps.breaches.reckoning import clock_of, words_of
from lightkeeper.apps.breaches.services.cases import check_can_handle, note_step, own
from lightkeeper.core.errors import Refused


def _enter(model: Any, by: Actor, breach: Breach, at: datetime, **said: Any) -> Any:
    row = model(breach=breach, bucket_id=breach.bucket_id, person_id=by.person_id, at=at, **said)
    row.save(force_insert=True)
    return row


@transaction.atomic
def describe(
    *, by: Actor, breach: Breach, nature: str, consequences: str, measures: str, contact: str,
    at: datetime, numbers: str = "",
) -> Description:  # fmt: skip
    """State the facts of a breach, its effects and what was done. The latest counts.

    Raises: NotPermitted; Refused where one of them is left out.
    Source: Data Protection Act 2018 s.67(4), (6).
    """
    breach = own(by, breach)
    check_can_handle(by, breach)
    said = {"nature": nature, "consequences": consequences, "measures": measures,
            "contact": contact}  # fmt: skip
    policies.check_reason(*said.values())
    stripped = {name: text.strip() for name, text in said.items()}
    row: Description = _enter(Description, by, breach, at, numbers=numbers.strip(), **stripped)
    note_step(by, breach, "Facts, effects and measures stated", "", at)
    audit.record(by=by, did=audit.Did.BREACH_DESCRIBED, to=breach, at=at)
    return row


@transaction.atomic
def assess(
    *, by: Actor, breach: Breach, likelihood: Likelihood, likelihood_reason: str,
    severity: Severity, severity_reason: str, risk: Risk, reason: str, at: datetime,
) -> Breach:  # fmt: skip
    """Say how likely and how severe harm is, and what that comes to. A person concludes; nothing is
    worked out. Where it comes to something else than before, what was decided on it falls.

    Raises: NotPermitted; Refused without each reason.
    Source: Data Protection Act 2018 s.67(2), s.68(1).
    """
    breach = own(by, breach)
    check_can_handle(by, breach)
    policies.check_reason(likelihood_reason, severity_reason, reason)
    _enter(
        Assessment, by, breach, at, likelihood=Likelihood(likelihood), severity=Severity(severity),
        likelihood_reason=likelihood_reason.strip(), severity_reason=severity_reason.strip(),
        risk=Risk(risk), reason=reason.strip(),
    )  # fmt: skip
    if breach.risk and breach.risk != risk:
        _let_fall(by, breach, at)
    breach.risk = Risk(risk)
    breach.save(update_fields=["risk", "commissioner", "subjects"])
    note_step(by, breach, f"Risk: {Risk(risk).label}", reason, at)
    audit.record(
        by=by, did=audit.Did.BREACH_ASSESSED, to=breach, rule=f"breach.{risk.lower()}", at=at
    )
    return breach


def _let_fall(by: Actor, breach: Breach, at: datetime) -> None:
    """What rested on another risk is to be decided again; what was done stays done."""
    if breach.commissioner == Choice.NOT_NOTIFY or (
        breach.commissioner and breach.notified_at is None
    ):
        breach.commissioner = ""
    if breach.subjects and breach.told_at is None:
        breach.subjects = ""
    note_step(by, breach, "The risk is another: what rested on it is to be decided again", "", at)


@transaction.atomic
def rule(
    *, by: Actor, breach: Breach, about: About, choice: Choice, reason: str, at: datetime,
    ground: str = "",
) -> Breach:  # fmt: skip
    """Decide whether the Commissioner is notified, or those whose data it is are told.

    Raises: NotPermitted; Refused where the risk is not assessed, where the law does not let one
        decide so on it, or without a reason.
    Source: Data Protection Act 2018 s.67(1), (2), s.68.
    """
    breach = own(by, breach)
    check_can_handle(by, breach)
    policies.check_reason(reason)
    policies.check_ruling(breach, about, choice, ground, words_of(breach))
    _check_not_done(breach, about, choice)
    _enter(Ruling, by, breach, at, about=about, choice=choice, ground=ground, reason=reason.strip())
    name = "commissioner" if about == About.COMMISSIONER else "subjects"
    setattr(breach, name, choice)
    breach.save(update_fields=[name])
    note_step(by, breach, str(Choice(choice).label), reason, at)
    audit.record(
        by=by, did=audit.Did.BREACH_RULED, to=breach, rule=f"breach.{choice.lower()}", at=at
    )
    return breach


def _check_not_done(breach: Breach, about: About, choice: Choice) -> None:
    if about == About.COMMISSIONER and breach.notified_at and choice == Choice.NOT_NOTIFY:
        raise Refused("breach.notified", "The Commissioner was notified already.")
    if about == About.SUBJECTS and breach.told_at and choice == Choice.NOT_TELL:
        raise Refused("breach.told", "They were told already.")


def check_can_notify(by: Actor, breach: Breach) -> None:
    check_can_handle(by, breach)
    if breach.commissioner != Choice.NOTIFY:
        raise Refused("breach.undecided", "Decide first that the Commissioner is notified.")
    if queries.latest_description(by, breach) is None:
        raise Refused("breach.undescribed", "State what happened, its effects and what was done.")
    if breach.notified_at is not None and not breach.more_to_come:
        raise Refused("breach.notified", "The notification was said to be whole.")


@dataclass(frozen=True)
class Told:
    """When something was sent, and how."""

    sent_at: datetime
    how: str


@transaction.atomic
def note_notified(
    *, by: Actor, breach: Breach, told: Told, more_to_come: bool, at: datetime,
    late_reason: str = "",
) -> Notification:  # fmt: skip
    """Put on record that the Commissioner was sent the notification as it stands now: at once, or a
    part of it where not all is known yet. The first that is sent stops the clock.

    Raises: NotPermitted; Refused where it is not decided or described, for a moment to come, or
        after the time of the law without the reasons for the delay.
    Source: Data Protection Act 2018 s.67(1), (3), (5).
    """
    breach = own(by, breach)
    check_can_notify(by, breach)
    policies.check_reason(told.how)
    policies.check_past(told.sent_at, at=at)
    start = breach.aware_at or breach.reported_at
    if told.sent_at < start:
        raise Refused("breach.moment", "It was sent before the agency was aware of it?")
    earlier = queries.notifications(by, breach)
    if any(told.sent_at < one.sent_at for one in earlier):
        raise Refused("breach.moment", "An earlier part was sent after that.")
    if not earlier:
        due = clock_of(breach, at=at).due
        policies.check_late(told.sent_at, due, late_reason, words_of(breach))
    text = papers.notification_text(queries.paper_of(by, breach, late_reason=late_reason.strip()))
    row: Notification = _enter(
        Notification, by, breach, at, phase=len(earlier) + 1, sent_at=told.sent_at,
        how=told.how.strip(), late_reason=late_reason.strip(), more_to_come=more_to_come,
        text=text, digest=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    breach.notified_at = breach.notified_at or told.sent_at
    breach.more_to_come = more_to_come
    breach.save(update_fields=["notified_at", "more_to_come"])
    what = f"The Commissioner was notified, part {row.phase}"
    note_step(by, breach, what, late_reason or told.how, at)
    audit.record(
        by=by, did=audit.Did.BREACH_NOTIFIED, to=breach, at=at, recipient="the Commissioner"
    )
    return row


def check_can_say_told(by: Actor, breach: Breach) -> None:
    check_can_handle(by, breach)
    if breach.subjects not in (Choice.TELL, Choice.PUBLIC):
        raise Refused("breach.undecided", "Decide first that those whose data it is are told.")
    if breach.told_at is not None:
        raise Refused("breach.told", "It stands already that they were told.")


@transaction.atomic
def note_told(*, by: Actor, breach: Breach, told: Told, at: datetime) -> Breach:
    """Put on record that those whose data it is were told, how many and how.

    Raises: NotPermitted; Refused where it was not decided, or for a moment to come.
    Source: Data Protection Act 2018 s.68(1), (2), (5).
    """
    breach = own(by, breach)
    check_can_say_told(by, breach)
    policies.check_reason(told.how)
    policies.check_past(told.sent_at, at=at)
    breach.told_at = told.sent_at
    breach.save(update_fields=["told_at"])
    note_step(by, breach, "Those whose data it is were told", told.how, at)
    audit.record(by=by, did=audit.Did.BREACH_SUBJECTS_TOLD, to=breach, at=at)
    return breach
