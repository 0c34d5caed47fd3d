"""What the records of a subject say, value by value, with who says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.comparing import DATES, NOT_FOR_READING, in_order
from lightkeeper.apps.intelligence.factors import trust
from lightkeeper.core.templatetags.lightkeeper import day
from lightkeeper.engine.records.words import spaced

# Of these a person has one. Two different values mean that a source is wrong.
SINGLE = frozenset(
    ["birthDate", "deathDate", "birthPlace", "birthCountry", "gender", "nhsNumber", "pncId",
     "croNumber", "socialSecurityNumber", "upn", "childId", "height", "eyeColor"]
)  # fmt: skip
MOST_SOURCES = 6


@dataclass(frozen=True)
class Source:
    label: str
    url: str


@dataclass(frozen=True)
class Value:
    """One value with the records that give it; `graded` is the best trusted of them."""

    value: str
    sources: tuple[Source, ...]
    graded: Record
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """A property with all values given for it. Conflicting: a person can have only one of them."""

    name: str
    label: str
    values: tuple[Value, ...]
    conflicting: bool

    @property
    def text(self) -> str:
        return "; ".join(value.value for value in self.values)

    @property
    def note(self) -> str:
        agencies = {source.label for value in self.values for source in value.sources}
        return ", ".join(sorted(agencies))


def facts_of(records: Iterable[Record]) -> list[Fact]:
    """Every property that a visible record gives, in reading order. None is preferred."""
    said: dict[str, dict[str, list[tuple[str, Record]]]] = {}
    for record in records:
        properties: dict[str, Any] = record.properties
        for name, values in properties.items():
            if name not in NOT_FOR_READING:
                for value in values:
                    key = " ".join(value.split()).casefold()
                    said.setdefault(name, {}).setdefault(key, []).append((value, record))
    return [_fact(name, said[name]) for name in in_order(list(said))]


def _fact(name: str, said: dict[str, list[tuple[str, Record]]]) -> Fact:
    ordered = sorted(said.items(), key=lambda item: (-len(item[1]), item[0]))
    values = tuple(_value(sources, name in DATES) for _, sources in ordered)
    conflicting = name in SINGLE and _disagree([sources[0][0] for _, sources in ordered])
    return Fact(name, spaced(name), values, conflicting)


def _value(sources: list[tuple[str, Record]], is_date: bool) -> Value:
    shown = tuple(
        Source(str(record.bucket.owner), record.get_absolute_url())
        for _, record in sources[:MOST_SOURCES]
    )
    note = f"{len(sources)} records" if len(sources) > 1 else ""
    said = sources[0][0]
    graded = max((record for _, record in sources), key=_trust)
    return Value(day(said) if is_date else said, shown, graded, note)


def _trust(record: Record) -> float:
    return trust(record.scheme, record.source_evaluation, record.information_assessment)


def _disagree(values: list[str]) -> bool:
    """Whether two values cannot both be right; `1990-05` and `1990-05-03` can."""
    folded = sorted({" ".join(value.split()).casefold() for value in values}, key=len)
    longest = folded[-1] if folded else ""
    return any(not longest.startswith(value) for value in folded)
