"""What of trends may be told: as plain values for a program, and as lines for people."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lightkeeper.engine.trends.finding import Change
from lightkeeper.engine.trends.periods import name_of
from lightkeeper.engine.trends.report import Trends
from lightkeeper.engine.trends.suppressing import LEAST, Shown

# A chance itself would tell how few records there are; only which of these it reaches is told.
SURE = (0.999, 0.99, 0.95, 0.9, 0.8, 0.5)
RATE_PER = 100_000


def told(trends: Trends, by: Sequence[str], *, exact: bool = False) -> dict[str, Any]:
    """Everything that may be shown of trends, with no small count in it.

    Of a series with a hidden count a change is told by its place, its direction and how sure it
    is, without a rate; a new label has five records or it is not told.

    Args: exact, for whoever may read every record: nothing is hidden.
    """
    counts, size = trends.counts, trends.counts.size
    safe = trends.shown
    if exact:
        safe = Shown(np.ones_like(safe.cells), np.ones_like(safe.summed))
    summed = counts.table[safe.summed]
    return {
        "period": size.value,
        "by": list(by),
        "periods": counts.periods,
        "series": [_series(trends, safe, by, at) for at in range(len(counts.names))],
        "sums": summed.sum(axis=0).tolist(),
        "sum": int(summed.sum()),
        "series_in_sums": int(safe.summed.sum()),
        "hidden_counts": int((~safe.cells).sum()),
        "season": sorted({
            (season, round(factor, 1))
            for season, factor in zip(counts.seasons.tolist(), trends.season.tolist(), strict=True)
        }),
        "looked_at": trends.found.looked_at,
        "changes": [_change(trends, safe, by, one) for one in trends.found.changes],
        "new": [
            {
                "column": by[one.column],
                "label": one.label,
                "first": name_of(one.first, size),
                "confidence": sure(one.discovery_rate),
                "records": one.records if exact else None,
            }
            for one in trends.new
            if exact or one.records >= LEAST
        ],
    }  # fmt: skip


def sure(rate: float) -> float:
    """The highest of the stated levels that one less this rate reaches; the lowest otherwise."""
    return next((level for level in SURE if rate <= 1 - level + 1e-12), SURE[-1])


def _series(trends: Trends, safe: Shown, by: Sequence[str], at: int) -> dict[str, Any]:
    counts, cells = trends.counts, safe.cells[at]
    row = counts.table[at]
    found: dict[str, Any] = {
        "labels": dict(zip(by, counts.names[at], strict=True)),
        "counts": [int(one) if cell else None for one, cell in zip(row, cells, strict=True)],
        "sum": int(row.sum()) if safe.summed[at] else None,
        "incomplete": [
            name for name, usable in zip(counts.periods, trends.usable[at], strict=True)
            if not usable
        ],
        "estimates": [
            {
                "period": counts.periods[place],
                "complete": round(estimate.complete, 2),
                "estimate": round(estimate.most_likely),
                "low": estimate.low,
                "high": estimate.high,
            }
            for (series, place), estimate in sorted(trends.estimates.items())
            if series == at and cells[place]
        ],
    }  # fmt: skip
    if trends.population is not None:
        rates = row / trends.population[at] * RATE_PER
        found["rates_per_100000"] = [
            round(float(one), 2) if cell else None for one, cell in zip(rates, cells, strict=True)
        ]
    return found


def _change(trends: Trends, safe: Shown, by: Sequence[str], one: Change) -> dict[str, Any]:
    size, at = trends.counts.size, trends.counts.names.index(one.name)
    whole = bool(safe.cells[at].all() and safe.summed[at])
    figures = {"ratio": one.ratio, "low": one.low, "high": one.high}
    return {
        "labels": dict(zip(by, one.name, strict=True)),
        "at": name_of(one.at, size),
        "earliest": name_of(one.earliest, size),
        "latest": name_of(one.latest, size),
        "direction": "rose" if one.rose else "fell",
        "confidence": sure(one.discovery_rate),
        **{
            key: round(value, 2) if whole and np.isfinite(value) else None
            for key, value in figures.items()
        },
    }


def lines(said: dict[str, Any]) -> list[str]:
    """The same for people: what changed and what is new; then the latest periods of each series."""
    found = [
        f"{len(said['series'])} series by {said['period']}, {said['periods'][0]} to "
        f"{said['periods'][-1]}; {said['looked_at']} have enough to be looked at.",
    ]
    for one in said["changes"]:
        about = "" if one["ratio"] is None else f", {one['ratio']:g} times"
        if about and one["low"] is not None:
            about += f" ({one['low']:g} to {one['high']:g})"
        ends = one["earliest"], one["latest"]
        span = "" if ends[0] == ends[1] else f" ({ends[0]} to {ends[1]})"
        found.append(
            f"{_label(one)} {one['direction']} with {one['at']}{span}{about}; "
            f"{one['confidence']:.1%} sure."
        )
    found += [
        f"{one['label']} ({one['column']}) is new, from {one['first']} on; "
        f"{one['confidence']:.1%} sure."
        for one in said["new"]
    ]
    if not said["changes"] and not said["new"]:
        found.append("No change and nothing new is sure enough to be told.")
    last = said["periods"][-6:]
    wide = max(len(_label(one)) for one in said["series"])
    found.append("  ".join([" " * wide, *(f"{name:>9}" for name in last)]))
    for one in said["series"]:
        late = set(one["incomplete"])
        cells = [
            f"{'·' if many is None else many}{'*' if name in late else ''}".rjust(9)
            for name, many in zip(last, one["counts"][-6:], strict=True)
        ]
        found.append("  ".join([_label(one).ljust(wide), *cells]))
    found.append("· hidden, so that no small number is told; * not all in, or not whole.")
    return found


def _label(one: dict[str, Any]) -> str:
    return ", ".join(one["labels"].values())
