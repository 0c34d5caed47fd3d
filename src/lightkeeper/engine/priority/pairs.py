"""Judgements "this one before that one", and which of them contradict each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import igraph


@dataclass(frozen=True, slots=True)
class Judgement:
    """Somebody put one before the other, looking at what each had: factor to fresh, certain
    records' worth (0 and up), as `worth_of` gives it. Keys tell which; `by` who judged.
    """

    before: str
    after: str
    before_has: Mapping[str, float]
    after_has: Mapping[str, float]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Judgements, by their place in what was given, that cannot all be right: each puts one before
    the next, and the last before the first.
    """

    judgements: tuple[int, ...]
    around: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"{' before '.join((*self.around, self.around[0]))}."


def contradictions(judgements: Sequence[Judgement]) -> list[Contradiction]:
    """For each judgement that others lead back from, the shortest way round; each way once.

    Without any, the judgements could all be those of one order.
    """
    names = sorted({name for one in judgements for name in (one.before, one.after)})
    place = {name: at for at, name in enumerate(names)}
    first: dict[tuple[int, int], int] = {}
    for at, one in enumerate(judgements):
        first.setdefault((place[one.before], place[one.after]), at)
    graph = igraph.Graph(n=len(names), edges=sorted(first), directed=True)
    inside = graph.connected_components(mode="strong").membership
    found: dict[frozenset[int], Contradiction] = {}
    for start, end in sorted(first, key=lambda pair: first[pair]):
        if inside[start] != inside[end]:
            continue
        way = [start] if start == end else [start, *graph.get_shortest_paths(end, start)[0][:-1]]
        steps = [first[way[at], way[(at + 1) % len(way)]] for at in range(len(way))]
        around = Contradiction(tuple(steps), tuple(names[at] for at in way))
        found.setdefault(frozenset(steps), around)
    return list(found.values())


def share_right(margins: Iterable[float]) -> float:
    """The share of pairs that a total puts as people did; a tie is half right. 0 for none."""
    found = [1.0 if one > 0 else 0.5 if one == 0 else 0.0 for one in margins]
    return sum(found) / len(found) if found else 0.0
