"""The links of a run: between records, as Spark leaves them, too many perhaps for one memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.sizes import Sizes
from lightkeeper.engine.linkage.spark.stages import count, read

# Of how many records the two sayings of a pair are.
SIZES = ("size_left", "size_right")


@dataclass(frozen=True)
class SparkLinks:
    """What `Links` holds, in files.

    `path`: left, right, weight, other_name, home, one_home, and level_ and weight_ of each
    comparison by its place. `rows`: the table as it was laid down. The rest is as in `Links`.
    """

    model: LinkModel
    rows: str
    path: str
    pairs_compared: int
    sizes: Sizes
    most_alike: int
    left_alone: int

    @property
    def records(self) -> int:
        return count(self.rows)

    def to_table(self) -> pa.Table:
        """As `Links.to_table`, in memory."""
        links = self.columns(*self._columns())
        ids = read(self.rows, "record", "record_id").sort_by("record")["record_id"].to_numpy()
        weight = links["weight"].to_numpy()
        found: dict[str, Any] = {
            "id_l": ids[links["left"].to_numpy()],
            "id_r": ids[links["right"].to_numpy()],
            "match_weight": weight,
            "probability": 1 / (1 + np.exp2(-np.clip(weight, -500, 500))),
        }
        for c, comparison in enumerate(self.model.comparisons):
            found[f"level_{comparison.column}"] = links[f"level_{c}"].to_numpy()
            found[f"weight_{comparison.column}"] = links[f"weight_{c}"].to_numpy()
        return pa.table(found)

    def columns(self, *names: str) -> pa.Table:
        """Of each link, by its records."""
        return read(self.path, *names).sort_by([("left", "ascending"), ("right", "ascending")])

    def _columns(self) -> list[str]:
        each = range(len(self.model.comparisons))
        return ["left", "right", "weight", *(f"{n}_{c}" for c in each for n in ("level", "weight"))]

    def column(self, name: str) -> NDArray[Any]:
        return np.asarray(self.columns("left", "right", name)[name].to_numpy(zero_copy_only=False))


def links_between(weighed: Any, prepared: Any, most: int) -> Any:
    """From pairs of sayings that weigh enough to the pairs of the records that stand for them, the
    first so many of each, left below right.
    """
    from pyspark.sql import functions as f

    members = prepared.where(f"blocked and rank <= {most}").select("first", "record")
    one = members.withColumnsRenamed({"first": "left", "record": "a"})
    two = members.withColumnsRenamed({"first": "right", "record": "b"})
    spread = weighed.drop(*SIZES).join(one, "left").join(two, "right")
    spread = spread.where("left <> right or a < b")
    rest = [name for name in weighed.columns if name not in ("left", "right", *SIZES)]
    low, high = f.least("a", "b").alias("left"), f.greatest("a", "b").alias("right")
    return spread.select(low, high, *rest).orderBy("left", "right")
