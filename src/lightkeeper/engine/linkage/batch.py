"""Linking a whole table: every pair worth comparing, weighed and explainable."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.blocking import Blocks, Candidates
from lightkeeper.engine.linkage.bounds import Bounds
from lightkeeper.engine.linkage.columns import Coded, Places
from lightkeeper.engine.linkage.database import USUAL, Resources
from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.loaded import Loaded, Together, load
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.sayings import allowed_pairs
from lightkeeper.engine.linkage.scoring import Comparer, weights_of
from lightkeeper.engine.linkage.sizes import Sizes
from lightkeeper.engine.linkage.tied import Tied
from lightkeeper.engine.linkage.training import learn

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Weighed:
    """Pairs of sayings (k,) that weigh enough to keep, and how many were compared.

    left, right int64: sayings, left below right, or the same for one beside itself; weight bits;
    levels (k, c), weights (k, c), other_name, home and one_home: see `Links`.
    """

    left: Places
    right: Places
    weight: NDArray[np.float64]
    levels: NDArray[np.int8]
    weights: NDArray[np.float64]
    other_name: NDArray[np.float64]
    home: NDArray[np.float64]
    one_home: NDArray[np.bool_]
    compared: int


@dataclass(frozen=True)
class Links:
    """Pairs of records above the model's floor, best evidence kept beside each.

    record_ids (n,) int64: the `record_id` of each row, or the row number where there is none.
    left, right (p,) int64: rows, left below right, ascending; weight (p,) bits, the prior
    included; levels (p, c) int8 and weights (p, c) bits: one a comparison of the model.
    other_name, home (p,) bits: what another name adds and what one home takes away, both 0 in a
    model without homes; one_home (p,) whether a person should say if it is two of one home.
    Records were compared where what they say shares blocks of at most so many sayings as `sizes`
    say, and where they say the same. So many stand for what they say as `most_alike`, those with
    the lowest numbers; `left_alone` are the others.
    `pairs_compared` counts pairs of sayings.
    `of` (p,): of which pair of sayings in `weighed` each is.
    tied: what ties of the records add to the weight (`collective.py`), where they were asked.
    """

    model: LinkModel
    record_ids: NDArray[np.int64]
    left: Places
    right: Places
    of: NDArray[np.int32]
    weighed: Weighed
    sizes: Sizes
    most_alike: int
    left_alone: int
    tied: Tied | None = None

    @property
    def pairs_compared(self) -> int:
        return self.weighed.compared

    @property
    def weight(self) -> NDArray[np.float64]:
        alone = self._each(self.weighed.weight)
        return alone if self.tied is None else alone + self.tied.bits

    @property
    def levels(self) -> NDArray[np.int8]:
        return self._each(self.weighed.levels)

    @property
    def weights(self) -> NDArray[np.float64]:
        return self._each(self.weighed.weights)

    @property
    def other_name(self) -> NDArray[np.float64]:
        return self._each(self.weighed.other_name)

    @property
    def home(self) -> NDArray[np.float64]:
        return self._each(self.weighed.home)

    @property
    def one_home(self) -> NDArray[np.bool_]:
        return self._each(self.weighed.one_home)

    def _each(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of each pair of records what stands for its pair of sayings."""
        return values if self._as_weighed else values[self.of]

    @cached_property
    def _as_weighed(self) -> bool:
        one_each = len(self.of) == len(self.weighed.left)
        return one_each and bool((self.of[1:] > self.of[:-1]).all())

    @property
    def probability(self) -> NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp2(-np.clip(self.weight, -500, 500))))

    def to_table(self) -> pa.Table:
        """id_l, id_r, match_weight, probability, and level_ and weight_ of each comparison; where
        ties were asked also weight_ties, and shared_ties in words.
        """
        columns: dict[str, NDArray[Any]] = {
            "id_l": self.record_ids[self.left],
            "id_r": self.record_ids[self.right],
            "match_weight": self.weight,
            "probability": self.probability,
        }
        for c, comparison in enumerate(self.model.comparisons):
            columns[f"level_{comparison.column}"] = self.weighed.levels[self.of, c]
            columns[f"weight_{comparison.column}"] = self.weighed.weights[self.of, c]
        if self.tied is None:
            return pa.table(columns)
        said = [self.tied.sentence(row) for row in range(len(self.left))]
        return pa.table(columns | {"weight_ties": self.tied.bits, "shared_ties": pa.array(said)})


def quiet(stage: str, share: float) -> None:
    pass


