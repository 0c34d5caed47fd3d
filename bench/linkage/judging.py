"""What a tool's clusters are worth: at its own threshold, and at the best that truth could choose.

`default` scores the clusters the tool made. `best` scores connected components of its scored pairs
at every threshold there is, and ours joined as we join at some; never less than the default.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lightkeeper.engine.accuracy.clusters import Score, score_b_cubed, score_pairs
from lightkeeper.engine.accuracy.sweep import sweep_thresholds
from lightkeeper.engine.linkage.clusters import resolve

# Ours is joined again at each; with more records than this the default has to do.
OURS_AT_MOST = 200_000
STEPS_BITS = (-4, -3, -2, -1, 1, 2, 3, 4, 6, 8, 10, 12)
Judged = tuple[float | None, Score, Score]


def judge(data: Path, out: Path) -> dict[str, Any]:
    """records, clusters, and `default` and `best` with threshold, precision, recall, f1, b3_f1."""
    truth = _codes(pq.read_table(data / "truth.parquet")["truth"])
    told = json.loads((out / "told.json").read_text())
    found = _codes(pq.read_table(out / "clusters.parquet")["cluster"])
    default = (told["threshold"], score_pairs(truth, found), score_b_cubed(truth, found))
    others = list(_others(truth, out, told))
    best = max([default, *others], key=lambda one: one[1].f1)
    return {
        "records": len(truth), "clusters": len(np.unique(found)), "default": _plain(default),
        "best": _plain(best) if others else None,
    }  # fmt: skip


def _others(truth: np.ndarray, out: Path, told: dict[str, Any]) -> Iterator[Judged]:
    file = out / "pairs.parquet"
    if not file.exists():
        return
    pairs = pq.read_table(file)
    left, right, score = (pairs[name].to_numpy() for name in ("left", "right", "score"))
    if "held" not in pairs.column_names:
        yield sweep_thresholds(truth, left, right, score).best()
        return
    if len(truth) > OURS_AT_MOST:
        return
    apart = pairs["held"].to_numpy()
    held = list(zip(left[apart].tolist(), right[apart].tolist(), strict=True))
    for step in STEPS_BITS:
        at = told["threshold"] + step
        if at > told["missing_weight"]:
            found = resolve(len(truth), left, right, score, held=held, join_at=at, reach_at=at,
                            missing_weight=told["missing_weight"])  # fmt: skip
            yield at, score_pairs(truth, found), score_b_cubed(truth, found)


def _codes(labels: pa.ChunkedArray) -> np.ndarray:
    """Labels as whole numbers: text of millions is slow to sort."""
    return labels.combine_chunks().dictionary_encode().indices.to_numpy()


def _plain(judged: Judged) -> dict[str, float | None]:
    threshold, pairs, cubed = judged
    # JSON has no infinity: then nothing joined is best.
    threshold = None if threshold is None or not np.isfinite(threshold) else float(threshold)
    return {
        "threshold": threshold, "precision": pairs.precision, "recall": pairs.recall,
        "f1": pairs.f1, "b3_precision": cubed.precision, "b3_recall": cubed.recall,
        "b3_f1": cubed.f1,
    }  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[2], "judged.json").write_text(json.dumps(judge(*map(Path, sys.argv[1:]))))
