"""Receiving a request, and what moves its clock."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor, the_label
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.rights import permissions, policies
from lightkeeper.apps.rights.choices import CaseStatus, RequestKind
from lightkeeper.apps.rights.models import Case, Step
from lightkeeper.apps.rights.reckoning import rule_on
from lightkeeper.core.access.envelope import RecordClass
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import Refused
from lightkeeper.core.locking import lock
from lightkeeper.core.references import new_reference

LEVEL = 1  # a request names a person


def check_can_receive(by: Actor) -> None:
    permissions.check_may_handle(by)


@transaction.atomic
def receive_request(
    *,
    by: Actor,
    kind: RequestKind,
    name: str,
    received_on: date,
    at: datetime,
    other_names: Iterable[str] = (),
    born_on: date | None = None,
    identifiers: Iterable[str] = (),
    details: str = "",
) -> Case:
    """Open a case for a request that came to one's agency.

    Raises: NotPermitted; Refused for a day to come, or without a name.
    Source: Data Protection Act 2018 s.45 to s.47, s.52.
    """
    check_can_receive(by)
    policies.check_name(name)
    policies.check_day(received_on, today=day_of(at))
    label = the_label(
        owner=by.agency, level=min(LEVEL, by.viewer.level), record_class=RecordClass.RIGHTS
    )
    case = Case(
        reference=new_reference("RRQ"),
        bucket=label,
        owner=by.agency,
        kind=RequestKind(kind),
        name=name.strip(),
        other_names=_several(other_names),
        born_on=born_on,
        identifiers=_several(identifiers),
        details=details.strip(),
        received_on=received_on,
        received_by_id=by.person_id,
    )
    case.save(force_insert=True)
    note_step(by, case, "Received", "", at)
    audit.record(
        by=by, did=audit.Did.RIGHTS_RECEIVED, to=case, rule=f"rights.{kind.lower()}", at=at
    )
    return case


def _several(given: Iterable[str]) -> list[str]:
    return [one.strip() for one in given if one.strip()]


def note_step(by: Actor, case: Case, what: str, reason: str, at: datetime) -> None:
    Step(
        case=case, bucket_id=case.bucket_id, what=what, reason=reason.strip(),
        person_id=by.person_id, at=at,
    ).save(force_insert=True)  # fmt: skip


def own(by: Actor, case: Case) -> Case:
    """The case, held until the transaction ends. Raises: NotPermitted."""
    permissions.check_may_handle(by, case.bucket_id)
    return lock(case)


def move(by: Actor, case: Case, to: CaseStatus, reason: str, at: datetime) -> None:
    policies.check_move(case, to)
    case.status = to
    note_step(by, case, str(to.label), reason, at)


def check_can_handle(by: Actor, case: Case) -> None:
    permissions.check_may_handle(by, case.bucket_id)
    policies.check_open(case)


def check_can_identify(by: Actor, case: Case) -> None:
    permissions.check_may_handle(by, case.bucket_id)
    policies.check_move(case, CaseStatus.OPEN)
    if case.status != CaseStatus.RECEIVED:
        raise Refused("rights.identified", "It is known who asks.")


@transaction.atomic
def confirm_identity(*, by: Actor, case: Case, on: date, reason: str, at: datetime) -> Case:
    """Say since when it is known who asks, and how: the clock runs from then.

    Raises: NotPermitted; Refused for a day before it came or to come, or without a reason.
    Source: Data Protection Act 2018 s.52(4), s.54.
    """
    case = own(by, case)
    check_can_identify(by, case)
    policies.check_reason(reason)
    policies.check_day(on, today=day_of(at), earliest=case.received_on)
    case.identified_on = on
    move(by, case, CaseStatus.OPEN, reason, at)
    case.save(update_fields=["identified_on", "status"])
    audit.record(by=by, did=audit.Did.RIGHTS_CLOCK, to=case, rule="rights.identified", at=at)
    return case


@transaction.atomic
def ask_back(*, by: Actor, case: Case, on: date, reason: str, at: datetime) -> Case:
    """Ask whoever asks for something without which it cannot be answered; the clock waits.

    Raises: NotPermitted; Refused without a reason, or where something was asked back before.
    Source: Data Protection Act 2018 s.53, s.54.
    """
    case = own(by, case)
    check_can_handle(by, case)
    policies.check_reason(reason)
    policies.check_day(on, today=day_of(at), earliest=case.received_on)
    if case.asked_back_on is not None:
        raise Refused("rights.asked_back", "Something was asked back before.")
    case.asked_back_on = on
    case.save(update_fields=["asked_back_on"])
    note_step(by, case, "Asked back", reason, at)
    audit.record(by=by, did=audit.Did.RIGHTS_CLOCK, to=case, rule="rights.asked_back", at=at)
    return case


@transaction.atomic
def had_back(*, by: Actor, case: Case, on: date, reason: str, at: datetime) -> Case:
    """Say when what was asked back came. Raises: NotPermitted; Refused if nothing was asked."""
    case = own(by, case)
    check_can_handle(by, case)
    policies.check_reason(reason)
    if case.asked_back_on is None or case.had_back_on is not None:
        raise Refused("rights.had_back", "Nothing that was asked back is still to come.")
    policies.check_day(on, today=day_of(at), earliest=case.asked_back_on)
    case.had_back_on = on
    case.save(update_fields=["had_back_on"])
    note_step(by, case, "Had back what was asked", reason, at)
    audit.record(by=by, did=audit.Did.RIGHTS_CLOCK, to=case, rule="rights.had_back", at=at)
    return case


@transaction.atomic
def extend(*, by: Actor, case: Case, months: int, reason: str, at: datetime) -> Case:
    """Take more time where the law lets one, and say why.

    Raises: NotPermitted; Refused if it was extended before, for longer than the rule of the day it
        came allows, or without a reason.
    Source: Data Protection Act 2018 s.54.
    """
    case = own(by, case)
    check_can_handle(by, case)
    policies.check_reason(reason)
    policies.check_extension(case, months, rule_on(case.received_on).extension_months)
    case.extended_months, case.extension_reason = months, reason.strip()
    case.save(update_fields=["extended_months", "extension_reason"])
    note_step(by, case, f"Extended by {months} months", reason, at)
    audit.record(by=by, did=audit.Did.RIGHTS_CLOCK, to=case, rule="rights.extended", at=at)
    return case


def check_can_withdraw(by: Actor, case: Case) -> None:
    permissions.check_may_handle(by, case.bucket_id)
    policies.check_move(case, CaseStatus.WITHDRAWN)


@transaction.atomic
def withdraw(*, by: Actor, case: Case, reason: str, at: datetime) -> Case:
    """Whoever asked takes the request back. Raises: NotPermitted; Refused once it is answered."""
    case = own(by, case)
    check_can_withdraw(by, case)
    policies.check_reason(reason)
    move(by, case, CaseStatus.WITHDRAWN, reason, at)
    case.save(update_fields=["status"])
    audit.record(by=by, did=audit.Did.RIGHTS_MOVED, to=case, rule="rights.withdrawn", at=at)
    return case
