"""What the apps above show on the page of a subject: tasks, considerations.

They rest on this app and not the other way round, so each enters a function here when it starts
(`slots.add(tasks_of_subject)` in its `reactions.py` or `apps.py`). The function is asked for the
viewer, with the numbers of the records they see of this subject, and answers with what to show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lightkeeper.apps.accounts.services import Actor


@dataclass(frozen=True)
class Slot:
    """A piece of the subject's page: a partial of the app it is of, and what to fill it with.

    The partial finds each part of the context by its name, and all of it as `slot`.
    """

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


Filler = Callable[[Actor, list[int]], Slot | None]
subject_slots: list[Filler] = []


def add(filler: Filler) -> Filler:
    if filler not in subject_slots:
        subject_slots.append(filler)
    return filler


def slots_for(actor: Actor, record_ids: Sequence[int]) -> list[Slot]:
    found = (filler(actor, list(record_ids)) for filler in subject_slots)
    return [slot for slot in found if slot is not None]
