"""Linking a whole table: every pair worth comparing, weighed and explainable."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.blocking import Blocks, Candidates
from lightkeeper.engine.linkage.bounds import Bounds
from lightkeeper.engine.linkage.columns import Coded
from lightkeeper.engine.linkage.database import USUAL, Resources
from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.loaded import Loaded, load
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.scoring import Comparer, weights_of
from lightkeeper.engine.linkage.training import learn

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Links:
    """Pairs of records above the model's floor, best evidence kept beside each.

    record_ids (n,) int64: the `record_id` of each row, or the row number where there is none.
    left, right (p,) int64: rows, left below right, ascending; weight (p,) bits, the prior
    included; levels (p, c) int8 and weights (p, c) bits: one a comparison of the model.
    other_name, home (p,) bits: what another name adds and what one home takes away, both 0 in a
    model without homes; one_home (p,) whether a person should say if it is two of one home.
    Records were compared where they share a block of at most `block_size` records.
    """

    model: LinkModel
    record_ids: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weight: NDArray[np.float64]
    levels: NDArray[np.int8]
    weights: NDArray[np.float64]
    pairs_compared: int
    other_name: NDArray[np.float64]
    home: NDArray[np.float64]
    one_home: NDArray[np.bool_]
    block_size: int

    @property
    def probability(self) -> NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp2(-np.clip(self.weight, -500, 500))))

    def to_table(self) -> pa.Table:
        """id_l, id_r, match_weight, probability, and level_ and weight_ of each comparison."""
        columns: dict[str, NDArray[Any]] = {
            "id_l": self.record_ids[self.left],
            "id_r": self.record_ids[self.right],
            "match_weight": self.weight,
            "probability": self.probability,
        }
        for c, comparison in enumerate(self.model.comparisons):
            columns[f"level_{comparison.column}"] = self.levels[:, c]
            columns[f"weight_{comparison.column}"] = self.weights[:, c]
        return pa.table(columns)


def quiet(stage: str, share: float) -> None:
    pass


def link(
    table: pa.Table,
    model: LinkModel,
    *,
    values: pa.Table | None = None,
    block_size: int | None = None,
    resources: Resources = USUAL,
    progress: Progress = quiet,
) -> Links:
    """Every pair of records of the table that the model finds worth keeping.

    Shapes: table (n, columns) as planned in the model; text, or lists of text with every value
        that a record has (aliases, several phones); `record_id` int64 names the records.
    Units: weights in bits. Pairs at or below `model.missing_weight` are not kept.
    Raises: ShapeError if two rows have one record_id.
    How common a value is comes from this table (give it all the records that are compared), or from
    `values`, kept since the model was trained: then a pair weighs the same whatever else is there.
    With `block_size` records are compared where they share a block of at most so many; without it
    the size is what the number of pairs allows.
    """
    record_ids = record_ids_of(table)
    progress("preparing", 0.0)
    loaded = load(table, model.plan, model.fields, values)
    return _score(loaded, model, record_ids, resources, progress, block_size)


def train_and_link(
    table: pa.Table,
    plan: ComparisonPlan,
    seed: int = 1,
    *,
    resources: Resources = USUAL,
    progress: Progress = quiet,
) -> Links:
    """`train`, then `link` on the same table, preparing and blocking it once."""
    record_ids = record_ids_of(table)
    progress("preparing", 0.0)
    loaded = load(table, plan)
    model = learn(loaded, plan, seed, resources, progress)
    return _score(loaded, model, record_ids, resources, progress)


def _score(
    loaded: Loaded,
    model: LinkModel,
    record_ids: NDArray[np.int64],
    resources: Resources,
    progress: Progress,
    block_size: int | None = None,
) -> Links:
    progress("blocking", 0.2)
    found = loaded.blocks(model.pairs_per_record, block_size)
    return weigh_pairs(loaded.coded, model, record_ids, found, resources, progress)


@dataclass(frozen=True)
class _Kept:
    """Of some of the pairs those that weigh enough, and how many there were."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    levels: NDArray[np.int8]
    weights: NDArray[np.float64]
    gained: NDArray[np.float64]
    lost: NDArray[np.float64]
    one_home: NDArray[np.bool_]
    compared: int


def weigh_pairs(
    coded: Coded,
    model: LinkModel,
    record_ids: NDArray[np.int64],
    found: Blocks | Candidates,
    resources: Resources = USUAL,
    progress: Progress = quiet,
) -> Links:
    """Those of the candidates that weigh enough to keep; rows are those of what is coded."""
    bounds, parts = Bounds(model, Comparer(coded, model.comparisons)), found.parts()

    def weigh(part: range) -> _Kept:
        left, right = found.pairs(part)
        near = bounds.survivors(left, right)
        bits = weights_of(model.comparisons, near.levels)
        gained, lost, one_home = other_bits(model, near.levels.level, bits)
        weight = bits.sum(axis=1) + model.prior_weight + gained + lost
        rows = np.flatnonzero(weight > model.missing_weight)
        return _Kept(
            left[near.rows[rows]], right[near.rows[rows]], near.levels.level[rows], bits[rows],
            gained[rows], lost[rows], one_home[rows], len(left),
        )  # fmt: skip

    kept = [_nothing(len(model.comparisons))]
    with ThreadPoolExecutor(resources.threads) as pool:
        for done, one in enumerate(pool.map(weigh, parts)):
            kept.append(one)
            progress("scoring", 0.3 + 0.7 * (done + 1) / len(parts))
    progress("scored", 1.0)
    return _links(model, record_ids, kept, found.block_size)


def _nothing(comparisons: int) -> _Kept:
    whole, bits = np.empty(0, np.int64), np.empty(0)
    levels = np.empty((0, comparisons), np.int8)
    empty = np.empty((0, comparisons))
    return _Kept(whole, whole, levels, empty, bits, bits, np.empty(0, bool), 0)


def _links(
    model: LinkModel, record_ids: NDArray[np.int64], kept: Sequence[_Kept], block_size: int
) -> Links:
    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in kept])

    bits, gained, lost = joined("weights"), joined("gained"), joined("lost")
    return Links(
        model=model,
        record_ids=record_ids,
        left=joined("left"),
        right=joined("right"),
        weight=model.prior_weight + bits.sum(axis=1) + gained + lost,
        levels=joined("levels"),
        weights=bits,
        pairs_compared=sum(one.compared for one in kept),
        other_name=gained,
        home=lost,
        one_home=joined("one_home"),
        block_size=block_size,
    )


def record_ids_of(table: pa.Table) -> NDArray[np.int64]:
    if "record_id" not in table.column_names or not pa.types.is_integer(
        table.schema.field("record_id").type
    ):
        return np.arange(table.num_rows, dtype=np.int64)
    found = np.asarray(table["record_id"].to_numpy(), np.int64)
    if len(np.unique(found)) != len(found):
        raise ShapeError("Two rows have one record_id. Each record must have its own.")
    return found
