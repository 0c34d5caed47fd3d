"""Weights proposed from judgements of pairs, for a person to adopt or not: nothing is set here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

import numpy as np

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority.explaining import Explanation
from lightkeeper.engine.priority.fitting import Fitting, Floats, fit, held_out, spread, told
from lightkeeper.engine.priority.pairs import (
    Contradiction,
    Judgement,
    contradictions,
    share_right,
)
from lightkeeper.engine.priority.weights import Weight, Weights, weights_of

PRECISE = 0.15  # a standard deviation of a multiple with which a proposal can be argued for
MOST_PAIRS = 10_000
AS_DELIVERED = Fitting()


@dataclass(frozen=True, slots=True)
class Proposed:
    """One factor: points and caps go together, so that a factor keeps its number of records.

    `spread` is how far the multiple may be off (a standard deviation); `pairs` how many judgements
    tell the two apart by this factor.
    """

    before: Weight
    after: Weight
    multiple: float
    spread: float
    pairs: int

    @property
    def sentence(self) -> str:
        if not self.pairs:
            return f"{self.before.name}: no pair speaks of it, {self.before.points:g} stays."
        points = f"from {self.before.points:g} to {self.after.points:g} points"
        return (
            f"{self.before.name}: {points}, from {self.pairs} "
            f"pair{'s' if self.pairs != 1 else ''}, give or take "
            f"{self.spread * self.before.points:.1f}."
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """Before and after for each factor, and what is to be known before it is adopted.

    Shares of pairs, 0 to 1: `agrees_now` with the weights in force, `agrees_held_out` with weights
    fitted without the pairs that they are asked of: what new pairs would find. `more_pairs` is how
    many more of the same kind it takes until each factor they speak of is known to `PRECISE`.
    """

    factors: tuple[Proposed, ...]
    pairs: int
    agrees_now: float
    agrees_held_out: float
    contradictions: tuple[Contradiction, ...]
    more_pairs: int
    on: date

    @property
    def is_better(self) -> bool:
        """Whether it agrees better with pairs it did not see than the weights in force do."""
        return self.agrees_held_out > self.agrees_now

    @property
    def unspoken(self) -> tuple[str, ...]:
        return tuple(one.before.code for one in self.factors if not one.pairs)

    @property
    def sentence(self) -> str:
        word = "better than" if self.is_better else "no better than"
        return (
            f"{self.pairs} pairs. On pairs left out it agrees with {self.agrees_held_out:.0%}, "
            f"{word} the weights in force with {self.agrees_now:.0%}. "
            f"{len(self.contradictions)} contradictions. {self.more_pairs} more pairs would help."
        )


def worth_of(explanation: Explanation) -> dict[str, float]:
    """What somebody has of each factor in fresh, certain records' worth, as far as the cap lets."""
    return {
        share.factor.code: min(share.before_cap, share.factor.cap) / share.factor.points
        for share in explanation.shares
        if share.factor.points
    }


def propose(
    judgements: Sequence[Judgement], weights: Weights, on: date, fitting: Fitting = AS_DELIVERED
) -> Proposal:
    """The weights that agree best with these judgements, drawn to those in force on this day.

    Raises: ShapeError if there are none, or more than `MOST_PAIRS`, or what somebody has is
        negative or of no factor of the day.
    """
    rows = [row for row in weights.rows if row.holds_on(on)]
    differences = _differences(judgements, rows)
    multiples = fit(differences, fitting)
    off, said = spread(differences, multiples, fitting), told(differences, multiples, fitting)
    touched = (differences != 0).sum(axis=0)
    factors = tuple(
        Proposed(row, _times(row, float(multiples[at])), float(multiples[at]), float(off[at]),
                 int(touched[at]))
        for at, row in enumerate(rows)
    )  # fmt: skip
    return Proposal(
        factors, len(judgements), share_right(differences.sum(axis=1).tolist()),
        share_right(held_out(differences, _of_the_same_two(judgements), fitting).tolist()),
        tuple(contradictions(judgements)),
        _more(said[touched > 0], len(judgements), fitting), on,
    )  # fmt: skip


def adopted(proposal: Proposal, weights: Weights, begins: date) -> Weights:
    """The table once a person has adopted a proposal from a day on: rows in force end there.

    Raises: ShapeError if it begins on or before a day whose weights it was worked out from, or the
        rows in force are not those it was; FormatError as `weights_of`.
    """
    if begins <= proposal.on:
        raise ShapeError(f"Weights of {proposal.on} are worked with; begin after it.")
    new = {one.before.code: one for one in proposal.factors}
    rows: list[Weight] = []
    for row in weights.rows:
        if not row.holds_on(begins) or row.code not in new:
            rows.append(row)
            continue
        if row != new[row.code].before:
            raise ShapeError(f"{row.code}: its weight has changed since. Propose again.")
        rows.append(replace(row, active_to=begins))
        rows.append(replace(new[row.code].after, active_from=begins, active_to=row.active_to))
    return weights_of(rows)


def _times(row: Weight, multiple: float) -> Weight:
    """Points to tenths, and both caps as many times as the points then are."""
    points = round(row.points * multiple, 1)
    share = points / row.points if row.points else 1.0
    caps = [round(cap * share, 1) for cap in (row.cap, row.network_cap)]
    return replace(row, points=points, cap=caps[0], network_cap=caps[1])


def _differences(judgements: Sequence[Judgement], rows: Sequence[Weight]) -> Floats:
    if not 1 <= len(judgements) <= MOST_PAIRS:
        raise ShapeError(f"expected 1 to {MOST_PAIRS:,} judgements, got {len(judgements):,}")
    place = {row.code: at for at, row in enumerate(rows)}
    found = np.zeros((len(judgements), len(rows)))
    for at, one in enumerate(judgements):
        for sign, has in ((1.0, one.before_has), (-1.0, one.after_has)):
            for code, worth in has.items():
                if code not in place or not worth >= 0:
                    raise ShapeError(f"Judgement {at + 1}: {code} is no factor, or below 0.")
                found[at, place[code]] += sign * worth
    points = np.array([row.points for row in rows], np.float64)
    return np.asarray(found * points, np.float64)


def _of_the_same_two(judgements: Iterable[Judgement]) -> list[int]:
    groups: dict[frozenset[str], int] = {}
    return [
        groups.setdefault(frozenset((one.before, one.after)), len(groups)) for one in judgements
    ]


def _more(said: Floats, pairs: int, fitting: Fitting) -> int:
    """What is known grows as pairs do, if they are like those there are."""
    needed = 1 / PRECISE**2 - fitting.pull
    least = float(said[said > 0].min()) if (said > 0).any() else 0.0
    if not least:
        return MOST_PAIRS
    return min(max(ceil(pairs * (needed / least - 1)), 0), MOST_PAIRS)
