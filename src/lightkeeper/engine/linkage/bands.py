"""Bands of weight, and the pairs drawn from each at random, so that what people say of those holds
for all of the band.

Every pair has a number of its own that looks random and never changes. Within a band the pairs with
the lowest numbers are drawn first: what is drawn stays drawn while records come and go, no list of
what was asked has to be kept, and what is drawn tells nothing of any other pair.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.clues import mixed

# Lowest weights of the bands, in bits, which are also the thresholds that may be chosen: narrow
# where the choice is likely to fall.
FLOORS = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
# Pairs below so many bits are drawn so many times as often as others: there the choice is made, and
# there are few of them beside those that nobody doubts.
SURE_BITS, OFTENER = 8.0, 4.0
# Judgements count as those of pairs drawn at random among so many.
MOST_DRAWN = 2000
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
    return mixed(numbers + np.uint64(0x9E3779B97F4A7C15))


def turn_of(weight: ArrayLike, lot: NDArray[np.uint64]) -> NDArray[np.float64]:
    """When each pair is asked, the lowest first: the share of the range that its lot is at, less
    where pairs are drawn oftener.

    Shapes: weight (p,) bits; lot (p,); returns (p,) from 0 to below 1.
    Source: sequential Poisson sampling, Ohlsson 1998.
    """
    share = (lot >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.asarray(np.where(np.asarray(weight) < SURE_BITS, share / OFTENER, share))


def drawn(
    left: ArrayLike,
    right: ArrayLike,
    weight: ArrayLike,
    *,
    most: int = MOST_DRAWN,
    seed: int = SEED,
) -> NDArray[np.int64]:
    """Rows of the pairs that are drawn, in the order in which they are asked.

    Shapes: left, right, weight (p,); returns at most `most` rows. Pairs below every band are left
        out.
    """
    bits = np.asarray(weight, np.float64)
    turn = np.where(bits >= FLOORS[0], turn_of(bits, lot_of(left, right, seed)), np.inf)
    order = np.argsort(turn, kind="stable")[:most]
    return np.asarray(order[turn[order] < np.inf], np.int64)
