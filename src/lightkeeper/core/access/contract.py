"""Which doors there are, and what each asks. A door that is not listed does not open."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec


class Ask(StrEnum):
    """What a door needs of whoever comes."""

    PUBLIC = "public"  # anybody, signed in or not
    SESSION = "session"  # signed in; nothing about a person is shown
    READ = "read"  # signed in; shows protected rows, so it must leave an event
    CHANGE = "change"  # signed in; changes something, so it must leave an event
    DISCLOSE = "disclose"  # signed in; something leaves, so it must leave an event


MUST_LEAVE_AN_EVENT = frozenset({Ask.READ, Ask.CHANGE, Ask.DISCLOSE})


@dataclass(frozen=True)
class Door:
    """One URL by its name: what it asks, the methods it answers, and what it shows."""

    ask: Ask
    methods: tuple[str, ...] = ("GET",)
    shows: str = ""


Contract = dict[str, Door]


def load_contract(modules: list[str]) -> Contract:
    """The doors of every app: each has a `contract.py` with a `DOORS` table.

    Raises: ValueError if two apps list the same door.
    """
    doors: Contract = {}
    for module in modules:
        if not find_spec(f"{module}.contract"):
            continue
        for name, door in import_module(f"{module}.contract").DOORS.items():
            if name in doors:
                raise ValueError(f"{name} is listed twice, again in {module}")
            doors[name] = door
    return doors
