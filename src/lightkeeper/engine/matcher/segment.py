"""A segment: records as codes of their values, the values, and the index, in one mapped file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.matcher.container import Array, Arrays
from lightkeeper.engine.matcher.manifest import SegmentOf

# The code of a record without a value, and of a value that no record has.
NONE = -1
NOWHERE = -2
Codes = NDArray[np.int64]


def hash_of(raw: bytes, salt: bytes) -> np.uint64:
    """A number that names a value. The salt is the index's own: nobody outside can make two
    values meet.
    """
    return np.uint64(int.from_bytes(blake2b(raw, digest_size=8, key=salt).digest(), "little"))


def value_hashes(values: Iterable[bytes], salt: bytes) -> NDArray[np.uint64]:
    """The same for many."""
    every = b"".join(blake2b(raw, digest_size=8, key=salt).digest() for raw in values)
    return np.frombuffer(every, "<u8")


class Column:
    """The values of one field: a dictionary in the order of its hashes, and the codes of the rows.

    code (n,) int32 where a record has one value, -1 for none; else code (t,) from start (n + 1,).
    """

    def __init__(self, arrays: Arrays, field: Field) -> None:
        name = field.name
        self.multi = field.multi
        self.hash, self.count = arrays[f"{name}.hash"], arrays[f"{name}.count"]
        self.offset, self.code = arrays[f"{name}.offset"], arrays[f"{name}.code"]
        self.start: Array | None = arrays[f"{name}.start"] if field.multi else None
        self.total: int = arrays.meta["totals"][name]
        self._map, self._heap = arrays.map, arrays.place(f"{name}.heap")

    def find(self, hashed: np.uint64, raw: bytes) -> int:
        """The code of a value, or NOWHERE."""
        at = int(self.hash.searchsorted(hashed))
        if at < len(self.hash) and self.hash[at] == hashed and self.bytes_of(at) == raw:
            return at
        return NOWHERE

    def bytes_of(self, code: int) -> bytes:
        first, last = int(self.offset[code]), int(self.offset[code + 1])
        return self._map[self._heap + first : self._heap + last]

    def flat(self, rows: Codes) -> tuple[Codes, Codes]:
        """Of rows of a field with lists: the codes one after the other, how many of each row."""
        assert self.start is not None
        first = self.start[rows].astype(np.int64)
        count = self.start[rows + 1].astype(np.int64) - first
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return self.code[np.repeat(first, count) + within].astype(np.int64), count


@dataclass(frozen=True)
class Removed:
    """Rows of a segment that were taken out, ascending, and by how much its counts are too high."""

    rows: Codes
    less: dict[str, tuple[Array, Array]]
    totals: dict[str, int]

    def count(self, field: str, code: int) -> int:
        codes, less = self.less[field]
        at = int(codes.searchsorted(code))
        return int(less[at]) if at < len(codes) and codes[at] == code else 0


NOTHING_REMOVED = Removed(np.empty(0, np.int64), {}, {})


class Segment:
    """The open file, and what was taken out of it since it was written."""

    def __init__(self, folder: Path, entry: SegmentOf, fields: Sequence[Field]) -> None:
        self.entry = entry
        self.arrays = Arrays(folder / entry.file.name, entry.file.size, entry.file.check)
        self.rows = entry.rows
        self.ids = self.arrays["ids"]
        self.order = self.arrays["order"]
        self.postings = self.arrays["postings"]
        self.columns = {field.name: Column(self.arrays, field) for field in fields}
        self._ints, self._longs = self.arrays.whole("<i4"), self.arrays.whole("<i8")
        at = [[self._place(f.name, "code") // 4 for f in fields],
              [self._place(f.name, "offset") // 8 for f in fields],
              [self._place(f.name, "heap") for f in fields]]  # fmt: skip
        self._code_at, self._offset_at, self._heap_at = np.array(at, np.int64)
        self.removed = NOTHING_REMOVED
        if entry.removed is not None:
            self.removed = _removed(folder, entry, fields)

    @property
    def live(self) -> int:
        return self.rows - len(self.removed.rows)

    def codes(self, fields: Codes, rows: Codes) -> Codes:
        """The codes of n rows in f fields with one value each, given by their places: (f, n)."""
        return np.asarray(self._ints[self._code_at[fields][:, None] + rows])

    def texts(self, fields: Codes, codes: Codes) -> list[str]:
        """The values with these codes, each of its own field, one character for each byte: what
        DuckDB's distances count.
        """
        at, heap, body = self._offset_at[fields] + codes, self._heap_at[fields], self.arrays.map
        first, last = (self._longs[at] + heap).tolist(), (self._longs[at + 1] + heap).tolist()
        return [str(body[a:b], "latin-1") for a, b in zip(first, last, strict=True)]

    def _place(self, field: str, kind: str) -> int:
        return self.arrays.place(f"{field}.{kind}")

    def rows_of(self, ids: Codes) -> Codes:
        """The live row of each id, or -1."""
        if not self.rows:
            return np.full(len(ids), NONE)
        at = np.searchsorted(self.ids, ids, sorter=self.order)
        rows = self.order[np.minimum(at, self.rows - 1)].astype(np.int64)
        return np.where((self.ids[rows] == ids) & ~self.gone(rows), rows, NONE)

    def gone(self, rows: Codes) -> NDArray[np.bool_]:
        removed = self.removed.rows
        if not len(removed):
            return np.zeros(len(rows), bool)
        at = np.minimum(removed.searchsorted(rows), len(removed) - 1)
        return np.asarray(removed[at] == rows)

    def kept(self) -> Codes:
        """The live rows, ascending."""
        keep = np.ones(self.rows, bool)
        keep[self.removed.rows] = False
        return np.nonzero(keep)[0]

    def count(self, field: str, code: int) -> int:
        """How many live records have this value."""
        count = int(self.columns[field].count[code])
        return count - (self.removed.count(field, code) if self.removed.less else 0)

    def total(self, field: str) -> int:
        return self.columns[field].total - self.removed.totals.get(field, 0)


def _removed(folder: Path, entry: SegmentOf, fields: Sequence[Field]) -> Removed:
    assert entry.removed is not None
    arrays = Arrays(folder / entry.removed.name, entry.removed.size, entry.removed.check)
    less = {f.name: (arrays[f"{f.name}.code"], arrays[f"{f.name}.less"]) for f in fields}
    totals: dict[str, Any] = arrays.meta["totals"]
    return Removed(arrays["rows"].astype(np.int64), less, totals)
