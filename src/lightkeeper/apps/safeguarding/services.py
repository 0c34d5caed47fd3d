"""The duty to consider every child (FS 4, 12; mission C1)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor, Agency, Bucket, actor_now, relabelled
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
    "is_considered", "open_consideration", "share_with_task",
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


# A record's own consideration has the record's own letters: drawing new ones for a million records
# would take longer than writing the rows.
OPEN = """
insert into safeguarding_consideration
       (reference, about, record_id, because, opened_at, decided, bucket_id)
select 'CON-' || substr(record.reference, 5), record.reference, record.id, %s, %s, false,
       record.bucket_id
  from intake_record record
 where record.id = any(%s::bigint[]) and record.concerns_child
 order by record.id
on conflict (about, record_id) do nothing
returning reference
"""
OPEN_ONE = """
insert into safeguarding_consideration
       (reference, about, record_id, because, opened_at, decided, bucket_id)
values (%s, %s, %s, %s, %s, false, %s)
on conflict (about, record_id) do nothing
returning reference
"""


def consider_records(record_ids: Sequence[int], *, at: datetime) -> int:
    """Open a consideration for each of these records that concerns a child. Returns how many.

    One statement, however many records: it is on the way of every row that is taken in. Each
    carries its record's label.

    Source: mission C1.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPEN, ["The record concerns a child.", at, list(record_ids)])
        opened = [row[0] for row in cursor.fetchall()]
    if not opened:
        return 0
    by = actor_now()
    if by is not None:
        audit.record(by=by, did=audit.Did.CONSIDERATION_OPENED, to=opened, at=at)
    return len(opened)


def open_consideration(
    *, by: Actor, about: str, record: Record, bucket: Bucket, because: str, at: datetime
) -> None:
    """Open a consideration for the child this record is of, in what `about` names, if none is open.

    It carries the label of what it is about, so that whoever has the task has the duty too.
    """
    reference = new_reference("CON")
    # Another agency may have opened it out of sight: then there is one, and that is enough.
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ONE, [reference, about, record.pk, because, at, bucket.pk])
        opened = cursor.fetchone()
    if opened:
        audit.record(by=by, did=audit.Did.CONSIDERATION_OPENED, to=[reference, about], at=at)


def is_considered(by: Actor, about: str) -> bool:
    """Whether a consideration about this, open or decided, is in sight."""
    return Consideration.objects.visible_to(by).filter(about=about).exists()


def share_with_task(*, by: Actor, about: str, bucket: Bucket) -> None:
    """Give the considerations of a task the task's new label: whoever is asked has the duty too."""
    Consideration.objects.visible_to(by).filter(about=about).update(bucket=bucket)


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
