"""Which pairs of records are worth comparing: those that share two clues, or one rare clue.

Every field gives clues (a word of the name, a birth year, a district). Records that share a clue,
or a pair of clues from different groups, form a block. Small blocks are taken first and the
work stops at a number of pairs for each record, so that no common value can explode.
"""

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field

BLOCK_SIZES = (5, 10, 20, 40, 80, 160)

# Clues of one group say the same thing twice and are not paired with each other.
Clue = tuple[str, str]


def clues(field: Field) -> list[Clue]:
    """(group, SQL of the value `v`) of each clue that a field gives."""
    name = field.name
    spellings = {
        Kind.FULL_NAME: [("word", "v"), ("start", "left(v, 4)")],
        Kind.GIVEN_NAME: [("given", "v")],
        Kind.FAMILY_NAME: [("family", "v"), ("family", "left(v, 3)")],
        Kind.MIDDLE_NAME: [],
        Kind.BIRTH_DATE: [
            ("born", "v"),
            ("born", "left(v, 4)"),
            ("born", "left(v, 7)"),
            ("born", "right(v, 5)"),
        ],
        Kind.POSTCODE: [(name, "v"), (name, "left(v, 3)")],
        Kind.PHONE: [(name, "v"), (name, "right(v, 6)")],
        Kind.IDENTIFIER: [(name, "v"), (name, "left(v, 4)"), (name, "right(v, 4)")],
        Kind.EMAIL: [(name, "v"), (name, "split_part(v, '@', 1)"), (name, "left(v, 5)")],
        Kind.PLACE: [(name, "v"), (name, "left(v, 4)")],
        Kind.ADDRESS: [(name, "v"), (name, "left(v, 6)")],
        Kind.OCCUPATION: [(name, "v")],
        Kind.CATEGORY: [(name, "v")],
    }
    return spellings.get(field.kind, [])


@dataclass(frozen=True)
class Candidates:
    """Pairs worth comparing: left, right (p,) int64, sorted by left, then right, each pair once;
    and the size of the largest block that was taken.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    block_size: int


def candidate_pairs(
    connection: duckdb.DuckDBPyConnection,
    fields: Sequence[Field],
    *,
    pairs_per_record: int,
    block_size: int | None = None,
) -> Candidates:
    """Every pair of rows of the table `records` that shares a block, left row before right.

    Units: `pairs_per_record` bounds the pairs divided by the records, but for the last step. With
    `block_size` every block of up to so many records is taken, and no larger one.
    """
    make_clues(connection, fields)
    connection.execute(_BLOCKS, [block_size or BLOCK_SIZES[-1]])
    budget = pairs_per_record * max(_count(connection, "records"), 100)
    connection.execute("CREATE OR REPLACE TABLE candidates (l BIGINT, r BIGINT)")
    smaller = 1
    for size in (block_size,) if block_size else BLOCK_SIZES:
        connection.execute(_JOIN_BLOCKS, [smaller, size])
        so_far = _count(connection, "candidates")
        if so_far and so_far + _count(connection, "wave") > budget:
            break
        connection.execute("INSERT INTO candidates SELECT * FROM wave")
        smaller = size
    pairs = connection.sql("SELECT l, r FROM candidates ORDER BY l, r").to_arrow_table()
    for name in ("candidates", "wave", "clues", "blocks"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    return Candidates(pairs["l"].to_numpy(), pairs["r"].to_numpy(), smaller)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


_JOIN_BLOCKS = """
CREATE OR REPLACE TABLE wave AS
WITH sized AS (SELECT * FROM blocks WHERE size > $1 AND size <= $2)
SELECT DISTINCT l, r FROM (
    SELECT a.record AS l, b.record AS r FROM sized a JOIN sized b USING (block)
    WHERE a.record < b.record
) ANTI JOIN candidates USING (l, r)
"""

# Each record with each block that it is in; of the table `clues`.
KEYED = """
SELECT a.record, hash(a.clue, b.clue) AS block FROM clues a JOIN clues b
ON a.record = b.record AND (
    a.part < b.part OR (a.part = b.part AND a.part <= 1 AND a.clue < b.clue))
UNION ALL SELECT record, clue AS block FROM clues
"""
_BLOCKS = f"""
CREATE OR REPLACE TABLE blocks AS
WITH pairs AS ({KEYED}), sizes AS (
    SELECT block, count(*) AS size FROM pairs GROUP BY block HAVING count(*) BETWEEN 2 AND $1
)
SELECT record, block, size FROM pairs JOIN sizes USING (block)
"""


def make_clues(connection: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> None:
    """The table `clues` (record, part, clue) of the table `records`."""
    # Words of a name are the one group whose clues are paired among themselves.
    groups = ["word", "start"]
    selects = []
    for field in fields:
        for number, (group, value) in enumerate(clues(field)):
            if group not in groups:
                groups.append(group)
            source = f'unnest("{field.name}")' if field.multi else f'"{field.name}"'
            selects.append(
                f"SELECT record, {groups.index(group)} AS part, "
                f"hash('{group}', {number}, {value}) AS clue FROM "
                f"(SELECT unique_id AS record, {source} AS v FROM records) WHERE v IS NOT NULL"
            )
    body = (
        " UNION ".join(selects) or "SELECT 0 AS record, 0 AS part, 0::UBIGINT AS clue WHERE false"
    )
    connection.execute(f"CREATE OR REPLACE TABLE clues AS {body}")
