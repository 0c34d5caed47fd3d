"""How common values are in the whole table, counted by Spark and given to every piece."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lightkeeper.engine.linkage.columns import RARE
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.sayings import MOST_ALIKE


def count_values(records: Any, model: LinkModel, folder: Path) -> None:
    """How common each value of the prepared records is, as `common_values` says it, of the fields
    where a weight asks: from two records of each saying, and all of a placeholder (see
    `Loaded.coded`).
    """
    asked = {c.column for c in model.comparisons if any(level.by_frequency for level in c.levels)}
    tables = [
        _counted(_said(records, field.name, field.multi), field.name)
        for field in model.fields
        if field.name in asked
    ]
    folder.mkdir()
    pq.write_table(pa.concat_tables([_table("", [], []), *tables]), folder / "values.parquet")


def _said(records: Any, name: str, lists: bool) -> Any:
    """Each value that a record has: whether it counts, and whether it makes the value commoner
    without counting.
    """
    from pyspark.sql import functions as f

    counts = f.col("rank") <= 2
    more = ~counts & (f.col("size") > MOST_ALIKE)
    value = f.explode(name) if lists else f.col(name)
    said = records.select(
        value.alias("value"), counts.cast("long").alias("counts"), more.cast("long").alias("more")
    )
    return said.where("value is not null")


def _counted(said: Any, name: str) -> pa.Table:
    from pyspark.sql import functions as f

    known = int(said.agg(f.coalesce(f.sum("counts"), f.lit(0))).collect()[0][0])
    sizes = said.groupBy("value").agg(f.sum(f.col("counts") + f.col("more")).alias("size"))
    often = sizes.where(f.col("size") > RARE).toArrow()
    size = np.minimum(often["size"].to_numpy(), known)
    return _table(name, [None, *often["value"].to_pylist()], [known, *size.tolist()])


def _table(name: str, values: list[str | None], sizes: list[int]) -> pa.Table:
    return pa.table(
        {
            "field": pa.array([name] * len(values), pa.string()),
            "value": pa.array(values, pa.string()),
            "size": pa.array(sizes, pa.int64()),
        }
    )


def given_to_all(spark: Any, values: pa.Table) -> Callable[[], pa.Table]:
    """The values, sent to each machine once: to be called where they are needed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, values.schema) as stream:
        stream.write_table(values)
    sent = spark.sparkContext.broadcast(sink.getvalue().to_pybytes())
    return lambda: pa.ipc.open_stream(sent.value).read_all()
