"""The reference tables, read and checked: agencies, areas, code lists, threats, factors, gradings,
outcome kinds. Plain data; whoever enters them into a database does so from here or from the files.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Protocol, TypeVar

from lightkeeper.engine.errors import FormatError
from lightkeeper.refdata import checks

Row = Mapping[str, str]
T = TypeVar("T")


class Read(Protocol):
    """How a table's rows are had, by the name of its file."""

    def __call__(self, name: str, /) -> Iterable[Row]: ...


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that owns records or is tasked, for the days on which it exists."""

    code: str
    name: str
    kind: str
    parent: str
    nation: str
    region: str
    area_code: str
    pnc_code: str
    active_from: date | None
    active_to: date | None
    successors: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Area:
    """A local authority district or a force area; `agency` is the force that polices it."""

    code: str
    name: str
    kind: str
    agency: str
    region: str
    nation: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one list, for the days on which it holds."""

    list: str
    code: str
    label: str
    position: int
    active_from: date | None
    active_to: date | None
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Threat:
    """A threat, its theme, and the command or unit that leads on it."""

    code: str
    name: str
    theme: str
    lead: str
    active_from: date | None
    active_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A named reason for priority. `points` and `cap` in points of the score."""

    code: str
    name: str
    points: float
    cap: float
    half_life_days: int
    wording: str
    position: int
    active_from: date | None
    source: str


@dataclass(frozen=True, slots=True)
class GradingWeight:
    """How much a pair of codes counts (0 to 1), and how well the grade itself is founded."""

    scheme: str
    source_evaluation: str
    information_assessment: str
    reliability: float
    confidence: str
    active_from: date | None
    active_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """What may come of a task, what it counts towards, and by which version of the rule."""

    code: str
    name: str
    counted_for: str
    metric: str
    counted_once: str
    counting_rule: str
    active_from: date | None
    source: str


@dataclass(frozen=True)
class Reference:
    """Every table, checked against the others."""

    agencies: tuple[Agency, ...]
    areas: tuple[Area, ...]
    codes: tuple[Code, ...]
    threats: tuple[Threat, ...]
    factors: tuple[Factor, ...]
    gradings: tuple[GradingWeight, ...]
    outcome_kinds: tuple[OutcomeKind, ...]

    def codes_of(self, name: str, *, on: date) -> tuple[Code, ...]:
        """The codes of one list that hold on a day, in order."""
        found = (code for code in self.codes if code.list == name and holds(code, on))
        return tuple(sorted(found, key=lambda code: code.position))


class Dated(Protocol):
    """Whatever holds from a day, until before another."""

    @property
    def active_from(self) -> date | None: ...
    @property
    def active_to(self) -> date | None: ...


def holds(thing: Dated, on: date) -> bool:
    """Whether it holds on a day. `active_to` is the first day on which it no longer does."""
    begun = thing.active_from is None or thing.active_from <= on
    return begun and (thing.active_to is None or on < thing.active_to)


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of one of our own tables. Raises: FileNotFoundError."""
    text = files("lightkeeper.refdata").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def load_reference(read: Read = read_table) -> Reference:
    """Every table, read and checked.

    Raises: FormatError with the table, the line and what is wrong: a missing column, a number or
        day that is none, a code twice, a parent that is not there, dates out of order, codes of
        one list that overlap.
    """
    reference = Reference(
        agencies=_all("agencies.csv", _agency, read), areas=_all("areas.csv", _area, read),
        codes=_all("code_lists.csv", _code, read), threats=_all("threats.csv", _threat, read),
        factors=_all("factors.csv", _factor, read), gradings=_all("gradings.csv", _grading, read),
        outcome_kinds=_all("outcome_kinds.csv", _outcome_kind, read),
    )  # fmt: skip
    _check(reference)
    return reference


def _all(name: str, make: Callable[[Row], T], read: Read) -> tuple[T, ...]:
    found = []
    for line, row in enumerate(read(name), start=2):
        try:
            if None in row or None in row.values():
                raise ValueError("too many or too few cells")
            found.append(make(row))
        except KeyError as error:
            raise FormatError(f"{name}, line {line}: there is no column {error}.") from None
        except ValueError as error:
            raise FormatError(f"{name}, line {line}: {error}.") from None
    return tuple(found)


