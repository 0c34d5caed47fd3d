"""Networks that keep their identity from day to day, and what befell them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lightkeeper.engine.errors import ShapeError

Members = frozenset[str]
# A group is a network that ended, again, if they share so much of all that both have.
NEARLY_THE_SAME = 0.8


class Befell(StrEnum):
    BORN = "born"
    RETURNED = "returned"
    SPLIT = "split"
    MERGED = "merged"
    GREW = "grew"
    SHRANK = "shrank"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Lineage:
    """A network with a number that stays its own. One that has ended keeps its last members."""

    number: int
    born_on: date
    members: Members
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What befell a network on a day, with the other networks in it, and why that is said."""

    on: date
    befell: Befell
    number: int
    others: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Lineages:
    """Every network that ever was, by number."""

    known: tuple[Lineage, ...] = ()

    @property
    def living(self) -> tuple[Lineage, ...]:
        return tuple(one for one in self.known if one.ended_on is None)


def follow(
    before: Lineages, groups: Iterable[Iterable[str]], on: date
) -> tuple[Lineages, list[Event]]:
    """The networks of a day, with the identities that they had, and what has befallen them.

    - A network may go on in a group that has more than half of its members, or of whose members
      that were in a network before more than half were in it. It goes on in the one that has most.
    - Where several go on in one group it is the oldest of those that bring at least half as many
      as whoever brings most; the others end there, merged.
    - Another group is a network that had ended, if each has more than half of the other; else it is
      born, split from the network that most of it come from, or new.
    - A group that is nearly a network that had ended (four fifths of all that both have) is no
      place to go on in, if there is any other: after a merger both get back what was theirs.

    In which order groups come changes nothing. Of groups that count alike the one with the lowest
    name goes first.
    Raises: ShapeError if somebody is in two groups.
    Source: overlap of members, as in Greene, Doyle and Cunningham 2010, with an order of age.
    """
    today = sorted((frozenset(group) for group in groups), key=lambda group: sorted(group))
    today = [group for group in today if group]
    if sum(map(len, today)) != len(frozenset().union(*today)):
        raise ShapeError("Nobody is in two groups of one day.")
    day = _Day(before, today, on)
    day.go_on()
    day.return_or_be_born()
    day.tell()
    known = tuple(day.known[number] for number in sorted(day.known))
    return Lineages(known), sorted(
        day.events, key=lambda e: (e.number, list(Befell).index(e.befell))
    )


