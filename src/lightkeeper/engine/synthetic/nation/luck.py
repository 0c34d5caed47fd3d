"""Chance without a state: what happens to somebody follows from the seed, who they are and what is
asked, so that any part of a nation can be made alone, in any order, by anybody, and is the same.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint64]
Ints = NDArray[np.int64]
Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]


@cache
def _salt(seed: int, what: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(f"{seed}:{what}".encode(), digest_size=8).digest()))


def spread(numbers: Ids) -> Ids:
    """Numbers that look random, another for each.

    Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    """
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True)
class Luck:
    """Draws for ids (n,) uint64; each draw of one id and one `what` is always the same."""

    seed: int

    def number(self, ids: Ids, what: str) -> Ids:
        """(n,) uint64, evenly spread over all 64 bits."""
        return spread(ids + _salt(self.seed, what))

    def share(self, ids: Ids, what: str) -> Shares:
        """(n,) float64, from 0 and less than 1."""
        return (self.number(ids, what) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, ids: Ids, end: int | Ints, what: str) -> Ints:
        """(n,) int64, from 0 and less than `end`, which is at least 1."""
        return (self.share(ids, what) * end).astype(np.int64)

    def hits(self, ids: Ids, odds: float | Shares, what: str) -> Flags:
        """(n,) bool, true at these odds."""
        return self.share(ids, what) < odds

    def choose(self, ids: Ids, weights: Shares, what: str) -> Ints:
        """(n,) int64, places in `weights` (k,), as often as they weigh."""
        edges = np.cumsum(weights) / np.sum(weights)
        found = np.searchsorted(edges, self.share(ids, what), side="right")
        return np.minimum(found, len(weights) - 1).astype(np.int64)

    def common_first(self, ids: Ids, length: int, what: str) -> Ints:
        """(n,) int64, places in a list of which the first come more often than the last."""
        return (self.share(ids, what) ** 2.5 * length).astype(np.int64)
