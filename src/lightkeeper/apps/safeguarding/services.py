"""The duty to consider every child (FS 4, 12; mission C1)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor, Agency, Bucket, relabelled
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.safeguarding import permissions, policies
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.apps.safeguarding.happenings import ConsiderationDecided
from lightkeeper.apps.safeguarding.models import Consideration, ConsiderationOutcome
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import Refused
from lightkeeper.core.locking import hold
from lightkeeper.core.references import new_reference

__all__ = [
    "Consideration", "check_can_decide", "check_decided", "consider_records", "decide",
    "open_consideration", "share_with_task",
]  # fmt: skip


def check_decided(about: str) -> None:
    """Raises: Refused while a child in this is still to be considered.

    What the person asking may not see counts too: the database holds the same rule, for all.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sec.undecided(%s)", [about])
        row = cursor.fetchone()
    if row and row[0]:
        raise Refused(
            "safeguarding.undecided",
            f"A child is concerned in {about}, and what they need is still to be decided.",
        )


def consider_records(record_ids: Sequence[int], *, at: datetime) -> int:
    """Open a consideration for each of these records that concerns a child. Returns how many.

    One statement, however many records: it is on the way of every row that is taken in.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, reference, bucket_id from intake_record "
            "where id = any(%s) and concerns_child",
            [list(record_ids)],
        )
        children = cursor.fetchall()
    Consideration._base_manager.bulk_create(
        [
            Consideration(
                reference=new_reference("CON"),
                bucket_id=bucket_id,
                about=reference,
                record_id=record_id,
                because="The record concerns a child.",
                opened_at=at,
            )
            for record_id, reference, bucket_id in children
        ],
        ignore_conflicts=True,
    )
    return len(children)


def open_consideration(
    *, by: Actor, about: str, record: Record, bucket: Bucket, because: str, at: datetime
) -> Consideration:
    """Open a consideration for the child this record is of, in what `about` names.

    It carries the label of what it is about, so that whoever has the task has the duty too.
    """
    consideration = Consideration(
        reference=new_reference("CON"),
        bucket=bucket,
        about=about,
        record=record,
        because=because,
        opened_at=at,
    )
    consideration.save(force_insert=True)
    audit.record(by=by, did=audit.Did.CONSIDERATION_OPENED, to=[consideration, about], at=at)
    return consideration


def share_with_task(*, about: str, bucket: Bucket) -> None:
    """Give the considerations of a task the task's new label: whoever is asked has the duty too."""
    Consideration._base_manager.filter(about=about).update(bucket=bucket)


def check_can_decide(by: Actor, consideration: Consideration) -> None:
    permissions.check_may_decide(by)
    policies.check_undecided(consideration)


@transaction.atomic
def decide(
    *,
    by: Actor,
    consideration: Consideration,
    decision: ConsiderationDecision,
    reason: str,
    at: datetime,
) -> ConsiderationOutcome:
    """Decide what the child needs. The decision belongs to the agency that makes it.

    Raises:
        NotPermitted: the role of `by` does not carry the duty.
        Refused: it is decided already, or there is no reason.

    Source: mission C1; Children Act 2004 s.11, s.28.
    """
    # Two who decide at once: the second waits here, and then finds it decided.
    consideration = hold(consideration)
    check_can_decide(by, consideration)
    policies.check_reason(reason)
    outcome = ConsiderationOutcome(
        bucket=_label_of_answer(by, consideration),
        consideration=consideration,
        decision=decision,
        reason=reason,
        person_id=by.person_id,
        decided_at=at,
    )
    outcome.save(force_insert=True)
    audit.record(
        by=by,
        did=audit.Did.CONSIDERATION_DECIDED,
        to=[consideration.reference, consideration.about],
        reason=reason,
        at=at,
    )
    announce(ConsiderationDecided(consideration.reference, consideration.about, at))
    return outcome


def _label_of_answer(by: Actor, consideration: Consideration) -> Bucket:
    """Owned by whoever answers, released to everybody who could see what was asked."""
    asked = consideration.bucket
    released = asked.audience.members.values_list("agency", flat=True) if asked.audience else []
    others = Agency.objects.filter(pk__in=[asked.owner_id, *released])
    return relabelled(asked, owner=by.agency, released_to=others)
