"""The bytes of reports as they came, each under its digest."""

import hashlib
import os
from pathlib import Path

from django.conf import settings

from lightkeeper.engine.errors import FileRefused

BLOCK_BYTES = 1024 * 1024


def place_of(digest: str) -> Path:
    return Path(settings.BLOBS) / digest[:2] / digest


def incoming() -> Path:
    """Where bytes wait beside the store, so that the last step is a rename."""
    return Path(settings.BLOBS) / "incoming"


def keep(path: Path, digest: str) -> Path:
    """Move a finished file under its digest. The same bytes again take the place of the first."""
    place = place_of(digest)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.replace(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return place


def remove(digest: str) -> None:
    """Take the bytes out of the store for good. Doing it twice changes nothing."""
    place_of(digest).unlink(missing_ok=True)


def check(digest: str) -> Path:
    """Where the bytes are, after seeing that they are whole.

    Raises: FileRefused LOST or DAMAGED.
    """
    place = place_of(digest)
    if not place.exists():
        raise FileRefused("LOST", "The file as it came is missing from the store. Restore it.")
    seen = hashlib.sha256()
    with place.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            seen.update(block)
    if seen.hexdigest() != digest:
        raise FileRefused("DAMAGED", "The stored file no longer has its digest. Restore it.")
    return place
