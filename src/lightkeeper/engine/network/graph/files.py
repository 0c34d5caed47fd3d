"""Which files make up a graph, said in one small file that is replaced as a whole.

As in the matcher: whoever is killed while writing leaves the state before or the state after.
"""

import json
import re
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.matcher.manifest import FileOf, sync_folder, write_file

FORMAT = "lightkeeper-graph/1"
NAME = "manifest.json"
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
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise EngineError(f"There is no graph in {folder}. Build one first.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} cannot be read: {error}") from error
    try:
        outer = json.loads(text)
        if outer["format"] != FORMAT:
            raise FormatError(
                f"{path} is of the format {outer['format']}, not {FORMAT}. Build the graph again."
            )
        body = outer["body"]
        if zlib.crc32(_text(body).encode()) != outer["check"]:
            raise FormatError(f"{path} was changed: it does not fit its check.")
        added = tuple(FileOf(**file) for file in body["added"])
        return Manifest(**body | {"base": FileOf(**body["base"]), "added": added})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{path} is not a manifest: {error}. Was it cut short?") from error


def next_number(folder: Path) -> int:
    """Above that of every file that is there: for a graph that takes the place of a damaged one."""
    found = (OURS.fullmatch(path.name) for path in folder.iterdir())
    return 1 + max((int(one[1]) for one in found if one and one[1]), default=0)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Makes this the state of the graph: the one moment at which a write happens."""
    manifest = replace(manifest, generation=manifest.generation + 1)
    body = asdict(manifest)
    outer = {"format": FORMAT, "check": zlib.crc32(_text(body).encode()), "body": body}
    new = folder / f"manifest-{manifest.generation}"
    write_file(new, (json.dumps(outer, indent=1) + "\n").encode())
    reached("manifest written")
    new.rename(folder / NAME)
    reached("manifest renamed")
    sync_folder(folder)
    reached("folder synced")
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


def _text(body: object) -> str:
    return json.dumps(body, sort_keys=True)
