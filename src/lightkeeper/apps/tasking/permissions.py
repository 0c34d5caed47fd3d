"""Who may do what to a task, whatever state it is in."""

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.tasking.models import Task
from lightkeeper.core.errors import NotFound, NotPermitted


def check_may_propose(by: Actor, record: Record) -> None:
    """Whoever sees the record and whose role proposes."""
    check_may(by, Power.PROPOSE)
    if record.bucket_id not in by.readable:
        raise NotFound("record")


def check_may_decide(by: Actor, task: Task) -> None:
    check_may(by, Power.DECIDE)
    if task.owner_id != by.agency_id:
        raise NotPermitted(f"Only {task.owner} decides on {task}.")


def check_may_answer(by: Actor, task: Task) -> None:
    check_may(by, Power.ANSWER)
    if task.agency_id != by.agency_id:
        raise NotPermitted(f"Only {task.agency} answers {task}.")
