"""What agencies come to say of networks and lone offenders, first hand: reports, links, journeys,
vehicles, calls and accounts. Each tie of a network is said by at least one link.
"""

from collections import defaultdict

import numpy as np

from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints
from lightkeeper.engine.synthetic.nation.offenders import (
    ORGANISER,
    PREMISES,
    SLOTS,
    Members,
    Ties,
    area_of_network,
    has_new_name,
    identity_used,
    is_registered,
    lone_offender,
    members_of,
    threat_of_loner,
    threats_of_network,
    ties_of,
)
from lightkeeper.engine.synthetic.nation.persons import (
    ALIAS,
    FALSE,
    HOSTEL,
    OWN,
    SHIFT,
    identity_of,
)
from lightkeeper.engine.synthetic.nation.persons import PREMISES as PREMISES_HOME
from lightkeeper.engine.synthetic.nation.reports import (
    BORDER,
    FIRST_HAPPENED,
    HAPPENED_DAYS,
    HARMS,
    INDUSTRY,
    ROLES,
    THREATS,
    Kind,
    Note,
    Rows,
    agency,
    event_of,
    police_of,
    said,
    same,
    where,
)
from lightkeeper.engine.synthetic.nation.world import World

MOST_REPORTS = 12
OFFENDERS_PHONES, BUSY_PHONES = 400_000, 960_000
SUSPECT, MANAGED = ROLES.index("suspect"), ROLES.index("managed-offender")
HARM_OF_THREAT = np.array([0, 1, 3, 4, 1, 5, -1, -1])  # places in HARMS
HARM_OF_ROLE = {PREMISES: HARMS.index("provides_premises")}
NOTE_OF_ROLE = np.array([Note.INVOLVED, Note.DIRECTS, Note.PREMISES, Note.MONEY, Note.DRIVES])
BY_PHONE, TOGETHER, IN_CAR = 1, 3, 4  # places in LINKS
Feeds = dict[str, list[Rows]]


def tell_networks(world: World, networks: Ids) -> tuple[Feeds, Members, Ties]:
    """What is said of these networks, given in ascending order, and what is true of them."""
    members, ties = members_of(world, networks), ties_of(world, networks)
    feeds: Feeds = defaultdict(list)
    feeds["police"].append(_reports(world, members))
    feeds["online"].append(_accounts(world, members))
    feeds["links"].append(_links(world, ties))
    feeds["phones"].append(_calls(world, ties))
    feeds["travel"] += _two(world, ties, Kind.TOGETHER, "travel", TOGETHER)
    feeds["vehicles"] += _two(world, ties, Kind.CAR, "vehicles", IN_CAR)
    return feeds, members, ties


def phone_of(world: World, keys: Ids, *, lone: bool = False) -> Ints:
    """(n,) int64, a number of their own for each member or lone offender, and for nobody else (up
    to some 23 million people).
    """
    room = BUSY_PHONES - OFFENDERS_PHONES
    number = keys + np.uint64(world.networks * SLOTS if lone else 0)
    return (OFFENDERS_PHONES + (number * np.uint64(176_129)) % np.uint64(room)).astype(np.int64)


