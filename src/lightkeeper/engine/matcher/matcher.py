"""The online matcher: who of all known records may this one be, answered within milliseconds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ConflictError, EngineError, FormatError, ShapeError
from lightkeeper.engine.linkage.explain import Evidence, evidence_of, probability_of
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.prepare import prepare_one
from lightkeeper.engine.matcher import manifest as files
from lightkeeper.engine.matcher.asked import Asked
from lightkeeper.engine.matcher.candidates import candidates, few_rows
from lightkeeper.engine.matcher.clues import keys_of_one
from lightkeeper.engine.matcher.manifest import Manifest, read_manifest
from lightkeeper.engine.matcher.segment import Codes
from lightkeeper.engine.matcher.state import (
    Compiled,
    State,
    compile_model,
    read_model,
    write_frequencies,
)
from lightkeeper.engine.matcher.weighing import Weigher
from lightkeeper.engine.matcher.writing import Changes

Record = Mapping[str, Any]
TRIES = 5


@dataclass(frozen=True)
class Hit:
    """A record that may be the one asked about; `weight` in bits, the prior included."""

    record_id: int
    weight: float

    @property
    def probability(self) -> float:
        return probability_of(self.weight)


@dataclass(frozen=True)
class Weighed:
    """For n records and c comparisons: level (n, c) int8, -1 for missing; bits (n, c), and weight
    (n,), which is their sum and the prior.
    """

    level: NDArray[np.int8]
    bits: NDArray[np.float64]
    weight: NDArray[np.float64]


class Matcher:
    """An index on disk. One state is seen until `refresh`; other processes may write meanwhile.

    What is found is what the model's batch scorer would say of the same pairs, to the last digits.
    """

    def __init__(self, path: Path, state: State) -> None:
        self.path, self._state = path, state

    @classmethod
    def create(cls, path: Path | str, model: LinkModel, values: pa.Table | None = None) -> Self:
        """An index without records.

        How common a value is comes from the records in the index, or from `values`, kept since
        the model was trained (`linkage.columns.common_values`): then no record moves a weight.
        Raises: FormatError if the model has a level that is not known here; ConflictError if there
            is an index already.
        """
        folder = Path(path)
        compile_model(model)
        if folder.exists() and not folder.is_dir():
            raise EngineError(f"{folder} is not a folder.")
        folder.mkdir(parents=True, exist_ok=True)
        with files.the_writer(folder, wait=False):
            if (folder / files.NAME).exists():
                raise ConflictError(f"There is an index in {folder} already.")
            salt = files.new_salt()
            name = f"model-{model.version}.json"
            kept = files.write_file(folder / name, model.to_json().encode("utf-8"))
            common = None
            if values is not None:
                common = write_frequencies(folder / "values-0", values, bytes.fromhex(salt))
            files.write_manifest(folder, Manifest(kept, salt, common))
        return cls.open(folder)

    @classmethod
    def build(
        cls,
        path: Path | str,
        model: LinkModel,
        pieces: Iterable[pa.Table],
        values: pa.Table | None = None,
    ) -> Self:
        """A new index of all the records, which come a piece at a time.

        Shapes: each piece (n, columns) as planned in the model, with `record_id` int64.
        Memory grows with a piece, not with the pieces. Interrupted, the index is empty.
        """
        matcher = cls.create(path, model, values)
        with matcher._changes() as changes:
            for piece in pieces:
                changes.put(piece, replacing=False)
            changes.merge_all()
        return matcher

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """The index as it stands. Raises: EngineError, FormatError naming the file at fault."""
        folder = Path(path)
        return cls(folder, _open(folder, None))

    @property
    def model(self) -> LinkModel:
        return self._state.compiled.model

    def __len__(self) -> int:
        return self._state.live

    @property
    def last_id(self) -> int:
        """The largest id that any record had since the segments were last merged; 0 for none."""
        return max(
            (s.ids.item(s.order.item(-1)) for s in self._state.segments if s.rows), default=0
        )

    def refresh(self) -> bool:
        """Sees what was written since; says whether anything was."""
        before = self._state.manifest
        now = read_manifest(self.path)
        if now == before:
            return False
        # An index that was removed and built again may have come as far, with another model.
        same = now.salt == before.salt and now.model == before.model
        self._state = _open(self.path, self._state.compiled if same else None)
        return True

    def verify(self) -> None:
        """Reads every byte. Raises: FormatError naming the file and the array that was changed."""
        for segment in self._state.segments:
            segment.arrays.verify()

    def find(self, record: Record, k: int = 10, above: float | None = None) -> list[Hit]:
        """The k records of most weight, best first; of equal weight the smaller id first.

        Those of no more than `above` bits are left out: where it is not given, what the model
        would not keep in a batch either. The record says what it says under the names of the
        model's columns, as received.
        Raises: ShapeError naming a column that the model does not have, or k below 1.
        """
        if k < 1:
            raise ShapeError(f"k must be at least 1, got {k}")
        state = self._state
        asked = self._asked(state, record)
        salt = int.from_bytes(state.salt[:4])
        keys = keys_of_one(asked.values, state.compiled.recipes, salt)
        weigher = Weigher(state, asked, *candidates(state, keys, k), most=few_rows(k))
        above = self.model.missing_weight if above is None else above
        best = np.flatnonzero(weigher.total > above)
        ids, total = state.ids(weigher.rows[best]), weigher.total[best]
        order = np.lexsort((ids, -total))[:k]
        return [Hit(*one) for one in zip(ids[order].tolist(), total[order].tolist(), strict=True)]

    def weigh(self, record: Record, ids: ArrayLike) -> Weighed:
        """Every comparison with the records of these ids, in their order.

        Raises: EngineError naming an id that is not in the index.
        """
        state = self._state
        rows = _rows_of(state, np.atleast_1d(np.asarray(ids, np.int64)))
        order = np.argsort(rows, kind="stable")
        weigher = Weigher(state, self._asked(state, record), rows[order])
        back = np.argsort(order, kind="stable")
        return Weighed(weigher.level.T[back], weigher.bits.T[back], weigher.total[back])

    def explain(self, record: Record, record_id: int) -> Evidence:
        """Named weights that sum to the weight, as `linkage.explain` gives them for a pair."""
        one = self.weigh(record, [record_id])
        return evidence_of(self.model, one.level[0], one.bits[0], float(one.weight[0]))

    def add(self, records: pa.Table | Sequence[Record], *, replacing: bool = False) -> int:
        """Records that are in the index from the moment this returns, all or none of them.

        Each has a `record_id`. With `replacing` a record takes the place of the one with its id.
        Raises: ConflictError naming an id that is there already or comes twice; ShapeError if
            there is no whole number as `record_id`, or a column the model does not have.
        """
        table = records if isinstance(records, pa.Table) else _table(records)
        with self._changes() as changes:
            changes.put(table, replacing=replacing)
        return int(table.num_rows)

    def remove(self, ids: ArrayLike) -> int:
        """Takes the records of these ids out; says how many were there. Others are passed over."""
        with self._changes() as changes:
            return changes.take_out(np.atleast_1d(np.asarray(ids, np.int64)))

    def compact(self) -> None:
        """Everything as one segment. What was removed is then on the disk no longer."""
        with self._changes() as changes:
            changes.merge_all()

    def _changes(self) -> Changes:
        return Changes(self.path, self._state.compiled, self._see)

    def _see(self, manifest: Manifest) -> None:
        self._state = State(self.path, manifest, self._state.compiled)

    def _asked(self, state: State, record: Record) -> Asked:
        model = state.compiled.model
        known = {column.name for column in model.plan.columns} | {"record_id"}
        if unknown := [name for name in record if name not in known]:
            raise ShapeError(
                f"The model has no column {unknown[0]}. It has: {', '.join(sorted(known))}."
            )
        return Asked(state, prepare_one(record, model.plan, model.fields))


def _rows_of(state: State, ids: Codes) -> Codes:
    rows = state.rows_of(ids)
    if (rows < 0).any():
        raise EngineError(f"There is no record {ids[rows < 0][0]} in the index.")
    return rows


def _table(records: Sequence[Record]) -> pa.Table:
    names = list(dict.fromkeys(name for record in records for name in record))
    try:
        columns = {name: pa.array([record.get(name) for record in records]) for name in names}
    except (pa.ArrowException, OverflowError) as error:
        raise ShapeError(f"The records do not fit one table: {error}") from error
    return pa.table(columns)


def _open(folder: Path, compiled: Compiled | None) -> State:
    """A state whose files are all there: a writer may have merged some while they were opened."""
    for _ in range(TRIES):
        manifest = read_manifest(folder)
        try:
            ready = compiled or compile_model(read_model(folder, manifest.model))
            return State(folder, manifest, ready)
        except FileNotFoundError as error:
            missing = Path(str(error.filename)).name
            if read_manifest(folder).generation == manifest.generation:
                raise FormatError(
                    f"The index in {folder} needs the file {missing}, which is not there. "
                    "Bring it back from a backup or build again."
                ) from None
    raise EngineError(f"The index in {folder} was written to again and again. Try once more.")
