"""Splink's estimates of how often the levels hold between two records of one subject, on DuckDB.

What training cannot learn keeps the usual weight of its level, and the notes say so.
"""

import itertools
import logging

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

from lightkeeper.engine.linkage.database import Resources, open_database
from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field

TRAINING_PAIRS = 300_000
FEWEST_TRAINING_PAIRS = 30
MOST_BLOCKED_PAIRS = 50_000_000
LEAST_M = 0.001
# What many subjects have alike brings no true pairs together.
FEW_VALUES = (Kind.MODEL, Kind.COLOUR, Kind.PLATFORM, Kind.DOCUMENT_TYPE, Kind.COUNTRY,
              Kind.NAME_WORDS, Kind.NAME_ROOTS)  # fmt: skip


def estimate(
    prepared: pa.Table,
    fields: Sequence[Field],
    comparisons: Sequence[Comparison],
    own: Collection[Kind],
    notes: list[str],
    resources: Resources,
) -> tuple[Comparison, ...]:
    """The comparisons with what EM finds on pairs that agree in some fields: in those of kinds that
    are a subject's `own`, if that brings enough together.
    """
    with open_database(resources) as connection:
        few = [field for field in fields if field.kind in own]
        blocks = _training_blocks(connection, prepared, few)
        blocks = blocks or _training_blocks(connection, prepared, fields)
        return _learn(connection, prepared, blocks, comparisons, notes)


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
