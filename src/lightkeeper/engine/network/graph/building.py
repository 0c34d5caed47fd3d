"""Writing a graph as one file, the same bytes for the same graph in whatever order it came."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.errors import ConflictError, ShapeError
from lightkeeper.engine.matcher.container import Writer
from lightkeeper.engine.matcher.manifest import FileOf
from lightkeeper.engine.network.graph import files
from lightkeeper.engine.network.graph.columns import (
    EDGE_ARRAYS,
    MIXED,
    NOBODY,
    SAME_AS,
    THING,
    EdgeRows,
    Edges,
    NodeRows,
    Numbers,
    codes_of,
    numbered,
    renumbered,
    sorted_words,
    words_added,
)
from lightkeeper.engine.network.graph.keys import put_keys
from lightkeeper.engine.network.graph.rows import Rows, rows_of

Marks = NDArray[np.int32]
MOST = 2**31 - 2


@dataclass(frozen=True)
class Parts:
    """A whole graph with numbers: keys (n,), of each node its kind and envelope, edges, marks
    (k, 2) of a node and an envelope, and the lists of names that the numbers are places in.
    """

    keys: pa.Array
    kind: NDArray[np.uint16]
    envelope: Numbers
    edges: Edges
    marks: Marks
    node_kinds: tuple[str, ...]
    edge_kinds: tuple[str, ...]
    grades: tuple[str, ...]


def parts_of(nodes: NodeRows, edges: EdgeRows, marks: Marks) -> Parts:
    """Raises: ShapeError for an end that is no node, and if keys are of two kinds."""
    if len(nodes.key) and len(edges.a) and nodes.key.type != edges.a.type:
        raise ShapeError(MIXED)
    a, b = (
        pc.index_in(end.cast(nodes.key.type), value_set=nodes.key).fill_null(-1).to_numpy()
        for end in (edges.a, edges.b)
    )
    node_kinds = words_added((), nodes.kind)
    edge_kinds = words_added((SAME_AS,), edges.kind)
    grades = words_added(("",), edges.grade)
    return Parts(
        nodes.key, codes_of(node_kinds, nodes.kind), nodes.envelope,
        numbered(edges, a, b, edge_kinds, grades), marks, node_kinds, edge_kinds, grades,
    )  # fmt: skip


def check_same_as(edges: Edges, envelope: Numbers) -> None:
    """Raises: ShapeError if a thing is said to be the same as something."""
    same = edges.kind == 0
    if (envelope[edges.a[same]] == THING).any() or (envelope[edges.b[same]] == THING).any():
        raise ShapeError("A thing is the same as another by its key; only records are linked.")


def tidied(parts: Parts) -> Parts:
    """In the order of the keys, without what was taken out and things that nothing is tied to."""
    edges, envelope = parts.edges, parts.envelope
    edges = edges.take(edges.envelope != NOBODY)
    tied = np.zeros(len(parts.keys), bool)
    tied[edges.a] = tied[edges.b] = True
    keep = (envelope != NOBODY) & (tied | (envelope != THING))
    order = pc.sort_indices(parts.keys).to_numpy().astype(np.int64)
    order = order[keep[order]]
    number = np.full(len(keep), -1, np.int32)
    number[order] = np.arange(len(order))
    node_kinds, node_place = sorted_words(parts.node_kinds, parts.kind[order])
    edge_kinds, edge_place = sorted_words(parts.edge_kinds, edges.kind, (SAME_AS,))
    grades, grade_place = sorted_words(parts.grades, edges.grade, ("",))
    marks = parts.marks[number[parts.marks[:, 0]] >= 0]
    marks = np.column_stack([number[marks[:, 0]], marks[:, 1]]).astype(np.int32)
    edges = renumbered(
        Edges(**vars(edges) | {"kind": edge_place[edges.kind], "grade": grade_place[edges.grade]}),
        number,
    )
    return Parts(
        parts.keys.take(pa.array(order)), node_place[parts.kind[order]], envelope[order],
        _in_order(edges, edge_kinds), np.unique(marks, axis=0), node_kinds, edge_kinds, grades,
    )  # fmt: skip


def _in_order(edges: Edges, kinds: tuple[str, ...]) -> Edges:
    """Raises: ConflictError for an edge that comes twice."""
    pair = (edges.a.astype(np.int64) << 32) | edges.b
    edges = edges.take(np.lexsort((edges.envelope, edges.kind, pair)))
    again = (
        (edges.a[1:] == edges.a[:-1])
        & (edges.b[1:] == edges.b[:-1])
        & (edges.kind[1:] == edges.kind[:-1])
        & (edges.envelope[1:] == edges.envelope[:-1])
    )
    if again.any():
        kind = kinds[edges.kind[1:][again][0]]
        raise ConflictError(
            f"{int(again.sum()):,} edges come twice with one kind and one envelope, the first of "
            f"them {kind!r}. Give what two records say as two edges only if it is of two labels."
        )
    return edges


def write_base(folder: Path, name: str, parts: Parts) -> FileOf:
    """Shapes: parts as `tidied` gives them."""
    nodes, edges = len(parts.keys), parts.edges
    if nodes > MOST or len(edges) > MOST // 2:
        raise ShapeError(f"A graph has at most {MOST:,} nodes and half as many edges.")
    number = np.arange(len(edges), dtype=np.int32)
    same = edges.kind == 0
    labels = [parts.envelope, edges.envelope, parts.marks[:, 1]]
    with Writer(folder / name) as writer:
        put_keys(writer, "keys", parts.keys)
        writer.put("node.kind", parts.kind)
        writer.put("node.envelope", parts.envelope)
        for rows, which in (("tie", ~same), ("same", same)):
            put_rows(writer, rows, rows_of(edges.take(which), number[which], nodes))
        for column in EDGE_ARRAYS:
            writer.put(f"edge.{column}", getattr(edges, column))
        writer.put("marks", parts.marks.ravel())
        files.reached("base written")
        size, check = writer.close({
            "node kinds": parts.node_kinds, "edge kinds": parts.edge_kinds, "grades": parts.grades,
            "envelopes": 1 + max(int(label.max(initial=-1)) for label in labels),
        })  # fmt: skip
    files.reached("base synced")
    return FileOf(name, size, check)


def put_rows(writer: Writer, name: str, rows: Rows) -> None:
    for part in ("start", "other", "envelope", "edge"):
        writer.put(f"{name}.{part}", getattr(rows, part))
