"""What a plan of arrests, safeguarding and other work would do to a network.

Children are in the picture for one thing only: whether a harmful actor is still near. They are
never taken out, never members of the network, never a way in which it holds together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lightkeeper.engine.errors import ConflictError, ShapeError
from lightkeeper.engine.network.disruption import Disruption, Equals, Strategy, disrupt
from lightkeeper.engine.network.disruption import largest_after as _largest_after
from lightkeeper.engine.network.ties import (
    Mask,
    Ties,
    among,
    check_range,
    kept,
    part_sizes,
    within,
)


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """People and ties; `child`, `harmful` and `present` are masks (people,), nobody being a child
    and harmful at once. Whoever is not present has been taken out.
    """

    ties: Ties
    child: Mask
    harmful: Mask
    present: Mask

    @property
    def members(self) -> Mask:
        """Everybody present who is not a child."""
        return self.present & ~self.child

    @property
    def ties_present(self) -> Ties:
        return kept(self.ties, self.present)


def situation(ties: Ties, children: Collection[int], harmful: Collection[int]) -> Situation:
    """Raises: ShapeError if somebody is not there; ConflictError if a child is called harmful."""
    masks = []
    for people in (children, harmful):
        mask = np.zeros(ties.people, bool)
        numbers = np.fromiter(people, np.int64)
        check_range(ties.people, numbers)
        mask[numbers] = True
        masks.append(mask)
    both = np.flatnonzero(masks[0] & masks[1])
    if len(both):
        raise ConflictError(
            f"{ties.names[both[0]]} is a child, and a child is not a harmful actor. Leave one out."
        )
    return Situation(ties, masks[0], masks[1], np.ones(ties.people, bool))


@dataclass(frozen=True, slots=True)
class Arrest:
    """Somebody is taken out with all their ties. Never a child."""

    person: int


@dataclass(frozen=True, slots=True)
class Safeguard:
    """Each tie of a child goes by which a harmful actor is near; the child and other ties stay."""

    child: int


@dataclass(frozen=True, slots=True)
class Weaken:
    """A tie between two loses this share of its weight, 0 to 1: a venue shut, an account closed."""

    one: int
    two: int
    share: float = 1.0


Intervention = Arrest | Safeguard | Weaken


@dataclass(frozen=True, slots=True)
class Standing:
    """How a network stands: its members, the largest component and how many there are, and which
    children have a harmful actor within the steps asked about.
    """

    members: int
    largest: int
    components: int
    reached: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan changes. `resilience` is the mean share that the largest component keeps over
    the arrests, in their order, 1 if there are none.
    """

    before: Standing
    after: Standing
    resilience: float
    left: Situation
    sentence: str


def effect(
    now: Situation, plan: Sequence[Intervention], *, steps: int = 2, least: float = 0.0
) -> Effect:
    """What the plan would do, all of it. Children are made safe before anything else is done.

    Ties lighter than `least`, or of no weight, do not count, before or after.
    Units: steps from a harmful actor to a child.
    Raises: ConflictError if a child would be arrested; ShapeError if the plan does not fit.
    """
    check_plan(now, plan)
    start = replace(now, ties=_heavier(now.ties, now.ties.weight, least))
    safe = made_safe(start, [one.child for one in plan if isinstance(one, Safeguard)], steps)
    weaker = _weakened(safe, [one for one in plan if isinstance(one, Weaken)], least)
    arrested = arrests_of(plan)
    present = weaker.present.copy()
    present[arrested] = False
    left = replace(weaker, present=present)
    before, after = standing(start, steps), standing(left, steps)
    fall = _fall(weaker, arrested)
    return Effect(before, after, fall.resilience, left, _sentence(before, after, steps))


def arrests_of(plan: Iterable[Intervention]) -> list[int]:
    """Who is arrested, in order, each once."""
    return list(dict.fromkeys(one.person for one in plan if isinstance(one, Arrest)))


