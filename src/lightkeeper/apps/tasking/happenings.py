"""What tasking announces to the apps above, inside the transaction of the change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TaskProposed:
    reference: str


@dataclass(frozen=True)
class TaskSent:
    reference: str


@dataclass(frozen=True)
class TaskAnswered:
    """The agency that was asked accepted or refused."""

    reference: str
    accepted: bool


@dataclass(frozen=True)
class TaskClosed:
    reference: str
    outcomes: tuple[str, ...]
