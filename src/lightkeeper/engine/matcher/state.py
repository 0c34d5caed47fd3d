"""One state of an index as a reader sees it: the open segments, numbered through."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from lightkeeper.engine.linkage.columns import RARE
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.matcher.clues import Recipes, recipes
from lightkeeper.engine.matcher.container import Arrays, Writer
from lightkeeper.engine.matcher.homes import Weights
from lightkeeper.engine.matcher.ladders import Ladders
from lightkeeper.engine.matcher.manifest import FileOf, Manifest, read_file
from lightkeeper.engine.matcher.segment import NONE, NOWHERE, Codes, Segment, hash_of, value_hashes


@dataclass(frozen=True)
class Compiled:
    """A model made ready: its comparisons as tables, its fields, and its kinds of key.

    Of each comparison: names, its field; multi, whether that holds lists; field_of (c,), its place.
    """

    model: LinkModel
    fields: dict[str, Field]
    names: tuple[str, ...]
    multi: tuple[bool, ...]
    field_of: Codes
    ladders: Ladders
    weights: Weights
    recipes: Recipes


def compile_model(model: LinkModel) -> Compiled:
    """Raises: FormatError naming what the matcher does not know how to compare."""
    fields = {field.name: field for field in model.fields}
    names = tuple(comparison.column for comparison in model.comparisons)
    place = {name: at for at, name in enumerate(fields)}
    return Compiled(
        model,
        fields,
        names,
        tuple(fields[name].multi for name in names),
        np.array([place[name] for name in names], np.int64),
        Ladders(model.comparisons),
        Weights(model),
        recipes(model.fields),
    )


def read_model(folder: Path, file: FileOf) -> LinkModel:
    return model_from_json(read_file(folder, file).decode("utf-8"))


class Frequencies:
    """How common values were when the model was trained, kept so that weights never move."""

    def __init__(self, folder: Path, file: FileOf) -> None:
        self._arrays = Arrays(folder / file.name, file.size, file.check)
        self._totals: dict[str, int] = self._arrays.meta["totals"]

    def count(self, field: str, hashed: np.uint64) -> int:
        if f"{field}.hash" not in self._arrays:
            return RARE
        hashes = self._arrays[f"{field}.hash"]
        at = int(hashes.searchsorted(hashed))
        found = at < len(hashes) and hashes[at] == hashed
        return int(self._arrays[f"{field}.count"][at]) if found else RARE

    def total(self, field: str) -> int:
        return self._totals.get(field, 0)


def write_frequencies(path: Path, values: pa.Table, salt: bytes) -> FileOf:
    """Shapes: values as `linkage.columns.common_values` gives them."""
    of: dict[str, list[tuple[str, int]]] = {}
    totals: dict[str, int] = {}
    for row in values.to_pylist():
        if row["value"] is None:
            totals[row["field"]] = row["size"]
        else:
            of.setdefault(row["field"], []).append((row["value"], row["size"]))
    with Writer(path) as writer:
        for field, pairs in of.items():
            hashes = value_hashes(
                (value.encode("utf-8", "surrogatepass") for value, _ in pairs), salt
            )
            order = np.argsort(hashes)
            writer.put(f"{field}.hash", hashes[order])
            writer.put(f"{field}.count", np.array([size for _, size in pairs], np.int64)[order])
        size, check = writer.close({"totals": totals})
    return FileOf(path.name, size, check)


class State:
    """Rows are numbered through all segments: the base of each is added. Codes are its own."""

    def __init__(self, folder: Path, manifest: Manifest, compiled: Compiled) -> None:
        self.manifest, self.compiled = manifest, compiled
        self.salt = bytes.fromhex(manifest.salt)
        fields = list(compiled.fields.values())
        self.segments = [Segment(folder, entry, fields) for entry in manifest.segments]
        self.frequencies = Frequencies(folder, manifest.values) if manifest.values else None
        self.row_base = _bases([segment.rows for segment in self.segments])
        self._totals: dict[str, int] = {}

    @cached_property
    def live(self) -> int:
        return sum(segment.live for segment in self.segments)

    def total(self, name: str) -> int:
        """Of how many values of a field the share of each is taken."""
        if name not in self._totals:
            self._totals[name] = (
                self.frequencies.total(name)
                if self.frequencies is not None
                else sum(segment.total(name) for segment in self.segments)
            )
        return self._totals[name]

    def find(self, name: str, value: str) -> tuple[list[int], float]:
        """The code of a value in each segment, with its share of all values, as float32 has it,
        which is what the batch scorer keeps.
        """
        raw = value.encode("utf-8", "surrogatepass")
        hashed = hash_of(raw, self.salt)
        codes, count = [], 0
        for segment in self.segments:
            code = segment.columns[name].find(hashed, raw)
            codes.append(code)
            if code != NOWHERE:
                count += segment.count(name, code)
        if self.frequencies is not None:
            count = self.frequencies.count(name, hashed)
        # Of a value that nobody has here the share is not asked.
        share = float(np.float32(count / max(self.total(name), 1)))
        return codes, share

    def split(self, rows: Codes) -> list[tuple[int, slice, Codes]]:
        """Ascending rows by segment: its number, which of the rows are its own, and their numbers
        in it.
        """
        if len(self.segments) == 1:
            return [(0, slice(0, len(rows)), rows)]
        cuts = [*np.searchsorted(rows, self.row_base).tolist(), len(rows)]
        return [
            (number, slice(cuts[number], cuts[number + 1]), rows[first:last] - base)
            for number, base in enumerate(self.row_base.tolist())
            if (first := cuts[number]) < (last := cuts[number + 1])
        ]

    def ids(self, rows: Codes) -> Codes:
        return _together([self.segments[number].ids[own] for number, _, own in self.split(rows)])

    def rows_of(self, ids: Codes) -> Codes:
        """The row of each id, or -1."""
        found = np.full(len(ids), NONE)
        for base, segment in zip(self.row_base, self.segments, strict=True):
            own = segment.rows_of(ids)
            found = np.where(own >= 0, own + base, found)
        return found


def _bases(sizes: Sequence[int]) -> Codes:
    return np.concatenate([[0], np.cumsum(sizes)])[: len(sizes)].astype(np.int64)


def _together(parts: list[Codes]) -> Codes:
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.int64), *parts])
