"""Which files make up a graph, said in one small file that is replaced as a whole.

As in the matcher: whoever is killed while writing leaves the state before or the state after.
"""

import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lightkeeper.engine.matcher.manifest import FileOf, read_said, write_said

FORMAT = "lightkeeper-graph/1"
OURS = re.compile(r"(?:base|added)-(\d{6,})|manifest-\d+")


def reached(step: str) -> None:
    """Named steps of a write, in their order; tests die at each."""


@dataclass(frozen=True)
class Manifest:
    """One state of a graph. `number` goes into the next file's name."""

    base: FileOf
    added: tuple[FileOf, ...] = ()
    generation: int = 0
    number: int = 1

    def names(self) -> set[str]:
        return {self.base.name, *(file.name for file in self.added)}


def read_manifest(folder: Path) -> Manifest:
    """Raises: EngineError if there is no graph, FormatError if its manifest was damaged."""
    return read_said(folder, FORMAT, "graph", _manifest)


def _manifest(body: dict[str, Any]) -> Manifest:
    added = tuple(FileOf(**file) for file in body["added"])
    return Manifest(**body | {"base": FileOf(**body["base"]), "added": added})


def next_number(folder: Path) -> int:
    """Above that of every file that is there: for a graph that takes the place of a damaged one."""
    found = (OURS.fullmatch(path.name) for path in folder.iterdir())
    return 1 + max((int(one[1]) for one in found if one and one[1]), default=0)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Makes this the state of the graph: the one moment at which a write happens."""
    manifest = replace(manifest, generation=manifest.generation + 1)
    write_said(folder, FORMAT, asdict(manifest), reached)
    return manifest


def tidy(folder: Path, manifest: Manifest) -> None:
    """Removes what the state does not need. Only for whoever holds the writer's lock; readers of
    an older state keep what they have mapped.
    """
    keep = manifest.names()
    for path in folder.iterdir():
        if OURS.fullmatch(path.name) and path.name not in keep:
            path.unlink(missing_ok=True)
    reached("tidied")
