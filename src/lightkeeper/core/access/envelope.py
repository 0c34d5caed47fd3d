"""The words of the access rule: who asks, what is asked of, what is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum
from typing import Self


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
    RESTRICTED = 7  # hidden from use, by the right of whoever it is about
    RIGHTS = 8  # requests of people about what is held on them, and breaches of it


class Level(IntEnum):
    """How sensitive. Above OFFICIAL-SENSITIVE is beyond what the system is accredited for."""

    OFFICIAL = 0
    OFFICIAL_SENSITIVE = 1

    @property
    def words(self) -> str:
        return self.name.replace("_", "-")


class Cond(IntFlag):
    """Handling conditions: what may be done with a record beyond reading it."""

    ORCON = 1  # passed on only with its owner's consent
    NO_EXPORT = 2  # never passed on
    POINTER = 4  # others may be told that its owner holds something
    SILENT_POINTER = 8  # its owner is told who asked; whoever asks is told nothing
    LEAD_ONLY = 16  # a lead: no evidential or overt use
    NO_FOREIGN = 32  # not outside the country

    @property
    def words(self) -> list[str]:
        """Each condition as it is marked, such as NO-EXPORT."""
        return [str(one.name).replace("_", "-") for one in Cond if one in self]

    @classmethod
    def named(cls, words: Iterable[str]) -> Self:
        """Raises: KeyError for a word that is no condition."""
        found = cls(0)
        for word in words:
            found |= cls[word.replace("-", "_")]
        return found


# What somebody who broke the glass may read: ordinary records and who a victim is.
BEHIND_GLASS = frozenset({RecordClass.ORDINARY, RecordClass.VICTIM_IDENTITY})


@dataclass(frozen=True)
class Envelope:
    """The label of a record. `audience` is an interned set of agencies, `compartment` at most
    one; `root` is whom or what it hangs from, where somebody is excluded from that, consented to
    its passing on, or broke the glass on it.
    """

    record_class: int
    owner: int
    level: int
    compartment: int | None = None
    audience: int | None = None
    conds: int = 0
    root: int | None = None


@dataclass(frozen=True)
class Viewer:
    """Somebody in a session, as the rule sees them. `grants` holds (record class, verb);
    `excluded` and `glass` hold roots, `consents` roots with the owner who consented;
    `dated` the conditions that are put on and lifted today, by root and owner.
    """

    agency: int
    level: int
    grants: frozenset[tuple[int, str]] = field(default_factory=frozenset)
    compartments: frozenset[int] = field(default_factory=frozenset)
    audiences: frozenset[int] = field(default_factory=frozenset)
    excluded: frozenset[int] = field(default_factory=frozenset)
    consents: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    glass: frozenset[int] = field(default_factory=frozenset)
    live: bool = True
    dated: Mapping[tuple[int | None, int], tuple[int, int]] = field(
        default_factory=dict, hash=False
    )
