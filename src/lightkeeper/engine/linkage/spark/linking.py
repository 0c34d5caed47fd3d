"""Linking a whole table on Spark: the pairs, levels and weights that `batch.link` gives.

What is asked of a record, a saying or a pair is asked by the code of one machine (`pieces.py`);
Spark brings together what belongs together. Each stage is kept (`stages.py`), so that a run that
was killed goes on.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.batch import Progress, quiet
from lightkeeper.engine.linkage.clusters import Pair
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.sayings import allowed_pairs, most_within
from lightkeeper.engine.linkage.sizes import Sizes
from lightkeeper.engine.linkage.spark import blocks, pieces
from lightkeeper.engine.linkage.spark.laying import lay_down
from lightkeeper.engine.linkage.spark.links import SIZES, SparkLinks, links_between
from lightkeeper.engine.linkage.spark.preparing import Prepared, prepare_rows
from lightkeeper.engine.linkage.spark.stages import Stages, count, digest_of, read
from lightkeeper.engine.linkage.spark.subjects import subjects_of
from lightkeeper.engine.linkage.spark.values import count_values, given_to_all

# So many pairs go to Python together, with what their sayings say.
PAIRS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Asked:
    """How a table is to be linked: as the arguments of `batch.link` of the same names."""

    values: pa.Table | None = None
    sizes: Sizes | None = None
    most_alike: int | None = None

    def said(self) -> dict[str, Any]:
        """For the name of the run."""
        values = None if self.values is None else digest_of({"values": self.values.to_pylist()})
        sizes = None if self.sizes is None else asdict(self.sizes)
        return {"values": values, "sizes": sizes, "most_alike": self.most_alike}


AS_ALLOWED = Asked()


@contextmanager
def open_run(
    spark: Any,
    work: Path,
    table_digest: str,
    model: LinkModel,
    asked: Asked = AS_ALLOWED,
    *,
    progress: Progress = quiet,
) -> Iterator["Run"]:
    """A run in `work`, a folder that every machine sees, that goes on where the last run of the
    same table, model and settings ended.

    Raises: EngineError if another process is at work on it.
    """
    made_of = {"table": table_digest, "model": model.version} | asked.said()
    with Stages.open(work, made_of, progress) as stages:
        yield Run(spark, stages, model, asked)


@dataclass(frozen=True)
class _Compared:
    """Pairs of sayings: those that were asked, and those that weigh enough."""

    sizes: Sizes
    pairs: str
    weighed: str


@dataclass(frozen=True)
class Run:
    """One table on its way."""

    spark: Any
    stages: Stages
    model: LinkModel
    asked: Asked

    def link(self, table: Callable[[], pa.Table]) -> SparkLinks:
        """Every pair of records that the model finds worth keeping. The table is asked for where it
        has not been laid down yet.

        Raises: as `batch.link`; MappingError if a column that the model compares is missing.
        """
        laid = self.stages.keep(
            "rows", 0.0, lambda new: lay_down(table(), self.model.plan, Path(new))
        )
        prepared = prepare_rows(self.spark, self.stages, laid, self.model)
        found = self._compared(prepared)
        most = self.asked.most_alike or self._most_alike(found.weighed, count(laid))
        links = self._keep(
            f"links-{most}", 0.8,
            lambda: links_between(self._read(found.weighed), prepared.frame, most),
        )  # fmt: skip
        size, many = prepared.alike
        return SparkLinks(
            self.model, laid, links, count(found.pairs), found.sizes,
            most, int((np.maximum(size - most, 0) * many).sum()),
        )  # fmt: skip

    def subjects(
        self, links: SparkLinks, same: Iterable[Pair] = (), different: Iterable[Pair] = ()
    ) -> NDArray[np.int64]:
        """The subject of each record, as `clusters.resolve` gives it."""
        return subjects_of(self.spark, self.stages, links, list(same), list(different))

    def _most_alike(self, weighed: str, records: int) -> int:
        """How many records may stand for each saying, as `batch.link` finds it."""
        found = read(weighed, "left", "right", *SIZES)
        left, right, one, two = (found[name].to_numpy() for name in found.column_names)
        allowed = allowed_pairs(records, self.model.pairs_per_record)
        return most_within(one, two, left == right, allowed)

    def _values(self, prepared: Prepared) -> Callable[[], pa.Table]:
        values = self.asked.values
        if values is None:
            kept = self.stages.keep(
                "values", 0.2, lambda new: count_values(prepared.frame, self.model, Path(new))
            )
            values = read(kept)
        return given_to_all(self.spark, values)

    def _compared(self, prepared: Prepared) -> _Compared:
        values, firsts, told = self._values(prepared), prepared.firsts, self.asked.sizes
        largest = max(told.block, told.telling) if told else blocks.most_in_a_block(len(firsts))
        kept = self._keep("blocks", 0.25, lambda: blocks.counted(self._keys(prepared), largest))
        sizes = told or self._chosen(kept, firsts)
        pairs = self._keep(
            "pairs", 0.4,
            lambda: blocks.pairs_in(blocks.small(self._read(kept), sizes), sizes).unionAll(
                blocks.repeated(prepared.sayings)
            ),
        )  # fmt: skip
        weighed = self._keep("weighed", 0.5, lambda: self._weighed(prepared, pairs, values))
        return _Compared(sizes, pairs, weighed)

    def _keys(self, prepared: Prepared) -> Any:
        names = [f"`{field.name}`" for field in self.model.fields]
        said = prepared.sayings.select("first", *names)
        return said.mapInArrow(pieces.key_pieces(self.model.fields), pieces.KEYS)

    def _chosen(self, kept: str, firsts: NDArray[np.int64]) -> Sizes:
        """As `blocks_of` chooses, from the blocks of the same sayings."""
        asked = firsts[:: blocks.asked_step(len(firsts))]
        met = self._keep(
            "met", 0.35, lambda: blocks.blocks_with(asked, self._read(kept), self.spark)
        )
        return blocks.chosen(read(met), firsts, self.model.pairs_per_record)

    def _weighed(self, prepared: Prepared, pairs: str, values: Callable[[], pa.Table]) -> Any:
        """The pairs in lots by their left saying, and with each lot what its sayings say, once."""
        from pyspark.sql import functions as f

        lots = -(-max(count(pairs), 1) // PAIRS_AT_ONCE)

        def in_lots() -> Any:
            lot = f.pmod(f.xxhash64("left"), f.lit(lots)).alias("lot")
            return self._read(pairs).select(lot, "left", "right")

        both_sides = f.explode(f.array("left", "right")).alias("first")
        named = in_lots().select("lot", both_sides).distinct()
        names = [f"`{field.name}`" for field in self.model.fields]
        said = named.join(prepared.sayings.select("first", "size", *names), "first")
        # Read anew: Spark tells columns of one reading apart by name alone.
        both = in_lots().groupBy("lot").cogroup(said.groupBy("lot"))
        return both.applyInArrow(
            pieces.weigh(self.model, values), pieces.weighed_schema(self.model)
        )

    def _read(self, path: str) -> Any:
        return self.spark.read.parquet(path)

    def _keep(self, name: str, share: float, frame: Callable[[], Any]) -> str:
        return self.stages.keep(name, share, lambda new: frame().write.parquet(new))
