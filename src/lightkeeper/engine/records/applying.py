"""From a row to a record by a mapping."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.formats.table import Fault
from lightkeeper.engine.records.cleaned import Cleaned, Problem
from lightkeeper.engine.records.cleaning import cleaner_for
from lightkeeper.engine.records.drafting import Draft, Step, judge_for, take
from lightkeeper.engine.records.gradings import Grading, Scheme, check_grading, load_schemes
from lightkeeper.engine.records.mapping import GradingSpec, Mapping, Spec
from lightkeeper.engine.records.record import MappedRecord, Note
from lightkeeper.engine.records.schemata import SCHEMATA, Property

SCHEMES = load_schemes(
    yaml.safe_load((Path(__file__).parent / "gradings.yaml").read_text(encoding="utf-8"))["schemes"]
)
_TOPIC = Property("topic", "Topic", "topic")
_BASIS = Property("basis", "Basis", "basis")
_DAY = Property("observed_on", "Observed on", "date")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A mapping made ready for one year of receipt. `constants`: how many texts need no column."""

    steps: tuple[Step, ...]
    topics: tuple[Step, ...]
    basis: Step | None
    observed: Step | None
    constants: int


def apply_mapping(
    mapping: Mapping,
    values: dict[str, str],
    number: int,
    *,
    on: date,
    schemes: AnyMapping[str, Scheme] = SCHEMES,
) -> MappedRecord | list[Fault]:
    """The record a row makes, or everything that is wrong with the row.

    `values` is a row by heading, `number` the row a person sees, `on` the day of receipt.
    Raises: MappingError if the row lacks a column of the mapping, or its scheme is unknown.
    """
    draft, prepared = Draft(number), _prepare(mapping, on.year)
    topics: dict[str, list[str]] = {}
    try:
        for step in prepared.steps:
            take(step, values, draft, draft.properties)
        for step in prepared.topics:
            take(step, values, draft, topics)
        said: dict[str, list[str]] = {}
        if prepared.basis:
            take(prepared.basis, values, draft, said)
        observed = _observed(prepared.observed, values, draft) if prepared.observed else None
        grading = _grade(mapping.grading, values, draft, schemes) if mapping.grading else None
        key = " | ".join([values[column].strip() for column in mapping.source_key])
    except KeyError as error:
        raise MappingError(f"The table has no column {error}; {mapping.name} reads it.") from None
    if mapping.source_key and not key.strip(" |"):
        problem = Problem("KEY", "the sender's own reference is blank; every row needs one.")
        draft.fault(mapping.source_key[0], problem, key)
    if len(draft.properties) <= prepared.constants:
        _check_says_something(mapping, values, draft)
    if draft.faults:
        return draft.faults
    return MappedRecord(
        number, mapping.kind, draft.properties, values, draft.unmapped, tuple(draft.notes), key,
        observed, grading, basis=said.get("basis", [""])[0],
        **{name: tuple(found) for name, found in topics.items()},
    )  # fmt: skip


@lru_cache(maxsize=64)
def _prepare(mapping: Mapping, year: int) -> _Prepared:
    known = SCHEMATA.kind(mapping.kind).properties

    def step(spec: Spec, about: Property) -> Step:
        setting = replace(mapping.setting(year), scheme=about.scheme, typed_date=spec.serial)
        return spec, judge_for(spec, about.type, cleaner_for(about.type, setting))

    day = mapping.observed_on
    return _Prepared(
        tuple(step(spec, known[spec.property]) for spec in mapping.specs),
        tuple(step(spec, _TOPIC) for specs in mapping.topics.values() for spec in specs),
        step(mapping.basis, _BASIS) if mapping.basis else None,
        step(Spec(_DAY.name, (day,)), _DAY) if day else None,
        sum(spec.constant is not None for spec in mapping.specs),
    )


def _observed(step: Step, values: dict[str, str], draft: Draft) -> str | None:
    spec, judge = step
    text = values[spec.columns[0]]
    found = judge(text)
    if type(found) is Cleaned and found.note is None:
        return found.value
    days: dict[str, list[str]] = {}
    take(step, values, draft, days)
    return days[spec.property][0] if days else None


def _check_says_something(mapping: Mapping, values: dict[str, str], draft: Draft) -> None:
    """A row whose mapped columns are all blank is no record, whatever is constant."""
    columns = [column for spec in mapping.specs for column in spec.columns]
    if columns and not any(values[column].strip() for column in columns):
        draft.fault(columns[0], Problem("NOTHING", "no mapped column holds a value."), "")


def _grade(
    spec: GradingSpec, values: dict[str, str], draft: Draft, schemes: AnyMapping[str, Scheme]
) -> Grading | None:
    if spec.scheme not in schemes:
        raise MappingError(f"grading.scheme: {spec.scheme!r} is not one of {', '.join(schemes)}")
    source, information = values[spec.source].strip(), values[spec.information].strip()
    handling = values[spec.handling].strip() if spec.handling else ""
    conditions = values[spec.conditions] if spec.conditions else ""
    if not source and not information and not handling:
        draft.notes.append(Note(spec.source, "the row is not graded."))
        return None
    graded = check_grading(
        schemes[spec.scheme], source=source, information=information, handling=handling,
        conditions=tuple(conditions.replace(";", ",").split(",")),
    )  # fmt: skip
    if isinstance(graded, Problem):
        draft.fault(spec.source, graded, f"{source}{information}{handling}")
        return None
    return graded
