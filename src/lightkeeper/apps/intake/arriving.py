"""Bytes on their way in: streamed in blocks, looked at before the first is written, never whole in
memory.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats import Limits, Table, open_table, sniff
from lightkeeper.engine.formats.cells import CALL, holds_media

BLOCK_BYTES = 256 * 1024
# An embedded file may stand across two blocks: the end of each is looked at again with the next.
OVERLAP_BYTES = 8 * 1024
LONG_RUN = b"a" * 4000
KEPT_SECONDS = 24 * 60 * 60
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_RUNS = bytes(97 if byte in _BASE64 else 32 for byte in range(256))
_MARKS = (b"data:", b"/9j/", b"ivborw0", b"r0lgod", b"uklgr", b"aaaa", b"uesdb", b"<svg")


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Arrived:
    """What came: where its bytes wait, or why none was kept."""

    digest: str
    size_bytes: int
    path: Path | None = None
    format: str = ""
    refusal: FileRefused | None = None


def limits() -> Limits:
    return Limits(max_bytes=settings.LARGEST_UPLOAD)


def folder() -> Path:
    """Where bytes wait that are not yet a report."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def arrive(stream: Stream, file_name: str, *, into: Path) -> Arrived:
    """Take in a file whole, or keep no byte of it.

    Media are known by the first block and then only counted and hashed; whatever else cannot be
    read is removed once that is known. What is kept is on the disk when this returns.
    """
    if isinstance(stream, TurnedAway):
        return Arrived(stream.digest, stream.size or 0, refusal=stream.refusal)
    blocks = _blocks(stream)
    first = next(blocks, b"")
    digest, size = hashlib.sha256(first), len(first)
    refusal = media_in(first, file_name)
    if refusal:
        for block in blocks:
            digest.update(block)
            size += len(block)
        return Arrived(digest.hexdigest(), size, refusal=refusal)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = into / f"{secrets.token_hex(16)}.part"
    try:
        refusal, size = _write(path, first, blocks, digest)
        format_ = "" if refusal else sniff(path, file_name, limits=limits())
    except FileRefused as error:
        refusal, format_ = error, ""
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if refusal:
        path.unlink(missing_ok=True)
        return Arrived(digest.hexdigest(), size, refusal=refusal)
    return Arrived(digest.hexdigest(), size, path, format_)


def _blocks(stream: Stream) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _write(
    path: Path, first: bytes, blocks: Iterator[bytes], digest: Any
) -> tuple[FileRefused | None, int]:
    """Write until something forbids it; the rest is then only counted and hashed."""
    watch, size, most = _Watch(is_text=not first.startswith(b"PK")), len(first), limits().max_bytes
    refusal = watch.look(first)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(first)
        for block in blocks:
            digest.update(block)
            size += len(block)
            refusal = refusal or watch.look(block) or _too_large(size, most)
            if not refusal:
                out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return refusal, size


def _too_large(size: int, most: int) -> FileRefused | None:
    if size <= most:
        return None
    return FileRefused(
        "TOO-LARGE",
        f"The file has more than {most:,} bytes, which is the limit. Split it and send the parts.",
    )


class _Watch:
    """Looks for files embedded in a text, block by block. Its raw bytes would be kept with it."""

    def __init__(self, *, is_text: bool) -> None:
        self.is_text, self.line, self.tail = is_text, 1, b""

    def look(self, block: bytes) -> FileRefused | None:
        if not self.is_text:
            return None
        window = self.tail + block
        found = self._line_with_media(window)
        self.tail = window[-OVERLAP_BYTES:]
        self.line += window.count(b"\n") - self.tail.count(b"\n")
        if found is None:
            return None
        return FileRefused(
            "MEDIA",
            f"Line {found} holds an embedded file, and a report is kept as it came. {CALL}",
        )

    def _line_with_media(self, window: bytes) -> int | None:
        lower = window.lower()
        if not any(mark in lower for mark in _MARKS) and LONG_RUN not in window.translate(_RUNS):
            return None
        for number, line in enumerate(window.split(b"\n")):
            if holds_media(line.decode("latin-1")):
                return self.line + number
        return None


class _Head:
    """The first block of a file that is still coming, as `sniff` asks for a file."""

    def __init__(self, block: bytes, name: str) -> None:
        self.block, self.name = block, name

    def stat(self) -> SimpleNamespace:
        return SimpleNamespace(st_size=len(self.block))

    def open(self, mode: str) -> BytesIO:
        return BytesIO(self.block)


def media_in(first: bytes, file_name: str) -> FileRefused | None:
    """Why a file that begins like this is not taken, if it is a picture, video or sound."""
    if not first or first.startswith(b"PK"):
        return None  # a workbook is looked into when it is whole
    try:
        sniff(_Head(first, file_name), file_name, limits=limits())  # type: ignore[arg-type]
    except FileRefused as refusal:
        return refusal if refusal.code == "MEDIA" else None
    return None


class TurnedAway(UploadedFile):
    """A file of which only the digest and the size were taken."""

    def __init__(self, name: str, size: int, digest: str, refusal: FileRefused) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.digest, self.refusal = digest, refusal


class RefuseMedia(TemporaryFileUploadHandler):
    """Files of a form go to disk as they come, but of a picture not one byte does."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.refusal: FileRefused | None = None
        self.seen = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start == 0:
            self.refusal = media_in(raw_data, self.file_name or "")
        if self.refusal is None:
            return super().receive_data_chunk(raw_data, start)  # type: ignore[func-returns-value]
        self.seen.update(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile:
        if self.refusal is None:
            return super().file_complete(file_size)
        self.file.close()
        return TurnedAway(self.file_name or "", file_size, self.seen.hexdigest(), self.refusal)


def open_arrived(path: Path, file_name: str, format: str, encoding: str) -> Table:
    """The table in a file as it was sent. Raises: FileRefused."""
    return open_table(path, format, limits=limits(), name=file_name, encoding=encoding)


def purge(now: float | None = None) -> int:
    """Remove what has waited for more than a day. Returns how many files went."""
    before = (now or time.time()) - KEPT_SECONDS
    old = [path for path in folder().iterdir() if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def reading(path: Path) -> IO[bytes]:
    return path.open("rb")
