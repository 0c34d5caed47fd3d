"""What a record says of harm, and of nothing else: who somebody is is never read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.priority.saying import Said
from lightkeeper.engine.records.gradings import Grading, reliability

# The properties that are read. A record may have any others, and they change nothing.
READ = ("harms", "reference", "heardFrom", "happenedOn", "knownOn", "withdrawnOn")
ACCESS = "access_to_child"


@dataclass(frozen=True)
class Reading:
    """`trust`: what each grade leaves, as `gradings.yaml` has it under `reliability`. A record
    without a grading is trusted `ungraded`.
    """

    trust: Mapping[str, Mapping[str, Mapping[str, float]]]
    ungraded: float = 0.3


def said_in(
    properties: Mapping[str, Sequence[str]], grading: Grading | None, reading: Reading
) -> list[Said]:
    """A word of each harm that a record of one person says, by what `READ` names.

    Days are written 2026-01-31. What happened on an unknown day happened when it was known.
    Raises: FormatError with the reference and property; MappingError for a grade without trust.
    """
    harms = properties.get("harms") or ()
    if not harms:
        return []
    reference = _first(properties, "reference")
    if not reference:
        raise FormatError("a record that says a harm has a reference")
    trusted = reliability(grading, reading.trust) if grading else reading.ungraded
    known_on = _day(properties, "knownOn", reference)
    if known_on is None:
        raise FormatError(f"{reference}.knownOn: a record says from when it was in hand")
    happened_on = _day(properties, "happenedOn", reference) or known_on
    withdrawn_on = _day(properties, "withdrawnOn", reference)
    heard = tuple(sorted(set(properties.get("heardFrom") or ())))
    return [
        Said(code, trusted, happened_on, known_on, reference, heard, withdrawn_on)
        for code in sorted({_code(harm) for harm in harms})
    ]


def said_of_meeting(
    properties: Mapping[str, Sequence[str]], grading: Grading | None, reading: Reading
) -> list[Said]:
    """A word of `access_to_child` of the grown-up whom a record says was with a child at risk.

    Whoever calls has seen that the one is a child said to be at risk and that the other is not a
    child. Nothing is said of the child. Raises: as `said_in`.
    """
    return said_in({**properties, "harms": [ACCESS]}, grading, reading)


def said_of_all(
    records: Iterable[tuple[str, Mapping[str, Sequence[str]], Grading | None]], reading: Reading
) -> dict[str, list[Said]]:
    """What is said of each person: records as the person's key, properties and grading."""
    found: dict[str, list[Said]] = {}
    for key, properties, grading in records:
        found.setdefault(key, []).extend(said_in(properties, grading, reading))
    return found


def _code(harm: str) -> str:
    return harm.strip().replace("-", "_")


def _first(properties: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(properties.get(name) or ()), "").strip()


def _day(properties: Mapping[str, Sequence[str]], name: str, reference: str) -> date | None:
    text: Any = _first(properties, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FormatError(f"{reference}.{name}: {text!r} is no day such as 2026-01-31") from None
