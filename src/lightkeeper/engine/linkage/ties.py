"""Ties of records to other records and to things: as received, and as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.plain import words
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.propose import KIND_OF
from lightkeeper.engine.linkage.standardise import standardise

NONE = -1
# A kind is a word like associate or journey; more of them are some other column.
MOST_KINDS = 40
COLUMNS = ("record_id", "kind", "other", "key", "source")
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ties:
    """t ties of the records of a table.

    `kinds` in alphabetical order. (t,) int64: `row`, the record; `kind`, a place in kinds; `other`,
    the row of the record to which it leads, or -1; `key`, the number of the thing, or -1: two ties
    of one kind lead to one thing where the numbers are the same; `source`, or -1 where nobody says.
    `to_itself`, `said_nothing`: how many were passed over, of a record to itself and with a key in
    which nothing is left to compare.
    """

    kinds: tuple[str, ...]
    row: Numbers
    kind: Numbers
    other: Numbers
    key: Numbers
    source: Numbers
    to_itself: int = 0
    said_nothing: int = 0

    def __len__(self) -> int:
        return len(self.row)

    def both_ways(self) -> "Ties":
        """With each tie between two records said of the other as well."""
        back = np.flatnonzero(self.other != NONE)
        return Ties(
            self.kinds,
            np.append(self.row, self.other[back]),
            np.append(self.kind, self.kind[back]),
            np.append(self.other, self.row[back]),
            np.append(self.key, self.key[back]),
            np.append(self.source, self.source[back]),
        )


def ties_from(table: pa.Table, ids: Sequence[str | None], name: str = "The table of ties") -> Ties:
    """The ties of a table with the columns record_id, kind, other or key, and perhaps source.

    Shapes: table (t, columns), text or numbers; ids (n,), what each record is called. `other`
        is the id of a record; `key` anything that two records may have in common, compared as
        fields of that kind are: a phone by its digits.
    Raises: FormatError that names the line, counted from 2 as in a file with a header.
    """
    missing = [column for column in COLUMNS[:2] if column not in table.column_names]
    if missing or not {"other", "key"} & set(table.column_names):
        raise FormatError(f"{name} has no column {missing[0] if missing else 'other or key'}.")
    said = {column: _texts(table, column) for column in COLUMNS}
    has = {column: _mask(pc.is_valid(said[column])) for column in COLUMNS}
    _refuse(~has["record_id"], name, "there is no record_id.")
    _refuse(~has["kind"], name, "there is no kind. It is a word such as associate or phone.")
    _refuse(has["other"] & has["key"], name, "a tie leads to other or to key, and not to both.")
    _refuse(~(has["other"] | has["key"]), name, "other or key must say to what the tie leads.")
    known, rows = _known(ids)
    row = _rows_of(said["record_id"], known, rows, name)
    other = _rows_of(said["other"], known, rows, name)
    kinds, kind = _kinds(said["kind"], name)
    key = _keys(said["key"], kind, kinds)
    itself, nothing = row == other, has["key"] & (key == NONE)
    kept = ~(itself | nothing)
    return Ties(
        kinds, row[kept], kind[kept], other[kept], key[kept], _codes(said["source"])[kept],
        int(itself.sum()), int(nothing.sum()),
    )  # fmt: skip


def _refuse(where: Mask, name: str, sentence: str, said: pa.StringArray | None = None) -> None:
    if where.any():
        at = int(np.argmax(where))
        what = "" if said is None else repr(said[at].as_py())
        raise FormatError(f"Line {at + 2} of {name}: {sentence.format(what)}")


def _rows_of(said: pa.StringArray, known: pa.StringArray, rows: Numbers, name: str) -> Numbers:
    """The row of each record that is named, -1 where none is."""
    places, there = _places(said, known), _mask(pc.is_valid(said))
    _refuse(there & (places == NONE), name, "there is no record {}.", said)
    twice = there & (rows[places] == NONE)
    _refuse(twice, name, "two records are called {}. Each needs an id of its own.", said)
    return rows[places]


def _texts(table: pa.Table, column: str) -> pa.StringArray:
    """The cells as text without blanks around; null for an empty one, or where no column is."""
    if column not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    found = table[column].combine_chunks()
    text = pc.utf8_trim_whitespace(found.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _mask(found: pa.BooleanArray) -> Mask:
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)


def _codes(texts: pa.StringArray) -> Numbers:
    """A number for each text, -1 for none, whatever the order in which they come."""
    once = pc.drop_null(pc.unique(texts))
    return _places(texts, once.take(pc.sort_indices(once)))


def _places(texts: pa.StringArray, among: pa.StringArray) -> Numbers:
    found = pc.index_in(texts, among, skip_nulls=True).fill_null(NONE)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _known(ids: Sequence[str | None]) -> tuple[pa.StringArray, Numbers]:
    """Each id once, and its row: -1 where two records have it. A last -1 is for what is unknown."""
    coded = pa.array(ids, pa.string()).dictionary_encode()
    code = coded.indices.fill_null(NONE).to_numpy(zero_copy_only=False)
    rows = np.full(len(coded.dictionary) + 1, NONE, np.int64)
    rows[code] = np.arange(len(ids))
    rows[:-1][np.bincount(code[code != NONE], minlength=len(rows) - 1) > 1] = NONE
    rows[-1] = NONE
    return coded.dictionary, rows


def _kinds(texts: pa.StringArray, name: str) -> tuple[tuple[str, ...], Numbers]:
    coded = texts.dictionary_encode()
    plain = [words(text) or text.casefold() for text in coded.dictionary.to_pylist()]
    kinds = tuple(sorted(set(plain)))
    if len(kinds) > MOST_KINDS:
        raise FormatError(
            f"{name} has {len(kinds)} kinds of tie, and at most {MOST_KINDS} are told apart. "
            f"Is the column kind the right one?"
        )
    place = np.array([kinds.index(one) for one in plain], np.int64)
    return kinds, place[coded.indices.to_numpy(zero_copy_only=False)]


def _keys(texts: pa.StringArray, kind: Numbers, kinds: Sequence[str]) -> Numbers:
    """A number for each key of each kind, in its one spelling; -1 where nothing is left of it."""
    found, first = np.full(len(texts), NONE, np.int64), 0
    for number, name in enumerate(kinds):
        at = np.flatnonzero(kind == number)
        coded = texts.take(pa.array(at)).dictionary_encode()
        of = field_kind(name)
        plain = [
            standardise(of, text) if of else words(text) for text in coded.dictionary.to_pylist()
        ]
        order = {text: place for place, text in enumerate(sorted(set(filter(None, plain))), first)}
        place = np.array([order[text] if text else NONE for text in plain] + [NONE], np.int64)
        found[at] = place[coded.indices.fill_null(len(plain)).to_numpy(zero_copy_only=False)]
        first += len(order)
    return found


def field_kind(name: str) -> Kind | None:
    """The kind of field that says what ties of this kind say, if there is one."""
    return KIND_OF.get(name.replace(" ", "_"))
