"""The words of the access rule: who asks, what is asked of, what is asked for."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Verb(StrEnum):
    """What can be asked of a record. Search, count, graph and report are read or disclose."""

    LOCATE = "locate"
    READ = "read"
    WRITE = "write"
    DISCLOSE = "disclose"
    RELABEL = "relabel"
    ERASE = "erase"


class RecordClass(IntEnum):
    ORDINARY = 1
    VICTIM_IDENTITY = 2
    SOURCE_IDENTITY = 3
    SEALED = 4
    PRODUCT = 5
    OVERSIGHT = 6


class Level(IntEnum):
    """How sensitive. Above OFFICIAL-SENSITIVE is beyond what the system is accredited for."""

    OFFICIAL = 0
    OFFICIAL_SENSITIVE = 1

    @property
    def words(self) -> str:
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class Envelope:
    """The label of a record. `audience` is an interned set of agencies, `compartment` at most
    one.
    """

    record_class: int
    owner: int
    level: int
    compartment: int | None = None
    audience: int | None = None


@dataclass(frozen=True)
class Viewer:
    """Somebody in a session, as the rule sees them. `grants` holds (record class, verb)."""

    agency: int
    level: int
    grants: frozenset[tuple[int, str]] = field(default_factory=frozenset)
    compartments: frozenset[int] = field(default_factory=frozenset)
    audiences: frozenset[int] = field(default_factory=frozenset)
    live: bool = True