def standing(now: Situation, steps: int) -> Standing:
    """How the network stands, and whom a harmful actor has within so many steps."""
    sizes = part_sizes(now.ties, now.members)
    return Standing(
        int(now.members.sum()),
        int(sizes.max(initial=0)),
        len(sizes),
        tuple(np.flatnonzero(reached_children(now, now.harmful, steps)).tolist()),
    )


def reached_children(now: Situation, people: Mask, steps: int) -> Mask:
    """The children who have one of these people within so many steps, over anybody present."""
    near = within(now.ties_present, people & now.present, steps)
    return near & now.child & now.present


def made_safe(now: Situation, children: Collection[int], steps: int) -> Situation:
    """Without each tie of these children by which a harmful actor is within so many steps.

    All are looked at in the network as it is, so that their order changes nothing.
    """
    ties = now.ties_present
    stay = np.ones(len(now.ties.one), bool)
    for child in children:
        others = now.present.copy()
        others[child] = False
        near = within(kept(ties, others), now.harmful & others, steps - 1)
        stay &= ~((now.ties.one == child) & near[now.ties.two])
        stay &= ~((now.ties.two == child) & near[now.ties.one])
    left = now.ties
    return replace(now, ties=Ties(left.names, left.one[stay], left.two[stay], left.weight[stay]))


def propose_arrests(
    now: Situation, strategy: Strategy, count: int, *, weighted: bool = False, seed: int = 0
) -> list[Arrest]:
    """Whom to arrest to take the members apart: harmful actors only, no child, equals by name."""
    members, numbers = among(now.ties, now.members)
    spared = np.flatnonzero(~now.harmful[numbers]).tolist()
    found = disrupt(
        members, strategy, count, weighted=weighted, equals=Equals.NAME, seed=seed, spared=spared
    )
    return [Arrest(int(numbers[person])) for person in found.removed]


def check_plan(now: Situation, plan: Iterable[Intervention]) -> None:
    """Raises: ConflictError if a child would be arrested; ShapeError if the plan does not fit."""
    for one in plan:
        people = (
            (one.person,) if isinstance(one, Arrest)
            else (one.child,) if isinstance(one, Safeguard) else (one.one, one.two)
        )  # fmt: skip
        check_range(now.ties.people, np.array(people, np.int64))
        name = now.ties.names[people[0]]
        if isinstance(one, Arrest) and now.child[one.person]:
            raise ConflictError(f"{name} is a child. A child is made safe, not arrested.")
        if isinstance(one, Safeguard) and not now.child[one.child]:
            raise ShapeError(f"{name} is not marked as a child.")
        if isinstance(one, Weaken) and not 0 <= one.share <= 1:
            raise ShapeError("A tie loses a share of its weight from 0 to 1.")


def _weakened(now: Situation, changes: Iterable[Weaken], least: float) -> Situation:
    weight = now.ties.weight.copy()
    for change in changes:
        low, high = min(change.one, change.two), max(change.one, change.two)
        weight[(now.ties.one == low) & (now.ties.two == high)] *= 1 - change.share
    return replace(now, ties=_heavier(now.ties, weight, least))


def _heavier(ties: Ties, weight: np.ndarray, least: float) -> Ties:
    stay = (weight >= least) & (weight > 0)
    return Ties(ties.names, ties.one[stay], ties.two[stay], weight[stay])


def _fall(now: Situation, arrested: Sequence[int]) -> Disruption:
    members, numbers = among(now.ties, now.members)
    place = {int(person): number for number, person in enumerate(numbers)}
    order = [place[person] for person in arrested if person in place]
    return Disruption(tuple(order), _largest_after(members, order))


def _sentence(before: Standing, after: Standing, steps: int) -> str:
    said = f"The largest component would have {after.largest} people instead of {before.largest}"
    said += f", and there would be {after.components} instead of {before.components}. "
    still = f"{len(after.reached)} of {len(before.reached)}"
    if not before.reached:
        return f"{said}No child is within {steps} steps of a harmful actor."
    return f"{said}{still} children would still be within {steps} steps of a harmful actor."
