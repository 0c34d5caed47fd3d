"""A record as mapped: what it says, in our words, beside what was received."""

from dataclasses import dataclass, field

from lightkeeper.engine.records.gradings import Grading


@dataclass(frozen=True, slots=True)
class Note:
    """What was changed or looks odd, for a person; `column` is the sender's heading."""

    column: str
    sentence: str


@dataclass(frozen=True)
class MappedRecord:
    """One thing or link as one row says it.

    `properties` are cleaned; `originals` is the whole row as received; `unmapped` keeps values
    that fit no property or were not clean; `observed_on` is ISO, whole or partial; `basis` is FACT,
    REPORTED, OPINION or INFERENCE, or empty where the row does not say.
    """

    number: int
    kind: str
    properties: dict[str, list[str]]
    originals: dict[str, str]
    unmapped: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    source_key: str = ""
    observed_on: str | None = None
    grading: Grading | None = None
    harms: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    basis: str = ""

    def first(self, name: str) -> str | None:
        """The first value of a property, if there is one."""
        values = self.properties.get(name)
        return values[0] if values else None
