"""Rows as received into the fields that are compared: standard values, one row a record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, Union

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lightkeeper.engine.linkage.addresses import address_parts
from lightkeeper.engine.linkage.name_columns import name_columns
from lightkeeper.engine.linkage.names import name_parts
from lightkeeper.engine.linkage.plan import NAME_KINDS, ComparisonPlan, Kind
from lightkeeper.engine.linkage.standardise import standardise
from lightkeeper.engine.linkage.standardise_many import standardise_all
from lightkeeper.engine.records.name_roots import roots_of

Values = tuple[str, ...]
# More of a text than this, or of the values of a list, says nothing more of who somebody is, and
# would take time and memory by its square.
MOST_LETTERS, MOST_VALUES = 256, 24
# Fields of which others are made.
MADE_FROM = (
    "place", "postcode", "handle", "platform", "organisation_name", "display_name",
)  # fmt: skip
# What a field holds in each row, one by one, or as an array where the whole column was quick.
Column = Union[list[Values], pa.Array]  # noqa: UP007  (pa.Array is not known to the checker)


@dataclass(frozen=True)
class Source:
    """Where values come from: the cells of a column by its name, and the column as an array where
    it is text with one value a row, else None.
    """

    rows: int
    cells: Callable[[str], list[Any]]
    texts: Callable[[str], pa.StringArray | None]


@dataclass(frozen=True)
class Field:
    """One compared field: its column in the prepared table and whether it holds lists."""

    name: str
    kind: Kind
    multi: bool = False
    called: str = ""


def prepare(
    table: pa.Table, plan: ComparisonPlan, fields: Sequence[Field] | None = None
) -> tuple[pa.Table, tuple[Field, ...]]:
    """The prepared table and its fields.

    Shapes:
        table (n, columns); a column is text, numbers, dates, or lists of text.
        Returns (n, 1 + fields): unique_id int64 (the row), then a string or list<string> a field.
        With `fields`, of a trained model, exactly those are made, whatever the table holds.
    """
    rows = table.num_rows
    source = Source(rows, lambda name: table.column(name).to_pylist(), partial(_texts_in, table))
    found, columns = _standard_columns(source, plan)
    if fields is None:
        fields = tuple(_with_shape(field, columns[field.name]) for field in found)
    arrays: dict[str, pa.Array] = {"unique_id": np.arange(rows)}
    for field in fields:
        arrays[field.name] = _array(columns.get(field.name, [()] * rows), field.multi)
    return pa.table(arrays), tuple(fields)


def prepare_one(
    record: Mapping[str, Any], plan: ComparisonPlan, fields: Sequence[Field]
) -> dict[str, Values]:
    """The standard values of one record, exactly as `prepare` gives them, without a table.

    A planned column that the record leaves out says nothing.
    """
    source = Source(1, lambda name: [record.get(name)], lambda name: None)
    _, columns = _standard_columns(source, plan)
    values = {field.name: columns.get(field.name, [()])[0] for field in fields}
    return {field.name: values[field.name][: None if field.multi else 1] for field in fields}


def _texts_in(table: pa.Table, name: str) -> pa.StringArray | None:
    column = table.column(name)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    return pc.utf8_slice_codeunits(column.combine_chunks().cast(pa.string()), 0, MOST_LETTERS)


def _standard_columns(
    source: Source, plan: ComparisonPlan
) -> tuple[list[Field], dict[str, Column]]:
    columns: dict[str, Column] = {}
    found: list[Field] = []
    if names := _name_columns(source, plan):
        columns |= names
        kinds = (*NAME_KINDS, Kind.NAME_ROOTS)
        lists = ("middle", "tokens", "roots")
        found += [Field(n, k, n in lists) for n, k in zip(names, kinds, strict=True)]
    if (dates := _date_column(source, plan)) is not None:
        columns["born"] = dates
        found.append(Field("born", Kind.BIRTH_DATE))
    for field, values in _other_columns(source, plan):
        columns[field.name] = values
        found.append(field)
    for field, values in _derived_columns(source, plan, columns):
        if field.name not in columns:
            found.append(field)
        columns[field.name] = values
    return found, columns


def _derived_columns(
    source: Source, plan: ComparisonPlan, columns: Mapping[str, Column]
) -> Iterable[tuple[Field, Column]]:
    """Parts of an address, makes with models, user names with their platform, and the words of
    names that are no person's.
    """
    made = {name: _one_by_one(columns[name]) for name in MADE_FROM if name in columns}
    kinds = (Kind.DOOR, Kind.STREET, Kind.PLACE, Kind.POSTCODE)
    if plan.of(Kind.FULL_ADDRESS, *kinds[:2]):
        whole = _joined(source, plan.of(Kind.FULL_ADDRESS))
        parts = [[address_parts(text) for text in texts] for texts in whole]
        for kind in kinds:
            name = kind.value
            said = made.get(name) or _said(source, plan.of(kind), kind)
            read = [_unique(getattr(one, name) for one in row) for row in parts]
            filled = [own or other for own, other in zip(said, read, strict=True)]
            if any(filled):
                yield Field(name, kind), filled
    if plan.of(Kind.MAKE, Kind.MODEL):
        sides = [_said(source, plan.of(kind), kind) for kind in (Kind.MAKE, Kind.MODEL)]
        yield Field("model", Kind.MODEL), [_both(*row) for row in zip(*sides, strict=True)]
    if "handle" in made:
        platforms = made.get("platform", [()] * source.rows)
        yield Field("handle", Kind.HANDLE), _with_platform(made["handle"], platforms)
    named = [made[n] for n in ("organisation_name", "display_name") if n in made]
    if named:
        yield (
            Field("name_words", Kind.NAME_WORDS, multi=True),
            [
                _unique(word for names in row for name in names for word in name.split())
                for row in zip(*named, strict=True)
            ],
        )


def _with_platform(handles: list[Values], platforms: list[Values]) -> list[Values]:
    """A user name is somebody's on its platform: `ada@kestrel`, or `ada@` where that is unknown."""
    return [
        tuple(f"{handle}@{platform}" for handle in said for platform in on or ("",))
        for said, on in zip(handles, platforms, strict=True)
    ]


