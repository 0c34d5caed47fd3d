"""What a model sees of the records it was trained on: how far records can be told, and pairs weigh.

Kept in its training as shares of bins of one bit, so that its report needs no record.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.loaded import Loaded
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.scoring import Comparer, Levels, join_levels, weights_of

# So many records are compared with themselves, evenly over the table.
MOST_RECORDS = 20_000
# Weights beyond these are counted with the last bin.
LOWEST, HIGHEST = -40, 80

Bits = NDArray[np.float64]


def seen_in(loaded: Loaded, model: LinkModel, near: Levels) -> dict[str, Any]:
    """What goes into the training of the model.

    `best`: weights of records beside themselves, the most that any pair with them could reach;
    `unlinkable`: the share of records for which that is below `join_at`, as Splink's; `pairs`:
    weights of the candidate pairs of which `near` has the levels.
    """
    records = loaded.prepared.num_rows
    step = 1 + records // MOST_RECORDS
    rows = np.arange(0, records, step, dtype=np.int64)
    if model.comparisons:
        chunks = Comparer(loaded.coded, model.comparisons).chunks(rows, rows)
        best = weigh(model, join_levels(chunks))
    else:
        best = np.full(len(rows), model.prior_weight)
    return {
        "best": histogram(best),
        "unlinkable": _share(best < model.join_at),
        "pairs": histogram(weigh(model, near)),
    }


def weigh(model: LinkModel, levels: Levels) -> Bits:
    """The weight of each pair, (p,) bits, the prior included."""
    if not len(levels.level):
        return np.empty(0)
    bits = weights_of(model.comparisons, levels)
    gained, lost, _ = other_bits(model, levels.level, bits)
    return np.asarray(bits.sum(axis=1) + model.prior_weight + gained + lost)


def histogram(weights: Bits) -> dict[str, Any]:
    """Of how many weights, the lowest bin in bits, and the share in each bin of one bit from it."""
    if not len(weights):
        return {"of": 0, "from": 0, "shares": []}
    # An edge is a round number; sums that should lie on it may miss it in the last places.
    bins = np.clip(np.floor(weights + 1e-9), LOWEST, HIGHEST).astype(np.int64)
    counts = np.bincount(bins - bins.min())
    shares = [float(f"{count / len(weights):.4g}") for count in counts.tolist()]
    return {"of": len(weights), "from": int(bins.min()), "shares": shares}


def below(found: dict[str, Any], bits: float) -> float:
    """The share of a histogram that is below so many bits, a whole number of them."""
    shares: Sequence[float] = found["shares"]
    return float(sum(shares[: max(int(bits) - int(found["from"]), 0)]))


def _share(which: NDArray[np.bool_]) -> float:
    return float(f"{which.mean():.4g}") if len(which) else 0.0
