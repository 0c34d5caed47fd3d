"""A person's decision on two records, and its undoing."""

from datetime import datetime

from django.db import transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import permissions, policies, sql
from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.apps.intelligence.happenings import PairJudged
from lightkeeper.apps.intelligence.models import Judgement, Undoing
from lightkeeper.apps.intelligence.services.linking import RESOLVE
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import Refused
from lightkeeper.core.references import new_reference

LOCK_PAIR = "select pg_advisory_xact_lock(hashtextextended(%s, 7302))"


def check_can_judge(by: Actor) -> None:
    permissions.check_may_judge(by)


def check_can_undo(by: Actor, judgement: Judgement) -> None:
    permissions.check_may_judge(by)
    if Undoing.objects.visible_to(by).filter(judgement=judgement).exists():
        raise Refused("judgement.undone", f"{judgement.reference} is undone already.")


@transaction.atomic
def judge(
    *, by: Actor, left: Record, right: Record, verdict: str, reason: str, at: datetime
) -> Judgement:
    """Decide whether two records are of one person. Which is called left does not matter.

    The clusters around them are worked out again by the worker.

    Raises:
        NotPermitted: `by` may not judge.
        Refused: no reason, not two people, judged already, or other judgements contradict.

    Source: mission P2.
    """
    permissions.check_may_judge(by)
    policies.check_two(left.pk, right.pk)
    policies.check_kinds(left.kind, right.kind)
    policies.check_reason(reason)
    left, right = sorted((left, right), key=lambda record: record.pk)
    _one_at_a_time(left.pk, right.pk)
    policies.check_fits(left.pk, right.pk, Verdict(verdict), _standing_around(by, left, right))
    judgement = Judgement(
        reference=new_reference("JDG"),
        left=left,
        right=right,
        bucket_left_id=left.bucket_id,
        bucket_right_id=right.bucket_id,
        verdict=verdict,
        reason=reason.strip(),
        person_id=by.person_id,
        made_at=at,
    )
    judgement.save(force_insert=True)
    _after(by, audit.Did.JUDGED, judgement, left.reference, right.reference, reason, at)
    return judgement


@transaction.atomic
def undo_judgement(*, by: Actor, judgement: Judgement, reason: str, at: datetime) -> Undoing:
    """Take a judgement back. It stays to be read; the picture is as if it had not been made.

    Raises: NotPermitted; Refused if there is no reason, or it is undone already.
    Source: mission P2.
    """
    permissions.check_may_judge(by)
    policies.check_reason(reason)
    _one_at_a_time(judgement.left_id, judgement.right_id)
    check_can_undo(by, judgement)
    undoing = Undoing(
        judgement=judgement,
        bucket_left_id=judgement.bucket_left_id,
        bucket_right_id=judgement.bucket_right_id,
        reason=reason.strip(),
        person_id=by.person_id,
        made_at=at,
    )
    undoing.save(force_insert=True)
    records = (judgement.left.reference, judgement.right.reference)
    _after(by, audit.Did.JUDGEMENT_UNDONE, judgement, *records, reason, at)
    return undoing


def _after(
    by: Actor, did: audit.Did, judgement: Judgement, left: str, right: str, reason: str,
    at: datetime,
) -> None:  # fmt: skip
    records = [judgement.left_id, judgement.right_id]
    audit.record(by=by, did=did, to=[judgement.reference, left, right], reason=reason, at=at)
    announce(
        PairJudged(
            judgement.reference,
            (records[0], records[1]),
            judgement.verdict,
            did is audit.Did.JUDGEMENT_UNDONE,
            at,
        )
    )
    errands.ask(by=by, kind=RESOLVE, at=at, records=records)


def _one_at_a_time(left: int, right: int) -> None:
    """Of two who judge the same pair at once, the second waits and is then told."""
    with_lock = sql.rows(LOCK_PAIR, [f"{left}:{right}"])
    assert with_lock


def _standing_around(by: Actor, left: Record, right: Record) -> list[policies.Said]:
    """Standing judgements in sight that connect to either record, over others too."""
    found: dict[int, policies.Said] = {}
    known, edge = {left.pk, right.pk}, {left.pk, right.pk}
    standing = Judgement.objects.visible_to(by).filter(undoing__isnull=True)
    while edge:
        touching = standing.filter(left_id__in=edge) | standing.filter(right_id__in=edge)
        reached = set()
        for pk, *said in touching.values_list("pk", "left_id", "right_id", "verdict", "reference"):
            found[pk] = (said[0], said[1], said[2], said[3])
            if said[2] == Verdict.SAME:
                reached |= {said[0], said[1]}
        edge = reached - known
        known |= edge
    return list(found.values())
