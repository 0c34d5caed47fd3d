"""How much of a year's records fall in each part of it."""

import numpy as np
from numpy.typing import NDArray

YEARS = 3


def season_factors(
    table: NDArray[np.int64], exposure: NDArray[np.float64], seasons: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The factor of each period's season, the same for all series; ones if it cannot be told.

    The whole of all series is divided by its own centred mean over a year, so that a change of
    level is no season; a season is the median of that over the years, and of the seasons' factors
    the mean is one. Each season must have been met in three years at least.

    Shapes: table and exposure (series, periods), seasons (periods,); returns (periods,).
    Source: ratio to moving average (Persons 1919), with a median in place of the mean.
    """
    whole, out_of = table.sum(axis=0).astype(np.float64), exposure.sum(axis=0)
    kinds, of_period = np.unique(seasons, return_inverse=True)
    a_year = _periods_a_year(seasons, len(kinds))
    if len(kinds) < 2 or len(whole) < (YEARS + 1) * a_year or (out_of <= 0).any():
        return np.ones(len(whole))
    weight = np.ones(a_year + 1 - a_year % 2)
    if a_year % 2 == 0:
        weight[[0, -1]] = 0.5
    half = len(weight) // 2
    smooth = np.convolve(whole, weight, "valid") / np.convolve(out_of, weight, "valid")
    inner = slice(half, len(whole) - half)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(smooth > 0, whole[inner] / out_of[inner] / smooth, np.nan)
    found = np.ones(len(kinds))
    for kind in range(len(kinds)):
        here = ratio[(of_period[inner] == kind) & np.isfinite(ratio)]
        if len(here) < YEARS:
            return np.ones(len(whole))
        found[kind] = max(float(np.median(here)), 0.05)
    return np.asarray((found / found.mean())[of_period], np.float64)


def _periods_a_year(seasons: NDArray[np.int64], kinds: int) -> int:
    """Four quarters or twelve months; weeks, several of which begin in one month, are 52."""
    return kinds if kinds < 2 or (np.diff(seasons) != 0).all() else 52
