"""Whom to take out so that the largest part left is as small as can be: exactly, where few enough.

Branch and bound. To do better than the best so far, somebody must go from every connected set of as
many people as its largest part has; so one such set is taken, and each of its people is tried.
"""

from collections.abc import Iterator

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.cutting import greedy_order
from lightkeeper.engine.network.ties import Mask, Ties, neighbours

# Where the search gives up, within half a minute: 500,000 branches for 100 people, fewer for more,
# as a branch takes longer by the square.
MOST_WORK = 5 * 10**9


def exact_cut(ties: Ties, may_go: Mask, steps: int, most: int | None = None) -> list[int]:
    """The people who may go, `steps` of them, without whom the largest part is smallest, in the
    order in which it falls fastest. Where nothing beats the greedy choice it is that.

    Raises: ShapeError if more than `most` branches would have to be looked at, of which there are
        fewer the more people there are.
    """
    if most is None:
        most = max(MOST_WORK // max(ties.people, 1) ** 2, 10)
    start = greedy_order(ties, may_go, steps)
    search = _Search(ties, may_go, start, most)
    search.look(search.everybody, search.spared, steps, ())
    chosen = set(search.best)
    # Fewer may be enough; who else goes changes nothing for the worse.
    chosen.update([person for person in start if person not in chosen][: steps - len(chosen)])
    others = [p for p in range(ties.people) if may_go[p] and p not in chosen]
    chosen.update(others[: steps - len(chosen)])
    only = may_go.copy()
    only[:] = False
    only[list(chosen)] = True
    return greedy_order(ties, only, steps)


class _Search:
    """People are bits of one whole number."""

    def __init__(self, ties: Ties, may_go: Mask, start: list[int], most: int) -> None:
        self.near = [sum(1 << other for other in others) for others in neighbours(ties)]
        self.outdone = self._outdone()
        self.everybody = (1 << ties.people) - 1
        self.spared = sum(1 << p for p in range(ties.people) if not may_go[p])
        self.best: tuple[int, ...] = tuple(start)
        self.bound = self._largest(self.everybody & ~sum(1 << p for p in start))
        self.left = self.most = most

    def _outdone(self) -> list[int]:
        """For each person the others who are tied to all that this one is tied to.

        To take such another out instead leaves no more, as the one takes the other's place; so
        where both may go, to try the other is enough. Of two tied alike the first outdoes.
        """
        found = [0] * len(self.near)
        for person, near in enumerate(self.near):
            first = near & -near
            others = (self.near[first.bit_length() - 1] | near) if near else 0
            for other in _bits(others & ~(1 << person)):
                mine, theirs = near & ~(1 << other), self.near[other] & ~(1 << person)
                if not mine & ~theirs and (mine != theirs or other < person):
                    found[person] |= 1 << other
        return found

    def look(self, stay: int, spared: int, steps: int, gone: tuple[int, ...]) -> None:
        """Every way to take at most `steps` more from those who stay, none of the spared."""
        if not self.bound:  # everybody goes: nothing leaves less
            return
        self.left -= 1
        if self.left < 0:
            raise ShapeError(
                f"There is too much to look through exactly: more than {self.most} ways. "
                "Take fewer steps, or another strategy."
            )
        parts = [part for part in self._parts(stay) if part.bit_count() >= self.bound]
        if not parts:
            self.bound, self.best = self._largest(stay), gone
            return
        if not steps or self._needed(parts) > steps:
            return
        largest = max(parts, key=int.bit_count)
        for person in self._tried(largest, spared):
            self.look(stay & ~(1 << person), spared, steps - 1, (*gone, person))
            spared |= 1 << person

    def _tried(self, part: int, spared: int) -> list[int]:
        """The people of a connected set that is too large, best tied first.

        Without the spared, and without whoever is outdone by another of them.
        """
        middle = max(_bits(part), key=lambda p: (self.near[p] & part).bit_count())
        chosen = self._grown(1 << middle, part, spared, self.bound)
        able = chosen & ~spared
        people = [person for person in _bits(able) if not self.outdone[person] & able]
        return sorted(people, key=lambda p: (-(self.near[p] & part).bit_count(), p))

    def _needed(self, parts: list[int]) -> int:
        """No fewer than this many must go: sets that are too large, none sharing anybody."""
        count = 0
        for part in parts:
            while part.bit_count() >= self.bound:
                edge = min(_bits(part), key=lambda p: (self.near[p] & part).bit_count())
                piece = self._grown(1 << edge, part, 0, self.bound)
                count += piece.bit_count() >= self.bound
                part &= ~piece
        return count

    def _grown(self, seed: int, part: int, first: int, size: int) -> int:
        """A connected set of so many people in a part, or all that the seed connects to; whoever is
        in `first` comes before others.
        """
        chosen, rim = seed, 0
        fresh = seed
        while True:
            for person in _bits(fresh):
                rim |= self.near[person]
            rim &= part & ~chosen
            if not rim or chosen.bit_count() >= size:
                return chosen
            fresh = (rim & first) or rim
            fresh = fresh & -fresh
            chosen |= fresh

    def _parts(self, stay: int) -> Iterator[int]:
        while stay:
            part = fresh = stay & -stay
            while fresh:
                reached = 0
                for person in _bits(fresh):
                    reached |= self.near[person]
                fresh = reached & stay & ~part
                part |= fresh
            yield part
            stay &= ~part

    def _largest(self, stay: int) -> int:
        return max((part.bit_count() for part in self._parts(stay)), default=0)


def _bits(whole: int) -> Iterator[int]:
    while whole:
        lowest = whole & -whole
        yield lowest.bit_length() - 1
        whole ^= lowest
