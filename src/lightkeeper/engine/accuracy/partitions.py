"""How far two ways to group the same things agree."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ShapeError


def normalised_mutual_information(one: ArrayLike, two: ArrayLike) -> float:
    """What one grouping says of the other, 0 to 1: 1 if they are the same but for names.

    Shapes: both (n,), a label for each.
    Raises: ShapeError if they do not fit.
    Source: twice the mutual information over the sum of the entropies (Danon and others 2005).
    """
    first, second = np.asarray(one), np.asarray(two)
    if first.ndim != 1 or first.shape != second.shape:
        raise ShapeError(f"expected two rows of one length, got {first.shape}, {second.shape}")
    _, a = np.unique(first, return_inverse=True)
    _, b = np.unique(second, return_inverse=True)
    entropies = _entropy(np.bincount(a)) + _entropy(np.bincount(b))
    if not entropies:
        return 1.0
    _, joint = np.unique(a * (b.max() + 1) + b, return_counts=True)
    return float(max(0.0, 2 * (entropies - _entropy(joint)) / entropies))


def _entropy(counts: NDArray[np.int64]) -> float:
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum()) if len(counts) > 1 else 0.0
