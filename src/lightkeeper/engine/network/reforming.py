"""How a network might close again after arrests: a plain model, with a chance somebody chose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.planning import Arrest, Situation, check_plan, standing
from lightkeeper.engine.network.ties import Ties, neighbours, ties_of


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of many runs, and between what nine tenths of them lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reformed:
    """How the network might stand when ties have closed around those who went."""

    largest: Interval
    reached: Interval
    new_ties: Interval
    chance: float
    runs: int
    sentence: str


def reform(
    now: Situation,
    arrested: Sequence[int],
    *,
    chance: float,
    runs: int = 200,
    seed: int = 0,
    steps: int = 2,
) -> Reformed:
    """What might be left of a network after arrests, once it has closed around them.

    Two members who both had a tie to the same arrested person and none to each other make one with
    this chance, for each such person, each pair apart from all others. Children make no new ties.
    It is a model to plan with: nobody knows the chance, so whoever asks gives it.
    Raises: ConflictError for a child; ShapeError for a chance outside 0 to 1 or no runs.
    """
    if not 0 <= chance <= 1 or runs < 1:
        raise ShapeError("A chance lies from 0 to 1, and there is at least one run.")
    check_plan(now, [Arrest(person) for person in arrested])
    pairs, brokers = _open_pairs(now, arrested)
    present = now.present.copy()
    present[list(arrested)] = False
    left = replace(now, present=present)
    chances = 1 - (1 - chance) ** brokers
    rng = np.random.default_rng(seed)
    found = np.empty((runs, 3))
    for run in range(runs):
        new = pairs[rng.random(len(pairs)) < chances]
        after = standing(replace(left, ties=_with(now.ties, new)), steps)
        found[run] = after.largest, len(after.reached), len(new)
    largest, reached, new_ties = (_interval(found[:, column]) for column in range(3))
    alone = standing(left, steps)
    return Reformed(
        largest, reached, new_ties, chance, runs,
        f"At once the largest component has {alone.largest} people. If two who lost the same "
        f"person tie up with a chance of {chance:g}, it has {largest.low:g} to "
        f"{largest.high:g} again.",
    )  # fmt: skip


def _open_pairs(now: Situation, arrested: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of members left who knew the same arrested people and not each other, and how many."""
    near = neighbours(now.ties)
    gone = {person for person in arrested if now.present[person]}
    counted: Counter[tuple[int, int]] = Counter()
    for person in sorted(gone):
        others = [o for o in near[person] if now.members[o] and o not in gone]
        counted.update(combinations(others, 2))
    tied = set(zip(now.ties.one.tolist(), now.ties.two.tolist(), strict=True))
    pairs = sorted(pair for pair in counted if pair not in tied)
    numbers = np.array([counted[pair] for pair in pairs], np.int64)
    return np.array(pairs, np.int64).reshape(-1, 2), numbers


def _with(ties: Ties, new: np.ndarray) -> Ties:
    one = np.concatenate([ties.one, new[:, 0]])
    two = np.concatenate([ties.two, new[:, 1]])
    return ties_of(ties.names, one, two, np.concatenate([ties.weight, np.ones(len(new))]))


def _interval(values: np.ndarray) -> Interval:
    low, high = np.quantile(values, (0.05, 0.95), method="inverted_cdf")
    return Interval(float(values.mean()), float(low), float(high))
