"""Walks over who is tied to whom: `python bench/graph.py [nodes]`, 50,000 unless told otherwise.

Makes up a graph of planted communities (sizes by a power law from 4 to 400, local hubs, 18% of the
ties across, some hubs for all) with three ties a node, each tie in one of 40 envelopes; a viewer of
all of them and one of 12 ask. Beside it igraph (of what the viewer sees, made before, which is not
timed) and SQLite (the envelope in the statement). Checks that all give the same answers. Prints
milliseconds: the middle and the 99th of a hundred of the clock, and the mean of the processor's.

Last the same communities as they are kept: of the nodes three in ten are shared things, and of the
records one in ten is linked to another.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import igraph
import numpy as np

from lightkeeper.engine.network.graph import Graph, Weighing, nearby

TIES, ENVELOPES, SEEN, ACROSS, GLOBAL = 3, 40, 12, 0.18, 0.0025
TODAY = 20_000
ALIKE = Weighing(TODAY, ungraded=1.0, floor=1.0)
WEIGHED = Weighing(TODAY, {"1A": 1.0, "2C": 0.36, "3D": 0.15})
SEEDS, PAIRS, SLOW = 100, 40, 10
NO_LIMIT = 10**9
SEVERAL_HOPS = """
with recursive near(id, hop) as (
  select ?, 0 union
  select p.dst, near.hop + 1 from near join tie p on p.src = near.id
   where near.hop < ? {p})
select distinct id from near
"""
# Two halves of two hops that meet; what comes to one node twice is left out.
FOUR_HOPS = """
with near as materialized (
       select p.dst x, q.dst y from tie p join tie q on q.src = p.dst
        where p.src = :a and p.dst <> :b and q.dst not in (:a, :b) {p} {q}),
     far as materialized (
       select r.dst z, s.dst y from tie r join tie s on s.src = r.dst
        where r.src = :b and r.dst <> :a and s.dst not in (:a, :b) {r} {s})
select count(*) from near join far using (y) where x <> z
"""
THREE_HOPS = """
select count(*) from tie p join tie q on q.src = p.dst join tie r on r.src = :b and r.dst = q.dst
 where p.src = :a and p.dst <> :b and q.dst not in (:a, :b) {p} {q} {r}
