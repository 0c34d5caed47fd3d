"""How sure a change is: by reshuffled periods, and by how many series were looked at."""

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.trends.changes import split_gains

FIRST_SHUFFLES = 199
MOST_SHUFFLES = 19_999
# Once so many shuffles did as well, more would not make it a change.
ENOUGH = 10
PIECE = 1_000
Floats = NDArray[np.float64]


def chance_of_split(counts: Floats, exposure: Floats, *, seed: int, shuffles: int) -> float:
    """How often periods in another order, each with its exposure, split as well as these do.

    The best place of each order is compared with the best place of ours, so having looked for the
    place is paid for. How much the counts vary need not be known. Exact if periods without a
    change could have come in any order; exposures that differ make it near.

    Shapes: (periods,). Returns 1/(shuffles + 1) to 1.
    Source: permutation test that stops early (Besag and Clifford 1991).
    """
    ours = float(split_gains(counts, exposure).max(initial=-np.inf))
    if not np.isfinite(ours) or ours <= 0:
        return 1.0
    ours -= 1e-9 * (1 + ours)
    # The same orders for every series of as many periods: none depends on where a series stands.
    rng = np.random.default_rng([seed, len(counts)])
    done = as_well = 0
    for piece in _pieces(shuffles):
        order = rng.permuted(np.tile(np.arange(len(counts)), (piece, 1)), axis=1)
        as_well += int((split_gains(counts[order], exposure[order]).max(axis=1) >= ours).sum())
        done += piece
        if as_well >= ENOUGH:
            break
    return (as_well + 1) / (done + 1)


def _pieces(shuffles: int) -> list[int]:
    first = min(FIRST_SHUFFLES, shuffles)
    rest = shuffles - first
    return [first] + [min(PIECE, rest - at) for at in range(0, rest, PIECE)]


def shuffles_for(tests: int, false_discovery: float) -> int:
    """So many that the best of `tests` series can be found at all, and no more than 19,999."""
    return int(min(MOST_SHUFFLES, max(4_999, np.ceil(4 * tests / false_discovery))))


def least_discovery_rates(chances: Floats) -> Floats:
    """For each chance the least rate of false discoveries at which it would count (q-value).

    Shapes: (tests,). Of what counts at q, on average q or less is nothing, if the tests are
    independent or tend the same way.
    Source: Benjamini and Hochberg 1995.
    """
    number = len(chances)
    order = np.argsort(chances, kind="stable")
    raised = chances[order] * number / np.arange(1, number + 1)
    found = np.empty(number)
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
