"""How much a pair may weigh at most, when only some of its fields have been compared.

Most pairs that share a block differ in name and birth date so far that nothing else could bring
them to where a pair is kept. They are told from what was compared first, and the costly rest
(addresses, numbers, postcodes by likeness) is compared for the few that are left. What is kept, and
its weight, is what comparing everything would give.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import OTHER_NAME
from lightkeeper.engine.linkage.model import Comparison, LinkModel, Other
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.scoring import Levels, weights_of

Bits = NDArray[np.float64]
Rows = NDArray[np.int64]
# Asks for levels of some pairs (k,): of which comparisons, and which of those wholly; of the others
# only whether a value is missing and whether the first level holds.
Compare = Callable[[Rows, Sequence[int], frozenset[int]], Levels]

# What tells strangers apart soonest comes first, of what is cheap to compare.
FIRST = (Kind.GIVEN_NAME, Kind.FAMILY_NAME)
NEXT = (Kind.BIRTH_DATE, Kind.SEX)
# Sums in another order may differ in the last places; nothing is let go for that.
SLACK = 1e-6


@dataclass(frozen=True)
class Survivors:
    """Pairs that may be kept: rows (k,) ascending, and all their levels."""

    rows: Rows
    levels: Levels


def stages_of(model: LinkModel) -> list[frozenset[int]]:
    """Which comparisons are made wholly, stage by stage; the last has all of them."""
    kinds = {field.name: field.kind for field in model.fields}
    of = [kinds[comparison.column] for comparison in model.comparisons]
    every = frozenset(range(len(of)))
    first = frozenset(c for c, kind in enumerate(of) if kind in FIRST)
    second = first | frozenset(c for c, kind in enumerate(of) if kind in NEXT)
    stages: list[frozenset[int]] = []
    for stage in (first, second, every):
        if stage and (not stages or stage != stages[-1]):
            stages.append(stage)
    return stages or [every]


def survivors(model: LinkModel, count: int, compare: Compare) -> Survivors:
    """Those of `count` pairs that may weigh more than the model keeps, with all their levels."""
    rows = np.arange(count)
    first, *later = stages_of(model)
    found = compare(rows, range(len(model.comparisons)), first)
    wholly = first
    for stage in later:
        near = np.nonzero(most(model, found, wholly) > model.missing_weight - SLACK)[0]
        rows, fresh = rows[near], sorted(stage - wholly)
        level, share = found.level[near], found.share[near]
        more = compare(rows, fresh, stage)
        level[:, fresh], share[:, fresh] = more.level, more.share
        found, wholly = Levels(level, share, found.known), stage
    return Survivors(rows, found)


def most(model: LinkModel, found: Levels, wholly: frozenset[int]) -> Bits:
    """The most that each pair may weigh, (p,) bits, the prior included.

    `found` has the levels of the comparisons in `wholly`; of the others -1 and 0 are right, and
    any other level means one below the first.
    """
    weights = weights_of(model.comparisons, found)
    ways = [_one_way(model, found, weights, wholly, None)]
    # People of one home only take away. Another name for one person adds.
    for other in model.homes.others if model.homes else ():
        if other.sort == OTHER_NAME:
            ways.append(_one_way(model, found, weights, wholly, other))
    return np.asarray(np.logaddexp2.reduce(ways))


def _one_way(
    model: LinkModel, found: Levels, weights: Bits, wholly: frozenset[int], other: Other | None
) -> Bits:
    """The most under one explanation: one person under one name, or `other`."""
    bits = np.full(len(weights), model.prior_weight + (np.log2(other.odds) if other else 0.0))
    for c, comparison in enumerate(model.comparisons):
        instead = _instead(comparison, other.shares[c] if other else None, other is not None)
        if instead is None:
            continue
        level = found.level[:, c]
        said = weights[:, c] + instead[level]
        if c not in wholly:
            below = [one.weight for one in comparison.levels[1:]] + instead[1:-1]
            said = np.where(level > 0, max(below), said)
        bits += said
    return bits


def _instead(comparison: Comparison, shares: Sequence[float] | None, other: bool) -> Bits | None:
    """What is added to the weight of each level, the last for a missing value; None where strangers
    show the same, so that nothing is said.
    """
    if not other:
        return np.zeros(len(comparison.levels) + 1)
    if shares is None:
        return None
    m = np.array([level.m for level in comparison.levels])
    return np.append(np.log2(np.asarray(shares) / m), 0.0)
