"""Splink alone: its training, its weights, its connected components at its default of .95."""

import math
from collections.abc import Iterable
from importlib.metadata import version

import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.linkage.tools.splink_settings import Recipe, recipe_for
from bench.linkage.tools.task import Found, Task, main

PROBABILITY = 0.95
BITS = math.log2(PROBABILITY / (1 - PROBABILITY))
SEED = 1
# What is kept below the threshold shows how other thresholds would do; in large sets that costs.
LARGE, LEAST_BITS, LEAST_BITS_LARGE = 50_000, -20.0, -5.0


def run(task: Task) -> Found:
    recipe = recipe_for(task)
    with task.stage("load"):
        linker = Linker(
            DuckDBAPI(connection=duckdb.connect()).register(_records(task)),
            SettingsCreator(
                link_type="dedupe_only",
                unique_id_column_name="record_id",
                blocking_rules_to_generate_predictions=rules(recipe.blocking),
                comparisons=recipe.comparisons,
                retain_matching_columns=False,
            ),
        )
    with task.stage("train"):
        train(linker, recipe)
    least = LEAST_BITS if task.records < LARGE else LEAST_BITS_LARGE
    with task.stage("predict"):
        pairs = linker.inference.predict(threshold_match_weight=least)
    with task.stage("cluster"):
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, PROBABILITY)
    rows = _arrays(found, "record_id", "cluster_id")
    clusters = np.arange(task.records)
    clusters[rows["record_id"]] = rows["cluster_id"]
    scored = _arrays(pairs, "record_id_l", "record_id_r", "match_weight")
    return Found(
        f"{version('splink')}, DuckDB {duckdb.__version__}", clusters, BITS,
        scored["record_id_l"], scored["record_id_r"], scored["match_weight"], notes=recipe.notes,
    )  # fmt: skip


def _records(task: Task) -> pa.Table:
    table = task.read()
    given, family = task.columns("given_name"), task.columns("family_name")
    connection = duckdb.connect()
    connection.register("received", table)
    # What its comparison of both names asks for.
    both = f'"{given[0]}" || \' \' || "{family[0]}"' if given and family else "NULL::VARCHAR"
    return connection.sql(f"SELECT *, {both} AS both_names FROM received").to_arrow_table()


def train(linker: Linker, recipe: Recipe) -> None:
    training = linker.training
    training.estimate_probability_two_random_records_match(
        rules(recipe.sure), recall=recipe.sure_recall
    )
    training.estimate_u_using_random_sampling(max_pairs=recipe.most_pairs, seed=SEED)
    for rule in rules(recipe.training):
        training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )


def rules(said: Iterable[tuple[str, ...] | str]) -> list[object]:
    """A rule is what two records share, or a condition in SQL."""
    return [rule if isinstance(rule, str) else block_on(*rule) for rule in said]


def _arrays(frame: object, *names: str) -> dict[str, np.ndarray]:
    table = frame.as_duckdbpyrelation().select(", ".join(names)).to_arrow_table()
    return {name: table[name].to_numpy() for name in names}


if __name__ == "__main__":
    main(run)
