"""dedupe: asks about the pairs it is least sure of; the truth answers a hundred times."""

import random
import warnings
from importlib.metadata import version

import dedupe
import numpy as np
import pyarrow.parquet as pq
from dedupe import variables

from bench.linkage.tools.task import Found, Task, main

ASKED, SEED, THRESHOLD = 100, 1, 0.5
LEFT_OUT = ("left_out", "category")


def run(task: Task) -> Found:
    warnings.simplefilter("ignore")
    random.seed(SEED)
    np.random.seed(SEED)
    with task.stage("load"):
        data = dict(enumerate(task.read().drop_columns(["record_id"]).to_pylist()))
    with task.stage("train"):
        deduper = dedupe.Dedupe(fields(task))
        deduper.prepare_training(data)
        yes = answer(deduper, truth_of(task, data))
        deduper.train()
    with task.stage("predict"):
        scored = deduper.score(deduper.pairs(data))
        pairs = np.array(scored["pairs"]).astype(np.int64)
        score = np.array(scored["score"], np.float64)
    with task.stage("cluster"):
        clusters = list(range(task.records))
        for rows, _ in deduper.cluster(scored, THRESHOLD):
            for row in rows:
                clusters[int(row)] = int(min(rows))
    return Found(
        version("dedupe"), clusters, THRESHOLD, pairs[:, 0], pairs[:, 1], score,
        notes=[f"{ASKED} labels, {yes} of them the same"],
    )  # fmt: skip


def fields(task: Task) -> list[object]:
    return [
        variables.String(name, has_missing=True)
        for name, kind in task.kinds.items() if kind not in LEFT_OUT
    ]  # fmt: skip


def truth_of(task: Task, data: dict[int, dict]) -> dict[tuple, set[str]]:
    """It asks with the values of two records and not with which they are."""
    truth = pq.read_table(task.data / "truth.parquet")["truth"].to_pylist()
    found: dict[tuple, set[str]] = {}
    for row, values in data.items():
        found.setdefault(tuple(values.values()), set()).add(truth[row])
    return found


def answer(deduper: dedupe.Dedupe, truth: dict[tuple, set[str]]) -> int:
    """How many of the pairs asked about were one subject."""
    yes = 0
    for _ in range(ASKED):
        for one, other in deduper.uncertain_pairs():
            same = bool(truth[tuple(one.values())] & truth[tuple(other.values())])
            yes += same
            deduper.mark_pairs({"match": [(one, other)] * same,
                                "distinct": [(one, other)] * (not same)})  # fmt: skip
    return yes


if __name__ == "__main__":
    main(run)
