"""What one report says of one harm, and which of all that is said counts: each origin once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority.origins import origins_of


@dataclass(frozen=True, slots=True)
class Said:
    """One report's word of one harm. Nothing else can be an input to a rank.

    `happened_on` is the day of the harm, `known_on` the day from which it was in hand,
    `withdrawn_on` the day from which it no longer was. `heard_from` are the references of the
    reports that it passes on. `reliability` (0 to 1) is what its grading leaves, as
    `records.gradings` has it.
    """

    factor: str
    reliability: float
    happened_on: date
    known_on: date
    reference: str
    heard_from: tuple[str, ...] = ()
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """What does not count, and the report that its origin counts by."""

    said: Said
    counted_by: str

    @property
    def sentence(self) -> str:
        return f"{self.said.reference} passes on what {self.counted_by} counts for."


def known(said: Iterable[Said], on: date, by: date) -> list[Said]:
    """What had happened by `on`, as far as it was in hand at the end of the day `by`."""
    return [
        one
        for one in said
        if one.happened_on <= on
        and one.known_on <= by
        and (one.withdrawn_on is None or one.withdrawn_on > by)
    ]


def counted_once(said: Iterable[Said]) -> tuple[list[Said], list[Repeated]]:
    """What counts, and what repeats it: for each factor, each origin once.

    First hand comes before hearsay and earlier before later; of hearsay whose origin is not in hand
    the first stands for it. So who repeats a report with a better grade adds nothing.
    Raises: ShapeError if two reports of one reference and factor differ, or a reliability is not
        between 0 and 1.
    """
    every = _each_once(said)
    heard: dict[str, set[str]] = {}
    for one in every:
        heard.setdefault(one.reference, set()).update(one.heard_from)
    origins = origins_of(heard)
    counted: list[Said] = []
    repeated: list[Repeated] = []
    by: dict[tuple[str, str], str] = {}
    for one in sorted(every, key=lambda one: _order(one, origins[one.reference])):
        begun = [(one.factor, origin) for origin in sorted(origins[one.reference])]
        if told := next((by[key] for key in begun if key in by), None):
            repeated.append(Repeated(one, told))
        else:
            by.update(dict.fromkeys(begun, one.reference))
            counted.append(one)
    return counted, repeated


def _order(one: Said, origins: frozenset[str]) -> tuple[bool, date, str, str]:
    return (one.reference not in origins, one.known_on, one.reference, one.factor)


def _each_once(said: Iterable[Said]) -> Sequence[Said]:
    found: dict[tuple[str, str], Said] = {}
    for one in said:
        if not 0 <= one.reliability <= 1:
            raise ShapeError(f"{one.reference}: reliability lies between 0 and 1")
        if found.setdefault((one.reference, one.factor), one) != one:
            raise ShapeError(f"{one.reference} says {one.factor} in two ways; give the one in hand")
    return [found[key] for key in sorted(found)]
