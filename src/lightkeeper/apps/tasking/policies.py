"""What may happen to a task now, whoever asks. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.tasking.choices import OutcomeKind
from lightkeeper.apps.tasking.choices import TaskStatus as S
from lightkeeper.apps.tasking.models import Task
from lightkeeper.core.errors import Refused

NO_FURTHER_ACTION = OutcomeKind.NO_FURTHER_ACTION


@dataclass(frozen=True)
class Came:
    """One thing that came of a task. `for_whom`: if not whom the task is about."""

    kind: OutcomeKind
    happened_on: date
    evidence: str
    for_whom: Record | None = None


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


def check_objective(objective: str) -> None:
    if not objective.strip():
        raise Refused("task.objective", "Say what is to be achieved.")


def check_agency(task_owner: int, agency: int) -> None:
    if task_owner == agency:
        raise Refused("task.agency", "Choose another agency: this one is yours.")


def check_outcomes(outcomes: Sequence[Came], *, on: date) -> None:
    """A task closes with at least one outcome; with "no further action" alone, if with that."""
    if not outcomes:
        raise Refused("outcome.none", "Say what came of it, if only that nothing further is done.")
    for came in outcomes:
        check_outcome(came, on=on)
    if len(outcomes) > 1 and any(came.kind == NO_FURTHER_ACTION for came in outcomes):
        raise Refused("outcome.nothing", "No further action stands alone: something came of it.")


def check_outcome(came: Came, *, on: date) -> None:
    if came.kind not in OutcomeKind.values:
        raise Refused("outcome.kind", f"{came.kind} is no kind of outcome.")
    if came.happened_on > on:
        raise Refused("outcome.date", "An outcome cannot lie in the future.")
    if not came.evidence.strip():
        raise Refused("outcome.evidence", "Say how it is known.")
