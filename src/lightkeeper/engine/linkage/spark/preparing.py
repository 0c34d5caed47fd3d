"""Records prepared where they lie, and told which of them say the same."""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.spark.pieces import prepared_pieces, prepared_schema
from lightkeeper.engine.linkage.spark.stages import Stages, read

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """The stage of prepared records: `record`, the `first` that says the same, its `rank` among
    those, their `size`, whether it is `blocked` (it gives a clue), and the values of each field.
    """

    spark: Any
    stages: Stages
    path: str
    fields: tuple[Field, ...]

    @property
    def frame(self) -> Any:
        return self.spark.read.parquet(self.path)

    @cached_property
    def alike(self) -> tuple[Places, Places]:
        """The sizes of sayings, and how many there are of each."""

        def find() -> list[list[int]]:
            rows = self.frame.where("rank = 1").groupBy("size").count().collect()
            return [list(row) for row in rows]

        found = np.array(self.stages.note("sizes", 0.2, find), np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    @property
    def sayings(self) -> Any:
        """One record of each saying that is in blocks."""
        return self.frame.where("blocked and rank = 1")

    @cached_property
    def firsts(self) -> Places:
        """The first record of each saying, ascending."""
        found = read(self.path, "first", where=pc.field("rank") == 1)
        return np.sort(found["first"].to_numpy())


def prepare_rows(spark: Any, stages: Stages, rows: str, model: LinkModel) -> Prepared:
    """The rows that were laid down, prepared where they are."""

    def write(new: str) -> None:
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        laid = spark.read.parquet(rows).drop("record_id")
        # Of this run alone: nobody can send what is taken for what another says.
        pieces = prepared_pieces(model, secrets.token_bytes(32))
        found = laid.mapInArrow(pieces, prepared_schema(model.fields))
        alike = Window.partitionBy("saying", "alone")
        found.select(
            "record",
            f.min("record").over(alike).alias("first"),
            f.row_number().over(alike.orderBy("record")).alias("rank"),
            f.count("*").over(alike).alias("size"),
            f.col("saying").isNotNull().alias("blocked"),
            *[f"`{field.name}`" for field in model.fields],
        ).write.parquet(new)

    return Prepared(spark, stages, stages.keep("prepared", 0.05, write), model.fields)
