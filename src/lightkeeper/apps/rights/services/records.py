"""Restricting a record, lifting that, and stating beside it what is right."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.rights import permissions, policies
from lightkeeper.apps.rights.choices import CorrectionKind, RestrictionGround
from lightkeeper.apps.rights.models import Correction, Restriction
from lightkeeper.core.access.envelope import RecordClass
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.core.references import new_reference

RESTRICTABLE = frozenset({RecordClass.ORDINARY, RecordClass.VICTIM_IDENTITY})


def check_can_restrict(by: Actor, record: Record) -> None:
    permissions.check_may_handle(by, record.bucket_id)
    if record.bucket.record_class == RecordClass.RESTRICTED:
        raise Refused("restriction.stands", f"{record} is restricted already.")
    if record.bucket.record_class not in RESTRICTABLE:
        raise Refused("restriction.class", "What is sealed is hidden from use already.")


@transaction.atomic
def restrict(
    *, by: Actor, record: Record, ground: RestrictionGround, reason: str, at: datetime
) -> str:
    """Hide a record from use: from search, ranking, review, tasking and exports of everybody but
    those who handle requests at its owner and at agencies it was given to. These are told.

    Returns the reference of the restriction.

    Raises: NotPermitted; Refused if it is restricted already, or without a reason.
    Source: Data Protection Act 2018 s.46(4), s.47(2), (3), s.48.
    """
    check_can_restrict(by, record)
    policies.check_reason(reason)
    reference = new_reference("RST")
    given = [record.pk, reference, str(ground), reason.strip()]
    if not _done("select sec.restrict(%s, %s, %s, %s)", given):
        raise NotPermitted("This record is not yours to restrict.")
    to = [reference, record.reference]
    audit.record(
        by=by, did=audit.Did.RESTRICTED, to=to, rule=f"restriction.{ground.lower()}", at=at
    )
    return reference


def check_can_lift(by: Actor, restriction: Restriction) -> None:
    permissions.check_may_handle(by, restriction.bucket_id)
    if restriction.lifted_at is not None:
        raise Refused("restriction.lifted", f"{restriction} was lifted before.")


@transaction.atomic
def lift(*, by: Actor, restriction: Restriction, reason: str, at: datetime) -> None:
    """Let a record be used again; it has the label it had. Raises: NotPermitted; Refused."""
    check_can_lift(by, restriction)
    policies.check_reason(reason)
    if not _done("select sec.lift_restriction(%s, %s)", [restriction.pk, reason.strip()]):
        raise Refused("restriction.lifted", f"{restriction} was lifted before.")
    to = [restriction.reference, restriction.record.reference]
    audit.record(by=by, did=audit.Did.RESTRICTION_LIFTED, to=to, at=at)


def check_can_correct(by: Actor, record: Record) -> None:
    permissions.check_may_handle(by, record.bucket_id)


@transaction.atomic
def correct(
    *,
    by: Actor,
    record: Record,
    kind: CorrectionKind,
    becomes: str,
    reason: str,
    at: datetime,
    of_property: str = "",
    was: str = "",
) -> Correction:
    """State beside a record what is right, or that whoever it is about disputes it.

    The record stays as it came. Every agency that was given it is told, by the database, so that
    none is missed whichever way this is entered.

    Raises: NotPermitted; Refused if it does not say what the record says, or without a reason.
    Source: Data Protection Act 2018 s.38(4), (5), s.46, s.48.
    """
    check_can_correct(by, record)
    policies.check_reason(reason)
    if not becomes.strip():
        raise Refused("correction.becomes", "Say what is right.")
    if of_property and was not in record.properties.get(of_property, []):
        raise Refused("correction.was", f"{record} does not say this.")
    correction = Correction(
        reference=new_reference("COR"), bucket_id=record.bucket_id, record=record,
        kind=CorrectionKind(kind), property=of_property, was=was, becomes=becomes.strip(),
        reason=reason.strip(), person_id=by.person_id, made_at=at,
    )  # fmt: skip
    correction.save(force_insert=True)
    to = [correction.reference, record.reference]
    audit.record(by=by, did=audit.Did.CORRECTED, to=to, rule=f"correction.{kind.lower()}", at=at)
    return correction


def _done(statement: str, given: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return bool(cursor.fetchone()[0])
