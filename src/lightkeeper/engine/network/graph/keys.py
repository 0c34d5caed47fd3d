"""External keys of nodes and their numbers: whole numbers or texts, in their order on disk."""

from bisect import bisect_left
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.matcher.container import Arrays, Writer
from lightkeeper.engine.network.graph.columns import Numbers

Key = int | str


class Directory:
    """The keys of a base, which are in order, and of what was added since, which are not.

    Numbers run through both. Of text the order is that of its characters.
    """

    def __init__(self, base: pa.Array, added: pa.Array) -> None:
        self.base, self.added = base, added
        self.text = pa.types.is_large_string(base.type)
        self._whole = None if self.text else base.to_numpy(zero_copy_only=True)
        own = pc.sort_indices(added).to_numpy() if len(added) else np.empty(0, np.uint64)
        self._own = own.astype(np.int64)
        self._names = added.take(pa.array(own)).to_pylist()
        places = [self._place(name) for name in self._names]
        # Between the keys of the base there is room for all that were added.
        self._room = len(added) + 1
        self._rank = np.empty(len(added), np.int64)
        self._rank[self._own] = np.array(places, np.int64) * self._room + np.arange(len(added))

    def __len__(self) -> int:
        return len(self.base) + len(self.added)

    def find(self, keys: pa.Array) -> Numbers:
        """The number of each key, -1 where there is none. Raises: ShapeError for another kind."""
        if not len(keys):
            return np.empty(0, np.int32)
        if pa.types.is_large_string(keys.type) != self.text:
            kind = "texts" if self.text else "whole numbers"
            raise ShapeError(f"The keys of this graph are {kind}; asked was {keys[0].as_py()!r}.")
        if self._whole is None:
            return np.array([self._find(key) for key in keys.to_pylist()], np.int32)
        asked = keys.to_numpy()
        found = _among(self._whole, asked)
        if len(self.added):
            own = _among(self.added.to_numpy()[self._own], asked)
            found = np.where(own >= 0, len(self.base) + self._own[own], found)
        return found.astype(np.int32)

    def at(self, numbers: NDArray[Any]) -> list[Key]:
        first = len(self.base)
        if not len(self.added):
            return list(self.base.take(pa.array(numbers)).to_pylist())
        old = numbers < first
        keys = np.empty(len(numbers), object)
        keys[old] = self.base.take(pa.array(numbers[old])).to_pylist()
        keys[~old] = self.added.take(pa.array(numbers[~old] - first)).to_pylist()
        return list(keys)

    def rank(self, numbers: NDArray[Any]) -> NDArray[np.int64]:
        """In the order of the keys, whatever was added when: ties are broken by it."""
        if not len(self.added):
            return numbers.astype(np.int64)
        first = len(self.base)
        old = numbers < first
        rank = numbers.astype(np.int64) * self._room + self._room - 1
        rank[~old] = self._rank[numbers[~old] - first]
        return rank

    def all(self) -> pa.Array:
        return pa.concat_arrays([self.base, self.added]) if len(self.added) else self.base

    def _find(self, key: Key) -> int:
        place = self._place(key)
        if place < len(self.base) and self.base[place].as_py() == key:
            return place
        own = bisect_left(self._names, key)
        if own < len(self._names) and self._names[own] == key:
            return len(self.base) + int(self._own[own])
        return -1

    def _place(self, key: Key) -> int:
        if self._whole is not None:
            return int(self._whole.searchsorted(key))
        low, high = 0, len(self.base)
        while low < high:
            middle = (low + high) // 2
            if self.base[middle].as_py() < key:
                low = middle + 1
            else:
                high = middle
        return low


def _among(keys: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places in keys that are in order, -1 for those that are not there."""
    place = keys.searchsorted(asked)
    there = place < len(keys)
    there[there] = keys[place[there]] == asked[there]
    return np.where(there, place, -1)


def put_keys(writer: Writer, name: str, keys: pa.Array) -> None:
    if not pa.types.is_large_string(keys.type):
        writer.put(name, keys.to_numpy())
        return
    keys = keys.take(pa.array(np.arange(len(keys))))
    _, ends, text = keys.buffers()
    first = np.frombuffer(ends, np.int64, len(keys) + 1) if len(keys) else np.zeros(1, np.int64)
    body = np.frombuffer(text, np.uint8) if text is not None else np.empty(0, np.uint8)
    writer.put(f"{name}.ends", first)
    writer.put(f"{name}.text", body[: first[-1]])


def read_keys(arrays: Arrays, name: str) -> pa.Array:
    """Where they lie: nothing is copied."""
    if name in arrays:
        return pa.Array.from_buffers(
            pa.int64(), len(arrays[name]), [None, pa.py_buffer(arrays[name])]
        )
    ends, text = arrays[f"{name}.ends"], arrays[f"{name}.text"]
    return pa.Array.from_buffers(
        pa.large_string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(text)]
    )
