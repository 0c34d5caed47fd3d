"""What records show of identities, what is found in them, and what each reason weighs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

Thing = tuple[str, str]


class Kind(StrEnum):
    SEVERAL_IDENTITIES = "one person behind several identities"
    SEVERAL_PEOPLE = "one identity used by several people"
    DOCUMENTS = "documents that contradict"


@dataclass(frozen=True, slots=True)
class Showing:
    """One record in which an identity was shown: a name and a birth date, called by `identity`.

    `also` are other names that the record gives, `apart` the identities that it puts beside this
    one as somebody else, `biometric` an opaque reference (never an image), `place` an area.
    """

    record: str
    identity: str
    name: str
    born: date | None
    on: date
    things: frozenset[Thing] = frozenset()
    also: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    biometric: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Bits for (above 0) or against, why, and the records that show it."""

    bits: float
    sentence: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for a person to look at. It decides nothing."""

    kind: Kind
    identities: tuple[str, ...]
    bits: float
    reasons: tuple[Reason, ...]

    @property
    def for_it(self) -> tuple[Reason, ...]:
        return tuple(one for one in self.reasons if one.bits > 0)

    @property
    def against_it(self) -> tuple[Reason, ...]:
        return tuple(one for one in self.reasons if one.bits <= 0)


THINGS = {"document": 12.0, "account": 8.0, "phone": 6.0, "vehicle": 4.0, "address": 3.0}


@dataclass(frozen=True)
class Weights:
    """Bits of each reason. A thing that c identities show loses `damping` for each doubling of
    c - 1, and says nothing if more than `most_known` show it. A birth on 1 January is mostly a
    guess.
    """

    version: int = 1
    things: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(THINGS))
    most_known: int = 8
    damping: float = 2.0
    also: float = 8.0
    also_born_differs: float = 2.0
    biometric: float = 16.0
    born_same: float = 7.0
    born_on_new_year: float = 2.0
    born_differs: float = -2.0
    given_same: float = 2.0
    one_home: float = -8.0
    apart: float = -12.0
    elsewhere: float = -6.0
    alike: float = 80.0
    several_identities_at: float = 7.0
    other_phone: float = 3.0
    other_address: float = 2.0
    other_document: float = 3.0
    back_and_forth: float = 3.0
    others_behind: float = 4.0
    others_apart: float = 4.0
    one_after_the_other: float = -4.0
    common_name: float = -2.0
    most_known_in_camp: int = 4
    several_people_at: float = 12.0


class Shown:
    """All showings, by identity and by thing."""

    def __init__(self, showings: Iterable[Showing]) -> None:
        self.of: dict[str, list[Showing]] = defaultdict(list)
        self.by: dict[Thing, set[str]] = defaultdict(set)
        self.named: dict[str, set[str]] = defaultdict(set)
        for one in sorted(showings, key=lambda one: (one.on, one.record, one.identity)):
            self.of[one.identity].append(one)
            self.named[folded(one.name)].add(one.identity)
            for thing in one.things:
                self.by[thing].add(one.identity)

    def things(self, identity: str) -> dict[Thing, list[str]]:
        """The records that show each thing with this identity."""
        found: dict[Thing, list[str]] = defaultdict(list)
        for one in self.of[identity]:
            for thing in one.things:
                found[thing].append(one.record)
        return found


def folded(name: str) -> str:
    return " ".join(name.casefold().split())
