"""Records of made-up people who are easily taken for one another, or for two, with the truth.

Twins, a father and son of one name at one address, whole households behind one phone, namesakes of
one birth year, numbers that somebody else had before, and people who give another name. The rates
are guesses: they say what linkage does with each case, not how often a country has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pyarrow as pa

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.synthetic.persons import TODAY, all_names, read_words
from lightkeeper.engine.synthetic.slips import Slips

COLUMNS = ("first_name", "last_name", "alias", "date_of_birth", "phone", "address", "postcode")
HOUSEHOLD_SIZES = ((1, 2, 3, 4, 5), (30, 28, 18, 16, 8))
RECORDS = ((1, 2, 3, 4, 6), (38, 27, 18, 11, 6))


@dataclass(frozen=True)
class One:
    """A made-up person. `alias`: given and family name they also go by, or nothing."""

    number: int
    household: int
    given: str
    family: str
    born: date
    phone: str
    address: str
    postcode: str
    alias: tuple[str, str] | None = None
    phone_before: str = ""
    home_before: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class HardCases:
    """`table`: one row a record, COLUMNS, `true_id` and `under_alias` (whether it has only the
    other name). The rest are couples of true ids that are two people.
    """

    table: pa.Table
    twins: list[tuple[int, int]]
    same_name_at_home: list[tuple[int, int]]
    household: list[tuple[int, int]]
    namesakes: list[tuple[int, int]]
    one_phone_in_turn: list[tuple[int, int]]


def make_hard_cases(people: int, seed: int) -> HardCases:
    """About so many people, with one to six records each.

    Raises: ShapeError for fewer than 50 people.
    """
    if people < 50:
        raise ShapeError(f"expected at least 50 people, got {people}")
    chance = Random(seed)  # noqa: S311 (made-up people)
    everybody = made_up_people(chance, people)
    rows = [row for one in everybody for row in records_of(chance, one)]
    chance.shuffle(rows)
    names = (*COLUMNS, "true_id", "under_alias")
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
    return HardCases(table, **couples_of(everybody))


def made_up_people(chance: Random, people: int, names: int | None = None) -> list[One]:
    """At least so many, household by household; the number of each is their place. All of the names
    are met, or so many given and twice as many family names; then two of one home have one given
    name only where a child is called after a parent.
    """
    return _with_pasts(chance, list(_households(chance, Towns(chance, names), people)), names)


def _households(chance: Random, towns: "Towns", people: int) -> Iterator[One]:
    number = household = 0
    while number < people:
        size = chance.choices(*HOUSEHOLD_SIZES)[0]
        for one in _household(chance, towns, size):
            yield replace(one, number=number, household=household)
            number += 1
        household += 1


def _household(chance: Random, towns: "Towns", size: int) -> Iterator[One]:
    """A grown-up, often another, and children; one phone of the house, some of their own."""
    address, postcode = towns.home()
    landline = towns.phone()
    given, family = towns.name()
    born = _born(chance, 24, 70)

    def member(given: str, family: str, born: date, own_phone: float) -> One:
        phone = towns.phone() if chance.random() < own_phone else landline
        return One(0, 0, given, family, born, phone, address, postcode)

    yield member(given, family, born, 0.7)
    if size == 1:
        return
    partner = towns.name()
    while towns.few and partner[0] == given:
        partner = towns.name()
    yield member(
        partner[0], family if chance.random() < 0.6 else partner[1],
        born + timedelta(days=chance.randint(-3000, 3000)), 0.7,
    )  # fmt: skip
    children, called = size - 2, {given, partner[0]}
    twins = children >= 2 and chance.random() < 0.25
    last: One | None = None
    for place in range(children):
        childs = towns.name()[0]
        while towns.few and childs in called:
            childs = towns.name()[0]
        if place == 0 and chance.random() < 0.12:
            childs = given
        when = born + timedelta(days=chance.randint(20 * 365, 38 * 365))
        if last and twins and place == 1:
            when = last.born
            if chance.random() < 0.5:
                childs = _sounding_like(chance, towns, last.given)
        called.add(childs)
        last = member(childs, family, min(when, TODAY - timedelta(days=400)), 0.3)
        yield last


def _sounding_like(chance: Random, towns: "Towns", given: str) -> str:
    """Parents of twins like names that begin alike."""
    alike = [name for name in towns.given if name[0] == given[0] and name != given]
    return chance.choice(alike) if alike else towns.name()[0]


def _with_pasts(chance: Random, people: list[One], names: int | None) -> list[One]:
    """Homes and numbers they had before, some of which others have now; and other names."""
    towns = Towns(chance, names)
    found = []
    for one in people:
        if chance.random() < 0.25:
            one = replace(one, home_before=towns.home())
        if chance.random() < 0.15:
            given_up = chance.choice(people).phone if chance.random() < 0.5 else towns.phone()
            one = replace(one, phone_before=given_up)
        if chance.random() < 0.12:
            one = replace(one, alias=towns.name())
        found.append(one)
    return found


def records_of(chance: Random, one: One) -> Iterator[tuple[object, ...]]:
    slips = Slips(chance)
    for _ in range(chance.choices(*RECORDS)[0]):
        given, family, other, under = one.given, one.family, "", False
        if one.alias and chance.random() < 0.45:
            if chance.random() < 0.3:
                other = " ".join(one.alias)
            else:
                (given, family), under = one.alias, True
        before = bool(one.home_before[0]) and chance.random() < 0.3
        address, postcode = one.home_before if before else (one.address, one.postcode)
        phone = one.phone_before if one.phone_before and chance.random() < 0.35 else one.phone
        known = chance.random()
        yield (
            slips.name(given), slips.name(family), other, slips.day(one.born, "%Y-%m-%d"),
            slips.blank(phone, 0.35), address if known < 0.75 else "",
            postcode if known < 0.8 else "", one.number, under,
        )  # fmt: skip


def couples_of(people: list[One]) -> dict[str, list[tuple[int, int]]]:
    """Everybody who is likely to be taken for another, as couples."""
    found: dict[str, list[tuple[int, int]]] = {
        "twins": [], "same_name_at_home": [], "household": [], "namesakes": [],
        "one_phone_in_turn": [],
    }  # fmt: skip
    for couple in _together(people, lambda one: one.household):
        found[_kind_at_home(*couple)].append((couple[0].number, couple[1].number))
    for left, right in _together(people, lambda one: (one.given, one.family)):
        if left.household != right.household:
            found["namesakes"].append((left.number, right.number))
    numbers = {one.phone: one for one in people}
    for one in people:
        now = numbers.get(one.phone_before)
        if now and now.household != one.household:
            found["one_phone_in_turn"].append((one.number, now.number))
    return found


def _kind_at_home(left: One, right: One) -> str:
    if left.born == right.born:
        return "twins"
    return "same_name_at_home" if left.given == right.given else "household"


def _together(people: list[One], key: object) -> Iterator[tuple[One, One]]:
    groups: dict[object, list[One]] = {}
    for one in people:
        groups.setdefault(key(one), []).append(one)  # type: ignore[operator]
    for group in groups.values():
        yield from combinations(group, 2)


class Towns:
    """Names and homes, common ones oftener than rare ones."""

    def __init__(self, chance: Random, names: int | None = None) -> None:
        given, family = all_names()
        words = read_words("population.yaml")
        self.chance = chance
        self.given = [name for group in given for name in group]
        self.family = [name for group in family for name in group]
        self.family += [a + b for a in words["family_front"] for b in words["family_back"]]
        self.few = names is not None
        if names is not None:
            chosen = Random(names)  # noqa: S311 (made-up people)
            self.given = chosen.sample(self.given, names)
            self.family = chosen.sample(self.family, 2 * names)
        self.words = words

    def name(self) -> tuple[str, str]:
        return self._common_first(self.given), self._common_first(self.family)

    def _common_first(self, names: list[str]) -> str:
        return names[int(self.chance.random() ** 2.5 * len(names))]

    def phone(self) -> str:
        """As the numbers kept for drama begin, with more digits: those are too few."""
        return f"07700 9{self.chance.randint(0, 9_999_999):07}"

    def home(self) -> tuple[str, str]:
        words, chance = self.words, self.chance
        street = f"{chance.choice(words['street_front'])} {chance.choice(words['street_back'])}"
        town = chance.choice(words["towns"])
        door = chance.randint(1, 150)
        letters = words["unit_letters"]
        area = words["areas"][len(town) % len(words["areas"])]
        unit = letters[(len(street) * 7 + door // 15) % len(letters)]
        digits = f"{1 + sum(map(ord, town)) % 29} {sum(map(ord, street)) % 10}"
        return f"{door} {street} {town}", f"{area}{digits}{unit}{letters[len(street) % 20]}"


def _born(chance: Random, youngest: int, oldest: int) -> date:
    return TODAY - timedelta(days=chance.randint(youngest * 366, oldest * 365))
