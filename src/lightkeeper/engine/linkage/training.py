"""Learning a model from records without labels: Splink's random sampling and EM, on DuckDB.

What training cannot learn keeps the usual weight of its level, and the summary says so. The
prior and the thresholds are set here, not by the user.
"""

import logging

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

from lightkeeper.engine.linkage.blocking import candidate_pairs
from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.database import USUAL, Resources, open_database
from lightkeeper.engine.linkage.model import Comparison, Level, LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind
from lightkeeper.engine.linkage.prepare import Field, prepare
from lightkeeper.engine.linkage.scoring import (
    Levels,
    compare_pairs,
    join_levels,
    load_records,
    weights_of,
)

Progress = Callable[[str, float], None]

RANDOM_PAIRS = 400_000
TRAINING_PAIRS = 300_000
FEWEST_TRAINING_PAIRS = 30
FEWEST_RECORDS = 20
SETTLING_PAIRS = 250_000
ROUNDS = 3
LEAST_M = 0.001
FEWEST_MATCHES = 0.05
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
) -> LinkModel:
    """A model of how the records of this table compare, learnt from the table alone."""
    progress("preparing", 0.0)
    prepared, fields = prepare(table, plan)
    fields = tuple(f for f in fields if prepared[f.name].null_count < prepared.num_rows)
    comparisons = compare_fields(fields)
    notes: list[str] = []
    with open_database(resources) as connection:
        load_records(connection, prepared, fields)
        if prepared.num_rows >= FEWEST_RECORDS and comparisons:
            progress("sampling", 0.1)
            random = _random_levels(connection, prepared.num_rows, comparisons, fields, seed)
            comparisons = _with_chance(comparisons, random, np.ones(len(random.level)))
            progress("training", 0.4)
            comparisons = _learn(connection, prepared, fields, comparisons, notes)
        else:
            random = None
            notes.append("Too few records to learn from: every weight is the usual one.")
        progress("prior", 0.7)
        left, right = candidate_pairs(connection, fields, pairs_per_record=PAIRS_PER_RECORD)
        step = 1 + len(left) // SETTLING_PAIRS
        near = join_levels(
            compare_pairs(connection, comparisons, fields, left[::step], right[::step])
        )
    every = prepared.num_rows * (prepared.num_rows - 1) / 2 / step
    comparisons, prior = _settle(every, prepared.num_rows, comparisons, near, random, notes)
    return LinkModel(
        plan=plan,
        fields=fields,
        comparisons=comparisons,
        prior=prior,
        join_at=JOIN_AT,
        review_at=REVIEW_AT,
        missing_weight=MISSING_WEIGHT,
        pairs_per_record=PAIRS_PER_RECORD,
        training={"records": prepared.num_rows, "pairs": len(left), "seed": seed, "notes": notes},
    )


def _random_levels(
    connection: duckdb.DuckDBPyConnection,
    records: int,
    comparisons: Sequence[Comparison],
    fields: Sequence[Field],
    seed: int,
) -> Levels:
    """The levels of pairs drawn at random: how records of two subjects compare."""
    generator = np.random.default_rng(seed)
    if records * (records - 1) // 2 <= RANDOM_PAIRS:
        left, right = (side.astype(np.int64) for side in np.triu_indices(records, 1))
    else:
        left = generator.integers(0, records, RANDOM_PAIRS)
        right = (left + generator.integers(1, records, RANDOM_PAIRS)) % records
    return join_levels(compare_pairs(connection, comparisons, fields, left, right))


def _with_chance(
    comparisons: Sequence[Comparison], random: Levels, part: NDArray[np.float64]
) -> tuple[Comparison, ...]:
    """The comparisons with u as the random pairs show it, each counted for its `part`."""
    learnt = []
    for c, comparison in enumerate(comparisons):
        known = random.level[:, c] >= 0
        count = np.bincount(
            random.level[known, c], weights=part[known], minlength=len(comparison.levels)
        )
        share = (count + 0.3) / (count.sum() + 0.3 * len(count))
        levels = (
            replace(level, u=float(u)) for level, u in zip(comparison.levels, share, strict=True)
        )
        learnt.append(replace(comparison, levels=tuple(levels)))
    return tuple(learnt)


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
    fields: Sequence[Field],
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
    for names in _training_blocks(connection, prepared, fields):
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*names),
                estimate_without_term_frequencies=True,
                max_pairs=TRAINING_PAIRS,
                record_sample_proportion=1.0,
            )
        except SplinkException as error:
            notes.append(f"Training on {' and '.join(names)} found nothing: {error}")
    return _read_back(comparisons, linker.misc.save_model_to_json(), notes)


def _training_blocks(
    connection: duckdb.DuckDBPyConnection, prepared: pa.Table, fields: Sequence[Field]
) -> list[tuple[str, ...]]:
    """Sets of fields whose agreement brings together enough true pairs to learn from."""
    names = {field.name for field in fields}
    unlike = (Kind.SEX, Kind.CATEGORY, Kind.MIDDLE_NAME, Kind.FULL_NAME)
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
        if pairs >= FEWEST_TRAINING_PAIRS:
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
            for level, m in zip_longest(comparison.levels, shares[: len(comparison.levels)])
        )
        learnt.append(replace(comparison, levels=tuple(levels)))
    return tuple(learnt)


def _settle(
    every: float,
    records: int,
    comparisons: tuple[Comparison, ...],
    near: Levels,
    random: Levels | None,
    notes: list[str],
) -> tuple[tuple[Comparison, ...], float]:
    """The prior at which the candidate pairs hold as many matches as their weights say.

    Chance agreement is then counted again without the true pairs that fell among the random
    ones, and levels are put in order.
    """
    guess = 1 / max(records, 10)
    if not len(near.level) or random is None:
        notes.append("No pairs to learn from: the share of true pairs is a guess.")
        return comparisons, guess
    prior = guess
    for _ in range(ROUNDS):
        prior = _prior(records, every, weights_of(comparisons, near).sum(axis=1))
        true = _chance(weights_of(comparisons, random).sum(axis=1), prior)
        comparisons = tuple(map(_in_order, _with_chance(comparisons, random, 1 - true)))
    return comparisons, prior


def _in_order(comparison: Comparison) -> Comparison:
    """Weights that never rise from a better level to a worse: levels that do are pooled."""
    pools: list[list[Level]] = []
    for level in comparison.levels:
        pools.append([level])
        while len(pools) > 1 and _ratio(pools[-1]) > _ratio(pools[-2]):
            last = pools.pop()
            pools[-1] += last
    return replace(
        comparison,
        levels=tuple(
            replace(level, m=level.u * _ratio(pool)) if len(pool) > 1 else level
            for pool in pools
            for level in pool
        ),
    )


def _ratio(levels: Sequence[Level]) -> float:
    return sum(level.m for level in levels) / sum(level.u for level in levels)


def _chance(weights: NDArray[np.float64], prior: float) -> NDArray[np.float64]:
    """The probability of one subject, from weights without the prior."""
    odds = np.exp2(np.clip(weights, -60, 60)) * prior / (1 - prior)
    return odds / (1 + odds)


def _prior(records: int, every: float, weights: NDArray[np.float64]) -> float:
    """The share of true pairs that its own result confirms; never below a few in the table."""
    least, prior = FEWEST_MATCHES / records, 1 / max(records, 10)
    for _ in range(30):
        prior = min(max(float(_chance(weights, prior).sum()) / every, least), 0.5)
    return prior
