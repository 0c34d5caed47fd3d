"""Where the rate of a series of counts changes: all change points at once, the best there are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError

SHORTEST = 2
# What a change must add to twice the log-likelihood, for each logarithm of the periods: about
# that of the modified BIC (Zhang and Siegmund 2007) for a rate and a place.
PENALTY = 3.0
# Chi-square with one degree of freedom, 95%.
WITHIN = 3.841
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """That the rate changes with period `at`; it may be any of `earliest` to `latest`."""

    at: int
    since: int
    until: int
    earliest: int
    latest: int
    gain: float


def split_gains(counts: Floats, exposure: Floats) -> Floats:
    """Twice the log-likelihood that two rates gain over one, for each period that could begin the
    second; those before `SHORTEST` and after the last but so many are minus infinity.

    Shapes: counts and exposure (..., periods), exposure above nought; returns (..., periods).
    Source: Poisson likelihood ratio.
    """
    periods = counts.shape[-1]
    gains = np.full(counts.shape, -np.inf)
    if periods < 2 * SHORTEST:
        return gains
    put, out_of = counts.cumsum(axis=-1), exposure.cumsum(axis=-1)
    whole, all_of = put[..., -1:], out_of[..., -1:]
    inner = slice(SHORTEST - 1, periods - SHORTEST)
    before, share = put[..., inner], out_of[..., inner] / all_of
    after = whole - before
    gain = _times_log(before, whole * share) + _times_log(after, whole * (1 - share))
    gains[..., SHORTEST : periods - SHORTEST + 1] = 2 * gain
    return gains


def _times_log(seen: Floats, expected: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    return found


def overdispersion(counts: Floats, exposure: Floats) -> Floats:
    """Variance over mean of each series, one or more, from neighbours, which changes move little.

    Shapes: (series, periods); returns (series,).
    """
    one, two = counts[:, :-1], counts[:, 1:]
    mine, theirs = exposure[:, :-1], exposure[:, 1:]
    both = one + two
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(both > 0, (one * theirs - two * mine) ** 2 / (both * mine * theirs), 0.0)
    seen = (both > 0).sum(axis=1)
    return np.asarray(np.maximum(1.0, squares.sum(axis=1) / np.maximum(seen, 1)), np.float64)


def change_points(counts: Floats, exposure: Floats, spread: float) -> list[Split]:
    """The change points of one series: of all sets of them the one whose likelihood less what each
    costs is best, found by exact dynamic programming.

    Args: spread, how many times the Poisson variance the counts vary by.

    Shapes: (periods,), exposure above nought. Segments are `SHORTEST` periods or longer.
    Raises: ShapeError if shapes differ or an exposure is not above nought.
    Source: optimal partitioning (Jackson et al. 2005); quasi-Poisson cost.
    """
    if counts.ndim != 1 or counts.shape != exposure.shape or (exposure <= 0).any():
        raise ShapeError("counts and exposure are (periods,), and exposure is above nought")
    periods = len(counts)
    cost = PENALTY * spread * np.log(max(periods, 2)) / 2
    starts = _best_starts(counts, exposure / exposure.sum(), cost)
    bounds = [periods]
    while bounds[0] > 0:
        bounds.insert(0, int(starts[bounds[0]]))
    return [_split(counts, exposure, spread, *bounds[at : at + 3]) for at in range(len(bounds) - 2)]


def _best_starts(counts: Floats, exposure: Floats, cost: float) -> NDArray[np.int64]:
    """For each end where its last segment best begins."""
    periods = len(counts)
    put = np.concatenate([[0.0], counts.cumsum()])
    out_of = np.concatenate([[0.0], exposure.cumsum()])
    best = np.full(periods + 1, np.inf)
    best[0] = -cost
    starts = np.zeros(periods + 1, np.int64)
    for end in range(min(SHORTEST, periods), periods + 1):
        begin = np.arange(0, max(end - SHORTEST, 0) + 1)
        seen, share = put[end] - put[begin], out_of[end] - out_of[begin]
        value = best[begin] + cost - _times_log(seen, share)
        # Of equals, but for rounding, the one with the longest last segment.
        at = int(np.nonzero(value <= value.min() + 1e-9 * (1 + abs(value.min())))[0][0])
        best[end], starts[end] = value[at], begin[at]
    return starts


def _split(
    counts: Floats, exposure: Floats, spread: float, since: int, at: int, until: int
) -> Split:
    gains = split_gains(counts[since:until], exposure[since:until])
    gain = float(gains[at - since])
    # Profile likelihood: wherever else the change could be without losing much.
    near = np.nonzero(gains >= gains.max() - WITHIN * spread)[0]
    earliest, latest = since + int(near.min()), since + int(near.max())
    return Split(at, since, until, min(earliest, at), max(latest, at), gain)
