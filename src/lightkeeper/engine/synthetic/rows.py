"""A statement about somebody, as each sender's file would put it."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from lightkeeper.engine.synthetic.persons import Somebody
from lightkeeper.engine.synthetic.slips import Slips

POLICE = [
    "ref", "reported", "surname", "forename", "aka", "dob", "mobile", "email", "handle", "address",
    "postcode", "vehicle", "occupation", "role", "harm", "threat", "src", "info", "note",
]  # fmt: skip
COUNCIL = [
    "Contact ID", "Date", "First name", "Last name", "Date of birth", "Telephone", "Address",
    "Postcode", "Role", "Concern", "Source", "Information", "Note",
]  # fmt: skip
HUB_LABEL = "Harbour Online"


@dataclass(frozen=True)
class Statement:
    """What one report says of one person. `file` is a letter; `named` is how they are named there,
    or blank for their own name, slips and all.
    """

    who: str
    day: date
    file: str
    source: str
    information: str
    harms: str
    named: str
    note: str


def police_row(said: Statement, one: Somebody, ref: str, chance: Random, slips: Slips) -> list[str]:
    """A row of a force's export. What an archive says is what was so then: no car, no e-mail."""
    old = said.file == "L"
    given, family = _names(said, one, slips)
    odd = said.named and said.named not in one.aliases
    alias = chance.choice(one.aliases) if one.aliases and not odd and chance.random() < 0.4 else ""
    address = one.address_before if old else one.address
    postcode = one.postcode_before if old else one.postcode
    return [
        ref, said.day.strftime("%d/%m/%Y"), family, given, alias, slips.day(one.born, "%d/%m/%Y"),
        slips.blank(one.phone_before if old else one.phone, 0.3),
        "" if old else slips.blank(one.email, 0.6), "" if old else slips.blank(one.handle, 0.6),
        slips.blank(address, 0.2), slips.blank(postcode, 0.25),
        "" if old else slips.blank(one.vehicle, 0.4), slips.blank(one.occupation, 0.4),
        role_on(one, said.day), said.harms, "" if role_on(one, said.day) != "suspect" else
        ";".join(one.threats), said.source, said.information, said.note,
    ]  # fmt: skip


def council_row(
    said: Statement, one: Somebody, ref: str, chance: Random, slips: Slips
) -> list[str]:
    """A row of a council's contacts. One in six dates is written the way people write them."""
    given, family = _names(said, one, slips)
    form = "%d %B %Y" if chance.random() < 0.16 else "%Y-%m-%d"
    role = role_on(one, said.day)
    return [
        ref, said.day.isoformat(), given, family, slips.day(one.born, form),
        slips.blank(one.phone, 0.4), slips.blank(one.address, 0.1), slips.blank(one.postcode, 0.12),
        role, {"missing-child": "missing", "child-at-risk": "welfare"}.get(role, ""),
        said.source, said.information, said.note,
    ]  # fmt: skip


def hub_entity(
    said: Statement, one: Somebody, ref: str, chance: Random, slips: Slips
) -> dict[str, Any]:
    """A Person of the hub, as FollowTheMoney writes one."""
    given, family = _names(said, one, slips)
    properties = {
        "name": [f"{given} {family}".strip()],
        "birthDate": [slips.day(one.born, "%Y-%m-%d")],
        "role": [role_on(one, said.day)],
        "alias": list(one.aliases) if chance.random() < 0.5 else [],
        "phone": [slips.blank(one.phone, 0.3)],
        "email": [slips.blank(one.email, 0.5)],
        "handle": [slips.blank(one.handle, 0.3)],
        "address": [slips.blank(one.address, 0.4)],
        "postcode": [slips.blank(one.postcode, 0.4)],
        "topics": [said.harms],
        "publisher": [
            HUB_LABEL if "industry" in said.note.lower() or HUB_LABEL in said.note else ""
        ],
        "modifiedAt": [said.day.isoformat()],
        "notes": [said.note],
    }
    kept = {name: [text for text in texts if text] for name, texts in properties.items()}
    return {
        "id": ref,
        "schema": "Person",
        "properties": {name: texts for name, texts in kept.items() if texts},
    }


def role_on(one: Somebody, day: date) -> str:
    """Their role as it was on a day: who is suspected now may have been a child then."""
    if one.is_child(day) and one.role not in ("missing-child", "child-at-risk"):
        return "child-at-risk"
    return one.role


def _names(said: Statement, one: Somebody, slips: Slips) -> tuple[str, str]:
    if said.named:
        given, _, family = said.named.partition(" ")
        return given, family
    return slips.name(one.given), slips.name(one.family)