def _both(make: Values, model: Values) -> Values:
    """One after the other: a model says the make as well, so the two are compared as one."""
    return (" ".join([*make[:1], *model[:1]]),) if make or model else ()


def _said(source: Source, names: Sequence[str], kind: Kind) -> list[Values]:
    return [_unique(standardise(kind, text) for text in texts) for texts in _joined(source, names)]


def _unique(values: Iterable[str | None]) -> Values:
    return tuple(dict.fromkeys(value for value in values if value))


def _column_values(source: Source, name: str, kind: Kind) -> Column:
    """The standard values of each row, in their order, each once."""
    texts = source.texts(name)
    if texts is not None:
        coded = texts.dictionary_encode()
        return standardise_all(kind, coded.dictionary).take(coded.indices)
    known: dict[str, str | None] = {}
    return [
        tuple(dict.fromkeys(v for text in _texts(cell) if (v := _standard(kind, text, known))))
        for cell in source.cells(name)
    ]


def texts_of(column: pa.ChunkedArray) -> list[Values]:
    """The texts of each row as received."""
    return [tuple(_texts(cell)) for cell in column.to_pylist()]


def _standard(kind: Kind, text: str, known: dict[str, str | None]) -> str | None:
    if text not in known:
        known[text] = standardise(kind, text)
    return known[text]


def _texts(cell: Any) -> Iterable[str]:
    if cell is None:
        return ()
    if isinstance(cell, (list, tuple)):
        said = (str(value)[:MOST_LETTERS] for value in cell if value is not None)
        return islice(said, MOST_VALUES)
    if isinstance(cell, float) and cell.is_integer():
        return (str(int(cell))[:MOST_LETTERS],)
    return (str(cell)[:MOST_LETTERS],)


