"""Which records are one subject: links joined by their average, and what people decided obeyed.

Two groups are joined along the best mean weight between all their records, so that one doubtful
link cannot chain two subjects together. A pair that was never compared counts against. Weights
are summed as whole millionths of a bit: no order of the input changes any result.

Only records that a chain of sure links connects are weighed together. Such parts are small, and a
part comes out the same alone as in the whole, which is what lets the picture be worked out again
around one record, and for each viewer from what they may see.
"""

import heapq
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lightkeeper.engine.errors import ConflictError, ShapeError

Pair = tuple[int, int]
MILLIONTHS = 1_000_000
# Sixteen to one. On 22,822 historical records the largest part is then 804 records; were every link
# that may join enough, it would be 18,144, for .0015 of F1.
REACH_BITS = 4.0


def resolve(
    record_count: int,
    left: ArrayLike,
    right: ArrayLike,
    weight: ArrayLike,
    same_judgements: Iterable[Pair] = (),
    different_judgements: Iterable[Pair] = (),
    *,
    held: Iterable[Pair] = (),
    join_at: float = -1.0,
    reach_at: float = REACH_BITS,
    missing_weight: float = -6.0,
    most: float = 20.0,
) -> NDArray[np.int64]:
    """The subject of each record, named by the smallest record in it.

    Shapes: left, right (p,) whole numbers below record_count; weight (p,); returns (record_count,)
        int64. A pair may come twice (its best weight counts) and in either order.
    Units: weights in bits; groups join while their mean is at least `join_at`, within a part that
        links of `reach_at` or more connect; a pair without a link, or with a lower one, counts
        `missing_weight`; no link counts for more than `most`.
    Judgements: "same" always joins, "different" never does, whatever the weights say. A `held`
        pair is kept apart as well, unless judgements of "same" have joined it.
    Raises: ShapeError if the arrays do not fit; ConflictError if judgements contradict.
    Source: average-linkage agglomeration (UPGMA), Sokal and Michener 1958.
    """
    if missing_weight >= join_at:
        raise ShapeError("a pair without a link must count less than the weight that joins")
    same = _checked_pairs(record_count, same_judgements)
    different = _checked_pairs(record_count, different_judgements)
    labels = np.arange(record_count, dtype=np.int64)
    anchors = _join_same(labels, same)
    _check_conflicts(anchors, different)
    different += [(a, b) for a, b in _checked_pairs(record_count, held) if anchors[a] != anchors[b]]
    links = _checked_links(record_count, left, right, weight, most)
    missing, floor = round(missing_weight * MILLIONTHS), round(join_at * MILLIONTHS)
    reach = round(max(reach_at, join_at) * MILLIONTHS)
    part, near = _within_reach(anchors, links, missing, reach)
    whole = _of_one_mind(part, near, floor, [*same, *different])
    groups = _Groups(anchors, _as_pairs(near, ~whole[part[near[0]]]), different, missing)
    groups.join_down_to(floor)
    return np.where(whole[part], _smallest(part)[part], groups.labels())


def components(
    record_count: int, left: ArrayLike, right: ArrayLike, same_judgements: Iterable[Pair] = ()
) -> NDArray[np.int64]:
    """The connected component of each record, named by its smallest record.

    Given the links of `reach_at` bits or more: `resolve` on the records of one component, with the
    links and judgements among them, gives exactly what it gives for them in the whole.
    Shapes: as in `resolve`.
    """
    judged = np.array(list(same_judgements), np.int64).reshape(-1, 2)
    one = np.concatenate([np.asarray(left, np.int64), judged[:, 0]])
    two = np.concatenate([np.asarray(right, np.int64), judged[:, 1]])
    part = _connected(record_count, one, two)
    return _smallest(part)[part]


