"""From a row to a record: by a mapping, or as the FollowTheMoney entity it already is."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.formats.table import Fault, Row
from lightkeeper.engine.records.cleaned import Cleaned, Problem, Setting
from lightkeeper.engine.records.cleaning import Cleaner, cleaner_for
from lightkeeper.engine.records.gradings import Grading, Scheme, check_grading, load_schemes
from lightkeeper.engine.records.mapping import GradingSpec, Mapping, Spec
from lightkeeper.engine.records.names import says_nothing
from lightkeeper.engine.records.record import MappedRecord, Note
from lightkeeper.engine.records.schemata import SCHEMATA, Property

SCHEMES = load_schemes(
    yaml.safe_load((Path(__file__).parent / "gradings.yaml").read_text(encoding="utf-8"))["schemes"]
)
# These may be names of people; elsewhere they say that nothing is known.
_MAYBE_NAMES = frozenset(["na", "nil", "none", "null", "nk", "tbc"])
_FREE = frozenset(["string", "text", "address", "entity"])


@dataclass
class _Draft:
    """What applying gathers for one row."""

    row: int
    properties: dict[str, list[str]] = field(default_factory=dict)
    unmapped: dict[str, list[str]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, problem: Problem, value: str) -> None:
        sentence = f"Row {self.row}, column {column!r}: {problem.sentence}"
        self.faults.append(Fault(self.row, column, problem.code, sentence, value))


_Judged = Cleaned | Problem | None
_Step = tuple[Spec, Callable[[str], _Judged]]
# How many different texts of one property are remembered with their verdict: names, days and
# codes come again and again, and a telephone number is slow to read.
JUDGED_TEXTS = 16_384


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
    draft = _Draft(number)
    try:
        for step in _plan(mapping, on.year):
            _take(step, values, draft, draft.properties)
        topics = _topics(mapping, on.year, values, draft) if mapping.topics else {}
        observed = _observed(mapping, on.year, values, draft) if mapping.observed_on else None
        grading = _grade(mapping.grading, values, draft, schemes) if mapping.grading else None
        key = " | ".join([values[column].strip() for column in mapping.source_key])
    except KeyError as error:
        raise MappingError(
            f"The table has no column {error}, which {mapping.name} reads."
        ) from None
    if mapping.source_key and not key.strip(" |"):
        problem = Problem("KEY", "the sender's own reference is blank; every row needs one.")
        draft.fault(mapping.source_key[0], problem, key)
    if not draft.faults and not draft.properties and not draft.unmapped:
        problem = Problem("NOTHING", "no mapped column holds a value.")
        draft.fault(mapping.specs[0].columns[0] if mapping.specs[0].columns else "", problem, "")
    if draft.faults:
        return draft.faults
    return MappedRecord(
        number, mapping.kind, draft.properties, values, draft.unmapped, tuple(draft.notes), key,
        observed, grading, **topics,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _plan(mapping: Mapping, year: int) -> tuple[_Step, ...]:
    kind = SCHEMATA.kind(mapping.kind)
    return tuple(
        _step(spec, kind.properties[spec.property], mapping, year) for spec in mapping.specs
    )


def _step(spec: Spec, about: Property, mapping: Mapping, year: int) -> _Step:
    setting = replace(mapping.setting(year), scheme=about.scheme, typed_date=spec.serial)
    return spec, _judge_for(spec, about.type, cleaner_for(about.type, setting))


@lru_cache(maxsize=64)
def _topic_plan(mapping: Mapping, year: int) -> tuple[tuple[str, tuple[_Step, ...]], ...]:
    topic = Property("topic", "Topic", "topic")
    return tuple(
        (name, tuple(_step(spec, topic, mapping, year) for spec in specs))
        for name, specs in mapping.topics.items()
    )


def _topics(
    mapping: Mapping, year: int, values: dict[str, str], draft: _Draft
) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for _, steps in _topic_plan(mapping, year):
        for step in steps:
            _take(step, values, draft, found)
    return {name: tuple(topics) for name, topics in found.items()}


def _take(step: _Step, values: dict[str, str], draft: _Draft, into: dict[str, list[str]]) -> None:
    spec, judge = step
    if spec.join is None and spec.split is None and spec.constant is None:
        for column in spec.columns:
            if text := values[column]:
                _put(spec, judge(text), column, text, draft, into)
        return
    for column, text in _texts(spec, values):
        if text:
            _put(spec, judge(text), column, text, draft, into)


def _put(
    spec: Spec, found: _Judged, column: str, text: str, draft: _Draft, into: dict[str, list[str]]
) -> None:
    """Put a judged value where it belongs: the properties, the notes or the faults."""
    if type(found) is Cleaned:
        if found.note:
            draft.notes.append(Note(column, found.note))
        if not found.value:
            return
        kept = into.get(spec.property)
        if kept is None:
            into[spec.property] = [found.value]
        elif found.value not in kept:
            kept.append(found.value)
    elif type(found) is Problem:
        if not spec.keep:
            draft.fault(column, found, text)
            return
        draft.unmapped.setdefault(spec.property, []).append(text)
        draft.notes.append(Note(column, f"kept as received: {found.sentence}"))


def _judge_for(spec: Spec, type_: str, clean: Cleaner) -> Callable[[str], _Judged]:
    """What a text of this property is: clean, a problem, or None if the cell is blank."""

    @lru_cache(maxsize=JUDGED_TEXTS)
    def judge(text: str) -> _Judged:
        if text.isspace():
            return None
        if spec.constant is None and says_nothing(text) and _is_nothing(type_, text):
            return Cleaned("", f"{text.strip()!r} says that nothing is known.")
        if spec.lookup is None:
            return clean(text)
        found = _look_up(spec.lookup, text)
        return found if isinstance(found, Problem) else clean(found)

    return judge


def _is_nothing(type_: str, text: str) -> bool:
    if type_ in _FREE:
        return False
    return type_ != "name" or text.strip().lower() not in _MAYBE_NAMES


def _texts(spec: Spec, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each text of a property with the column it came from."""
    if spec.constant is not None:
        yield "(constant)", spec.constant
        return
    texts = [(column, values[column]) for column in spec.columns]
    if spec.join is not None:
        given = [text.strip() for _, text in texts]
        texts = [(" + ".join(spec.columns), spec.join.join([text for text in given if text]))]
    if spec.split is None:
        yield from texts
        return
    for column, text in texts:
        for part in text.split(spec.split):
            yield column, part.strip()


