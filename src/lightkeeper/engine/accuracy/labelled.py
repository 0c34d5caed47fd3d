"""Pairs of which it is known whether they are of one person: from a truth, or from judgements."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ShapeError

# Judged pairs stand for the pairs of like weight, in bands of so many bits.
BANDS = (-1.0, 2.0, 4.0, 8.0, 12.0, 18.0)


@dataclass(frozen=True)
class Ends:
    """Labelled pairs, seen from each of their two records, so that each belongs to one group.

    Shapes: all (n,). person, unit int64: of whom the record is, and what is decided as one (a pair
    that was judged, or a person of a truth). joined, true, right int64: how many pairs of this row
    were joined, belong together, and both. stands_for float64: how many pairs each stands for.
    """

    person: NDArray[np.int64]
    unit: NDArray[np.int64]
    joined: NDArray[np.int64]
    true: NDArray[np.int64]
    right: NDArray[np.int64]
    stands_for: NDArray[np.float64]

    def __post_init__(self) -> None:
        if {part.shape for part in vars(self).values()} != {(len(self.person),)}:
            raise ShapeError("the columns of labelled pairs must be of one length")


def ends_of_truth(person: ArrayLike, found: ArrayLike) -> Ends:
    """Each record beside the others of its person, and of the cluster it was put in.

    Shapes: (n,) numbers of the true person and of the cluster of each record; returns n rows.
    """
    one, two = np.asarray(person, np.int64), np.asarray(found, np.int64)
    if one.ndim != 1 or one.shape != two.shape:
        raise ShapeError(f"expected two rows of labels of one length, got {one.shape}, {two.shape}")
    _, both = np.unique(np.column_stack([one, two]), axis=0, return_inverse=True)
    true, joined, right = (_others(labels) for labels in (one, two, both.reshape(-1)))
    return Ends(one, one, joined, true, right, np.ones(len(one)))


def _others(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many more have the same label."""
    _, of, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return np.asarray(sizes[of] - 1, np.int64)


def ends_of_judged(
    persons: ArrayLike, joined: ArrayLike, same: ArrayLike, stands_for: ArrayLike
) -> Ends:
    """Pairs that people judged, a row for each left record and then for each right one.

    Shapes: persons (p, 2); joined by the model, and judged the same (p,) bool; stands_for (p,);
        returns 2p rows.
    """
    person = np.asarray(persons, np.int64)
    put, true = np.asarray(joined, bool), np.asarray(same, bool)
    return Ends(
        person.T.reshape(-1), np.tile(np.arange(len(person)), 2),
        np.tile(put, 2).astype(np.int64), np.tile(true, 2).astype(np.int64),
        np.tile(put & true, 2).astype(np.int64), np.tile(np.asarray(stands_for, np.float64), 2),
    )  # fmt: skip


def stand_for(every: ArrayLike, judged: ArrayLike) -> NDArray[np.float64]:
    """How many pairs each judged one stands for: those of its band of weight, shared by the judged.

    People judge what is doubtful; counted alike, the rest would be forgotten.
    Shapes: weights (p,) of every pair that the model keeps and (j,) of the judged, in bits; NaN for
        a judged pair that the model did not keep, which stands for itself. Returns (j,).
    Source: post-stratification, Holt and Smith 1979.
    """
    weights = np.asarray(judged, np.float64)
    there = np.bincount(_band(every), minlength=len(BANDS) + 1)
    known = ~np.isnan(weights)
    bands = _band(weights[known])
    of_judged = np.bincount(bands, minlength=len(BANDS) + 1)
    found = np.ones(len(weights))
    found[known] = np.maximum(there[bands] / np.maximum(of_judged[bands], 1), 1.0)
    return found


def share_covered(joined: ArrayLike, judged: ArrayLike) -> float:
    """Of the joined pairs, by weight in bits, the share in bands in which any pair was judged."""
    weights = np.asarray(judged, np.float64)
    bands, met = _band(joined), np.unique(_band(weights[~np.isnan(weights)]))
    return float(np.isin(bands, met).mean()) if len(bands) else 0.0


def _band(weights: ArrayLike) -> NDArray[np.int64]:
    return np.asarray(np.digitize(np.asarray(weights, np.float64), BANDS), np.int64)
