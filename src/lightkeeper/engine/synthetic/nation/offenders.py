"""Networks and lone offenders: who they are, as whom they go, and who is tied to whom."""

from dataclasses import dataclass

import numpy as np

from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints, Shares
from lightkeeper.engine.synthetic.nation.persons import ALIAS, FALSE, OWN, identity_of
from lightkeeper.engine.synthetic.nation.world import MEMBERS, World

SLOTS = 64  # places in a network; a member's key is the network times this, and the place
RUNNER, ORGANISER, PREMISES, MONEY, DRIVER = range(5)
ROLES_IN = ("runner", "organiser", "premises", "money", "driver")
LEADERS = 3  # from whom a bridge to another network leads


@dataclass(frozen=True)
class Members:
    """Who belongs to some networks; each once in a network. Columns (n,)."""

    network: Ids
    key: Ids
    person: Ids
    role: Ints

    def repeated(self, many: Ints) -> "Members":
        """Each so many times over."""
        return Members(
            np.repeat(self.network, many),
            np.repeat(self.key, many),
            np.repeat(self.person, many),
            np.repeat(self.role, many),
        )

    @property
    def slot(self) -> Ints:
        return (self.key % np.uint64(SLOTS)).astype(np.int64)


@dataclass(frozen=True)
class Ties:
    """Who of a network is tied to whom, by the keys of both. Together they reach everybody."""

    network: Ids
    key: Ids
    other: Ids
    person: Ids
    other_person: Ids


def area_of_network(world: World, networks: Ids) -> Ints:
    return world.area_of(networks, world.edges(world.networks))


def threats_of_network(world: World, networks: Ids) -> Ints:
    """(n,) int64, a bit for each threat, in the order of `reports.THREATS`."""
    luck, odds = world.luck, world.figures.assumed["offenders"]
    weights = _weights(world, "threats")
    found = np.int64(1) << luck.choose(networks, weights, "threat")
    for what, share in (("second", odds["second_threat"]), ("third", odds["third_threat"])):
        more = np.int64(1) << luck.choose(networks, weights, f"{what} threat")
        found |= np.where(luck.hits(networks, share, f"has {what}"), more, 0)
    return found


def size_of_network(world: World, networks: Ids) -> Ints:
    """(n,) int64, places to fill; somebody may fill two."""
    odds = world.figures.assumed["offenders"]
    least, most = int(odds["smallest"]), int(odds["largest"])
    share = world.luck.share(networks, "network size")
    return least + (share**3 * (most - least + 1)).astype(np.int64)


def member(world: World, keys: Ids) -> Ids:
    """(n,) uint64, who is at each place: mostly somebody of the network's area, now and then of
    elsewhere, or one of those who lead another network.
    """
    luck, odds = world.luck, world.figures.assumed["offenders"]
    networks = keys // np.uint64(SLOTS)
    found = _local_adult(world, area_of_network(world, networks), keys)
    roams = luck.share(keys, "roams")
    far = _adult_at(world, luck.below(keys, world.homes, "far").astype(np.uint64), keys)
    found = np.where(roams < odds["member_from_elsewhere"], far, found)
    other = luck.below(keys, world.networks, "other network").astype(np.uint64)
    their = other * np.uint64(SLOTS) + luck.below(keys, LEADERS, "leader").astype(np.uint64)
    theirs = _local_adult(world, area_of_network(world, other), their)
    bridge = roams > 1 - odds["member_of_another_network"]
    return np.where(bridge & (other != networks), theirs, found)


