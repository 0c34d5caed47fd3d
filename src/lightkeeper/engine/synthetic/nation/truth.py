"""What is really so: who everybody is, under which identities, in which networks, with what need,
harmed by whom, moved from where; and whom each row of each feed is about, and where it was heard.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from lightkeeper.engine.synthetic.nation.children import NOBODY, Children, Harm
from lightkeeper.engine.synthetic.nation.figures import FACTORS
from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints
from lightkeeper.engine.synthetic.nation.offenders import (
    ROLES_IN,
    Members,
    Ties,
    area_of_network,
    has_new_name,
    is_registered,
    lone_offender,
    shares_identity,
    size_of_network,
    threat_of_loner,
    threats_of_network,
)
from lightkeeper.engine.synthetic.nation.persons import Identities, People
from lightkeeper.engine.synthetic.nation.refs import feed_of, refs, refs_where
from lightkeeper.engine.synthetic.nation.reports import FEEDS, THREATS, Rows
from lightkeeper.engine.synthetic.nation.schools import school_names
from lightkeeper.engine.synthetic.nation.words import FAMILY, GIVEN, days, pick
from lightkeeper.engine.synthetic.nation.world import World
from lightkeeper.engine.synthetic.nation.writing import addresses, documents, postcodes

KINDS = ("own", "alias", "false")
PLACES = ("UK", "overseas", "both")


def persons(world: World, people: People) -> pa.Table:
    """Everybody: `person`, `home`, names, `born`, `sex`, `ethnicity`, where they live and learn."""
    homes = people.home
    return pa.table(
        {
            "person": _numbers(people.ids), "home": _numbers(homes),
            "given": _word(GIVEN, people.given), "family": _word(FAMILY, people.family),
            "born": days(people.born), "sex": _word("MF", people.female.astype(np.int64)),
            "ethnicity": _word(world.figures.assumed["ethnicity"], people.ethnicity),
            "area": _word(world.figures.codes, people.area),
            "address": addresses(world, homes, people.area),
            "postcode": postcodes(world, homes, people.area),
            "school": school_names(world, people.school), "is_child": pa.array(people.is_child),
        }
    )  # fmt: skip


def needs(children: Children) -> pa.Table:
    """One row for each need of a child: IN-NEED, LOOKED-AFTER, or a factor of the census."""
    found: list[tuple[Ids, str]] = [
        (children.ids[children.in_need], "IN-NEED"),
        (children.ids[children.looked_after], "LOOKED-AFTER"),
        *((children.ids[children.has(code)], code) for code in FACTORS),
    ]
    child = np.concatenate([ids for ids, _ in found])
    need = [name for ids, name in found for _ in range(len(ids))]
    return pa.table({"child": _numbers(child), "need": pa.array(need, pa.string())})


def identities(world: World, ids: Ids) -> pa.Table:
    """Identities other than people's own, and what they say. `person` made it up."""
    said = Identities(world, ids)
    return pa.table(
        {
            "identity": _numbers(ids), "person": _numbers(ids >> np.uint64(2)),
            "kind": _word(KINDS, said.kind), "given": _word(GIVEN, said.given),
            "family": _word(FAMILY, said.family), "born": days(said.born),
            "document": documents(world, ids),
        }
    )  # fmt: skip


def networks(world: World, ids: Ids, harmed: Ints) -> pa.Table:
    """Each network: its area, threats, places to fill, and how many children it harms."""
    sets = [
        ";".join(name for bit, name in enumerate(THREATS) if number >> bit & 1)
        for number in range(2 ** len(THREATS))
    ]
    return pa.table(
        {
            "network": _numbers(ids),
            "area": _word(world.figures.codes, area_of_network(world, ids)),
            "threats": _word(sets, threats_of_network(world, ids)),
            "size": pa.array(size_of_network(world, ids)),
            "shares_identity": pa.array(shares_identity(world, ids)),
            "children_harmed": pa.array(harmed),
        }
    )  # fmt: skip


def members(found: Members) -> pa.Table:
    return pa.table(
        {
            "network": _numbers(found.network), "person": _numbers(found.person),
            "role": _word(ROLES_IN, found.role),
        }
    )  # fmt: skip


def loners(world: World, ids: Ids) -> pa.Table:
    """Each lone offender: their threat, and whether they are registered, or under a new name."""
    return pa.table(
        {
            "person": _numbers(lone_offender(world, ids)),
            "threat": _word(THREATS, threat_of_loner(world, ids)),
            "registered": pa.array(is_registered(world, ids)),
            "new_name": pa.array(has_new_name(world, ids)),
        }
    )  # fmt: skip


def links(found: Ties) -> pa.Table:
    """Who of a network is tied to whom."""
    return pa.table(
        {
            "network": _numbers(found.network), "person": _numbers(found.person),
            "other": _numbers(found.other_person),
        }
    )  # fmt: skip


def harm(found: Harm) -> pa.Table:
    """Who harms which child, as one of which network or alone, and whether an agency knew."""
    return pa.table(
        {
            "child": _numbers(found.child), "by": _numbers(found.by),
            "network": _or_nothing(found.network), "threat": _word(THREATS, found.threat),
            "known": pa.array(found.known),
        }
    )  # fmt: skip


def trafficking(world: World, rows: Rows) -> pa.Table:
    """Who was trafficked: by which network, as what, from where to where, and who referred them."""
    types = [*world.figures.child_referrals.types, *world.figures.adult_referrals.types]
    event = rows["event"].astype(np.uint64)
    return pa.table(
        {
            "person": _numbers(rows["person"].astype(np.uint64)),
            "network": _or_nothing(rows["network"].astype(np.uint64)),
            "types": _word(types, rows["types"]), "place": _word(PLACES, rows["place"]),
            "from_area": _word(world.figures.codes, rows["from_area"]),
            "to_area": _word(world.figures.codes, rows["to_area"]),
            "referral": refs_where(event, event > 0),
        }
    )  # fmt: skip


def records(feed: str, rows: Rows) -> pa.Table:
    """Whom each row of a feed is about, as whom it names them, and from which row it was heard.

    `origin` is the row that whoever wrote it had heard or copied; `first` is where that began.
    `other` is a second person, of a link or a call.
    """
    event, origin = rows["event"].astype(np.uint64), rows["origin"].astype(np.uint64)
    heard = origin > 0
    first = np.where(heard, rows["first"].astype(np.uint64), event)
    other = rows["detail_2"] if feed == "links" else rows["other"]
    two = feed in ("links", "phones")
    return pa.table(
        {
            "feed": _word([feed], np.zeros(len(event), np.int64)), "ref": refs(event),
            "person": _numbers(rows["person"].astype(np.uint64)),
            "identity": _numbers(rows["identity"].astype(np.uint64)),
            "other": pa.array(other.astype(np.int64), mask=np.full(len(event), not two)),
            "happened": days(rows["happened"].astype(np.int64)),
            "reported": days(rows["reported"].astype(np.int64)),
            "origin": refs_where(origin, heard),
            "origin_feed": _feeds(origin, heard), "first": refs(first),
        }
    )  # fmt: skip


def _feeds(events: Ids, known: Flags) -> Any:
    return _word(list(FEEDS), np.where(known, feed_of(events), -1))


def _numbers(ids: Ids) -> Any:
    return pa.array(ids.astype(np.int64))


def _or_nothing(ids: Ids) -> Any:
    return pa.array(np.where(ids == NOBODY, 0, ids).astype(np.int64), mask=ids == NOBODY)


def _word(words: Any, at: Any) -> Any:
    return pick(pa.array(list(words), pa.string()), at.astype(np.int64))
