"""What every tool is given and tells: records in, clusters and scored pairs out, with its costs.

Uses pyarrow and the standard library alone, so that it runs in any tool's environment.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

STAGES = ("load", "train", "predict", "cluster")


@dataclass
class Task:
    """One set, one setting. `kinds`: what each column holds. Stages add to `seconds`."""

    data: Path
    setting: str
    name: str
    records: int
    kinds: dict[str, str]
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    def read(self) -> pa.Table:
        """record_id from 0 upwards, and columns of text."""
        return pq.read_table(self.data / "records.parquet")

    def columns(self, *kinds: str) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind in kinds]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - started


@dataclass
class Found:
    """clusters: a label for each record. left, right, score: scored pairs, if the tool has them.

    threshold: its own. `extra`: more columns of pairs and more to tell, for whoever judges.
    """

    version: str
    clusters: Sequence[Any]
    threshold: float | None = None
    left: Sequence[int] = ()
    right: Sequence[int] = ()
    score: Sequence[float] = ()
    notes: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    held: Sequence[bool] | None = None


def main(run: Callable[[Task], Found]) -> None:
    """Run on the folder in the first word, write to that in the second, by the third."""
    data, out, setting = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    about = json.loads((data / "about.json").read_text())
    task = Task(data, setting, about["name"], about["records"], about["kinds"])
    found = run(task)
    # Before anything is written, which is no part of the work.
    costs = _costs()
    pq.write_table(pa.table({"cluster": pa.array(found.clusters)}), out / "clusters.parquet")
    if len(found.score):
        pairs = {"left": pa.array(found.left, pa.int64()),
                 "right": pa.array(found.right, pa.int64()),
                 "score": pa.array(found.score, pa.float64())}  # fmt: skip
        if found.held is not None:
            pairs["held"] = pa.array(found.held, pa.bool_())
        pq.write_table(pa.table(pairs), out / "pairs.parquet")
    told = {"version": found.version, "threshold": found.threshold, "notes": found.notes,
            "scored_pairs": len(found.score), "seconds": _rounded(task.seconds), **costs,
            **found.told}  # fmt: skip
    (out / "told.json").write_text(json.dumps(told) + "\n")


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    found = {name: round(value, 3) for name, value in seconds.items()}
    return {**found, "total": round(sum(found.values()), 3)}


def _costs() -> dict[str, float]:
    """Of this process and those it waited for; the peak is that of the largest of them."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "cpu_seconds": round(sum(one.ru_utime + one.ru_stime for one in both), 2),
        # Linux counts in kilobytes.
        "peak_mb": round(max(one.ru_maxrss for one in both) / 1024),
    }


def components(count: int, left: Sequence[int], right: Sequence[int]) -> list[int]:
    """For tools that only say which pairs match: the smallest record each is connected to."""
    parent = list(range(count))

    def root(record: int) -> int:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for a, b in zip(left, right, strict=True):
        one, two = sorted((root(int(a)), root(int(b))))
        parent[two] = one
    return [root(record) for record in range(count)]
