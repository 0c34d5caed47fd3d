"""Levels and weights of pairs of records, worked out by DuckDB from the model."""

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import Comparison
from lightkeeper.engine.linkage.prepare import Field

CHUNK = 200_000
# In a small table a share says little: so many values of the usual frequency are added to it.
USUAL_VALUES = 20
MISSING = -1
LEAST_SLIPS = re.compile(r'lk_least_slips\(("\w+"), ("\w+")\) <= ([12])')
# A value that no list of common ones holds counts as shared by the two that are compared.
RARE = 2


@dataclass(frozen=True)
class Levels:
    """For p pairs and c comparisons: the level of each, and how common the shared value is.

    level (p, c) int8, -1 where a value is missing; share (p, c) float32, 0 where not asked;
    known (c,) int64: of how many values the share is taken.
    """

    level: NDArray[np.int8]
    share: NDArray[np.float32]
    known: NDArray[np.int64]


def load_records(
    connection: duckdb.DuckDBPyConnection,
    prepared: pa.Table,
    fields: Sequence[Field],
    values: pa.Table | None = None,
) -> None:
    """Put the prepared table into `records`, each field beside the shares of its values.

    With `values` (see `common_values`) the shares are those of the table that it was made from,
    so that no record of this one changes the weight of a pair that it is not in.
    """
    connection.register("prepared", prepared)
    connection.execute("CREATE OR REPLACE TABLE totals (field VARCHAR, records BIGINT)")
    columns, joins = ["p.unique_id"], ""
    for field in fields:
        name = field.name
        source = f'unnest("{name}")' if field.multi else f'"{name}"'
        _make_shares(connection, name, source, values)
        if field.multi:
            connection.execute(
                f'CREATE OR REPLACE TABLE "lists_{name}" AS SELECT unique_id, '
                f"list(v ORDER BY v) AS v, list(share ORDER BY v) AS share FROM "
                f"(SELECT unique_id, {source} AS v FROM prepared) "
                f'JOIN "shares_{name}" USING (v) GROUP BY unique_id'
            )
            columns.append(f'"l_{name}".v AS "{name}", "l_{name}".share AS "share_{name}"')
            joins += f' LEFT JOIN "lists_{name}" "l_{name}" ON "l_{name}".unique_id = p.unique_id'
        else:
            columns.append(f'p."{name}", "s_{name}".share AS "share_{name}"')
            joins += f' LEFT JOIN "shares_{name}" "s_{name}" ON "s_{name}".v = p."{name}"'
    connection.execute(
        f"CREATE OR REPLACE TABLE records AS SELECT {', '.join(columns)} "
        f"FROM prepared p{joins} ORDER BY p.unique_id"
    )
    connection.unregister("prepared")


def _make_shares(
    connection: duckdb.DuckDBPyConnection, name: str, source: str, values: pa.Table | None
) -> None:
    said = f"(SELECT {source} AS v FROM prepared) WHERE v IS NOT NULL"
    if values is None:
        connection.execute(
            f'CREATE OR REPLACE TABLE "shares_{name}" AS SELECT v, count(*) AS size, '
            f"(count(*) / sum(count(*)) OVER ())::FLOAT AS share FROM {said} GROUP BY v"
        )
        connection.execute(
            f"INSERT INTO totals SELECT '{name}', coalesce(sum(size), 0) FROM \"shares_{name}\""
        )
        return
    connection.register("known_values", values)
    connection.execute(
        f"INSERT INTO totals SELECT '{name}', coalesce(max(size), 0) FROM known_values "
        f"WHERE field = '{name}' AND value IS NULL"
    )
    connection.execute(
        f'CREATE OR REPLACE TABLE "shares_{name}" AS SELECT v, '
        f"coalesce(k.size, {RARE}) AS size, "
        f"(coalesce(k.size, {RARE}) / greatest(t.records, 1))::FLOAT AS share "
        f"FROM (SELECT DISTINCT v FROM {said}) "
        f"LEFT JOIN known_values k ON k.field = '{name}' AND k.value = v, "
        f"totals t WHERE t.field = '{name}'"
    )
    connection.unregister("known_values")


