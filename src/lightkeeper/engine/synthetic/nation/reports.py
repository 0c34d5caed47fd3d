"""What an agency says of somebody, before it is put into words: who, when, told by whom, and again.

Rows are columns of one length, by name. An event has a number of its own: whom it is about, its
kind, its place among those of that kind, and which telling of it this is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints
from lightkeeper.engine.synthetic.nation.persons import SHIFT, TODAY_DAY, identity_of
from lightkeeper.engine.synthetic.nation.world import World

Rows = dict[str, NDArray[np.generic]]
FIRST_HAPPENED, HAPPENED_DAYS = TODAY_DAY - 410, 365  # what is slowest has time to be reported
TELLINGS = 8
AGAIN, TO_HUB, FURTHER, BACK = 1, 2, 3, 4
HUB, BORDER, INDUSTRY = "nca-intelligence-hub", "border-force", "industry-reports"
FEEDS = {
    "police": "PL", "council": "CC", "schools": "SC", "missing": "MP", "nrm": "NR", "hub": "HB",
    "travel": "TR", "vehicles": "VS", "phones": "PH", "online": "ON", "links": "LK",
}  # fmt: skip
RETOLD = ("police", "council", "schools", "missing", "nrm", "online")
ROLES = ("associate", "witness", "suspect", "child-at-risk", "missing-child", "victim",
         "managed-offender")  # fmt: skip
HARMS = ("exploits_child", "trafficks_children", "with_missing_child",
         "supplies_drugs_through_children", "violence", "weapon", "breach_of_order",
         "false_identity", "provides_premises", "online_contact", "access_to_child")  # fmt: skip
THREATS = ("child_exploitation", "trafficking", "county_lines", "gangs", "organised_immigration",
           "firearms", "cyber", "economic")  # fmt: skip
LINKS = ("seen together", "in contact by phone", "lives with", "travels with", "in one vehicle",
         "seen with a child")  # fmt: skip


class Kind(IntEnum):
    """What happened. The number is part of each event's, and so of its reference."""

    CONTACT = 1  # no event is 0, which stands for none
    SCHOOL = auto()
    COUNCIL = auto()
    MISSING = auto()
    NRM = auto()
    JOURNEY = auto()
    VEHICLE = auto()
    CHILD_SEEN = auto()
    SEEN_WITH_CHILD = auto()
    CHILD_LINK = auto()
    MOVED = auto()
    MOVER = auto()
    MEMBER = auto()
    TIE = auto()
    CALL = auto()
    TOGETHER = auto()
    CAR = auto()
    ACCOUNT = auto()
    LONER = auto()
    LONER_ACCOUNT = auto()
    MANAGED = auto()


class Note(IntEnum):
    """Places in the notes of words.yaml."""

    ORDINARY = 0  # and the next five
    INVOLVED = 6
    DIRECTS = 7
    PREMISES = 8
    DRIVES = 9
    MONEY = 10
    WITH_CHILD = 11
    ONLINE = 12
    NOT_NOTIFIED = 13
    WELFARE = 14
    SUPPORT = 15
    ATTENDANCE = 16
    MISSING = 17
    REFERRED = 18
    JOURNEY = 19
    VEHICLE = 20
    ACCOUNT = 21
    CALLS = 22
    TOGETHER = 23
    PASSED_ON = 24
    CHILD_AT_RISK = 25


def event_of(unit: Ids, kind: Kind, place: int | Ints = 0) -> Ids:
    """(n,) uint64: `unit` below 2**33, `place` below 128."""
    at = np.asarray(place).astype(np.uint64)
    return (unit << np.uint64(15)) | np.uint64(kind << 10) | (at << np.uint64(3))


def agencies(world: World) -> list[str]:
    """Every agency, the forces first, then the councils of the areas in their order."""
    return [*dict.fromkeys(world.figures.police), *world.figures.councils, HUB, BORDER, INDUSTRY]


def police_of(world: World, areas: Ints) -> Ints:
    """(n,) int64, the place in `agencies` of the force of each area."""
    names = list(dict.fromkeys(world.figures.police))
    of_area = np.array([names.index(force) for force in world.figures.police])
    return of_area[areas].astype(np.int64)


def council_of(world: World, areas: Ints) -> Ints:
    return areas + len(set(world.figures.police))


def agency(world: World, code: str, many: int) -> Ints:
    return np.full(many, agencies(world).index(code), dtype=np.int64)


