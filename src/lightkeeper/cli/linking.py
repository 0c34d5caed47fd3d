"""How the link command works its answer out: here, or on Spark, with a model learnt or given."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.cli.ties import count_in
from lightkeeper.engine.errors import EngineError, MappingError
from lightkeeper.engine.linkage import batch
from lightkeeper.engine.linkage.batch import Links
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.labels import Judged
from lightkeeper.engine.linkage.model import LinkModel, load_model
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.sizes import Sizes, up_to
from lightkeeper.engine.linkage.spark.linking import Asked, open_run
from lightkeeper.engine.linkage.spark.links import SparkLinks
from lightkeeper.engine.linkage.spark.session import open_session
from lightkeeper.engine.linkage.spark.stages import digest_of
from lightkeeper.engine.linkage.ties import Ties
from lightkeeper.engine.linkage.training import train

SEED = 1
# Of a larger table each so-manieth row teaches: learning is done here, on one machine.
SAMPLE = 200_000
Echo = Callable[[str], None]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Spark:
    """Where Spark is, and the folder in which its stages are kept; without one they are not."""

    master: str = "local[*]"
    work: Path | None = None


@dataclass(frozen=True)
class Way:
    """On Spark or here; by a model that is given; in blocks of a size that is given."""

    spark: Spark | None = None
    model: Path | None = None
    block_size: int | None = None

    @property
    def sizes(self) -> Sizes | None:
        return None if self.block_size is None else up_to(self.block_size)


HERE = Way()


@contextmanager
def linked(
    files: Sequence[Path | str],
    table: pa.Table,
    plan: ComparisonPlan,
    said: Judged | None,
    tied: Ties | None,
    way: Way,
    echo: Echo,
) -> Iterator[tuple[Links | SparkLinks, Labels, dict[str, Any]]]:
    """The links of the rows, the subject of each, and what the ties did. On Spark, where there are
    none, they can be read until the end of the block.
    """
    table = _numbered(table)
    if way.spark is None:
        links = _linked_here(table, plan, said, way)
        if tied is None:
            yield links, _clusters(links, table.num_rows, said), {}
        else:
            yield _with_ties(tied, links, table, said, echo)
        return
    with tempfile.TemporaryDirectory(prefix="lightkeeper-spark-") as passing:
        work = way.spark.work or Path(passing)
        made_of = _digest(files, plan)
        model = kept_model(work, made_of, table, plan, said, way)
        with (
            open_session(way.spark.master, Path(passing)) as session,
            open_run(
                session, work, made_of, model, Asked(sizes=way.sizes),
                progress=lambda stage, share: echo(f"{share:.0%} {stage}"),
            ) as run,
        ):  # fmt: skip
            links_there = run.link(lambda: table)
            judged = (said.pairs(same=True), said.pairs(same=False)) if said else ((), ())
            labels = run.subjects(links_there, *judged)
        yield links_there, labels, {}


def _with_ties(
    tied: Ties, links: Links, table: pa.Table, said: Judged | None, echo: Echo
) -> tuple[Links, Labels, dict[str, Any]]:
    found = count_in(tied, links, table, partial(_clusters, links, table.num_rows, said), echo)
    assert found.links.tied is not None
    counted = {"pairs_raised": found.links.tied.raised, "rounds": found.rounds}
    return found.links, found.labels, counted | {"ties": found.weights.told()}


def _linked_here(table: pa.Table, plan: ComparisonPlan, said: Judged | None, way: Way) -> Links:
    if (said, way.model, way.block_size) == (None, None, None):
        return batch.train_and_link(table, plan, SEED)
    model = load_model(way.model) if way.model else train(table, plan, SEED, judged=said)
    return batch.link(table, model, sizes=way.sizes)


def kept_model(
    work: Path, made_of: str, table: pa.Table, plan: ComparisonPlan, said: Judged | None, way: Way
) -> LinkModel:
    """The model that is given, or one learnt from a sample, once for each table and judgements."""
    if way.model is not None:
        return load_model(way.model)
    step = -(-table.num_rows // SAMPLE)
    if said is not None and step > 1:
        raise EngineError(
            f"Judgements cannot teach from a sample, and only {SAMPLE} rows are learnt from here. "
            "Give a model that they have taught already with --model."
        )
    judged = None if said is None else [said.pairs(same=same) for same in (True, False)]
    path = work / f"model-{digest_of({'of': made_of, 'judged': judged, 'seed': SEED})}.json"
    if not path.exists():
        sample = table.take(np.arange(0, table.num_rows, step))
        model = train(sample, plan, SEED, judged=said)
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        model.save(new := path.with_name(f"{path.name}.{os.getpid()}"))
        os.replace(new, path)
    return load_model(path)


def plan_of_model(path: Path, table: pa.Table) -> ComparisonPlan:
    """Raises: MappingError if the table lacks a column that the model compares."""
    plan = load_model(path).plan
    missing = [c.name for c in plan.compared if c.name not in table.column_names]
    if missing:
        raise MappingError(f"There is no column {missing[0]}, which the model compares.")
    return plan


def _digest(files: Sequence[Path | str], plan: ComparisonPlan) -> str:
    """Of the files' content, and of what their columns were taken for."""
    said = []
    for file in files:
        with Path(file).open("rb") as opened:
            said.append((Path(file).name, hashlib.file_digest(opened, "sha256").hexdigest()))
    return digest_of({"files": said, "plan": asdict(plan)})


def _numbered(table: pa.Table) -> pa.Table:
    """Rows are the records here, whatever ids the file gives them, twice or never."""
    numbers = pa.array(range(table.num_rows), pa.int64())
    if "record_id" in table.column_names:
        return table.set_column(table.column_names.index("record_id"), "record_id", numbers)
    return table.append_column("record_id", numbers)


def _clusters(
    links: Links, records: int, judged: Judged | None, weight: NDArray[np.float64] | None = None
) -> Labels:
    model = links.model
    return resolve(
        records,
        links.left,
        links.right,
        links.weight if weight is None else weight,
        judged.pairs(same=True) if judged else (),
        judged.pairs(same=False) if judged else (),
        # People of one home, whom nobody has looked at, stay apart.
        held=zip(
            links.left[links.one_home].tolist(), links.right[links.one_home].tolist(), strict=True
        ),
        join_at=model.join_at,
        # Nobody's view has to come out the same without the rest: all that can join may.
        reach_at=model.join_at,
        missing_weight=model.missing_weight,
    )
