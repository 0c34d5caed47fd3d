"""Telling sorts of pairs apart by EM: what each step of it is made of.

Source: mixture of classes within which fields are independent, fitted by EM (Dempster, Laird and
    Rubin 1977), with strangers' levels held at those of random pairs.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import Comparison
from lightkeeper.engine.linkage.scoring import Levels

Bits = NDArray[np.float64]
Shares = list[Bits]

ROUNDS = 30
FEWEST_PAIRS = 20.0
LEAST_SHARE = 0.01  # of pairs of another sort, to those of one subject
# What was known before counts as so many pairs for each that is found, and never as fewer than:
KEPT, LEAST_KEPT = 0.05, 30.0
MOST_BITS = 60.0
LEAST_SHOWN = 0.001


def shown(shares: Bits) -> Bits:
    """No level is so seldom that one slip of a clerk would outweigh all else."""
    return np.asarray(np.maximum(shares, LEAST_SHOWN))


def with_shares(comparisons: Sequence[Comparison], shares: Shares) -> tuple[Comparison, ...]:
    return tuple(
        replace(
            comparison,
            levels=tuple(
                replace(level, m=float(m)) for level, m in zip(comparison.levels, one, strict=True)
            ),
        )
        for comparison, one in zip(comparisons, shares, strict=True)
    )


def odds_of(bits: Bits, odds: float) -> Bits:
    return np.asarray(np.exp2(np.clip(bits, -MOST_BITS, MOST_BITS)) * odds)


def counted(near: Levels, c: int, part: Bits, before: Bits) -> Bits:
    """How often each level is shown, each pair counted for its part, beside what was known before:
    of few or odd records EM would make a sort of its own.
    """
    known = near.level[:, c] >= 0
    count = np.bincount(near.level[known, c], weights=part[known], minlength=len(before))
    kept = max(KEPT * count.sum(), LEAST_KEPT)
    shares = (count + kept * before) / (count.sum() + kept)
    return np.asarray(np.maximum(shares, 1e-6))


def bits_of(
    comparisons: Sequence[Comparison], shares: Sequence[Sequence[float] | Bits | None],
    levels: NDArray[np.int8], weights: Bits,
) -> Bits:  # fmt: skip
    """Bits of a sort of pair against strangers, from those of one person under one name."""
    bits = np.zeros(len(levels))
    for c, (comparison, share) in enumerate(zip(comparisons, shares, strict=True)):
        if share is not None:
            m = np.array([level.m for level in comparison.levels])
            instead = np.append(np.log2(np.asarray(share) / m), 0.0)  # the last: missing
            bits += weights[:, c] + instead[levels[:, c]]
    return bits
