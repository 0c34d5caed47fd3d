"""What agencies come to say of the homes of the nation: ordinary things, and children's needs."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from lightkeeper.engine.synthetic.nation.children import (
    Children,
    Harm,
    harm_to,
)
from lightkeeper.engine.synthetic.nation.crime import BUSY_PHONES
from lightkeeper.engine.synthetic.nation.luck import Ids, Ints
from lightkeeper.engine.synthetic.nation.persons import (
    ALIAS,
    HOSTEL,
    OWN,
    SHIFT,
    People,
    identity_of,
)
from lightkeeper.engine.synthetic.nation.reports import (
    BORDER,
    FIRST_HAPPENED,
    HAPPENED_DAYS,
    HARMS,
    LINKS,
    ROLES,
    Kind,
    Note,
    Rows,
    agency,
    council_of,
    event_of,
    police_of,
    said,
    same,
)
from lightkeeper.engine.synthetic.nation.world import World

SOURCES = ("2A", "6", "3E", "3A", "3B", "1A", "5A", "8", "9")
SOURCE_WEIGHTS = np.array([0.20, 0.29, 0.05, 0.03, 0.06, 0.08, 0.14, 0.09, 0.06])
FROM_SCHOOL = 0
HARM_SAID = np.array([0, 1, 3, 4])  # of each threat that harms children, a place in HARMS
WITH_MISSING = HARMS.index("with_missing_child")
CHILD_ROLE, MISSING_ROLE, SUSPECT = (
    ROLES.index(one) for one in ("child-at-risk", "missing-child", "suspect")
)


@dataclass
class Told:
    """First-hand rows of each feed, and what is true, from which they come."""

    children: Children
    harm: Harm
    feeds: dict[str, list[Rows]] = field(default_factory=lambda: defaultdict(list))
    victims: list[Rows] = field(default_factory=list)


def tell_lives(world: World, people: People) -> Told:
    """What is said first hand of everybody in these homes, alone and with whoever harms them."""
    adults = People(world, people.ids[~people.is_child])
    children = Children(world, people.ids[people.is_child])
    told = Told(children, harm_to(children))
    _contacts(world, adults, told)
    _outings(world, people, adults, told)
    _council(world, children, told)
    _missing(world, children, told)
    _seen_together(world, told.harm, told)
    return told


def _contacts(world: World, adults: People, told: Told) -> None:
    luck, odds = world.luck, world.figures.assumed["reports"]
    some = luck.hits(adults.ids, odds["ordinary_contact"], "contact")
    ids, areas = adults.ids[some], adults.area[some]
    event = event_of(ids, Kind.CONTACT)
    hostel = luck.hits(event, odds["ordinary_at_busy"], "at hostel")
    alias = adults.has_alias[some] & luck.hits(event, 0.3, "under alias")
    told.feeds["police"].append(
        said(
            world, event, ids, "police", agency=police_of(world, areas),
            identity=identity_of(ids, np.where(alias, ALIAS, OWN)),
            role=luck.below(event, 2, "role"),
            phone=np.where(hostel, BUSY_PHONES + areas, own_phone(world, ids)),
            home=np.where(hostel, HOSTEL | areas.astype(np.uint64), ids >> SHIFT),
        )
    )  # fmt: skip


def own_phone(world: World, ids: Ids) -> Ints:
    """(n,) int64, a number below 400,000: there are fewer numbers that nobody has than people."""
    return world.luck.below(ids, 400_000, "own phone")


def _outings(world: World, people: People, adults: People, told: Told) -> None:
    luck, odds = world.luck, world.figures.assumed["reports"]
    some = luck.hits(people.home, odds["ordinary_journey"], "family journey")
    ids, homes = people.ids[some], people.home[some]
    event = event_of(ids, Kind.JOURNEY)
    told.feeds["travel"].append(
        said(
            world, event, ids, "travel", agency=agency(world, BORDER, len(ids)),
            happened=FIRST_HAPPENED + luck.below(homes, HAPPENED_DAYS, "journey day"),
            note=same(Note.JOURNEY, ids), other=event_of(homes, Kind.JOURNEY),
        )
    )  # fmt: skip
    drive = luck.hits(adults.ids, odds["ordinary_vehicle"], "drives")
    ids = adults.ids[drive]
    told.feeds["vehicles"].append(
        said(
            world, event_of(ids, Kind.VEHICLE), ids, "vehicles",
            agency=police_of(world, adults.area[drive]), note=same(Note.VEHICLE, ids), other=ids,
        )
    )  # fmt: skip


def _council(world: World, children: Children, told: Told) -> None:
    luck, need = world.luck, children.in_need
    for place, some in ((0, need), (1, need & luck.hits(children.ids, 0.35, "contact again"))):
        ids, areas = children.ids[some], children.area[some]
        school = children.people.school[some]
        event = event_of(ids, Kind.COUNCIL, place)
        source = luck.choose(event, SOURCE_WEIGHTS, "source")
        source = np.where((source == FROM_SCHOOL) & (school < 0), len(SOURCES) - 1, source)
        told_by_school = event_of(ids, Kind.SCHOOL, place)
        by_school = source == FROM_SCHOOL
        schools = said(
            world, told_by_school, ids, "schools", agency=council_of(world, areas),
            role=same(CHILD_ROLE, ids), note=same(Note.ATTENDANCE, ids), detail=school,
        )  # fmt: skip
        told.feeds["schools"].append({name: one[by_school] for name, one in schools.items()})
        contact = said(
            world, event, ids, "council", agency=council_of(world, areas),
            role=same(CHILD_ROLE, ids), note=Note.WELFARE + luck.below(event, 2, "welfare"),
            detail=source, detail_2=children.factors[some],
            text=np.where(by_school, told_by_school, event),
            origin=np.where(by_school, told_by_school, np.uint64(0)),
            first=np.where(by_school, told_by_school, event),
        )  # fmt: skip
        for day in ("happened", "reported"):
            later = schools[day] if day == "happened" else schools[day] + 1 + place
            contact[day] = np.where(by_school, later, contact[day])
        told.feeds["council"].append(contact)


def _missing(world: World, children: Children, told: Told) -> None:
    luck, public = world.luck, world.figures.public["missing"]
    many = children.incidents
    ids, areas = np.repeat(children.ids, many), np.repeat(children.area, many)
    in_care = np.repeat(children.looked_after, many)
    place = np.arange(len(ids)) - np.repeat(np.cumsum(many) - many, many)
    event = event_of(ids, Kind.MISSING, place)
    bands = np.array(public["durations"], dtype=np.int64)
    band = luck.choose(event, bands[:, 2].astype(float), "how long")
    days = bands[band, 0] + luck.below(event, bands[band, 1] - bands[band, 0] + 1, "days")
    placements = np.array(list(public["placements"].values()), dtype=np.float64)
    where = luck.choose(event, placements, "placement")
    told.feeds["missing"].append(
        said(
            world, event, ids, "missing", agency=police_of(world, areas),
            role=same(MISSING_ROLE, ids), note=same(Note.MISSING, ids),
            detail=np.where(in_care, where, len(placements)), detail_2=days,
        )
    )  # fmt: skip


def _seen_together(world: World, harm: Harm, told: Told) -> None:
    """Police reports of a child, of who was with them, and the link between both; of a child who
    went missing, on the day when that began.
    """
    seen = world.luck.hits(harm.child, world.figures.assumed["children"]["seen_with"], "seen with")
    child, by, threat = harm.child[seen], harm.by[seen], harm.threat[seen]
    force = police_of(world, world.area_of_home(child >> SHIFT))
    gone = told.children.incidents[np.searchsorted(told.children.ids, child)] > 0
    day_of = np.where(gone, event_of(child, Kind.MISSING), event_of(child, Kind.CHILD_SEEN))
    happened = FIRST_HAPPENED + world.luck.below(day_of, HAPPENED_DAYS, "day")
    first, second = event_of(child, Kind.CHILD_SEEN), event_of(child, Kind.SEEN_WITH_CHILD)
    told.feeds["police"] += [
        said(world, first, child, "police", agency=force, happened=happened,
             role=same(CHILD_ROLE, child), note=same(Note.CHILD_AT_RISK, child)),
        said(world, second, by, "police", agency=force, happened=happened,
             phone=own_phone(world, by), role=same(SUSPECT, child),
             note=np.where(gone, Note.WITH_CHILD, Note.INVOLVED),
             harm=np.where(gone, WITH_MISSING, HARM_SAID[threat]), threats=np.int64(1) << threat),
    ]  # fmt: skip
    told.feeds["links"].append(
        said(world, event_of(child, Kind.CHILD_LINK), child, "links", agency=force,
             happened=happened, note=same(Note.TOGETHER, child),
             detail=same(len(LINKS) - 1, child), first=first, other=second,
             detail_2=by.astype(np.int64))
    )  # fmt: skip
