"""Labels that are new: all their records lie in the latest periods, and not by chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom, binom

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.confidence import least_discovery_rates

RECENT = 3
FEWEST = 3


@dataclass(frozen=True)
class Emerging:
    """That row `series` is first seen in period `first`. `chance` is that of all its records lying
    so late if its rate had been the same all along.
    """

    series: int
    first: int
    records: int
    chance: float
    discovery_rate: float


def find_emerging(
    table: NDArray[np.int64],
    exposure: NDArray[np.float64],
    *,
    recent: int = RECENT,
    spread: float = 1.0,
    false_discovery: float = 0.05,
) -> list[Emerging]:
    """The labels seen in the last `recent` periods alone, held to a rate of false discoveries
    among all labels that are seen at all.

    Given how many records a label has, they fall late by the late share of its exposure; where
    counts vary `spread` times as much as Poisson, in clumps. Fewer than three records are no news.

    Shapes: table and exposure (labels, periods); what may play no part has exposure nought.
    Raises: ShapeError if shapes differ.
    """
    if table.shape != exposure.shape:
        raise ShapeError(f"expected exposure {table.shape}, got {exposure.shape}")
    known = np.where(exposure > 0, table, 0)
    late = np.zeros(table.shape, bool)
    for row, used in enumerate(exposure > 0):
        late[row, np.nonzero(used)[0][-recent:]] = True
    rows = np.nonzero(known.sum(axis=1))[0]
    chances = np.array([_chance(known[at], exposure[at], late[at], spread) for at in rows])
    rates = least_discovery_rates(chances)
    return [
        Emerging(
            int(row),
            int(np.nonzero(known[row])[0][0]),
            int(known[row].sum()),
            float(chance),
            float(rate),
        )
        for row, chance, rate in zip(rows, chances, rates, strict=True)
        if rate <= false_discovery
        and known[row].sum() >= FEWEST
        and not known[row, ~late[row]].any()
    ]


def _chance(
    counts: NDArray[np.int64],
    exposure: NDArray[np.float64],
    late: NDArray[np.bool_],
    spread: float,
) -> float:
    """That of as many late records as there are, or more."""
    whole, recent = int(counts.sum()), int(counts[late].sum())
    share = float(exposure[late].sum() / exposure.sum())
    if share >= 1 or not recent:
        return 1.0
    if spread <= 1:
        return float(binom.sf(recent - 1, whole, share))
    # Gamma rates of periods that add up: the late part of a whole is beta-binomial.
    size = whole / (spread - 1)
    return float(betabinom.sf(recent - 1, whole, size * share, size * (1 - share)))
