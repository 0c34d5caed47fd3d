"""Lines of a file with their byte offsets, read in blocks, never a whole file at once."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.table import Limits

BLOCK_BYTES = 256 * 1024


class LineSource:
    """Raw lines with their ends (\\n, \\r\\n or \\r), from any offset.

    `offset` (bytes) and `line` (1 = first) are where the next line starts.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file: BinaryIO = path.open("rb")
        self._max_bytes = limits.max_line_bytes
        self.seek(0, 1)

    def __enter__(self) -> "LineSource":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def seek(self, offset: int, line: int) -> None:
        self._file.seek(offset)
        self.offset, self.line = offset, line
        self._ready: Iterator[bytes] = iter(())
        self._rest = b""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        found = next(self._ready, None)
        if found is None:
            self._fill()
            found = next(self._ready)
        if len(found) > self._max_bytes:
            self._refuse(len(found))
        self.offset += len(found)
        self.line += 1
        return found

    def _fill(self) -> None:
        parts, size = [self._rest], len(self._rest)
        self._rest = b""
        while block := self._file.read(BLOCK_BYTES):
            parts.append(block)
            size += len(block)
            if b"\n" in block or b"\r" in block:
                break
            if size > self._max_bytes:
                self._refuse(size)
        else:
            self._ready = iter(b"".join(parts).splitlines(keepends=True))
            return
        lines = b"".join(parts).splitlines(keepends=True)
        # A last line that ends in \r may be one half of \r\n: it waits for the next block.
        if not lines[-1].endswith(b"\n"):
            self._rest = lines.pop()
        self._ready = iter(lines)
        if not lines:
            self._fill()

    def _refuse(self, size: int) -> None:
        raise FileRefused(
            "LINE-TOO-LONG",
            f"Line {self.line} is longer than {self._max_bytes:,} bytes (at least {size:,}). "
            "Is this a text table with one row a line?",
        )
