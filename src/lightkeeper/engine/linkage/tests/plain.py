"""The plain way, in DuckDB's own SQL: what the arrays are held to."""

import duckdb
import numpy as np
import pyarrow as pa

from lightkeeper.engine.linkage.clues import PAIRED, clues
from lightkeeper.engine.linkage.comparisons import MACROS
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.scoring import MISSING, Levels

RARE = 2
TELLING = (
    "full_name", "name_words", "birth_date", "phone", "email", "identifier",
    "registration_number", "domain", "vehicle_mark", "vin", "handle", "uprn",
)  # fmt: skip


def plain_levels(table, model, left, right, values=None, most_alike=1280):
    """The levels of each pair and how common what they share is, one pair after the other."""
    prepared, fields = prepare(table, model.plan, model.fields)
    connection = duckdb.connect()
    connection.execute(MACROS)
    known = _load(connection, prepared, fields, values, most_alike)
    connection.register("pairs", pa.table({"n": np.arange(len(left)), "l": left, "r": right}))
    wide = ", ".join(f'l."{f.name}" AS "{f.name}_l", r."{f.name}" AS "{f.name}_r"' for f in fields)
    by_name = {field.name: field for field in fields}
    asked = ", ".join(
        f"{_level(c)} AS level_{n}, {_share(c, by_name[c.column])} AS share_{n}"
        for n, c in enumerate(model.comparisons)
    )
    rows = connection.sql(
        f"WITH wide AS (SELECT n, {wide} FROM pairs JOIN records l ON l.unique_id = pairs.l "
        f"JOIN records r ON r.unique_id = pairs.r) SELECT {asked} FROM wide ORDER BY n"
    ).to_arrow_table()
    every = range(len(model.comparisons))
    return Levels(
        np.column_stack([rows[f"level_{n}"].to_numpy() for n in every]).astype(np.int8),
        np.column_stack([rows[f"share_{n}"].to_numpy() for n in every]).astype(np.float32),
        np.array([known[c.column] for c in model.comparisons]),
    )


def _load(connection, prepared, fields, values, most_alike):
    connection.register("records", prepared)
    if values is not None:
        connection.register("known_values", values)
    # Of what records say alike two count; the rest of what very many say makes it as common.
    connection.execute(
        f"CREATE TABLE numbered AS SELECT *, row_number() OVER (PARTITION BY {_spoken(fields)}) "
        f"AS lk_nth, count(*) OVER (PARTITION BY {_spoken(fields)}) AS lk_alike FROM records; "
        "CREATE VIEW counted AS SELECT * FROM numbered WHERE lk_nth <= 2; "
        f"CREATE VIEW more AS SELECT * FROM numbered WHERE lk_nth > 2 AND lk_alike > {most_alike}"
    )
    known = {}
    for field in fields:
        said = f'SELECT {_each(field)} AS v FROM counted WHERE "{field.name}" IS NOT NULL'
        total = f"SELECT count(*) FROM ({said})"
        counts = (
            f"SELECT v, least(count(*), ({total})) AS size FROM "
            f"({said} UNION ALL {said.replace('counted', 'more')}) GROUP BY v"
        )
        if values is not None:
            counts = (
                f"SELECT v, coalesce(k.size, {RARE}) AS size "
                f"FROM (SELECT DISTINCT v FROM ({said})) "
                f"LEFT JOIN known_values k ON k.field = '{field.name}' AND k.value = v"
            )
        connection.execute(f'CREATE TABLE "sizes_{field.name}" AS {counts}')
        if values is not None:
            total = (
                "SELECT coalesce(max(size), 0) FROM known_values "
                f"WHERE field = '{field.name}' AND value IS NULL"
            )
        known[field.name] = int(connection.execute(total).fetchone()[0])
        connection.execute(
            f'ALTER TABLE "sizes_{field.name}" ADD COLUMN share FLOAT; UPDATE '
            f'"sizes_{field.name}" SET share = size / {max(known[field.name], 1)}'
        )
    return known


def _each(field):
    return f'unnest("{field.name}")' if field.multi else f'"{field.name}"'


