"""What a graph is made of, as columns: checked once, then numbers all the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.errors import ConflictError, ShapeError

Numbers = NDArray[np.int32]
Columns: TypeAlias = pa.Table | Mapping[str, Any]

SAME_AS = "same as"
MIXED = "Keys are whole numbers or texts, and not both in one graph."
# Envelopes that nobody's mask has: of a thing, which is in sight as far as its ties are, and of
# what was taken out. They stand at the end of every mask (-1 is the last place).
THING, NOBODY = -1, -2
# A mask has a place for each number up to the largest.
MOST_ENVELOPES = 1 << 22
NO_DAY = np.iinfo(np.int32).min
EDGE_ARRAYS = {
    "a": np.int32, "b": np.int32, "kind": np.uint16, "weight": np.float32,
    "day": np.int32, "grade": np.uint16, "envelope": np.int32,
}  # fmt: skip


@dataclass(frozen=True)
class NodeRows:
    """n nodes: key (n,) int64 or large_string; kind, its text; envelope (n,), THING for a thing."""

    key: pa.Array
    kind: pa.DictionaryArray
    envelope: Numbers


@dataclass(frozen=True)
class EdgeRows:
    """m edges: a and b, the keys at their ends; kind and grade, texts; day (m,), or NO_DAY."""

    a: pa.Array
    b: pa.Array
    kind: pa.DictionaryArray
    weight: NDArray[np.float32]
    day: Numbers
    grade: pa.DictionaryArray
    envelope: Numbers


@dataclass(frozen=True)
class Edges:
    """The same with numbers: a and b are nodes; kind and grade are places in lists of names."""

    a: Numbers
    b: Numbers
    kind: NDArray[np.uint16]
    weight: NDArray[np.float32]
    day: Numbers
    grade: NDArray[np.uint16]
    envelope: Numbers

    def __len__(self) -> int:
        return len(self.a)

    def take(self, at: Any) -> "Edges":
        return Edges(**{name: getattr(self, name)[at] for name in EDGE_ARRAYS})


def no_edges() -> Edges:
    return Edges(**{name: np.empty(0, kind) for name, kind in EDGE_ARRAYS.items()})


def join_edges(parts: list[Edges]) -> Edges:
    return Edges(
        **{
            name: np.concatenate([getattr(part, name) for part in parts], dtype=kind)
            for name, kind in EDGE_ARRAYS.items()
        }
    )


def node_rows(columns: Columns) -> NodeRows:
    """Raises: ShapeError naming the column or the row; ConflictError for a key that comes twice."""
    table = _table(columns, "nodes", {"key", "kind", "envelope"}, {"key", "kind"})
    rows = NodeRows(
        _keys(table["key"], "nodes", "key"), _words(table, "kind"), _envelopes(table, things=True)
    )
    counts = pc.value_counts(rows.key)
    if len(counts) < len(rows.key):
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        raise ConflictError(f"Two nodes have the key {twice[0].as_py()!r}.")
    return rows


def mark_rows(columns: Columns) -> tuple[pa.Array, Numbers]:
    """The keys of common places and the envelope of each mark. Raises: ShapeError."""
    table = _table(columns, "marks", {"key", "envelope"}, {"key", "envelope"})
    envelope = _envelopes(table, things=True)
    if (envelope == THING).any():
        raise ShapeError("A mark has no envelope: nobody could be told who may see it.")
    return _keys(table["key"], "marks", "key"), envelope


def edge_rows(columns: Columns) -> EdgeRows:
    """Raises: ShapeError naming the column or the row."""
    needed = {"a", "b", "kind", "envelope"}
    table = _table(columns, "edges", needed | {"weight", "day", "grade"}, needed)
    rows = EdgeRows(
        _keys(table["a"], "edges", "a"), _keys(table["b"], "edges", "b"), _words(table, "kind"),
        _weights(table), _days(table), _words(table, "grade"), _envelopes(table, things=False),
    )  # fmt: skip
    if rows.a.type != rows.b.type:
        raise ShapeError(MIXED)
    itself = np.flatnonzero(pc.equal(rows.a, rows.b).to_numpy(zero_copy_only=False))
    if len(itself):
        key = rows.a[int(itself[0])].as_py()
        raise ShapeError(f"Row {itself[0] + 1} of the edges ties {key!r} to itself.")
    return rows


def keys_of(keys: Any) -> pa.Array:
    """Raises: ShapeError if they are neither whole numbers of 64 bits nor texts."""
    try:
        if isinstance(keys, list) and all(type(key) is int for key in keys):
            return pa.array(np.array(keys, np.int64))
        return _keys(pa.chunked_array([pa.array(keys)]), "keys", "key")
    except (pa.ArrowException, OverflowError, TypeError) as error:
        raise ShapeError(f"The keys are not of one kind: {error}") from error


def words_added(words: tuple[str, ...], column: pa.DictionaryArray) -> tuple[str, ...]:
    """The list of names with those of the column that it does not have at its end."""
    new = sorted(set(column.dictionary.to_pylist()) - set(words))
    if len(words) + len(new) > np.iinfo(np.uint16).max:
        raise ShapeError("There are more than 65,535 kinds or grades. Are they free text?")
    return (*words, *new)


def codes_of(words: tuple[str, ...], column: pa.DictionaryArray) -> NDArray[np.uint16]:
    place = {word: at for at, word in enumerate(words)}
    own = np.array([place[word] for word in column.dictionary.to_pylist()], np.uint16)
    found = column.indices.to_numpy(zero_copy_only=False)
    return own[found] if len(found) else np.empty(0, np.uint16)


def sorted_words(
    words: tuple[str, ...], used: NDArray[np.uint16], first: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], NDArray[np.uint16]]:
    """The names that are used, in their order, `first` before all; and of each old place the new.

    What a graph was made of then says what its file is, in whatever order it came.
    """
    held = {words[at] for at in np.unique(used).tolist()}
    names = (*first, *sorted(held - set(first)))
    place = {word: at for at, word in enumerate(names)}
    return names, np.array([place.get(word, 0) for word in words], np.uint16)


def numbered(rows: EdgeRows, a: Numbers, b: Numbers, kinds: Any, grades: Any) -> Edges:
    """With the lower number first, which is how an edge is known again."""
    for end, keys in ((a, rows.a), (b, rows.b)):
        if len(missing := np.flatnonzero(end < 0)):
            raise ShapeError(
                f"Row {missing[0] + 1} of the edges names {keys[int(missing[0])].as_py()!r}, "
                "which is no node. Give it among the nodes."
            )
    return Edges(
        np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32),
        codes_of(kinds, rows.kind), rows.weight, rows.day, codes_of(grades, rows.grade),
        rows.envelope,
    )  # fmt: skip


def renumbered(edges: Edges, number: Numbers) -> Edges:
    a, b = number[edges.a], number[edges.b]
    return replace(edges, a=np.minimum(a, b), b=np.maximum(a, b))


def _table(columns: Columns, what: str, known: set[str], needed: set[str]) -> pa.Table:
    try:
        table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
    except (pa.ArrowException, OverflowError, TypeError) as error:
        raise ShapeError(f"The columns of the {what} do not fit one table: {error}") from error
    if missing := sorted(needed - set(table.column_names)):
        raise ShapeError(f"The {what} have no column {missing[0]}.")
    if unknown := sorted(set(table.column_names) - known):
        raise ShapeError(f"The {what} have a column {unknown[0]}. Known: {sorted(known)}.")
    return table


def _keys(column: pa.ChunkedArray, what: str, name: str) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if (pa.types.is_null(kind) and not len(column)) or pa.types.is_integer(kind):
        kind = pa.int64()
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        kind = pa.large_string()
    else:
        raise ShapeError(f"Column {name} of the {what} holds {kind}: no whole numbers or texts.")
    if column.null_count:
        raise ShapeError(f"Column {name} of the {what} has an empty place.")
    try:
        chunks = column.cast(kind).chunks
        return pa.concat_arrays(chunks) if chunks else pa.array([], kind)
    except pa.ArrowInvalid as error:
        raise ShapeError(f"Column {name} of the {what}: {error}") from error


def _words(table: pa.Table, name: str) -> pa.DictionaryArray:
    """Texts, each once; empty for none."""
    if name not in table.column_names:
        return pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(len(table), np.int32)), pa.array([""])
        )
    column = table[name]
    if not pa.types.is_dictionary(column.type):
        try:
            column = column.cast(pa.string())
        except pa.ArrowException as error:
            raise ShapeError(f"Column {name} is not text: {error}") from error
        column = column.fill_null("").dictionary_encode()
    merged = column.unify_dictionaries().combine_chunks()
    if isinstance(merged, pa.ChunkedArray):
        merged = pa.concat_arrays(merged.chunks) if merged.num_chunks else pa.array([], merged.type)
    if merged.null_count or not pa.types.is_string(merged.type.value_type):
        raise ShapeError(f"Column {name} has an empty place, or a list that is not of texts.")
    return merged


def _envelopes(table: pa.Table, *, things: bool) -> Numbers:
    what = "nodes" if things else "edges"
    if "envelope" not in table.column_names:
        return np.full(len(table), THING, np.int32)
    column = _whole(table["envelope"], "envelope", what)
    if column.null_count and not things:
        raise ShapeError("An edge has no envelope: nobody could be told who may see it.")
    envelope = np.asarray(column.fill_null(THING).to_numpy(zero_copy_only=False), np.int64)
    given = column.is_valid().to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(given & ((envelope < 0) | (envelope >= MOST_ENVELOPES)))
    if len(wrong):
        raise ShapeError(
            f"Row {wrong[0] + 1} of the {what} has the envelope {envelope[wrong[0]]}, "
            "which is no number of a label."
        )
    return envelope.astype(np.int32)


def _weights(table: pa.Table) -> NDArray[np.float32]:
    if "weight" not in table.column_names:
        return np.ones(len(table), np.float32)
    column = table["weight"].combine_chunks()
    try:
        weight = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    except pa.ArrowException as error:
        raise ShapeError(f"Column weight is not of numbers: {error}") from error
    wrong = np.flatnonzero(~((weight > 0) & (weight <= 1)))
    if len(wrong):
        raise ShapeError(
            f"Row {wrong[0] + 1} of the edges has the weight {weight[wrong[0]]}: "
            "it must be above 0 and at most 1."
        )
    return np.maximum(weight.astype(np.float32), np.float32(1e-30))


def _days(table: pa.Table) -> Numbers:
    if "day" not in table.column_names:
        return np.full(len(table), NO_DAY, np.int32)
    column = table["day"].combine_chunks()
    if pa.types.is_date(column.type):
        column = column.cast(pa.date32()).cast(pa.int32())
    days = _whole(column, "day", "edges").fill_null(NO_DAY).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(np.abs(days) > -int(NO_DAY))
    if len(wrong):
        raise ShapeError(f"Row {wrong[0] + 1} of the edges has the day {days[wrong[0]]}.")
    return np.asarray(days, np.int64).astype(np.int32)


def _whole(column: Any, name: str, what: str) -> pa.Array:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not (pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
        raise ShapeError(f"Column {name} of the {what} holds {column.type}: no whole numbers.")
    return column.cast(pa.int64())