@dataclass(slots=True)
class _Day:
    before: Lineages
    today: Sequence[Members]
    on: date
    known: dict[int, Lineage] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    # By place of the group: its network, those merged into it, and what it split from.
    number: dict[int, int] = field(default_factory=dict)
    merged: dict[int, list[int]] = field(default_factory=dict)
    split_from: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known.update((one.number, one) for one in self.before.known)

    def go_on(self) -> None:
        """Networks of the day before find their groups, and groups their networks."""
        shared, again = self._shared(self.before.living), self._again()
        came: Counter[int] = Counter()
        for (_, place), count in shared.items():
            came[place] += count
        offers: dict[int, list[tuple[bool, int, int]]] = {}
        for (number, place), count in shared.items():
            mostly = 2 * count > came[place]
            if mostly:
                self.split_from[place] = number
            if mostly or 2 * count > len(self.known[number].members):
                offers.setdefault(number, []).append((place in again, -count, place))
        claims: dict[int, list[tuple[int, Lineage]]] = {}
        for number, offered in offers.items():
            _, count, place = min(offered)
            claims.setdefault(place, []).append((-count, self.known[number]))
        for place, claimants in claims.items():
            most = max(count for count, _ in claimants)
            able = [one for count, one in claimants if 2 * count >= most]
            oldest = min(able, key=lambda one: (one.born_on, one.number))
            self.number[place] = oldest.number
            self.merged[place] = sorted(
                one.number for _, one in claimants if one.number != oldest.number
            )

    def return_or_be_born(self) -> None:
        """Groups that no network went on in."""
        ended = [one for one in self.before.known if one.ended_on is not None]
        shared = self._shared(ended)
        left = [place for place in range(len(self.today)) if place not in self.number]
        offers = sorted(
            (-count, self.known[number].born_on, number, place)
            for (number, place), count in shared.items()
            if place not in self.number
            and 2 * count > max(len(self.known[number].members), len(self.today[place]))
        )
        for _, _, number, place in offers:
            if number not in self.number.values() and place not in self.number:
                self.number[place] = number
        following = max(self.known, default=0) + 1
        for place in left:
            if place not in self.number:
                self.number[place] = following
                following += 1

    def tell(self) -> None:
        """What befell each network, and how all of them are known from now on."""
        pieces: dict[int, list[int]] = {}
        living = {one.number for one in self.before.living}
        for place, number in self.number.items():
            parent = self.split_from.get(place)
            if number not in living and parent is not None:
                pieces.setdefault(parent, []).append(number)
        for place, number in self.number.items():
            self._tell_of(place, number, number in living, sorted(pieces.get(number, [])))
        into = {one: self.number[place] for place, others in self.merged.items() for one in others}
        for one in self.before.living:
            if one.number not in self.number.values():
                self._end(one, into.get(one.number), sorted(pieces.get(one.number, [])))

    def _tell_of(self, place: int, number: int, lived: bool, pieces: list[int]) -> None:
        members, was = self.today[place], self.known.get(number)
        born_on = self.on if was is None else was.born_on
        self.known[number] = Lineage(number, born_on, members)
        if not lived or was is None:
            parent = self.split_from.get(place)
            others = () if parent is None else (parent,)
            whence = "" if parent is None else f", most of whom were in network {parent}"
            if was is None:
                self._say(Befell.BORN, number, others, f"{_people(members)}{whence}.")
            else:
                both = len(members & was.members)
                reason = f"{both} of its {len(was.members)} members are together again{whence}."
                self._say(Befell.RETURNED, number, others, reason)
            return
        joined, gone = len(members - was.members), len(was.members - members)
        change = (
            f"{joined} joined and {gone} left; {len(members)} members, {len(was.members)} before."
        )
        if pieces:
            self._say(Befell.SPLIT, number, pieces, f"Part of it is now apart: {change}")
        if taken := self.merged.get(place):
            self._say(Befell.MERGED, number, taken, f"Others are now mostly in it: {change}")
        elif not pieces and (joined or gone):
            more = len(members) - len(was.members)
            befell = Befell.GREW if more > 0 else Befell.SHRANK if more < 0 else Befell.CHANGED
            self._say(befell, number, (), change[0].upper() + change[1:])

    def _end(self, one: Lineage, into: int | None, pieces: list[int]) -> None:
        self.known[one.number] = Lineage(one.number, one.born_on, one.members, self.on)
        if into is None:
            reason = "No group has more than half of its members, or comes mostly from it."
            self._say(Befell.ENDED, one.number, pieces, reason)
        else:
            both = len(one.members & self.known[into].members)
            reason = f"{both} of its {len(one.members)} members are now in network {into}."
            self._say(Befell.ENDED, one.number, (into,), reason)

    def _say(self, befell: Befell, number: int, others: Sequence[int], reason: str) -> None:
        self.events.append(Event(self.on, befell, number, tuple(others), reason))

    def _again(self) -> set[int]:
        """The groups that are nearly a network that had ended."""
        ended = [one for one in self.before.known if one.ended_on is not None]
        return {
            place
            for (number, place), count in self._shared(ended).items()
            if count
            >= NEARLY_THE_SAME * (len(self.known[number].members) + len(self.today[place]) - count)
        }

    def _shared(self, networks: Iterable[Lineage]) -> dict[tuple[int, int], int]:
        """How many members a network (by number) and a group (by place) have in common."""
        where = {member: place for place, group in enumerate(self.today) for member in group}
        found: Counter[tuple[int, int]] = Counter()
        for one in networks:
            found.update((one.number, where[m]) for m in one.members if m in where)
        return dict(found)


def _people(members: Members) -> str:
    return f"{len(members)} {'person' if len(members) == 1 else 'people'}"
