"""The graph: who is tied to whom, on disk, mapped, walked over what one viewer may see."""

from pathlib import Path as FilePath
from typing import Any, Self

from numpy.typing import ArrayLike

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.matcher.manifest import the_writer
from lightkeeper.engine.network.graph import files
from lightkeeper.engine.network.graph.building import (
    check_same_as,
    parts_of,
    tidied,
    write_base,
)
from lightkeeper.engine.network.graph.columns import Columns, edge_rows, node_rows
from lightkeeper.engine.network.graph.explain import Explanation, explain
from lightkeeper.engine.network.graph.far import best_path
from lightkeeper.engine.network.graph.keys import Key
from lightkeeper.engine.network.graph.nearby import Neighbourhood, nearby
from lightkeeper.engine.network.graph.paths import Path, Paths, all_paths
from lightkeeper.engine.network.graph.sight import Sight
from lightkeeper.engine.network.graph.state import State
from lightkeeper.engine.network.graph.weighing import Weigher, Weighing
from lightkeeper.engine.network.graph.whole import InSight, among, in_sight
from lightkeeper.engine.network.graph.writing import Change, Updated, compact, marks_of, update

TRIES = 5
NEARBY, PATHS, SEARCHED = 10_000, 100, 200_000


class Graph:
    """A graph on disk. One state is seen until `refresh`; other processes may write meanwhile.

    Nodes: key, kind, envelope, which a record has and a shared thing has not. Edges: a, b, kind,
    envelope, and perhaps weight (above 0 to 1), day and grade; what is "same as" costs no step. A
    mask is bool by envelope number. Unknown and hidden keys raise one error, UnknownKey.
    """

    def __init__(self, path: FilePath, state: State) -> None:
        self.path, self._state = path, state

    @classmethod
    def build(
        cls, path: FilePath | str, nodes: Columns, edges: Columns, marks: Columns | None = None
    ) -> Self:
        """A new graph in a folder, in the place of one that is there.

        Raises: ShapeError naming the column, row or key that cannot be; ConflictError for a node
            or an edge that comes twice.
        """
        rows = node_rows(nodes)
        parts = parts_of(rows, edge_rows(edges), marks_of(rows, marks))
        check_same_as(parts.edges, parts.envelope)
        folder = FilePath(path)
        folder.mkdir(parents=True, exist_ok=True)
        with the_writer(folder):
            number = files.next_number(folder)
            base = write_base(folder, f"base-{number:06}", tidied(parts))
            manifest = files.Manifest(base, (), _generation(folder), number + 1)
            files.tidy(folder, files.write_manifest(folder, manifest))
        return cls.open(folder)

    @classmethod
    def open(cls, path: FilePath | str) -> Self:
        """The graph as it stands. Raises: EngineError, FormatError naming the file at fault."""
        folder = FilePath(path)
        return cls(folder, _open(folder))

    def __len__(self) -> int:
        """How many edges there are, for whoever looks after the graph; no viewer is told."""
        return self._state.edges

    @property
    def added(self) -> int:
        """How many edges came or went since the base was written: when to compact."""
        return len(self._state._more) + len(self._state.gone)

    def refresh(self) -> bool:
        """Sees what was written since; says whether anything was."""
        if files.read_manifest(self.path) == self._state.manifest:
            return False
        self._state = _open(self.path)
        return True

    def verify(self) -> None:
        """Reads every byte. Raises: FormatError naming the file and the array that was changed."""
        self._state.arrays.verify()

    def update(
        self, *, nodes: Columns | None = None, edges: Columns | None = None,
        marks: Columns | None = None, without_nodes: Any = (),
        without_edges: Columns | None = None, without_marks: Columns | None = None,
    ) -> Updated:  # fmt: skip
        """What goes, and then what comes, all of it or nothing. Nodes that are there take what is
        said of them now; what is not there to go is passed over; a node goes with its edges.

        Raises: as `build`; ConflictError for an edge that is there already.
        """

        def change(one: Change) -> Updated:
            if without_marks is not None:
                one.mark(without_marks, out=True)
            edges_out = one.without_edges(without_edges) if without_edges is not None else 0
            nodes_out, with_them = (
                one.without_nodes(without_nodes) if len(without_nodes) else (0, 0)
            )
            new_nodes = one.with_nodes(nodes) if nodes is not None else 0
            new_edges = one.with_edges(edges) if edges is not None else 0
            if marks is not None:
                one.mark(marks, out=False)
            return Updated(new_nodes, new_edges, nodes_out, edges_out + with_them)

        done, self._state = update(self.path, change)
        return done

    def compact(self) -> None:
        """One file again. What was taken out leaves the disk, and things nothing is tied to."""
        self._state = compact(self.path)

    def neighbourhood(
        self, seeds: Any, hops: int, mask: ArrayLike, limit: int = NEARBY, *, weighing: Weighing
    ) -> Neighbourhood:
        """All within so many hops; what was narrowed is told."""
        with Sight(self._state, mask) as sight:
            return nearby(sight, seeds, hops, limit, Weigher(self._state, weighing))

    def paths(
        self, a: Key, b: Key, hops_up_to: int, mask: ArrayLike, limit: int = PATHS, *,
        weighing: Weighing,
    ) -> Paths:  # fmt: skip
        """All simple paths of up to 4 hops between two subjects or things, the strongest first."""
        with Sight(self._state, mask) as sight:
            return all_paths(sight, a, b, hops_up_to, limit, Weigher(self._state, weighing))

    def best_path(
        self, a: Key, b: Key, mask: ArrayLike, limit: int = SEARCHED, *, weighing: Weighing
    ) -> Paths:
        """The strongest path of any length, if there is one: none or one."""
        with Sight(self._state, mask) as sight:
            return best_path(sight, a, b, limit, Weigher(self._state, weighing))

    def explain(self, path: Path, mask: ArrayLike, *, weighing: Weighing) -> Explanation:
        """Hop by hop what ties the path together, as far as this viewer sees."""
        with Sight(self._state, mask) as sight:
            return explain(sight, path.keys, Weigher(self._state, weighing))

    def subjects(self, keys: Any, mask: ArrayLike) -> list[Key]:
        """Of each key the reference of its subject: the first key of those that are one with it."""
        with Sight(self._state, mask) as sight:
            units = sight.units(sight.find(keys))
            return self._state.keys.at(sight.reference(units))

    def among(self, keys: Any, mask: ArrayLike, *, weighing: Weighing) -> InSight:
        """The subjects and things of these keys, and what ties them to one another: a chart."""
        with Sight(self._state, mask) as sight:
            return among(sight, Weigher(self._state, weighing), keys)

    def in_sight(self, mask: ArrayLike, *, weighing: Weighing) -> InSight:
        """Every subject, thing and tie that this viewer may see, to be grouped and measured."""
        with Sight(self._state, mask) as sight:
            return in_sight(sight, Weigher(self._state, weighing))


def _generation(folder: FilePath) -> int:
    """That of the graph that is there; 0 if there is none, or a damaged one."""
    try:
        return files.read_manifest(folder).generation
    except EngineError:
        return 0


def _open(folder: FilePath) -> State:
    """A state whose files are all there: a writer may have replaced some meanwhile."""
    for _ in range(TRIES):
        manifest = files.read_manifest(folder)
        try:
            return State(folder, manifest)
        except FileNotFoundError as error:
            missing = FilePath(str(error.filename)).name
            if files.read_manifest(folder).generation == manifest.generation:
                raise FormatError(
                    f"The graph in {folder} needs the file {missing}, which is not there. "
                    "Bring it back from a backup or build again."
                ) from None
    raise EngineError(f"The graph in {folder} was written to again and again. Try once more.")
