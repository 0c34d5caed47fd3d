"""Which files make up an index, said in one small file that is replaced as a whole.

Whoever reads the manifest has one state; whoever is killed while writing leaves the old one. One
writer at a time holds the lock; readers hold nothing.
"""

import fcntl
import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from lightkeeper.engine.errors import ConflictError, EngineError, FormatError

FORMAT = "lightkeeper-matcher/1"
NAME = "manifest.json"
LOCK = "lock"
Said = TypeVar("Said")
OURS = ("segment-", "removed-", "values-", "model-", "manifest-")


def reached(step: str) -> None:
    """Named steps of a write, in their order; tests die at each."""


@dataclass(frozen=True)
class FileOf:
    """A file of the index, with its size in bytes and the check of its header."""

    name: str
    size: int
    check: int


@dataclass(frozen=True)
class SegmentOf:
    """A segment, how many records were written to it, and the file of those taken out since."""

    file: FileOf
    rows: int
    removed: FileOf | None = None


@dataclass(frozen=True)
class Manifest:
    """One state of an index. `salt` goes into every hash; `number` into the next file's name."""

    model: FileOf
    salt: str
    values: FileOf | None = None
    segments: tuple[SegmentOf, ...] = ()
    generation: int = 0
    number: int = 1

    def names(self) -> set[str]:
        files = [self.model, self.values, *(s.file for s in self.segments)]
        files += [s.removed for s in self.segments]
        return {file.name for file in files if file is not None}


def new_salt() -> str:
    return secrets.token_hex(16)


def read_manifest(folder: Path) -> Manifest:
    """Raises: EngineError if there is no index, FormatError if its manifest was damaged."""
    return read_said(folder, FORMAT, "index", _manifest)


def _manifest(body: dict[str, Any]) -> Manifest:
    segments = tuple(
        SegmentOf(FileOf(**s["file"]), s["rows"], _file(s["removed"])) for s in body["segments"]
    )
    model, values = FileOf(**body["model"]), _file(body["values"])
    return Manifest(**body | {"model": model, "values": values, "segments": segments})


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Makes this the state of the index: the one moment at which a write happens."""
    manifest = replace(manifest, generation=manifest.generation + 1)
    write_said(folder, FORMAT, asdict(manifest), reached)
    return manifest


def read_said(folder: Path, form: str, thing: str, take: Callable[[dict[str, Any]], Said]) -> Said:
    """What `take` makes of what the manifest of this form says.

    Raises: EngineError if there is no such thing, FormatError if its manifest was damaged.
    """
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise EngineError(f"There is no {thing} in {folder}. Build one first.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} cannot be read: {error}") from error
    try:
        outer = json.loads(text)
        if outer["format"] != form:
            raise FormatError(
                f"{path} is of the format {outer['format']}, not {form}. Build the {thing} again."
            )
        body = outer["body"]
        if zlib.crc32(_text(body).encode()) != outer["check"]:
            raise FormatError(f"{path} was changed: it does not fit its check.")
        return take(body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{path} is not a manifest: {error}. Was it cut short?") from error


def write_said(
    folder: Path, form: str, body: dict[str, Any], reached: Callable[[str], None]
) -> None:
    """Puts a manifest that says this, of its own `generation`, in the place of the last."""
    outer = {"format": form, "check": zlib.crc32(_text(body).encode()), "body": body}
    new = folder / f"manifest-{body['generation']}"
    write_file(new, (json.dumps(outer, indent=1) + "\n").encode())
    reached("manifest written")
    new.rename(folder / NAME)
    reached("manifest renamed")
    sync_folder(folder)
    reached("folder synced")


def write_file(path: Path, body: bytes) -> FileOf:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    return FileOf(path.name, len(body), zlib.crc32(body))


def read_file(folder: Path, file: FileOf) -> bytes:
    """Raises: FormatError, naming the file, if it is not the one that was written."""
    body = (folder / file.name).read_bytes()
    if len(body) != file.size or zlib.crc32(body) != file.check:
        raise FormatError(f"{file.name} was changed: it does not fit its check.")
    return body


def sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def the_writer(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Holds the lock of the only writer; the system lets go of it when a process dies.

    Raises: ConflictError if somebody else is writing and `wait` is false.
    """
    with (folder / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise ConflictError(f"Somebody else is writing to {folder}. Try again later.") from None
        yield


def tidy(folder: Path, manifest: Manifest) -> None:
    """Removes what no state needs: files of a writer that died, and segments that were merged.

    Only for whoever holds the lock. Readers of an older state keep what they have mapped.
    """
    keep = manifest.names()
    for path in folder.iterdir():
        if path.name.startswith(OURS) and path.name not in keep:
            path.unlink(missing_ok=True)
    reached("tidied")


def _file(body: dict[str, object] | None) -> FileOf | None:
    return FileOf(**body) if body is not None else None  # type: ignore[arg-type]


def _text(body: object) -> str:
    return json.dumps(body, sort_keys=True)
