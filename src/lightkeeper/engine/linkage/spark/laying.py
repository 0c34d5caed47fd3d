"""A table laid down in files that every machine can read."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.linkage.batch import record_ids_of
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.prepare import texts_of

# Rows in a file, each of which one core reads.
ROWS_A_FILE = 100_000
LISTS = pa.list_(pa.string())


def lay_down(table: pa.Table, plan: ComparisonPlan, folder: Path) -> None:
    """The rows as text in files that every core can read: `record` (the row), `record_id`, and the
    compared columns by their place in the plan.

    Raises: ShapeError if two rows have one record_id; MappingError if a column is missing.
    """
    missing = [c.name for c in plan.compared if c.name not in table.column_names]
    if missing:
        raise MappingError(f"The table has no column {missing[0]}, which the model compares.")
    ids = record_ids_of(table)
    folder.mkdir()
    for number, first in enumerate(range(0, max(table.num_rows, 1), ROWS_A_FILE)):
        part = table.slice(first, ROWS_A_FILE)
        rows = np.arange(first, first + part.num_rows)
        columns = {"record": pa.array(rows), "record_id": pa.array(ids[rows])}
        for place, column in enumerate(plan.compared):
            columns[f"c{place}"] = _as_text(part[column.name])
        pq.write_table(pa.table(columns), folder / f"part-{number:06d}.parquet")


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text, or lists of it, as preparing reads it, whatever the column's own type is."""
    if pa.types.is_string(column.type):
        return column
    said = texts_of(column)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return pa.chunked_array([pa.array([list(one) or None for one in said], LISTS)])
    return pa.chunked_array([pa.array([one[0] if one else None for one in said], pa.string())])
