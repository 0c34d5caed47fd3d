"""Changes to an index: new segments and rows taken out, made together or not at all."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa

from lightkeeper.engine.errors import ConflictError, ShapeError
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.matcher.building import write_removed, write_segment
from lightkeeper.engine.matcher.manifest import (
    Manifest,
    SegmentOf,
    read_manifest,
    the_writer,
    tidy,
    write_manifest,
)
from lightkeeper.engine.matcher.merging import merge_segments
from lightkeeper.engine.matcher.segment import Codes, Segment
from lightkeeper.engine.matcher.state import Compiled

# With more segments than this the smallest are merged, and with them each next one that is not
# larger than so many times what is merged already. A look-up asks every segment.
MOST_SEGMENTS = 5
ALIKE = 2


class Changes:
    """Holds the writer's lock; what was changed counts when the block ends without an error."""

    def __init__(self, folder: Path, compiled: Compiled, then: Callable[[Manifest], None]) -> None:
        self.folder, self.compiled, self.then = folder, compiled, then
        self.fields = list(compiled.fields.values())

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(the_writer(self.folder))
            self.manifest = self.before = read_manifest(self.folder)
            tidy(self.folder, self.manifest)
            self.segments = [self._opened(entry) for entry in self.manifest.segments]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        with self._stack:
            if kind is not None:
                tidy(self.folder, self.before)
            elif self.manifest != self.before:
                self._merge_alike()
                entries = tuple(segment.entry for segment in self.segments)
                written = write_manifest(self.folder, replace(self.manifest, segments=entries))
                self.then(written)
                tidy(self.folder, written)

    def put(self, table: pa.Table, *, replacing: bool) -> None:
        """One more segment, with the records of the table."""
        known = {column.name for column in self.compiled.model.plan.columns} | {"record_id"}
        if unknown := [name for name in table.column_names if name not in known]:
            raise ShapeError(
                f"The model has no column {unknown[0]}. It has: {', '.join(sorted(known))}."
            )
        ids = _ids(table)
        if not len(ids):
            return
        there = np.zeros(len(ids), bool)
        for segment in self.segments:
            there |= segment.rows_of(ids) >= 0
        if there.any():
            if not replacing:
                raise ConflictError(f"There is a record {ids[there][0]} in the index already.")
            self.take_out(ids[there])
        model = self.compiled.model
        for name in known - set(table.column_names) - {"record_id"}:
            table = table.append_column(name, pa.nulls(len(ids)))
        prepared, _ = prepare(table, model.plan, model.fields)
        salt = bytes.fromhex(self.manifest.salt)
        entry = write_segment(
            self.folder, self._name("segment"), ids, prepared, self.fields,
            self.compiled.recipes, salt,
        )  # fmt: skip
        self.segments.append(self._opened(entry))

    def take_out(self, ids: Codes) -> int:
        """The records of these ids no longer count. Returns how many there were."""
        taken = 0
        for at, segment in enumerate(self.segments):
            rows = segment.rows_of(np.unique(ids))
            rows = rows[rows >= 0]
            if not len(rows):
                continue
            taken += len(rows)
            every = np.union1d(segment.removed.rows, rows)
            file = write_removed(self.folder, self._name("removed"), segment, every, self.fields)
            self.segments[at] = self._opened(replace(segment.entry, removed=file))
        return taken

    def merge_all(self) -> None:
        if len(self.segments) > 1 or any(len(s.removed.rows) for s in self.segments):
            self._merge(self.segments)

    def _merge_alike(self) -> None:
        """Few segments at little work: each record is written again some log(n) times in all."""
        for segment in [*self.segments]:
            if not segment.live:
                self.segments.remove(segment)
        for segment in [*self.segments]:
            if len(segment.removed.rows) > segment.rows // 2:
                self._merge([segment])
        while len(self.segments) > MOST_SEGMENTS:
            by_size = sorted(self.segments, key=lambda segment: segment.live)
            group, records = by_size[:2], by_size[0].live + by_size[1].live
            for segment in by_size[2:]:
                if segment.live > ALIKE * records:
                    break
                group.append(segment)
                records += segment.live
            self._merge(group)

    def _merge(self, segments: list[Segment]) -> None:
        entry = merge_segments(self.folder, self._name("segment"), segments, self.fields)
        place = min(self.segments.index(segment) for segment in segments)
        self.segments = [segment for segment in self.segments if segment not in segments]
        self.segments.insert(place, self._opened(entry))

    def _opened(self, entry: SegmentOf) -> Segment:
        return Segment(self.folder, entry, self.fields)

    def _name(self, kind: str) -> str:
        number = self.manifest.number
        self.manifest = replace(self.manifest, number=number + 1)
        return f"{kind}-{number:06}"


def _ids(table: pa.Table) -> Codes:
    if "record_id" not in table.column_names or not pa.types.is_integer(
        table.schema.field("record_id").type
    ):
        raise ShapeError("Each record needs a whole number as its record_id.")
    column = table["record_id"]
    if column.null_count:
        raise ShapeError("A record has no record_id.")
    ids = np.asarray(column.to_numpy(), np.int64)
    each, count = np.unique(ids, return_counts=True)
    if len(each) != len(ids):
        raise ConflictError(f"Two records have the id {each[count > 1][0]}.")
    return ids
