"""What records say of subjects, and who of them is a child, as far as one viewer may see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self

Thing = tuple[str, str]  # its kind and what it is called: ("phone", "+44…")
CHILD_ROLES = frozenset({"child", "child-at-risk", "missing-child"})
GROWN_UP_YEARS = 18


class Age(StrEnum):
    CHILD = "child"
    GROWN_UP = "grown up"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Saying:
    """What one record says of one subject. `origin` is the record in which it was said first: one
    that was only told again is no second source. `until` ends what lasted. `beside` are the
    subjects that it puts together with this one. `reliability` lies between 0 and 1.
    """

    record: str
    subject: str
    owner: str
    envelope: int
    on: date
    roles: frozenset[str] = frozenset()
    threats: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    born: date | None = None
    things: frozenset[Thing] = frozenset()
    beside: frozenset[str] = frozenset()
    until: date | None = None
    origin: str = ""
    reliability: float = 0.5

    @property
    def source(self) -> str:
        return self.origin or self.record


@dataclass(frozen=True, slots=True)
class Sight:
    """The envelopes that a viewer may read, and those of which they may only know that their owner
    holds something (pointers).
    """

    read: frozenset[int]
    point: frozenset[int] = frozenset()

    def sees(self, saying: Saying) -> bool:
        return saying.envelope in self.read or saying.envelope in self.point

    def reads(self, saying: Saying) -> bool:
        return saying.envelope in self.read


@dataclass(slots=True)
class Picture:
    """All sayings, by subject, thing and company. Without a sight all of it is in sight.

    What is asked of it comes from what is in sight alone: what is hidden reads as missing.
    """

    sight: Sight | None = None
    _of: dict[str, dict[str, Saying]] = field(default_factory=lambda: defaultdict(dict))
    _with: dict[Thing, dict[str, dict[str, Saying]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _beside: dict[str, dict[tuple[str, str], Saying]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def seen_by(self, sight: Sight) -> Self:
        """The same sayings, as far as this viewer may see. Nothing is copied."""
        return type(self)(sight, self._of, self._with, self._beside)

    def add(self, saying: Saying) -> None:
        """What the same record said of the same subject before is replaced."""
        self.take_out(saying.record, saying.subject)
        place = (saying.record, saying.subject)
        self._of[saying.subject][saying.record] = saying
        for thing in saying.things:
            self._with[thing].setdefault(saying.subject, {})[saying.record] = saying
        for other in saying.beside:
            self._beside[other][place] = saying

    def take_out(self, record: str, subject: str) -> None:
        before = self._of.get(subject, {}).pop(record, None)
        if before is not None:
            for thing in before.things:
                del self._with[thing][subject][record]
                if not self._with[thing][subject]:
                    del self._with[thing][subject]
            for other in before.beside:
                del self._beside[other][record, subject]

    def things_of(self, record: str, subject: str) -> frozenset[Thing]:
        """The things that the record says of the subject now."""
        said = self._of.get(subject, {}).get(record)
        return said.things if said else frozenset()

    def everything(self) -> Iterator[Saying]:
        for sayings in self._of.values():
            yield from self._seen(sayings.values())

    def of(self, subject: str) -> list[Saying]:
        return list(self._seen(self._of.get(subject, {}).values()))

    def is_readable(self, saying: Saying) -> bool:
        return self.sight is None or self.sight.reads(saying)

    def know(self, thing: Thing) -> set[str]:
        """The subjects in sight of whom this thing is said."""
        known = self._with.get(thing, {})
        if self.sight is None:
            return set(known)
        return {one for one, said in known.items() if any(self._seen(said.values()))}

    def count_known(self, thing: Thing) -> int:
        """How many subjects know it, whoever looks."""
        return len(self._with.get(thing, {}))

    def company(self, subject: str) -> set[str]:
        """Whom anything in sight puts together with this subject, either way."""
        found = {other for one in self.of(subject) for other in one.beside}
        found |= {one.subject for one in self._seen(self._beside.get(subject, {}).values())}
        return found - {subject}

    def together(self, subject: str, other: str) -> list[Saying]:
        """What puts the two together."""
        return [
            *(one for one in self.of(subject) if other in one.beside),
            *(one for one in self.of(other) if subject in one.beside),
        ]

    def age(self, subject: str) -> Age:
        """A child, if anything in sight makes them one; grown up only if their birth dates say so.

        Who was a child when a record called them one, and has grown up since, is grown up.
        """
        sayings = self.of(subject)
        born = [one.born for one in sayings if one.born is not None]
        as_child = [one for one in sayings if one.roles & CHILD_ROLES]
        if not born:
            return Age.CHILD if as_child else Age.UNKNOWN
        newest = max(one.on for one in sayings)
        if any(is_under_age(day, newest) for day in born):
            return Age.CHILD
        if any(not is_under_age(day, one.on) for one in as_child for day in born):
            return Age.CHILD
        return Age.GROWN_UP

    def _seen(self, sayings: Iterable[Saying]) -> Iterator[Saying]:
        if self.sight is None:
            return iter(sayings)
        return filter(self.sight.sees, sayings)


def is_under_age(born: date, on: date) -> bool:
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years < GROWN_UP_YEARS
