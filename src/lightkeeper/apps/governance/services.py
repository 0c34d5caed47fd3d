"""Reviewing what is kept, holding it, disposing of it by two people, and telling who was given it.

Types that the apps above need are named in `__all__`.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.governance import permissions, policies, queries, reckoning
from lightkeeper.apps.governance.choices import AT_ANY_TIME, Ground, HoldKind, Question
from lightkeeper.apps.governance.models import Disposal, Hold, Notice, Review
from lightkeeper.apps.governance.reckoning import Entry
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import services as picture
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import Refused
from lightkeeper.core.locking import lock
from lightkeeper.core.references import new_reference

__all__ = [
    "Disposal", "Hold", "Notice", "Review", "acknowledge", "check_can_confirm", "check_can_hold",
    "check_can_propose", "check_can_release", "check_can_retain", "check_can_withdraw",
    "confirm_disposal", "place_hold", "propose_disposal", "release_hold", "retain",
    "withdraw_disposal",
]  # fmt: skip

SWEEP = "governance.sweep"


def check_can_retain(by: Actor, record: Record) -> None:
    permissions.check_may_review(by, record.bucket_id)


@transaction.atomic
def retain(
    *,
    by: Actor,
    record: Record,
    number: int,
    number_reason: str,
    answers: Collection[str],
    reason: str,
    next_review: date,
    at: datetime,
) -> Review:
    """Decide to keep a record, in which review group and until when it is looked at again.

    Raises:
        NotPermitted: the role of `by` does not review, or another agency owns the record.
        Refused: there is no reason or no such group, or the day is past or too far off.

    Source: MoPI national retention assessment; Data Protection Act 2018 s.39.
    """
    check_can_retain(by, record)
    policies.check_reason(reason)
    policies.check_reason(number_reason)
    rule = next((one for one in queries.rules_on(day_of(at)) if one.number == number), None)
    if rule is None:
        raise Refused("retention.group", f"There is no review group {number} today.")
    latest = policies.years_after(day_of(at), rule.review_years)
    policies.check_next_review(next_review, on=day_of(at), latest=latest)
    entry = queries.entry_of(by, record, on=day_of(at))
    review = Review(
        reference=new_reference("RVW"),
        bucket_id=record.bucket_id,
        record=record,
        number=number,
        number_reason=number_reason.strip(),
        clear_from=entry.clear_from,
        next_review=next_review,
        answers=sorted({Question(answer).value for answer in answers}),
        reason=reason.strip(),
        person_id=by.person_id,
        made_at=at,
    )
    review.save(force_insert=True)
    to = [review.reference, record.reference]
    audit.record(by=by, did=audit.Did.REVIEWED, to=to, rule=f"retention.group_{number}", at=at)
    return review


def check_can_hold(by: Actor, record: Record) -> None:
    permissions.check_may_review(by, record.bucket_id)


@transaction.atomic
def place_hold(
    *, by: Actor, record: Record, kind: HoldKind, whole_report: bool, reason: str, at: datetime
) -> Hold:
    """Stop every disposal of a record, or of all that its report brought, until it is released.

    Raises: NotPermitted; Refused without a reason.
    Source: CPIA 1996 Code of Practice; Inquiries Act 2005 s.35.
    """
    check_can_hold(by, record)
    policies.check_reason(reason)
    if whole_report:
        permissions.check_may_review(by, record.report.bucket_id)
    hold = Hold(
        reference=new_reference("HLD"),
        bucket_id=record.report.bucket_id if whole_report else record.bucket_id,
        report_id=record.report_id,
        record=None if whole_report else record,
        kind=kind,
        reason=reason.strip(),
        placed_by_id=by.person_id,
        placed_at=at,
    )
    hold.save(force_insert=True)
    to = [hold.reference, record.report.reference if whole_report else record.reference]
    audit.record(by=by, did=audit.Did.HELD, to=to, rule=f"hold.{kind.lower()}", at=at)
    return hold


def check_can_release(by: Actor, hold: Hold) -> None:
    permissions.check_may_dispose(by, hold.bucket_id)
    if hold.released_at is not None:
        raise Refused("hold.released", f"{hold} was released before.")


@transaction.atomic
def release_hold(*, by: Actor, hold: Hold, reason: str, at: datetime) -> Hold:
    """End a hold: the trial, the claim or the inquiry is over. Who may dispose may release.

    Raises: NotPermitted; Refused if it was released before, or without a reason.
    """
    permissions.check_may_dispose(by, hold.bucket_id)
    hold = lock(hold)
    check_can_release(by, hold)
    policies.check_reason(reason)
    hold.released_by_id, hold.released_at, hold.release_reason = by.person_id, at, reason.strip()
    hold.save(update_fields=["released_by", "released_at", "release_reason"])
    audit.record(by=by, did=audit.Did.HOLD_RELEASED, to=hold, at=at)
    return hold


def check_can_propose(by: Actor, record: Record) -> None:
    permissions.check_may_review(by, record.bucket_id)
    policies.check_stops(reckoning.stops_disposal(record.pk))
    if Disposal.objects.visible_to(by).filter(record=record, withdrawn_at=None).exists():
        raise Refused("disposal.proposed", "It is proposed already; another person confirms it.")


@transaction.atomic
def propose_disposal(
    *,
    by: Actor,
    record: Record,
    ground: Ground,
    answers: Collection[str],
    reason: str,
    at: datetime,
) -> Disposal:
    """Propose that a record go. Nothing is removed before another person confirms.

    Raises:
        NotPermitted: the role of `by` does not review, or another agency owns the record.
        Refused: something stands on it, it is proposed already, there is no reason, or it is too
            early for this ground.

    Source: MoPI; Data Protection Act 2018 s.39, s.47.
    """
    record = lock(record) if record.bucket_id in by.writable else record
    check_can_propose(by, record)
    policies.check_reason(reason)
    _check_ground(ground, queries.entry_of(by, record, on=day_of(at)), answers, day_of(at))
    disposal = Disposal(
        reference=new_reference("DSP"),
        bucket_id=record.bucket_id,
        record=record,
        ground=ground,
        answers=sorted({Question(answer).value for answer in answers}),
        reason=reason.strip(),
        proposed_by_id=by.person_id,
        proposed_at=at,
    )
    disposal.save(force_insert=True)
    to = [disposal.reference, record.reference]
    audit.record(by=by, did=audit.Did.DISPOSAL_PROPOSED, to=to, rule=_rule(ground), at=at)
    return disposal


def _check_ground(ground: Ground, entry: Entry, answers: Collection[str], on: date) -> None:
    kept_until = None
    if entry.to_age is not None:
        # Whose age nobody knows is kept as if born on the day it was recorded.
        kept_until = policies.years_after(entry.born_on or entry.clear_from, entry.to_age)
    policies.check_can_go(ground, due=entry.due, on=on, answers=answers, kept_until=kept_until)


def _rule(ground: str) -> str:
    return f"retention.{ground.lower()}"


def check_can_withdraw(by: Actor, disposal: Disposal) -> None:
    permissions.check_may_review(by, disposal.bucket_id)
    if disposal.withdrawn_at is not None:
        raise Refused("disposal.withdrawn", f"{disposal} was withdrawn before.")


@transaction.atomic
def withdraw_disposal(*, by: Actor, disposal: Disposal, reason: str, at: datetime) -> Disposal:
    """Take a proposal back, one's own or a colleague's; the record stays.

    Raises: NotPermitted; Refused if it was withdrawn before, or without a reason.
    """
    permissions.check_may_review(by, disposal.bucket_id)
    disposal = lock(disposal)
    check_can_withdraw(by, disposal)
    policies.check_reason(reason)
    disposal.withdrawn_by_id, disposal.withdrawn_at = by.person_id, at
    disposal.withdrawal_reason = reason.strip()
    disposal.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    audit.record(by=by, did=audit.Did.DISPOSAL_WITHDRAWN, to=disposal, at=at)
    return disposal


def check_can_confirm(by: Actor, disposal: Disposal) -> None:
    permissions.check_may_dispose(by, disposal.bucket_id)
    policies.check_two(disposal.proposed_by_id, by.person_id)
    if disposal.withdrawn_at is not None:
        raise Refused("disposal.withdrawn", f"{disposal} was withdrawn before.")
    policies.check_stops(reckoning.stops_disposal(disposal.record_id))


@transaction.atomic
def confirm_disposal(*, by: Actor, disposal: Disposal, reason: str, at: datetime) -> str:
    """Dispose of a record as a second person, for good. Returns its reference.

    Everything derived from it goes with it; proof without content stays; the agencies that were
    given it are told; the picture around it is worked out again. The reasons of both go too: they
    may say what the record said. The event names the rule.

    Raises:
        NotPermitted: the role of `by` does not dispose, or another agency owns the record.
        Refused: `by` proposed it, it was withdrawn, something stands on it, its ground no longer
            holds, or there is no reason.

    Source: MoPI; Data Protection Act 2018 s.39, s.47, s.62.
    """
    permissions.check_may_dispose(by, disposal.bucket_id)
    disposal = lock(disposal)
    check_can_confirm(by, disposal)
    policies.check_reason(reason)
    if disposal.ground not in AT_ANY_TIME:
        entry = queries.entry_of(by, disposal.record, on=day_of(at))
        _check_ground(Ground(disposal.ground), entry, disposal.answers, day_of(at))
    gone, report, digest, part, _told = reckoning.dispose(disposal.pk)
    to = [one for one in (gone, report, disposal.reference) if one]
    audit.record(by=by, did=audit.Did.ERASED, to=to, rule=_rule(disposal.ground), at=at)
    if part is not None:
        picture.ask_to_resolve_part(by=by, part=part, at=at)
    if digest:
        errands.ask(by=by, kind=SWEEP, at=at, digest=digest)
    return gone


@transaction.atomic
def acknowledge(*, by: Actor, notice: Notice, at: datetime) -> Notice:
    """Say for one's agency that the notice has been read and acted on.

    Raises: NotPermitted if another agency was told; Refused if somebody did so before.
    Source: Data Protection Act 2018 s.38(5), s.48.
    """
    permissions.check_may_acknowledge(by, notice.bucket_id)
    notice = lock(notice)
    if notice.acknowledged_at is not None:
        raise Refused("notice.acknowledged", f"{notice} was acknowledged before.")
    notice.acknowledged_by_id, notice.acknowledged_at = by.person_id, at
    notice.save(update_fields=["acknowledged_by", "acknowledged_at"])
    audit.record(
        by=by, did=audit.Did.NOTICE_ACKNOWLEDGED, to=[notice.reference, notice.about], at=at
    )
    return notice
