"""Learning a model from records without labels: Splink's random sampling and EM, on DuckDB.

What training cannot learn keeps the usual weight of its level, and the summary says so. The
prior and the thresholds are set here, not by the user.
"""

import itertools
import logging

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

from lightkeeper.engine.linkage.columns import common_values
from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.database import USUAL, Resources, open_database
from lightkeeper.engine.linkage.groups import learn_groups
from lightkeeper.engine.linkage.households import learn_homes
from lightkeeper.engine.linkage.labels import Judged, learn_from_judgements
from lightkeeper.engine.linkage.loaded import Loaded, Together, load
from lightkeeper.engine.linkage.model import Comparison, Homes, Level, LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind, Subject
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
TRAINING_PAIRS = 300_000
FEWEST_TRAINING_PAIRS = 30
MOST_BLOCKED_PAIRS = 50_000_000
FEWEST_RECORDS = 20
SETTLING_PAIRS = 750_000
LEAST_M = 0.001
PAIRS_PER_RECORD = 60
JOIN_AT = -1.0
REVIEW_AT = -4.0
MISSING_WEIGHT = -6.0
# What many subjects have alike brings no true pairs together.
FEW_VALUES = (Kind.MODEL, Kind.COLOUR, Kind.PLATFORM, Kind.DOCUMENT_TYPE, Kind.COUNTRY,
              Kind.NAME_WORDS, Kind.NAME_ROOTS)  # fmt: skip


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
    chosen, fields = loaded.alike.two_of_each(), loaded.fields
    records = len(chosen)
    whole = records == loaded.prepared.num_rows
    prepared = loaded.prepared if whole else loaded.prepared.take(chosen)
    of = subject_kinds()[plan.subject]
    comparisons, random = as_own(compare_fields(fields), fields, of.own), None
    notes: list[str] = []
    if records >= FEWEST_RECORDS and comparisons:
        progress("sampling", 0.1)
        random = _random_levels(loaded, chosen, comparisons, seed)
        comparisons = with_chance(comparisons, random, np.ones(len(random.level)))
        progress("training", 0.4)
        with open_database(resources) as connection:
            own = [field for field in fields if field.kind in of.own]
            blocks = _training_blocks(connection, prepared, own)
            blocks = blocks or _training_blocks(connection, prepared, fields)
            comparisons = _learn(connection, prepared, blocks, comparisons, notes)
    else:
        notes.append("Too few records to learn from: every weight is the usual one.")
    comparisons = decided(comparisons, fields, of.decides)
    progress("prior", 0.7)
    found = loaded.together(PAIRS_PER_RECORD)
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


def _splink_level(level: Level) -> dict[str, Any]:
    return {
        "sql_condition": level.condition,
        "label_for_charts": level.sentence,
        "m_probability": level.m,
        "u_probability": level.u,
    }


def _learn(
    connection: duckdb.DuckDBPyConnection,
    prepared: pa.Table,
    blocks: Sequence[tuple[str, ...]],
    comparisons: Sequence[Comparison],
    notes: list[str],
) -> tuple[Comparison, ...]:
    """Splink's estimates of m and u where it finds them."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            {
                "output_column_name": c.column,
                "comparison_levels": [
                    {
                        "sql_condition": c.missing,
                        "label_for_charts": "missing",
                        "is_null_level": True,
                    },
                    *(_splink_level(level) for level in c.levels),
                ],
            }
            for c in comparisons
        ],
        retain_matching_columns=False,
        max_iterations=20,
        em_convergence=0.001,
    )
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(prepared, dataset_display_name="splink_records"), settings)
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    for names in blocks:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*names),
                estimate_without_term_frequencies=True,
                max_pairs=TRAINING_PAIRS,
                record_sample_proportion=1.0,
            )
        # ValueError: on few pairs an estimate can fall to nothing, which Splink refuses to keep.
        except (SplinkException, ValueError) as error:
            notes.append(f"Training on {' and '.join(names)} found nothing: {error}")
    return _read_back(comparisons, linker.misc.save_model_to_json(), notes)


def _training_blocks(
    connection: duckdb.DuckDBPyConnection, prepared: pa.Table, fields: Sequence[Field]
) -> list[tuple[str, ...]]:
    """Sets of fields whose agreement brings together enough true pairs to learn from."""
    names = {field.name for field in fields}
    unlike = (Kind.SEX, Kind.CATEGORY, Kind.MIDDLE_NAME, Kind.FULL_NAME, *FEW_VALUES)
    single = [
        (f.name,) for f in fields if f.kind not in unlike and f.name not in ("given", "family")
    ]
    wanted: list[tuple[str, ...]] = [("given", "family")] if {"given", "family"} <= names else []
    connection.register("prepared_for_blocks", prepared)
    usable = []
    for block in wanted + single:
        columns = ", ".join(f'"{name}"' for name in block)
        present = " AND ".join(f'"{name}" IS NOT NULL' for name in block)
        [[pairs]] = connection.execute(
            f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n "
            f"FROM prepared_for_blocks WHERE {present} GROUP BY {columns})"
        ).fetchall()
        # Of one value everywhere Splink would compare everybody with everybody.
        if FEWEST_TRAINING_PAIRS <= pairs <= MOST_BLOCKED_PAIRS:
            usable.append((pairs, block))
    connection.unregister("prepared_for_blocks")
    best = sorted(usable)[:4]
    return [block for _, block in best]


def _read_back(
    comparisons: Sequence[Comparison], settings: dict[str, Any], notes: list[str]
) -> tuple[Comparison, ...]:
    # Splink leaves out a comparison for which it found nothing at all.
    found = {
        c.get("output_column_name"): c["comparison_levels"][1:] for c in settings["comparisons"]
    }
    learnt = []
    for comparison in comparisons:
        values = found.get(comparison.column, [])
        shares = [value.get("m_probability") for value in values] or [None]
        if len(shares) != len(comparison.levels) or not all(isinstance(m, float) for m in shares):
            notes.append(
                f"Training saw little of {comparison.name}: some weights are the usual ones."
            )
        levels = (
            replace(level, m=max(m, LEAST_M)) if isinstance(m, float) else level
            for level, m in itertools.zip_longest(
                comparison.levels, shares[: len(comparison.levels)]
            )
        )
        learnt.append(replace(comparison, levels=_agreement_first(tuple(levels))))
    return tuple(learnt)


def _agreement_first(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """The levels, with the best never speaking against: of few pairs, training can learn that."""
    best = levels[0]
    return (replace(best, m=max(best.m, best.u)), *levels[1:])