"""
TWO_HOPS = """
select count(*) from tie p join tie r on r.src = :b and r.dst = p.dst where p.src = :a {p} {r}
"""
ONE_HOP = """
select count(*) from tie p where p.src = :a and p.dst = :b {p}
"""


def make(nodes: int, seed: int = 4) -> dict[str, np.ndarray]:
    """Ties a, b (m,), each pair once, their envelopes; the community of each node (n,)."""
    dice = np.random.default_rng(seed)
    sizes = np.minimum(4 * (1 - dice.random(nodes)) ** (-1 / 1.3), 400).astype(int)
    sizes = sizes[: np.cumsum(sizes).searchsorted(nodes) + 1]
    group = np.repeat(np.arange(len(sizes)), sizes)[:nodes]
    first, size = np.cumsum(sizes) - sizes, sizes
    count = int(nodes * TIES * 1.6)  # Of a small community many are drawn twice.
    a = dice.integers(0, nodes, count)
    # Of a community the first are tied to the most: a square of chance leans to them.
    b = first[group[a]] + (size[group[a]] * dice.random(count) ** 2).astype(int)
    across = dice.random(count) < ACROSS
    b[across] = dice.integers(0, nodes, int(across.sum()))
    hubs = np.flatnonzero(across & (dice.random(count) < GLOBAL / ACROSS))
    b[hubs] = (dice.zipf(1.6, len(hubs)) * 7919) % nodes
    low, high = np.minimum(a, b), np.maximum(a, b)
    keep = (low != high) & (high < nodes)
    pairs = np.unique((low[keep].astype(np.int64) << 32) | high[keep])
    pairs = pairs[np.sort(dice.permutation(len(pairs))[: nodes * TIES])]
    return {
        "a": pairs >> 32, "b": pairs & (2**32 - 1), "group": group,
        "envelope": dice.integers(0, ENVELOPES, len(pairs)),
        "day": dice.integers(TODAY - 3650, TODAY, len(pairs)),
        "grade": dice.integers(0, 3, len(pairs)),
    }  # fmt: skip


def build(folder: Path, made: dict[str, np.ndarray], *, things: bool) -> Graph:
    dice = np.random.default_rng(9)
    nodes = len(made["group"])
    is_thing = (dice.random(nodes) < 0.3) & things
    envelope = np.where(is_thing, -1, 0).astype(np.int32)
    kinds = np.where(is_thing, "phone", "person")
    import pyarrow as pa

    a, b = made["a"], made["b"]
    kind = np.full(len(a), "tied")
    if things:
        same = (dice.random(len(a)) < 0.033) & ~is_thing[a] & ~is_thing[b]
        kind = np.where(same, "same as", kind)
    return Graph.build(
        folder,
        pa.table({
            "key": np.arange(nodes), "kind": pa.array(kinds),
            "envelope": pa.array(envelope, mask=is_thing),
        }),
        pa.table({
            "a": a, "b": b, "kind": pa.array(kind), "envelope": made["envelope"],
            "day": made["day"], "grade": pa.array(np.array(["1A", "2C", "3D"])[made["grade"]]),
        }),
    )  # fmt: skip


def timed(ask: Callable[[Any], Any], asked: list[Any]) -> tuple[dict[str, float], list[Any]]:
    ask(asked[0])
    clock, worked, answers = [], [], []
    for one in asked:
        begun, work = time.perf_counter(), time.thread_time()
        answer = ask(one)
        worked.append(1000 * (time.thread_time() - work))
        clock.append(1000 * (time.perf_counter() - begun))
        answers.append(answer)
    figures = {
        "p50": float(np.median(clock)),
        "p99": float(np.quantile(clock, 0.99)),
        "cpu": float(np.mean(worked)),
    }
    return figures, answers


class Bench:
    """One viewer's questions to the three."""

    def __init__(self, graph: Graph, made: dict[str, np.ndarray], mask: np.ndarray, base: Any):
        self.graph, self.mask, self.base = graph, mask, base
        base.execute("drop table if exists seen")
        base.execute("create temp table seen (envelope integer primary key)")
        base.executemany("insert into seen values (?)", [(int(e),) for e in np.flatnonzero(mask)])
        keep = mask[made["envelope"]]
        begun, before = time.process_time(), resident_mb()
        self.peer = igraph.Graph(
            n=len(made["group"]), edges=np.column_stack([made["a"][keep], made["b"][keep]])
        )
        self.built = round(time.process_time() - begun, 2), round(resident_mb() - before)
        trust = -np.log2(np.array([1.0, 0.36, 0.15]))[made["grade"]]
        age = 0.25 + 0.75 * 0.5 ** ((TODAY - made["day"]) / 1096)
        self.bits = (1 + trust - np.log2(age))[keep]

    def near(self, seed: int, hops: int) -> set[int]:
        found = self.graph.neighbourhood([seed], hops, self.mask, NO_LIMIT, weighing=ALIKE)
        return found.keys  # type: ignore[return-value]

    def filtered(self, statement: str) -> str:
        """Who sees everything asks without the envelope, as one would without need-to-know."""
        asked = "" if self.mask.all() else "and {}.envelope in (select envelope from seen)"
        return statement.format(**{name: asked.format(name) for name in "pqrs"})

    def near_sqlite(self, seed: int, hops: int) -> list[int]:
        return [row[0] for row in self.base.execute(self.filtered(SEVERAL_HOPS), (seed, hops))]

    def count(self, pair: tuple[int, int], hops: int) -> int:
        return self.graph.paths(*pair, hops, self.mask, NO_LIMIT, weighing=ALIKE).found

    def count_sqlite(self, pair: tuple[int, int], hops: int) -> int:
        said = {"a": pair[0], "b": pair[1]}
        asked = (ONE_HOP, TWO_HOPS, THREE_HOPS, FOUR_HOPS)[:hops]
        return sum(self.base.execute(self.filtered(each), said).fetchone()[0] for each in asked)

    def best(self, pair: tuple[int, int], weighing: Weighing) -> float:
        found = self.graph.best_path(*pair, self.mask, weighing=weighing)
        return round(found.paths[0].bits, 6) if found.paths else np.inf

    def best_igraph(self, pair: tuple[int, int], weights: Any) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of two who are not connected.
            [way] = self.peer.get_shortest_paths(*pair, weights=weights, output="epath")
        if not way and pair[0] != pair[1]:
            return np.inf
        return round(float(len(way) if weights is None else sum(weights[way])), 6)


