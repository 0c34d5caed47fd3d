"""One state of an index as a reader sees it: the open segments, numbered through."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from lightkeeper.engine.linkage.columns import RARE
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.prepare import Field, Values
from lightkeeper.engine.matcher.clues import Recipe, recipes
from lightkeeper.engine.matcher.conditions import compile_levels
from lightkeeper.engine.matcher.container import Arrays, Writer
from lightkeeper.engine.matcher.manifest import FileOf, Manifest, read_file
from lightkeeper.engine.matcher.meeting import Test
from lightkeeper.engine.matcher.segment import NONE, Codes, Segment, hash_of, value_hashes


@dataclass(frozen=True)
class Compiled:
    """A model made ready: its comparisons as tests, its fields, and its kinds of key."""

    model: LinkModel
    fields: dict[str, Field]
    tests: tuple[tuple[Test, ...], ...]
    # Of each comparison, whether its first level is that a value is the same.
    exact: tuple[bool, ...]
    # The bits of each level, the most that any but a same value can give, and the least.
    bits: tuple[list[float], ...]
    other: tuple[float, ...]
    lowest: tuple[float, ...]
    recipes: tuple[Recipe, ...]


def compile_model(model: LinkModel) -> Compiled:
    """Raises: FormatError naming what the matcher does not know how to compare."""
    tests = tuple(compile_levels(comparison) for comparison in model.comparisons)
    exact = tuple(bool(levels) and levels[0].same for levels in tests)
    bits = tuple([level.weight for level in c.levels] for c in model.comparisons)
    return Compiled(
        model,
        {field.name: field for field in model.fields},
        tests,
        exact,
        bits,
        tuple(max(each[same:]) for each, same in zip(bits, exact, strict=True)),
        tuple(map(min, bits)),
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


class Asked:
    """A record that is asked about: its values, their codes, and how common each of them is.

    code and share of each field, of the values that some record here has; share as float32 has
    it, which is what the batch scorer keeps; known: of how many values the share is taken.
    """

    def __init__(self, state: "State", values: dict[str, Values]) -> None:
        self.values, self._state = values, state
        self.tokens = frozenset(values.get("tokens", ()))
        self.code: dict[str, list[int]] = {}
        self.share: dict[str, list[float]] = {}
        self.known: dict[str, int] = {}
        self._codes: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for comparison in state.compiled.model.comparisons:
            name = comparison.column
            self.known[name] = total = state.total(name)
            found = [pair for value in values[name] for pair in state.find(name, value, total)]
            self.code[name] = [code for code, _ in found]
            self.share[name] = [share for _, share in found]

    def codes_of(self, name: str, texts: tuple[str, ...]) -> list[int]:
        """The codes of these texts in a field, of those that some record has."""
        if (name, texts) not in self._codes:
            found = [code for text in texts for code, _ in self._state.find(name, text, 1)]
            self._codes[name, texts] = found
        return self._codes[name, texts]


class State:
    """Rows and codes are numbered through all segments: the base of each is added."""

    def __init__(self, folder: Path, manifest: Manifest, compiled: Compiled) -> None:
        self.manifest, self.compiled = manifest, compiled
        self.salt = bytes.fromhex(manifest.salt)
        fields = list(compiled.fields.values())
        self.segments = [Segment(folder, entry, fields) for entry in manifest.segments]
        self.frequencies = Frequencies(folder, manifest.values) if manifest.values else None
        self.row_base = _bases([segment.rows for segment in self.segments])
        self.code_base = {
            name: _bases([len(segment.columns[name].hash) for segment in self.segments])
            for name in compiled.fields
        }

    @cached_property
    def live(self) -> int:
        return sum(segment.live for segment in self.segments)

    def total(self, name: str) -> int:
        """Of how many values of a field the share of each is taken."""
        if self.frequencies is not None:
            return self.frequencies.total(name)
        return sum(segment.total(name) for segment in self.segments)

    def find(self, name: str, value: str, total: int) -> list[tuple[int, float]]:
        """The code of a value in each segment that has it, with its share of all values."""
        raw = value.encode("utf-8", "surrogatepass")
        hashed = hash_of(raw, self.salt)
        codes, count = [], 0
        for base, segment in zip(self.code_base[name].tolist(), self.segments, strict=True):
            code = segment.columns[name].find(hashed, raw)
            if code != NONE:
                codes.append(base + code)
                count += segment.count(name, code)
        if self.frequencies is not None:
            count = self.frequencies.count(name, hashed)
        share = float(np.float32(count / max(total, 1)))
        return [(code, share) for code in codes]

    def split(self, rows: Codes) -> list[tuple[Segment, int, Codes]]:
        """Ascending rows by segment: each with its place in the whole and its own numbers."""
        if len(self.segments) == 1:
            return [(self.segments[0], 0, rows)]
        cuts = [*np.searchsorted(rows, self.row_base).tolist(), len(rows)]
        return [
            (segment, at, rows[cuts[at] : cuts[at + 1]] - self.row_base[at])
            for at, segment in enumerate(self.segments)
            if cuts[at] < cuts[at + 1]
        ]

    def one_code(self, name: str, rows: Codes) -> Codes:
        """The code of each row of a field with one value, -1 for none."""
        parts = []
        for segment, at, own in self.split(rows):
            code = segment.columns[name].code[own].astype(np.int64)
            base = self.code_base[name][at]
            parts.append(np.where(code >= 0, code + base, code) if base else code)
        return _together(parts)

    def all_codes(self, name: str, rows: Codes) -> tuple[Codes, Codes]:
        """Of a field with lists: codes of row after row, and how many each row has."""
        codes, counts = [], []
        for segment, at, own in self.split(rows):
            code, count = segment.columns[name].flat(own)
            codes.append(code + self.code_base[name][at])
            counts.append(count)
        return _together(codes), _together(counts)

    def text_of(self, name: str) -> Callable[[int], str]:
        """What gives the text of a code, one character for each byte."""
        texts = [segment.columns[name].text for segment in self.segments]
        if len(texts) == 1:
            return texts[0]
        base = self.code_base[name].tolist()

        def text(code: int) -> str:
            at = bisect_right(base, code) - 1
            return texts[at](code - base[at])

        return text

    def ids(self, rows: Codes) -> Codes:
        return _together([segment.ids[own] for segment, _, own in self.split(rows)])

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