def _check(found: Reference) -> None:
    agencies = [agency.code for agency in found.agencies]
    known, codes_of = set(agencies), {(code.list, code.code) for code in found.codes}
    for table, keys in (
        ("agencies.csv", agencies),
        ("areas.csv", [area.code for area in found.areas]),
        ("threats.csv", [threat.code for threat in found.threats]),
        ("factors.csv", [(factor.code, factor.active_from) for factor in found.factors]),
        ("outcome_kinds.csv", [(kind.code, kind.counting_rule) for kind in found.outcome_kinds]),
    ):
        checks.check_unique(table, keys)
    for dated in (found.agencies, found.codes, found.threats, found.gradings):
        checks.check_order(dated)
    checks.check_no_overlap("code_lists.csv", found.codes, lambda code: (code.list, code.code))
    checks.check_no_overlap(
        "gradings.csv", found.gradings,
        lambda one: (one.scheme, one.source_evaluation, one.information_assessment),
    )  # fmt: skip
    checks.check_parents({agency.code: agency.parent for agency in found.agencies})
    checks.check_known("agencies.csv", (s for a in found.agencies for s in a.successors), known)
    checks.check_known("areas.csv", (area.agency for area in found.areas if area.agency), known)
    checks.check_known("threats.csv", (threat.lead for threat in found.threats), known)
    for table, name, used in (
        ("agencies.csv", "agency_kind", {agency.kind for agency in found.agencies}),
        ("threats.csv", "threat", {threat.code for threat in found.threats}),
        ("outcome_kinds.csv", "outcome_kind", {kind.code for kind in found.outcome_kinds}),
    ):
        checks.check_known(table, used, {code for list_, code in codes_of if list_ == name})


def _agency(row: Row) -> Agency:
    return Agency(
        _required(row, "code"), _required(row, "name"), _required(row, "kind"), row["parent"],
        row["nation"], row["region"], row["area_code"], row["pnc_code"], _day(row, "active_from"),
        _day(row, "active_to"), tuple(row["successor"].split()), _required(row, "source"),
    )  # fmt: skip


def _area(row: Row) -> Area:
    return Area(
        _required(row, "code"), _required(row, "name"), _required(row, "kind"), row["agency"],
        row["region"], row["nation"],
    )  # fmt: skip


def _code(row: Row) -> Code:
    return Code(
        _required(row, "list"), _required(row, "code"), _required(row, "label"),
        int(row["position"]), _day(row, "active_from"), _day(row, "active_to"), row["note"],
        _required(row, "source"),
    )  # fmt: skip


def _threat(row: Row) -> Threat:
    return Threat(
        _required(row, "code"), _required(row, "name"), _required(row, "theme"),
        _required(row, "lead"), _day(row, "active_from"), _day(row, "active_to"),
        _required(row, "source"),
    )  # fmt: skip


def _factor(row: Row) -> Factor:
    factor = Factor(
        _required(row, "code"), _required(row, "name"), float(row["points"]), float(row["cap"]),
        int(row["half_life_days"]), _required(row, "wording"), int(row["position"]),
        _day(row, "active_from"), _required(row, "source"),
    )  # fmt: skip
    if not 0 < factor.points <= factor.cap or factor.half_life_days < 1:
        raise ValueError(f"{factor.code}: points above 0, a cap not below them, at least a day")
    return factor


def _grading(row: Row) -> GradingWeight:
    weight = float(row["reliability"])
    if not 0 <= weight <= 1 or row["confidence"] not in ("low", "moderate", "high"):
        raise ValueError("reliability is 0 to 1, confidence low, moderate or high")
    return GradingWeight(
        _required(row, "scheme"), _required(row, "source_evaluation"),
        _required(row, "information_assessment"), weight, row["confidence"],
        _day(row, "active_from"), _day(row, "active_to"), _required(row, "source"),
    )  # fmt: skip


def _outcome_kind(row: Row) -> OutcomeKind:
    return OutcomeKind(
        _required(row, "code"), _required(row, "name"), row["counted_for"], row["metric"],
        _required(row, "counted_once"), _required(row, "counting_rule"), _day(row, "active_from"),
        _required(row, "source"),
    )  # fmt: skip


def _required(row: Row, name: str) -> str:
    if not row[name].strip():
        raise ValueError(f"{name} is blank")
    return row[name]


def _day(row: Row, name: str) -> date | None:
    return date.fromisoformat(row[name]) if row[name] else None
