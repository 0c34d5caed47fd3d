"""Which looks of a day are unusual, by named rules with thresholds, each in a sentence.

A flag says that something is unusual and never that it was wrong: a person asks and decides. The
sentences name nobody and nothing but counts, so that they may stand in a log.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Settings = Mapping[str, float]


@dataclass(frozen=True)
class Look:
    """One event of one person. `about` are the records it showed, the one that was asked for first;
    `opened` says that it was asked for by itself and not shown in a list. `text` was searched for.
    """

    event: int
    person: int
    hour: int
    about: tuple[str, ...] = ()
    text: str = ""
    opened: bool = True


@dataclass(frozen=True)
class Person:
    number: int
    family_name: str
    full_name: str
    role: str
    agency: int


@dataclass(frozen=True)
class Names:
    """The names on a record, in small letters."""

    family: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Habit:
    """What a role does on a day, from the weeks before: how many days that rests on, how many
    things only one person in twenty goes beyond, how many looks of a hundred fall outside hours.
    """

    days: int
    high: float
    percent_outside: float


@dataclass(frozen=True)
class Known:
    """All that the rules need to know besides the looks of the day."""

    people: Mapping[int, Person]
    names: Mapping[str, Names] = field(default_factory=dict)
    per_thousand: Mapping[str, float] = field(default_factory=dict)
    parts: frozenset[tuple[int, str]] = frozenset()
    days_before: Mapping[tuple[int, str], int] = field(default_factory=dict)
    habits: Mapping[str, Habit] = field(default_factory=dict)


@dataclass(frozen=True)
class Flag:
    """What a rule found. `about` is a record, or empty if it is the day as a whole."""

    rule: str
    person: int
    about: str
    sentence: str
    events: tuple[int, ...]


Rule = Callable[[Person, list[Look], Known, Settings], Iterator[Flag]]


def flag_day(looks: Iterable[Look], known: Known, rules: Mapping[str, Settings]) -> list[Flag]:
    """Every unusual look of one day, in the order of person, rule and record.

    Args:
        looks: all of the day; those of people who are not known are passed over.
        rules: the settings of each rule that held on the day, by its code.

    Raises: KeyError for a rule that there is not, or a setting that is missing.
    """
    of_person: dict[int, list[Look]] = defaultdict(list)
    for look in looks:
        if look.person in known.people:
            of_person[look.person].append(look)
    found = [
        flag
        for number, theirs in of_person.items()
        for code, settings in rules.items()
        for flag in RULES[code](known.people[number], theirs, known, settings)
    ]
    return sorted(found, key=lambda flag: (flag.person, flag.rule, flag.about))


def own_name(person: Person, looks: list[Look], known: Known, settings: Settings) -> Iterator[Flag]:
    """Opened a record with one's own family name, or searched for it, with no part in work on it.

    A family name that many bear counts only from the `again`th look of the day.
    """
    rare = known.per_thousand.get(person.family_name, 0.0) <= settings["rare_per_thousand"]
    least = 1 if rare else int(settings["again"])
    for opened in _without_part(person, looks, known):
        bears = any(person.family_name in names.family for names in _names(opened, known))
        if bears and len(opened.events) >= least:
            yield Flag(
                "own_name", person.number, opened.record,
                f"Opened a record with their own family name {_times(len(opened.events))}, with "
                "no part in any work on it.",
                opened.events,
            )  # fmt: skip
    searched = tuple(
        look.event for look in looks if person.family_name in look.text.casefold().split()
    )
    if len(searched) >= least:
        sentence = f"Searched for their own family name {_times(len(searched))}."
        yield Flag("own_name", person.number, "", sentence, searched)


def colleague(
    person: Person, looks: list[Look], known: Known, settings: Settings
) -> Iterator[Flag]:
    """Opened a record with the full name of somebody who works at the same agency."""
    theirs = {
        other.full_name
        for other in known.people.values()
        if other.agency == person.agency and other.number != person.number
    }

    for opened in _without_part(person, looks, known):
        if any(names.full & theirs for names in _names(opened, known)):
            yield Flag(
                "colleague", person.number, opened.record,
                "Opened a record with the name of somebody who works at the same agency "
                f"{_times(len(opened.events))}, with no part in any work on it.",
                opened.events,
            )  # fmt: skip


def no_part(person: Person, looks: list[Look], known: Known, settings: Settings) -> Iterator[Flag]:
    """Came back to a record on many days without ever having had a part in work on it."""
    least = int(settings["days"])
    for opened in _without_part(person, looks, known):
        days = known.days_before.get((person.number, opened.record), 0) + 1
        if days % least == 0:
            yield Flag(
                "no_part", person.number, opened.record,
                f"Opened the same record on {days} days within {int(settings['within_days'])}, "
                "with no part in any work on it.",
                opened.events,
            )  # fmt: skip


def hours(person: Person, looks: list[Look], known: Known, settings: Settings) -> Iterator[Flag]:
    """Many looks outside hours by a role that seldom works then."""
    since, until = settings["from_hour"], settings["to_hour"]
    outside = tuple(look.event for look in looks if is_outside(look.hour, since, until))
    habit = known.habits.get(person.role)
    usual = habit is not None and habit.percent_outside > settings["role_percent"]
    if len(outside) >= settings["at_least"] and not usual:
        sentence = (
            f"{len(outside)} looks between {int(since)} and {int(until)} o'clock; the role seldom "
            "works then."
        )
        yield Flag("hours", person.number, "", sentence, outside)


def volume(person: Person, looks: list[Look], known: Known, settings: Settings) -> Iterator[Flag]:
    """Far more things opened on a day than people of the role open."""
    events = {look.about[0]: look.event for look in reversed(looks) if look.opened and look.about}
    habit = known.habits.get(person.role)
    if habit is None or habit.days < settings["habit_days"]:
        limit, against = settings["without_habit"], "the role has no habit yet"
    else:
        limit = max(settings["at_least"], settings["times"] * habit.high)
        against = f"one person in twenty of the role opens more than {habit.high:.0f} on a day"
    if len(events) > limit:
        sentence = f"Opened {len(events)} different records on one day; {against}."
        yield Flag("volume", person.number, "", sentence, tuple(sorted(events.values())))


RULES: dict[str, Rule] = {
    "own_name": own_name,
    "colleague": colleague,
    "no_part": no_part,
    "hours": hours,
    "volume": volume,
}


def is_outside(hour: int, since: float, until: float) -> bool:
    """Whether the hour lies between the two, over midnight if need be."""
    return hour >= since or hour < until if since > until else since <= hour < until


@dataclass(frozen=True)
class _Opened:
    """What one person opened on the day, by what was asked for, with all that it showed."""

    record: str
    shown: frozenset[str]
    events: tuple[int, ...]


def _without_part(person: Person, looks: list[Look], known: Known) -> Iterator[_Opened]:
    """What they opened that day and have no part in."""
    shown: dict[str, set[str]] = defaultdict(set)
    events: dict[str, list[int]] = defaultdict(list)
    for look in looks:
        if look.opened and look.about:
            shown[look.about[0]].update(look.about)
            events[look.about[0]].append(look.event)
    for record in sorted(events):
        if not any((person.number, one) in known.parts for one in shown[record]):
            yield _Opened(record, frozenset(shown[record]), tuple(events[record]))


def _names(opened: _Opened, known: Known) -> Iterator[Names]:
    return (known.names[one] for one in opened.shown if one in known.names)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
