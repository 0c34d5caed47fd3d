"""What the apps above show beside a record: that it is restricted, what was corrected.

They rest on this app and not the other way round, so each enters a function here when it starts.
The function is asked for the viewer and the record, and answers with what to show, or nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake.models import Record


@dataclass(frozen=True)
class Beside:
    """A partial of the app it is of, and what to fill it with."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Filler = Callable[[Actor, Record], Beside | None]
fillers: list[Filler] = []


def add(filler: Filler) -> Filler:
    if filler not in fillers:
        fillers.append(filler)
    return filler


def beside(actor: Actor, record: Record) -> list[Beside]:
    found = (filler(actor, record) for filler in fillers)
    return [one for one in found if one is not None]
