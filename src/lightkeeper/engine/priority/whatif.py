"""What would change if a report were not there: the total, the place, which factors."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.errors import UnknownKey
from lightkeeper.engine.priority.explaining import TENTHS
from lightkeeper.engine.priority.origins import origins_of
from lightkeeper.engine.priority.saying import Said, known
from lightkeeper.engine.priority.standing import Place, Standing, ranked, stand
from lightkeeper.engine.priority.weights import Weights


@dataclass(frozen=True, slots=True)
class FactorChange:
    """What one factor added before and adds after."""

    code: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return _minus(self.after, self.before)


@dataclass(frozen=True, slots=True)
class Changed:
    """Two standings of one person. `change` is exactly the sum of the factors' changes."""

    before: Standing
    after: Standing
    factors: tuple[FactorChange, ...]
    removed: tuple[str, ...] = ()

    @property
    def change(self) -> float:
        return _minus(self.after.total, self.before.total)

    @property
    def sentence(self) -> str:
        if not self.change:
            return "The total stays as it is."
        word = "rises" if self.change > 0 else "falls"
        most = max(self.factors, key=lambda one: (abs(one.change), one.code))
        return (
            f"The total {word} from {self.before.total:.1f} to {self.after.total:.1f}, most by "
            f"{most.code}."
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose place or total changes on a list; a place is None off it."""

    key: str
    place_before: int | None
    place_after: int | None
    total_before: float
    total_after: float


def compared(before: Standing, after: Standing, removed: Iterable[str] = ()) -> Changed:
    """What differs between two standings: the factors whose points do, by code."""
    points = [
        {share.factor.code: share.points for share in one.explanation.shares}
        for one in (before, after)
    ]
    factors = [
        FactorChange(code, points[0].get(code, 0.0), points[1].get(code, 0.0))
        for code in sorted({*points[0], *points[1]})
    ]
    changed = tuple(one for one in factors if one.change)
    return Changed(before, after, changed, tuple(sorted(removed)))


def without(
    said: Iterable[Said], references: Collection[str], weights: Weights, on: date, *,
    known_by: date | None = None, retellings: bool = False,
) -> Changed:  # fmt: skip
    """What changes for one person if these reports were not there.

    With `retellings` whatever has no other origin goes with them, as when a report was false.
    Without, what passed it on stays and stands for it, as when one paper was lost.
    Raises: UnknownKey for a reference that was not in hand on the day.
    """
    given = known(said, on, known_by or on)
    gone = _gone(given, references, retellings)
    before = stand(given, weights, on, known_by=known_by)
    left = [one for one in given if one.reference not in gone]
    return compared(before, stand(left, weights, on, known_by=known_by), gone)


def list_without(
    said_of: Mapping[str, Iterable[Said]], references: Collection[str], weights: Weights, on: date,
    *, known_by: date | None = None, retellings: bool = False,
) -> list[Moved]:  # fmt: skip
    """Everybody of a list whose total or place changes if these reports were not there.

    A report may be about several people. In the order of the places before.
    Raises: UnknownKey for a reference that nobody had in hand on the day.
    """
    given = {key: known(said, on, known_by or on) for key, said in said_of.items()}
    every = [one for said in given.values() for one in said]
    gone = _gone(every, references, retellings)
    lists = []
    for removed in (set[str](), gone):
        left = {
            key: [one for one in said if one.reference not in removed]
            for key, said in given.items()
        }
        lists.append(
            ranked({k: stand(said, weights, on, known_by=known_by) for k, said in left.items()})
        )
    return moved(*lists)


def moved(before: Iterable[Place], after: Iterable[Place]) -> list[Moved]:
    """Whose place or total differs between two lists, in the order of the first."""
    was, now = ({one.key: one for one in places} for places in (before, after))
    found = []
    for key in [*was, *sorted(now.keys() - was.keys())]:
        one, other = was.get(key), now.get(key)
        row = Moved(
            key, one.place if one else None, other.place if other else None,
            one.standing.total if one else 0.0, other.standing.total if other else 0.0,
        )  # fmt: skip
        if (row.place_before, row.total_before) != (row.place_after, row.total_after):
            found.append(row)
    return found


def _gone(given: Collection[Said], references: Collection[str], retellings: bool) -> set[str]:
    in_hand = {one.reference for one in given}
    for reference in sorted(references):
        if reference not in in_hand:
            raise UnknownKey(reference)
    gone = set(references)
    if not retellings:
        return gone
    heard: dict[str, set[str]] = {}
    for one in given:
        heard.setdefault(one.reference, set()).update(one.heard_from)
    origins = origins_of(heard)
    false = {origin for reference in gone for origin in origins[reference]}
    return gone | {reference for reference in in_hand if origins[reference] <= false}


def _minus(one: float, other: float) -> float:
    return round(one * TENTHS - other * TENTHS) / TENTHS
