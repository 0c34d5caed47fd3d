"""One state of a graph as a reader sees it: the base where it lies, and what came since."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.matcher.container import Arrays
from lightkeeper.engine.network.graph.added import Added, join, read_added
from lightkeeper.engine.network.graph.building import Parts
from lightkeeper.engine.network.graph.columns import (
    EDGE_ARRAYS,
    NOBODY,
    Edges,
    Numbers,
    join_edges,
    no_edges,
)
from lightkeeper.engine.network.graph.files import Manifest
from lightkeeper.engine.network.graph.keys import Directory, read_keys
from lightkeeper.engine.network.graph.rows import Rows, rows_of


class Scratch:
    """A number for each node, -1 at first, of which few are ever set and those are set back."""

    def __init__(self, nodes: int) -> None:
        self.of = np.full(nodes, -1, np.int32)
        self._touched: list[NDArray[Any]] = []

    def set(self, nodes: NDArray[Any], values: Any) -> None:
        self.of[nodes] = values
        self._touched.append(nodes)

    def back(self) -> None:
        for nodes in self._touched:
            self.of[nodes] = -1
        self._touched.clear()


class State:
    """Never changes once it stands, so that threads may share it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        base = manifest.base
        self.arrays = Arrays(folder / base.name, base.size, base.check)
        parts = [read_added(folder, file) for file in manifest.added]
        self.added = join(parts) if parts else None
        lists = self.added or _nothing_added(self.arrays)
        self.node_kinds, self.edge_kinds = lists.node_kinds, lists.edge_kinds
        self.grades, self.envelopes, self.marks = lists.grades, lists.envelopes, lists.marks
        self.keys = Directory(read_keys(self.arrays, "keys"), lists.keys)
        self.node_kind = _set(self.arrays["node.kind"], lists, lists.set_kind, 0)
        self.node_envelope = _set(self.arrays["node.envelope"], lists, lists.set_envelope, NOBODY)
        self._base = {column: self.arrays[f"edge.{column}"] for column in EDGE_ARRAYS}
        self._more = lists.edges
        self.first = len(self._base["a"])
        self.gone = np.unique(lists.gone)
        self.tie, self.same = self._rows("tie"), self._rows("same")
        self._scratch: list[Scratch] = []

    @property
    def edges(self) -> int:
        return self.first + len(self._more) - len(self.gone)

    def edge(self, column: str, numbers: NDArray[Any]) -> NDArray[Any]:
        """What a column says of edges."""
        base, more = self._base[column], getattr(self._more, column)
        if not len(more):
            return np.asarray(base[numbers])
        out = np.empty(len(numbers), base.dtype)
        old = numbers < self.first
        out[old], out[~old] = base[numbers[old]], more[numbers[~old] - self.first]
        return out

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """One that is all -1; it goes back to those that wait, so that none is made each time."""
        try:
            one = self._scratch.pop()
        except IndexError:
            one = Scratch(len(self.keys))
        try:
            yield one
        finally:
            one.back()
            self._scratch.append(one)

    def parts(self) -> Parts:
        """The whole of it, to be written as one file."""
        edges = join_edges([Edges(**self._base), self._more])
        edges.envelope[self.gone] = NOBODY
        return Parts(
            self.keys.all(), self.node_kind, self.node_envelope, edges, self.marks,
            self.node_kinds, self.edge_kinds, self.grades,
        )  # fmt: skip

    def _rows(self, name: str) -> list[Rows]:
        of = [self.arrays[f"{name}.{part}"] for part in ("start", "other", "envelope", "edge")]
        base = Rows(None, *of)
        old = self.gone[self.gone < self.first]
        a, b, kind = (self._base[column][old] for column in ("a", "b", "kind"))
        mine = (kind == 0) == (name == "same")
        if mine.any():
            base = self._without(name, base, old[mine], a[mine], b[mine])
        number = np.arange(self.first, self.first + len(self._more), dtype=np.int32)
        keep = ((self._more.kind == 0) == (name == "same")) & ~np.isin(number, self.gone)
        if not keep.any():
            return [base] if len(base) else []
        return [base, rows_of(self._more.take(keep), number[keep], None)]

    def _without(self, name: str, rows: Rows, gone: Numbers, a: Numbers, b: Numbers) -> Rows:
        """Edges that were taken out are in an envelope that nobody sees: a copy of those pages of
        the file alone, in memory alone.
        """
        envelope = np.memmap(
            self.arrays.path, np.int32, "c", self.arrays.place(f"{name}.envelope"), len(rows)
        ).view(np.ndarray)
        for edge, *ends in zip(gone.tolist(), a.tolist(), b.tolist(), strict=True):
            for one, other in (ends, ends[::-1]):
                part = rows.between(one, other)
                envelope[part][rows.edge[part] == edge] = NOBODY
        return Rows(None, rows.start, rows.other, envelope, rows.edge)


def _nothing_added(base: Arrays) -> Added:
    meta, none = base.meta, np.empty(0, np.int32)
    return Added(
        read_keys(base, "keys").slice(0, 0), none, none.astype(np.uint16), none, no_edges(), none,
        base["marks"].reshape(-1, 2), tuple(meta["node kinds"]), tuple(meta["edge kinds"]),
        tuple(meta["grades"]), meta["envelopes"],
    )  # fmt: skip


def _set(base: NDArray[Any], added: Added, values: NDArray[Any], empty: int) -> NDArray[Any]:
    if not len(added.set_node):
        return base
    whole = np.concatenate([base, np.full(len(added.keys), empty, base.dtype)])
    whole[added.set_node] = values
    return whole
