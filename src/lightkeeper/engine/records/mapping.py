"""Reusable mappings from a table's columns to the properties of a kind, read from YAML."""

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any

import yaml

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.records.cleaned import Setting
from lightkeeper.engine.records.dates import ORDERS
from lightkeeper.engine.records.schemata import SCHEMATA, did_you_mean

TOPICS = ("harms", "roles", "threats")
KEYS = ("name", "version", "kind", "source_key", "date_order", "default_region", "observed_on",
        "properties", "grading", "basis", *TOPICS)  # fmt: skip
SPEC_KEYS = ("column", "columns", "join", "split", "constant", "lookup", "optional", "serial")
GRADING_KEYS = ("scheme", "source_evaluation", "information_assessment", "handling", "conditions")


@dataclass(frozen=True, slots=True)
class Spec:
    """Where the values of one property come from, and how.

    Several columns are several values unless `join` makes them one; `split` parts each value;
    `lookup` turns the sender's codes into ours; `keep` notes a bad value instead of refusing the
    row; `serial` reads bare numbers as spreadsheet days.
    """

    property: str
    columns: tuple[str, ...] = ()
    join: str | None = None
    split: str | None = None
    constant: str | None = None
    lookup: AnyMapping[str, str] | None = None
    keep: bool = False
    serial: bool = False


@dataclass(frozen=True, slots=True)
class GradingSpec:
    """The scheme, and the columns that hold the codes of each row."""

    scheme: str
    source: str
    information: str
    handling: str | None = None
    conditions: str | None = None


# Compared by identity, so that what is prepared for one mapping can be kept.
@dataclass(frozen=True, eq=False)
class Mapping:
    """How one sender's table becomes records."""

    name: str
    version: int
    kind: str
    source_key: tuple[str, ...]
    date_order: str
    region: str
    observed_on: str | None
    specs: tuple[Spec, ...]
    grading: GradingSpec | None
    topics: AnyMapping[str, tuple[Spec, ...]]
    # Whether a row is fact, reported, opinion or inference; rows that do not say are reported.
    basis: Spec | None = None

    def setting(self, year: int) -> Setting:
        """What cleaning must be told; `year` is the year of receipt."""
        return Setting(year, self.date_order, self.region)

    def columns(self) -> tuple[str, ...]:
        """Every column the mapping reads, each once."""
        specs = [*self.specs, *(s for group in self.topics.values() for s in group)]
        specs += [self.basis] if self.basis else []
        found = [column for spec in specs for column in spec.columns]
        grading = self.grading
        if grading:
            found += [grading.source, grading.information]
            found += [c for c in (grading.handling, grading.conditions) if c]
        found += [*self.source_key, *([self.observed_on] if self.observed_on else [])]
        return tuple(dict.fromkeys(found))

    def missing(self, header: Iterable[str]) -> tuple[str, ...]:
        """The columns the mapping reads that a table does not have."""
        present = set(header)
        return tuple(column for column in self.columns() if column not in present)


def load_mapping(source: str | AnyMapping[str, Any]) -> Mapping:
    """A mapping from YAML text or data.

    Raises: MappingError that names the key path, what was expected, and near names.
    """
    data = _read(source)
    _only(data, KEYS, "")
    kind = SCHEMATA.find(_text(data, "kind", ""))
    if kind is None or kind.abstract:
        found = data["kind"]
        raise MappingError(f"kind: there is no kind {found!r}. {did_you_mean(found, _kinds())}")
    properties = data.get("properties")
    if not isinstance(properties, dict) or not properties:
        raise MappingError("properties: expected at least one property with its column")
    specs: list[Spec] = []
    for name, given in properties.items():
        if name not in kind.properties:
            near = did_you_mean(str(name), kind.properties)
            raise MappingError(f"properties.{name}: {kind.name} has no such property. {near}")
        specs += _specs(name, given, f"properties.{name}")
    topics = {key: tuple(_specs(key, data[key], key)) for key in TOPICS if key in data}
    order = _choice(data, "date_order", ORDERS, "dmy")
    return Mapping(
        name=_text(data, "name", ""), version=_version(data), kind=kind.name,
        source_key=tuple(_columns(data.get("source_key"), "source_key")), date_order=order,
        region=_region(data), observed_on=_optional(data, "observed_on", ""), specs=tuple(specs),
        grading=_grading(data.get("grading")), topics=topics, basis=_basis(data.get("basis")),
    )  # fmt: skip


