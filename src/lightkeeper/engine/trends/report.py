"""All of it together: counts, what is late, what changed, what is new, and what may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import FormatError, ShapeError
from lightkeeper.engine.trends import delays
from lightkeeper.engine.trends.changes import overdispersion
from lightkeeper.engine.trends.counting import Counts, count
from lightkeeper.engine.trends.delays import Estimate
from lightkeeper.engine.trends.emerging import find_emerging
from lightkeeper.engine.trends.finding import Found, find_changes
from lightkeeper.engine.trends.periods import Size, start_of
from lightkeeper.engine.trends.reading import NOT_RECORDED, Rows
from lightkeeper.engine.trends.seasons import season_factors
from lightkeeper.engine.trends.suppressing import Shown, shown

# Of more records no delays are learnt: each is laid out.
MOST = 20_000_000
Floats = NDArray[np.float64]
Population = Mapping[str, Mapping[int | None, float]]


@dataclass(frozen=True)
class Asked:
    """`today` is the last day on which a record could be in; `since` the first day from which on
    all are. `late` more periods are left out of changes where no day of report is known.
    """

    size: Size
    since: date
    today: date
    late: int = 0
    false_discovery: float = 0.05
    seed: int = 1


@dataclass(frozen=True)
class New:
    """A label of one column that the latest periods alone have."""

    column: int
    label: str
    first: int
    records: int
    chance: float
    discovery_rate: float


@dataclass(frozen=True)
class Trends:
    """Shapes: complete, population and usable (series, periods); complete is the share that is in,
    usable whether it is enough to look for changes. estimates: by series and place of a period.
    """

    counts: Counts
    complete: Floats
    population: Floats | None
    usable: NDArray[np.bool_]
    season: Floats
    spread: Floats
    estimates: Mapping[tuple[int, int], Estimate]
    found: Found
    new: tuple[New, ...]
    shown: Shown


def trends(rows: Rows, asked: Asked, population: Population | None = None, of: int = 0) -> Trends:
    """Everything of a table of rows; the order of rows changes nothing.

    Args: of, which of the columns the population is about.

    Raises: FormatError if a label has no population, or there are too many delays; ShapeError if
        there is nothing to count.
    """
    rows = _known_by(rows, asked.today)
    if asked.today == date.max:
        raise ShapeError(f"No day comes after {asked.today}.")
    until = asked.today + timedelta(days=1)
    counts = count(rows.days, rows.labels, asked.size, amounts=rows.amounts, until=until)
    complete, estimates = _lateness(counts, rows, asked)
    people = None if population is None else _population(counts, population, of)
    usable = (complete >= delays.COMPLETE) & counts.whole(asked.since, until)
    exposure = counts.days * np.maximum(complete, 1e-9) * (1.0 if people is None else people)
    season = np.ones(counts.table.shape[1])
    all_in = usable.all(axis=0)
    if all_in.any():
        first, last = np.nonzero(all_in)[0][[0, -1]]
        span = slice(int(first), int(last) + 1)
        factors = season_factors(counts.table[:, span], exposure[:, span], counts.seasons[span])
        season = _everywhere(factors, counts.seasons, span)
    exposure = exposure * season
    found = find_changes(
        counts, exposure, usable, false_discovery=asked.false_discovery, seed=asked.seed
    )
    spread = overdispersion(counts.table.astype(np.float64), np.maximum(exposure, 1e-9))
    new = _new(counts, np.where(usable, exposure, 0.0), _middle_spread(counts, spread), asked)
    return Trends(
        counts, complete, people, usable, season, spread, estimates, found, new,
        shown(counts.table),
    )  # fmt: skip


def _known_by(rows: Rows, today: date) -> Rows:
    """Without what was reported or happened after today: it could not have been known."""
    said = rows.reported or rows.days
    kept = [at for at, day in enumerate(said) if day <= today]
    return Rows(
        [rows.days[at] for at in kept], [rows.labels[at] for at in kept],
        [rows.reported[at] for at in kept] if rows.reported else [],
        [rows.amounts[at] for at in kept],
    )  # fmt: skip


def _lateness(
    counts: Counts, rows: Rows, asked: Asked
) -> tuple[Floats, dict[tuple[int, int], Estimate]]:
    starts = np.array([
        start_of(number, counts.size).toordinal()
        for number in [*counts.numbers, counts.first + counts.table.shape[1]]
    ])  # fmt: skip
    today = asked.today.toordinal()
    complete = np.tile(delays.completeness(np.ones(1), starts, today), (len(counts.names), 1))
    if not rows.reported:
        if asked.late:
            complete[:, -asked.late :] = np.minimum(complete[:, -asked.late :], 0.0)
        return complete, {}
    times = np.array(rows.amounts)
    if times.sum() > MOST:
        raise FormatError(f"Delays of more than {MOST:,} records cannot be learnt at once.")
    events = np.repeat([day.toordinal() for day in rows.days], times)
    reported = np.repeat([day.toordinal() for day in rows.reported], times)
    place = {name: at for at, name in enumerate(counts.names)}
    series = np.repeat([place[label] for label in rows.labels], times)
    of_all = delays.completeness(delays.share_in_by(events, reported, today), starts, today)
    uneven = {
        int(late): delays.unevenness(events, reported, starts, today, int(late))
        for late in np.nonzero(of_all < 1)[0][-12:]
    }
    for at in range(len(counts.names)):
        mine = series == at
        complete[at] = of_all
        if mine.sum() >= delays.ENOUGH:
            shares = delays.share_in_by(events[mine], reported[mine], today)
            complete[at] = delays.completeness(shares, starts, today)
    found = {
        (at, late): estimated
        for at, late in np.argwhere(complete < delays.COMPLETE).tolist()
        if (estimated := delays.estimate(
            int(counts.table[at, late]), float(complete[at, late]), uneven.get(late, 0.0)
        ))
    }  # fmt: skip
    return complete, found


def _population(counts: Counts, population: Population, of: int) -> Floats:
    found = np.empty(counts.table.shape)
    years = [start_of(number, counts.size).year for number in counts.numbers]
    for at, name in enumerate(counts.names):
        known = population.get(name[of])
        if not known:
            raise FormatError(f"There is no population of {name[of]}.")
        for place, year in enumerate(years):
            # The nearest year that is known, the earlier of two.
            nearest = min(known, key=lambda one: (abs((one or year) - year), one or year))
            found[at, place] = known[nearest]
    return found


def _everywhere(factors: Floats, seasons: NDArray[np.int64], span: slice) -> Floats:
    by_season = dict(zip(seasons[span].tolist(), factors.tolist(), strict=True))
    return np.array([by_season.get(season, 1.0) for season in seasons.tolist()], np.float64)


def _middle_spread(counts: Counts, spread: Floats) -> float:
    enough = counts.table.sum(axis=1) >= 10
    return float(np.median(spread[enough])) if enough.any() else 1.0


def _new(counts: Counts, exposure: Floats, spread: float, asked: Asked) -> tuple[New, ...]:
    """Each column by itself: new places are beside places, and methods beside methods; the rate is
    held over all labels of all columns.
    """
    columns = len(counts.names[0])
    labels = [
        (column, label)
        for column in range(columns)
        for label in sorted({name[column] for name in counts.names} - {NOT_RECORDED})
    ]
    rows = [[at for at, name in enumerate(counts.names) if name[c] == label] for c, label in labels]
    if not rows:
        return ()
    table = np.array([counts.table[mine].sum(axis=0) for mine in rows])
    out_of = np.array([exposure[mine].min(axis=0) for mine in rows])
    found = find_emerging(table, out_of, spread=spread, false_discovery=asked.false_discovery)
    return tuple(
        New(*labels[one.series], counts.first + one.first, one.records, one.chance,
            one.discovery_rate)
        for one in found
    )  # fmt: skip
