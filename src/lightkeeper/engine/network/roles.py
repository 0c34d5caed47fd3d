"""What place members have in their network, which crime types it touches, and what lies between
networks. A child has no role and no rank: a child is in contact.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.measures import as_graph, betweenness
from lightkeeper.engine.network.ties import Mask, Numbers, Ties, check_range

# On so many of the shortest ways between two others somebody is a broker.
BROKER_SHARE = 0.1
# With so much of the weight of their ties in another network somebody is a bridge to it.
BRIDGE_SHARE = 0.2


class Role(StrEnum):
    BRIDGE = "bridge"
    BROKER = "broker"
    CORE = "core"
    PERIPHERY = "periphery"


IN_CONTACT = "child in contact"


@dataclass(frozen=True, slots=True)
class Place:
    """The roles of one member in one network, each with what it was measured by."""

    person: int
    roles: tuple[Role, ...]
    reasons: tuple[str, ...]
    broker_share: float
    coreness: int


@dataclass(frozen=True, slots=True)
class Network:
    """Members who are no children, those who hold it together first; children by name, unranked."""

    name: int
    places: tuple[Place, ...]
    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """What ties two networks: how many ties, what they weigh, the members on each side."""

    one: int
    two: int
    ties: int
    weight: float
    one_side: tuple[int, ...]
    two_side: tuple[int, ...]


def roles(ties: Ties, labels: Numbers, child: Mask, *, smallest: int = 3) -> list[Network]:
    """Each network that has enough members, with the place of each.

    - broker: on at least a tenth of the shortest ways between two other members;
    - core: in the densest part, where each has most ties to others in it, two at least;
    - bridge: a fifth or more of the weight of somebody's ties goes to members of one other network;
    - periphery: neither broker nor core.

    Children count in no measure, and hold nothing together; each stands by name as in contact.
    Shapes: labels (people,) the network of each; child (people,) a mask.
    Raises: ShapeError if these do not fit.
    Source: brokers, Freeman 1977; cores, Seidman 1983.
    """
    _check(ties, labels, child)
    outside = _bridging(ties, labels, child)
    found = []
    for name, members, numbers, children in _apart(ties, labels, child):
        if members.people < smallest:
            continue
        between, core = _broker_shares(members), np.array(as_graph(members).coreness(), np.int64)
        places = [
            _place(person, outside.get(person, {}), share, depth, int(core.max()))
            for person, share, depth in zip(
                numbers.tolist(), between.tolist(), core.tolist(), strict=True
            )
        ]
        places.sort(key=lambda place: (-place.broker_share, -place.coreness, place.person))
        by_name = sorted(children.tolist(), key=lambda person: ties.names[person])
        found.append(Network(name, tuple(places), tuple(by_name)))
    return found


def crime_types(
    ties: Ties,
    labels: Numbers,
    child: Mask,
    of_people: Iterable[tuple[int, str]],
    of_ties: Iterable[tuple[int, str]] = (),
) -> dict[int, dict[str, int]]:
    """For each network the crime types that it touches, and how many members and ties say so.

    A person or a tie, by its place in `ties`, stands with a crime type of a record that speaks of
    it, and counts once for each. What is said of a child alone is not the network's, nor is a tie
    to another network.
    Raises: ShapeError if somebody or a tie is not there.
    """
    _check(ties, labels, child)
    said = []
    for person, code in sorted(set(of_people)):
        check_range(ties.people, np.array([person]))
        said.append((person, person, code))
    for tie, code in sorted(set(of_ties)):
        if not 0 <= tie < len(ties.one):
            raise ShapeError(f"ties are numbered 0 to {len(ties.one) - 1}")
        said.append((int(ties.one[tie]), int(ties.two[tie]), code))
    found: dict[int, dict[str, int]] = {}
    for one, two, code in said:
        if labels[one] == labels[two] and not (child[one] and child[two]):
            counted = found.setdefault(int(labels[one]), {})
            counted[code] = counted.get(code, 0) + 1
    return found


def bridges(ties: Ties, labels: Numbers, child: Mask, networks: Sequence[int]) -> list[Bridge]:
    """The ties between each two of these networks, heaviest first. A child is no bridge."""
    _check(ties, labels, child)
    chosen = np.isin(labels, np.array(networks, np.int64)) & ~child
    across = chosen[ties.one] & chosen[ties.two] & (labels[ties.one] != labels[ties.two])
    found: dict[tuple[int, int], list[int]] = {}
    for tie in np.flatnonzero(across).tolist():
        pair = sorted((int(labels[ties.one[tie]]), int(labels[ties.two[tie]])))
        found.setdefault((pair[0], pair[1]), []).append(tie)
    made = []
    for (one, two), between in found.items():
        ends = np.unique(np.concatenate([ties.one[between], ties.two[between]]))
        sides = [tuple(ends[labels[ends] == name].tolist()) for name in (one, two)]
        weight = float(ties.weight[between].sum())
        made.append(Bridge(one, two, len(between), weight, sides[0], sides[1]))
    return sorted(made, key=lambda bridge: (-bridge.weight, bridge.one, bridge.two))


def children_in_contact(
    ties: Ties, labels: Numbers, child: Mask, networks: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """For each child the networks of these with a member who is tied to the child; that several
    reach one child is for whoever looks after the child to know.
    """
    _check(ties, labels, child)
    chosen = np.isin(labels, np.array(networks, np.int64)) & ~child
    found: dict[int, set[int]] = {}
    for one, two in ((ties.one, ties.two), (ties.two, ties.one)):
        for tie in np.flatnonzero(child[one] & chosen[two]).tolist():
            found.setdefault(int(one[tie]), set()).add(int(labels[two[tie]]))
    return {person: tuple(sorted(found[person])) for person in sorted(found)}


def _check(ties: Ties, labels: Numbers, child: Mask) -> None:
    if not labels.shape == child.shape == (ties.people,):
        raise ShapeError(f"expected {ties.people} labels and marks")


def _apart(
    ties: Ties, labels: Numbers, child: Mask
) -> Iterator[tuple[int, Ties, Numbers, Numbers]]:
    """Each network: its name, the ties among members, who they are, and its children."""
    inner = (labels[ties.one] == labels[ties.two]) & ~child[ties.one] & ~child[ties.two]
    tie_order = np.flatnonzero(inner)[np.argsort(labels[ties.one[inner]], kind="stable")]
    tie_labels = labels[ties.one[tie_order]]
    order = np.argsort(labels, kind="stable")
    names, starts = np.unique(labels[order], return_index=True)
    for name, people in zip(names.tolist(), np.split(order, starts[1:]), strict=True):
        numbers = people[~child[people]]
        first, last = np.searchsorted(tie_labels, (name, name + 1))
        chosen = tie_order[first:last]
        members = Ties(
            tuple(ties.names[person] for person in numbers.tolist()),
            np.searchsorted(numbers, ties.one[chosen]),
            np.searchsorted(numbers, ties.two[chosen]),
            ties.weight[chosen],
        )
        yield name, members, numbers, people[child[people]]


def _broker_shares(members: Ties) -> np.ndarray:
    """On what share of the shortest ways between two others each lies."""
    pairs = max((members.people - 1) * (members.people - 2) // 2, 1)
    return np.asarray(np.round(betweenness(as_graph(members), False) / pairs, 9))


def _bridging(ties: Ties, labels: Numbers, child: Mask) -> dict[int, dict[int, float]]:
    """For each person the share of their ties' weight that goes to each other network."""
    stay = ~child[ties.one] & ~child[ties.two]
    one = np.concatenate([ties.one[stay], ties.two[stay]])
    two = np.concatenate([ties.two[stay], ties.one[stay]])
    weight = np.tile(ties.weight[stay], 2)
    whole = np.bincount(one, weight, minlength=ties.people)
    out = labels[one] != labels[two]
    found: dict[int, dict[int, float]] = {}
    for person, other, heavy in zip(
        one[out].tolist(), labels[two[out]].tolist(), weight[out].tolist(), strict=True
    ):
        shares = found.setdefault(person, {})
        shares[other] = shares.get(other, 0.0) + heavy / float(whole[person])
    return found


def _place(person: int, outside: dict[int, float], share: float, depth: int, deepest: int) -> Place:
    said: list[tuple[Role, str]] = []
    for other, part in sorted(outside.items()):
        if part >= BRIDGE_SHARE:
            said.append((Role.BRIDGE, f"{part:.0%} of their ties' weight is in network {other}"))
    if share >= BROKER_SHARE:
        reason = f"on {share:.0%} of the shortest ways between two other members"
        said.append((Role.BROKER, reason))
    if depth == deepest >= 2:
        said.append((Role.CORE, f"in the part where each has {depth} ties or more to others in it"))
    if not any(role in (Role.BROKER, Role.CORE) for role, _ in said):
        said.append((Role.PERIPHERY, "neither broker nor core"))
    kinds = tuple(dict.fromkeys(role for role, _ in said))
    return Place(person, kinds, tuple(reason for _, reason in said), share, depth)
