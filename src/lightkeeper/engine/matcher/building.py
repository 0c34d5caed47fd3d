"""A segment made from prepared records, and the file of those taken out of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.matcher.clues import Held, Recipe, keys_of_many
from lightkeeper.engine.matcher.container import Array, Writer
from lightkeeper.engine.matcher.manifest import FileOf, SegmentOf, reached
from lightkeeper.engine.matcher.segment import NONE, Codes, Segment, value_hashes


@dataclass(frozen=True)
class Encoded:
    """One field of a piece: its values in the order of their hashes, and the codes of the rows.

    code (t,) int32 of row after row from start (n + 1,); a row without a value has none.
    """

    values: list[str]
    raw: list[bytes]
    hash: Array
    code: Codes
    start: Codes


def encode(column: pa.ChunkedArray, multi: bool, salt: bytes) -> Encoded:
    """Shapes: column (n,) text, or lists of text."""
    array = column.combine_chunks()
    if multi:
        count = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        array = array.flatten()
    else:
        count = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), np.int64)
        array = array.drop_null()
    coded = array.dictionary_encode()
    values: list[str] = coded.dictionary.to_pylist()
    raw = [value.encode("utf-8", "surrogatepass") for value in values]
    hashes = value_hashes(raw, salt)
    order = np.argsort(hashes)
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order))
    code = new[coded.indices.to_numpy(zero_copy_only=False)] if values else np.empty(0, np.int64)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    if len(np.unique(hashes)) != len(hashes):
        raise FormatError("Two values have one hash. Build the index again.")
    at = order.tolist()
    return Encoded([values[n] for n in at], [raw[n] for n in at], hashes[order], code, start)


def write_segment(
    folder: Path,
    name: str,
    ids: Codes,
    prepared: pa.Table,
    fields: Sequence[Field],
    recipes: Sequence[Recipe],
    salt: bytes,
) -> SegmentOf:
    """Writes the records as one segment; nothing is in the index before the manifest names it.

    Shapes: ids (n,) int64, each once; prepared (n, 1 + fields) as `prepare` gives it.
    """
    rows = len(ids)
    encoded = {f.name: encode(prepared[f.name], f.multi, salt) for f in fields}
    held = {name: Held(e.values, e.code, e.start) for name, e in encoded.items()}
    with Writer(folder / name) as writer:
        put_ids(writer, ids)
        for field in fields:
            _put_column(writer, field, encoded[field.name], rows)
        writer.put("postings", keys_of_many(held, rows, recipes, int.from_bytes(salt[:4])))
        reached("segment written")
        totals = {name: len(e.code) for name, e in encoded.items()}
        size, check = writer.close({"rows": rows, "totals": totals})
    reached("segment synced")
    return SegmentOf(FileOf(name, size, check), rows)


def put_ids(writer: Writer, ids: Codes) -> None:
    writer.put("ids", ids.astype(np.int64))
    writer.put("order", np.argsort(ids, kind="stable").astype(np.int32))


def _put_column(writer: Writer, field: Field, encoded: Encoded, rows: int) -> None:
    name = field.name
    writer.put(f"{name}.hash", encoded.hash)
    count = np.bincount(encoded.code, minlength=len(encoded.values))
    writer.put(f"{name}.count", count.astype(np.uint32))
    lengths = np.fromiter(map(len, encoded.raw), np.uint64, len(encoded.raw))
    writer.put(f"{name}.offset", np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint64))
    writer.put(f"{name}.heap", np.frombuffer(b"".join(encoded.raw), np.uint8))
    if field.multi:
        writer.put(f"{name}.start", encoded.start.astype(np.uint32))
        writer.put(f"{name}.code", encoded.code.astype(np.int32))
        return
    code = np.full(rows, NONE, np.int32)
    code[np.diff(encoded.start) > 0] = encoded.code
    writer.put(f"{name}.code", code)


def write_removed(
    folder: Path, name: str, segment: Segment, rows: Codes, fields: Sequence[Field]
) -> FileOf:
    """Writes which rows of a segment no longer count, and what they had added to its counts."""
    totals = {}
    with Writer(folder / name) as writer:
        writer.put("rows", rows.astype(np.int32))
        for field in fields:
            column = segment.columns[field.name]
            codes = column.flat(rows)[0] if column.multi else column.code[rows]
            each, less = np.unique(codes[codes >= 0], return_counts=True)
            writer.put(f"{field.name}.code", each.astype(np.int32))
            writer.put(f"{field.name}.less", less.astype(np.uint32))
            totals[field.name] = int(less.sum())
        size, check = writer.close({"totals": totals})
    reached("removed written")
    return FileOf(name, size, check)