def _read(source: str | AnyMapping[str, Any]) -> dict[str, Any]:
    if isinstance(source, str):
        try:
            source = yaml.safe_load(source)
        except (yaml.YAMLError, RecursionError) as error:
            raise MappingError(f"The mapping is not YAML: {error}") from None
    if not isinstance(source, AnyMapping):
        raise MappingError("The mapping should be keys and values: name, version, kind, properties")
    return dict(source)


def _specs(name: str, given: Any, path: str) -> list[Spec]:
    if isinstance(given, list):
        return [s for i, one in enumerate(given) for s in _specs(name, one, f"{path}[{i}]")]
    if isinstance(given, str):
        given = {"column": given}
    if not isinstance(given, dict):
        raise MappingError(f"{path}: expected a column, or column/columns/constant with options")
    _only(given, SPEC_KEYS, path)
    if sum(key in given for key in ("column", "columns", "constant")) != 1:
        raise MappingError(f"{path}: give exactly one of column, columns, constant")
    columns = _columns(given.get("columns", given.get("column")), path)
    constant = given.get("constant")
    if constant is not None and (not isinstance(constant, str) or not constant.strip()):
        raise MappingError(f"{path}.constant: expected a text; put it in quotes")
    if constant is None and not columns:
        raise MappingError(f"{path}.columns: expected at least one column")
    optional = given.get("optional")
    if optional not in (None, "keep"):
        raise MappingError(f"{path}.optional: the only choice is keep")
    return [
        Spec(
            name, tuple(columns), _mark(given, "join", path), _mark(given, "split", path), constant,
            _lookup(given.get("lookup"), path), optional == "keep", given.get("serial") is True,
        )
    ]  # fmt: skip


def _basis(given: Any) -> Spec | None:
    if given is None:
        return None
    specs = _specs("basis", given, "basis")
    if len(specs) != 1 or len(specs[0].columns) > 1 or specs[0].split:
        raise MappingError("basis: expected one column, or a constant")
    return specs[0]


def _columns(given: Any, path: str) -> list[str]:
    columns = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(columns, list) or not all(isinstance(c, str) and c for c in columns):
        raise MappingError(f"{path}: expected a column heading or a list of them; quote numbers")
    return columns


def _mark(given: dict[str, Any], key: str, path: str) -> str | None:
    mark = given.get(key)
    if mark is not None and (not isinstance(mark, str) or (key == "split" and not mark)):
        raise MappingError(f"{path}.{key}: expected a text such as ';'")
    return mark


def _lookup(given: Any, path: str) -> AnyMapping[str, str] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not given:
        raise MappingError(f"{path}.lookup: expected codes and what they stand for")
    for code, meaning in given.items():
        # YAML reads No as false and 01 as 1: the sender's codes would be lost.
        if not isinstance(code, str) or not isinstance(meaning, str):
            raise MappingError(f"{path}.lookup.{code}: put codes and meanings in quotes")
    return {code.strip().lower(): meaning for code, meaning in given.items()}


def _grading(given: Any) -> GradingSpec | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise MappingError("grading: expected scheme and the columns of its codes")
    _only(given, GRADING_KEYS, "grading")
    return GradingSpec(
        _text(given, "scheme", "grading."),
        _text(given, "source_evaluation", "grading."),
        _text(given, "information_assessment", "grading."),
        _optional(given, "handling", "grading."),
        _optional(given, "conditions", "grading."),
    )


def _only(data: dict[str, Any], known: tuple[str, ...], path: str) -> None:
    for key in data:
        if key not in known:
            where = f"{path}.{key}" if path else str(key)
            raise MappingError(f"{where}: unknown key. Known here: {', '.join(known)}")


def _text(data: dict[str, Any], key: str, path: str) -> str:
    found = data.get(key)
    if not isinstance(found, str) or not found.strip():
        raise MappingError(f"{path}{key}: expected a text")
    return found


def _optional(data: dict[str, Any], key: str, path: str) -> str | None:
    return _text(data, key, path) if data.get(key) is not None else None


def _version(data: dict[str, Any]) -> int:
    found = data.get("version")
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise MappingError("version: expected a whole number from 1")
    return found


def _region(data: dict[str, Any]) -> str:
    found = data.get("default_region", "GB")
    if not isinstance(found, str) or len(found) != 2 or not found.isalpha():
        raise MappingError("default_region: expected two letters such as GB")
    return found.upper()


def _choice(data: dict[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
    found = data.get(key, default)
    if found not in known:
        raise MappingError(f"{key}: expected one of {', '.join(known)}, found {found!r}")
    return str(found)


def _kinds() -> list[str]:
    return [name for name, kind in SCHEMATA.kinds.items() if not kind.abstract]
