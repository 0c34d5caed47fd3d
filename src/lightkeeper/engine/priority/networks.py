"""Where a network stands: what is said of it and of its members, each origin once.

A report that names four members is one report of the network. So a network is not the sum of its
members, and who is in two networks counts in both, but never twice in one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from lightkeeper.engine.priority.saying import Said, known
from lightkeeper.engine.priority.standing import Standing, standing_of
from lightkeeper.engine.priority.weights import Weights


@dataclass(frozen=True, slots=True)
class Membership:
    """Who was held to be a member, from which day to which (exclusive), as known from a day."""

    person: str
    active_from: date
    known_on: date
    active_to: date | None = None

    def holds(self, on: date, by: date) -> bool:
        until = self.active_to is None or on < self.active_to
        return self.active_from <= on and self.known_on <= by and until


@dataclass(frozen=True, slots=True)
class NetworkStanding:
    """The standing of a network, and of each report that counts the members it is about, by key;
    none where it is about the network as a whole.
    """

    standing: Standing
    members: tuple[str, ...]
    about: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> float:
        return self.standing.total

    @property
    def sentence(self) -> str:
        said = sum(1 for people in self.about.values() if people)
        named = {person for people in self.about.values() for person in people}
        return (
            f"{self.standing.explanation.sentence} {said} of the records are about members, "
            f"{len(named)} of {len(self.members)} by key."
        )


def stand_network(
    own: Iterable[Said], said_of: Mapping[str, Iterable[Said]], members: Collection[Membership],
    weights: Weights, on: date, *, known_by: date | None = None,
) -> NetworkStanding:  # fmt: skip
    """Where a network stood on this day, from what was known of it and of its members then.

    A harm that one report says of several members counts once, with the best grade of that report.
    Units: points, each factor held to what the day's weights let a network have.
    Raises: ShapeError as `counted_once`.
    """
    by = known_by or on
    inside = sorted({one.person for one in members if one.holds(on, by)})
    each = [("", known(own, on, by))]
    each += [(person, known(said_of.get(person, ()), on, by)) for person in inside]
    once: dict[tuple[str, str], Said] = {}
    about: dict[str, set[str]] = {}
    for person, said in each:
        for one in said:
            key = (one.reference, one.factor)
            once[key] = _together(once.get(key, one), one)
            about.setdefault(one.reference, set()).update([person] if person else [])
    standing = standing_of(once.values(), weights.on_networks(on), on, by)
    counted = {part.part.reference for share in standing.explanation.shares for part in share.parts}
    return NetworkStanding(
        standing, tuple(inside), {name: tuple(sorted(about[name])) for name in sorted(counted)}
    )


def _together(one: Said, other: Said) -> Said:
    """What one report says of two members, as its word of the network: the latest day of harm, from
    the first day it was in hand, by the best of its grades.
    """
    ends = [said.withdrawn_on for said in (one, other)]
    return replace(
        one,
        reliability=max(one.reliability, other.reliability),
        happened_on=max(one.happened_on, other.happened_on),
        known_on=min(one.known_on, other.known_on),
        heard_from=tuple(sorted({*one.heard_from, *other.heard_from})),
        withdrawn_on=None if None in ends else max(end for end in ends if end),
    )
