"""A folder that is written whole or not at all: under another name until it is finished."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = ".being-written"


@contextmanager
def whole_folder(out: Path, *, force: bool = False) -> Iterator[Path]:
    """A folder to write into, which takes the place of `out` when all went well.

    What an earlier, killed run left is removed. With `force` an `out` that is not empty is
    replaced; it stays as it was until the new one is finished.
    Raises: FileExistsError if `out` is a file, is not empty (without `force`), or is being written
        by somebody else; NotADirectoryError or PermissionError if it cannot be made.
    """
    check_free(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f"{out.name}.partial")
    if partial.exists() and not (partial / MARK).exists():
        raise FileExistsError(f"{partial} is in the way and was not left by an earlier run.")
    partial.mkdir(exist_ok=True)
    with (partial / MARK).open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileExistsError(f"{out} is being written by another run.") from None
        _empty(partial)
        try:
            yield partial
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        _take_place(partial, out)


def check_free(out: Path, *, force: bool) -> None:
    """Raises: FileExistsError if there is something at `out` that is not to be replaced."""
    if out.exists() and not out.is_dir():
        raise FileExistsError(f"{out} is a file. Name a folder that is not there yet.")
    for one in out.absolute().parents:
        if one.exists() and not one.is_dir():
            raise FileExistsError(f"{one} is a file, so that no folder can stand in it.")
    if out.is_dir() and any(out.iterdir()):
        if not force:
            raise FileExistsError(f"{out} is not empty. Name another folder, or use --force.")
        if not _is_nation(out):
            raise FileExistsError(f"{out} holds no nation, so it is not replaced. Name another.")
    old = _replaced(out)
    if old.exists() and not _is_nation(old):
        raise FileExistsError(f"{old} is in the way and holds no nation. Move it, or name another.")


def _is_nation(folder: Path) -> bool:
    """Whether a run wrote this folder: its manifest says who is in it, and nothing else is."""
    try:
        said = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    own = {"README.md", "manifest.json", "feeds", "truth", "mappings", MARK}
    named = isinstance(said, dict) and {"people", "seed", "networks", "files"} <= said.keys()
    return named and {one.name for one in folder.iterdir()} <= own


def _replaced(out: Path) -> Path:
    return out.with_name(f"{out.name}.replaced")


def _empty(partial: Path) -> None:
    for one in partial.iterdir():
        if one.name == MARK:
            continue
        shutil.rmtree(one) if one.is_dir() else one.unlink()


def _take_place(partial: Path, out: Path) -> None:
    _settle(partial)
    old = _replaced(out)
    if out.exists():
        shutil.rmtree(old, ignore_errors=True)
        out.rename(old)
    partial.rename(out)
    (out / MARK).unlink()
    shutil.rmtree(old, ignore_errors=True)


def _settle(folder: Path) -> None:
    """Have the disk hold what was written before the folder is given its name."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
