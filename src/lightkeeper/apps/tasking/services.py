"""What can be done with a task. One function, one transaction.

A task is held at its number and not by its row: sending changes its label, and a row that is waited
for would be looked at again with the labels of before, and not be found.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Agency, Bucket, relabelled
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.safeguarding import services as safeguarding
from lightkeeper.apps.tasking import permissions, policies
from lightkeeper.apps.tasking.choices import COUNTING_RULE, Level, TaskStatus, Theme
from lightkeeper.apps.tasking.happenings import TaskAnswered, TaskClosed, TaskProposed, TaskSent
from lightkeeper.apps.tasking.models import Outcome, Step, Task
from lightkeeper.apps.tasking.policies import Came
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import NotFound
from lightkeeper.core.locking import hold
from lightkeeper.core.references import new_reference

__all__ = [
    "Came", "Outcome", "Step", "Task", "accept_task", "check_can_accept", "check_can_close",
    "check_can_propose", "check_can_refuse", "check_can_reject", "check_can_send", "close_task",
    "consider_anew", "propose_task", "refuse_task", "reject_task", "send_task",
]  # fmt: skip


def check_can_propose(by: Actor, record: Record) -> None:
    permissions.check_may_propose(by, record)


@transaction.atomic
def propose_task(
    *,
    by: Actor,
    record: Record,
    agency: Agency,
    threat: str,
    theme: Theme,
    level: Level,
    objective: str,
    reason: str,
    at: datetime,
) -> Task:
    """Propose that an agency does something about whoever this record is of.

    Nobody outside the proposer's agency sees it until it is sent. Where a child is concerned, a
    consideration opens with it.

    Raises: NotFound for a record that is not shared with `by`; NotPermitted; Refused if the agency
        is the proposer's own, or there is no objective or reason.
    Source: mission T1, C1.
    """
    check_can_propose(by, record)
    policies.check_agency(by.agency_id, agency.pk)
    policies.check_objective(objective)
    policies.check_reason(reason)
    task = Task(
        reference=new_reference("TSK"),
        bucket=relabelled(record.bucket, owner=by.agency, released_to=[]),
        owner=by.agency,
        agency=agency,
        record=record,
        threat=threat,
        theme=theme,
        level=level,
        objective=objective,
        proposed_by_id=by.person_id,
        proposed_at=at,
    )
    task.save(force_insert=True)
    _consider_children(by, task, task.bucket, at)
    _step(by, task, TaskStatus.PROPOSED, reason, at)
    audit.record(by=by, did=audit.Did.TASK_PROPOSED, to=[task, record], reason=reason, at=at)
    announce(TaskProposed(task.reference))
    return task


def _consider_children(by: Actor, task: Task, bucket: Bucket, at: datetime) -> None:
    """A consideration for the child whom this task concerns, as far as `by` sees the picture.

    Asked again when it is sent and taken on: what was linked since may say that it is a child.
    """
    try:
        records = picture.look_up(by, task.record.reference).records
    except (NotFound, Record.DoesNotExist):
        return  # not shared with them; whoever proposed it saw it
    # One subject is one child, however many records say so.
    child = next((record for record in records if record.concerns_child), None)
    if child is None or safeguarding.is_considered(by, task.reference):
        return
    safeguarding.open_consideration(
        by=by,
        about=task.reference,
        record=child,
        bucket=bucket,
        because="A child is concerned in a task.",
        at=at,
    )


def consider_anew() -> None:
    """Open a consideration for each open task whose subject has come to be a child.

    The database looks, for everybody at once: who asked for the picture to be worked out may see
    neither the task nor the child. Only a record counts that the task's owner or the agency that
    leads it may read, so that none is given away.

    Source: mission C1.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sec.consider_children_in_tasks()")


def _step(by: Actor, task: Task, to: TaskStatus, reason: str, at: datetime) -> None:
    """Record the move; the database makes it, if it is this agency's to make."""
    other = task.agency if by.agency_id == task.owner_id else task.owner
    hidden = to in (TaskStatus.PROPOSED, TaskStatus.REJECTED)
    Step(
        bucket=relabelled(task.bucket, owner=by.agency, released_to=[] if hidden else [other]),
        task=task,
        to=to,
        reason=reason,
        person_id=by.person_id,
        at=at,
    ).save(force_insert=True)
    hold(task)  # as the database has moved it


def check_can_reject(by: Actor, task: Task) -> None:
    permissions.check_may_decide(by, task)
    policies.check_move(task, TaskStatus.REJECTED)


@transaction.atomic
def reject_task(*, by: Actor, task: Task, reason: str, at: datetime) -> Task:
    """Decide not to adopt a proposal.

    Raises: NotPermitted; Refused if it is no proposal any more, or there is no reason.
    """
    task = hold(task)
    check_can_reject(by, task)
    policies.check_reason(reason)
    _step(by, task, TaskStatus.REJECTED, reason, at)
    audit.record(by=by, did=audit.Did.TASK_REJECTED, to=task, reason=reason, at=at)
    return task


