"""What the log asks of the apps above it: it holds references, and they know what stands behind.

Each fills in what it knows. The sheet is read for one day's going through and then thrown away.
"""

from dataclasses import dataclass, field

from lightkeeper.engine.oversight.unusual import Names, Person


@dataclass
class Sheet:
    """What is known about those who looked and what they looked at."""

    people: dict[int, Person] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)
    per_thousand: dict[str, float] = field(default_factory=dict)
    parts: set[tuple[int, str]] = field(default_factory=set)


@dataclass(frozen=True)
class PeopleAskedFor:
    """Who these are, and who works at the same agencies."""

    numbers: frozenset[int]
    sheet: Sheet


@dataclass(frozen=True)
class RecordsAskedFor:
    """Which names these records bear, and who had a part in work on them."""

    references: frozenset[str]
    sheet: Sheet
