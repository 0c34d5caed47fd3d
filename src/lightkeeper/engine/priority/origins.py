"""Where each report began: those that pass on what another said have the origins of that one.

Reports that pass on one another in a circle are one origin: nobody outside it said anything.
"""

from collections.abc import Iterable, Mapping, Set

import igraph

Origins = Mapping[str, frozenset[str]]


def origins_of(heard_from: Mapping[str, Iterable[str]]) -> Origins:
    """For each reference, and each that one names, the references where it began.

    `heard_from` says for each report which reports it passes on, in hand or not. A report that
    passes on nothing is its own origin. A circle that nothing outside feeds is the one origin of
    all that it has, under the least of their references. The order of reports changes nothing.
    """
    names = sorted({*heard_from, *(other for others in heard_from.values() for other in others)})
    place = {name: at for at, name in enumerate(names)}
    edges = sorted(
        {(place[one], place[other]) for one, others in heard_from.items() for other in others}
    )
    graph = igraph.Graph(n=len(names), edges=edges, directed=True)
    circles = graph.connected_components(mode="strong").membership
    least: dict[int, int] = {}
    for at, circle in enumerate(circles):
        least.setdefault(circle, at)
    heard: dict[int, set[int]] = {circle: set() for circle in least}
    for one, other in edges:
        if circles[one] != circles[other]:
            heard[circles[one]].add(circles[other])
    found: dict[int, frozenset[str]] = {}
    for circle in _heard_first(heard):
        further = heard[circle]
        found[circle] = (
            frozenset().union(*(found[one] for one in further))
            if further
            else frozenset([names[least[circle]]])
        )
    return {name: found[circles[at]] for at, name in enumerate(names)}


def _heard_first(heard: Mapping[int, Set[int]]) -> Iterable[int]:
    """Each circle after those that it heard from. There are no circles of circles."""
    tellers: dict[int, list[int]] = {circle: [] for circle in heard}
    for circle, others in heard.items():
        for other in others:
            tellers[other].append(circle)
    waiting = {circle: len(others) for circle, others in heard.items()}
    ready = [circle for circle, many in waiting.items() if not many]
    while ready:
        circle = ready.pop()
        yield circle
        for teller in tellers[circle]:
            waiting[teller] -= 1
            if not waiting[teller]:
                ready.append(teller)
