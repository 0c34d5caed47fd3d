"""How late records come, and what a period that is not all in yet will come to."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, nbinom

from lightkeeper.engine.errors import ShapeError

# A period is complete from so much of it on.
COMPLETE = 0.95
# Of a period of which less is in than this nothing is estimated.
TOO_EARLY = 0.1
LEVEL = 0.9
# A series with fewer delays takes the delays of all.
ENOUGH = 50
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """What a period will come to; `low` to `high` holds it nine times of ten."""

    seen: int
    complete: float
    most_likely: float
    low: int
    high: int


def share_in_by(events: Ints, reported: Ints, today: int) -> Floats:
    """The share of records that are in within so many days of what they are about.

    Late ones of late days are not in yet; each delay is counted only out of days long enough ago.
    Delays longer than any that is in are not known of.

    Args: today, the last day on which a record could come in.

    Shapes: events and reported (n,), days; returns (longest delay + 1,), ending in 1.
    Raises: ShapeError if there are none, one is reported before it happened, or after today.
    Source: reverse-time hazard of right-truncated delays (Lawless 1994).
    """
    if not len(events) or events.shape != reported.shape:
        raise ShapeError(f"expected days and as many days of report: {events.shape}")
    delays, ages = reported - events, today - events
    if delays.min() < 0 or (delays > ages).any():
        raise ShapeError("a record is reported before it happened, or after today")
    longest = int(delays.max())
    at = np.bincount(delays, minlength=longest + 1)
    young = np.bincount(np.minimum(ages, longest + 1), minlength=longest + 2).cumsum()
    out_of = at.cumsum() - np.concatenate([[0], young[:longest]])
    hazard = at / np.maximum(out_of, 1)
    later = np.cumprod(1 - hazard[:0:-1])[::-1]
    return np.concatenate([later, [1.0]])


def completeness(shares: Floats, starts: Ints, today: int) -> Floats:
    """How much of each period is in: the mean over its days, none of a day still to come.

    Shapes: shares as of `share_in_by`; starts (periods + 1,), the last the end of the last.
    """
    found = np.empty(len(starts) - 1)
    for at, (start, end) in enumerate(pairwise(starts.tolist())):
        ages = today - np.arange(start, end)
        known = shares[np.clip(ages, 0, len(shares) - 1)]
        found[at] = np.where(ages >= 0, known, 0.0).mean()
    return found


def unevenness(events: Ints, reported: Ints, starts: Ints, today: int, late: int) -> float:
    """How much the share in varies between periods beyond chance, as a correlation of records.

    Every period that is all in is looked at as it was at the age at which period `late` is now.

    Returns 0 (chance alone) to below 1.
    """
    longest = int((reported - events).max(initial=0))
    seen, whole = [], []
    for at in range(len(starts) - 1):
        if today - starts[at + 1] + 1 < longest:
            continue
        mine = (events >= starts[at]) & (events < starts[at + 1])
        then = today - (starts[late] - starts[at])
        whole.append(int(mine.sum()))
        seen.append(int((mine & (reported <= then)).sum()))
    parts, wholes = np.array(seen, np.float64), np.array(whole, np.float64)
    parts, wholes = parts[wholes > 0], wholes[wholes > 0]
    share = parts.sum() / wholes.sum() if len(wholes) else 0.0
    if len(wholes) < 3 or not 0 < share < 1 or wholes.mean() <= 1:
        return 0.0
    squares = ((parts - wholes * share) ** 2 / wholes).sum() / (share * (1 - share))
    beyond = squares / (len(wholes) - 1) - 1
    return float(np.clip(beyond / (wholes.mean() - 1), 0.0, 0.5))


def estimate(seen: int, complete: float, uneven: float = 0.0) -> Estimate | None:
    """What a period of which `complete` is in will come to; None if too little is in to say.

    What is still to come is negative binomial if nothing is known of the rate but what was seen;
    where shares in are uneven it is a mixture over them.
    """
    if complete < TOO_EARLY:
        return None
    if complete >= 1:
        return Estimate(seen, 1.0, float(seen), seen, seen)
    middles = (np.arange(40) + 0.5) / 40
    shares = np.full(1, complete)
    if uneven > 0:
        size = 1 / uneven - 1
        found = beta.ppf(middles, complete * size, (1 - complete) * size)
        shares = np.clip(found, TOO_EARLY / 2, 1 - 1e-9)
    most = int(nbinom.ppf(0.9999, seen + 0.5, shares.min())) + 1
    still = np.arange(most + 1)
    below = np.mean([nbinom.cdf(still, seen + 0.5, share) for share in shares], axis=0)
    low, high = (int(np.searchsorted(below, side)) for side in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    likely = seen + (seen + 0.5) * float(np.mean((1 - shares) / shares))
    return Estimate(seen, complete, likely, seen + low, seen + min(high, most))
