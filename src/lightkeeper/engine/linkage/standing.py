"""A linked table that stands ready for more: what comes is compared with what it may be, no more.

Two records are compared where they share a block of at most `block_size` records. A record that
comes or goes changes only the blocks it is in, so what follows from it is worked out from those
alone, and comes out as linking everything again would give it.
"""

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ConflictError, FormatError
from lightkeeper.engine.linkage.batch import Links, Progress, quiet, record_ids_of, weigh_pairs
from lightkeeper.engine.linkage.blocking import Candidates
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.columns import Coded, code_records
from lightkeeper.engine.linkage.database import USUAL, Resources, open_database
from lightkeeper.engine.linkage.loaded import Loaded, load
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.prepare import prepare

FORMAT = "lightkeeper-standing/2"
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Change:
    """What follows from records that came and went.

    `links`: the pairs that are compared from now on, of the records in `links.record_ids`; a pair
    that was compared before may be among them, and weighs what it weighed. `parted` (q, 2): ids of
    records that are compared no more, because a block they shared has grown too large. What
    touches a record that went is not told.
    """

    links: Links
    parted: Numbers


def link_and_keep(
    path: Path,
    table: pa.Table,
    model: LinkModel,
    values: pa.Table,
    *,
    resources: Resources = USUAL,
    progress: Progress = quiet,
) -> Links:
    """As `batch.link`, and everything that the next change needs is kept in the file `path`.

    The file is there whole or not at all. Raises: ShapeError if two rows have one record_id.
    """
    record_ids = record_ids_of(table)
    progress("preparing", 0.0)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    loaded = load(table, model.plan, model.fields, values)
    progress("blocking", 0.2)
    found = loaded.blocks(model.pairs_per_record)
    links = weigh_pairs(loaded.coded, model, record_ids, found, resources, progress)
    progress("keeping", 0.95)
    with open_database(resources) as connection:
        _write(connection, loaded, new, record_ids, model, values, found.block_size)
    os.replace(new, path)
    return links


def _write(
    connection: duckdb.DuckDBPyConnection,
    loaded: Loaded,
    path: Path,
    record_ids: Numbers,
    model: LinkModel,
    values: pa.Table,
    block_size: int,
) -> None:
    connection.execute(f"ATTACH '{_quoted(path)}' AS standing")
    told = [("format", FORMAT), ("engine", duckdb.__version__), ("model", model.to_json()),
            ("block_size", str(block_size)), ("records", str(len(record_ids)))]  # fmt: skip
    connection.execute("CREATE TABLE standing.told (name VARCHAR, said VARCHAR)")
    connection.executemany("INSERT INTO standing.told VALUES ($1, $2)", told)
    connection.register("values_given", values)
    connection.execute("CREATE TABLE standing.known_values AS SELECT * FROM values_given")
    people = loaded.prepared.set_column(0, "record", [record_ids])
    connection.register("people_given", people)
    connection.execute("CREATE TABLE standing.people AS SELECT * FROM people_given ORDER BY record")
    connection.register("keys_given", _keys(loaded.coded, record_ids))
    connection.execute("CREATE TABLE standing.keyed AS SELECT * FROM keys_given ORDER BY block")
    for name in ("values_given", "people_given", "keys_given"):
        connection.unregister(name)
    connection.execute("DETACH standing")


def _keys(coded: Coded, record_ids: Numbers) -> pa.Table:
    """Each block that each record is in."""
    rows, keys = block_keys(coded)
    return pa.table({"block": keys, "record": record_ids[rows]})


