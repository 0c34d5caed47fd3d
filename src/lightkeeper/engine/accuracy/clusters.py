"""Exact scores of one grouping of records against another: pairs within clusters and B-cubed."""

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ShapeError


@dataclass(frozen=True)
class Score:
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score_pairs(truth: ArrayLike, found: ArrayLike) -> Score:
    """Of the pairs of records placed together, how many belong together, and the reverse.

    Shapes: truth and found (n,), any labels that can be compared; row i is record i.
    Units: shares of pairs. Where there is no pair to be wrong about, the share is 1.
    Raises: ShapeError if the two differ in length or are not one-dimensional.
    Source: pairwise precision and recall, Menestrina et al. 2010.
    """
    both, true_sizes, found_sizes, _, _ = _overlaps(truth, found)
    right = _pairs(both)
    return Score(_share(right, _pairs(found_sizes)), _share(right, _pairs(true_sizes)))


def score_b_cubed(truth: ArrayLike, found: ArrayLike) -> Score:
    """B-cubed: the same question asked of each record about its companions, then averaged.

    Shapes: truth and found (n,), any labels that can be compared; row i is record i.
    Units: means over records. No records at all score 1.
    Raises: ShapeError if the two differ in length or are not one-dimensional.
    Source: Bagga and Baldwin 1998.
    """
    both, true_sizes, found_sizes, true_of, found_of = _overlaps(truth, found)
    records = int(both.sum())
    if not records:
        return Score(1.0, 1.0)
    squares = both.astype(np.float64) ** 2
    return Score(
        fsum(squares / found_sizes[found_of]) / records,
        fsum(squares / true_sizes[true_of]) / records,
    )


def pairs_within(labels: ArrayLike) -> int:
    """How many pairs of records are placed together.

    Shapes: labels (n,), any that can be compared.
    """
    _, sizes = np.unique(np.asarray(labels), return_counts=True)
    return _pairs(sizes.astype(np.int64))


_Counts = NDArray[np.int64]


def _overlaps(
    truth: ArrayLike, found: ArrayLike
) -> tuple[_Counts, _Counts, _Counts, _Counts, _Counts]:
    """Sizes of every overlap of a true and a found cluster, of each, and which two overlap."""
    one, two = np.asarray(truth), np.asarray(found)
    if one.ndim != 1 or one.shape != two.shape:
        raise ShapeError(f"expected two rows of labels of one length, got {one.shape}, {two.shape}")
    _, true_of, true_sizes = np.unique(one, return_inverse=True, return_counts=True)
    _, found_of, found_sizes = np.unique(two, return_inverse=True, return_counts=True)
    width = max(len(found_sizes), 1)
    cells, both = np.unique(true_of.astype(np.int64) * width + found_of, return_counts=True)
    return (
        both.astype(np.int64),
        true_sizes.astype(np.int64),
        found_sizes.astype(np.int64),
        cells // width,
        cells % width,
    )


def _pairs(sizes: _Counts) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
