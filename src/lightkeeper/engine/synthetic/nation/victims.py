"""Possible victims of trafficking: referred or not, by whom, and moved from where to where."""

import numpy as np

from lightkeeper.engine.synthetic.nation.children import (
    NOBODY,
    Harm,
    harm_by,
    referral_types,
    sex_odds,
)
from lightkeeper.engine.synthetic.nation.lives import Told
from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints, Shares
from lightkeeper.engine.synthetic.nation.offenders import SLOTS, member
from lightkeeper.engine.synthetic.nation.persons import SHIFT, People
from lightkeeper.engine.synthetic.nation.reports import (
    FIRST_HAPPENED,
    HAPPENED_DAYS,
    ROLES,
    Kind,
    Note,
    Rows,
    event_of,
    police_of,
    said,
    same,
    stacked,
)
from lightkeeper.engine.synthetic.nation.world import World

TRAFFICKING = 1  # of THREATS
VICTIM_ROLE = ROLES.index("victim")


def tell_referrals(world: World, adults: People, told: Told) -> None:
    """Referrals of possible victims, with what is true of each: who, from where, by whom."""
    figures, luck, children = world.figures, world.luck, told.children
    some = children.referred >= 0
    child_ids, types = children.ids[some], children.referred[some]
    theirs = People(world, adults.ids[_referred(world, adults)])
    theirs_types = referral_types(theirs, figures.adult_referrals)
    ids = np.concatenate([child_ids, theirs.ids])
    detail = np.concatenate([types, theirs_types + len(figures.child_referrals.types)])
    areas = np.concatenate([children.area[some], theirs.area])
    places = np.array(list(figures.public["nrm"]["place"].values()), dtype=np.float64)
    place = luck.choose(ids, places, "place of exploitation")
    event = event_of(ids, Kind.NRM)
    told.feeds["nrm"].append(
        said(
            world, event, ids, "nrm", agency=police_of(world, areas), role=same(VICTIM_ROLE, ids),
            note=same(Note.REFERRED, ids), detail=detail, detail_2=place,
        )
    )  # fmt: skip
    threat = np.full(len(theirs.ids), TRAFFICKING, dtype=np.int64)
    yes = np.ones(len(threat), dtype=bool)
    by = harm_by(world, theirs.ids, theirs.area, threat, yes, yes)
    network = np.concatenate([_network_of(told.harm, child_ids), by.network])
    told.victims.append(_victims(world, ids, areas, network, detail, place, event))
    told.victims.append(_not_referred(world, told.harm, child_ids))
    _moved(world, stacked(told.victims), told)


def _referred(world: World, adults: People) -> Flags:
    """Adults referred: as many for each child referred as there were in the country."""
    figures = world.figures
    homes = figures.assumed["households"]
    children = float(homes["with_children"]) * _mean(homes["children"])
    odds = figures.nrm * figures.public["nrm"]["adults_a_child"] * children / _mean(homes["adults"])
    odds = odds[adults.area] * sex_odds(adults, figures.adult_referrals)
    return world.luck.hits(adults.ids, odds, "adult nrm")


def _network_of(harm: Harm, children: Ids) -> Ids:
    """The network that harms each of these children, all of whom are in `harm`."""
    return harm.network[np.searchsorted(harm.child, children)]


def _not_referred(world: World, harm: Harm, referred: Ids) -> Rows:
    """Children who are trafficked and were not referred."""
    some = (harm.threat == TRAFFICKING) & ~np.isin(harm.child, referred)
    ids = harm.child[some]
    none = np.zeros(len(ids), np.uint64)
    areas = world.area_of_home(ids >> SHIFT)
    return _victims(world, ids, areas, harm.network[some], same(-1, ids), same(0, ids), none)


def _victims(
    world: World, person: Ids, areas: Ints, network: Ids, types: Ints, place: Ints, event: Ids
) -> Rows:
    """Each with the area they were moved to, or their own: then they were not."""
    luck, odds = world.luck, world.figures.assumed["children"]["moved_by_network"]
    moved: Flags = luck.hits(person, odds, "moved") & (network != NOBODY)
    to = luck.below(person, len(world.figures.codes), "moved to")
    return {
        "person": person, "network": network, "types": types, "place": place,
        "from_area": areas, "to_area": np.where(moved, to, areas), "event": event,
    }  # fmt: skip


def _moved(world: World, victims: Rows, told: Told) -> None:
    """One in two of those who were moved is seen in a car with somebody of the network."""
    person = victims["person"].astype(np.uint64)
    moved = victims["from_area"] != victims["to_area"]
    some = moved & world.luck.hits(person, 0.5, "seen moved")
    ids = person[some]
    network = victims["network"][some].astype(np.uint64)
    by = member(world, network * np.uint64(SLOTS))
    happened = FIRST_HAPPENED + world.luck.below(ids, HAPPENED_DAYS, "day moved")
    force = police_of(world, victims["to_area"][some].astype(np.int64))
    for kind, who in ((Kind.MOVED, ids), (Kind.MOVER, by)):
        told.feeds["vehicles"].append(
            said(world, event_of(ids, kind), who, "vehicles", agency=force, happened=happened,
                 note=same(Note.VEHICLE, ids), other=by)
        )  # fmt: skip


def _mean(weights: list[float]) -> float:
    shares: Shares = np.array(weights, dtype=np.float64)
    return float((shares * np.arange(1, len(shares) + 1)).sum() / shares.sum())
