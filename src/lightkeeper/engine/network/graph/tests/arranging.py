"""Random small graphs, and a plain implementation of everything that is asked of them."""

import heapq
import math
import random
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.weighing import Weighing

TODAY = 20_000
ENVELOPES = 4
KEYS = range(-100, 1000)
RELIABILITY = {"1A": 1.0, "2C": 0.36, "3E": 0.03}
WEIGHING = Weighing(TODAY, RELIABILITY)
EVERYTHING = np.ones(ENVELOPES, bool)


@dataclass
class Plain:
    """nodes: key -> (kind, envelope or None); marks: (key, envelope);
    edges: (a, b, kind, envelope) -> (weight, day, grade).
    """

    nodes: dict = field(default_factory=dict)
    edges: dict = field(default_factory=dict)
    marks: set = field(default_factory=set)

    def seen_by(self, mask) -> "Plain":
        """With what is hidden taken out, and things that nothing is tied to."""
        nodes = {k: v for k, v in self.nodes.items() if v[1] is None or mask[v[1]]}
        edges = {
            e: v for e, v in self.edges.items()
            if mask[e[3]] and e[0] in nodes and e[1] in nodes
        }  # fmt: skip
        tied = {key for edge in edges for key in edge[:2]}
        nodes = {k: v for k, v in nodes.items() if v[1] is not None or k in tied}
        return Plain(nodes, edges, {(k, e) for k, e in self.marks if mask[e] and k in nodes})

    def build(self, path) -> Graph:
        return Graph.build(
            path, node_columns(self.nodes), edge_columns(self.edges), mark_columns(self.marks)
        )

    def units(self) -> dict:
        """Of each key the first key of its subject."""
        unit = {key: key for key in self.nodes}
        while True:
            before = dict(unit)
            for a, b, kind, _ in self.edges:
                if kind == "same as":
                    unit[a] = unit[b] = min(unit[a], unit[b])
            if unit == before:
                return unit

    def tied(self) -> dict:
        """unit -> unit -> bits of the strongest tie."""
        unit, found = self.units(), defaultdict(dict)
        for (a, b, kind, _), said in self.edges.items():
            one, two = unit[a], unit[b]
            if kind != "same as" and one != two:
                bits = tie_bits(*said)
                for x, y in ((one, two), (two, one)):
                    found[x][y] = min(bits, found[x].get(y, math.inf))
        return found

    def passing(self, key, tied) -> float:
        if self.nodes[key][1] is not None:
            return 0.0
        known = 1025 if key in {k for k, _ in self.marks} else min(len(tied[key]), 1025)
        return math.log2(max(known - 1, 1))

    def paths(self, a, b, hops) -> dict:
        """keys -> bits, of all simple paths."""
        unit, tied, found = self.units(), self.tied(), {}

        def walk(way, bits):
            if way[-1] == unit[b]:
                found[way] = bits
                return
            if len(way) <= hops:
                lost = self.passing(way[-1], tied) if len(way) > 1 else 0.0
                for key, tie in tied[way[-1]].items():
                    if key not in way:
                        walk((*way, key), bits + lost + tie)

        walk((unit[a],), 0.0)
        return found

    def best(self, a, b) -> float:
        unit, tied = self.units(), self.tied()
        waiting, done = [(0.0, unit[a])], set()
        while waiting:
            bits, at = heapq.heappop(waiting)
            if at == unit[b]:
                return bits
            if at not in done:
                done.add(at)
                lost = self.passing(at, tied) if at != unit[a] else 0.0
                for key, tie in tied[at].items():
                    heapq.heappush(waiting, (bits + lost + tie, key))
        return math.inf

    def near(self, seeds, hops) -> dict:
        """key -> hops."""
        unit, tied = self.units(), self.tied()
        far = {unit[key]: 0 for key in seeds}
        ring = list(far)
        for hop in range(1, hops + 1):
            ring = [key for at in ring for key in tied[at] if key not in far]
            far |= dict.fromkeys(ring, hop)
        return {key: far[unit[key]] for key in self.nodes if unit[key] in far}


def tie_bits(weight, day, grade) -> float:
    left = 0.25 if day is None else 0.25 + 0.75 * 0.5 ** (max(TODAY - day, 0) / 1096)
    trust = RELIABILITY.get(grade, 0.5)
    return 1 - math.log2(np.float32(weight)) - math.log2(trust) - math.log2(left)


def some_graph(dice: random.Random, nodes=24, edges=40, text=False, keys=KEYS) -> Plain:
    plain = Plain()
    for number in dice.sample(keys, nodes):
        some_node(dice, plain, f"n{number}" if text else number)
    for _ in range(edges):
        some_edge(dice, plain)
    for _ in range(2):
        plain.marks.add((dice.choice(sorted(plain.nodes)), dice.randrange(ENVELOPES)))
    return plain


def some_node(dice: random.Random, plain: Plain, key) -> None:
    thing = dice.random() < 0.3
    plain.nodes[key] = ("phone", None) if thing else ("person", dice.randrange(ENVELOPES))


def some_edge(dice: random.Random, plain: Plain) -> None:
    """Nothing if it would be there twice."""
    a, b = sorted(dice.sample(sorted(plain.nodes), 2))
    things = plain.nodes[a][1] is None or plain.nodes[b][1] is None
    kind = dice.choice(["uses", "met", "uses"] + ([] if things else ["same as"]))
    # Days, weights and grades come again, so that many ties are as strong as one another.
    said = (
        dice.choice([1.0, 1.0, 0.5, 0.9]),
        dice.choice([None, TODAY, TODAY - 700, TODAY + 5]),
        dice.choice(["", "1A", "2C", "3E", "9Z"]),
    )
    plain.edges.setdefault((a, b, kind, dice.randrange(ENVELOPES)), said)


def some_mask(dice: random.Random) -> np.ndarray:
    return np.array([dice.random() < 0.6 for _ in range(ENVELOPES)])


def node_columns(nodes: dict) -> dict:
    return {
        "key": list(nodes),
        "kind": [kind for kind, _ in nodes.values()],
        "envelope": [envelope for _, envelope in nodes.values()],
    }


def edge_columns(edges: dict) -> dict:
    return {
        **{name: [edge[at] for edge in edges] for at, name in enumerate(["a", "b"])},
        "kind": [edge[2] for edge in edges],
        "envelope": [edge[3] for edge in edges],
        "weight": [said[0] for said in edges.values()],
        "day": [said[1] for said in edges.values()],
        "grade": [said[2] for said in edges.values()],
    }


def mark_columns(marks: set) -> dict | None:
    rows = sorted(marks)
    return {"key": [k for k, _ in rows], "envelope": [e for _, e in rows]} if rows else None
