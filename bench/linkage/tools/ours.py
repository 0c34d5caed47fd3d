"""Lightkeeper, as `lightkeeper link` runs it: columns and thresholds found by itself."""

import time
from importlib.metadata import version

import numpy as np

from bench.linkage.tools.task import Found, Task, main
from lightkeeper.engine.linkage.batch import Links, train_and_link
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.propose import propose

# Stages as the engine names them; any other belongs to training.
STAGE = {"preparing": "load", "blocking": "predict", "scoring": "predict", "scored": "predict"}


class Stages:
    """Gives the time since the last word to the stage that word began."""

    def __init__(self, task: Task) -> None:
        self.task, self.at, self.since = task, "load", time.perf_counter()

    def __call__(self, stage: str, share: float) -> None:
        now = time.perf_counter()
        self.task.seconds[self.at] += now - self.since
        self.at, self.since = STAGE.get(stage, "train"), now


def run(task: Task) -> Found:
    stages = Stages(task)
    table = task.read()
    plan = propose(table.drop_columns(["record_id"]))
    links = train_and_link(table, plan, progress=stages)
    stages("scored", 1.0)
    with task.stage("cluster"):
        clusters = clusters_of(links, table.num_rows)
    model = links.model
    return Found(
        f"{version('lightkeeper')}, model {model.version}", clusters, model.join_at,
        links.left, links.right, links.weight, held=links.one_home,
        notes=list(model.training["notes"]),
        told={"pairs_compared": links.pairs_compared, "missing_weight": model.missing_weight},
    )  # fmt: skip


def clusters_of(links: Links, records: int) -> np.ndarray:
    """As the command has it: people of one home, whom nobody has looked at, stay apart."""
    model, apart = links.model, links.one_home
    return resolve(
        records, links.left, links.right, links.weight,
        held=zip(links.left[apart].tolist(), links.right[apart].tolist(), strict=True),
        join_at=model.join_at, reach_at=model.join_at, missing_weight=model.missing_weight,
    )  # fmt: skip


if __name__ == "__main__":
    main(run)
