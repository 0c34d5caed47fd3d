"""Changes to a graph: one file of what came and went, made together or not at all."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lightkeeper.engine.errors import ConflictError, ShapeError
from lightkeeper.engine.matcher.manifest import the_writer
from lightkeeper.engine.network.graph import files
from lightkeeper.engine.network.graph.added import Added, join, write_added
from lightkeeper.engine.network.graph.building import Marks, check_same_as, tidied, write_base
from lightkeeper.engine.network.graph.columns import (
    NOBODY,
    THING,
    Columns,
    Edges,
    NodeRows,
    Numbers,
    codes_of,
    edge_rows,
    keys_of,
    mark_rows,
    no_edges,
    node_rows,
    numbered,
    words_added,
)
from lightkeeper.engine.network.graph.rows import spread
from lightkeeper.engine.network.graph.state import State

# So many small files are read when a graph is opened; then they become one.
MOST_FILES = 16


@dataclass(frozen=True)
class Updated:
    """How many there were of each: new nodes and edges, and those that were there to take out."""

    nodes: int = 0
    edges: int = 0
    nodes_out: int = 0
    edges_out: int = 0


class Change:
    """One change while it is put together, on the state that it will follow."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.keys = pa.array([], state.keys.base.type)
        self.set: list[tuple[Numbers, Any, Numbers]] = []
        self.edges: list[Edges] = []
        self.gone: list[Numbers] = []
        self.marks = state.marks
        self.node_kinds, self.edge_kinds = state.node_kinds, state.edge_kinds
        self.grades = state.grades

    def without_edges(self, columns: Columns) -> int:
        """Those of these ends, kinds and envelopes; others are passed over."""
        rows = edge_rows(columns)
        a, b = (self.state.keys.find(end) for end in (rows.a, rows.b))
        there = (
            (a >= 0)
            & (b >= 0)
            & np.array([kind in self.state.edge_kinds for kind in rows.kind.to_pylist()], bool)
        )
        kinds = np.array(
            [
                self.state.edge_kinds.index(kind)
                for kind in rows.kind.filter(pa.array(there)).to_pylist()
            ]
        )
        found = [
            self._edge(*one)
            for one in zip(
                a[there].tolist(), b[there].tolist(), kinds.tolist(), rows.envelope[there].tolist(),
                strict=True,
            )
        ]  # fmt: skip
        gone = np.unique(np.array([edge for edge in found if edge >= 0], np.int32))
        self.gone.append(gone)
        return len(gone)

    def without_nodes(self, keys: Any) -> tuple[int, int]:
        """These nodes with every edge and mark of theirs."""
        numbers = np.unique(self.state.keys.find(keys_of(keys)))
        numbers = numbers[numbers >= 0]
        numbers = numbers[self.state.node_envelope[numbers] != NOBODY]
        edges = []
        for rows in (*self.state.tie, *self.state.same):
            _, place = spread(*rows.spans(numbers))
            edges.append(rows.edge[place][rows.envelope[place] != NOBODY])
        gone = np.setdiff1d(np.concatenate([*edges, np.empty(0, np.int32)]), self._gone())
        self.gone.append(gone.astype(np.int32))
        nobody = np.full(len(numbers), NOBODY, np.int32)
        self.set.append((numbers, self.state.node_kind[numbers], nobody))
        self.marks = self.marks[~np.isin(self.marks[:, 0], numbers)]
        return len(numbers), len(gone)

    def with_nodes(self, columns: Columns) -> int:
        """New nodes, and for those that are there their kind and envelope of now."""
        rows = node_rows(columns)
        numbers = self.state.keys.find(rows.key)
        before = self._node_envelopes()[numbers]
        if len(turned := np.flatnonzero((before >= 0) & (rows.envelope == THING))):
            key = rows.key[int(turned[0])].as_py()
            raise ShapeError(f"Node {key!r} is a record; give its envelope, or take it out first.")
        new = numbers < 0
        numbers[new] = len(self.state.keys) + np.arange(int(new.sum()))
        self.keys = rows.key.filter(pa.array(new))
        self.node_kinds = words_added(self.node_kinds, rows.kind)
        self.set.append((numbers, codes_of(self.node_kinds, rows.kind), rows.envelope))
        return int((before == NOBODY).sum())

    def with_edges(self, columns: Columns) -> int:
        rows = edge_rows(columns)
        envelope = self._node_envelopes()
        ends = []
        for end in (rows.a, rows.b):
            number = self._find(end)
            ends.append(np.where(envelope[number] == NOBODY, -1, number).astype(np.int32))
        self.edge_kinds = words_added(self.edge_kinds, rows.kind)
        self.grades = words_added(self.grades, rows.grade)
        edges = numbered(rows, ends[0], ends[1], self.edge_kinds, self.grades)
        self._check_new(edges)
        self.edges.append(edges)
        return len(edges)

    def check(self) -> None:
        """Raises: ShapeError if a thing would be the same as something."""
        if self.edges:
            check_same_as(self.edges[0], self._node_envelopes())

    def mark(self, columns: Columns, *, out: bool) -> None:
        """Adds marks of common places, or takes them out. Columns: key, envelope."""
        keys, envelope = mark_rows(columns)
        numbers = self._find(keys)
        missing = np.flatnonzero(self._node_envelopes()[numbers] == NOBODY)
        if not out and len(missing):
            raise ShapeError(f"There is no node {keys[int(missing[0])].as_py()!r} to mark.")
        asked = np.column_stack([numbers, envelope]).astype(np.int32)
        if out:
            taken = {tuple(mark) for mark in asked.tolist()}
            keep = [tuple(mark) not in taken for mark in self.marks.tolist()]
            self.marks = self.marks[np.array(keep, bool)]
        else:
            self.marks = np.unique(np.concatenate([self.marks, asked]), axis=0)

    def added(self) -> Added:
        state = self.state
        nodes, kinds, envelopes = (
            np.concatenate([one[at] for one in self.set]) if self.set else np.empty(0, np.int32)
            for at in range(3)
        )
        edges = self.edges[0] if self.edges else no_edges()
        most = [envelopes.max(initial=-1), edges.envelope.max(initial=-1)]
        most.append(self.marks[:, 1].max(initial=-1))
        return Added(
            self.keys, nodes.astype(np.int32), kinds.astype(np.uint16), envelopes.astype(np.int32),
            edges, self._gone(), self.marks, self.node_kinds, self.edge_kinds, self.grades,
            max(state.envelopes, 1 + int(max(most))),
        )  # fmt: skip

    def _gone(self) -> Numbers:
        return np.concatenate([*self.gone, np.empty(0, np.int32)]).astype(np.int32)

    def _find(self, keys: pa.Array) -> Numbers:
        numbers = self.state.keys.find(keys)
        if len(self.keys):
            new = pc.index_in(keys, value_set=self.keys).fill_null(-1).to_numpy()
            numbers = np.where(
                numbers < 0, np.where(new < 0, -1, len(self.state.keys) + new), numbers
            )
        return numbers.astype(np.int32)

    def _node_envelopes(self) -> Numbers:
        """As they will be; the last place, where -1 leads, is of no node."""
        envelope = np.full(len(self.state.keys) + len(self.keys) + 1, NOBODY, np.int32)
        envelope[: len(self.state.node_envelope)] = self.state.node_envelope
        for numbers, _, values in self.set:
            envelope[numbers] = values
        return envelope

    def _check_new(self, edges: Edges) -> None:
        gone = set(self._gone().tolist())
        seen: set[tuple[int, ...]] = set()
        known = len(self.state.edge_kinds)
        for one in zip(
            edges.a.tolist(), edges.b.tolist(), edges.kind.tolist(), edges.envelope.tolist(),
            strict=True,
        ):  # fmt: skip
            there = self._edge(*one) if one[2] < known else -1
            if one in seen or (there >= 0 and there not in gone):
                ends = [self._key(number) for number in one[:2]]
                raise ConflictError(
                    f"The edge {self.edge_kinds[one[2]]!r} of {ends[0]!r} and {ends[1]!r} is there "
                    "already in that envelope. Take it out to change what it says."
                )
            seen.add(one)

    def _edge(self, a: int, b: int, kind: int, envelope: int) -> int:
        """The number of an edge that was not taken out before, or -1."""
        if max(a, b) >= len(self.state.keys):
            return -1
        for rows in self.state.same if kind == 0 else self.state.tie:
            part = rows.between(a, b)
            at = np.flatnonzero(rows.envelope[part] == envelope)
            edges = rows.edge[part][at]
            edges = edges[self.state.edge("kind", edges) == kind]
            if len(edges):
                return int(edges[0])
        return -1

    def _key(self, number: int) -> Any:
        first = len(self.state.keys)
        if number >= first:
            return self.keys[number - first].as_py()
        return self.state.keys.at(np.array([number]))[0]


