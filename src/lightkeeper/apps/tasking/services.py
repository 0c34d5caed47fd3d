"""What can be done with a task. One function, one transaction."""

from datetime import date, datetime

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor, Agency, Bucket, relabelled
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.safeguarding import services as safeguarding
from lightkeeper.apps.tasking import permissions, policies
from lightkeeper.apps.tasking.choices import COUNTING_RULE, Level, OutcomeKind, TaskStatus, Theme
from lightkeeper.apps.tasking.happenings import TaskAnswered, TaskClosed, TaskProposed, TaskSent
from lightkeeper.apps.tasking.models import Outcome, Step, Task
from lightkeeper.core.announcements import announce
from lightkeeper.core.locking import hold, lock
from lightkeeper.core.references import new_reference

__all__ = [
    "Outcome", "Step", "Task", "accept_task", "check_can_accept", "check_can_close",
    "check_can_refuse", "check_can_reject", "check_can_send", "close_task", "propose_task",
    "refuse_task", "reject_task", "send_task",
]  # fmt: skip


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

    Raises: NotPermitted; Refused if the agency is the proposer's own, or there is no reason.
    Source: mission T1, C1.
    """
    permissions.check_may_propose(by, record)
    policies.check_agency(by.agency_id, agency.pk)
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
    _consider_children(by, task, at)
    _step(by, task, TaskStatus.PROPOSED, reason, at)
    audit.record(by=by, did=audit.Did.TASK_PROPOSED, to=[task, record], reason=reason, at=at)
    announce(TaskProposed(task.reference))
    return task


def _consider_children(by: Actor, task: Task, at: datetime) -> None:
    """A consideration for each child among the records of the subject that the proposer sees."""
    for child in picture.look_up(by, task.record.reference).records:
        if child.concerns_child:
            safeguarding.open_consideration(
                by=by,
                about=task.reference,
                record=child,
                bucket=task.bucket,
                because="A child is concerned in a task.",
                at=at,
            )
            return  # one subject is one child, however many records say so


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
    task.status = to


def check_can_reject(by: Actor, task: Task) -> None:
    permissions.check_may_decide(by, task)
    policies.check_move(task, TaskStatus.REJECTED)


@transaction.atomic
def reject_task(*, by: Actor, task: Task, reason: str, at: datetime) -> Task:
    """Decide not to adopt a proposal.

    Raises: NotPermitted; Refused if it is no proposal any more, or there is no reason.
    """
    task = lock(task)
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
    task = lock(task)
    check_can_send(by, task)
    policies.check_due(due_at, at=at)
    policies.check_reason(reason)

    task.bucket = relabelled(task.bucket, owner=task.owner, released_to=[task.agency])
    task.due_at, task.sent_at = due_at, at
    task.save(update_fields=["bucket", "due_at", "sent_at"])
    safeguarding.share_with_task(about=task.reference, bucket=task.bucket)
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
    *,
    by: Actor,
    task: Task,
    kind: OutcomeKind,
    happened_on: date,
    evidence: str,
    reason: str,
    at: datetime,
) -> Outcome:
    """Close a task with what came of it. The outcome counts once, for whom the task is about.

    Raises:
        NotPermitted: another agency leads it.
        Refused: it has not been accepted, a child in it is still to be considered, or the outcome
            lies in the future.

    Source: mission T1, R1.
    """
    task = hold(task)
    check_can_close(by, task)
    policies.check_reason(reason)
    policies.check_outcome(kind, happened_on, on=at.date())
    outcome = Outcome(
        reference=new_reference("OUT"),
        bucket=_answer_label(by, task),
        task=task,
        kind=kind,
        happened_on=happened_on,
        evidence=evidence,
        person_id=by.person_id,
        recorded_at=at,
        counting_rule=COUNTING_RULE,
    )
    outcome.save(force_insert=True)
    _step(by, task, TaskStatus.CLOSED, reason, at)
    audit.record(by=by, did=audit.Did.OUTCOME_RECORDED, to=[outcome.reference, task], at=at)
    audit.record(by=by, did=audit.Did.TASK_CLOSED, to=task, reason=reason, at=at)
    announce(TaskClosed(task.reference, (outcome.reference,)))
    return outcome


def _answer_label(by: Actor, task: Task) -> Bucket:
    return relabelled(task.bucket, owner=by.agency, released_to=[task.owner])
