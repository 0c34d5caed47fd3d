"""Named arrays in one file that is written once, checked, and read where it lies.

The arrays, each at a multiple of 64 bytes; then a header in JSON that says where; then the last
28 bytes: where the header is, how long, its CRC-32, and a mark. A file cut short has no mark.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import FormatError

MARK = b"LKARRAY1"
END = struct.Struct("<QQI8s")
ALIGN = 64
Array = NDArray[Any]


class Writer:
    """Writes the arrays one after the other; nothing is a file of arrays before `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._arrays: dict[str, tuple[str, int, int, int]] = {}

    def put(self, name: str, array: Array) -> None:
        self.put_pieces(name, array.dtype, [array])

    def put_pieces(self, name: str, dtype: Any, pieces: Iterable[Array]) -> None:
        """One array whose pieces need not be in memory together."""
        kind = np.dtype(dtype)
        self._file.write(bytes(-self._file.tell() % ALIGN))
        start, count, check = self._file.tell(), 0, 0
        for piece in pieces:
            body = np.ascontiguousarray(piece, kind).data.cast("B") if piece.size else b""
            self._file.write(body)
            check = zlib.crc32(body, check)
            count += piece.size
        self._arrays[name] = (kind.str, count, start, check)

    def close(self, meta: dict[str, Any]) -> tuple[int, int]:
        """Writes the header and waits for the disk; gives the size and the header's check."""
        header = json.dumps({"arrays": self._arrays, "meta": meta}).encode()
        at, check = self._file.tell(), zlib.crc32(header)
        self._file.write(header + END.pack(at, len(header), check, MARK))
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        return size, check

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


class Arrays:
    """A file of arrays, mapped into memory: its pages are read when they are asked for.

    Raises: FormatError, naming the file, if it is not what `size` and `check` say.
    """

    def __init__(self, path: Path, size: int, check: int) -> None:
        self.path = path
        with path.open("rb") as file:
            found = os.fstat(file.fileno()).st_size
            if found != size or size < END.size:
                raise FormatError(
                    f"{path.name} has {found:,} bytes where {size:,} were written. "
                    "It was cut short or changed; bring it back from a backup or build again."
                )
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        at, length, crc, mark = END.unpack(self.map[-END.size :])
        header = self.map[at : at + length] if mark == MARK else b""
        if mark != MARK or crc != check or zlib.crc32(header) != check:
            raise FormatError(
                f"{path.name} is not the file that was written: its header does not fit its check. "
                "Bring it back from a backup or build again."
            )
        body = json.loads(header)
        self.meta: dict[str, Any] = body["meta"]
        self._arrays: dict[str, tuple[str, int, int, int]] = body["arrays"]

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __getitem__(self, name: str) -> Array:
        kind, count, start, _ = self._arrays[name]
        return np.frombuffer(self.map, np.dtype(kind), count, start)

    def whole(self, kind: str) -> Array:
        """The file as one array: what reads from several of its arrays at once begins here."""
        size = np.dtype(kind).itemsize
        return np.frombuffer(self.map, np.dtype(kind), len(self.map) // size)

    def place(self, name: str) -> int:
        """Where in the file the array begins."""
        return self._arrays[name][2]

    def verify(self) -> None:
        """Reads everything. Raises: FormatError naming the file and the array that was changed."""
        for name, (_, _, _, check) in self._arrays.items():
            array = self[name]
            if zlib.crc32(array.data.cast("B") if array.size else b"") != check:
                raise FormatError(f"{self.path.name}: the content of {name} was changed.")
