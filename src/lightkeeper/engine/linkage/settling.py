"""After training: the share of true pairs, chance agreement without them, levels in order."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.scoring import Levels, weights_of

ROUNDS = 3
FEWEST_MATCHES = 0.05
# What differs where a difference decides is this seldom seen of one subject.
NEVER = 1e-12


def settle(
    every: float,
    records: int,
    comparisons: tuple[Comparison, ...],
    near: Levels,
    random: Levels | None,
    notes: list[str],
) -> tuple[tuple[Comparison, ...], float]:
    """The prior at which the candidate pairs hold as many matches as their weights say.

    Chance agreement is then counted again without the true pairs that fell among the random
    ones, and levels are put in order.
    """
    guess = 1 / max(records, 10)
    if not len(near.level) or random is None:
        notes.append("No pairs to learn from: the share of true pairs is a guess.")
        return comparisons, guess
    prior = guess
    for _ in range(ROUNDS):
        prior = _prior(records, every, weights_of(comparisons, near).sum(axis=1))
        true = _chance(weights_of(comparisons, random).sum(axis=1), prior)
        comparisons = tuple(map(in_order, with_chance(comparisons, random, 1 - true)))
    return comparisons, prior


def with_chance(
    comparisons: Sequence[Comparison], random: Levels, part: NDArray[np.float64]
) -> tuple[Comparison, ...]:
    """The comparisons with u as the random pairs show it, each counted for its `part`."""
    learnt = []
    for c, comparison in enumerate(comparisons):
        known = random.level[:, c] >= 0
        count = np.bincount(
            random.level[known, c], weights=part[known], minlength=len(comparison.levels)
        )
        share = (count + 0.3) / (count.sum() + 0.3 * len(count))
        levels = (
            replace(level, u=float(u)) for level, u in zip(comparison.levels, share, strict=True)
        )
        learnt.append(replace(comparison, levels=tuple(levels)))
    return tuple(learnt)


def as_own(
    comparisons: Sequence[Comparison], fields: Sequence[Field], kinds: Collection[Kind]
) -> tuple[Comparison, ...]:
    """The comparisons, with fields of these kinds as what each subject has for itself: however many
    records share a value, it is one subject's.
    """
    own = {field.name for field in fields if field.kind in kinds}
    return tuple(
        replace(c, levels=tuple(replace(level, by_frequency=False) for level in c.levels))
        if c.column in own
        else c
        for c in comparisons
    )


def decided(
    comparisons: Sequence[Comparison], fields: Sequence[Field], kinds: Collection[Kind]
) -> tuple[Comparison, ...]:
    """The comparisons, with a difference in one of these kinds as good as never of one subject."""
    deciding = {field.name for field in fields if field.kind in kinds}
    return tuple(
        replace(c, levels=(*c.levels[:-1], replace(c.levels[-1], m=NEVER)))
        if c.column in deciding
        else c
        for c in comparisons
    )


def rounded(comparison: Comparison) -> Comparison:
    levels = (
        replace(level, m=round_share(level.m), u=round_share(level.u))
        for level in comparison.levels
    )
    return replace(comparison, levels=tuple(levels))


def in_order(comparison: Comparison) -> Comparison:
    """Weights that never rise from a better level to a worse: levels that do are pooled."""
    pools: list[list[Level]] = []
    for level in comparison.levels:
        pools.append([level])
        while len(pools) > 1 and _ratio(pools[-1]) > _ratio(pools[-2]):
            last = pools.pop()
            pools[-1] += last
    return replace(
        comparison,
        levels=tuple(
            replace(level, m=level.u * _ratio(pool)) if len(pool) > 1 else level
            for pool in pools
            for level in pool
        ),
    )


def _ratio(levels: Sequence[Level]) -> float:
    return sum(level.m for level in levels) / sum(level.u for level in levels)


def _chance(weights: NDArray[np.float64], prior: float) -> NDArray[np.float64]:
    """The probability of one subject, from weights without the prior."""
    odds = np.exp2(np.clip(weights, -60, 60)) * prior / (1 - prior)
    return odds / (1 + odds)


def _prior(records: int, every: float, weights: NDArray[np.float64]) -> float:
    """The share of true pairs that its own result confirms; never below a few in the table."""
    least, prior = FEWEST_MATCHES / records, 1 / max(records, 10)
    for _ in range(30):
        prior = min(max(float(_chance(weights, prior).sum()) / every, least), 0.5)
    return prior


def round_share(share: float) -> float:
    """Six figures: sums over threads differ in the last ones, and a model must not."""
    return float(f"{share:.6g}")
