"""How much a pair may weigh at most, when only some of its fields have been compared.

Most pairs that share a block differ in name and birth date so far that nothing else could bring
them to where a pair is kept. They are told from what was compared first, and the costly rest
(numbers, e-mails, addresses by likeness) is compared for the few that are left. What is kept, and
its weight, is what comparing everything would give.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import OTHER_NAME
from lightkeeper.engine.linkage.model import Comparison, LinkModel, Other
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.scoring import Comparer, Levels, frequency_of

Bits = NDArray[np.float64]
Rows = NDArray[np.int64]
# What tells strangers apart soonest comes first, of what is cheap to compare; what is costly comes
# one field after another, the costliest last.
ORDER = (
    frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME}),
    frozenset({Kind.BIRTH_DATE, Kind.SEX}),
    frozenset({Kind.POSTCODE, Kind.PLACE, Kind.CATEGORY}),
)
LAST = (Kind.ADDRESS, Kind.FULL_ADDRESS)
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
    steps = [{c for c, kind in enumerate(of) if kind in step} for step in ORDER]
    rest = [c for c in range(len(of)) if not any(c in step for step in steps)]
    steps += [{c} for c in sorted(rest, key=lambda c: of[c] in LAST)]
    stages: list[frozenset[int]] = []
    for step in filter(None, steps):
        stages.append(frozenset(step) | (stages[-1] if stages else frozenset()))
    return stages or [frozenset()]


class Bounds:
    """Compares pairs in stages, and lets those go that the model would not keep."""

    def __init__(self, model: LinkModel, comparer: Comparer) -> None:
        self.model, self.comparer, self.stages = model, comparer, stages_of(model)

    def survivors(self, left: Rows, right: Rows) -> Survivors:
        """Those of these pairs that may weigh more than the model keeps, with all their levels."""
        rows = np.arange(len(left))
        wholly, *later = self.stages
        found = self.comparer.compare(left, right, wholly=wholly)
        for stage in later:
            bound = most(self.model, found, wholly)
            near = np.flatnonzero(bound > self.model.missing_weight - SLACK)
            rows, fresh = rows[near], sorted(stage - wholly)
            level, share = found.level[near], found.share[near]
            more = self.comparer.compare(left[rows], right[rows], fresh)
            level[:, fresh], share[:, fresh] = more.level, more.share
            found, wholly = Levels(level, share, found.known), stage
        return Survivors(rows, found)


def most(model: LinkModel, found: Levels, wholly: frozenset[int]) -> Bits:
    """The most that each pair may weigh, (p,) bits, the prior included.

    `found` has the levels of the comparisons in `wholly`; of the others -1 and 0 are right, and
    any other level means one below the first.
    """
    ways = [_tables(model, wholly, None)]
    # People of one home only take away. Another name for one person adds.
    for other in model.homes.others if model.homes else ():
        if other.sort == OTHER_NAME:
            ways.append(_tables(model, wholly, other))
    start = [model.prior_weight + way.odds for way in ways]
    totals = [np.full(len(found.level), bits) for bits in start]
    for c, comparison in enumerate(model.comparisons):
        level = found.level[:, c]
        rare = _more_for_rare(comparison, found, c)
        for total, way in zip(totals, ways, strict=True):
            table = way.tables[c]
            if table is not None:
                total += table[level]
                if rare is not None:
                    total[rare[0]] += rare[1]
    return np.asarray(np.logaddexp2.reduce(totals))


@dataclass(frozen=True)
class _Way:
    """One explanation: its odds in bits, and the most that each level of each comparison weighs,
    the last for a missing value; None where strangers show the same, so that nothing is said.
    """

    odds: float
    tables: tuple[Bits | None, ...]


def _tables(model: LinkModel, wholly: frozenset[int], other: Other | None) -> _Way:
    """Of one person under one name, or of `other`."""
    tables: list[Bits | None] = []
    for c, comparison in enumerate(model.comparisons):
        bits = np.array([level.weight for level in comparison.levels] + [0.0])
        if other is not None:
            shares = other.shares[c]
            if shares is None:
                tables.append(None)
                continue
            m = np.array([level.m for level in comparison.levels])
            bits[:-1] += np.log2(np.asarray(shares) / m)
        if c not in wholly:
            bits[1:-1] = max(bits[1:-1])
        tables.append(bits)
    return _Way(np.log2(other.odds) if other else 0.0, tuple(tables))


def _more_for_rare(comparison: Comparison, found: Levels, c: int) -> tuple[Rows, Bits] | None:
    """The pairs that share a value, and how much more than usual each says, or less."""
    best = comparison.levels[0]
    if not best.by_frequency:
        return None
    rows = np.flatnonzero((found.level[:, c] == 0) & (found.share[:, c] > 0))
    seen = frequency_of(best, found.share[rows, c], int(found.known[c]))
    return rows, np.log2(best.m / seen) - best.weight
