"""The changes in many series, with what of them may be nothing held to a stated share."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.changes import (
    WITHIN,
    Split,
    change_points,
    overdispersion,
    split_gains,
)
from lightkeeper.engine.trends.confidence import (
    chance_of_split,
    least_discovery_rates,
    shuffles_for,
)
from lightkeeper.engine.trends.counting import Counts, Labels

FEWEST_PERIODS = 8
FEWEST_RECORDS = 10
NORMAL_95 = 1.959964
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """One change of one series. Periods are numbers of periods; `at` is the first of the new rate,
    and it could be any of `earliest` to `latest` (95%). `ratio` is new over old rate, with its
    interval (95%; infinite if nothing was there before). `chance` is that of so clear a change
    where nothing changed, and `discovery_rate` what it comes to beside the other series.
    """

    name: Labels
    at: int
    since: int
    until: int
    earliest: int
    latest: int
    ratio: float
    low: float
    high: float
    chance: float
    discovery_rate: float

    @property
    def rose(self) -> bool:
        return self.ratio > 1


@dataclass(frozen=True)
class Found:
    """Changes in the order of the series and of time; how many series could be looked at."""

    changes: tuple[Change, ...]
    looked_at: int


def find_changes(
    counts: Counts,
    exposure: Floats,
    usable: NDArray[np.bool_],
    *,
    false_discovery: float = 0.05,
    seed: int = 1,
) -> Found:
    """The change points of every series, held to a rate of false discoveries among the series.

    A series counts if its chance passes Benjamini and Hochberg; each change point in it must then
    pass alone, between its neighbours, at what that leaves to a series (Benjamini and Bogomolov
    2014). If none does, the best single one of the series stands for it.

    Args:
        exposure: what each count is out of; only proportions within a series matter.
        usable: which periods may play a part; a late one may not.

    Shapes: exposure and usable (series, periods).
    Raises: ShapeError if they are not of the counts' shape.
    """
    if not counts.table.shape == exposure.shape == usable.shape:
        raise ShapeError(f"expected {counts.table.shape}: {exposure.shape}, {usable.shape}")
    series = list(_series(counts, exposure, usable))
    if not series:
        return Found((), 0)
    shuffles = shuffles_for(len(series), false_discovery)
    chances = np.array([
        chance_of_split(one.counts, one.exposure, seed=seed, shuffles=shuffles) for one in series
    ])  # fmt: skip
    rates = least_discovery_rates(chances)
    chosen = np.nonzero(rates <= false_discovery)[0]
    left = false_discovery * len(chosen) / len(series)
    changes: list[Change] = []
    for at in chosen.tolist():
        one, chance, rate = series[at], float(chances[at]), float(rates[at])
        for split, its in _confirmed(one, chance, left, seed, shuffles):
            its_rate = max(rate, its * len(series) / len(chosen))
            changes.append(_change(counts, one, split, its, min(its_rate, false_discovery)))
    return Found(tuple(changes), len(series))


@dataclass(frozen=True)
class _Series:
    """One series, in those periods alone that may play a part; `places` says which."""

    name: Labels
    places: NDArray[np.int64]
    counts: Floats
    exposure: Floats
    spread: float


def _series(counts: Counts, exposure: Floats, usable: NDArray[np.bool_]) -> Iterator[_Series]:
    """Those with enough periods and records; which those are says nothing of their order."""
    usable = usable & (exposure > 0)
    for at, name in enumerate(counts.names):
        places = np.nonzero(usable[at])[0]
        seen = counts.table[at, places].astype(np.float64)
        if len(places) < FEWEST_PERIODS or seen.sum() < FEWEST_RECORDS:
            continue
        out_of = exposure[at, places] / exposure[at, places].sum()
        spread = float(overdispersion(seen[None], out_of[None])[0])
        yield _Series(name, places, seen, out_of, spread)


def _confirmed(
    one: _Series, chance: float, left: float, seed: int, shuffles: int
) -> list[tuple[Split, float]]:
    splits = change_points(one.counts, one.exposure, one.spread)
    kept = []
    for split in splits:
        within = slice(split.since, split.until)
        alone = chance if len(splits) == 1 else chance_of_split(
            one.counts[within], one.exposure[within], seed=seed, shuffles=shuffles
        )  # fmt: skip
        its = min(1.0, alone * len(splits))
        if its <= left:
            kept.append((split, its))
    return kept or [(_best(one), chance)]


def _best(one: _Series) -> Split:
    gains = split_gains(one.counts, one.exposure)
    at = int(gains.argmax())
    near = np.nonzero(gains >= gains.max() - WITHIN * one.spread)[0]
    return Split(at, 0, len(gains), int(near.min()), int(near.max()), float(gains.max()))


def _change(counts: Counts, one: _Series, split: Split, chance: float, rate: float) -> Change:
    before, after = slice(split.since, split.at), slice(split.at, split.until)
    seen = one.counts[before].sum(), one.counts[after].sum()
    out_of = one.exposure[before].sum(), one.exposure[after].sum()
    with np.errstate(divide="ignore"):
        ratio = float(np.float64(seen[1]) / out_of[1] / (np.float64(seen[0]) / out_of[0]))
    # Half a record more on both sides keeps the interval finite where there was none.
    half = float((seen[1] + 0.5) / out_of[1] / ((seen[0] + 0.5) / out_of[0]))
    wide = float(NORMAL_95 * np.sqrt(one.spread * (1 / (seen[0] + 0.5) + 1 / (seen[1] + 0.5))))
    at, since, earliest, latest = (
        counts.first + int(one.places[place])
        for place in (split.at, split.since, split.earliest, split.latest)
    )
    until = counts.first + int(one.places[split.until - 1]) + 1
    low, high = half * float(np.exp(-wide)), half * float(np.exp(wide))
    return Change(
        one.name, at, since, until, earliest, latest, ratio, low, high, chance, rate
    )  # fmt: skip