class Standing:
    """The file, opened for one process; another that wants it is refused until this one closes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, told: dict[str, str]) -> None:
        self._connection = connection
        self.model = model_from_json(told["model"])
        self.block_size = int(told["block_size"])
        self.made_with = int(told["records"])
        self._values = connection.sql("SELECT * FROM standing.known_values").to_arrow_table()

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, resources: Resources = USUAL) -> Iterator[Self]:
        """Raises: FormatError if the file is not one, is damaged, is held by another process, or is
        of another release of DuckDB.
        """
        if not path.is_file():
            raise FormatError(f"There is no file {path.name}. Link everything to make it.")
        with ExitStack() as stack:
            connection = stack.enter_context(open_database(resources))
            try:
                connection.execute(f"ATTACH '{_quoted(path)}' AS standing")
                told = dict(connection.execute("SELECT name, said FROM standing.told").fetchall())
                if (told["format"], told["engine"]) != (FORMAT, duckdb.__version__):
                    raise FormatError(f"The file {path.name} is of another release.")
                standing = cls(connection, told)
            except (duckdb.Error, KeyError, ValueError) as error:
                raise FormatError(f"The file {path.name} cannot be read: {error}") from error
            yield standing

    @property
    def record_ids(self) -> Numbers:
        """Of every record, ascending."""
        return self._column("SELECT record FROM standing.people ORDER BY record")

    def __len__(self) -> int:
        return self._number("SELECT count(*) FROM standing.people")

    @contextmanager
    def changing(self, added: pa.Table, removed: ArrayLike = ()) -> Iterator[Change]:
        """Work out what follows from these records coming and going. It is kept when the block
        ends, and not if it ends with an error: what the caller writes elsewhere comes first.

        Shapes: added (n, columns) as planned in the model, with `record_id` int64; removed (m,)
            record ids, of which those that are not there are passed over.
        Raises: ConflictError naming a record that is there already and does not go.
        """
        ids = self._take_in(added, np.unique(np.atleast_1d(np.asarray(removed, np.int64))))
        self._count_blocks()
        gained, parted = self._gained(), self._parted()
        yield Change(self._weigh(gained), parted)
        self._keep(ids)

    def _take_in(self, added: pa.Table, removed: Numbers) -> Numbers:
        ids = record_ids_of(added)
        run = self._connection.execute
        self._put("leaving", {"record": removed})
        self._put("coming", {"record": ids})
        there = self._column(
            "SELECT record FROM coming SEMI JOIN standing.people USING (record) "
            "ANTI JOIN leaving USING (record) ORDER BY record LIMIT 1"
        )
        if len(there):
            raise ConflictError(f"Record {there[0]} is there already.")
        prepared, _ = prepare(added, self.model.plan, self.model.fields)
        self._fresh = prepared.set_column(0, "unique_id", [ids])
        keys = _keys(code_records(prepared, self.model.fields, self._values), ids)
        self._put("fresh", {name: keys[name] for name in ("record", "block")})
        left = "SEMI JOIN leaving USING (record)" if len(removed) else "WHERE false"
        run(f"CREATE OR REPLACE TABLE left_keys AS SELECT block, record FROM standing.keyed {left}")
        return ids

    def _count_blocks(self) -> None:
        """`touched`: how many records each block had and has; `members`: those of small ones."""
        run = self._connection.execute
        run("""
            CREATE OR REPLACE TABLE touched AS
            WITH moved AS (
                SELECT block, count(*) AS more, 0 AS less FROM fresh GROUP BY block
                UNION ALL SELECT block, 0, count(*) FROM left_keys GROUP BY block
            ), moving AS (
                SELECT block, sum(more)::BIGINT AS more, sum(less)::BIGINT AS less
                FROM moved GROUP BY block
            ), held AS (
                SELECT block, count(*) AS many FROM standing.keyed
                SEMI JOIN moving USING (block) GROUP BY block
            )
            SELECT block, coalesce(many, 0) AS before, coalesce(many, 0) - less + more AS after
            FROM moving LEFT JOIN held USING (block)
        """)
        run(f"""
            CREATE OR REPLACE TABLE members AS
            SELECT block, record FROM standing.keyed
            SEMI JOIN (SELECT block FROM touched WHERE least(before, after) <= {self.block_size})
            USING (block) ANTI JOIN leaving USING (record)
        """)

    def _gained(self) -> Numbers:
        """Pairs that share a block that is small enough now, and did not share it before."""
        size = self.block_size
        pairs = self._connection.sql(f"""
            WITH small AS (SELECT block, before FROM touched WHERE after <= {size}),
            either AS (
                SELECT block, record FROM members SEMI JOIN small USING (block)
                UNION ALL SELECT block, record FROM fresh SEMI JOIN small USING (block)
            ), found AS (
                SELECT a.record AS a, b.record AS b FROM fresh a JOIN either b USING (block)
                UNION ALL
                SELECT a.record, b.record FROM members a JOIN members b USING (block)
                JOIN small USING (block) WHERE small.before > {size}
            )
            SELECT DISTINCT least(a, b) AS l, greatest(a, b) AS r FROM found WHERE a <> b
            ORDER BY l, r
        """).to_arrow_table()
        return _pairs(pairs)

    def _parted(self) -> Numbers:
        """Pairs that shared a block that has grown too large, and share no small one."""
        size, run = self.block_size, self._connection.execute
        run(f"""
            CREATE OR REPLACE TABLE suspects AS
            SELECT DISTINCT a.record AS l, b.record AS r FROM members a JOIN members b USING (block)
            JOIN touched USING (block)
            WHERE a.record < b.record AND before <= {size} AND after > {size}
        """)
        if not self._number("SELECT count(*) FROM suspects"):
            return np.empty((0, 2), np.int64)
        run("""
            CREATE OR REPLACE TABLE suspect_keys AS SELECT record, block FROM standing.keyed
            SEMI JOIN (SELECT l AS record FROM suspects UNION SELECT r FROM suspects) USING (record)
        """)
        run("""
            CREATE OR REPLACE TABLE shared AS SELECT l, r, a.block FROM suspects
            JOIN suspect_keys a ON a.record = l JOIN suspect_keys b ON b.record = r
            AND a.block = b.block
        """)
        pairs = self._connection.sql(f"""
            WITH others AS (
                SELECT block, count(*) AS many FROM standing.keyed
                SEMI JOIN (SELECT block FROM shared ANTI JOIN touched USING (block)) USING (block)
                GROUP BY block
            ), small AS (
                SELECT block FROM others WHERE many <= {size}
                UNION ALL SELECT block FROM touched WHERE after <= {size}
            )
            SELECT l, r FROM suspects ANTI JOIN (SELECT l, r FROM shared SEMI JOIN small
            USING (block)) USING (l, r) ORDER BY l, r
        """).to_arrow_table()
        return _pairs(pairs)

    def _weigh(self, pairs: Numbers) -> Links:
        involved = np.unique(pairs)
        self._put("involved", {"record": involved})
        known = self._connection.sql(
            "SELECT * FROM standing.people SEMI JOIN involved USING (record) "
            "ANTI JOIN leaving USING (record)"
        ).to_arrow_table()
        known = known.rename_columns(["unique_id", *known.column_names[1:]])
        chosen = np.isin(self._fresh["unique_id"].to_numpy(), involved)
        both = pa.concat_tables([known.cast(self._fresh.schema), self._fresh.filter(chosen)])
        both = both.sort_by("unique_id").set_column(0, "unique_id", [np.arange(len(involved))])
        rows = np.searchsorted(involved, pairs)
        found = Candidates(rows[:, 0], rows[:, 1], self.block_size)
        coded = code_records(both, self.model.fields, self._values)
        return weigh_pairs(coded, self.model, involved, found)

    def _keep(self, ids: Numbers) -> None:
        run = self._connection.execute
        self._connection.register("fresh_given", self._fresh)
        run("BEGIN")
        try:
            for name in ("people", "keyed"):
                run(f"DELETE FROM standing.{name} WHERE record IN (SELECT record FROM leaving)")
            if len(ids):
                run("INSERT INTO standing.people SELECT * FROM fresh_given ORDER BY unique_id")
                run("INSERT INTO standing.keyed SELECT block, record FROM fresh ORDER BY block")
            run("COMMIT")
        except duckdb.Error:
            with suppress(duckdb.Error):
                run("ROLLBACK")
            raise
        finally:
            self._connection.unregister("fresh_given")

    def _put(self, name: str, columns: dict[str, Any]) -> None:
        self._connection.register("given", pa.table(columns))
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self._connection.unregister("given")

    def _column(self, question: str) -> Numbers:
        found = self._connection.sql(question).to_arrow_table()
        return np.asarray(found.column(0).to_numpy(), np.int64)

    def _number(self, question: str) -> int:
        return int(self._connection.execute(question).fetchall()[0][0])


def _pairs(table: pa.Table) -> Numbers:
    both = [table[name].to_numpy() for name in ("l", "r")]
    return np.column_stack(both).astype(np.int64).reshape(-1, 2)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