Links = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _checked_links(
    count: int, left: ArrayLike, right: ArrayLike, weight: ArrayLike, most: float
) -> Links:
    """Each pair once, low record before high, with its best weight in millionths."""
    one, two = np.asarray(left, np.int64), np.asarray(right, np.int64)
    bits = np.asarray(weight, np.float64)
    if one.ndim != 1 or not one.shape == two.shape == bits.shape:
        raise ShapeError(
            f"expected three rows of one length, got {one.shape}, {two.shape}, {bits.shape}"
        )
    if np.isnan(bits).any():
        raise ShapeError("every weight must be a number")
    _check_range(count, one, two)
    whole = np.rint(np.clip(bits, -1000, most) * MILLIONTHS).astype(np.int64)
    low, high = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((-whole, high, low))
    low, high, whole = low[order], high[order], whole[order]
    first = np.ones(len(low), bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first &= low != high
    return low[first], high[first], whole[first]


def _within_reach(
    anchors: NDArray[np.int64], links: Links, missing: int, reach: int
) -> tuple[NDArray[np.int64], Links]:
    """The part of each record that sure links connect, and the links that can matter: those with
    both ends in one.
    """
    low, high, whole = links
    said = whole > missing
    low, high, whole = low[said], high[said], whole[said]
    strong = whole >= reach
    part = _connected(len(anchors), anchors[low[strong]], anchors[high[strong]])[anchors]
    near = part[low] == part[high]
    return part, (low[near], high[near], whole[near])


def _connected(count: int, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each record, the same for those that a chain of these pairs connects."""
    graph = coo_matrix((np.ones(len(one), np.int8), (one, two)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _of_one_mind(
    part: NDArray[np.int64], links: Links, floor: int, judged: Sequence[Pair]
) -> NDArray[np.bool_]:
    """For each part whether every two of its records are linked by enough to join, and nobody has
    judged any: every mean of such links is enough as well, so it is one subject.
    """
    low, _, weight = links
    records = np.bincount(part)
    enough = np.bincount(part[low[weight >= floor]], minlength=len(records))
    whole = enough == records * (records - 1) // 2
    if judged:
        whole[part[np.array(judged, np.int64)]] = False
    return np.asarray(whole)


def _smallest(part: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest record of each part."""
    found = np.empty(part.max(initial=-1) + 1, np.int64)
    found[part[::-1]] = np.arange(len(part))[::-1]
    return found


def _as_pairs(links: Links, chosen: NDArray[np.bool_]) -> dict[Pair, int]:
    low, high, whole = (side[chosen].tolist() for side in links)
    return dict(zip(zip(low, high, strict=True), whole, strict=True))


def _checked_pairs(count: int, pairs: Iterable[Pair]) -> list[Pair]:
    found = sorted({(min(pair), max(pair)) for pair in pairs})
    if found:
        both = np.array(found, np.int64)
        _check_range(count, both[:, 0], both[:, 1])
    return found


def _check_range(count: int, low: NDArray[np.int64], high: NDArray[np.int64]) -> None:
    for side in (low, high):
        if len(side) and not (side.min() >= 0 and side.max() < count):
            raise ShapeError(f"records are numbered 0 to {count - 1}")


def _join_same(labels: NDArray[np.int64], pairs: Sequence[Pair]) -> NDArray[np.int64]:
    parent: list[int] = labels.tolist()

    def anchor(record: int) -> int:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for pair in pairs:
        one, two = sorted((anchor(pair[0]), anchor(pair[1])))
        parent[two] = one
    return np.array([anchor(record) for record in range(len(parent))], np.int64)


def _check_conflicts(anchors: NDArray[np.int64], different: Sequence[Pair]) -> None:
    for one, two in different:
        if anchors[one] == anchors[two]:
            raise ConflictError(
                f"Records {one} and {two} were judged different, but other judgements make them "
                f"the same. Undo one of them."
            )


class _Groups:
    """Groups of records, the sum and number of links between each two, and what is forbidden."""

    def __init__(
        self,
        anchors: NDArray[np.int64],
        links: dict[Pair, int],
        different: Sequence[Pair],
        missing: int,
    ) -> None:
        self.anchor: list[int] = anchors.tolist()
        self.size: list[int] = np.bincount(anchors, minlength=len(anchors)).tolist()
        self.missing = missing
        self.near: dict[int, dict[int, tuple[int, int]]] = {}
        self.apart: dict[int, set[int]] = {}
        self.changes: dict[int, int] = {}
        for (a, b), w in links.items():
            one, two = self.anchor[a], self.anchor[b]
            if one != two:
                total, number = self.near.setdefault(one, {}).get(two, (0, 0))
                self._set(one, two, (total + w, number + 1))
        for a, b in different:
            one, two = self.anchor[a], self.anchor[b]
            self.apart.setdefault(one, set()).add(two)
            self.apart.setdefault(two, set()).add(one)

    def _set(self, one: int, two: int, value: tuple[int, int]) -> None:
        self.near.setdefault(one, {})[two] = value
        self.near.setdefault(two, {})[one] = value

    def mean(self, one: int, two: int) -> float:
        total, number = self.near[one][two]
        pairs = self.size[one] * self.size[two]
        return (total + (pairs - number) * self.missing) / pairs

    def join_down_to(self, floor: int) -> None:
        heap = [
            self._entry(one, two)
            for one, others in self.near.items()
            for two in others
            if one < two and self.mean(one, two) >= floor
        ]
        heapq.heapify(heap)
        while heap:
            _, one, two, change_one, change_two = heapq.heappop(heap)
            current = (self.changes.get(one, 0), self.changes.get(two, 0))
            if current != (change_one, change_two) or two in self.apart.get(one, ()):
                continue
            self._merge(one, two)
            for other in self.near[one]:
                if self.mean(one, other) >= floor:
                    heapq.heappush(heap, self._entry(*sorted((one, other))))

    def _entry(self, one: int, two: int) -> tuple[float, int, int, int, int]:
        change = self.changes
        return (-self.mean(one, two), one, two, change.get(one, 0), change.get(two, 0))

    def _merge(self, one: int, two: int) -> None:
        """Take the group `two` into the group `one`, whose anchor is the smaller."""
        self.near[one].pop(two, None)
        for other, (total, number) in self.near.pop(two, {}).items():
            if other == one:
                continue
            del self.near[other][two]
            total_one, number_one = self.near[one].get(other, (0, 0))
            self._set(one, other, (total + total_one, number + number_one))
        for other in self.apart.pop(two, set()):
            self.apart[other].discard(two)
            self.apart[other].add(one)
            self.apart.setdefault(one, set()).add(other)
        self.size[one] += self.size[two]
        self.anchor[two] = one
        self.changes[one] = self.changes.get(one, 0) + 1
        self.changes[two] = self.changes.get(two, 0) + 1

    def labels(self) -> NDArray[np.int64]:
        found = np.array(self.anchor, np.int64)
        while not np.array_equal(found, above := found[found]):
            found = above
        return found
