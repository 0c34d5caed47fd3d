"""Where a person stands on a day, from what was known then, and the list of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.priority.explaining import Explanation, Factor, Part, explain
from lightkeeper.engine.priority.saying import Repeated, Said, counted_once, known
from lightkeeper.engine.priority.weights import Weights


@dataclass(frozen=True, slots=True)
class Standing:
    """The explanation of a total, and what was left out because its origin counts already."""

    on: date
    known_by: date
    explanation: Explanation
    repeated: tuple[Repeated, ...]

    @property
    def total(self) -> float:
        return self.explanation.total

    @property
    def confidence(self) -> float:
        return self.explanation.confidence


@dataclass(frozen=True, slots=True)
class Place:
    """One of a list: who has the same total has the same place."""

    place: int
    key: str
    standing: Standing


def stand(
    said: Iterable[Said], weights: Weights, on: date, *, known_by: date | None = None
) -> Standing:
    """Where a person stood on this day, by the weights of the day.

    `known_by` is the last day whose knowledge counts: the day itself, unless it is asked what is
    known of that day since. Units: points.
    Raises: ShapeError as `counted_once`.
    """
    return standing_of(said, weights.on(on), on, known_by or on)


def standing_of(
    said: Iterable[Said], factors: Iterable[Factor], on: date, known_by: date
) -> Standing:
    """The same by given factors. What no factor names counts for nothing."""
    given = {factor.code: factor for factor in factors}
    # A report of no factor may still stand between two that have one.
    counted, repeated = counted_once(known(said, on, known_by))
    parts = [
        Part(one.factor, given[one.factor].points, one.reliability, one.happened_on, one.reference)
        for one in counted
        if one.factor in given
    ]
    left_out = tuple(one for one in repeated if one.said.factor in given)
    return Standing(on, known_by, explain(parts, given.values(), on), left_out)


def ranked(standings: Mapping[str, Standing]) -> list[Place]:
    """Largest total first. Equal totals share a place and stand by key, which says nothing of who
    anybody is; confidence moves nobody. Who has no points is not on the list.
    """
    order = sorted(standings.items(), key=lambda one: (-one[1].total, one[0]))
    places: list[Place] = []
    for at, (key, standing) in enumerate(order, start=1):
        if not standing.total:
            break
        shared = places and places[-1].standing.total == standing.total
        places.append(Place(places[-1].place if shared else at, key, standing))
    return places