def _look_up(lookup: AnyMapping[str, str], text: str) -> str | Problem:
    found = lookup.get(text.strip().lower())
    if found is None:
        known = ", ".join(list(lookup)[:12])
        return Problem("CODE", f"{text.strip()!r} is not in the code list ({known}). Add it there.")
    return found


def _observed(mapping: Mapping, year: int, values: dict[str, str], draft: _Draft) -> str | None:
    found: dict[str, list[str]] = {}
    _take(_observed_step(mapping, year), values, draft, found)
    return found["observed_on"][0] if found else None


@lru_cache(maxsize=64)
def _observed_step(mapping: Mapping, year: int) -> _Step:
    spec = Spec("observed_on", (mapping.observed_on or "",))
    return _step(spec, Property("observed_on", "Observed on", "date"), mapping, year)


def _grade(
    spec: GradingSpec, values: dict[str, str], draft: _Draft, schemes: AnyMapping[str, Scheme]
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


@lru_cache(maxsize=1024)
def _entity_judge(about: Property, year: int, region: str) -> Callable[[str], _Judged]:
    setting = Setting(year, region=region, scheme=about.scheme)
    return _judge_for(Spec(about.name), about.type, cleaner_for(about.type, setting))


def from_entity(
    row: Row, *, on: date, region: str = "GB", strict: bool = False
) -> MappedRecord | list[Fault]:
    """The record of a FollowTheMoney entity.

    What we do not know (schema, property) and what is not clean is kept under `unmapped` with a
    note; with `strict`, a value that is not clean faults the row. `on` is the day of receipt.
    """
    schema = row.values.get("schema", "")
    draft = _Draft(row.number)
    kind = SCHEMATA.find(schema)
    if kind is None:
        kind = SCHEMATA.kind("Thing")
        draft.unmapped["schema"] = [schema]
        draft.notes.append(Note("schema", f"the kind {schema!r} is not known; kept as a Thing."))
    for name, texts in (row.properties or {}).items():
        about = kind.properties.get(name)
        if about is None:
            draft.unmapped.setdefault(name, []).extend(texts)
            draft.notes.append(
                Note(name, f"{kind.name} has no property {name!r}; kept as received.")
            )
            continue
        judge = _entity_judge(about, on.year, region)
        spec = Spec(name, (name,), keep=not strict)
        for text in texts:
            _put(spec, judge(text), name, text, draft, draft.properties)
    if draft.faults:
        return draft.faults
    originals = dict(row.values) | {
        name: "; ".join(texts) for name, texts in (row.properties or {}).items()
    }
    roles = tuple(draft.properties.get("role", ())) if kind.is_a("Person") else ()
    return MappedRecord(
        row.number, kind.name, draft.properties, originals, draft.unmapped, tuple(draft.notes),
        row.values.get("id", ""), roles=roles,
    )  # fmt: skip
