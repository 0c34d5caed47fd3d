"""In which order a plan is carried out: children are safe before anybody is tipped off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lightkeeper.engine.network.planning import (
    Arrest,
    Intervention,
    Safeguard,
    Situation,
    Weaken,
    check_plan,
    reached_children,
)
from lightkeeper.engine.network.ties import Mask, Numbers, kept, name_ranks, parts


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a plan, the children who must be safe before it, and why it stands here."""

    does: Intervention
    waits_for: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Order:
    """What can be done, in order; what is held, and the children who have no action yet."""

    steps: tuple[Step, ...]
    held: tuple[Step, ...]
    not_safe: tuple[int, ...]


def safeguarding_first(now: Situation, plan: Sequence[Intervention], *, steps: int = 2) -> Order:
    """The plan with each child's safety before any act that would tip off those near the child.

    An arrest, or a tie weakened, is heard of by every member whom ties among members connect with
    it. It waits for each child who has one of them that is harmful, or the arrested, within so many
    steps. Children come first and together, by name: none before another. The rest keeps its order.
    Raises: as `effect`.
    Source: mission T7.
    """
    check_plan(now, plan)
    part = parts(kept(now.ties, now.members))
    rank = name_ranks(now.ties.names)
    safe = sorted({one.child for one in plan if isinstance(one, Safeguard)}, key=lambda c: rank[c])
    done = [Step(Safeguard(child), (), _made_safe(now, child)) for child in safe]
    held: list[Step] = []
    for one in dict.fromkeys(plan):
        if isinstance(one, Safeguard):
            continue
        near = _who_is_near(now, one, part, steps)
        waits = tuple(sorted(near, key=lambda child: rank[child]))
        missing = [child for child in waits if child not in set(safe)]
        step = Step(one, waits, _why(now, one, waits, missing))
        (held if missing else done).append(step)
    missing_any = {child for step in held for child in step.waits_for} - set(safe)
    return Order(tuple(done), tuple(held), tuple(sorted(missing_any, key=lambda c: rank[c])))


def _who_is_near(now: Situation, one: Arrest | Weaken, part: Numbers, steps: int) -> list[int]:
    """The children within reach of whoever would hear of it."""
    people = [one.person] if isinstance(one, Arrest) else [one.one, one.two]
    hear: Mask = np.isin(part, part[people]) & now.members
    harm = hear & now.harmful
    harm[[person for person in people if not now.child[person]]] = True
    found: list[int] = np.flatnonzero(reached_children(now, harm, steps)).tolist()
    return found


def _made_safe(now: Situation, child: int) -> str:
    return f"{now.ties.names[child]} is made safe before anybody can be tipped off."


def _why(now: Situation, one: Arrest | Weaken, waits: Sequence[int], missing: Sequence[int]) -> str:
    names = now.ties.names
    what = (
        f"The arrest of {names[one.person]}" if isinstance(one, Arrest)
        else f"Work on the tie of {names[one.one]} and {names[one.two]}"
    )  # fmt: skip
    if missing:
        who = ", ".join(names[child] for child in missing)
        return f"{what} is held: the plan does not make {who} safe, who would be near those told."
    if waits:
        who = ", ".join(names[child] for child in waits)
        return (
            f"{what} waits until {who} is safe."
            if len(waits) == 1
            else (f"{what} waits until {who} are safe.")
        )
    return f"{what} tips off nobody near a child."
