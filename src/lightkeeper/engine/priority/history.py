"""How a person's standing came to be: day by day as it was then, and why it changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority.saying import Said, known
from lightkeeper.engine.priority.standing import Standing, stand, standing_of
from lightkeeper.engine.priority.weights import Weights
from lightkeeper.engine.priority.whatif import Changed, compared

LEARNT, WITHDRAWN, AGED, WEIGHED = "learnt", "withdrawn", "aged", "weights changed"


@dataclass(frozen=True, slots=True)
class Step:
    """One reason for a change, and what it alone changed after the reasons before it."""

    reason: str
    changed: Changed
    references: tuple[str, ...] = ()


def days_of_change(said: Iterable[Said], weights: Weights, first: date, last: date) -> list[date]:
    """The first day, and each up to the last on which something was learnt, withdrawn or weighed
    anew. Between them nothing but age moves the total.
    """
    days = {first, *weights.changes_between(first, last)}
    for one in said:
        days |= {day for day in (one.known_on, one.happened_on, one.withdrawn_on) if day}
    return sorted(day for day in days if first <= day <= last)


def history(said: Collection[Said], weights: Weights, days: Iterable[date]) -> list[Standing]:
    """The standing on each of these days, as it was then: known by then, weighed as then."""
    return [stand(said, weights, day) for day in days]


def why_changed(
    said: Collection[Said], weights: Weights, earlier: date, later: date
) -> tuple[Step, ...]:
    """What changed from one day to a later one, reason by reason, in the order: age, what was
    withdrawn, what was learnt, weights. The steps add up exactly to the whole change; a reason that
    changed nothing is left out.

    Raises: ShapeError if the later day is not later.
    """
    if later <= earlier:
        raise ShapeError(f"{later} is not after {earlier}")
    was, now = known(said, earlier, earlier), known(said, later, later)
    stayed = [one for one in was if one in now]
    before, after = weights.on(earlier), weights.on(later)
    states = [
        standing_of(was, before, earlier, earlier),
        standing_of(was, before, later, earlier),
        standing_of(stayed, before, later, later),
        standing_of(now, before, later, later),
        standing_of(now, after, later, later),
    ]
    gone = _references(one for one in was if one not in now)
    new = _references(one for one in now if one not in was)
    named = zip((AGED, WITHDRAWN, LEARNT, WEIGHED), ((), gone, new, ()), strict=True)
    steps = [
        Step(reason, compared(states[at], states[at + 1]), references)
        for at, (reason, references) in enumerate(named)
    ]
    return tuple(step for step in steps if step.changed.factors)


def _references(said: Iterable[Said]) -> tuple[str, ...]:
    return tuple(sorted({one.reference for one in said}))
