"""Ties between people as plain arrays, each pair once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lightkeeper.engine.errors import ShapeError

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """`one` and `two` (m,) int64 below len(names), low before high, each pair once and in order;
    `weight` (m,) float64 above nought.
    """

    names: tuple[str, ...]
    one: Numbers
    two: Numbers
    weight: NDArray[np.float64]

    @property
    def people(self) -> int:
        return len(self.names)


def ties_of(
    names: Sequence[str], one: ArrayLike, two: ArrayLike, weight: ArrayLike | None = None
) -> Ties:
    """Ties with each pair once, whatever its direction: weights of one pair add up, and ties of
    somebody to themselves go.

    Shapes: one, two (p,) whole numbers below len(names); weight (p,), 1 each if there is none.
    Raises: ShapeError if the arrays do not fit, or a weight is not a number above nought.
    """
    first, second = np.asarray(one, np.int64), np.asarray(two, np.int64)
    heavy = np.ones(len(first)) if weight is None else np.asarray(weight, np.float64)
    if first.ndim != 1 or not first.shape == second.shape == heavy.shape:
        raise ShapeError(
            f"expected three rows of one length, got {first.shape}, {second.shape}, {heavy.shape}"
        )
    if not (np.isfinite(heavy) & (heavy > 0)).all():
        raise ShapeError("every weight must be a number above nought")
    check_range(len(names), first, second)
    low, high = np.minimum(first, second), np.maximum(first, second)
    low, high, heavy = low[low != high], high[low != high], heavy[low != high]
    # Sorted by weight as well: a sum in another order may differ in its last digit.
    order = np.lexsort((heavy, high, low))
    low, high, heavy = low[order], high[order], heavy[order]
    begins = np.ones(len(low), bool)
    begins[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    sums = np.add.reduceat(heavy, np.flatnonzero(begins)) if len(low) else heavy
    return Ties(tuple(names), low[begins], high[begins], sums)


def check_range(count: int, *sides: Numbers) -> None:
    """Raises: ShapeError if somebody is not numbered 0 to count - 1."""
    for side in sides:
        if len(side) and not (side.min() >= 0 and side.max() < count):
            raise ShapeError(f"people are numbered 0 to {count - 1}")


def kept(ties: Ties, stay: Mask) -> Ties:
    """The same people, with the ties among those who stay and no others."""
    among = stay[ties.one] & stay[ties.two]
    return Ties(ties.names, ties.one[among], ties.two[among], ties.weight[among])


def among(ties: Ties, stay: Mask) -> tuple[Ties, Numbers]:
    """Those who stay and the ties among them, numbered anew, and the number that each had."""
    people = np.flatnonzero(stay)
    number = np.full(ties.people, -1, np.int64)
    number[people] = np.arange(len(people))
    left = kept(ties, stay)
    names = tuple(ties.names[person] for person in people.tolist())
    return Ties(names, number[left.one], number[left.two], left.weight), people


def within(ties: Ties, start: Mask, steps: int) -> Mask:
    """Whoever is at most so many steps from somebody in `start`, and these themselves."""
    reached = start.copy()
    for _ in range(steps):
        further = reached.copy()
        further[ties.two[reached[ties.one]]] = True
        further[ties.one[reached[ties.two]]] = True
        if (further == reached).all():
            break
        reached = further
    return reached


def parts(ties: Ties) -> Numbers:
    """A number for each person, the same for those whom a chain of ties connects."""
    shape = (ties.people, ties.people)
    graph = coo_matrix((np.ones(len(ties.one), np.int8), (ties.one, ties.two)), shape=shape)
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def part_sizes(ties: Ties, stay: Mask) -> Numbers:
    """How many people each part has, largest first, among those who stay."""
    counted = np.bincount(parts(kept(ties, stay))[stay])
    return np.asarray(-np.sort(-counted[counted > 0]), np.int64)


def neighbours(ties: Ties) -> list[list[int]]:
    """Whom each person is tied to, in ascending order."""
    near: list[list[int]] = [[] for _ in range(ties.people)]
    for one, two in zip(ties.one.tolist(), ties.two.tolist(), strict=True):
        near[one].append(two)
        near[two].append(one)
    return [sorted(others) for others in near]


def name_ranks(names: Sequence[str]) -> Numbers:
    """The place of each name, with numbers in names in the order of numbers: P2 before P10."""
    order = sorted(range(len(names)), key=lambda person: _natural(names[person]))
    ranks = np.empty(len(names), np.int64)
    ranks[order] = np.arange(len(names))
    return ranks


def _natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    pieces = re.findall(r"[0-9]+|[^0-9]+", name)
    return [_piece(p) for p in pieces], name


def _piece(text: str) -> tuple[int, int, str]:
    """Numbers before words, by length and then by digits: some have more than Python reads."""
    if text[0] not in "0123456789":
        return 1, 0, text.casefold()
    digits = text.lstrip("0")
    return 0, len(digits), digits
