"""Each rule by a table of what it finds and what it passes over, and all of them over a story."""

import random

import pytest

from lightkeeper.engine.oversight.unusual import (
    RULES,
    Habit,
    Known,
    Look,
    Names,
    Person,
    flag_day,
    is_outside,
)

ADA = Person(1, "marsh", "ada marsh", "analyst", 1)
LOU = Person(2, "vale", "lou vale", "analyst", 1)
BEN = Person(3, "okoro", "ben okoro", "officer", 2)
PEOPLE = {person.number: person for person in (ADA, LOU, BEN)}
SETTINGS = {
    "own_name": {"rare_per_thousand": 1, "again": 3},
    "colleague": {},
    "no_part": {"days": 4, "within_days": 30},
    "hours": {"from_hour": 22, "to_hour": 6, "at_least": 10, "role_percent": 10},
    "volume": {"times": 3, "at_least": 60, "without_habit": 250, "habit_days": 10},
}


def names(*full: str) -> Names:
    return Names(frozenset(one.split()[-1] for one in full), frozenset(full))


def looks(count: int, *about: str, hour: int = 11, person: int = 1, first: int = 1) -> list[Look]:
    return [Look(first + n, person, hour, about) for n in range(count)]


def found(rule: str, day: list[Look], **known) -> list[tuple[str, tuple[int, ...]]]:
    flags = flag_day(day, Known(PEOPLE, **known), {rule: SETTINGS[rule]})
    assert all(flag.rule == rule and flag.sentence.endswith(".") for flag in flags)
    return [(flag.about, flag.events) for flag in flags]


@pytest.mark.parametrize(
    ("day", "known", "flags"),
    [
        (looks(1, "R"), {"names": {"R": names("tom marsh")}}, [("R", (1,))]),
        (looks(1, "R"), {"names": {"R": names("tom marsh")}, "parts": {(1, "R")}}, []),
        (looks(1, "R"), {"names": {"R": names("tom vale")}}, []),
        (looks(2, "R"), {"names": {"R": names("t marsh")}, "per_thousand": {"marsh": 9}}, []),
        (looks(3, "R"), {"names": {"R": names("t marsh")}, "per_thousand": {"marsh": 9}},
         [("R", (1, 2, 3))]),
        # A record of the subject that was not asked for by itself bears the name.
        (looks(1, "S", "R"), {"names": {"R": names("tom marsh")}}, [("S", (1,))]),
        ([Look(1, 1, 11, ("R",), opened=False)], {"names": {"R": names("tom marsh")}}, []),
        ([Look(1, 1, 11, (), "Tom MARSH", opened=False)], {}, [("", (1,))]),
        ([Look(1, 1, 11, (), "marshall", opened=False)], {}, []),
        ([Look(1, 9, 11, ("R",))], {"names": {"R": names("tom marsh")}}, []),
    ],
)  # fmt: skip
def test_own_name(day, known, flags):
    known["parts"] = frozenset(known.get("parts", ()))
    assert found("own_name", day, **known) == flags


@pytest.mark.parametrize(
    ("full", "part", "flags"),
    [
        ("lou vale", False, [("R", (1,))]),
        ("lou vale", True, []),
        ("ben okoro", False, []),  # works elsewhere
        ("ada marsh", False, []),  # oneself: the other rule
        ("louise vale", False, []),
    ],
)
def test_colleague(full, part, flags):
    parts = frozenset({(1, "R")} if part else ())
    assert found("colleague", looks(1, "R"), names={"R": names(full)}, parts=parts) == flags


@pytest.mark.parametrize(
    ("before", "part", "flagged"),
    [(2, False, False), (3, False, True), (4, False, False), (7, False, True), (3, True, False)],
)
def test_no_part(before, part, flagged):
    parts = frozenset({(1, "R")} if part else ())
    flags = found("no_part", looks(2, "R"), days_before={(1, "R"): before}, parts=parts)
    assert flags == ([("R", (1, 2))] if flagged else [])


@pytest.mark.parametrize(
    ("count", "hour", "percent", "flagged"),
    [(10, 23, 2, True), (9, 23, 2, False), (10, 5, 2, True), (10, 6, 2, False), (10, 21, 2, False),
     (10, 23, 40, False), (10, 23, None, True)],
)  # fmt: skip
def test_hours(count, hour, percent, flagged):
    habits = {} if percent is None else {"analyst": Habit(100, 20, percent)}
    flags = found("hours", looks(count, "R", hour=hour), habits=habits)
    assert flags == ([("", tuple(range(1, count + 1)))] if flagged else [])


@pytest.mark.parametrize(
    ("count", "habit", "flagged"),
    [(61, Habit(50, 10, 0), True), (60, Habit(50, 10, 0), False), (90, Habit(50, 30, 0), False),
     (91, Habit(50, 30, 0), True), (250, Habit(9, 1, 0), False), (251, Habit(9, 1, 0), True),
     (250, None, False)],
)  # fmt: skip
def test_volume(count, habit, flagged):
    day = [Look(n, 1, 11, (f"R{n}",)) for n in range(count)]
    again = [Look(1000 + n, 1, 11, (f"R{n}",)) for n in range(count)]
    flags = found("volume", day + again, habits={"analyst": habit} if habit else {})
    assert flags == ([("", tuple(range(count)))] if flagged else [])


