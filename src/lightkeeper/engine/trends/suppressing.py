"""Which counts of a table of series and periods may be shown beside the sums of both.

A small count is hidden, and with it three that are not: the other corners of a rectangle of a row
and a column. Along those corners as much may be added as taken away without a sum changing, so
that whoever knows every shown count and every sum still finds five or more different counts
possible for it, one of them not small. Nought is shown: it is nobody.

This is enough for one table and its sums. Two tables of the same records, by month and by quarter
or by place and by method, may tell by subtraction what each hides; show one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError

LEAST = 5
# Beyond so many small counts none that has one is summed: the table is too fine.
MOST = 2_000
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Shown:
    """Shapes: cells (series, periods), whether each count is shown; summed (series,), whether
    the sum of a series is. Sums of periods, and of all, are of those series alone.
    """

    cells: Bools
    summed: Bools


def shown(table: Ints) -> Shown:
    """The counts that may be shown, and the series whose sum may be.

    A series with a small count for which there is no rectangle goes out of all sums; its small
    counts are hidden, and nothing that is shown says anything of them.

    Shapes: table (series, periods), nought or more.
    Raises: ShapeError if it is not.
    Source: the hypercube method of cell suppression (Repsilber 1994).
    """
    if table.ndim != 2 or (table < 0).any():
        raise ShapeError(f"expected counts (series, periods), got {table.shape}")
    small = (table > 0) & (table < LEAST)
    none_small: Bools = np.asarray(~small.any(axis=1), np.bool_)
    summed = np.asarray(none_small | (table >= LEAST).any(axis=1), np.bool_)
    if small[summed].sum() > MOST:
        summed = none_small.copy()
    while True:
        hidden, out = _hidden(table, small & summed[:, None], summed)
        if not out:
            return Shown(~(hidden | small), summed)
        summed[out] = False


def _hidden(table: Ints, small: Bools, summed: Bools) -> tuple[Bools, list[int]]:
    """What is hidden among the summed series, and those that have a count with no rectangle."""
    hidden, out = small.copy(), set()
    for row, column in np.argwhere(small).tolist():
        corners = _corners(table, hidden, summed, row, column)
        if corners is None:
            out.add(row)
            continue
        other_row, other_column = corners
        hidden[other_row, [column, other_column]] = True
        hidden[row, other_column] = True
    return hidden, sorted(out)


def _corners(
    table: Ints, hidden: Bools, summed: Bools, row: int, column: int
) -> tuple[int, int] | None:
    """The row and column of the opposite corner that hide least that would be shown."""
    # Four must go from the two beside it to it and still leave one: a hidden count is no nought.
    here, there = table[row] >= LEAST, (table[:, column] >= LEAST) & summed
    here[column] = there[row] = False
    rows, columns = np.nonzero(there)[0], np.nonzero(here)[0]
    if not len(rows) or not len(columns):
        return None
    cost = np.where(hidden, 0, table).astype(np.float64)
    corner = cost[np.ix_(rows, columns)]
    whole = corner + cost[rows, column][:, None] + cost[row, columns][None, :]
    whole[table[np.ix_(rows, columns)] == 0] = np.inf
    at = int(whole.argmin())
    if not np.isfinite(whole.flat[at]):
        return None
    return int(rows[at // len(columns)]), int(columns[at % len(columns)])