def link(
    table: pa.Table,
    model: LinkModel,
    *,
    values: pa.Table | None = None,
    sizes: Sizes | None = None,
    most_alike: int | None = None,
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
    With `sizes` and `most_alike` (see `Links`) these are the bounds; without them they are what
    the number of pairs allows.
    """
    record_ids = record_ids_of(table)
    progress("preparing", 0.0)
    loaded = load(table, model.plan, model.fields, values)
    return link_loaded(loaded, model, record_ids, resources, progress, sizes, most_alike)


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
    return link_loaded(loaded, model, record_ids, resources, progress)


def link_loaded(
    loaded: Loaded,
    model: LinkModel,
    record_ids: NDArray[np.int64],
    resources: Resources = USUAL,
    progress: Progress = quiet,
    sizes: Sizes | None = None,
    most_alike: int | None = None,
) -> Links:
    """As `link`, of records that stand ready."""
    progress("blocking", 0.2)
    found = loaded.together(model.pairs_per_record, sizes)
    sayings = found.sayings
    weighed = weigh_pairs(
        sayings.coded, model, (found.blocks, sayings.repeated()), resources, progress
    )
    if most_alike is None:
        allowed = allowed_pairs(loaded.coded.rows, model.pairs_per_record)
        most_alike = sayings.most_within(weighed.left, weighed.right, allowed)
    return _links(model, record_ids, found, weighed, most_alike)


def weigh_pairs(
    coded: Coded,
    model: LinkModel,
    found: Sequence[Blocks | Candidates],
    resources: Resources = USUAL,
    progress: Progress = quiet,
) -> Weighed:
    """Those of the candidates that weigh enough to keep; rows are those of what is coded."""
    bounds = Bounds(model, Comparer(coded, model.comparisons))
    parts = [(one, part) for one in found for part in one.parts()]

    def weigh(job: tuple[Blocks | Candidates, range]) -> Weighed:
        left, right = job[0].pairs(job[1])
        near = bounds.survivors(left, right)
        bits = weights_of(model.comparisons, near.levels)
        gained, lost, one_home = other_bits(model, near.levels.level, bits)
        weight = bits.sum(axis=1) + model.prior_weight + gained + lost
        rows = np.flatnonzero(weight > model.missing_weight)
        return Weighed(
            left[near.rows[rows]], right[near.rows[rows]], weight[rows], near.levels.level[rows],
            bits[rows], gained[rows], lost[rows], one_home[rows], len(left),
        )  # fmt: skip

    kept = [_nothing(len(model.comparisons))]
    with ThreadPoolExecutor(resources.threads) as pool:
        for done, one in enumerate(pool.map(weigh, parts)):
            kept.append(one)
            progress("scoring", 0.3 + 0.7 * (done + 1) / len(parts))
    progress("scored", 1.0)
    return _joined(kept)


def _nothing(comparisons: int) -> Weighed:
    whole, bits = np.empty(0, np.int64), np.empty(0)
    levels = np.empty((0, comparisons), np.int8)
    empty = np.empty((0, comparisons))
    return Weighed(whole, whole, bits, levels, empty, bits, bits, np.empty(0, bool), 0)


def _joined(kept: Sequence[Weighed]) -> Weighed:
    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in kept])

    return Weighed(
        left=joined("left"),
        right=joined("right"),
        weight=joined("weight"),
        levels=joined("levels"),
        weights=joined("weights"),
        other_name=joined("other_name"),
        home=joined("home"),
        one_home=joined("one_home"),
        compared=sum(one.compared for one in kept),
    )


def _links(
    model: LinkModel,
    record_ids: NDArray[np.int64],
    found: Together,
    weighed: Weighed,
    most_alike: int,
) -> Links:
    sayings, blocks = found.sayings.first(most_alike, record_ids), found.blocks
    of, left, right = sayings.spread(weighed.left, weighed.right)
    key = left * len(record_ids) + right
    if not (key[1:] > key[:-1]).all():
        order = np.argsort(key)
        of, left, right = of[order], left[order], right[order]
    return Links(
        model, record_ids, left, right, of.astype(np.int32), weighed,
        blocks.sizes, most_alike, sayings.left_alone,
    )  # fmt: skip


def record_ids_of(table: pa.Table) -> NDArray[np.int64]:
    if "record_id" not in table.column_names or not pa.types.is_integer(
        table.schema.field("record_id").type
    ):
        return np.arange(table.num_rows, dtype=np.int64)
    found = np.asarray(table["record_id"].to_numpy(), np.int64)
    if len(np.unique(found)) != len(found):
        raise ShapeError("Two rows have one record_id. Each record must have its own.")
    return found