def compare(bench: Bench, seeds: list[int], near: list, far: list) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def line(name: str, asked: list, ours: Callable, **peers: Callable) -> None:
        mine, answers = timed(ours, asked)
        told[name] = {"ours": mine}
        for peer, ask in peers.items():
            # What takes the better part of a second is asked fewer times.
            begun = time.perf_counter()
            ask(asked[0])
            few = asked if time.perf_counter() - begun < 0.05 else asked[:SLOW]
            told[name][peer], theirs = timed(ask, few)
            for one, other in zip(answers, theirs, strict=False):
                same = set(one) == set(other) if isinstance(one, list) else one == other
                assert same, (name, peer, one, other)
        sizes = np.array([len(a) if isinstance(a, list) else a for a in answers], float)
        there = np.isfinite(sizes)
        told[name]["answer"] = round(float(sizes[there].mean()), 1) if there.any() else 0.0
        show(name, told[name])

    for hops in (1, 2, 3, 4):
        peers: dict[str, Callable] = {
            "igraph": lambda seed, hops=hops: bench.peer.neighborhood(seed, order=hops)
        }
        if hops < 4:
            peers["sqlite"] = lambda seed, hops=hops: bench.near_sqlite(seed, hops)
        line(f"{hops} hops", seeds, lambda seed, hops=hops: bench.near(seed, hops), **peers)
    for hops in (3, 4):
        line(
            f"all paths <= {hops}", near, lambda pair, hops=hops: bench.count(pair, hops),
            sqlite=lambda pair, hops=hops: bench.count_sqlite(pair, hops),
            igraph=lambda pair, hops=hops: len(
                bench.peer.get_all_simple_paths(pair[0], pair[1], maxlen=hops)
            ),
        )  # fmt: skip
    line("fewest hops", far, lambda pair: bench.best(pair, ALIKE),
         igraph=lambda pair: bench.best_igraph(pair, None))  # fmt: skip
    line("best by weight", far, lambda pair: bench.best(pair, WEIGHED),
         igraph=lambda pair: bench.best_igraph(pair, bench.bits))  # fmt: skip
    return told


def show(name: str, figures: dict[str, Any]) -> None:
    ours = figures["ours"]
    for who, each in figures.items():
        if who == "answer":
            continue
        ratio = "" if who == "ours" else f"{each['cpu'] / max(ours['cpu'], 1e-6):8.1f}x cpu"
        print(f"{name:16}{who:8}{each['p50']:10.3f}{each['p99']:10.2f}{each['cpu']:10.3f} {ratio}")
    print(f"{'':16}{'mean':8}{figures['answer']:10}", flush=True)


