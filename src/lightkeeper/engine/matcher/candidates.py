"""Whom a record may be: rows that share its keys, the rarest keys first, within a budget."""

import math

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.matcher.segment import Codes
from lightkeeper.engine.matcher.state import State

# Postings read for one look-up, and rows compared: what bounds the time of the slowest.
MOST_POSTINGS = 1500
MOST_ROWS = 60
# So many rows are always compared, or twice as many as are asked for. Of others only those whose
# shared keys are together rarer, in bits, than so many times one record in all.
FEW_ROWS = 20
RARE = 1.25
_LOW = np.uint64(0xFFFFFFFF)


def candidates(state: State, keys: NDArray[np.uint64], k: int = 10) -> Codes:
    """Rows worth comparing, ascending: of those with a key in common, the ones whose shared keys
    are rarest together. A key that would go past the budget is left out, with all that are
    commoner; when every key is so common, part of the rarest is taken.
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
    few = max(FEW_ROWS, 2 * k)
    rare = RARE * math.log2(state.live + 1)
    return _rarest(np.concatenate(rows), np.concatenate(weights), few, rare)


def _rarest(rows: Codes, weights: NDArray[np.float64], few: int, rare: float) -> Codes:
    """Each row once; of more than a few only those whose keys together are rare enough."""
    if not len(rows):
        return rows
    order = np.argsort(rows, kind="stable")
    rows, weights = rows[order], weights[order]
    first = np.nonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))[0]
    each = rows[first]
    if len(each) <= few:
        return each
    total = np.add.reduceat(weights, first)
    many = int(np.clip((total >= rare).sum(), few, max(few, MOST_ROWS)))
    return np.sort(each[np.argsort(-total, kind="stable")[:many]])
