"""Records standing ready in DuckDB: prepared, with frequencies, their candidate pairs kept."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from lightkeeper.engine.linkage.blocking import Candidates, candidate_pairs
from lightkeeper.engine.linkage.database import Resources, open_database
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.prepare import Field, prepare
from lightkeeper.engine.linkage.scoring import load_records


@dataclass
class Loaded:
    """An open database that holds `records`; the pairs are found once and kept."""

    connection: duckdb.DuckDBPyConnection
    prepared: pa.Table
    fields: tuple[Field, ...]
    known: dict[tuple[int, int | None], Candidates] = field(default_factory=dict)

    def candidates(self, pairs_per_record: int, block_size: int | None = None) -> Candidates:
        wanted = pairs_per_record, block_size
        if wanted not in self.known:
            self.known[wanted] = candidate_pairs(
                self.connection, self.fields, pairs_per_record=pairs_per_record,
                block_size=block_size,
            )  # fmt: skip
        return self.known[wanted]


@contextmanager
def load(
    table: pa.Table,
    plan: ComparisonPlan,
    resources: Resources,
    fields: Sequence[Field] | None = None,
    values: pa.Table | None = None,
) -> Iterator[Loaded]:
    """The records of the table; without `fields`, every planned one that has a value.

    How common a value is comes from the table itself, or from `values` (see `common_values`).
    """
    prepared, found = prepare(table, plan, fields)
    if fields is None:
        found = tuple(f for f in found if prepared[f.name].null_count < prepared.num_rows)
    with open_database(resources) as connection:
        load_records(connection, prepared, found, values)
        yield Loaded(connection, prepared, found)