def update(folder: Path, change: Callable[[Change], Updated]) -> tuple[Updated, State]:
    """Makes a change on the newest state, under the writer's lock."""
    with Writing(folder) as writing:
        one = Change(writing.state)
        done = change(one)
        one.check()
        return done, writing.write(one.added())


def compact(folder: Path) -> State:
    with Writing(folder) as writing:
        return writing.compact()


class Writing:
    """Holds the writer's lock; an error leaves no file behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            manifest = files.read_manifest(self.folder)
            stack.enter_context(the_writer(self.folder))
            manifest = files.read_manifest(self.folder)
            files.tidy(self.folder, manifest)
            self.state = State(self.folder, manifest)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        with self._stack:
            if kind is not None:
                # What went wrong may have done so after the new manifest took its place.
                files.tidy(self.folder, files.read_manifest(self.folder))

    def write(self, added: Added) -> State:
        manifest = self.state.manifest
        name, kept = f"added-{manifest.number:06}", manifest.added
        if len(kept) >= MOST_FILES and self.state.added is not None:
            added, kept = join([self.state.added, added]), ()
        file = write_added(self.folder, name, added)
        return self._done(replace(manifest, added=(*kept, file), number=manifest.number + 1))

    def compact(self) -> State:
        manifest = self.state.manifest
        name = f"base-{manifest.number:06}"
        base = write_base(self.folder, name, tidied(self.state.parts()))
        return self._done(replace(manifest, base=base, added=(), number=manifest.number + 1))

    def _done(self, manifest: files.Manifest) -> State:
        self.state = State(self.folder, files.write_manifest(self.folder, manifest))
        files.tidy(self.folder, self.state.manifest)
        return self.state


def marks_of(nodes: NodeRows, columns: Columns | None) -> Marks:
    """Marks of nodes that are just being built. Raises: ShapeError for a key that is no node."""
    if columns is None:
        return np.empty((0, 2), np.int32)
    keys, envelope = mark_rows(columns)
    found = pc.index_in(keys.cast(nodes.key.type), value_set=nodes.key).fill_null(-1).to_numpy()
    if len(missing := np.flatnonzero(found < 0)):
        raise ShapeError(f"There is no node {keys[int(missing[0])].as_py()!r} to mark.")
    return np.column_stack([found, envelope]).astype(np.int32)
