"""Made-up people in households and circles, records that see part of them, ties, and the truth.

As in `hard_cases.py`, but records say less: many have a name and little else. What they say besides
is whom somebody was with, from which number they rang, where they stayed, how they travelled. A
few places, numbers, people and flights are met by everybody. The rates are guesses.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

import pyarrow as pa

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.synthetic.hard_cases import (
    COLUMNS,
    RECORDS,
    HardCases,
    One,
    Towns,
    couples_of,
    made_up_people,
    records_of,
)
from lightkeeper.engine.synthetic.slips import Slips

# How many of a circle, and how many of them somebody is seen with.
CIRCLE, FRIENDS = (6, 14), (2, 5)
TIES = ((0, 1, 2, 3, 4, 5), (20, 20, 25, 20, 10, 5))
KINDS = (("associate", "phone", "address", "journey"), (50, 20, 15, 15))
# How often a tie leads to what everybody meets.
BUSY = 0.2
Row = tuple[object, ...]


@dataclass(frozen=True)
class Networks:
    """`hard`: the records with `record_id`, and who is easily taken for whom; `in_one_circle`: any
    two of one circle, as true ids; `ties`: record_id, kind, other, key.
    """

    hard: HardCases
    ties: pa.Table
    in_one_circle: list[tuple[int, int]]


@dataclass(frozen=True)
class _Life:
    """Whom somebody is with, and what they use: keys by kind of tie."""

    others: list[int]
    keys: dict[str, list[str]]


def make_networks(
    people: int, seed: int, little: float | None = 0.6, among: int | None = 60
) -> Networks:
    """About so many people with one to six records each, of which a share of `little` leaves out
    most of what is asked; without it the records say as much as those of `hard_cases.py`. With
    `among` so many given and twice as many family names there are as many of one name among few
    people as elsewhere among many.

    Raises: ShapeError for fewer than 50 people.
    """
    if people < 50:
        raise ShapeError(f"expected at least 50 people, got {people}")
    chance = Random(seed)  # noqa: S311 (made-up people)
    everybody = made_up_people(chance, people, among)
    circles = _circles(chance, everybody)
    lives = _lives(chance, everybody, circles)
    said = [row for one in everybody for row in _records(chance, one, little)]
    chance.shuffle(said)
    rows = [(f"R{at}", *row) for at, row in enumerate(said)]
    names = ("record_id", *COLUMNS, "true_id", "under_alias")
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
    together = [pair for circle in circles for pair in combinations(sorted(circle), 2)]
    return Networks(HardCases(table, **couples_of(everybody)), _ties(chance, rows, lives), together)


def _records(chance: Random, one: One, little: float | None) -> Iterator[Row]:
    """As whoever writes them sees part: a name, and of the rest much or next to nothing."""
    if little is None:
        yield from records_of(chance, one)
        return
    slips = Slips(chance)
    for _ in range(chance.choices(*RECORDS)[0]):
        given, family, under = one.given, one.family, False
        if one.alias and chance.random() < 0.3:
            (given, family), under = one.alias, True
        blank = 0.85 if chance.random() < little else 0.25
        before = bool(one.home_before[0]) and chance.random() < 0.3
        address, postcode = one.home_before if before else (one.address, one.postcode)
        day = slips.day(one.born, "%Y-%m-%d")
        homeless = chance.random() < blank
        yield (
            slips.name(given), slips.name(family), "", slips.blank(day, blank),
            slips.blank(one.phone, blank), "" if homeless else address,
            "" if homeless else postcode, one.number, under,
        )  # fmt: skip


def _circles(chance: Random, everybody: list[One]) -> list[list[int]]:
    """Households a few at a time: who lives together is in one circle."""
    circles: list[list[int]] = [[]]
    wanted = chance.randint(*CIRCLE)
    for one, after in zip(everybody, [*everybody[1:], None], strict=True):
        circles[-1].append(one.number)
        if after and after.household != one.household and len(circles[-1]) >= wanted:
            circles.append([])
            wanted = chance.randint(*CIRCLE)
    return circles


def _lives(chance: Random, everybody: list[One], circles: list[list[int]]) -> list[_Life]:
    """What somebody uses is partly their own, partly their household's, partly their circle's."""
    towns = Towns(chance)
    home: dict[int, list[int]] = defaultdict(list)
    for one in everybody:
        home[one.household].append(one.number)
    lives: dict[int, _Life] = {}
    for circle in circles:
        flights = [_flight(chance) for _ in range(2)]
        for number in circle:
            one = everybody[number]
            friends = chance.sample(circle, min(len(circle), chance.randint(*FRIENDS)))
            others = sorted({*home[one.household], *friends} - {number})
            met = [everybody[other] for other in others]
            keys = {
                "phone": [towns.phone(), *(other.phone for other in met[:2])],
                "address": [towns.home()[0], *(other.address for other in met[:2])],
                "journey": [_flight(chance), *flights],
            }
            lives[number] = _Life(others or [number], keys)
    return [lives[one.number] for one in everybody]


def _flight(chance: Random) -> str:
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    return f"NX{chance.randint(100, 999)} 2026-{month:02d}-{day:02d}"


def _ties(chance: Random, rows: Sequence[Row], lives: list[_Life]) -> pa.Table:
    """Ties of each record; one in five leads to what everybody meets."""
    of: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        of[int(str(row[-2]))].append(str(row[0]))
    busy = {kind: [f"busy {kind} {at}" for at in range(3)] for kind in ("address", "journey")}
    busy |= {"phone": [Towns(chance).phone() for _ in range(3)], "associate": []}
    busy["associate"] = [name for number in range(5) for name in of[number]]
    found: list[tuple[str | None, ...]] = []
    for row in rows:
        life = lives[int(str(row[-2]))]
        for _ in range(chance.choices(*TIES)[0]):
            kind = chance.choices(*KINDS)[0]
            everybodys = chance.random() < BUSY
            if kind == "associate":
                whom = chance.choice(of[chance.choice(life.others)])
                to = chance.choice(busy[kind]) if everybodys else whom
                found.append((str(row[0]), kind, to, None))
            else:
                among = busy[kind] if everybodys else life.keys[kind]
                found.append((str(row[0]), kind, None, chance.choice(among)))
    names = ("record_id", "kind", "other", "key")
    return pa.table(
        {n: pa.array([t[at] for t in found], pa.string()) for at, n in enumerate(names)}
    )
