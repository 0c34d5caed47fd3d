"""Training with people's judgements where there are some, beside what EM learnt without any.

A pair is judged because of how it compares: likely ones, doubtful ones, hardly ever a pair of
strangers. Counting levels among judged pairs would therefore teach that one person's records differ
more than they do. So the judgements do not stand in for the counts of EM; they move its weights as
far as is needed to foretell what people said, and each move has to pay for itself. How pairs were
picked then does not matter, and without a judgement nothing moves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.model import Comparison, Level, LinkModel
from lightkeeper.engine.linkage.scoring import Levels, weights_of
from lightkeeper.engine.linkage.settling import in_order, round_share, rounded

# How far judgements may be expected to move a level's weight from where EM put it: two times of
# three by less than this. Twenty judgements that all say the same of a level move it by a bit or
# so; one that is mistaken by a tenth.
SPREAD_BITS = 0.5
ROUNDS = 50
BIT = math.log(2)
MOST_SHARE = 0.9999


@dataclass(frozen=True)
class Judged:
    """What people decided: left, right (j,) int64, rows of the table; same (j,) bool."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    same: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not self.left.shape == self.right.shape == self.same.shape or self.left.ndim != 1:
            raise ShapeError(
                f"expected three rows of one length, got {self.left.shape}, {self.right.shape}, "
                f"{self.same.shape}"
            )

    def pairs(self, *, same: bool) -> list[tuple[int, int]]:
        """The pairs with that verdict, as `resolve` takes them."""
        rows = self.same == same
        return list(zip(self.left[rows].tolist(), self.right[rows].tolist(), strict=True))


def learn_from_judgements(
    model: LinkModel, levels: Levels, same: NDArray[np.bool_], *, spread_bits: float = SPREAD_BITS
) -> LinkModel:
    """The model with weights moved to what was judged; the very same where nothing was.

    Shapes: levels of the judged pairs (j, c); same (j,) bool. Their order does not matter.
    Units: spread_bits, the prior strength: the standard deviation of a weight around EM's.
    Where a model tells homes apart their part of a weight is taken as it stands.
    Source: logistic regression with a normal prior, found by Newton's method; as a prior EM's own
        weights, as Fellegi and Sunter's sum of weights is the log odds of such a model.
    """
    if len(levels.level) != len(same):
        raise ShapeError(f"expected one verdict a pair, got {len(same)} for {len(levels.level)}")
    if not len(same):
        return model
    bits = weights_of(model.comparisons, levels)
    gained, lost, _ = other_bits(model, levels.level, bits)
    start = bits.sum(axis=1) + model.prior_weight + gained + lost
    moves = _moves(_shown(model.comparisons, levels), start, same, spread_bits)
    comparisons, at = [], 1
    for comparison in model.comparisons:
        end = at + len(comparison.levels)
        comparisons.append(_moved(comparison, moves[at:end]))
        at = end
    odds = model.prior / (1 - model.prior) * 2.0 ** moves[0]
    said = {"same": int(same.sum()), "different": int((~same).sum()), "spread_bits": spread_bits}
    return replace(
        model,
        comparisons=tuple(comparisons),
        prior=round_share(odds / (1 + odds)),
        training=model.training | {"judgements": said},
    )


def _shown(comparisons: Sequence[Comparison], levels: Levels) -> NDArray[np.float64]:
    """Which levels each pair shows, (j, 1 + all levels); the first column is the prior's."""
    parts = [np.ones((len(levels.level), 1))]
    for c, comparison in enumerate(comparisons):
        parts.append(np.equal.outer(levels.level[:, c], np.arange(len(comparison.levels))))
    return np.concatenate(parts, axis=1).astype(np.float64)


def _moves(
    shown: NDArray[np.float64], start: NDArray[np.float64], same: NDArray[np.bool_], spread: float
) -> NDArray[np.float64]:
    """By how many bits to move each column. Sorted first, so that sums come out the same."""
    order = np.lexsort((same, start, *shown.T))
    shown, start, wanted = shown[order], start[order], same[order].astype(np.float64)
    moves = np.zeros(shown.shape[1])
    value = _loss(shown, start, wanted, moves, spread)
    for _ in range(ROUNDS):
        chance = _chance(start + shown @ moves)
        slope = BIT * shown.T @ (wanted - chance) - moves / spread**2
        bend = BIT**2 * (shown.T * (chance * (1 - chance))) @ shown
        bend += np.eye(len(moves)) / spread**2
        step = np.linalg.solve(bend, slope)
        while (after := _loss(shown, start, wanted, moves + step, spread)) > value + 1e-12:
            step = step / 2
        moves, value = moves + step, after
        if np.abs(step).max() < 1e-9:
            break
    return moves


def _loss(
    shown: NDArray[np.float64], start: NDArray[np.float64], wanted: NDArray[np.float64],
    moves: NDArray[np.float64], spread: float,
) -> float:  # fmt: skip
    bits = start + shown @ moves
    signed = np.where(wanted > 0, bits, -bits) * BIT
    return float(np.logaddexp(0.0, -signed).sum() + (moves**2).sum() / (2 * spread**2))


def _chance(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -500, 500))))


def _moved(comparison: Comparison, moves: NDArray[np.float64]) -> Comparison:
    """The comparison with these bits added to its levels, levels in order as after training."""
    if not moves.any():
        return comparison
    levels = tuple(
        _with_m(level, level.m * 2.0 ** float(bits))
        for level, bits in zip(comparison.levels, moves, strict=True)
    )
    return rounded(in_order(replace(comparison, levels=levels)))


def _with_m(level: Level, m: float) -> Level:
    return replace(level, m=min(m, max(MOST_SHARE, level.m)))
