"""Which records are one subject: the picture in parts, and each part resolved where it lies.

Which records sure links connect is worked out here, from the links alone: two numbers a link, and
one pass however long a chain of links is. In Spark each round of passing the smallest record on
would be a shuffle of all links, and a chain takes as many rounds as it is long.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lightkeeper.engine.linkage.clusters import MILLIONTHS, Pair, components, resolve
from lightkeeper.engine.linkage.spark.links import SparkLinks
from lightkeeper.engine.linkage.spark.pieces import SUBJECTS, subjects_in
from lightkeeper.engine.linkage.spark.stages import Stages, count, digest_of, read

# Records that are resolved together: some parts, and each of them whole.
RECORDS_AT_ONCE = 100_000
Places = NDArray[np.int64]


def subjects_of(
    spark: Any, stages: Stages, links: SparkLinks, same: list[Pair], different: list[Pair]
) -> Places:
    """As `clusters.resolve` gives it, with what people judged obeyed and what is held kept apart.

    Raises: as `resolve`.
    """
    records = links.records
    if same or different:
        # Judgements that contradict each other are told here, by the rows of the table.
        resolve(records, [], [], [], same, different)
    key = digest_of({"links": Path(links.path).name, "judged": [sorted(same), sorted(different)]})
    parts = stages.keep(
        f"parts-{key}", 0.92, lambda new: _write_parts(parts_of(links, same), Path(new))
    )
    found = stages.keep(
        f"subjects-{key}", 0.95,
        lambda new: _resolve(spark, links, parts, same, different).write.parquet(new),
    )  # fmt: skip
    labels = np.arange(records, dtype=np.int64)
    resolved = read(found, "record", "subject")
    labels[resolved["record"].to_numpy()] = resolved["subject"].to_numpy()
    stages.progress("resolved", 1.0)
    return labels


def parts_of(links: SparkLinks, same: list[Pair]) -> Places:
    """The part of each record that sure links, and judgements, connect, by its smallest record."""
    said, records = read(links.path, "left", "right", "weight"), links.records
    weight = np.rint(said["weight"].to_numpy() * MILLIONTHS)
    sure = weight >= round(links.model.join_at * MILLIONTHS)
    left, right = (said[side].to_numpy()[sure] for side in ("left", "right"))
    return components(records, left, right, same)


def _write_parts(part: Places, folder: Path) -> None:
    """Of the records that are not alone: `record`, `part`."""
    record = np.flatnonzero(np.bincount(part, minlength=len(part))[part] > 1)
    folder.mkdir()
    pq.write_table(pa.table({"record": record, "part": part[record]}), folder / "parts.parquet")


def _resolve(
    spark: Any, links: SparkLinks, parts: str, same: list[Pair], different: list[Pair]
) -> Any:
    from pyspark.sql import functions as f

    model, lots = links.model, -(-max(count(parts), 1) // RECORDS_AT_ONCE)

    def part(*names: str) -> Any:
        return spark.read.parquet(parts).toDF(*names)

    def lot() -> Any:
        return f.pmod(f.xxhash64("part"), f.lit(lots)).alias("lot")

    members = part("record", "part").select("record", lot())
    within = spark.read.parquet(links.path).join(part("left", "part"), "left")
    within = within.join(part("right", "other"), "right").where("part = other")
    within = within.select("left", "right", "weight", "one_home", lot())
    resolve_lot = subjects_in(same, different, model.join_at, model.missing_weight)
    both = members.groupBy("lot").cogroup(within.groupBy("lot"))
    return both.applyInArrow(resolve_lot, SUBJECTS)