def sqlite_of(path: Path, made: dict[str, np.ndarray]) -> sqlite3.Connection:
    base = sqlite3.connect(path)
    base.execute("create table tie (src integer, dst integer, envelope integer, "
                 "primary key (src, dst)) without rowid")  # fmt: skip
    ends = np.column_stack([made["a"], made["b"], made["envelope"]])
    both = np.concatenate([ends, ends[:, [1, 0, 2]]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    base.executemany("insert into tie values (?, ?, ?)", both.tolist())
    base.commit()
    return base


def opened(folder: str, seeds: list[int]) -> dict[str, float]:
    """In a process of its own: opening, the first answers and the memory."""
    import pyarrow as pa

    pa.array([1])
    mask, before = np.ones(ENVELOPES, bool), resident_mb()
    begun = time.perf_counter()
    graph = Graph.open(folder)
    took = 1000 * (time.perf_counter() - begun)
    for seed in seeds:
        graph.neighbourhood([seed], 3, mask, weighing=ALIKE)
        graph.paths(seed, seeds[0], 4, mask, weighing=ALIKE)
    after = resident_mb()
    graph.best_path(seeds[0], seeds[1], mask, weighing=WEIGHED)
    return {
        "open_ms": round(took, 2), "grown_mb": round(after - before),
        "with_best_path_mb": round(resident_mb() - before),
    }  # fmt: skip


def updated(graph: Graph, nodes: int) -> dict[str, float]:
    """1,000 new ties, and again; and a reader that sees them; and all of it as one file again."""
    dice, told = np.random.default_rng(8), {}
    reader = Graph.open(graph.path)
    for name in ("update_1000_s", "again_s"):
        ends = dice.integers(0, nodes, (1000, 2))
        ends = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
        begun = time.perf_counter()
        graph.update(edges={
            "a": ends[:, 0], "b": ends[:, 1], "kind": ["new"] * len(ends),
            "envelope": np.zeros(len(ends), int),
        })  # fmt: skip
        told[name] = round(time.perf_counter() - begun, 3)
    begun = time.perf_counter()
    reader.refresh()
    told["refresh_ms"] = round(1000 * (time.perf_counter() - begun), 1)
    seeds = dice.integers(0, nodes, SEEDS).tolist()
    mask = np.ones(ENVELOPES, bool)
    three, _ = timed(lambda s: len(reader.neighbourhood([s], 3, mask, weighing=ALIKE)), seeds)
    told["3_hops_beside_ms"] = round(three["p50"], 3)
    begun = time.process_time()
    graph.compact()
    told["compact_cpu_s"] = round(time.process_time() - begun, 1)
    return told


def as_kept(graph: Graph, seeds: list[int], near: list, far: list, mask: np.ndarray) -> None:
    def line(name: str, asked: list, ask: Callable) -> None:
        show(name, dict(zip(("ours", "answer"), ((t := timed(ask, asked))[0],
                        round(float(np.mean(t[1])), 1)), strict=True)))  # fmt: skip

    there = set(graph.in_sight(mask, weighing=WEIGHED).keys)
    seeds = [seed for seed in seeds if graph_has(graph, seed, mask)]

    def near_by(seed: int, hops: int) -> int:
        return len(graph.neighbourhood([seed], hops, mask, weighing=WEIGHED))

    for hops in (2, 3):
        line(f"{hops} hops", seeds, lambda seed, hops=hops: near_by(seed, hops))
    near, far = ([p for p in pairs if all(graph_has(graph, k, mask) for k in p)]
                 for pairs in (near, far))  # fmt: skip
    line("all paths <= 4", near, lambda p: graph.paths(*p, 4, mask, weighing=WEIGHED).found)
    line("best by weight", far, lambda p: len(graph.best_path(*p, mask, weighing=WEIGHED).paths))
    begun = time.process_time()
    graph.in_sight(mask, weighing=WEIGHED)
    print(f"everything in sight: {time.process_time() - begun:.1f} s cpu, {len(there):,} units")


def graph_has(graph: Graph, key: int, mask: np.ndarray) -> bool:
    from lightkeeper.engine.errors import UnknownKey

    try:
        graph.subjects([key], mask)
    except UnknownKey:
        return False
    return True


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    if sys.argv[1:2] == ["--open"]:
        print(json.dumps(opened(sys.argv[2], json.loads(sys.argv[3]))))
        return
    nodes = int(sys.argv[1]) if sys.argv[1:] else 50_000
    dice = np.random.default_rng(6)
    made = make(nodes)
    degree = np.bincount(np.concatenate([made["a"], made["b"]]), minlength=nodes)
    print(f"{nodes:,} nodes, {len(made['a']):,} ties, {made['group'].max() + 1:,} communities, "
          f"most ties of one {degree.max():,}; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    # Hubs are narrowed and told of; the others do not, so for the same answers neither do we.
    nearby.WIDEST = NO_LIMIT
    seeds = dice.integers(0, nodes, SEEDS).tolist()
    firsts = np.flatnonzero(made["group"][:-1] == made["group"][1:])
    near = [(int(n), int(n) + 1) for n in dice.choice(firsts, PAIRS)]
    far = [tuple(pair) for pair in dice.integers(0, nodes, (PAIRS, 2)).tolist()]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        graph = build(Path(folder) / "graph", made, things=False)
        size = sum(path.stat().st_size for path in graph.path.iterdir())
        print(f"building: {time.process_time() - begun:.1f} s cpu, {size / 2**20:.0f} MB on disk")
        base = sqlite_of(Path(folder) / "ties.db", made)
        masks = {"all": np.ones(ENVELOPES, bool), "12 of 40": np.arange(ENVELOPES) < SEEN}
        for name, mask in masks.items():
            bench = Bench(graph, made, mask, base)
            print(f"\nseen: {name}; igraph of it took {bench.built[0]} s, {bench.built[1]} MB")
            print(f"{'':16}{'':8}{'p50 ms':>10}{'p99 ms':>10}{'cpu ms':>10}")
            compare(bench, seeds, near, far)
        alone = subprocess.run(
            [sys.executable, __file__, "--open", str(graph.path), json.dumps(seeds)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        print("\nin a process of its own:", alone.stdout.strip())
        print("updating:", json.dumps(updated(graph, nodes)))
        kept = build(Path(folder) / "kept", made, things=True)
        for name, mask in masks.items():
            print(f"\nas it is kept, with things and links; seen: {name}")
            as_kept(kept, seeds, near, far, mask)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nat most {peak:.0f} MB with the peers; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
