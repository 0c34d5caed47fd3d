"""Which sayings are compared: their blocks counted, the size of block chosen, the pairs made."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.blocking import (
    ALL_ASKED,
    ASKED,
    BLOCK_SIZES,
    LARGE,
    LARGE_SIZES,
    Found,
    largest_size,
    shared_enough,
)
from lightkeeper.engine.linkage.columns import once, spread
from lightkeeper.engine.linkage.sizes import Sizes, up_to

Places = NDArray[np.int64]


def counted(keys: Any, most: int) -> Any:
    """The blocks of two sayings or more, and at most so many, each with how `many` it has."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    many = f.count("*").over(Window.partitionBy("block"))
    return keys.withColumn("many", many).where((f.col("many") > 1) & (f.col("many") <= most))


def small(keys: Any, sizes: Sizes) -> Any:
    """Of counted blocks those that are small enough."""
    from pyspark.sql import functions as f

    limit = f.when(f.col("telling"), sizes.telling).otherwise(sizes.block)
    return keys.where(f.col("many") <= limit)


def pairs_in(keys: Any, sizes: Sizes) -> Any:
    """Each two sayings that share enough blocks, once: left below right."""
    from pyspark.sql import functions as f

    one = keys.select("block", "enough", f.col("first").alias("left"))
    two = keys.select("block", f.col("first").alias("right"))
    both = one.join(two, "block").where("left < right")
    if not sizes.twice:
        return both.select("left", "right").distinct()
    shared = both.groupBy("left", "right").agg(
        f.count("*").alias("many"), f.bool_or("enough").alias("enough")
    )
    return shared.where(f"enough or many >= {sizes.least}").select("left", "right")


def asked_step(records: int) -> int:
    """Each so-manieth saying is asked whom it meets."""
    return 1 if records <= ALL_ASKED else -(-records // ASKED)


def most_in_a_block(records: int) -> int:
    """No block of more than so many sayings will be taken."""
    return (
        BLOCK_SIZES[-1] if records <= LARGE else max(max(s.block, s.telling) for s in LARGE_SIZES)
    )


def blocks_with(asked: Places, keys: Any, spark: Any) -> Any:
    """Those counted blocks that hold one of these sayings, whole."""
    from pyspark.sql import functions as f

    who = spark.createDataFrame([(one,) for one in asked.tolist()], "first long")
    theirs = keys.join(f.broadcast(who), "first").select("block").distinct()
    return keys.join(theirs, "block")


def chosen(found: pa.Table, firsts: Places, pairs_per_record: int) -> Sizes:
    """The sizes that `blocks_of` chooses, from the blocks of those that are asked.

    Shapes: found has block, first, telling, enough and many; firsts (s,), every saying, ascending.
    """
    records = len(firsts)
    found = found.sort_by([("block", "ascending"), ("first", "ascending")])
    row = np.searchsorted(firsts, found["first"].to_numpy())
    many, block = found["many"].to_numpy(), found["block"].to_numpy()
    last = np.flatnonzero(np.append(block[1:] != block[:-1], [True] * min(len(block), 1))) + 1
    if records <= LARGE:
        every = replace(Found.none(), rows=row.astype(np.int32), size=np.diff(last, prepend=0))
        largest = largest_size(every, records, pairs_per_record)
        return up_to(largest)
    telling, enough = (found[name].to_numpy(zero_copy_only=False) for name in ("telling", "enough"))
    end = np.repeat(last, np.diff(last, prepend=0))
    for sizes in LARGE_SIZES:
        taken = many <= np.where(telling, sizes.telling, sizes.block)
        step = asked_step(records)
        at = np.flatnonzero(taken & (row % step == 0))
        entry, other = spread(at + 1, end[at])
        met = row[at][entry] * records + row[other]
        met = shared_enough(met, ~enough[other]) if sizes.twice else once(met)
        pairs = len(met) * step
        if pairs <= pairs_per_record * records:
            break
    return sizes


def repeated(sayings: Any) -> Any:
    """Each saying of two records and more beside itself."""
    from pyspark.sql import functions as f

    return sayings.where("size > 1").select(
        f.col("first").alias("left"), f.col("first").alias("right")
    )
