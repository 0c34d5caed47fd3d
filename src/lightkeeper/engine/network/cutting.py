"""Whom to take out so that the largest part left is as small as can be: step by step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lightkeeper.engine.network.ties import Mask, Ties, name_ranks, neighbours


def greedy_order(ties: Ties, may_go: Mask, steps: int) -> list[int]:
    """At each step whoever leaves the largest part smallest; of those, who leaves the fewest pairs
    with a way to each other; of those, the lowest name.
    """
    near, rank = neighbours(ties), name_ranks(ties.names).tolist()
    gone = [False] * ties.people
    allowed: list[bool] = may_go.tolist()
    parts = _parts(range(ties.people), near, gone, allowed, rank)
    order: list[int] = []
    for _ in range(steps):
        sizes = sorted(len(part.members) for part in parts)
        second = sizes[-2] if len(sizes) > 1 else 0
        offers = [
            (*part.best(second if len(part.members) == sizes[-1] else sizes[-1]), number)
            for number, part in enumerate(parts)
            if part.choices
        ]
        *_, person, number = min(offers)
        order.append(person)
        gone[person] = True
        part = parts.pop(number)
        rest = (member for member in part.members if member != person)
        parts += _parts(rest, near, gone, allowed, rank)
    return order


@dataclass(frozen=True, slots=True)
class _Choice:
    """Somebody in a part: the largest piece that they leave, what pairs they cut, their name."""

    largest: int
    pairs: int
    rank: int
    person: int


class _Part:
    """People whom ties connect, and what taking out each would leave."""

    def __init__(self, members: list[int], choices: list[_Choice]) -> None:
        self.members, self.choices = members, choices
        self.first = min(choices, key=lambda c: (c.pairs, c.rank), default=None)

    def best(self, others: int) -> tuple[int, int, int, int]:
        """The best choice where the largest other part has so many people."""
        if self.first is not None and others >= len(self.members):
            return others, self.first.pairs, self.first.rank, self.first.person
        return min((max(others, c.largest), c.pairs, c.rank, c.person) for c in self.choices)


def _parts(
    people: Iterable[int],
    near: Sequence[Sequence[int]],
    gone: list[bool],
    allowed: Sequence[bool],
    rank: Sequence[int],
) -> list[_Part]:
    found, seen = [], set()
    for root in people:
        if root not in seen:
            walk = _Walk(root, near, gone)
            seen.update(walk.order)
            whole = len(walk.order)
            choices = []
            for person, pieces in zip(walk.order, walk.pieces(), strict=True):
                if allowed[person]:
                    pairs = (
                        sum(size * (size - 1) // 2 for size in pieces) - whole * (whole - 1) // 2
                    )
                    choices.append(_Choice(max(pieces, default=0), pairs, rank[person], person))
            found.append(_Part(walk.order, choices))
    return found


class _Walk:
    """A walk in depth through one part.

    Source: Hopcroft and Tarjan 1973, for where a part falls into pieces.
    """

    def __init__(self, root: int, near: Sequence[Sequence[int]], gone: Sequence[bool]) -> None:
        self.order = [root]
        self.above = {root: -1}
        self.low = {root: 0}
        self.place = {root: 0}
        stack = [(root, iter(near[root]))]
        while stack:
            person, others = stack[-1]
            for other in others:
                if gone[other]:
                    continue
                if other not in self.place:
                    self.place[other] = self.low[other] = len(self.order)
                    self.above[other] = person
                    self.order.append(other)
                    stack.append((other, iter(near[other])))
                    break
                if other != self.above[person]:
                    self.low[person] = min(self.low[person], self.place[other])
            else:
                stack.pop()
                if stack:
                    upper = stack[-1][0]
                    self.low[upper] = min(self.low[upper], self.low[person])

    def pieces(self) -> list[list[int]]:
        """For each person of `order` the sizes of the pieces that are left without them."""
        below = dict.fromkeys(self.order, 1)
        cut: dict[int, list[int]] = {person: [] for person in self.order}
        for person in reversed(self.order[1:]):
            upper = self.above[person]
            below[upper] += below[person]
            if self.low[person] >= self.place[upper]:
                cut[upper].append(below[person])
        found = []
        for person in self.order:
            rest = len(self.order) - 1 - sum(cut[person])
            found.append(cut[person] + [rest] * (rest > 0))
        return found
