"""Whom a record may be: rows that share its keys, the rarest keys first, within a budget."""

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.matcher.segment import Codes, Segment
from lightkeeper.engine.matcher.state import State

# Postings read for one look-up, and rows whose codes are: what bounds the time of the slowest.
MOST_POSTINGS = 1500
MOST_ROWS = 40
# So many of these are weighed in full, or half as many again as are asked for.
FEW_ROWS = 15
_LOW = np.uint64(0xFFFFFFFF)
# What stands before and what behind all rows of a key.
_ENDS = np.array([0, _LOW], np.uint64)
# Rows stand above this many bits, in which the number of a key has room.
_OF_KEY = 16
_NONE = np.empty(0, np.int64), np.empty(0)


def few_rows(k: int) -> int:
    """How many rows are weighed in full where k are asked for."""
    return max(FEW_ROWS, k + k // 2)


def candidates(
    state: State, keys: NDArray[np.uint64], k: int = 10
) -> tuple[Codes, NDArray[np.float64]]:
    """Rows worth a look, ascending, with how rare the keys are that they share, in bits: of those
    with a key in common the ones whose keys are rarest together. A key that would go past the
    budget is left out, with all that are commoner; when every key is so common, part of the rarest
    is taken.
    """
    if not len(keys) or not state.segments:
        return _NONE
    ends = (np.sort(keys)[:, None] | _ENDS).reshape(-1)
    found = [s.postings.searchsorted(ends).reshape(-1, 2) for s in state.segments]
    count = sum(np.diff(one)[:, 0] for one in found)
    wanted = _within_budget(np.asarray(count).tolist())
    if not wanted:
        return _NONE
    rows = np.concatenate(
        [
            _read(segment, one[wanted].tolist(), base)
            for base, segment, one in zip(state.row_base, state.segments, found, strict=True)
        ]
    )
    rarity = np.log2((state.live + 1) / np.asarray(count)[wanted])
    return _rarest(rows, rarity, max(MOST_ROWS, few_rows(k)))


def _within_budget(count: list[int]) -> list[int]:
    """The places of the keys that are read: the rarest first, so many that the budget allows."""
    wanted: list[int] = []
    read = 0
    for many, place in sorted((many, place) for place, many in enumerate(count) if many):
        read += many
        if wanted and read > MOST_POSTINGS:
            break
        wanted.append(place)
    return wanted


def _read(segment: Segment, ranges: list[list[int]], base: np.int64) -> Codes:
    """The rows under each key, with the number of the key below them."""
    ranges = [[first, min(last, first + MOST_POSTINGS)] for first, last in ranges]
    own = np.concatenate([segment.postings[first:last] for first, last in ranges])
    rows = (own & _LOW).astype(np.int64)
    key = np.repeat(np.arange(len(ranges)), [last - first for first, last in ranges])
    if len(segment.removed.rows):
        here = ~segment.gone(rows)
        rows, key = rows[here], key[here]
    return np.asarray(((rows + base) << _OF_KEY) | key)


def _rarest(
    rows: Codes, rarity: NDArray[np.float64], most: int
) -> tuple[Codes, NDArray[np.float64]]:
    """Each row once, with the rarity of its keys together; of more than `most` the rarest."""
    if not len(rows):
        return _NONE
    rows.sort()
    key, rows = rows & 0xFFFF, rows >> _OF_KEY
    first = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    each, total = rows[first], np.add.reduceat(rarity[key], first)
    if len(each) <= most:
        return each, total
    least = np.partition(total, len(each) - most)[len(each) - most]
    kept = np.flatnonzero(total >= least)
    if len(kept) > most:
        # Of the last that are alike the first rows.
        last = kept[total[kept] == least][most - len(kept) :]
        kept = np.setdiff1d(kept, last, assume_unique=True)
    return each[kept], total[kept]