def check_can_send(by: Actor, task: Task) -> None:
    permissions.check_may_decide(by, task)
    policies.check_move(task, TaskStatus.SENT)


@transaction.atomic
def send_task(*, by: Actor, task: Task, due_at: datetime, reason: str, at: datetime) -> Task:
    """Send a proposed task to the agency that will lead it, which then accepts or refuses.

    The agency sees the task from now on, and the duty to the child with it; the records only
    where they were shared with it already.

    Raises:
        NotPermitted: `by` may not decide for the owner.
        Refused: it is not a proposal, it is due in the past, or there is no reason.

    Source: mission T1, T2 (FS 3, 9).
    """
    task = hold(task)
    check_can_send(by, task)
    policies.check_due(due_at, at=at)
    policies.check_reason(reason)

    task.bucket = relabelled(task.bucket, owner=task.owner, released_to=[task.agency])
    task.due_at, task.sent_at = due_at, at
    task.save(update_fields=["bucket", "due_at", "sent_at"])
    _consider_children(by, task, task.bucket, at)
    safeguarding.share_with_task(by=by, about=task.reference, bucket=task.bucket)
    _step(by, task, TaskStatus.SENT, reason, at)
    audit.record(
        by=by,
        did=audit.Did.TASK_SENT,
        to=task,
        reason=reason,
        recipient=task.agency.name,
        at=at,
    )
    announce(TaskSent(task.reference))
    return task


def check_can_accept(by: Actor, task: Task) -> None:
    permissions.check_may_answer(by, task)
    policies.check_move(task, TaskStatus.ACCEPTED)


@transaction.atomic
def accept_task(*, by: Actor, task: Task, reason: str, at: datetime) -> Task:
    """Take on a task that was sent to one's agency.

    Raises: NotPermitted; Refused if it has been answered, or there is no reason.
    """
    task = hold(task)
    check_can_accept(by, task)
    policies.check_reason(reason)
    _consider_children(by, task, _answer_label(by, task), at)
    _step(by, task, TaskStatus.ACCEPTED, reason, at)
    audit.record(by=by, did=audit.Did.TASK_ACCEPTED, to=task, reason=reason, at=at)
    announce(TaskAnswered(task.reference, accepted=True))
    return task


def check_can_refuse(by: Actor, task: Task) -> None:
    permissions.check_may_answer(by, task)
    policies.check_move(task, TaskStatus.REFUSED)


@transaction.atomic
def refuse_task(*, by: Actor, task: Task, reason: str, at: datetime) -> Task:
    """Send a task back with a reason; its owner sees both.

    Raises: NotPermitted; Refused if it has been answered, or there is no reason.
    """
    task = hold(task)
    check_can_refuse(by, task)
    policies.check_reason(reason)
    _step(by, task, TaskStatus.REFUSED, reason, at)
    audit.record(by=by, did=audit.Did.TASK_REFUSED, to=task, reason=reason, at=at)
    announce(TaskAnswered(task.reference, accepted=False))
    return task


def check_can_close(by: Actor, task: Task) -> None:
    permissions.check_may_answer(by, task)
    policies.check_move(task, TaskStatus.CLOSED)
    safeguarding.check_decided(task.reference)


@transaction.atomic
def close_task(
    *, by: Actor, task: Task, outcomes: Sequence[Came], reason: str, at: datetime
) -> Task:
    """Close a task with what came of it: each outcome counts once, for whom it is.

    Raises:
        NotPermitted: another agency leads it.
        Refused: it has not been accepted, a child in it or for whom something came of it is still
            to be considered, there is no outcome, or one that lies in the future.

    Source: mission T1, R1.
    """
    task = hold(task)
    check_can_close(by, task)
    policies.check_reason(reason)
    policies.check_outcomes(outcomes, on=timezone.localdate(at))
    for came in outcomes:
        if came.for_whom is not None:
            safeguarding.check_decided(came.for_whom.reference)
    references = tuple(_enter_outcome(by, task, came, at) for came in outcomes)
    _step(by, task, TaskStatus.CLOSED, reason, at)
    audit.record(by=by, did=audit.Did.OUTCOME_RECORDED, to=[*references, task], at=at)
    audit.record(by=by, did=audit.Did.TASK_CLOSED, to=task, reason=reason, at=at)
    announce(TaskClosed(task.reference, references))
    return task


def _enter_outcome(by: Actor, task: Task, came: Came, at: datetime) -> str:
    outcome = Outcome(
        reference=new_reference("OUT"),
        bucket=_answer_label(by, task),
        task=task,
        record=came.for_whom,
        kind=came.kind,
        happened_on=came.happened_on,
        evidence=came.evidence,
        person_id=by.person_id,
        recorded_at=at,
        counting_rule=COUNTING_RULE,
    )
    outcome.save(force_insert=True)
    return outcome.reference


def _answer_label(by: Actor, task: Task) -> Bucket:
    return relabelled(task.bucket, owner=by.agency, released_to=[task.owner])
