"""Who is linked worse: precision and recall by group of record, fit to be shown.

What a card says follows from counts that were rounded first, so that nobody is found in it: a group
that rests on fewer than five people or pairs is suppressed, and with it enough others that no
subtraction from the whole, or of the groups of two tables, gives it back. It is never an input to
linkage or to a priority.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lightkeeper.engine.accuracy.labelled import Ends
from lightkeeper.engine.accuracy.suppressing import (
    LEAST,
    Sums,
    is_enough,
    shown_together,
    sums_of,
)
from lightkeeper.engine.errors import ShapeError

# Of the normal distribution, for an interval that holds the truth in 95 of 100 cases.
Z = 1.96


@dataclass(frozen=True)
class Rate:
    """A share, 0 to 1, with the interval that holds the truth in 95 of 100 cases.

    `bound` is "at least" or "at most" where the rest is fewer than five, "" otherwise. `share` is
    None where nothing can be said.
    """

    share: float | None
    bound: str
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One group. Counts are rounded to five; all is None where it is suppressed.

    joined and true count each pair once for each of its records that is of this group.
    """

    group: str
    people: int | None = None
    joined: int | None = None
    true: int | None = None
    precision: Rate | None = None
    recall: Rate | None = None

    @property
    def suppressed(self) -> bool:
        return self.people is None


@dataclass(frozen=True)
class Table:
    """One way of grouping: every record is in one of the rows."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Card:
    """The whole and each table. `covered`: of the joined pairs, the share in bands of weight in
    which any was judged; 1 for a truth.
    """

    whole: Row
    tables: tuple[Table, ...]
    covered: float = 1.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def card_from_json(body: Mapping[str, Any]) -> Card:
    return Card(
        _row(body["whole"]),
        tuple(Table(t["name"], tuple(map(_row, t["rows"]))) for t in body["tables"]),
        body["covered"],
    )


def _row(body: Mapping[str, Any]) -> Row:
    rates = {name: Rate(**body[name]) for name in ("precision", "recall") if body[name]}
    return Row(**{**body, **rates})


def card_of(
    ends: Ends, tables: Mapping[str, tuple[Sequence[str], ArrayLike]], covered: float = 1.0
) -> Card:
    """The card of labelled pairs.

    Shapes: tables: by name the names of the groups, all of which are shown, and (n,) which of them
        each row of `ends` is in.
    Raises: ShapeError if a table is not of the length of the ends.
    """
    whole = sums_of(ends, np.zeros(len(ends.person), np.int64), 1)[0]
    known = []
    for name, (groups, of) in tables.items():
        codes = np.asarray(of, np.int64)
        if codes.shape != ends.person.shape:
            raise ShapeError(f"expected {len(ends.person)} groups of {name}, got {codes.shape}")
        known.append((codes, sums_of(ends, codes, len(groups))))
    shown = shown_together(ends, known) if is_enough(whole) else [set[int]() for _ in known]
    made = [
        Table(name, tuple(
            _published(group, sums[at]) if at in there else Row(group)
            for at, group in enumerate(groups)
        ))
        for (name, (groups, _)), (_, sums), there in zip(tables.items(), known, shown, strict=True)
    ]  # fmt: skip
    row = _published("", whole) if is_enough(whole) else Row("")
    return Card(row, tuple(made), floor(covered * 100) / 100)


@dataclass(frozen=True)
class Worse:
    """A group whose interval lies below what holds of all. measure: the name of the rate."""

    table: str
    group: str
    measure: str
    rate: Rate
    whole: Rate


def worse_off(card: Card) -> list[Worse]:
    """The groups that are linked worse than the whole, the worst first.

    Among many groups one in forty looks so by chance.
    """
    found = [
        Worse(table.name, row.group, measure, rate, whole)
        for measure in ("precision", "recall")
        for table in card.tables
        for row in table.rows
        if (rate := getattr(row, measure)) is not None
        and (whole := getattr(card.whole, measure)) is not None
        and whole.share is not None
        and rate.high < whole.share
    ]
    return sorted(found, key=lambda one: one.rate.high - (one.whole.share or 0.0))


def rounded(count: float) -> int:
    """To the nearest five."""
    return LEAST * floor(count / LEAST + 0.5)


def _published(group: str, sums: Sums) -> Row:
    """What is shown: worked out from rounded counts alone, and so no more than they tell."""
    of = rounded(min(sums.people, sums.units)) * max(round(sums.evenness, 1), 0.1)
    return Row(
        group=group,
        people=rounded(sums.people),
        joined=rounded(sums.joined),
        true=rounded(sums.true),
        precision=_rate(sums.precision, sums.joined, of),
        recall=_rate(sums.recall, sums.true, of),
    )


def _rate(share: float, count: int, independent: float) -> Rate:
    n = rounded(count)
    few_for, few_against = share * count < LEAST, (1 - share) * count < LEAST
    independent = min(independent, n)
    if few_for and few_against:
        return Rate(None, "", 0.0, 1.0)
    if few_against:
        least = (n - LEAST) / n
        return Rate(_floor(least), "at least", _floor(interval(least, independent)[0]), 1.0)
    if few_for:
        most = LEAST / n
        return Rate(_ceiling(most), "at most", 0.0, _ceiling(interval(most, independent)[1]))
    found = min(rounded(share * count) / n, 1.0)
    low, high = interval(found, independent)
    return Rate(round(found, 2), "", _floor(low), _ceiling(high))


def _floor(share: float) -> float:
    return floor(share * 100 + 1e-9) / 100


def _ceiling(share: float) -> float:
    return -floor(-share * 100 + 1e-9) / 100


def interval(share: float, independent: float) -> tuple[float, float]:
    """The 95% interval of a share of so many independent trials.

    Source: Wilson 1927.
    """
    if independent <= 0:
        return 0.0, 1.0
    z2 = Z * Z / independent
    middle = (share + z2 / 2) / (1 + z2)
    half = Z / (1 + z2) * sqrt(share * (1 - share) / independent + z2 / (4 * independent))
    return max(middle - half, 0.0), min(middle + half, 1.0)