def tell_loners(world: World, loners: Ids) -> Feeds:
    """What is said of these lone offenders: reports, accounts, and requirements not met."""
    luck = world.luck
    person, threat = lone_offender(world, loners), threat_of_loner(world, loners)
    registered, renamed = is_registered(world, loners), has_new_name(world, loners)
    area = world.area_of_home(person >> SHIFT)
    feeds: Feeds = defaultdict(list)
    for place, odds in ((0, 0.85), (1, 0.4), (2, 0.2)):
        some = luck.hits(loners, odds, f"report {place}")
        event = event_of(loners[some], Kind.LONER, place)
        new = renamed[some] & luck.hits(event, 0.6, "under new name")
        harm = luck.hits(event, 0.6, "harm said")
        feeds["police"].append(
            said(
                world, event, person[some], "police", agency=police_of(world, area[some]),
                identity=identity_of(person[some], np.where(new, FALSE, OWN)),
                phone=phone_of(world, loners[some], lone=True),
                role=np.where(registered[some] & ~new, MANAGED, SUSPECT),
                harm=np.where(harm, HARM_OF_THREAT[threat[some]], -1),
                threats=np.int64(1) << threat[some], note=same(Note.INVOLVED, event),
            )
        )  # fmt: skip
    some = registered & luck.hits(loners, 0.1, "not notified")
    event = event_of(loners[some], Kind.MANAGED)
    feeds["police"].append(
        said(
            world, event, person[some], "police", agency=police_of(world, area[some]),
            role=same(MANAGED, event), harm=same(HARMS.index("breach_of_order"), event),
            note=same(Note.NOT_NOTIFIED, event),
        )
    )  # fmt: skip
    some = np.isin(threat, [0, THREATS.index("cyber")]) & luck.hits(loners, 0.5, "account")
    event = event_of(loners[some], Kind.LONER_ACCOUNT)
    feeds["online"].append(_account_rows(world, event, person[some], threat[some]))
    return feeds


def _reports(world: World, members: Members) -> Rows:
    """At least one report of each member, by the force of the network's area or of another."""
    luck, assumed = world.luck, world.figures.assumed
    mean = float(assumed["reports"]["offender_reports"]) - 1
    more = np.log1p(-luck.share(members.key, "reports")) / np.log(mean / (1 + mean))
    unknown = luck.hits(members.key, assumed["offenders"]["unknown_to_police"], "unknown")
    many = np.where(unknown, 1, np.minimum(1 + more.astype(np.int64), MOST_REPORTS))
    rep = members.repeated(many)
    place = np.arange(len(rep.key)) - np.repeat(np.cumsum(many) - many, many)
    event = event_of(rep.key, Kind.MEMBER, place)
    known = ~np.repeat(unknown, many)
    area = area_of_network(world, rep.network)
    elsewhere = luck.hits(event, 0.15, "elsewhere")
    area_said = np.where(elsewhere, luck.below(event, len(world.figures.codes), "where"), area)
    threats = threats_of_network(world, rep.network)
    said_threats = threats & luck.below(event, 256, "threats said")
    said_threats = np.where(said_threats == 0, threats & -threats, said_threats)
    home, home_area, phone = _where_found(world, rep, event)
    harm = HARM_OF_THREAT[_one_threat(said_threats)]
    for role, code in HARM_OF_ROLE.items():
        harm = np.where(rep.role == role, code, harm)
    odds = np.where(rep.role == ORGANISER, 0.8, 0.5)
    harm = np.where(known & luck.hits(event, odds, "harm said"), harm, -1)
    return said(
        world, event, rep.person, "police", agency=police_of(world, area_said),
        identity=identity_used(world, rep, event), home=home, area=home_area, phone=phone,
        role=np.where(known, SUSPECT, 0), harm=harm, threats=np.where(known, said_threats, 0),
        note=np.where(known, NOTE_OF_ROLE[rep.role], luck.below(event, 6, "note")),
    )  # fmt: skip


def _where_found(world: World, members: Members, event: Ids) -> tuple[Ids, Ints, Ints]:
    """At home, at a place that the network uses, or at a hostel that everybody knows; and the
    number given there.
    """
    luck, busy = world.luck, float(world.figures.assumed["reports"]["busy"])
    share, area = luck.share(event, "found"), area_of_network(world, members.network)
    at_hostel, at_premises = share < busy, share > 0.75
    home = np.where(at_hostel, HOSTEL | area.astype(np.uint64), members.person >> SHIFT)
    home = np.where(at_premises, PREMISES_HOME | members.network, home)
    away = at_hostel | at_premises
    home_area = np.where(away, area, world.area_of_home(members.person >> SHIFT))
    phone = np.where(at_hostel, BUSY_PHONES + area, phone_of(world, members.key))
    chief = members.network * np.uint64(SLOTS)
    shared = luck.hits(event, 0.15, "shared phone")
    return home, home_area, np.where(shared, phone_of(world, chief), phone)