def common_values(connection: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> pa.Table:
    """How often each value stands in the records that are loaded, where it does more than twice.

    Shapes: field, value (text), size (int64); a row without a value for each field, with how many
    values it has in all. What is rarer is left out: two records that share it are all that do,
    and a list of rare names would be a list of people.
    """
    parts = [
        f"SELECT '{field.name}' AS field, v AS value, size FROM \"shares_{field.name}\" "
        f"WHERE size > {RARE}"
        for field in fields
    ]
    parts.append("SELECT field, NULL AS value, records AS size FROM totals")
    return connection.sql(
        f"SELECT field, value::VARCHAR AS value, size::BIGINT AS size FROM "
        f"({' UNION ALL '.join(parts)}) ORDER BY field, value NULLS FIRST"
    ).to_arrow_table()


def compare_pairs(
    connection: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    fields: Sequence[Field],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> Iterator[Levels]:
    """The levels of each pair, in the order given, a chunk of pairs at a time."""
    known = known_values(connection, comparisons)
    for start in range(0, len(left), CHUNK):
        part = slice(start, min(start + CHUNK, len(left)))
        yield compare_chunk(connection, comparisons, fields, left[part], right[part], known)


def compare_chunk(
    connection: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    fields: Sequence[Field],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    known: NDArray[np.int64],
    wholly: Collection[int] | None = None,
) -> Levels:
    """The levels of each pair, in the order given. Of comparisons whose place is not in `wholly`
    only whether a value is missing and whether the first level holds is asked; else they are at 1.
    """
    sql = _levels_sql(comparisons, {field.name: field for field in fields}, wholly)
    connection.register("pairs", pa.table({"n": np.arange(len(left)), "l": left, "r": right}))
    rows = connection.sql(sql).to_arrow_table()
    connection.unregister("pairs")
    order = np.argsort(rows["n"].to_numpy(), kind="stable")
    level = np.empty((len(left), len(comparisons)), np.int8)
    share = np.zeros((len(left), len(comparisons)), np.float32)
    for c in range(len(comparisons)):
        level[:, c] = rows[f"level_{c}"].to_numpy()[order]
        share[:, c] = rows[f"share_{c}"].to_numpy()[order]
    return Levels(level, share, known)


def known_values(
    connection: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison]
) -> NDArray[np.int64]:
    """Of how many values the share of each comparison's field is taken, (c,)."""
    counts = [
        connection.execute(
            "SELECT records FROM totals WHERE field = $1", [comparison.column]
        ).fetchall()[0][0]
        for comparison in comparisons
    ]
    return np.array(counts, np.int64)


def join_levels(chunks: Iterable[Levels]) -> Levels:
    """The chunks as one."""
    every = list(chunks)
    if not every:
        return Levels(
            np.empty((0, 0), np.int8), np.empty((0, 0), np.float32), np.empty(0, np.int64)
        )
    return Levels(
        np.concatenate([chunk.level for chunk in every]),
        np.concatenate([chunk.share for chunk in every]),
        every[0].known,
    )


def weights_of(comparisons: Sequence[Comparison], levels: Levels) -> NDArray[np.float64]:
    """Bits of each comparison of each pair, (p, c): zero where a value is missing."""
    weights = np.zeros(levels.level.shape)
    for c, comparison in enumerate(comparisons):
        table = np.array([level.weight for level in comparison.levels] + [0.0])
        weights[:, c] = table[levels.level[:, c]]
        for number, level in enumerate(comparison.levels):
            if level.by_frequency:
                rows = (levels.level[:, c] == number) & (levels.share[:, c] > 0)
                seen = levels.share[rows, c] * levels.known[c] + USUAL_VALUES * level.u
                share = seen / (levels.known[c] + USUAL_VALUES)
                weights[rows, c] = np.log2(level.m / share)
    return weights


def quicker(condition: str) -> str:
    """The same condition, with distances worked out only where the ends and lengths allow them."""
    return LEAST_SLIPS.sub(r"lk_any_slip(\1, \2, \3)", condition)


def level_case(comparison: Comparison) -> str:
    """The SQL that gives the number of the level, the last where no other holds."""
    last = len(comparison.levels) - 1
    tests = " ".join(
        f"WHEN {quicker(level.condition)} THEN {number}"
        for number, level in enumerate(comparison.levels[:-1])
    )
    return f"CASE WHEN {comparison.missing} THEN {MISSING} {tests} ELSE {last} END"


def _first_case(comparison: Comparison) -> str:
    best = comparison.levels[0].condition
    return f"CASE WHEN {comparison.missing} THEN {MISSING} WHEN {best} THEN 0 ELSE 1 END"


def _levels_sql(
    comparisons: Sequence[Comparison],
    fields: dict[str, Field],
    wholly: Collection[int] | None = None,
) -> str:
    wide = ", ".join(
        f'l."{name}" AS "{name}_l", r."{name}" AS "{name}_r", l."share_{name}" AS "share_{name}"'
        for name in fields
    )
    levels = ", ".join(
        f"({(level_case if wholly is None or c in wholly else _first_case)(comparison)})::TINYINT "
        f"AS level_{c}"
        for c, comparison in enumerate(comparisons)
    )
    shares = ", ".join(
        f"{_share_sql(comparison, fields[comparison.column])} AS share_{c}"
        for c, comparison in enumerate(comparisons)
    )
    return (
        f"WITH wide AS (SELECT n, {wide} FROM pairs JOIN records l ON l.unique_id = pairs.l "
        f"JOIN records r ON r.unique_id = pairs.r) SELECT n, {levels}, {shares} FROM wide"
    )


def _share_sql(comparison: Comparison, field: Field) -> str:
    best, name = comparison.levels[0], field.name
    if not best.by_frequency:
        return "0::FLOAT"
    share = f'"share_{name}"'
    if field.multi:
        # The rarest value that both hold.
        share = f'lk_rarest("{name}_l", "share_{name}", "{name}_r")'
    return f"coalesce(CASE WHEN {best.condition} THEN {share} END, 0)::FLOAT"
