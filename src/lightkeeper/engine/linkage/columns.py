"""Records as codes: each field's values once, and which of them each record has.

What is asked of values (their length, their year, how common they are) is worked out once a value
and not once a pair.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.linkage.prepare import Field

Codes = NDArray[np.int32]
Places = NDArray[np.int64]
Number = TypeVar("Number", bound=np.integer[Any])
NONE = -1
# A value that no list of common ones holds counts as shared by the two that are compared.
RARE = 2
# So many values are laid beside others at a time.
MOST_AT_ONCE = 4_000_000


@dataclass
class Column:
    """One field of n records.

    `values` (v,), each once. `code`: of a field with one value (n,) int32, -1 for none; of one
    with lists (t,), row after row, each value of a row once, from `start` (n + 1,) on.
    `size` (v,): how often each is said here. `share` (v,) float32 of the `known` values in all.
    """

    of: Field
    values: pa.StringArray
    code: Codes
    start: Places | None
    size: NDArray[np.int64]
    share: NDArray[np.float32]
    known: int
    made: dict[Hashable, Any] = field(default_factory=dict)
    making: RLock = field(default_factory=RLock)

    def once(self, name: Hashable, make: Callable[["Column"], Any]) -> Any:
        """What `make` gives for the values of this column, worked out the first time, by one thread
        while others wait.
        """
        with self.making:
            if name not in self.made:
                self.made[name] = make(self)
            return self.made[name]

    @cached_property
    def texts(self) -> list[str]:
        """The values, one character for each byte of UTF-8, as distances count them."""
        said: list[str] = self.values.to_pylist()
        return [
            v if v.isascii() else v.encode("utf-8", "surrogatepass").decode("latin-1") for v in said
        ]

    @cached_property
    def text_objects(self) -> NDArray[Any]:
        found = np.empty(len(self.values), object)
        found[:] = self.texts
        return found

    def has(self, rows: Places) -> NDArray[np.bool_]:
        """Whether each of these records has a value."""
        if self.start is None:
            return np.asarray(self.code[rows] != NONE)
        return np.asarray(self.start[rows + 1] > self.start[rows])

    def at_once(self, left: Places, right: Places) -> Iterator[Places]:
        """Which of these pairs have a value on both sides, so many at a time that all values of one
        side beside all of the other take little memory.
        """
        there = np.flatnonzero(self.has(left) & self.has(right))
        if self.start is None or not len(there):
            yield there
            return
        many = np.diff(self.start)
        total = np.cumsum(many[left[there]] * many[right[there]])
        edges = np.searchsorted(total, np.arange(MOST_AT_ONCE, total[-1], MOST_AT_ONCE), "right")
        for part in np.split(there, np.unique(edges)):
            if len(part):
                yield part


@dataclass(frozen=True)
class Coded:
    """n records. `single` (n, s) int32 has the codes of the fields with one value side by side, in
    the order of `singles`, so that a record's lie together in memory.
    """

    rows: int
    columns: Mapping[str, Column]
    singles: tuple[str, ...]
    single: NDArray[np.int32]


def once(numbers: NDArray[Number]) -> NDArray[Number]:
    """Each number once, ascending. Not np.unique, whose tables of hashes take ten times as long."""
    numbers.sort()
    new = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers[new]


def spread(first: Places, last: Places) -> tuple[Places, Places]:
    """For each entry the places from first to last: the entry, and the place."""
    count = last - first
    entry = np.repeat(np.arange(len(first)), count)
    before = np.cumsum(count) - count
    return entry, np.arange(len(entry)) + np.repeat(first - before, count)


def starts(count: NDArray[Number]) -> NDArray[Any]:
    """Where each of so many begins, one after the other, and where the last ends, (n + 1,)."""
    total = np.cumsum(count)
    return np.concatenate([np.zeros(1, total.dtype), total])


def expand(start: Places, rows: Places | Codes) -> tuple[Places, Places]:
    """For each entry of `rows` every place of that row: the entry, and the place."""
    return spread(start[rows], start[rows + 1])


def code_records(
    prepared: pa.Table, fields: Sequence[Field], values: pa.Table | None = None
) -> Coded:
    """The prepared table (see `prepare`) as codes.

    How common a value is comes from the table itself, or from `values` (see `common_values`): then
    no record of this one changes the weight of a pair that it is not in.
    """
    columns = {field.name: _column(prepared[field.name], field, values) for field in fields}
    singles = tuple(name for name, column in columns.items() if column.start is None)
    single = np.empty((prepared.num_rows, len(singles)), np.int32)
    for place, name in enumerate(singles):
        single[:, place] = columns[name].code
        columns[name].code = single[:, place]
    return Coded(prepared.num_rows, columns, singles, single)


def _column(said: pa.ChunkedArray, field: Field, values: pa.Table | None) -> Column:
    whole, start = said.combine_chunks(), None
    if field.multi:
        whole = whole.fill_null(pa.scalar([], whole.type))
        start = np.asarray(whole.offsets.to_numpy(), np.int64)
        # A slice of a table keeps its values from somewhere in the middle on.
        whole, start = whole.flatten(), start - start[0]
    coded = whole.dictionary_encode()
    code = coded.indices.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int32)
    size = np.bincount(code[code != NONE], minlength=len(coded.dictionary))
    common, known = size, int(size.sum())
    if values is not None:
        common, known = _as_known(coded.dictionary, field.name, values)
    share = (common / max(known, 1)).astype(np.float32)
    return Column(field, coded.dictionary, code, start, size, share, known)


def count_again(coded: Coded, rows: Places, more: Places) -> None:
    """How common each value is, from these records alone; what `more` of them say as well is as
    much more common, without making the rest rarer.
    """
    for column in coded.columns.values():
        size = _said_by(column, rows)
        column.known = int(size.sum())
        column.size = np.minimum(size + _said_by(column, more), column.known)
        column.share = (column.size / max(column.known, 1)).astype(np.float32)


def _said_by(column: Column, rows: Places) -> NDArray[np.int64]:
    """How often each value is said in these records, (v,)."""
    place = rows if column.start is None else expand(column.start, rows)[1]
    code = column.code[place]
    return np.bincount(code[code != NONE], minlength=len(column.values))


def _as_known(said: pa.StringArray, name: str, values: pa.Table) -> tuple[NDArray[np.int64], int]:
    """How often each value stands in a list of common ones, and how many values it is made from."""
    own = values.filter(pc.equal(values["field"], name))
    total = own.filter(pc.is_null(own["value"]))["size"].to_pylist()
    own = own.filter(pc.is_valid(own["value"]))
    place = pc.index_in(said, own["value"].combine_chunks()).fill_null(NONE)
    at = place.to_numpy(zero_copy_only=False)
    sizes = np.append(own["size"].to_numpy(), RARE)
    return np.asarray(sizes[at], np.int64), int(max(total, default=0))


def common_values(coded: Coded) -> pa.Table:
    """How often each value stands in these records, where it does more than twice.

    Shapes: field, value (text), size (int64); a row without a value for each field, with how many
    values it has in all. What is rarer is left out: two records that share it are all that do,
    and a list of rare names would be a list of people.
    """
    parts = []
    for name in sorted(coded.columns):
        column = coded.columns[name]
        often = column.size > RARE
        kept = column.values.filter(pa.array(often))
        order = pc.sort_indices(kept)
        parts.append(
            pa.table(
                {
                    "field": pa.array([name] * (len(kept) + 1), pa.string()),
                    "value": pa.concat_arrays([pa.nulls(1, pa.string()), kept.take(order)]),
                    "size": np.append(column.known, column.size[often][order.to_numpy()]),
                }
            )
        )
    return pa.concat_tables(parts) if parts else _no_values()


def _no_values() -> pa.Table:
    return pa.table(
        {
            "field": pa.array([], pa.string()),
            "value": pa.array([], pa.string()),
            "size": pa.array([], pa.int64()),
        }
    )