def _accounts(world: World, members: Members) -> Rows:
    threats = threats_of_network(world, members.network)
    online = (threats & (1 | 1 << THREATS.index("cyber"))) > 0
    some = online & world.luck.hits(members.key, 0.4, "account")
    event = event_of(members.key[some], Kind.ACCOUNT)
    return _account_rows(world, event, members.person[some], _one_threat(threats[some]))


def _account_rows(world: World, event: Ids, person: Ids, threat: Ints) -> Rows:
    contact = np.where(threat == 0, HARMS.index("online_contact"), -1)
    alias = world.luck.hits(event, 0.3, "account name")
    return said(
        world, event, person, "online", agency=agency(world, INDUSTRY, len(event)),
        identity=identity_of(person, np.where(alias, ALIAS, OWN)), role=same(SUSPECT, event),
        harm=contact, threats=np.int64(1) << threat, note=same(Note.ACCOUNT, event),
        other=person,
    )  # fmt: skip


def _links(world: World, ties: Ties) -> Rows:
    """One link for each tie: the first reports of both."""
    event = event_of(ties.key, Kind.TIE, _nth(ties.key))
    return said(
        world, event, ties.person, "links",
        agency=police_of(world, area_of_network(world, ties.network)),
        note=same(Note.TOGETHER, event), detail=_kind_of_tie(world, event),
        first=event_of(ties.key, Kind.MEMBER), other=event_of(ties.other, Kind.MEMBER),
        detail_2=ties.other_person.astype(np.int64),
    )  # fmt: skip


def _calls(world: World, ties: Ties) -> Rows:
    """What a force asked of a provider: two numbers, from when to when, how often."""
    nth = _nth(ties.key)
    by_phone = _kind_of_tie(world, event_of(ties.key, Kind.TIE, nth)) == BY_PHONE
    some = by_phone | world.luck.hits(event_of(ties.key, Kind.CALL, nth), 0.3, "called")
    event = event_of(ties.key, Kind.CALL, nth)[some]
    force = police_of(world, area_of_network(world, ties.network))[some]
    return said(
        world, event, ties.person[some], "phones", agency=force, note=same(Note.CALLS, event),
        phone=phone_of(world, ties.key)[some], detail=phone_of(world, ties.other)[some],
        detail_2=1 + (world.luck.share(event, "calls") ** 3 * 300).astype(np.int64),
        other=ties.other_person[some],
    )  # fmt: skip


def _two(world: World, ties: Ties, kind: Kind, feed: str, link: int) -> list[Rows]:
    """Both on one booking, or in one car on one day."""
    nth = _nth(ties.key)
    event = event_of(ties.key, kind, nth * 2)
    tied = _kind_of_tie(world, event_of(ties.key, Kind.TIE, nth)) == link
    some: Flags = tied | world.luck.hits(event, 0.1, "two")
    area = area_of_network(world, ties.network)
    border = agency(world, BORDER, len(event))
    by = border if feed == "travel" else police_of(world, area)
    happened = FIRST_HAPPENED + world.luck.below(event, HAPPENED_DAYS, "day of two")
    note = Note.JOURNEY if feed == "travel" else Note.VEHICLE
    other = event if feed == "travel" else ties.person
    rows = []
    for place, person in ((0, ties.person), (1, ties.other_person)):
        both = said(
            world, event + np.uint64(place << 3), person, feed, agency=by, happened=happened,
            note=same(note, event), other=other,
        )  # fmt: skip
        rows.append(where(both, some))
    return rows


def _kind_of_tie(world: World, event: Ids) -> Ints:
    return world.luck.choose(event, np.array([0.4, 0.25, 0.1, 0.1, 0.15]), "kind of tie")


def _nth(keys: Ids) -> Ints:
    """The how-manieth of its key each is; keys of one place come one after the other."""
    new = np.ones(len(keys), dtype=bool)
    new[1:] = keys[1:] != keys[:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(keys)), 0))
    found: Ints = np.arange(len(keys)) - start
    return found


def _one_threat(threats: Ints) -> Ints:
    """The first of the threats, as its place in THREATS."""
    lowest = np.maximum(threats & -threats, 1)
    found: Ints = np.log2(lowest).astype(np.int64)
    return found
