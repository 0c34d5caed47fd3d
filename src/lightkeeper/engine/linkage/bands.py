"""Bands of weight, and the pairs drawn from each at random, so that what people say of those holds
for all of the band.

Every pair has a number of its own that looks random and never changes. Of each band the pairs with
the lowest numbers are drawn: what is drawn stays drawn while records come and go, and whoever reads
the judgements later needs no list of what was asked.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ShapeError

# Lowest weights of the bands, in bits, which are also the thresholds that may be chosen: narrow
# where the choice is likely to fall.
FLOORS = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
MOST_DRAWN = 2000
# Half is shared out by how many pairs a band has, half alike, so that no band goes without.
ALIKE = 0.5
SEED = 1


def band_of(weight: ArrayLike, floors: tuple[float, ...] = FLOORS) -> NDArray[np.int64]:
    """The band of each weight: the place of its floor, -1 below the lowest.

    Shapes: weight (p,) bits; returns (p,).
    """
    return np.searchsorted(np.array(floors), np.asarray(weight, np.float64), side="right") - 1


def lot_of(left: ArrayLike, right: ArrayLike, seed: int = SEED) -> NDArray[np.uint64]:
    """The number that each pair draws, whichever is called left: the same in every run.

    Shapes: left, right (p,) whole numbers of records; returns (p,) uint64, even over its range.
    Source: the finaliser of SplitMix64, Steele, Lea and Flood 2014; numbers that stay for sampling
        again, Ohlsson 1995.
    """
    one, two = np.asarray(left, np.int64), np.asarray(right, np.int64)
    if one.shape != two.shape or one.ndim != 1:
        raise ShapeError(f"expected two rows of one length, got {one.shape}, {two.shape}")
    low, high = np.minimum(one, two).astype(np.uint64), np.maximum(one, two).astype(np.uint64)
    start = _mixed(np.full(len(one), seed, np.uint64))
    return _mixed(_mixed(start ^ low) ^ high)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What goes around is meant to."""
    found = numbers + np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def draw(
    band: NDArray[np.int64], lot: NDArray[np.uint64], *, most: int = MOST_DRAWN
) -> NDArray[np.int64]:
    """In what order pairs are to be judged, so that at any point all bands are served.

    Shapes: band (p,), below zero for pairs that are never drawn; lot (p,); returns (p,) int64, 1
        for the first to be judged, 0 for what is not drawn.
    """
    order = np.zeros(len(band), np.int64)
    rows = np.nonzero(band >= 0)[0]
    if not len(rows):
        return order
    rows = rows[np.lexsort((rows, lot[rows], band[rows]))]
    of = band[rows]
    names, starts, sizes = np.unique(of, return_index=True, return_counts=True)
    place = np.searchsorted(names, of)
    rank = np.arange(len(rows)) - starts[place] + 1
    share = ALIKE / len(names) + (1 - ALIKE) * sizes / len(rows)
    turn = np.lexsort((of, rank / share[place]))[:most]
    order[rows[turn]] = np.arange(1, len(turn) + 1)
    return order
