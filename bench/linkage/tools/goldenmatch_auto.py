"""goldenmatch: `zero-config` finds its settings by trying, `probabilistic` trains weights by EM."""

import os
from importlib.metadata import version

# Its settings for a set come from that set, and not from what it saw of another.
os.environ["GOLDENMATCH_AUTOCONFIG_MEMORY"] = "0"

import goldenmatch as gm

from bench.linkage.tools.task import Found, Task, main


def run(task: Task) -> Found:
    with task.stage("load"):
        table = task.read().drop_columns(["record_id"])
    config = None
    if task.setting == "probabilistic":
        with task.stage("train"):
            config = gm.auto_configure_probabilistic_df(table)
    notes = []
    with task.stage("predict"):
        try:
            found = gm.dedupe_df(table, config=config)
        except Exception as refused:
            notes.append(f"asked again without its own checks, which said: {str(refused)[:150]}")
            found = gm.dedupe_df(
                table, config=config, confidence_required=False, allow_red_config=True
            )
    clusters = list(range(task.records))
    for one in found.clusters.values():
        for row in one["members"]:
            clusters[row] = min(one["members"])
    # Those it would show a person weigh less than its threshold and show what lower ones would do.
    pairs = [*found.scored_pairs, *found.review_pairs]
    left, right, score = zip(*pairs, strict=True) if pairs else ((),) * 3
    return Found(version("goldenmatch"), clusters, None, left, right, score, notes=notes)


if __name__ == "__main__":
    main(run)
