"""Learning a model from records without labels: Splink's random sampling and EM, on DuckDB.

The prior and the thresholds are set here, not by the user.
"""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.columns import common_values
from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.database import USUAL, Resources
from lightkeeper.engine.linkage.estimating import estimate
from lightkeeper.engine.linkage.groups import learn_groups
from lightkeeper.engine.linkage.households import learn_homes
from lightkeeper.engine.linkage.labels import Judged, learn_from_judgements
from lightkeeper.engine.linkage.loaded import Loaded, Together, load
from lightkeeper.engine.linkage.model import Comparison, Homes, LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan, Subject
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.scoring import Comparer, Levels, join_levels
from lightkeeper.engine.linkage.seen import seen_in
from lightkeeper.engine.linkage.settling import (
    as_own,
    decided,
    round_share,
    rounded,
    settle,
    with_chance,
)
from lightkeeper.engine.linkage.subjects import subject_kinds

Progress = Callable[[str, float], None]

RANDOM_PAIRS = 400_000
FEWEST_RECORDS = 20
SETTLING_PAIRS = 750_000
PAIRS_PER_RECORD = 60
JOIN_AT = -1.0
REVIEW_AT = -4.0
MISSING_WEIGHT = -6.0


def _quiet(stage: str, share: float) -> None:
    pass


def train(
    table: pa.Table,
    plan: ComparisonPlan,
    seed: int = 1,
    *,
    resources: Resources = USUAL,
    progress: Progress = _quiet,
    judged: Judged | None = None,
) -> LinkModel:
    """A model of how the records of this table compare, learnt from the table alone, and from what
    people judged where there is some.
    """
    return train_with_values(
        table, plan, seed, resources=resources, progress=progress, judged=judged
    )[0]


def train_with_values(
    table: pa.Table,
    plan: ComparisonPlan,
    seed: int = 1,
    *,
    resources: Resources = USUAL,
    progress: Progress = _quiet,
    judged: Judged | None = None,
) -> tuple[LinkModel, pa.Table]:
    """As `train`, and how common the values of the table are (see `common_values`)."""
    progress("preparing", 0.0)
    loaded = load(table, plan)
    model = learn(loaded, plan, seed, resources, progress)
    if judged is not None:
        model = _with_judgements(loaded, model, judged)
    return model, common_values(loaded.coded)


def train_again(
    table: pa.Table, model: LinkModel, judged: Judged, *, values: pa.Table | None = None
) -> LinkModel:
    """The model moved to what people judged, without learning anew from the rest. `table` needs no
    more than the judged records if `values` are those that the model was trained with.
    """
    return _with_judgements(load(table, model.plan, model.fields, values), model, judged)


def _with_judgements(loaded: Loaded, model: LinkModel, judged: Judged) -> LinkModel:
    chunks = Comparer(loaded.coded, model.comparisons).chunks(judged.left, judged.right)
    levels = join_levels(chunks)
    return learn_from_judgements(model, levels, judged.same) if len(judged.same) else model


def learn(
    loaded: Loaded, plan: ComparisonPlan, seed: int, resources: Resources, progress: Progress
) -> LinkModel:
    """The model of the records that are loaded, learnt from two of each saying at most: a person
    who is reported very often must not teach how all others compare.
    """
    fields, of = loaded.fields, subject_kinds()[plan.subject]
    chosen, notes = loaded.alike.two_of_each(), list[str]()
    records, whole = len(chosen), len(chosen) == loaded.prepared.num_rows
    prepared = loaded.prepared if whole else loaded.prepared.take(chosen)
    comparisons, random = as_own(compare_fields(fields), fields, of.own), None
    loaded.sayings  # noqa: B018  (worked out before two threads ask for it)
    with ThreadPoolExecutor(1) as beside:
        # What brings records together is found while DuckDB trains.
        together = beside.submit(loaded.together, PAIRS_PER_RECORD)
        if records >= FEWEST_RECORDS and comparisons:
            progress("sampling", 0.1)
            random = _random_levels(loaded, chosen, comparisons, seed)
            comparisons = with_chance(comparisons, random, np.ones(len(random.level)))
            progress("training", 0.4)
            comparisons = estimate(prepared, fields, comparisons, of.own, notes, resources)
        else:
            notes.append("Too few records to learn from: every weight is the usual one.")
        comparisons = decided(comparisons, fields, of.decides)
        progress("prior", 0.7)
        found = together.result()
    step = 1 + found.blocks.pairs_at_most // SETTLING_PAIRS
    near = _near_levels(found, comparisons, step)
    every = records * (records - 1) / 2 / step
    comparisons, prior = settle(every, records, comparisons, near, random, notes)
    comparisons, prior, homes = _told_apart(comparisons, prior, fields, plan.subject, near, every)
    model = LinkModel(
        plan=plan,
        fields=fields,
        comparisons=tuple(map(rounded, comparisons)),
        prior=round_share(prior),
        join_at=JOIN_AT,
        review_at=REVIEW_AT,
        missing_weight=MISSING_WEIGHT,
        pairs_per_record=PAIRS_PER_RECORD,
        training={
            "records": loaded.prepared.num_rows,
            "pairs": len(near.level),
            "seed": seed,
            "notes": notes,
        },
        homes=homes,
    )
    return replace(model, training=model.training | {"seen": seen_in(loaded, model, near)})


def _told_apart(
    comparisons: tuple[Comparison, ...],
    prior: float,
    fields: Sequence[Field],
    subject: Subject,
    near: Levels,
    every: float,
) -> tuple[tuple[Comparison, ...], float, Homes | None]:
    """What tells one subject from two of one home, or of one group."""
    if subject is Subject.PERSON:
        return learn_homes(comparisons, prior, fields, near, every)
    of = subject_kinds()[subject]
    comparisons, prior, homes = learn_groups(
        comparisons, prior, fields, of.own | of.differ, near, every
    )
    return decided(comparisons, fields, of.decides), prior, homes


def _random_levels(
    loaded: Loaded, chosen: NDArray[np.int64], comparisons: Sequence[Comparison], seed: int
) -> Levels:
    """The levels of random pairs of the chosen rows: how records of two subjects compare."""
    generator, records = np.random.default_rng(seed), len(chosen)
    if records * (records - 1) // 2 <= RANDOM_PAIRS:
        left, right = (side.astype(np.int64) for side in np.triu_indices(records, 1))
    else:
        left = generator.integers(0, records, RANDOM_PAIRS)
        right = (left + generator.integers(1, records, RANDOM_PAIRS)) % records
    comparer = Comparer(loaded.coded, comparisons)
    return join_levels(comparer.chunks(chosen[left], chosen[right]))


def _near_levels(found: Together, comparisons: Sequence[Comparison], step: int) -> Levels:
    """The levels of the candidate pairs of each `step`-th saying, itself among them where two
    records say it.
    """
    comparer = Comparer(found.sayings.coded, comparisons)
    repeated = found.sayings.repeated().left
    repeated = repeated[repeated % step == 0]
    pairs = itertools.chain(found.blocks.every(step), [(repeated, repeated)])
    return join_levels(comparer.each(part for part in pairs if len(part[0])))