def test_hours_over_midnight_and_within_a_day():
    assert [h for h in range(24) if is_outside(h, 22, 6)] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert [h for h in range(24) if is_outside(h, 1, 3)] == [1, 2]
    assert [h for h in range(24) if is_outside(h, 0, 0)] == []


def test_no_sentence_names_anybody():
    day = [*looks(3, "R"), Look(9, 1, 23, (), "marsh", opened=False)]
    flags = flag_day(day, Known(PEOPLE, names={"R": names("lou vale", "tom marsh")}), SETTINGS)

    assert {flag.rule for flag in flags} == {"own_name", "colleague"}
    for flag in flags:
        assert not {"marsh", "vale", "R"} & set(flag.sentence.casefold().split())


def test_a_rule_that_there_is_not_stops_it():
    with pytest.raises(KeyError, match="guess"):
        flag_day(looks(1, "R"), Known(PEOPLE), {"guess": {}})
    assert set(SETTINGS) == set(RULES)


# --- A story ----------------------------------------------------------------------------------

SEED = 20261123
FAMILIES = 2_000
DAYS, STAFF, RECORDS = 10, 120, 20_000


def family(rng: random.Random) -> str:
    """A few family names are common and most are rare, as they are."""
    return f"f{int(FAMILIES * rng.random() ** 3)}"


def tell() -> tuple[Known, list[list[Look]], set[tuple[int, str, int, str]]]:
    """Ten days of 120 people on 20,000 records, and what was planted: day, rule, person, record."""
    rng = random.Random(SEED)
    people = {}
    for number in range(STAFF):
        name = family(rng)
        role = "analyst" if number % 2 else "officer"
        people[number] = Person(number, name, f"g{number} {name}", role, number % 4)
    records = {f"R{n}": names(f"g{rng.randrange(900)} {family(rng)}") for n in range(RECORDS)}
    borne: dict[str, int] = {}
    for one in records.values():
        for word in one.family:
            borne[word] = borne.get(word, 0) + 1
    days, parts, planted, event = [], set(), set(), 0
    for _ in range(DAYS):
        looks = []
        for number in people:
            night = number % 10 == 0 and number % 2 == 0  # some officers are on nights
            for _ in range(rng.randrange(5, 30)):
                event += 1
                record = f"R{rng.randrange(RECORDS)}"
                if rng.random() < 0.3:
                    parts.add((number, record))
                hour = (
                    rng.randrange(22, 24) if night and rng.random() < 0.2 else rng.randrange(8, 18)
                )
                looks.append(Look(event, number, hour, (record,)))
        days.append(looks)
    known = Known(
        people, records, {word: 1000 * count / RECORDS for word, count in borne.items()},
        frozenset(parts), {},
        {"analyst": Habit(500, 28, 0.0), "officer": Habit(500, 28, 6.0)},
    )  # fmt: skip
    for number in range(60):
        day, person = rng.randrange(DAYS), rng.randrange(STAFF)
        planted.add((day, *_plant(rng, known, days[day], person, number)))
    return known, days, planted


def _plant(rng, known, day, person, number) -> tuple[str, int, str]:
    record, rule = f"P{number}", ("own_name", "colleague", "no_part", "hours", "volume")[number % 5]
    who, event = known.people[person], 10**6 + number * 1000
    if rule == "own_name":
        known.names[record] = names(f"x {who.family_name}")
        day += [Look(event + n, person, 12, (record,)) for n in range(rng.choice((1, 3, 4)))]
    elif rule == "colleague":
        other = next(o for o in known.people.values() if o.agency == who.agency and o != who)
        known.names[record] = names(other.full_name)
        day.append(Look(event, person, 12, (record,)))
    elif rule == "no_part":
        known.days_before[person, record] = 3
        day.append(Look(event, person, 12, (record,)))
    else:
        hour, count = (23, 14) if rule == "hours" else (12, 120)
        day += [Look(event + n, person, hour, (f"{record}-{n}",)) for n in range(count)]
    return rule, person, "" if rule in ("hours", "volume") else record


def test_what_was_planted_is_found_and_ordinary_work_is_left_alone():
    known, days, planted = tell()

    flags = {
        (number, flag.rule, flag.person, flag.about)
        for number, day in enumerate(days)
        for flag in flag_day(day, known, SETTINGS)
    }

    ordinary = sum(len([look for look in day if look.event < 10**6]) for day in days)
    recall = len(flags & planted) / len(planted)
    others = len(flags - planted)
    print(f"planted {len(planted)}, found {recall:.0%}; {others} others in {ordinary} looks")
    assert recall >= 0.95
    assert ordinary > 15_000
    assert others <= ordinary / 2_000