def _level(comparison):
    tests = " ".join(
        f"WHEN {level.condition} THEN {number}"
        for number, level in enumerate(comparison.levels[:-1])
    )
    return (
        f"CASE WHEN {comparison.missing} THEN {MISSING} {tests} "
        f"ELSE {len(comparison.levels) - 1} END"
    )


def _share(comparison, field):
    best, name = comparison.levels[0], field.name
    if not best.by_frequency:
        return "0::FLOAT"
    among = (
        f'list_contains(list_intersect("{name}_l", "{name}_r"), v)'
        if field.multi
        else f'v = "{name}_l"'
    )
    rarest = f'(SELECT min(share) FROM "sizes_{name}" WHERE {among})'
    return f"coalesce(CASE WHEN {best.condition} THEN {rarest} END, 0)::FLOAT"


def _spoken(fields):
    """All that a record says, as one text; the record itself where it gives no clue."""
    said = ", ".join(
        f'list_sort(coalesce("{field.name}", []))' if field.multi else f'"{field.name}"'
        for field in fields
    )
    clue = " OR ".join(
        f'len("{field.name}") > 0' if field.multi else f'"{field.name}" IS NOT NULL'
        for field in fields
        if clues(field)
    )
    return f"CASE WHEN {clue or 'false'} THEN row({said})::VARCHAR ELSE unique_id::VARCHAR END"


def plain_pairs(table, plan, sizes, most_alike=1280):
    """Every pair that says the same or whose sayings share a block of at most so many, sorted, of
    the records that stand for a saying, the first so many. Blocks of two telling clues may be
    larger. Where it must be twice, one will do if it is of them or of a clue alone.
    """
    prepared, fields = prepare(table, plan)
    connection = duckdb.connect()
    connection.register("prepared", prepared)
    groups, selects = list(PAIRED), []
    for field in fields:
        for number, (group, part) in enumerate(clues(field)):
            if group not in groups:
                groups.append(group)
            selects.append(
                f"SELECT record, {groups.index(group)} AS part, "
                f"'{group}/{number}/' || {part} AS clue, "
                f"{part == 'v' and field.kind in TELLING} AS telling FROM "
                f"(SELECT unique_id AS record, {_each(field)} AS v FROM prepared) "
                "WHERE v IS NOT NULL"
            )
    connection.execute(f"CREATE TABLE clues AS {' UNION '.join(selects)}")
    rows = connection.sql(f"""
        WITH says AS (
            SELECT unique_id AS record, {_spoken(fields)} AS said FROM prepared
            WHERE unique_id IN (SELECT record FROM clues)
        ), blocked AS (
            SELECT record, said FROM says
            QUALIFY row_number() OVER (PARTITION BY said ORDER BY record) <= {most_alike}
        ), keyed AS (
            SELECT a.record, a.clue || '+' || b.clue AS block, a.telling AND b.telling AS telling,
                a.telling AND b.telling AS enough FROM clues a JOIN clues b
            ON a.record = b.record AND (
                a.part < b.part OR (a.part = b.part AND a.part <= 1 AND a.clue < b.clue))
            UNION ALL SELECT record, clue, false, true FROM clues
        ), gives AS (
            SELECT DISTINCT said, block, telling, enough FROM keyed JOIN blocked USING (record)
        ), small AS (
            SELECT block FROM gives GROUP BY block, telling HAVING count(*) <=
            CASE WHEN telling THEN {sizes.telling} ELSE {sizes.block} END
        ), kept AS (SELECT * FROM gives SEMI JOIN small USING (block)),
        together AS (
            SELECT a.said AS l, b.said AS r FROM kept a JOIN kept b USING (block)
            GROUP BY a.said, b.said HAVING bool_or(a.enough) OR count(*) > {int(sizes.twice)}
            UNION SELECT said, said FROM blocked
        )
        SELECT DISTINCT a.record AS l, b.record AS r FROM together
        JOIN blocked a ON a.said = together.l JOIN blocked b ON b.said = together.r
        WHERE a.record < b.record ORDER BY 1, 2
    """).fetchall()
    return np.array(rows, np.int64).reshape(-1, 2)
