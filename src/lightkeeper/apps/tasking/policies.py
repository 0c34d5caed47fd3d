"""What may happen to a task now, whoever asks. Pure: no database, no clock."""

from datetime import date, datetime

from lightkeeper.apps.tasking.choices import OutcomeKind
from lightkeeper.apps.tasking.choices import TaskStatus as S
from lightkeeper.apps.tasking.models import Task
from lightkeeper.core.errors import Refused

# The trigger on steps holds the same table, and whose move each is.
MOVES: dict[S, set[S]] = {
    S.PROPOSED: {S.SENT, S.REJECTED},
    S.REJECTED: set(),
    S.SENT: {S.ACCEPTED, S.REFUSED},
    S.ACCEPTED: {S.CLOSED},
    S.REFUSED: set(),
    S.CLOSED: set(),
}


def check_move(task: Task, to: S) -> None:
    now = S(task.status)
    if to not in MOVES[now]:
        raise Refused(
            "task.move",
            f"{task} is {str(now.label).lower()}; it cannot become {str(to.label).lower()}.",
        )


def check_due(due_at: datetime, *, at: datetime) -> None:
    if due_at <= at:
        raise Refused("task.due", "The due date must be in the future.")


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("task.reason", "Say why.")


def check_agency(task_owner: int, agency: int) -> None:
    if task_owner == agency:
        raise Refused("task.agency", "Choose another agency: this one is yours.")


def check_outcome(kind: str, happened_on: date, *, on: date) -> None:
    if kind not in OutcomeKind.values:
        raise Refused("outcome.kind", f"{kind} is no kind of outcome.")
    if happened_on > on:
        raise Refused("outcome.date", "An outcome cannot lie in the future.")
