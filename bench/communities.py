"""Groups found in a network with planted ones: how like them, in what time, in what memory.

Usage: python bench/communities.py [--people N ...] [--json FILE]

Planted: groups of 4 to 400 whose sizes fall by a power, people with few and with many ties in each,
some 18 ties of a hundred across, and a few people whom everybody knows. Each way runs in a process
of its own; seconds are those of the processor.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

WAYS = (
    "cpm .2", "cpm .05", "cpm .02", "cpm .005", "modularity", "label propagation",
)  # fmt: skip


def planted(people: int, seed: int = 1):
    """Ties and the group of each person: 3 ties a person."""
    from lightkeeper.engine.network.ties import ties_of

    rng = np.random.default_rng(seed)
    sizes: list[int] = []
    while sum(sizes) < people:
        sizes.append(int(min(400, 4 * rng.uniform() ** -0.8)))
    truth = np.repeat(np.arange(len(sizes)), sizes)[:people]
    bounds = np.concatenate([np.searchsorted(truth, np.arange(truth[-1] + 1)), [people]])
    number = 3 * people
    # Within a group the first are tied most, as the square of a chance has it.
    one = rng.integers(0, people, number)
    start, size = bounds[truth[one]], np.diff(bounds)[truth[one]]
    two = start + (size * rng.uniform(size=number) ** 2).astype(np.int64)
    across = rng.uniform(size=number) < 0.18
    two[across] = rng.integers(0, people, across.sum())
    known_to_all = across & (rng.uniform(size=number) < 0.1)
    two[known_to_all] = rng.zipf(1.5, known_to_all.sum()) % people
    order = rng.permutation(people)
    ties = ties_of([""] * people, order[one], order[two])
    labels = np.empty(people, np.int64)
    labels[order] = truth
    return ties, labels


def found(ties, way: str):
    from lightkeeper.engine.network.communities import communities
    from lightkeeper.engine.network.measures import as_graph

    if way.startswith("cpm"):
        return communities(ties, float(way.split()[1]), seed=1, rounds=2)
    graph = as_graph(ties)
    if way == "modularity":
        return graph.community_leiden("modularity", weights="weight", n_iterations=2).membership
    return graph.community_label_propagation(weights="weight").membership


def measured(people: int, way: str) -> dict:
    from lightkeeper.engine.accuracy.partitions import normalised_mutual_information

    ties, truth = planted(people)
    start = time.process_time()
    labels = found(ties, way)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "people": people, "ties": len(ties.one), "planted": int(truth.max() + 1), "way": way,
        "groups": len(set(np.asarray(labels).tolist())),
        "nmi": round(normalised_mutual_information(truth, labels), 3),
        "cpu_s": round(seconds, 1), "peak_mb": round(peak),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=[100_000])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--way", choices=WAYS, help="one way, as JSON")
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measured(given.people[0], given.way)))
        return
    rows = []
    for people in given.people:
        for way in WAYS:
            words = [sys.executable, __file__, "--people", str(people), "--way", way]
            done = subprocess.run(words, capture_output=True, text=True, check=True, env=os.environ)
            rows.append(json.loads(done.stdout))
            print(*(f"{name} {value}" for name, value in rows[-1].items()), sep="  ", flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
