"""Who is among the first, by a recorded characteristic: for the governance desk, never an input.

A difference says where to look, not why: it may lie in who does harm, in who is reported, or here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from lightkeeper.engine.accuracy.suppressing import Sums, shown_alone
from lightkeeper.engine.errors import ShapeError

Z = 1.96  # of the normal distribution, for an interval that holds the truth in 95 of 100 cases
NOT_SAID = "not said"
ROUNDED = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One group. Counts are rounded to five; all is None where it is suppressed.

    `rate` is the share of the group among the first; `ratio` that by the share of everybody else,
    with the interval that holds it in 95 of 100 cases.
    """

    group: str
    people: int | None = None
    first: int | None = None
    rate: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def suppressed(self) -> bool:
        return self.people is None

    @property
    def differs(self) -> bool:
        """Whether chance alone would hardly give such a ratio."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high

    @property
    def sentence(self) -> str:
        if self.suppressed or self.rate is None:
            return f"{self.group}: too few to be shown, or shown they would tell of too few."
        text = f"{self.group}: {self.rate:.1%} of about {self.people} are among the first"
        if self.ratio is None:
            return f"{text}."
        return f"{text}, {self.ratio:.2f} times the rest ({self.low:.2f} to {self.high:.2f})."


def disparity(
    people: Collection[str], first: Collection[str], group_of: Mapping[str, str]
) -> tuple[Row, ...]:
    """How often each group is among the first, of all who could be; groups by name.

    `people` is everybody of whom anything is recorded that could rank them, `first` those within
    the first so many places. Who has no group recorded is of `not said`. A group of which fewer
    than five are, or fewer than five are not, among the first is suppressed, and with it others
    until what is hidden hides. Rates follow from the rounded counts.
    Raises: ShapeError if somebody is among the first who is not among the people.
    """
    everybody, top = sorted(set(people)), set(first)
    if not top <= set(everybody):
        raise ShapeError("somebody is among the first who is not among the people")
    groups = sorted({group_of.get(key) or NOT_SAID for key in everybody})
    place = {group: at for at, group in enumerate(groups)}
    codes = np.array([place[group_of.get(key) or NOT_SAID] for key in everybody], np.int64)
    among = np.array([key in top for key in everybody], bool)
    sums = [_sums(np.nonzero(codes == at)[0], among) for at in range(len(groups))]
    shown = shown_alone(sums)
    whole = _rounded(len(everybody)), _rounded(int(among.sum()))
    return tuple(
        _row(group, sums[at], whole) if at in shown else Row(group)
        for at, group in enumerate(groups)
    )


def _sums(rows: np.ndarray[tuple[int], np.dtype[np.int64]], among: object) -> Sums:
    """As the card of linkage counts: `joined` are among the first, `true` are not."""
    here = np.asarray(among)[rows]
    return Sums(rows, rows, int(here.sum()), int((~here).sum()), 0.0, 0.0, 1.0)


def _row(group: str, sums: Sums, whole: tuple[int, int]) -> Row:
    people, first = _rounded(sums.people), _rounded(sums.joined)
    ratio = _ratio(first, people, whole[1] - first, whole[0] - people)
    return Row(group, people, first, first / people, *ratio)


def _ratio(
    first: int, people: int, others_first: int, others: int
) -> tuple[float | None, float | None, float | None]:
    """The ratio of two shares with its interval (Katz et al. 1978); nothing without others."""
    if min(first, people, others_first, others) <= 0:
        return None, None, None
    off = sqrt(max(1 / first - 1 / people + 1 / others_first - 1 / others, 0))
    middle = log(first / people) - log(others_first / others)
    return exp(middle), exp(middle - Z * off), exp(middle + Z * off)


def _rounded(number: int) -> int:
    return ROUNDED * ((number + ROUNDED // 2) // ROUNDED)


def first_of(keys: Sequence[str], places: int) -> frozenset[str]:
    """Those within the first so many of a list, in the list's order."""
    if places < 1:
        raise ShapeError("there is at least one place")
    return frozenset(keys[:places])