def members_of(world: World, networks: Ids) -> Members:
    """Everybody of these networks, network by network."""
    keys = _places(world, networks)
    people = member(world, keys)
    first = _first_place(keys, people) == keys
    keys, people = keys[first], people[first]
    slot = (keys % np.uint64(SLOTS)).astype(np.int64)
    other = world.luck.choose(keys, np.array([0.55, 0.0, 0.1, 0.15, 0.2]), "role in network")
    role = np.where(slot == 0, ORGANISER, np.where(slot == 1, PREMISES, other))
    return Members(keys // np.uint64(SLOTS), keys, people, role)


def ties_of(world: World, networks: Ids) -> Ties:
    """A tie of each member to an earlier one, and some more."""
    keys = _places(world, networks)
    people = member(world, keys)
    first = _first_place(keys, people)
    slot = (keys % np.uint64(SLOTS)).astype(np.int64)
    found: list[tuple[Ids, Ids]] = []
    for what, some in (("tie", slot > 0), ("more", world.luck.hits(keys, 0.3, "more ties"))):
        some &= slot > 0
        to = world.luck.below(keys, np.maximum(slot, 1), what).astype(np.uint64)
        other = keys - slot.astype(np.uint64) + to
        found.append((first[some], first[np.searchsorted(keys, other[some])]))
    left = np.concatenate([one for one, _ in found])
    right = np.concatenate([other for _, other in found])
    pairs = np.unique(np.column_stack([left, right])[left != right], axis=0)
    left, right = pairs[:, 0], pairs[:, 1]
    at, to_at = np.searchsorted(keys, left), np.searchsorted(keys, right)
    return Ties(left // np.uint64(SLOTS), left, right, people[at], people[to_at])


def lone_offender(world: World, loners: Ids) -> Ids:
    """(n,) uint64, who each lone offender is. Somebody may be two of them."""
    areas = world.area_of(loners, world.edges(world.loners))
    return _local_adult(world, areas, loners + np.uint64(2**40))


def threat_of_loner(world: World, loners: Ids) -> Ints:
    """(n,) int64, one threat's place in `reports.THREATS`."""
    return world.luck.choose(loners, _weights(world, "lone_threats"), "lone threat")


def is_registered(world: World, loners: Ids) -> Flags:
    odds = world.figures.assumed["offenders"]["registered"]
    exploits: Flags = threat_of_loner(world, loners) == 0
    return exploits & world.luck.hits(loners, odds, "registered")


def has_new_name(world: World, loners: Ids) -> Flags:
    """Registered, and living under a name that was not notified."""
    odds = world.figures.assumed["offenders"]["new_name"]
    return is_registered(world, loners) & world.luck.hits(loners, odds, "new name")


def identity_used(world: World, members: Members, events: Ids) -> Ids:
    """(n,) uint64, as whom each member goes in these reports: as themselves, under an alias or a
    false identity of their own, or under the one that several of the network use.
    """
    as_who = world.luck.share(events, "as whom")
    alias = has_offender_alias(world, members.person) & (as_who < 0.3)
    false = has_false_identity(world, members.person) & (as_who > 0.7)
    kind = np.where(false, FALSE, np.where(alias, ALIAS, OWN))
    own = identity_of(members.person, kind)
    shared = shares_identity(world, members.network) & (members.slot <= 2) & (as_who > 0.6)
    chief = member(world, members.network * np.uint64(SLOTS))
    return np.where(shared, identity_of(chief, FALSE), own)


def has_offender_alias(world: World, people: Ids) -> Flags:
    odds = world.figures.assumed["offenders"]["alias"]
    return world.luck.hits(people, odds, "offender alias")


def has_false_identity(world: World, people: Ids) -> Flags:
    odds = world.figures.assumed["offenders"]["false_identity"]
    return world.luck.hits(people, odds, "false identity")


def shares_identity(world: World, networks: Ids) -> Flags:
    odds = world.figures.assumed["offenders"]["shared_identity"]
    return world.luck.hits(networks, odds, "shared identity")


def _places(world: World, networks: Ids) -> Ids:
    sizes = size_of_network(world, networks)
    first = np.repeat(networks * np.uint64(SLOTS), sizes)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return first + (np.arange(len(first)) - start).astype(np.uint64)


def _first_place(keys: Ids, people: Ids) -> Ids:
    """(n,) uint64, the first place of the same network that the same person fills."""
    networks = keys // np.uint64(SLOTS)
    order = np.lexsort((keys, people, networks))
    new = np.ones(len(keys), dtype=bool)
    new[1:] = np.diff(networks[order]) != 0
    new[1:] |= np.diff(people[order]) != 0
    start = np.maximum.accumulate(np.where(new, np.arange(len(keys)), 0))
    found = np.empty_like(keys)
    found[order] = keys[order][start]
    return found


def _local_adult(world: World, areas: Ints, keys: Ids) -> Ids:
    return _adult_at(world, world.homes_near(areas, world.luck.share(keys, "local")), keys)


def _adult_at(world: World, homes: Ids, keys: Ids) -> Ids:
    two = (world.adults(homes) > 1) & (world.size(homes) > 1)
    second = two & world.luck.hits(keys, 0.4, "second adult")
    return homes * np.uint64(MEMBERS) + second.astype(np.uint64)


def _weights(world: World, name: str) -> Shares:
    return np.array(list(world.figures.assumed[name].values()), dtype=np.float64)
