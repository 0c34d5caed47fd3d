"""Conditions with days on what one's agency owns, and its consent to their being passed on.

The guard's functions enter and end both, and ask again who acts. A condition counts, or counts no
more, from the first statement of its day: what somebody may use is not held past it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import (
    Actor,
    Agency,
    Consent,
    DatedCondition,
    Power,
    check_may,
    conditions_today,
)
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.sharing import queries
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.access.models import Labelled
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.core.references import new_reference

DATED = {"ORCON": Cond.ORCON, "NO-EXPORT": Cond.NO_EXPORT}
LONGEST_DAYS = 366  # for what makes passing on easier; a condition may stand for good
ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Handled:
    """How a record is to be handled today, and what was said of it for which days."""

    record: Record
    stated: tuple[str, ...]  # on its label
    today: tuple[str, ...]
    changes: tuple[DatedCondition, ...]
    consents: tuple[Consent, ...]
    beside: int  # other records of the owner, as far as the viewer sees, of which it is said too
    audience: tuple[Agency, ...]


def check_can_control(by: Actor, record: Record) -> None:
    check_may(by, Power.CONTROL)
    if record.bucket.owner_id != by.agency_id:
        raise NotPermitted("The agency that owns a record says how it is handled.")


def show(actor: Actor, reference: str) -> Handled:
    """Raises: NotFound, the same for what does not exist and what is not shared."""
    record = queries.get_record(actor, reference)
    bucket, own = record.bucket, {"bucket__owner": record.bucket.owner_id}
    changes: tuple[DatedCondition, ...] = ()
    consents: tuple[Consent, ...] = ()
    beside = 0
    if bucket.root_id is not None:
        hung = {**own, "root": bucket.root_id}
        rows = DatedCondition.objects.visible_to(actor).select_related("set_by").filter(**hung)
        changes = tuple(rows.order_by("-pk")[:ROWS_A_PAGE])
        given = Consent.objects.visible_to(actor).select_related("given_by", "agency")
        consents = tuple(given.filter(**hung).order_by("-pk")[:ROWS_A_PAGE])
        near = Record.objects.visible_to(actor).filter(**own, bucket__root=bucket.root_id)
        beside = near.exclude(pk=record.pk).count()
    audit.record(by=actor, did=audit.Did.HANDLING_SEEN, to=record.reference)
    return Handled(
        record, tuple(Cond(bucket.conds).words), tuple(conditions_today(actor, bucket).words),
        changes, consents, beside, tuple(audience_of(record)),
    )  # fmt: skip


def audience_of(record: Record) -> list[Agency]:
    """To whom it is released: only they could pass it on."""
    if record.bucket.audience_id is None:
        return []
    members = record.bucket.audience.members.values_list("agency", flat=True)
    return list(Agency.objects.filter(pk__in=list(members)).order_by("name"))


@transaction.atomic
def set_condition(
    *, by: Actor, record: Record, condition: str, put: bool, reason: str, since: date,
    until: date | None, at: datetime,
) -> str:  # fmt: skip
    """Put a condition on, or lift it, from a day to the day before another. Its reference.

    Raises: NotPermitted for another agency; Refused without a reason, for days that have passed,
        or for lifting without an end or for longer than a year.
    Source: mission A1; 3x5x2, handling C.
    """
    check_can_control(by, record)
    _check_said(reason)
    _check_days(since, until, day_of(at), ends=not put)
    reference = new_reference("CND")
    given = [reference, record.pk, int(DATED[condition]), put, reason.strip(), since, until]
    if not _ask("select sec.set_condition(%s, %s, %s, %s, %s, %s, %s)", given):
        raise Refused("condition.days", "It begins today or later, and ends after that.")
    did = audit.Did.CONDITION_SET if put else audit.Did.CONDITION_LIFTED
    said = f"{condition} from {since} to {until or 'no end'}: {reason}"
    audit.record(by=by, did=did, to=[reference, record.reference], reason=said, at=at)
    return reference


@transaction.atomic
def give_consent(
    *, by: Actor, record: Record, agency: Agency, reason: str, since: date, until: date,
    at: datetime,
) -> str:  # fmt: skip
    """Let an agency, to which the record is released, pass it on although we control that.

    Raises: NotPermitted for another agency; Refused without a reason or an end within a year, or
        if the record is not released to them.
    """
    check_can_control(by, record)
    _check_said(reason)
    _check_days(since, until, day_of(at), ends=True)
    reference = new_reference("RLS")
    given = [reference, record.pk, agency.pk, reason.strip(), since, until]
    if not _ask("select sec.give_consent(%s, %s, %s, %s, %s, %s)", given):
        raise Refused("consent.audience", f"It is not released to {agency}: they have it not.")
    audit.record(
        by=by, did=audit.Did.CONSENT_GIVEN, to=[reference, record.reference], at=at,
        reason=f"{agency.code} from {since} to {until}: {reason}",
    )  # fmt: skip
    return reference


@transaction.atomic
def end_condition(*, by: Actor, change: DatedCondition, reason: str, at: datetime) -> None:
    """End what was put on or lifted; what the label says counts again. At once.

    Raises: NotPermitted; Refused without a reason, or if it has ended.
    """
    _check_can_end(by, change)
    _check_said(reason)
    if not _ask("select sec.end_condition(%s)", [change.reference]):
        raise Refused("condition.ended", f"{change} has ended.")
    audit.record(by=by, did=audit.Did.CONDITION_ENDED, to=change.reference, reason=reason, at=at)


@transaction.atomic
def withdraw_consent(*, by: Actor, consent: Consent, reason: str, at: datetime) -> None:
    """From the next statement on they pass nothing on. Raises: as for ending a condition."""
    _check_can_end(by, consent)
    _check_said(reason)
    if not _ask("select sec.withdraw_consent(%s)", [consent.reference]):
        raise Refused("consent.ended", f"{consent} has ended.")
    audit.record(by=by, did=audit.Did.CONSENT_WITHDRAWN, to=consent.reference, reason=reason, at=at)


def get_condition(actor: Actor, reference: str) -> DatedCondition:
    """Raises: NotFound, the same for what does not exist and what is not shared."""
    rows = DatedCondition.objects.visible_to(actor).select_related("bucket")
    found: DatedCondition | None = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound("condition")
    return found


def get_consent(actor: Actor, reference: str) -> Consent:
    """Raises: NotFound, the same for what does not exist and what is not shared."""
    found: Consent | None = (
        Consent.objects.visible_to(actor).select_related("bucket").filter(reference=reference)
    ).first()
    if found is None:
        raise NotFound("consent")
    return found


def where_shown(actor: Actor, one: Consent | DatedCondition) -> Record | None:
    """A record of its owner that hangs from the same root, for the page to go back to."""
    rows = Record.objects.visible_to(actor).filter(bucket__root=one.root_id)
    found: Record | None = rows.filter(bucket__owner=one.bucket.owner_id).order_by("pk").first()
    return found


def agency_by_code(record: Record, code: str) -> Agency:
    """Raises: Refused for one to which it is not released, whether or not there is such a one."""
    found = next((one for one in audience_of(record) if one.code == code), None)
    if found is None:
        raise Refused("consent.audience", "It is not released to them: they have it not.")
    return found


def _check_can_end(by: Actor, one: Labelled) -> None:
    check_may(by, Power.CONTROL)
    if one.bucket.owner_id != by.agency_id:
        raise NotPermitted("The agency that owns a record says how it is handled.")


def _check_said(reason: str) -> None:
    if not reason.strip():
        raise Refused("condition.reason", "Say why.")


def _check_days(since: date, until: date | None, today: date, *, ends: bool) -> None:
    if since < today:
        raise Refused("condition.since", "It begins today or later.")
    if until is None and ends:
        raise Refused("condition.until", "Give the day on which it ends.")
    if until is not None and until <= since:
        raise Refused("condition.until", "It ends after the day on which it begins.")
    if ends and until is not None and until > today + timedelta(days=LONGEST_DAYS):
        raise Refused("condition.until", "It ends within a year, and is looked at again then.")


def _ask(statement: str, given: list[object]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return bool(cursor.fetchone()[0])
