"""A path hop by hop: what ties it together, since when, how graded, and how common it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lightkeeper.engine.errors import ShapeError, UnknownKey
from lightkeeper.engine.network.graph.columns import NO_DAY, Numbers
from lightkeeper.engine.network.graph.keys import Key
from lightkeeper.engine.network.graph.sight import COMMON, MANY, Sight
from lightkeeper.engine.network.graph.weighing import Part, Weigher

# Of a hop that many ties make so many are given; the strongest counts.
MOST_TIES = 20


@dataclass(frozen=True)
class Tie:
    """One edge, with the keys at its ends; `day` in days since 1970, if it is known."""

    kind: str
    near: Key
    far: Key
    day: int | None
    grade: str
    weight: float
    bits: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Hop:
    """From one subject or thing to the next. `ties`, the strongest first, are `tied` or more;
    `links` make the record that was come to and the record gone on from one subject; `passing` is
    what is lost on going on through the thing that this hop leads to.
    """

    start: Key
    end: Key
    ties: tuple[Tie, ...]
    tied: int
    links: tuple[Tie, ...]
    passing: Part | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """`bits` is the sum of each hop's strongest tie and of what is lost on passing through."""

    hops: tuple[Hop, ...]
    last_links: tuple[Tie, ...]
    bits: float
    sentences: tuple[str, ...]


def explain(sight: Sight, keys: tuple[Key, ...], weigher: Weigher) -> Explanation:
    """Raises: UnknownKey where a node, or the next hop to it, is not there or not in sight."""
    if not keys:
        raise ShapeError("A path has at least one node.")
    numbers = sight.find(list(keys))
    units = sight.units(numbers)
    teller = Teller(sight, weigher)
    at, hops = int(numbers[0]), []
    for place in range(1, len(keys)):
        last = place == len(keys) - 1
        ties, edges = teller.between(units[place - 1 : place], units[place : place + 1])
        if not ties:
            raise UnknownKey(keys[place])
        links = teller.links(at, edges[0][0])
        passing = None if last else teller.passing(units[place : place + 1])
        sentences = (*map(teller.link, links), *teller.hop(ties, len(edges)))
        if passing:
            sentences = (*sentences, passing.sentence)
        hops.append(Hop(
            keys[place - 1], keys[place], ties, len(edges), links, passing, sentences,
        ))  # fmt: skip
        at = edges[0][1]
    end = teller.links(at, int(numbers[-1]))
    bits = sum(hop.ties[0].bits + (hop.passing.bits if hop.passing else 0.0) for hop in hops)
    sentences = tuple(sentence for hop in hops for sentence in hop.sentences)
    return Explanation(tuple(hops), end, float(bits), (*sentences, *map(teller.link, end)))


class Teller:
    """Says what stands on edges, in the words of the data."""

    def __init__(self, sight: Sight, weigher: Weigher) -> None:
        self.sight, self.weigher, self.state = sight, weigher, sight.state

    def between(self, one: Numbers, two: Numbers) -> tuple[tuple[Tie, ...], list[tuple[int, int]]]:
        """The ties of two units, the strongest first, and of each the nodes at its ends."""
        with self.state.scratch() as within:
            self.sight.closed(two, within)
            step = self.sight.step(one, within)
        bits, rank = self.weigher.ties(step.edge), self.state.keys.rank
        kind = self.state.edge("kind", step.edge)
        name = np.array(self.state.edge_kinds)[kind]
        day = self.state.edge("day", step.edge)
        order = np.lexsort((-day.astype(np.int64), rank(step.far), rank(step.near), name, bits))
        ends = list(zip(step.near[order].tolist(), step.far[order].tolist(), strict=True))
        some = [
            self.tie(int(step.edge[at]), int(step.near[at]), int(step.far[at]))
            for at in order[:MOST_TIES].tolist()
        ]
        return tuple(some), ends

    def tie(self, edge: int, near: int, far: int) -> Tie:
        one = np.array([edge])
        columns = ("kind", "day", "grade", "weight")
        kind, day, grade, weight = (self.state.edge(name, one).item() for name in columns)
        parts = self.weigher.parts(edge)
        a, b = self.state.keys.at(np.array([near, far]))
        return Tie(
            self.state.edge_kinds[kind], a, b, None if day == NO_DAY else day,
            self.state.grades[grade], weight, sum(part.bits for part in parts), parts,
        )  # fmt: skip

    def links(self, start: int, end: int) -> tuple[Tie, ...]:
        """The fewest links that make two records one; of as few, those of the first keys."""
        before: dict[int, tuple[int, int]] = {start: (-1, -1)}
        ring = [start]
        while end not in before and ring:
            nodes = np.array(ring, np.int32)
            which, other, edge = self.sight.same(nodes)
            order = np.lexsort((self.state.keys.rank(other), which))
            ring = []
            for at in order.tolist():
                if (new := int(other[at])) not in before:
                    before[new] = int(nodes[which[at]]), int(edge[at])
                    ring.append(new)
        way: list[Tie] = []
        while end != start:
            come, edge_number = before[end]
            way.append(self.tie(edge_number, come, end))
            end = come
        return tuple(way[::-1])

    def passing(self, unit: Numbers) -> Part | None:
        """How common a thing is, as far as this viewer sees; nothing for a subject."""
        if not self.sight.is_thing(unit)[0]:
            return None
        [bits] = self.weigher.passing(self.sight, unit).tolist()
        what = self.named(self.state.keys.at(unit)[0], int(unit[0]))
        if self.sight.is_marked(unit)[0]:
            return Part("commonness", bits, f"{what} is marked as a common place.")
        [known] = self.sight.commonness(unit).tolist()
        if known >= COMMON:
            return Part("commonness", bits, f"{what} is known to {COMMON - 1:,} in sight and more.")
        which, _, _ = self.sight.ties(unit)
        by = "records" if len(which) > MANY else "subjects and things"
        return Part("commonness", bits, f"{what} is known to {known:,} {by} in sight.")

    def hop(self, ties: tuple[Tie, ...], tied: int) -> tuple[str, ...]:
        tie = ties[0]
        ends = self.sight.find([tie.near, tie.far]).tolist()
        near, far = self.named(tie.near, ends[0]), self.named(tie.far, ends[1])
        first = f"{near} is tied to {far}: {_said(tie)}."
        if tied == 1:
            return (first,)
        more = "One more tie says" if tied == 2 else f"{tied - 1:,} more ties say"
        return (first, f"{more} so; the strongest counts.")

    def link(self, tie: Tie) -> str:
        ends = self.sight.find([tie.near, tie.far]).tolist()
        near, far = self.named(tie.near, ends[0]), self.named(tie.far, ends[1])
        return f"{near} and {far} are one subject: {_said(tie)}."

    def named(self, key: Any, number: int) -> str:
        return f"{self.state.node_kinds[self.state.node_kind[number]]} {key}".strip()


def _said(tie: Tie) -> str:
    day = "no day" if tie.day is None else str(np.datetime64(tie.day, "D"))
    return f"{tie.kind}, {day}, {'graded ' + tie.grade if tie.grade else 'not graded'}"
