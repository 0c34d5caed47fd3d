"""The rows of each feed in words, as whoever wrote them down spelt, guessed and left out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from lightkeeper.engine.synthetic.nation.figures import FACTORS
from lightkeeper.engine.synthetic.nation.lives import SOURCES
from lightkeeper.engine.synthetic.nation.luck import Ids, Ints
from lightkeeper.engine.synthetic.nation.persons import TODAY_DAY, People
from lightkeeper.engine.synthetic.nation.refs import refs, refs_where
from lightkeeper.engine.synthetic.nation.reports import (
    HARMS,
    LINKS,
    ROLES,
    THREATS,
    Rows,
    agencies,
)
from lightkeeper.engine.synthetic.nation.schools import school_names
from lightkeeper.engine.synthetic.nation.words import (
    Texts,
    days,
    digits,
    joined,
    listed,
    marks,
    one_of,
    only,
    pick,
)
from lightkeeper.engine.synthetic.nation.world import World
from lightkeeper.engine.synthetic.nation.writing import Pen, handles, numbers

PLACES = ("UK", "overseas", "both")
Columns = dict[str, Texts]
DMY, YMD = "%d/%m/%Y", "%Y-%m-%d"
_SRC, _INFO = np.array([0.42, 0.45, 0.13]), np.array([0.2, 0.2, 0.25, 0.3, 0.05])
_GRADES = ("medium", "high", "low", "no apparent risk")
_FOUND = ("RETURNED", "LOCATED-POLICE", "LOCATED-CARER", "LOCATED-OTHER")


def write_feed(world: World, feed: str, rows: Rows) -> pa.Table:
    """The rows of a feed as its agency writes them, one row each, texts and nothing else."""
    return pa.table(WRITERS[feed](world, rows))


def _police(world: World, rows: Rows) -> Columns:
    pen = Pen(world, rows)
    return {
        "ref": refs(pen.event), "agency": _agency(world, rows), **_days_of(rows, DMY),
        "surname": pen.family(), "forename": pen.given(), "aka": pen.aka(), "dob": pen.born(DMY),
        "mobile": pen.phone(), "address": pen.address(), "postcode": pen.postcode(),
        "role": _word(ROLES, rows["role"]), "harm": _word(HARMS, rows["harm"]),
        "threat": _threats(rows), **_grading(world, rows), "note": _note(rows),
        **_told(world, rows),
    }  # fmt: skip


def _council(world: World, rows: Rows) -> Columns:
    pen, people = Pen(world, rows), People(world, _ids(rows, "person"))
    graded = _grading(world, rows)
    return {
        "contact_id": refs(pen.event), "council": _agency(world, rows),
        "date": days(_ints(rows, "reported"), YMD), "first_name": pen.given(),
        "last_name": pen.family(), "date_of_birth": pen.born(YMD), "address": pen.address(),
        "postcode": pen.postcode(), "school": school_names(world, people.school),
        "role": _word(ROLES, rows["role"]), "referral_source": _word(SOURCES, rows["detail"]),
        "needs": _bits(FACTORS, rows["detail_2"]), "source": graded["src"],
        "information": graded["info"], "note": _note(rows), **_told(world, rows),
    }  # fmt: skip


def _schools(world: World, rows: Rows) -> Columns:
    pen = Pen(world, rows)
    return {
        "ref": refs(pen.event), "council": _agency(world, rows),
        "school": school_names(world, _ints(rows, "detail")),
        "date": days(_ints(rows, "reported"), DMY), "forename": pen.given(),
        "surname": pen.family(), "dob": pen.born(DMY), "address": pen.address(),
        "postcode": pen.postcode(), "role": _word(ROLES, rows["role"]), "note": _note(rows),
        **_told(world, rows),
    }  # fmt: skip


def _missing(world: World, rows: Rows) -> Columns:
    pen, luck = Pen(world, rows), world.luck
    from_where = [*world.figures.public["missing"]["placements"], "home"]
    back = _ints(rows, "happened") + _ints(rows, "detail_2")
    grade = luck.choose(pen.event, np.array([0.6, 0.2, 0.15, 0.05]), "grade")
    found = luck.choose(pen.event, np.array([0.5, 0.25, 0.2, 0.05]), "found")
    return {
        "episode": refs(pen.event), "force": _agency(world, rows), **_days_of(rows, DMY),
        "back_on": only(days(back, DMY), back <= TODAY_DAY), "surname": pen.family(),
        "forename": pen.given(), "dob": pen.born(DMY), "address": pen.address(),
        "postcode": pen.postcode(), "missing_from": _word(from_where, rows["detail"]),
        "risk": _word(_GRADES, grade), "ended": _word(_FOUND, found),
        "role": _word(ROLES, rows["role"]), "note": _note(rows), **_told(world, rows),
    }  # fmt: skip


def _nrm(world: World, rows: Rows) -> Columns:
    pen, people = Pen(world, rows), People(world, _ids(rows, "person"))
    figures = world.figures
    types = [*figures.child_referrals.types, *figures.adult_referrals.types]
    return {
        "reference": refs(pen.event), "first_responder": _agency(world, rows),
        "referred_on": days(_ints(rows, "reported"), YMD), "first_name": pen.given(),
        "family_name": pen.family(), "date_of_birth": pen.born(YMD),
        "age_at_exploitation": _word(("adult", "child"), people.is_child.astype(np.int64)),
        "gender": _word(("male", "female"), people.female.astype(np.int64)),
        "exploitation_types": _word(types, rows["detail"]),
        "location_of_exploitation": _word(PLACES, rows["detail_2"]), "address": pen.address(),
        "postcode": pen.postcode(), "role": _word(ROLES, rows["role"]), "note": _note(rows),
        **_told(world, rows),
    }  # fmt: skip


def _travel(world: World, rows: Rows) -> Columns:
    pen, luck, booking = Pen(world, rows), world.luck, _ids(rows, "other")
    out = luck.hits(booking, 0.5, "outward")
    abroad, home = one_of("countries", luck, booking), pa.array(["GB"] * len(booking))
    carrier = one_of("carriers", luck, booking)
    number = luck.number(booking, "booking") >> np.uint64(30)
    return {
        "ref": refs(pen.event), "agency": _agency(world, rows),
        "booking": joined(pa.scalar("B"), digits(number, 11)),
        "carrier_reference": joined(carrier, digits(luck.below(booking, 900, "flight") + 100, 3)),
        "travelled_on": days(_ints(rows, "happened"), YMD),
        "reported": days(_ints(rows, "reported"), YMD), "from": _choose(out, home, abroad),
        "to": _choose(out, abroad, home), "surname": pen.family(), "forename": pen.given(),
        "dob": pen.born(YMD), "document": pen.document(), "note": _note(rows),
    }  # fmt: skip


def _vehicles(world: World, rows: Rows) -> Columns:
    pen, luck, owner = Pen(world, rows), world.luck, _ids(rows, "other")
    return {
        "ref": refs(pen.event), "force": _agency(world, rows),
        "seen_on": days(_ints(rows, "happened"), DMY),
        "reported": days(_ints(rows, "reported"), DMY), "vrm": marks(owner),
        "model": one_of("makes", luck, owner), "colour": one_of("colours", luck, owner),
        "surname": pen.family(), "forename": pen.given(), "dob": pen.born(DMY),
        "note": _note(rows),
    }  # fmt: skip


def _phones(world: World, rows: Rows) -> Columns:
    pen, luck = Pen(world, rows), world.luck
    first = _ints(rows, "happened") - luck.below(pen.event, 90, "first call")
    named = luck.hits(pen.event, 0.5, "subscriber")
    return {
        "ref": refs(pen.event), "force": _agency(world, rows),
        "reported": days(_ints(rows, "reported"), DMY),
        "number": numbers(_ints(rows, "phone")), "other_number": numbers(_ints(rows, "detail")),
        "first_call": days(first, DMY), "last_call": days(_ints(rows, "happened"), DMY),
        "calls": digits(_ints(rows, "detail_2"), 1), "provider": one_of("networks", luck, pen.text),
        "surname": only(pen.family(), named), "forename": only(pen.given(), named),
        "note": _note(rows),
    }  # fmt: skip


def _online(world: World, rows: Rows) -> Columns:
    pen, luck, who = Pen(world, rows), world.luck, _ids(rows, "identity")
    handle = handles(world, who)
    mail = joined(handle, one_of("messages", luck, who), by="@")
    shown = joined(pen.given(), pen.family(), by=" ")
    return {
        "ref": refs(pen.event), "agency": _agency(world, rows), **_days_of(rows, YMD),
        "platform": one_of("platforms", luck, who), "username": handle,
        "email": only(mail, luck.hits(pen.event, 0.6, "email")),
        "display_name": only(shown, luck.hits(pen.event, 0.7, "shown")),
        "role": _word(ROLES, rows["role"]), "harm": _word(HARMS, rows["harm"]),
        "threat": _threats(rows), "note": _note(rows), **_told(world, rows),
    }  # fmt: skip


def _links(world: World, rows: Rows) -> Columns:
    return {
        "ref": refs(_ids(rows, "event")), "force": _agency(world, rows), **_days_of(rows, DMY),
        "kind": _word(LINKS, rows["detail"]), "first_ref": refs(_ids(rows, "first")),
        "second_ref": refs(_ids(rows, "other")), **_grading(world, rows), "note": _note(rows),
    }  # fmt: skip


WRITERS: dict[str, Callable[[World, Rows], Columns]] = {
    "police": _police, "council": _council, "schools": _schools, "missing": _missing,
    "nrm": _nrm, "hub": _police, "travel": _travel, "vehicles": _vehicles, "phones": _phones,
    "online": _online, "links": _links,
}  # fmt: skip


def _ids(rows: Rows, name: str) -> Ids:
    return rows[name].astype(np.uint64)


def _ints(rows: Rows, name: str) -> Ints:
    return rows[name].astype(np.int64)


def _word(words: Any, at: Any) -> Texts:
    return pick(pa.array(list(words), pa.string()), at.astype(np.int64))


def _choose(yes: Any, texts: Texts, others: Texts) -> Texts:
    return pa.compute.if_else(pa.array(yes), texts, others)


def _agency(world: World, rows: Rows) -> Texts:
    return _word(agencies(world), rows["agency"])


def _days_of(rows: Rows, form: str) -> Columns:
    return {name: days(_ints(rows, name), form) for name in ("happened", "reported")}


def _bits(words: tuple[str, ...], at: Any) -> Texts:
    """Which of the words, by the bits of a number; nothing for none."""
    sets = [
        ";".join(word for bit, word in enumerate(words) if number >> bit & 1)
        for number in range(2 ** len(words))
    ]
    return pick(pa.array([one or None for one in sets], pa.string()), at.astype(np.int64))


def _threats(rows: Rows) -> Texts:
    return _bits(THREATS, rows["threats"])


def _note(rows: Rows) -> Texts:
    return listed("notes", _ints(rows, "note"))


def _grading(world: World, rows: Rows) -> Columns:
    event = _ids(rows, "event")
    return {
        "src": _word("123", world.luck.choose(event, _SRC, "source grade")),
        "info": _word("ABCDE", world.luck.choose(event, _INFO, "information grade")),
    }


def _told(world: World, rows: Rows) -> Columns:
    """From whom it was heard, where they say so: mostly half of them do."""
    odds, event = world.figures.assumed["reports"], _ids(rows, "event")
    by = _ints(rows, "told_by")
    named = (by >= 0) & world.luck.hits(event, odds["says_from_whom"], "says from whom")
    cited = named & world.luck.hits(event, odds["says_reference"], "says reference")
    return {
        "told_by": only(_word(agencies(world), by), named),
        "their_ref": refs_where(_ids(rows, "origin"), cited),
    }
