"""Compressed sparse rows: what each node is tied to, as slices of three arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.network.graph.columns import Edges, Numbers

Places = NDArray[np.int64]
# So many places are looked at together, however long a row is.
BLOCK = 1 << 19


@dataclass(frozen=True, eq=False)
class Rows:
    """`nodes` (r,) in order, or None for all of them; start (r + 1,); other, envelope and edge
    (h,), where h is twice the number of edges. Within a row `other` is in order.
    """

    nodes: Numbers | None
    start: Places
    other: Numbers
    envelope: Numbers
    edge: Numbers

    def __len__(self) -> int:
        return len(self.other)

    def spans(self, nodes: NDArray[Any]) -> tuple[Places, Places]:
        """Where the row of each node begins and how long it is."""
        if self.nodes is None:
            last = len(self.start) - 1
            if len(nodes) and nodes.max() >= last:
                nodes = np.minimum(nodes, last)
                return self.start[nodes], self.start[np.minimum(nodes + 1, last)] - self.start[
                    nodes
                ]
            first = self.start[nodes]
            return first, self.start[nodes + 1] - first
        row = self.nodes.searchsorted(nodes)
        row[row == len(self.nodes)] = 0
        first = self.start[row]
        return first, np.where(self.nodes[row] == nodes, self.start[row + 1] - first, 0)

    def between(self, a: int, b: int) -> slice:
        """The part of the row of a that leads to b."""
        [first], [count] = self.spans(np.array([a]))
        others = self.other[first : first + count]
        low, high = others.searchsorted(b), others.searchsorted(b, "right")
        return slice(int(first + low), int(first + high))


def spread(start: Places, count: Places) -> tuple[Places, Places]:
    """Every place of the spans, and of which span it is."""
    which = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return which, np.arange(len(which)) + (start - before)[which]


def distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """In order, each once: as `np.unique`, in half the time for what a step gives."""
    numbers = np.sort(numbers)
    if len(numbers) < 2:
        return numbers
    new = np.empty(len(numbers), np.bool_)
    new[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers if new.all() else numbers[new]


def blocks(start: Places, count: Places) -> Iterator[tuple[Places, Places]]:
    """As `spread`, in pieces of at most BLOCK places; a longer row is cut."""
    if count.sum() <= BLOCK:
        yield spread(start, count)
        return
    ends = np.cumsum(count)
    for low in range(0, int(ends[-1]), BLOCK):
        high = min(low + BLOCK, int(ends[-1]))
        first, last = ends.searchsorted(low, "right"), ends.searchsorted(high - 1, "right") + 1
        begun = np.maximum(low - (ends[first:last] - count[first:last]), 0)
        left = np.minimum(ends[first:last], high) - (ends[first:last] - count[first:last]) - begun
        which, place = spread(start[first:last] + begun, left)
        yield which + first, place


def rows_of(edges: Edges, number: Numbers, nodes: int | None) -> Rows:
    """Both directions of each edge. `number` (m,) is what each edge is called; with `nodes` there
    is a row for every node, without only for those that have one.
    """
    row, other = np.concatenate([edges.a, edges.b]), np.concatenate([edges.b, edges.a])
    order = np.argsort((row.astype(np.int64) << 32) | other, kind="stable")
    row = row[order]
    half = np.concatenate([np.arange(len(edges)), np.arange(len(edges))])[order]
    if nodes is None:
        own, first = np.unique(row, return_index=True)
        start = np.append(first, len(row)).astype(np.int64)
    else:
        own, start = None, row.searchsorted(np.arange(nodes + 1)).astype(np.int64)
    return Rows(own, start, other[order], edges.envelope[half], number[half])
