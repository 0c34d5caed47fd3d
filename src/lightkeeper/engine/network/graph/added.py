"""What was added to a graph, and taken out, since its base was written."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.matcher.container import Arrays, Writer
from lightkeeper.engine.matcher.manifest import FileOf
from lightkeeper.engine.network.graph import files
from lightkeeper.engine.network.graph.building import Marks
from lightkeeper.engine.network.graph.columns import EDGE_ARRAYS, Edges, Numbers, join_edges
from lightkeeper.engine.network.graph.keys import put_keys, read_keys


@dataclass(frozen=True)
class Added:
    """Numbers go on from those of the base. `keys` are of new nodes; what is `set` holds for new
    and old ones, the last word for each; `gone` are edges that were taken out. Marks and lists of
    names are those of the whole graph.
    """

    keys: pa.Array
    set_node: Numbers
    set_kind: NDArray[np.uint16]
    set_envelope: Numbers
    edges: Edges
    gone: Numbers
    marks: Marks
    node_kinds: tuple[str, ...]
    edge_kinds: tuple[str, ...]
    grades: tuple[str, ...]
    envelopes: int


def join(parts: list[Added]) -> Added:
    last = parts[-1]
    return Added(
        pa.concat_arrays([part.keys for part in parts]),
        np.concatenate([part.set_node for part in parts]),
        np.concatenate([part.set_kind for part in parts]),
        np.concatenate([part.set_envelope for part in parts]),
        join_edges([part.edges for part in parts]),
        np.concatenate([part.gone for part in parts]),
        last.marks, last.node_kinds, last.edge_kinds, last.grades, last.envelopes,
    )  # fmt: skip


def write_added(folder: Path, name: str, added: Added) -> FileOf:
    with Writer(folder / name) as writer:
        put_keys(writer, "keys", added.keys)
        for part in ("set_node", "set_kind", "set_envelope", "gone"):
            writer.put(part, getattr(added, part))
        for column in EDGE_ARRAYS:
            writer.put(f"edge.{column}", getattr(added.edges, column))
        writer.put("marks", added.marks.ravel())
        files.reached("added written")
        size, check = writer.close({
            "node kinds": added.node_kinds, "edge kinds": added.edge_kinds,
            "grades": added.grades, "envelopes": added.envelopes,
        })  # fmt: skip
    files.reached("added synced")
    return FileOf(name, size, check)


def read_added(folder: Path, file: FileOf) -> Added:
    """Raises: FormatError if it is not what was written. It is small, so that all of it is read."""
    arrays = Arrays(folder / file.name, file.size, file.check)
    arrays.verify()
    meta = arrays.meta
    return Added(
        read_keys(arrays, "keys"), arrays["set_node"], arrays["set_kind"], arrays["set_envelope"],
        Edges(**{column: arrays[f"edge.{column}"] for column in EDGE_ARRAYS}), arrays["gone"],
        arrays["marks"].reshape(-1, 2), tuple(meta["node kinds"]), tuple(meta["edge kinds"]),
        tuple(meta["grades"]), meta["envelopes"],
    )  # fmt: skip