def said(world: World, event: Ids, person: Ids, feed: str, **given: NDArray[np.generic]) -> Rows:
    """Rows of a feed; what is not given is as it mostly is: their own name, at home, nothing known
    against them, told by nobody.
    """
    many, luck = len(event), world.luck
    lag = int(world.figures.assumed["reports"]["lag_days"][feed])
    home = given.get("home", person >> SHIFT).astype(np.uint64)
    happened = given.get("happened", FIRST_HAPPENED + luck.below(event, HAPPENED_DAYS, "day"))
    nothing = np.full(many, -1, dtype=np.int64)
    rows: Rows = {
        "event": event, "person": person, "identity": identity_of(person), "home": home,
        "area": world.area_of_home(person >> SHIFT), "happened": happened,
        "reported": happened.astype(np.int64) + luck.below(event, lag + 1, "lag"),
        "role": np.zeros(many, np.int64), "harm": nothing, "threats": np.zeros(many, np.int64),
        "note": luck.below(event, 6, "note"), "phone": nothing, "text": event,
        "told_by": nothing, "origin": np.zeros(many, np.uint64), "first": event,
        "other": np.zeros(many, np.uint64), "detail": nothing, "detail_2": nothing,
    }  # fmt: skip
    return rows | given


def same(value: int, like: Ids) -> Ints:
    """(n,) int64, one value for each."""
    return np.full(len(like), int(value), dtype=np.int64)


def where(rows: Rows, mask: Flags) -> Rows:
    return {name: column[mask] for name, column in rows.items()}


def stacked(many: Iterable[Rows]) -> Rows:
    """Rows of the same columns, one after the other."""
    found = list(many)
    return {name: np.concatenate([rows[name] for rows in found]) for name in found[0]}


def told(world: World, feeds: Mapping[str, list[Rows]]) -> dict[str, Rows]:
    """All rows of each feed: first hand, filed twice, passed on to the hub, passed further by it,
    and come back to where they began as if they were new.
    """
    found: dict[str, list[Rows]] = defaultdict(list)
    for feed, several in feeds.items():
        for rows in several:
            found[feed].append(rows)
            if feed in RETOLD:
                for into, again in _again(world, feed, rows):
                    found[into].append(again)
    return {feed: stacked(several) for feed, several in found.items()}


def _again(world: World, feed: str, rows: Rows) -> Iterable[tuple[str, Rows]]:
    odds, luck = world.figures.assumed["reports"], world.luck
    event = _ids(rows)
    harm, threats, role = (rows[name].astype(np.int64) for name in ("harm", "threats", "role"))
    interest = (harm >= 0) | (threats > 0) | (role >= ROLES.index("suspect"))
    share = np.where(interest, odds["passed_on"]["of_interest"], odds["passed_on"]["ordinary"])
    yield feed, _telling(world, where(rows, luck.hits(event, odds["twice"], "twice")), AGAIN, feed)
    passed = where(rows, luck.hits(event, share, "passed on"))
    hub = agency(world, HUB, len(passed["event"]))
    to_hub = _telling(world, passed, TO_HUB, "hub", hub)
    yield "hub", to_hub
    further = where(to_hub, luck.hits(_ids(to_hub), odds["passed_further"], "passed further"))
    force = luck.below(_ids(further), len(set(world.figures.police)), "which force")
    went_on = _telling(world, further, FURTHER, "police", force)
    yield "police", went_on
    back = where(went_on, luck.hits(_ids(went_on), odds["came_back"], "came back"))
    order = np.argsort(event)
    at = order[np.searchsorted(event[order], _first_telling(back))]
    yield feed, _telling(world, back, BACK, feed, rows["agency"][at].astype(np.int64))


def _telling(world: World, rows: Rows, which: int, feed: str, by: Ints | None = None) -> Rows:
    """The same as another agency tells it later, or as its own does again; what would be told
    after the day that the nation is of is not told yet.
    """
    lag = int(world.figures.assumed["reports"]["lag_days"][feed])
    event = _first_telling(rows) | np.uint64(which)
    later = rows["reported"].astype(np.int64) + 1 + world.luck.below(event, lag, "lag again")
    again = rows | {"event": event, "origin": rows["event"], "reported": later}
    if by is not None:
        again |= {"agency": by, "told_by": rows["agency"]}
    return where(again, later <= TODAY_DAY)


def _first_telling(rows: Rows) -> Ids:
    """The event of which each row is a telling."""
    return _ids(rows) & ~np.uint64(TELLINGS - 1)


def _ids(rows: Rows) -> Ids:
    return rows["event"].astype(np.uint64)
