"""Several segments written as one, without those that were taken out, in bounded memory.

Values meet by their hashes and the index by its keys; neither is worked out again. The index is
merged in ranges of keys, so that only one range is in memory at a time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.matcher.building import put_ids
from lightkeeper.engine.matcher.container import Array, Writer
from lightkeeper.engine.matcher.manifest import FileOf, SegmentOf, reached
from lightkeeper.engine.matcher.segment import NONE, Codes, Segment

POSTINGS_AT_ONCE = 8_000_000
VALUES_AT_ONCE = 500_000


def merge_segments(
    folder: Path, name: str, segments: Sequence[Segment], fields: Sequence[Field]
) -> SegmentOf:
    """One segment with the live records of all of them, in their order."""
    kept = [segment.kept() for segment in segments]
    rows = sum(map(len, kept))
    totals = {}
    with Writer(folder / name) as writer:
        put_ids(writer, np.concatenate([s.ids[k] for s, k in zip(segments, kept, strict=True)]))
        for field in fields:
            totals[field.name] = _merge_column(writer, field, segments, kept)
        writer.put_pieces("postings", np.uint64, _merge_postings(segments, kept))
        reached("segment written")
        size, check = writer.close({"rows": rows, "totals": totals})
    reached("segment synced")
    return SegmentOf(FileOf(name, size, check), rows)


def _merge_column(
    writer: Writer, field: Field, segments: Sequence[Segment], kept: list[Codes]
) -> int:
    """Returns how many values the records have in this field."""
    name = field.name
    columns = [segment.columns[name] for segment in segments]
    every = np.unique(np.concatenate([column.hash for column in columns]))
    count = np.zeros(len(every), np.int64)
    codes, lengths = [], []
    for column, rows in zip(columns, kept, strict=True):
        new = every.searchsorted(column.hash)
        if column.multi:
            old, of_row = column.flat(rows)
            lengths.append(of_row)
        else:
            old = column.code[rows].astype(np.int64)
        code = np.append(new, NONE)[old]
        count += np.bincount(code[code >= 0], minlength=len(every))
        codes.append(code)
    # A value that only those had who were taken out is forgotten with them.
    used = np.nonzero(count)[0]
    place = np.append(np.cumsum(count > 0) - 1, NONE)
    writer.put(f"{name}.hash", every[used])
    writer.put(f"{name}.count", count[used].astype(np.uint32))
    pieces = _values(segments, name, every[used])
    offset = [np.zeros(1, np.uint64)]
    writer.put_pieces(f"{name}.heap", np.uint8, _heap(pieces, offset))
    writer.put(f"{name}.offset", np.concatenate(offset))
    writer.put_pieces(f"{name}.code", np.int32, (place[code] for code in codes))
    if field.multi:
        start = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        writer.put(f"{name}.start", start.astype(np.uint32))
    return int(count.sum())


def _values(
    segments: Sequence[Segment], name: str, hashes: NDArray[np.uint64]
) -> Iterator[pa.Array]:
    """The values with these hashes, in their order, a number of them at a time."""
    columns = [segment.columns[name] for segment in segments]
    heaps = [
        pa.LargeBinaryArray.from_buffers(
            pa.large_binary(),
            len(column.hash),
            [None, pa.py_buffer(column.offset), pa.py_buffer(segment.arrays[f"{name}.heap"])],
        )
        for segment, column in zip(segments, columns, strict=True)
    ]
    for first in range(0, len(hashes), VALUES_AT_ONCE):
        wanted = hashes[first : first + VALUES_AT_ONCE]
        parts, place = [], np.full(len(wanted), NONE)
        taken = 0
        for column, heap in zip(columns, heaps, strict=True):
            low, high = np.searchsorted(column.hash, wanted[[0, -1]])
            part = heap.slice(low, min(high + 1, len(heap)) - low)
            at = wanted.searchsorted(column.hash[low : low + len(part)])
            at = np.minimum(at, len(wanted) - 1)
            mine = np.nonzero(wanted[at] == column.hash[low : low + len(part)])[0]
            place[at[mine]] = taken + mine
            taken += len(part)
            parts.append(part)
        if (place < 0).any():
            raise FormatError(f"A value of {name} is missing from its segment. Build again.")
        yield pa.chunked_array(parts, pa.large_binary()).take(pa.array(place)).combine_chunks()


def _heap(pieces: Iterator[pa.Array], offset: list[Array]) -> Iterator[Array]:
    """The bytes of each piece; the ends of its values are added to `offset`."""
    for piece in pieces:
        array = piece.chunk(0) if isinstance(piece, pa.ChunkedArray) else piece
        _, ends, body = array.buffers()
        bounds = np.frombuffer(ends, np.int64)[array.offset : array.offset + len(array) + 1]
        data = np.frombuffer(body, np.uint8) if body is not None else np.empty(0, np.uint8)
        yield data[bounds[0] : bounds[-1]]
        offset.append((bounds[1:] - bounds[0]).astype(np.uint64) + offset[-1][-1])


def _merge_postings(segments: Sequence[Segment], kept: list[Codes]) -> Iterator[NDArray[np.uint64]]:
    """The index in ranges of keys, each sorted; the row numbers are those of the new segment."""
    rows, base = [], 0
    for segment, keep in zip(segments, kept, strict=True):
        new = np.full(segment.rows, NONE)
        new[keep] = np.arange(base, base + len(keep))
        rows.append(new)
        base += len(keep)
    every = sum(len(segment.postings) for segment in segments)
    ranges = max(1, -(-every // POSTINGS_AT_ONCE))
    bounds = [np.uint64(2**32 * at // ranges << 32) for at in range(ranges)]
    cuts = [
        [*np.searchsorted(s.postings, np.array(bounds, np.uint64)), len(s.postings)]
        for s in segments
    ]
    low = np.uint64(0xFFFFFFFF)
    for at in range(ranges):
        parts = []
        for segment, new, cut in zip(segments, rows, cuts, strict=True):
            part = segment.postings[cut[at] : cut[at + 1]]
            row = new[(part & low).astype(np.int64)]
            live = row >= 0
            parts.append((part[live] & ~low) | row[live].astype(np.uint64))
        merged = np.concatenate(parts)
        merged.sort()
        yield merged
