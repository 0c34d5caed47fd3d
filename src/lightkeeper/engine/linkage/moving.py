"""What follows from records that come and go, worked out in the file that stands ready.

First of sayings: one opens when its first record comes, and closes when the last goes. Blocks count
sayings. Then of their records, of which the first stand for what they say: one that comes may send
the last of them away, and one that goes bring another in.
"""

# ruff: noqa: S608  (what is put into SQL here are whole numbers and names written here)

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.batch import Links, Weighed, weigh_pairs
from lightkeeper.engine.linkage.blocking import Candidates
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.columns import Coded, code_records
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.sayings import MOST_SPREAD
from lightkeeper.engine.linkage.sizes import Sizes

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Moving:
    """The tables `leaving` (record) and `coming` (record, saying, and what they say) are there, and
    what is worked out is put beside them.
    """

    connection: duckdb.DuckDBPyConnection
    model: LinkModel
    values: pa.Table
    sizes: Sizes
    most_alike: int

    @property
    def limit(self) -> str:
        """Of how many sayings a block may be, in SQL."""
        return f"CASE WHEN telling THEN {self.sizes.telling} ELSE {self.sizes.block} END"

    @property
    def enough(self) -> str:
        """Whether the blocks of a group tell enough together, in SQL."""
        return f"bool_or(enough) OR count(DISTINCT block) >= {self.sizes.least}"

    def count(self) -> None:
        """Which sayings open, close or go on, which records stand for them, and what blocks that
        touches.
        """
        self._run(
            f"""
            CREATE OR REPLACE TEMP VIEW staying AS
            SELECT record, saying FROM standing.says ANTI JOIN leaving USING (record);
            CREATE OR REPLACE TEMP VIEW there AS
            SELECT record, saying FROM staying
            UNION ALL SELECT record, saying FROM coming WHERE saying IS NOT NULL;
            CREATE OR REPLACE TABLE moving AS
            SELECT saying FROM coming WHERE saying IS NOT NULL
            UNION SELECT saying FROM standing.says SEMI JOIN leaving USING (record);
            CREATE OR REPLACE TABLE stood AS {self._standing_for("standing.says", "moving")};
            CREATE OR REPLACE TABLE stands AS {self._standing_for("there", "moving")};
            CREATE OR REPLACE TABLE came AS SELECT * FROM stands
            ANTI JOIN (SELECT record FROM stood ANTI JOIN leaving USING (record)) USING (record);
            CREATE OR REPLACE TABLE sent_away AS
            SELECT * FROM stood ANTI JOIN stands USING (record) ANTI JOIN leaving USING (record);
            CREATE OR REPLACE TABLE opening AS
            SELECT saying, count(*) AS after FROM stands ANTI JOIN stood USING (saying)
            GROUP BY saying;
            CREATE OR REPLACE TABLE closing AS
            SELECT DISTINCT saying FROM stood ANTI JOIN stands USING (saying);
            CREATE OR REPLACE TABLE fuller AS
            SELECT DISTINCT saying FROM came SEMI JOIN stood USING (saying)
            """
        )
        opening = self._sayings("SELECT saying FROM opening ORDER BY saying")
        keys = block_keys(self._said(opening))
        self._put(
            "fresh",
            {
                "block": keys.key, "saying": opening[keys.row],
                "telling": keys.telling, "enough": keys.enough,
            },
        )  # fmt: skip
        self._count_blocks()

    def _standing_for(self, records: str, sayings: str) -> str:
        """The records that stand for these sayings, in SQL."""
        return (
            f"SELECT record, saying FROM {records} SEMI JOIN {sayings} USING (saying) QUALIFY "
            f"row_number() OVER (PARTITION BY saying ORDER BY record) <= {self.most_alike}"
        )

    def _count_blocks(self) -> None:
        """`touched`: of the blocks that change which were small and which are; `members`: the
        sayings of both.
        """
        self._run(
            f"""
            CREATE OR REPLACE TABLE left_keys AS
            SELECT block, saying, telling FROM standing.keyed SEMI JOIN closing USING (saying);
            CREATE OR REPLACE TABLE touched AS
            WITH moved AS (
                SELECT block, telling, count(*) AS more, 0 AS less FROM fresh GROUP BY ALL
                UNION ALL SELECT block, telling, 0, count(*) FROM left_keys GROUP BY ALL
            ), moving AS (
                SELECT block, telling, sum(more)::BIGINT AS more, sum(less)::BIGINT AS less
                FROM moved GROUP BY ALL
            ), held AS (
                SELECT block, count(*) AS many FROM standing.keyed
                SEMI JOIN moving USING (block) GROUP BY block
            )
            SELECT block, coalesce(many, 0) <= {self.limit} AS was_small,
                coalesce(many, 0) - less + more <= {self.limit} AS is_small
            FROM moving LEFT JOIN held USING (block);
            CREATE OR REPLACE TABLE members AS
            SELECT block, saying FROM standing.keyed
            SEMI JOIN (SELECT block FROM touched WHERE was_small OR is_small)
            USING (block) ANTI JOIN closing USING (saying)
            """
        )

    def gained(self) -> Links:
        """Pairs that are compared now and were not before. Of sayings that were compared already
        those of a record that came.
        """
        self._together()
        sayings = self._sayings(
            "SELECT DISTINCT unnest([l, r]) AS saying FROM together ORDER BY saying"
        )
        pairs = self._table("SELECT l, r FROM together ORDER BY l, r")
        left, right = (np.searchsorted(sayings, pairs[side].to_numpy()) for side in ("l", "r"))
        found = weigh_pairs(self._said(sayings), self.model, [Candidates(left, right)])
        return self._spread(sayings, found)

    def _together(self) -> None:
        """Pairs of sayings to compare, and whether every two of their records, or those of records
        that came.
        """
        self._run(
            """
            CREATE OR REPLACE TABLE nearer AS
            SELECT DISTINCT a.saying AS l, b.saying AS r FROM members a JOIN members b USING (block)
            JOIN touched USING (block)
            WHERE a.saying < b.saying AND is_small AND NOT was_small
            """
        )
        self._near_enough("nearer")
        self._run(
            f"""
            CREATE OR REPLACE TABLE fuller_keys AS
            SELECT block, saying, enough FROM standing.keyed SEMI JOIN fuller USING (saying);
            CREATE OR REPLACE TABLE together AS
            WITH small AS (SELECT block FROM touched WHERE is_small),
            either AS (
                SELECT block, saying FROM members SEMI JOIN small USING (block)
                UNION ALL SELECT block, saying FROM fresh SEMI JOIN small USING (block)
            ), known AS (
                SELECT block FROM standing.keyed SEMI JOIN fuller_keys USING (block)
                ANTI JOIN touched USING (block)
                GROUP BY block, telling HAVING count(*) <= {self.limit}
                UNION ALL SELECT block FROM small
            ), others AS (
                SELECT block, saying FROM standing.keyed
                SEMI JOIN fuller_keys USING (block) SEMI JOIN known USING (block)
                ANTI JOIN closing USING (saying)
            ), found AS (
                SELECT a.saying AS a, b.saying AS b, true AS whole, block, enough
                FROM fresh a JOIN either b USING (block)
                UNION ALL
                SELECT a.saying, b.saying, false, block, enough
                FROM fuller_keys a JOIN others b USING (block)
            ), near AS (
                SELECT least(a, b) AS l, greatest(a, b) AS r, bool_or(whole) AS whole FROM found
                WHERE a <> b GROUP BY l, r HAVING {self.enough}
                UNION ALL SELECT l, r, true FROM near_enough
            )
            SELECT l, r, bool_or(whole) AS whole FROM near GROUP BY l, r
            UNION ALL SELECT saying, saying, true FROM opening WHERE after > 1
            UNION ALL SELECT saying, saying, false FROM fuller
            """
        )

    def _near_enough(self, pairs: str) -> None:
        """`near_enough`: those of these pairs of sayings that share enough small blocks now."""
        if not self._number(f"SELECT count(*) FROM {pairs}"):  # and no block need be read
            self._run("CREATE OR REPLACE TABLE near_enough (l UBIGINT, r UBIGINT)")
            return
        self._run(
            f"""
            CREATE OR REPLACE TABLE pair_keys AS SELECT saying, block, enough FROM standing.keyed
            SEMI JOIN (SELECT l AS saying FROM {pairs} UNION SELECT r FROM {pairs}) USING (saying);
            CREATE OR REPLACE TABLE shared AS SELECT l, r, a.block, a.enough FROM {pairs}
            JOIN pair_keys a ON a.saying = l JOIN pair_keys b ON b.saying = r
            AND a.block = b.block;
            CREATE OR REPLACE TABLE near_enough AS
            WITH small AS (
                SELECT block FROM standing.keyed
                SEMI JOIN (SELECT block FROM shared ANTI JOIN touched USING (block)) USING (block)
                GROUP BY block, telling HAVING count(*) <= {self.limit}
                UNION ALL SELECT block FROM touched WHERE is_small
            )
            SELECT l, r FROM shared SEMI JOIN small USING (block)
            GROUP BY l, r HAVING {self.enough}
            """
        )

    def _spread(self, sayings: NDArray[np.uint64], found: Weighed) -> Links:
        """The pairs of records of what was kept, in order.

        Raises: FormatError where they are more than may be kept.
        """
        self._put(
            "kept",
            {
                "of": np.arange(len(found.left)),
                "l": sayings[found.left],
                "r": sayings[found.right],
            },
        )
        self._run(
            f"""
            CREATE OR REPLACE TABLE spoken AS SELECT l AS saying FROM kept UNION SELECT r FROM kept;
            CREATE OR REPLACE TABLE voices AS
            SELECT one.*, came.record IS NOT NULL AS came
            FROM ({self._standing_for("there", "spoken")}) one LEFT JOIN came USING (record);
            """
        )
        many = self._number(
            "WITH size AS (SELECT saying, count(*)::HUGEINT AS size FROM voices GROUP BY saying) "
            "SELECT coalesce(sum(a.size * b.size), 0) FROM kept "
            "JOIN size a ON a.saying = l JOIN size b ON b.saying = r"
        )
        if many > 2 * MOST_SPREAD:  # of a saying beside itself each pair is counted twice
            raise FormatError(f"What came would be kept as {many} pairs of records.")
        pairs = self._table(
            """
            SELECT kept.of, least(a.record, b.record) AS one, greatest(a.record, b.record) AS two
            FROM kept JOIN together USING (l, r)
            JOIN voices a ON a.saying = l JOIN voices b ON b.saying = r
            WHERE (whole OR a.came OR b.came) AND (l <> r OR a.record < b.record)
            ORDER BY one, two
            """
        )
        one, two = pairs["one"].to_numpy(), pairs["two"].to_numpy()
        ids = np.unique(np.concatenate([one, two]))
        return Links(
            self.model,
            ids,
            np.searchsorted(ids, one),
            np.searchsorted(ids, two),
            pairs["of"].to_numpy().astype(np.int32),
            found,
            self.sizes,
            self.most_alike,
            self.left_alone(),
        )

    def left_alone(self) -> int:
        """How many records stand for nothing that is said."""
        return self._number(
            f"SELECT coalesce(sum(many - {self.most_alike}), 0) FROM (SELECT count(*) AS many "
            f"FROM there GROUP BY saying HAVING many > {self.most_alike})"
        )

    def parted(self) -> Numbers:
        """Pairs of records that are compared no more, (q, 2), none of which goes: those
        that shared a block that has grown too large, and share too few small ones now, and those of
        a record that was sent away. Some of them may not have been compared before either.
        """
        self._run(
            """
            CREATE OR REPLACE TABLE suspects AS
            SELECT DISTINCT a.saying AS l, b.saying AS r FROM members a JOIN members b USING (block)
            JOIN touched USING (block)
            WHERE a.saying < b.saying AND was_small AND NOT is_small
            """
        )
        self._near_enough("suspects")
        self._run(
            """
            CREATE OR REPLACE TABLE apart AS
            SELECT l, r FROM suspects ANTI JOIN near_enough USING (l, r)
            """
        )
        self._run(
            f"""
            CREATE OR REPLACE TABLE sent_keys AS
            SELECT record, block FROM standing.keyed JOIN sent_away USING (saying);
            CREATE OR REPLACE TABLE was_near AS
            SELECT DISTINCT record, b.saying FROM sent_keys JOIN standing.keyed b USING (block)
            SEMI JOIN (
                SELECT block FROM standing.keyed SEMI JOIN sent_keys USING (block)
                GROUP BY block, telling HAVING count(*) <= {self.limit}
            ) USING (block)
            UNION SELECT record, saying FROM sent_away;
            CREATE OR REPLACE TABLE spoken AS
            SELECT l AS saying FROM apart UNION SELECT r FROM apart
            UNION SELECT saying FROM was_near;
            CREATE OR REPLACE TABLE voices AS SELECT * FROM (
                {self._standing_for("standing.says", "spoken")}
            ) ANTI JOIN leaving USING (record)
            """
        )
        pairs = self._table(
            """
            SELECT least(a.record, b.record) AS one, greatest(a.record, b.record) AS two FROM apart
            JOIN voices a ON a.saying = l JOIN voices b ON b.saying = r
            UNION
            SELECT least(near.record, v.record), greatest(near.record, v.record) FROM was_near near
            JOIN voices v USING (saying) WHERE near.record <> v.record
            ORDER BY one, two
            """
        )
        both = [pairs[name].to_numpy() for name in ("one", "two")]
        return np.column_stack(both).astype(np.int64).reshape(-1, 2)

    def keep(self) -> None:
        """Write into the file what came, and take out what went."""
        self._run(
            """
            DELETE FROM standing.people WHERE record IN (SELECT record FROM leaving);
            DELETE FROM standing.says WHERE record IN (SELECT record FROM leaving);
            DELETE FROM standing.keyed WHERE saying IN (SELECT saying FROM closing);
            INSERT INTO standing.people SELECT * EXCLUDE saying FROM coming ORDER BY record;
            INSERT INTO standing.says SELECT record, saying FROM coming
            WHERE saying IS NOT NULL ORDER BY record;
            INSERT INTO standing.keyed
            SELECT block, saying, telling, enough FROM fresh ORDER BY block
            """
        )

    def _said(self, sayings: NDArray[np.uint64]) -> Coded:
        """What each of these sayings says, in a row, by one of its records."""
        self._put("wanted", {"saying": sayings})
        said = self._table(
            """
            WITH one AS (
                SELECT saying, min(record) AS record FROM there SEMI JOIN wanted USING (saying)
                GROUP BY saying
            )
            SELECT saying, person.* EXCLUDE record FROM one JOIN (
                SELECT * FROM standing.people ANTI JOIN leaving USING (record)
                UNION ALL SELECT * EXCLUDE saying FROM coming
            ) person USING (record) ORDER BY saying
            """
        )
        return code_records(said, self.model.fields, self.values)

    def _run(self, statements: str) -> None:
        self.connection.execute(statements)

    def _put(self, name: str, columns: dict[str, Any]) -> None:
        put(self.connection, name, pa.table(columns))

    def _table(self, question: str) -> pa.Table:
        return self.connection.sql(question).to_arrow_table()

    def _sayings(self, question: str) -> NDArray[np.uint64]:
        return np.asarray(self._table(question)["saying"].to_numpy(), np.uint64)

    def _number(self, question: str) -> int:
        return int(self.connection.execute(question).fetchall()[0][0])


def put(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Make this table, or make it anew."""
    connection.register("given", table)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
    connection.unregister("given")
