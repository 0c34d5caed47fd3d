"""Who the story is about: the cast, written by hand, and everybody else, made up at random."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from random import Random
from typing import Any

import yaml

TODAY = date(2026, 11, 20)
ADULT_YEARS = 18
FAMILIES = 44
SINGLE = 46


@dataclass(frozen=True)
class Somebody:
    """One made-up person, or an identity that somebody goes under: then `really` says whose."""

    key: str
    given: str
    family: str
    born: date
    address: str
    postcode: str
    phone: str = ""
    email: str = ""
    handle: str = ""
    aliases: tuple[str, ...] = ()
    vehicle: str = ""
    occupation: str = ""
    role: str = "associate"
    threats: tuple[str, ...] = ()
    really: str = ""
    address_before: str = ""
    postcode_before: str = ""
    phone_before: str = ""

    def is_child(self, on: date) -> bool:
        birthday_to_come = (on.month, on.day) < (self.born.month, self.born.day)
        return on.year - self.born.year - birthday_to_come < ADULT_YEARS


def read_words(name: str) -> Any:
    """What one of the word lists beside this module says."""
    return yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def the_cast() -> list[Somebody]:
    """Those whom the statements are about."""
    return [_from_cast(key, one) for key, one in read_words("cast.yaml").items()]


def _from_cast(key: str, one: dict[str, Any]) -> Somebody:
    before = one.pop("before", {})
    aliases, threats = tuple(one.pop("aliases", ())), tuple(one.pop("threats", ()))
    return Somebody(
        key=key,
        address_before=before.get("address", one["address"]),
        postcode_before=before.get("postcode", one["postcode"]),
        phone_before=before.get("phone", ""),
        aliases=aliases,
        threats=threats,
        **one,
    )


@cache
def all_names() -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Given and family names, one tuple for each of the places where they are often met."""
    groups = read_words("names.yaml").values()
    return [tuple(one["given"]) for one in groups], [tuple(one["family"]) for one in groups]


def bystanders(chance: Random) -> list[Somebody]:
    """Everybody else: families with a child or two, single people, and a hostel of them."""
    words = read_words("words.yaml")
    made = chain(_families(chance, words), _singles(chance, words))
    return [_keyed(f"p{number:03}", one) for number, one in enumerate(made, start=1)]


def _keyed(key: str, one: dict[str, Any]) -> Somebody:
    before = {"address_before": one["address"], "postcode_before": one["postcode"]}
    return Somebody(key=key, **(before | one))


def _families(chance: Random, words: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _ in range(FAMILIES):
        given, family = _name(chance)
        home = _home(chance, words)
        phone = _phone(chance)
        yield {
            "given": given, "family": family, "born": _born(chance, 27, 52), "phone": phone,
            "occupation": chance.choice(words["occupations"]), **home,
        }  # fmt: skip
        for _child in range(chance.choice((1, 1, 2))):
            yield {
                "given": _name(chance)[0], "family": family, "born": _born(chance, 5, 16),
                "phone": phone if chance.random() < 0.4 else "", "role": "child-at-risk", **home,
            }  # fmt: skip


def _singles(chance: Random, words: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(SINGLE):
        given, family = _name(chance)
        moved = _home(chance, words)
        yield {
            "given": given, "family": family, "born": _born(chance, 19, 78),
            "phone": _phone(chance) if chance.random() < 0.6 else "",
            "email": f"{family[0]}{number}@example.org".lower() if family.isascii() else "",
            "occupation": chance.choice(words["occupations"]),
            "role": chance.choice(("associate", "witness")),
            "address_before": moved["address"], "postcode_before": moved["postcode"],
            **(words["hostel"] if number % 3 == 0 else _home(chance, words)),
        }  # fmt: skip


def _name(chance: Random) -> tuple[str, str]:
    given, family = all_names()
    at = chance.choices(range(len(given)), weights=(6, 2, 2, 2, 2, 1, 1, 1))[0]
    return chance.choice(given[at]), chance.choice(family[at])


def _born(chance: Random, youngest: int, oldest: int) -> date:
    return TODAY - timedelta(days=chance.randint(youngest * 366, oldest * 365))


def _home(chance: Random, words: dict[str, Any]) -> dict[str, str]:
    street = chance.choice(list(words["streets"]))
    number = chance.randint(1, 120)
    # A postcode is a short piece of a street; these letters are ones that postcodes end in.
    unit = "ABDEFGHJ"[number // 16] + street[0].translate(str.maketrans("CMOV", "SNPW"))
    return {"address": f"{number} {street}", "postcode": words["streets"][street] + unit}


def _phone(chance: Random) -> str:
    # The numbers that Ofcom keeps for drama; those below 900300 and 960400 are the cast's.
    if chance.random() < 0.7:
        return f"07700 900{chance.randint(300, 999)}"
    return f"01632 960{chance.randint(400, 999)}"
