"""Which pairs teach most when a person judges them, each with its reason in a sentence.

Subjects join by the mean weight between them, so a judgement is worth asking for where that mean is
near the threshold, and the more so the more records would come together or part. What a single pair
weighs says little: beside what the picture has made of it already, most pairs that weigh much and
are apart are rightly apart. A share of the pairs is drawn at random (`bands.py`), so that the
precision of a threshold can be read from the judgements without favour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError

# One pair in so many is one that was drawn at random.
ONE_DRAWN_IN = 4
# Each pair already picked of the same kind, or of the same subject, divides what a pair is worth.
ALIKE, SAME_SUBJECT = 0.25, 1.0
MOST_BITS = 20.0
CLOSE_BITS, CLEAR_BITS = 1.0, 4.0
AT_RANDOM = (
    "Drawn at random among links of like weight, so that it can be said how often they are right."
)


@dataclass(frozen=True)
class Askable:
    """Pairs that nobody has judged, with what the picture makes of them.

    Shapes: mean (p,) bits, as `mean_between` gives it; one, two (p,) int64, the subjects of the
        ends; size_one, size_two (p,) records in them; kind (p,) int64, a number for pairs that
        compare alike; turn (p,), as `bands.turn_of` gives it; infinite if never drawn at random.
    """

    mean: NDArray[np.float64]
    one: NDArray[np.int64]
    two: NDArray[np.int64]
    size_one: NDArray[np.int64]
    size_two: NDArray[np.int64]
    kind: NDArray[np.int64]
    turn: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {part.shape for part in vars(self).values()}
        if len(shapes) != 1 or self.mean.ndim != 1:
            raise ShapeError(f"expected rows of one length, got {sorted(shapes)}")


@dataclass(frozen=True)
class Pick:
    """A pair by its row, and why it is asked."""

    row: int
    sentence: str


def mean_between(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    weight: NDArray[np.float64],
    subjects: NDArray[np.int64],
    *,
    missing_weight: float,
    most: float = 20.0,
) -> NDArray[np.float64]:
    """For each link the mean weight between the subjects of its ends, or within the one they share,
    as clusters are made: a pair without a link counts `missing_weight`, none more than `most`.

    Shapes: left, right, weight (p,), every link once; subjects (n,), the smallest record of each;
        returns (p,) bits.
    """
    one, two = subjects[left], subjects[right]
    size = np.bincount(subjects, minlength=len(subjects))
    key = np.minimum(one, two) * len(subjects) + np.maximum(one, two)
    _, place, links = np.unique(key, return_inverse=True, return_counts=True)
    total = np.bincount(place, weights=np.minimum(weight, most))
    within = size[one] * (size[one] - 1) // 2
    pairs = np.where(one == two, within, size[one] * size[two])
    return np.asarray((total[place] + (pairs - links[place]) * missing_weight) / pairs)


def worth(pairs: Askable, join_at: float) -> NDArray[np.float64]:
    """How many records each judgement may be expected to move, (p,): the chance that it contradicts
    the picture, times the records of the two subjects, in their geometric mean, or half of one.
    """
    apart = pairs.one != pairs.two
    doubt = 1 / (1 + np.exp2(np.clip(np.abs(pairs.mean - join_at), 0, MOST_BITS)))
    moved = np.where(apart, np.sqrt(pairs.size_one * pairs.size_two), pairs.size_one / 2)
    return np.asarray(doubt * moved)


def in_teaching_order(pairs: Askable, join_at: float) -> Iterator[Pick]:
    """Every pair once, the one that teaches most first, every fourth one drawn at random.

    Equal ones come in the order of their rows.
    """
    by_turn = np.argsort(pairs.turn, kind="stable")
    drawn = iter(by_turn[pairs.turn[by_turn] < np.inf].tolist())
    taught = _greedy(pairs, worth(pairs, join_at))
    given: set[int] = set()
    for place in range(len(pairs.mean)):
        row = _next(drawn, given) if place % ONE_DRAWN_IN == ONE_DRAWN_IN - 1 else None
        at_random = row is not None
        row = _next(taught, given) if row is None else row
        assert row is not None
        given.add(row)
        yield Pick(row, sentence_of(pairs, row, join_at, at_random))


def _next(rows: Iterator[int], given: set[int]) -> int | None:
    return next((row for row in rows if row not in given), None)


def _greedy(pairs: Askable, value: NDArray[np.float64]) -> Iterator[int]:
    """Rows by what they are worth, less for each like one before: a heap whose entries are looked
    at again when they come up.
    """
    kinds, subjects = pairs.kind.tolist(), list(zip(pairs.one.tolist(), pairs.two.tolist(),
                                                    strict=True))  # fmt: skip
    alike: dict[int, int] = {}
    touched: dict[int, int] = {}

    def now(row: int) -> float:
        one, two = subjects[row]
        before = touched.get(one, 0) + (touched.get(two, 0) if one != two else 0)
        less = (1 + ALIKE * alike.get(kinds[row], 0)) * (1 + SAME_SUBJECT * before)
        return float(value[row]) / less

    heap = [(-worth_of, row) for row, worth_of in enumerate(value.tolist())]
    heapify(heap)
    while heap:
        said, row = heappop(heap)
        current = -now(row)
        if heap and (current, row) > heap[0] and current > said:
            heappush(heap, (current, row))
            continue
        alike[kinds[row]] = alike.get(kinds[row], 0) + 1
        for subject in set(subjects[row]):
            touched[subject] = touched.get(subject, 0) + 1
        yield row


def kinds_of(levels: NDArray[np.int8]) -> NDArray[np.int64]:
    """A number for each way of comparing: which fields are missing, agree best, and agree less.

    Shapes: levels (p, c), -1 for missing; returns (p,).
    """
    if not levels.size:
        return np.zeros(len(levels), np.int64)
    _, found = np.unique(np.clip(levels, -1, 1), axis=0, return_inverse=True)
    return np.asarray(found.reshape(-1), np.int64)


def sentence_of(pairs: Askable, row: int, join_at: float, at_random: bool) -> str:
    """Why this pair is asked."""
    if at_random:
        return AT_RANDOM
    off = float(pairs.mean[row]) - join_at
    how = "only just" if abs(off) < CLOSE_BITS else "clearly" if abs(off) > CLEAR_BITS else ""
    one, two = int(pairs.size_one[row]), int(pairs.size_two[row])
    if pairs.one[row] != pairs.two[row]:
        said = f"{how} apart".strip() if off < 0 else "held apart although they look alike"
        return (
            f"They are {said}: should they be one person, subjects of {_records(one)} and "
            f"{_records(two)} come together."
        )
    said = f"{how} together".strip() if off >= 0 else "together by what people said"
    return (
        f"They are {said}: should they be two people, a subject of {_records(one)} has to be "
        "parted."
    )


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"
