"""Children: what they need, whether they are looked after, go missing, or were referred; and harm.

A need is a code of the census of children in need; none of this adds up to a number for a child.
Rates are those of areas.csv; what is of the age of ten on is as much oftener there.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lightkeeper.engine.synthetic.nation.figures import FACTORS, Referrals
from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints, Shares
from lightkeeper.engine.synthetic.nation.offenders import (
    SLOTS,
    lone_offender,
    member,
    size_of_network,
    threats_of_network,
)
from lightkeeper.engine.synthetic.nation.persons import People
from lightkeeper.engine.synthetic.nation.world import World

MOST_INCIDENTS = 100
TRIES = 6
# Of a child with this factor, the threat that may stand behind it, as a place in THREATS.
BEHIND = {"11A": 0, "12A": 1, "24A": 2, "13A": 3}
NOBODY = np.uint64(2**63)


class Children:
    """Columns of these children (n,), each worked out when it is asked for."""

    def __init__(self, world: World, ids: Ids) -> None:
        self.world, self.ids = world, ids
        self.people = People(world, ids)
        self.area = self.people.area
        self._public: dict[str, Any] = world.figures.public
        self._assumed: dict[str, Any] = world.figures.assumed["children"]

    @cached_property
    def older(self) -> Flags:
        return self.people.age >= int(self._assumed["from_age"])

    @property
    def _oftener(self) -> float:
        """How much oftener a thing is among the older, if it is theirs alone. Ages are even."""
        return 18 / (18 - float(self._assumed["from_age"]))

    @cached_property
    def in_need(self) -> Flags:
        return self._need < self.world.figures.in_need[self.area]

    @cached_property
    def looked_after(self) -> Flags:
        return self._need < self.world.figures.looked_after[self.area]

    @cached_property
    def _need(self) -> Shares:
        return self.world.luck.share(self.ids, "need")

    @cached_property
    def factors(self) -> Ints:
        """(n,) int64, a bit for each factor found, in the order of FACTORS."""
        found = np.zeros(len(self.ids), dtype=np.int64)
        for bit, code in enumerate(FACTORS):
            rate = self.world.figures.factors[code] / self.world.figures.in_need
            odds = rate[self.area] * self._oftener
            hit = self.world.luck.hits(self.ids, odds, f"factor {code}")
            found |= (hit & self.in_need & self.older).astype(np.int64) << bit
        return found

    def has(self, code: str) -> Flags:
        """Whether an assessment found this factor."""
        found: Flags = (self.factors >> FACTORS.index(code)) & 1 == 1
        return found

    @cached_property
    def incidents(self) -> Ints:
        """(n,) int64, how often each went missing in the year."""
        luck, missing = self.world.luck, self._public["missing"]
        rate = self.world.figures.missing_if_looked_after[self.area] * self._oftener
        male = float(missing["male"])
        odds = rate * 2 * np.where(self.people.female, 1 - male, male)
        in_care = self.looked_after & self.older & luck.hits(self.ids, odds, "missing")
        at_home = self._missing_from_home & ~self.looked_after
        again = float(missing["more_than_once"])
        # One, or two and more by halving odds, so that the mean is the published one.
        mean = (float(missing["incidents_a_child"]) - (1 - again)) / again - 2
        more = np.log1p(-luck.share(self.ids, "incidents")) / np.log(mean / (1 + mean))
        many = np.where(luck.hits(self.ids, again, "missing again"), 2 + more.astype(np.int64), 1)
        return np.where(in_care | at_home, np.minimum(many, MOST_INCIDENTS), 0)

    @property
    def _missing_from_home(self) -> Flags:
        luck, odds = self.world.luck, self._assumed
        found = self.has("10A") & luck.hits(self.ids, odds["missing_not_in_care"], "from home")
        behind = np.any([self.has(code) for code in BEHIND], axis=0)
        both: Flags = found | (
            behind & luck.hits(self.ids, odds["missing_with_factor"], "and missing")
        )
        return both

    @cached_property
    def referred(self) -> Ints:
        """(n,) int64, the types of a referral as a place in the child referrals, or -1."""
        figures = self.world.figures
        odds = (figures.nrm / figures.in_need)[self.area] * self._oftener
        odds = odds * sex_odds(self.people, figures.child_referrals)
        hit = self.in_need & self.older & self.world.luck.hits(self.ids, odds, "nrm")
        return np.where(hit, referral_types(self.people, figures.child_referrals), -1)


def sex_odds(people: People, referrals: Referrals) -> Shares:
    """(n,) how much oftener than everybody together those of their sex are referred."""
    share = float((referrals.people * referrals.female).sum() / referrals.people.sum())
    return 2 * np.where(people.female, share, 1 - share)


def referral_types(people: People, referrals: Referrals) -> Ints:
    """(n,) int64, the types that a referral of each would have, as often as for their sex."""
    luck, weights = people.world.luck, referrals.people
    hers = luck.choose(people.ids, weights * referrals.female, "types of hers")
    his = luck.choose(people.ids, weights * (1 - referrals.female), "types of his")
    return np.where(people.female, hers, his)


@dataclass(frozen=True)
class Harm:
    """Who harms whom. `network` and `loner` are NOBODY where it is not one. Columns (n,)."""

    child: Ids
    by: Ids
    network: Ids
    loner: Ids
    threat: Ints
    known: Flags


def harm_to(children: Children) -> Harm:
    """Harm to these children: behind what an assessment found or a referral says, and hidden."""
    world, ids = children.world, children.ids
    luck, odds = world.luck, world.figures.assumed["children"]
    threat = np.full(len(ids), -1, dtype=np.int64)
    for code, behind in BEHIND.items():
        threat = np.where((threat < 0) & children.has(code), behind, threat)
    known = (threat >= 0) & luck.hits(ids, odds["factor_means_harm"], "harm")
    referred = children.referred >= 0
    types = world.figures.child_referrals.types
    of_type = np.array([_threat_of_types(one) for one in types])
    threat = np.where(referred, of_type[np.maximum(children.referred, 0)], threat)
    hidden = children.older & luck.hits(ids, odds["hidden_harm_per_10000"] / 1e4, "hidden harm")
    threat = np.where(hidden & (threat < 0), luck.below(ids, 4, "hidden threat"), threat)
    some = known | referred | hidden
    by_network = luck.hits(ids, odds["factor_by_network"], "by network") | (threat != 0)
    return harm_by(
        world,
        ids[some],
        children.area[some],
        threat[some],
        by_network[some],
        (known | referred)[some],
    )


def harm_by(
    world: World, ids: Ids, areas: Ints, threat: Ints, by_network: Flags, known: Flags
) -> Harm:
    """Whoever of the area harms these people; a lone offender where no network of it does that."""
    luck = world.luck
    network, fits = network_near(world, areas, ids, threat)
    by_network = by_network & fits
    slot = luck.below(ids, size_of_network(world, network), "by which member")
    one = member(world, network * np.uint64(SLOTS) + slot.astype(np.uint64))
    edges = world.edges(world.loners)
    low = np.minimum(edges[areas], world.loners - 1)
    some = np.maximum(edges[areas + 1] - edges[areas], 1)
    loner = (low + luck.below(ids, some, "by which loner")).astype(np.uint64)
    by = np.where(by_network, one, lone_offender(world, loner))
    return Harm(
        ids, by, np.where(by_network, network, NOBODY), np.where(by_network, NOBODY, loner),
        threat, known,
    )  # fmt: skip


def network_near(world: World, areas: Ints, ids: Ids, threat: Ints) -> tuple[Ids, Flags]:
    """A network of each area that does this, and whether one was found."""
    edges = world.edges(world.networks)
    low = np.minimum(edges[areas], world.networks - 1)
    some = np.maximum(edges[areas + 1] - edges[areas], 1)
    network = np.zeros(len(ids), dtype=np.uint64)
    found = np.zeros(len(ids), dtype=bool)
    for number in range(TRIES):
        one = (low + world.luck.below(ids, some, f"network {number}")).astype(np.uint64)
        fits = (threats_of_network(world, one) >> threat) & 1 == 1
        network = np.where(~found, one, network)
        found |= fits
    return network, found


def _threat_of_types(types: str) -> int:
    if "SEXUAL" in types:
        return 0
    return 2 if types == "CRIMINAL" else 1
