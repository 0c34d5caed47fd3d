"""The bytes of reports as they came, each under its digest."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.db import connection

from lightkeeper.engine.errors import FileRefused

BLOCK_BYTES = 1024 * 1024
LOCK = 7205


def place_of(digest: str) -> Path:
    return Path(settings.BLOBS) / digest[:2] / digest


def incoming() -> Path:
    """Where bytes wait beside the store, so that the last step is a rename."""
    return Path(settings.BLOBS) / "incoming"


def left() -> Path:
    """Where bytes wait that no report names, before they go."""
    return Path(settings.BLOBS) / "left"


def together() -> None:
    """Until this transaction ends nobody takes bytes out of the store: a report will name them."""
    _lock("pg_advisory_xact_lock_shared")


def alone() -> None:
    """Until this transaction ends nobody puts bytes into the store: what is unused stays so."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [LOCK])


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


def set_aside(digest: str) -> None:
    """Take bytes that no report names out of the store, to wait elsewhere."""
    left().mkdir(mode=0o700, parents=True, exist_ok=True)
    place = left() / digest
    place_of(digest).replace(place)
    os.utime(place)


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
