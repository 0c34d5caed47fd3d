"""How much a tie says: bits that it loses, each a named part, and what a journey loses in all.

a tie      step + doubt + grading + age
a journey  the ties, and for each thing on the way how common it is
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.graph.columns import NO_DAY, Numbers
from lightkeeper.engine.network.graph.sight import COMMON, Sight
from lightkeeper.engine.network.graph.state import State

Bits = NDArray[np.float64]


@dataclass(frozen=True)
class Weighing:
    """`on` is the day of asking, in days since 1970; `reliability` of each grade, above 0 to 1
    (`records.gradings`); age halves what a tie says each `half_life_days`, down to `floor`.
    """

    on: int
    reliability: Mapping[str, float] = field(default_factory=dict)
    ungraded: float = 0.5
    half_life_days: float = 1096.0
    floor: float = 0.25
    version: int = 1

    def __post_init__(self) -> None:
        for name, value in (
            ("ungraded", self.ungraded),
            ("floor", self.floor),
            *self.reliability.items(),
        ):
            if not 0 < value <= 1:
                raise ShapeError(f"{name!r} is {value}: it must be above 0 and at most 1.")
        if not self.half_life_days > 0:
            raise ShapeError(f"The half-life is {self.half_life_days} days: it must be above 0.")


@dataclass(frozen=True)
class Part:
    """One reason why a tie or a journey says less: bits of at least 0."""

    name: str
    bits: float
    sentence: str


class Weigher:
    def __init__(self, state: State, weighing: Weighing) -> None:
        self.state, self.weighing = state, weighing
        trust = [weighing.reliability.get(grade, weighing.ungraded) for grade in state.grades]
        self._grading = -np.log2(np.array(trust, np.float64))

    def ties(self, edges: Numbers) -> Bits:
        """Bits of each edge, at least 1: who knows somebody who knows somebody is further away."""
        return sum(self._parts(edges), np.ones(len(edges)))

    def passing(self, sight: Sight, units: Numbers) -> Bits:
        """Bits of going on through each unit: 0 for a subject, log2(c - 1) for a thing that c know.

        A place that is marked as common counts as known to all.
        """
        bits = np.zeros(len(units))
        things = np.flatnonzero(sight.is_thing(units))
        if len(things):
            known = sight.commonness(units[things])
            known = np.where(sight.is_marked(units[things]), COMMON, known)
            bits[things] = np.log2(np.maximum(known - 1, 1))
        return bits

    def parts(self, edge: int) -> tuple[Part, ...]:
        """The parts of one tie, which sum to what `ties` gives for it."""
        one = np.array([edge], np.int32)
        [doubt], [grading], [age] = self._parts(one)
        [weight], [day], [grade] = (
            self.state.edge(column, one).tolist() for column in ("weight", "day", "grade")
        )
        name = self.state.grades[grade]
        trust = self.weighing.reliability.get(name, self.weighing.ungraded)
        graded = f"graded {name}, of which {trust:.0%} is taken to hold"
        if name not in self.weighing.reliability:
            graded = f"{'graded ' + name if name else 'not graded'}; {trust:.0%} is taken to hold"
        old = "of no known day" if day == NO_DAY else f"{max(self.weighing.on - day, 0):,} days old"
        return (
            Part("step", 1.0, "one step further away"),
            Part("doubt", float(doubt), f"{weight:.0%} sure to be a tie at all"),
            Part("grading", float(grading), graded),
            Part("age", float(age), old),
        )

    def _parts(self, edges: Numbers) -> tuple[Bits, Bits, Bits]:
        weighing, state = self.weighing, self.state
        day = state.edge("day", edges).astype(np.float64)
        age = np.maximum(weighing.on - day, 0.0)
        left = weighing.floor + (1 - weighing.floor) * np.exp2(-age / weighing.half_life_days)
        left[day == NO_DAY] = weighing.floor
        # No tie says more than it would if it were certain: -0.0 is not to be shown.
        return (
            np.maximum(-np.log2(state.edge("weight", edges).astype(np.float64)), 0.0),
            np.maximum(self._grading[state.edge("grade", edges)], 0.0),
            np.maximum(-np.log2(left), 0.0),
        )
