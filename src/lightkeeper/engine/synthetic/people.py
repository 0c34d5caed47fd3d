"""A made-up population as one plain CSV, of any size, with duplicates, errors and the truth.

    python -m lightkeeper.engine.synthetic.people --rows 1000000 --out people.csv

Who somebody is follows from their number alone, so nothing is kept in memory from row to row: a
person may turn up again anywhere in the file. Nobody exists; numbers are those kept for drama,
which are few, so only one person in ten has one.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.synthetic.persons import all_names, read_words

HEADER = ("source_id", "first_name", "last_name", "date_of_birth", "phone", "postcode", "address",
          "reported_on", "true_id")  # fmt: skip
ROWS_A_PERSON = 1.4
BLOCK_ROWS = 50_000
FIRST_BORN, DAYS_BORN = date(1940, 1, 1), 27_700  # to November 2015
FIRST_REPORT, DAYS_REPORTED = date(2016, 1, 1), 3_970  # to November 2026
DOORS = 150  # of a street
MANY = 2**16
Numbers = NDArray[np.uint64]


@dataclass(frozen=True)
class _Names:
    """Whatever a person is made of, as lists to pick from."""

    given: list[str]
    family: list[str]
    streets: list[str]
    towns: list[str]
    outward: list[str]
    inward: list[str]
    phones: list[str]
    born: list[str]
    born_swapped: list[str]
    reported: list[str]


def make_people(count: int, seed: int, out_csv: Path) -> int:
    """Write `count` rows about fewer people. Returns about how many: those a row may be about.

    Columns: HEADER; dates dd/mm/yyyy; `true_id` is who the row is really about, and is to be taken
    out before the file is sent anywhere. The same count and seed give the same bytes.
    Errors, of all rows: 8% a slip in a name, 3% an initial for it, 1% names changed about, 5% in
    capitals; birth date 6% blank, 3% day and month changed about where that is a date, 1.5% a year
    out; 20% no address, 10% an old one; 40% of known numbers left out.
    Raises: ShapeError for fewer than one row; OSError if the file cannot be written.
    """
    if count < 1:
        raise ShapeError(f"expected at least one row, got {count}")
    people = max(1, int(count / ROWS_A_PERSON))
    with out_csv.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(HEADER) + "\n")
        for start in range(0, count, BLOCK_ROWS):
            rows = np.arange(start, min(start + BLOCK_ROWS, count), dtype=np.uint64)
            out.writelines(_block(rows, people, seed))
    return people


def _block(rows: Numbers, people: int, seed: int) -> Iterator[str]:
    names = _names()

    def luck(of: Numbers, what: int) -> Numbers:
        return _mix(of, seed * 1000 + what)

    who = luck(rows, 0) % np.uint64(people)
    old = luck(rows, 1) % np.uint64(100) < 10
    home = np.where(old, luck(who, 10), luck(luck(who, 11) % np.uint64(people // 2 + 1), 12))
    born = luck(who, 13) % np.uint64(DAYS_BORN)
    columns = (
        rows, who, _common_first(luck(who, 14), len(names.given)),
        _common_first(luck(who, 15), len(names.family)), born, luck(who, 16), home,
        luck(rows, 2) % np.uint64(DAYS_REPORTED), luck(rows, 3), luck(rows, 4),
    )  # fmt: skip
    return map(_line, *(column.tolist() for column in columns))


def _line(
    row: int, who: int, given: int, family: int, born: int, phone: int, home: int, seen: int,
    name_luck: int, other_luck: int,
) -> str:  # fmt: skip
    names = _names()
    first, last = names.given[given], names.family[family]
    if name_luck % 100 < 17:
        first, last = _slipped(first, last, name_luck)
    known = phone % 10 == 0 and other_luck % 10 < 6
    number = names.phones[phone // 10 % len(names.phones)] if known else ""
    day = _day(names, born, other_luck // 10 % 1000)
    address = postcode = ""
    if other_luck // 10_000 % 10 > 1:
        address, postcode = _place(names, home)
    return (
        f"S{row:08},{first},{last},{day},{number},{postcode},{address},"
        f"{names.reported[seen]},T{who:08}\n"
    )


def _place(names: _Names, home: int) -> tuple[str, str]:
    """An address and its postcode: a postcode is fifteen doors of one street of one town."""
    home, door = divmod(home, DOORS)
    home, street = divmod(home, len(names.streets))
    town = home % len(names.towns)
    districts = len(names.outward) // len(names.towns)
    piece, district = divmod(street, districts)
    outward = names.outward[town * districts + district]
    inward = names.inward[(piece * DOORS + door) // 15 % len(names.inward)]
    return f"{door + 1} {names.streets[street]} {names.towns[town]}", f"{outward} {inward}"


def _day(names: _Names, born: int, luck: int) -> str:
    if luck < 60:
        return ""
    if luck < 90:
        return names.born_swapped[born]
    if luck < 105:
        return names.born[max(born - 365, 0)]
    return names.born[born]


def _slipped(first: str, last: str, luck: int) -> tuple[str, str]:
    what, where = luck % 100, luck // 100
    if what < 4:
        return _letter_slip(first, where), last
    if what < 8:
        return first, _letter_slip(last, where)
    if what < 11:
        return first[0], last
    if what < 12:
        return last, first
    return first.upper(), last.upper()


def _letter_slip(name: str, luck: int) -> str:
    if len(name) < 3:
        return name
    at = 1 + luck % (len(name) - 2)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: name[:at] + name[at + 1 :],
        lambda: name[: at + 1] + name[at:],
        lambda: name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return kinds[luck // 64 % len(kinds)]()


def _common_first(luck: Numbers, length: int) -> NDArray[np.int64]:
    """Places in a list of which the first come more often than the last."""
    share = (luck % np.uint64(MANY)).astype(np.float64) / MANY
    return (share**2 * length).astype(np.int64)


def _mix(of: Numbers, salt: int) -> Numbers:
    """Numbers that look random, and are the same for the same number and salt.

    Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    """
    mixed = of + np.uint64((salt + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed >> np.uint64(1)  # to fit a signed number


@cache
def _names() -> _Names:
    words: dict[str, Any] = read_words("population.yaml")
    given, family = all_names()
    made = [a + b for a, b in product(words["family_front"], words["family_back"])]
    streets = [f"{a} {b}" for a, b in product(words["street_front"], words["street_back"])]
    letters = words["unit_letters"]
    born = [FIRST_BORN + timedelta(days=number) for number in range(DAYS_BORN)]
    reported = [FIRST_REPORT + timedelta(days=number) for number in range(DAYS_REPORTED)]
    return _Names(
        given=_in_turn(given),
        family=_in_turn([*family, tuple(made)]),
        streets=streets,
        towns=words["towns"],
        outward=[f"{area}{number}" for number, area in product(range(1, 30), words["areas"])],
        inward=[f"{n}{a}{b}" for n, a, b in product(range(10), letters, letters)],
        phones=[f"07700 900{n:03}" for n in range(1000)]
        + [f"01632 960{n:03}" for n in range(1000)],
        born=[day.strftime("%d/%m/%Y") for day in born],
        born_swapped=[_swapped(day).strftime("%d/%m/%Y") for day in born],
        reported=[day.strftime("%d/%m/%Y") for day in reported],
    )


def _swapped(day: date) -> date:
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def _in_turn(groups: list[tuple[str, ...]]) -> list[str]:
    """All names, those of each group in their order: the first of each, the second of each, …"""
    longest = max(len(group) for group in groups)
    turns = (group[at] for at in range(longest) for group in groups if at < len(group))
    return list(dict.fromkeys(turns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    people = make_people(given.rows, given.seed, given.out)
    print(f"{given.rows:,} rows about {people:,} made-up people in {given.out}")


if __name__ == "__main__":
    main()
