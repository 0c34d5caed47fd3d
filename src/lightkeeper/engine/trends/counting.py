"""How many records there are of each label in each period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.trends.periods import Size, days_in, name_of, number_of, season_of, start_of

# A hundred years of months, forty of weeks.
MOST_PERIODS = 2_080

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """Counts of each series in periods that follow one another without a gap.

    Shapes: table (series, periods) int64, in the order of `names` and from period `first` on.
    """

    size: Size
    first: int
    names: tuple[Labels, ...]
    table: NDArray[np.int64]

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.table.shape[1])

    @property
    def periods(self) -> list[str]:
        return [name_of(number, self.size) for number in self.numbers]

    @property
    def days(self) -> NDArray[np.float64]:
        """Days in each period."""
        return np.array([days_in(number, self.size) for number in self.numbers], np.float64)

    @property
    def seasons(self) -> NDArray[np.int64]:
        """Which part of the year each period is."""
        return np.array([season_of(number, self.size) for number in self.numbers], np.int64)

    def whole(self, since: date, until: date) -> NDArray[np.bool_]:
        """Which periods lie between two days, the second exclusive."""
        return np.array([
            since <= start_of(number, self.size) and start_of(number + 1, self.size) <= until
            for number in self.numbers
        ], np.bool_)  # fmt: skip


def count(
    days: Sequence[date],
    labels: Sequence[Labels],
    size: Size,
    *,
    amounts: Sequence[int] | None = None,
    until: date | None = None,
) -> Counts:
    """Records by label and period; a series for each combination of labels, in their order.

    Args:
        amounts: how many each row stands for; one unless given.
        until: the day after the last that could be in; later days are left out, and periods
            without a record before it are nought.

    Raises: ShapeError if there are no rows, or not as many labels or amounts as days.
    """
    amounts = [1] * len(days) if amounts is None else amounts
    if not len(days) == len(labels) == len(amounts):
        raise ShapeError(f"{len(days)} days, {len(labels)} labels and {len(amounts)} amounts.")
    rows = [at for at, day in enumerate(days) if until is None or day < until]
    if not rows:
        raise ShapeError("There are no rows to count.")
    number = {day: number_of(day, size) for day in {days[at] for at in rows}}
    first, last = min(number.values()), max(number.values())
    if until is not None:
        last = number_of(date.fromordinal(until.toordinal() - 1), size)
    if last - first >= MOST_PERIODS:
        raise ShapeError(
            f"From {name_of(first, size)} to {name_of(last, size)} are {last - first + 1} periods, "
            f"more than the {MOST_PERIODS} that are counted. Is a day mistyped?"
        )
    names = sorted({labels[at] for at in rows})
    place = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(names), last - first + 1), np.int64)
    where = [(place[labels[at]], number[days[at]] - first) for at in rows]
    np.add.at(table, tuple(np.array(where, np.int64).T), [amounts[at] for at in rows])
    return Counts(size, first, tuple(names), table)