def _name_columns(source: Source, plan: ComparisonPlan) -> Mapping[str, Column]:
    kinds = (Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.MIDDLE_NAME, Kind.FULL_NAME)
    planned = [plan.of(kind) for kind in kinds]
    if not any(planned):
        return {}
    if not planned[-1] and all(len(names) <= 1 for names in planned):
        texts = [source.texts(names[0]) if names else None for names in planned[:3]]
        if all(one is not None or not names for one, names in zip(texts, planned, strict=False)):
            return name_columns(source.rows, *texts)
    sides = [_joined(source, names) for names in planned]
    parts = [name_parts(*row) for row in zip(*sides, strict=True)]
    return {
        "given": [part.given for part in parts],
        "family": [part.family for part in parts],
        "middle": [part.middle for part in parts],
        "tokens": [part.tokens for part in parts],
        "roots": [_roots(part.given) for part in parts],
    }


def _roots(given: Values) -> Values:
    return tuple(sorted({root for name in given for root in roots_of(name)}))


def _joined(source: Source, names: Sequence[str]) -> list[Values]:
    """The texts of several columns, side by side."""
    columns = [[tuple(_texts(cell)) for cell in source.cells(name)] for name in names]
    if not columns:
        return [()] * source.rows
    return [tuple(text for cell in row for text in cell) for row in zip(*columns, strict=True)]


def _date_column(source: Source, plan: ComparisonPlan) -> Column | None:
    columns = [_column_values(source, n, Kind.BIRTH_DATE) for n in plan.of(Kind.BIRTH_DATE)]
    parts = [plan.of(k) for k in (Kind.BIRTH_YEAR, Kind.BIRTH_MONTH, Kind.BIRTH_DAY)]
    if len(columns) == 1 and not parts[0]:
        return columns[0]
    whole = [_one_by_one(column) for column in columns]
    if parts[0]:
        sides = [_joined(source, names[:1]) for names in parts]
        whole.append([_from_parts(*row) for row in zip(*sides, strict=True)])
    if not whole:
        return None
    return [
        tuple(dict.fromkeys(d for cell in row for d in cell)) for row in zip(*whole, strict=True)
    ]


def _from_parts(year: Values, month: Values, day: Values) -> Values:
    numbers = [_number(v[0].strip()) if v else 0 for v in (year, month, day)]
    if not 0 < numbers[0] <= 9999:
        return ()
    return (f"{numbers[0]:04d}-{min(numbers[1], 99):02d}-{min(numbers[2], 99):02d}",)


def _number(text: str) -> int:
    """0 for what is no number, or too long for a year."""
    return int(text) if text.isdecimal() and len(text) <= 4 else 0


def _other_columns(source: Source, plan: ComparisonPlan) -> Iterable[tuple[Field, Column]]:
    special = {
        *NAME_KINDS,
        Kind.NAME_ROOTS,
        Kind.FULL_ADDRESS,
        Kind.DOOR,
        Kind.STREET,
        Kind.MAKE,
        Kind.MODEL,
        Kind.NAME_WORDS,
    }
    counts: dict[Kind, int] = {}
    for column in plan.compared:
        if column.kind in special or column.kind.value.startswith("birth_"):
            continue
        counts[column.kind] = number = counts.get(column.kind, 0) + 1
        name = column.kind.value if number == 1 else f"{column.kind.value}_{number}"
        called = column.name if column.kind is Kind.CATEGORY or number > 1 else ""
        yield (
            Field(name, column.kind, called=called.replace("_", " ")),
            _column_values(source, column.name, column.kind),
        )


def _one_by_one(column: Column) -> list[Values]:
    if isinstance(column, list):
        return column
    return [() if value is None else (value,) for value in column.to_pylist()]


def _with_shape(field: Field, values: Column) -> Field:
    """A field becomes a list where any record has more than one value."""
    several = isinstance(values, list) and any(len(value) > 1 for value in values)
    return replace(field, multi=field.multi or several)


def _array(values: Column, multi: bool) -> pa.Array:
    if isinstance(values, pa.Array):
        if pa.types.is_list(values.type) is multi:
            return values
        values = _one_by_one(values)
    if multi:
        return pa.array([list(v) if v else None for v in values], pa.list_(pa.string()))
    return pa.array([v[0] if v else None for v in values], pa.string())
