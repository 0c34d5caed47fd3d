"""Whom a record may be: rows that share its keys, the rarest keys first, within a budget."""

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.matcher.segment import Codes
from lightkeeper.engine.matcher.state import State

# Postings read for one look-up, and rows compared: what bounds the time of the slowest.
MOST_POSTINGS = 4000
MOST_ROWS = 400
_LOW = np.uint64(0xFFFFFFFF)


def candidates(state: State, keys: NDArray[np.uint64]) -> Codes:
    """Rows worth comparing, ascending: of those with a key in common, the ones whose shared keys
    are rarest. A key that would go past the budget is left out, with all that are commoner; when
    every key is so common, part of the rarest is taken.
    """
    if not len(keys) or not state.segments:
        return np.empty(0, np.int64)
    keys = np.sort(keys)
    found = [
        (s.postings.searchsorted(keys), s.postings.searchsorted(keys | _LOW, side="right"))
        for s in state.segments
    ]
    count = np.array([last - first for first, last in found]).sum(axis=0)
    there = np.nonzero(count)[0]
    if not len(there):
        return np.empty(0, np.int64)
    order = there[np.argsort(count[there], kind="stable")]
    wanted = order[: max(int(np.cumsum(count[order]).searchsorted(MOST_POSTINGS, "right")), 1)]
    rarity = np.log2((state.live + 1) / count[wanted])
    rows, weights = [], []
    for base, segment, (first, last) in zip(state.row_base, state.segments, found, strict=True):
        low = first[wanted]
        many = np.minimum(last[wanted] - low, MOST_POSTINGS)
        ranges = zip(low.tolist(), (low + many).tolist(), strict=True)
        own = np.concatenate([segment.postings[a:b] for a, b in ranges]) & _LOW
        each = np.repeat(rarity, many)
        if len(segment.removed.rows):
            here = ~segment.gone(own.astype(np.int64))
            own, each = own[here], each[here]
        rows.append(own.astype(np.int64) + base)
        weights.append(each)
    return _rarest(np.concatenate(rows), np.concatenate(weights))


def _rarest(rows: Codes, weights: NDArray[np.float64]) -> Codes:
    """Each row once; of too many those whose keys together are the rarest."""
    if not len(rows):
        return rows
    order = np.argsort(rows, kind="stable")
    rows, weights = rows[order], weights[order]
    first = np.nonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))[0]
    each = rows[first]
    if len(each) <= MOST_ROWS:
        return each
    total = np.add.reduceat(weights, first)
    return np.sort(each[np.argpartition(-total, MOST_ROWS)[:MOST_ROWS]])
