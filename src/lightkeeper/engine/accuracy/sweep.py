"""How well every threshold would have done: components of the links above it, all at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from lightkeeper.engine.accuracy.clusters import Score
from lightkeeper.engine.errors import ShapeError

_Numbers = NDArray[np.float64]
_Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Sweep:
    """What joining all links of at least each threshold gives.

    thresholds (t,) falling, the first infinite: nothing joined. Only those that change a cluster
    are listed. pairs and b_cubed (t, 2): precision and recall, each 0 to 1.
    """

    thresholds: _Numbers
    pairs: _Numbers
    b_cubed: _Numbers

    def at(self, threshold: float) -> tuple[Score, Score]:
        """Pairs within clusters and B-cubed where links of at least `threshold` are joined."""
        return self._row(int((self.thresholds >= threshold).sum()) - 1)

    def best(self) -> tuple[float, Score, Score]:
        """The threshold with the best F1 over pairs, the highest of several, and its scores."""
        total = self.pairs.sum(axis=1)
        f1 = 2 * self.pairs.prod(axis=1) / np.where(total > 0, total, 1)
        row = int(np.argmax(f1))
        return (float(self.thresholds[row]), *self._row(row))

    def _row(self, row: int) -> tuple[Score, Score]:
        return Score(*self.pairs[row].tolist()), Score(*self.b_cubed[row].tolist())


def sweep_thresholds(
    truth: ArrayLike, left: ArrayLike, right: ArrayLike, score: ArrayLike
) -> Sweep:
    """Pairs within clusters and B-cubed at every threshold at once.

    Shapes: truth (n,), any labels; left, right (p,) whole numbers below n; score (p,). A pair may
        come twice (its best score counts) and in either order.
    Units: scores as the tool gives them, higher for more alike.
    Raises: ShapeError if the arrays do not fit or a score is not a number.
    Only the links of a maximum spanning forest are followed, at most n - 1 of them: its
    components are those of all links at every threshold.
    """
    names = np.asarray(truth)
    if names.ndim != 1:
        raise ShapeError(f"expected one row of labels, got {names.shape}")
    one, two, bits = _forest(len(names), *_checked(len(names), left, right, score))
    clusters = _Clusters(np.unique(names, return_inverse=True)[1])
    thresholds, rows = [np.inf], [clusters.scores()]
    last = np.append(bits[1:] != bits[:-1], True)
    for a, b, value, closes in zip(
        one.tolist(), two.tolist(), bits.tolist(), last.tolist(), strict=False
    ):
        clusters.join(a, b)
        if closes:
            thresholds.append(value)
            rows.append(clusters.scores())
    found = np.array(rows, np.float64)
    return Sweep(np.array(thresholds), found[:, :2], found[:, 2:])


def _checked(
    count: int, left: ArrayLike, right: ArrayLike, score: ArrayLike
) -> tuple[_Rows, _Rows, _Numbers]:
    one, two = np.asarray(left, np.int64), np.asarray(right, np.int64)
    bits = np.asarray(score, np.float64)
    if one.ndim != 1 or not one.shape == two.shape == bits.shape:
        raise ShapeError(
            f"expected three rows of one length, got {one.shape}, {two.shape}, {bits.shape}"
        )
    if np.isnan(bits).any():
        raise ShapeError("every score must be a number")
    if len(one) and not (min(one.min(), two.min()) >= 0 and max(one.max(), two.max()) < count):
        raise ShapeError(f"records are numbered 0 to {count - 1}")
    return one, two, bits


def _forest(count: int, one: _Rows, two: _Rows, bits: _Numbers) -> tuple[_Rows, _Rows, _Numbers]:
    """The links that join anything on the way down, the highest score first."""
    low, high = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((-bits, high, low))
    low, high, bits = low[order], high[order], bits[order]
    first = low != high
    first[1:] &= (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    low, high, bits = low[first], high[first], bits[first]
    # The sparse matrix takes 0 for no link, so places are counted from 1.
    values, place = np.unique(-bits, return_inverse=True)
    graph = coo_matrix((place + 1.0, (low, high)), shape=(count, count))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    order = np.lexsort((tree.col, tree.row, tree.data))
    rows, columns = tree.row[order].astype(np.int64), tree.col[order].astype(np.int64)
    return rows, columns, -values[tree.data[order].astype(np.int64) - 1]


class _Clusters:
    """Clusters that only grow, and their scores kept up with each that two become."""

    def __init__(self, truth: _Rows) -> None:
        self.truth_sizes: list[int] = np.bincount(truth).tolist()
        self.parent = list(range(len(truth)))
        # Of each cluster: how many records of each true subject, and the sum of their squares.
        self.held: list[dict[int, int]] = [{subject: 1} for subject in truth.tolist()]
        self.squares = [1] * len(truth)
        self.sizes = [1] * len(truth)
        self.true_pairs = sum(size * (size - 1) // 2 for size in self.truth_sizes)
        self.right_pairs = self.found_pairs = 0
        self.precision = float(len(truth))
        self.recall = float(sum(1 for size in self.truth_sizes if size))

    def root(self, record: int) -> int:
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record

    def join(self, a: int, b: int) -> None:
        large, small = self.root(a), self.root(b)
        if large == small:
            return
        if len(self.held[large]) < len(self.held[small]):
            large, small = small, large
        into, common = self.held[large], 0
        for subject, number in self.held[small].items():
            product = number * into.get(subject, 0)
            common += product
            self.recall += 2 * product / self.truth_sizes[subject]
            into[subject] = into.get(subject, 0) + number
        self._count(large, small, common)
        self.held[small] = {}
        self.parent[small] = large

    def _count(self, large: int, small: int, common: int) -> None:
        self.right_pairs += common
        self.found_pairs += self.sizes[large] * self.sizes[small]
        for one in (large, small):
            self.precision -= self.squares[one] / self.sizes[one]
        self.squares[large] += self.squares[small] + 2 * common
        self.sizes[large] += self.sizes[small]
        self.precision += self.squares[large] / self.sizes[large]

    def scores(self) -> tuple[float, float, float, float]:
        """Precision and recall over pairs, then B-cubed; 1 where there is nothing to get wrong."""
        records = len(self.parent)
        return (
            self.right_pairs / self.found_pairs if self.found_pairs else 1.0,
            self.right_pairs / self.true_pairs if self.true_pairs else 1.0,
            self.precision / records if records else 1.0,
            self.recall / records if records else 1.0,
        )
