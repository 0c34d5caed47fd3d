"""The kinds of rules: on whom each has to be asked again, and what it then finds.

What a kind finds follows from the rule and what is in sight alone, so in which order records came
changes nothing, and what is hidden cannot be told from what is missing.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import log2

from rapidfuzz import fuzz

from lightkeeper.engine.alerts.alert import Alert, Finding, make_alert
from lightkeeper.engine.alerts.rules import Rule
from lightkeeper.engine.alerts.sayings import Age, Picture, Saying, Thing

Subjects = tuple[str, ...]
Asked = Callable[[Rule, Picture, Iterable[str]], Iterator[Subjects]]
Found = Callable[[Rule, Picture, Subjects], Iterator[Alert]]


@dataclass(frozen=True)
class Kind:
    """`asked`: whom to ask about when something of these subjects has changed."""

    asked: Asked
    found: Found


def cross_crime(rule: Rule, picture: Picture, subjects: Subjects) -> Iterator[Alert]:
    """A grown-up of one crime is named in another, by another source, within so many days."""
    [subject] = subjects
    if picture.age(subject) is not Age.GROWN_UP:
        return
    sayings = _trusted(rule, picture.of(subject))
    ones = [one for one in sayings if one.threats & rule.one and one.roles & rule.roles]
    for threat in sorted(rule.other):
        others = [one for one in sayings if threat in one.threats]
        if ones and others:
            in_one = _with_another_source(ones, others, rule.within_days)
            in_other = _with_another_source(others, ones, rule.within_days)
            found = [(one, _speaks_of(one.threats & rule.one)) for one in in_one]
            found += [(one, _speaks_of({threat})) for one in in_other]
            if found:
                yield make_alert(rule, picture, subjects, threat, found)


def missing_with(rule: Rule, picture: Picture, subjects: Subjects) -> Iterator[Alert]:
    """A child who was missing was put together with a known offender around those days."""
    child, offender = subjects
    if picture.age(child) is not Age.CHILD or picture.age(offender) is not Age.GROWN_UP:
        return
    known = [one for one in _trusted(rule, picture.of(offender)) if one.roles & rule.roles]
    missing = [one for one in picture.of(child) if one.roles & rule.missing]
    near = timedelta(days=rule.within_days)
    found: list[Finding] = []
    for with_them in picture.together(child, offender) if known else ():
        for gone in missing:
            if gone.on - near <= with_them.on <= (gone.until or gone.on) + near:
                found.append((with_them, "puts the two together"))
                found.append((gone, "says that the child was missing"))
    if found:
        found += [(one, "says why they are known") for one in known]
        yield make_alert(rule, picture, subjects, "together while missing", found)


def new_name(rule: Rule, picture: Picture, subjects: Subjects) -> Iterator[Alert]:
    """A managed offender is named unlike any name that those who manage them have given.

    Names that are only pointed at are not compared: that one is unlike would tell of it.
    """
    [subject] = subjects
    if picture.age(subject) is not Age.GROWN_UP:
        return
    sayings = [one for one in picture.of(subject) if picture.is_readable(one) and one.names]
    managed = [one for one in sayings if one.roles & rule.roles]
    if not managed:
        return
    notified = {name for one in managed for name in one.names}
    since = min(one.on for one in managed)
    found: list[Finding] = [
        (one, "gives another name")
        for one in _trusted(rule, sayings)
        if one.on >= since and any(_unlike(name, notified, rule.alike) for name in one.names)
    ]
    if found:
        found += [(one, "gives the names that are notified") for one in managed]
        yield make_alert(rule, picture, subjects, "another name", found)


def grows(rule: Rule, picture: Picture, subjects: Subjects) -> Iterator[Alert]:
    """A network had at least so many new members within so many days, and that share of those it
    had. A child is never a member; whoever is of unknown age is counted.
    """
    [network] = subjects
    sayings = [one for one in _trusted(rule, picture.of(network)) if one.roles & rule.roles]
    joined: dict[str, date] = {}
    for one in sayings:
        for member in one.beside:
            joined[member] = min(joined.get(member, date.max), one.on)
    members = {one: on for one, on in joined.items() if picture.age(one) is not Age.CHILD}
    days = sorted(members.values())
    new: set[str] = set()
    for last in sorted(set(days)):
        first = last - timedelta(days=rule.within_days)
        before = bisect_left(days, first)
        many = bisect_right(days, last) - before
        if before and many >= max(rule.least, rule.share * before):
            new |= {one for one, on in members.items() if first <= on <= last}
    if new:
        found: list[Finding] = [
            (one, "names who is new in it")
            for one in sayings
            if any(members.get(member) == one.on for member in one.beside & new)
        ]
        yield make_alert(rule, picture, subjects, "new members", found)


def shared_thing(rule: Rule, picture: Picture, subjects: Subjects) -> Iterator[Alert]:
    """A child and a managed offender are known by the same things, few others being known by them.

    A thing that c know counts 1 / log2(c), and nothing if more than `most_known` know it.
    """
    child, offender = subjects
    if picture.age(child) is not Age.CHILD or picture.age(offender) is not Age.GROWN_UP:
        return
    managed = [one for one in picture.of(offender) if one.roles & rule.roles]
    if not managed:
        return
    theirs, his = (_by_thing(rule, picture.of(one)) for one in subjects)
    of_kind: dict[str, list[Finding]] = defaultdict(list)
    strength = 0.0
    for thing in sorted(theirs.keys() & his.keys()):
        many = len(picture.know(thing))
        near = _within(theirs[thing], his[thing], rule.within_days)
        if many <= rule.most_known and near:
            strength += 1 / log2(many)
            why = f"gives the {thing[0]}, by which {many} are known"
            of_kind[thing[0]] += [(one, why) for one in near]
    if strength >= rule.least_strength:
        for kind, found in sorted(of_kind.items()):
            found += [(one, "says that they are managed") for one in managed]
            yield make_alert(rule, picture, subjects, kind, found)


def _each(rule: Rule, picture: Picture, subjects: Iterable[str]) -> Iterator[Subjects]:
    for one in subjects:
        yield (one,)


def _networks(rule: Rule, picture: Picture, subjects: Iterable[str]) -> Iterator[Subjects]:
    """The networks among them, and those to which one of them belongs."""
    for one in subjects:
        for other in {one, *picture.company(one)}:
            if any(saying.roles & rule.roles for saying in picture.of(other)):
                yield (other,)


def _company(rule: Rule, picture: Picture, subjects: Iterable[str]) -> Iterator[Subjects]:
    for one in subjects:
        for other in picture.company(one):
            yield from _child_first(picture, one, other)


def _sharers(rule: Rule, picture: Picture, subjects: Iterable[str]) -> Iterator[Subjects]:
    for one in subjects:
        for thing in _by_thing(rule, picture.of(one)):
            know = picture.know(thing)
            if len(know) <= rule.most_known:
                for other in know - {one}:
                    yield from _child_first(picture, one, other)


KINDS = {
    "cross_crime": Kind(_each, cross_crime),
    "missing_with": Kind(_company, missing_with),
    "new_name": Kind(_each, new_name),
    "grows": Kind(_networks, grows),
    "shared_thing": Kind(_sharers, shared_thing),
}


def _child_first(picture: Picture, one: str, other: str) -> Iterator[Subjects]:
    ages = picture.age(one), picture.age(other)
    if ages == (Age.CHILD, Age.GROWN_UP):
        yield one, other
    elif ages == (Age.GROWN_UP, Age.CHILD):
        yield other, one


def _speaks_of(threats: Iterable[str]) -> str:
    return f"speaks of {', '.join(sorted(threats)).replace('_', ' ')}"


def _trusted(rule: Rule, sayings: Iterable[Saying]) -> list[Saying]:
    return [one for one in sayings if one.reliability >= rule.least_reliability]


def _with_another_source(ones: list[Saying], others: list[Saying], within: int) -> list[Saying]:
    """Those of the first with one of the others near in time that another source said."""
    others = sorted(others, key=lambda one: one.on)
    days, near = [one.on for one in others], timedelta(days=within)
    return [
        one
        for one in ones
        if any(
            other.source != one.source
            for other in others[
                bisect_left(days, one.on - near) : bisect_right(days, one.on + near)
            ]
        )
    ]


def _by_thing(rule: Rule, sayings: Iterable[Saying]) -> dict[Thing, list[Saying]]:
    found: dict[Thing, list[Saying]] = defaultdict(list)
    for one in _trusted(rule, sayings):
        for thing in one.things:
            if thing[0] in rule.things:
                found[thing].append(one)
    return found


def _within(ones: list[Saying], others: list[Saying], days: int) -> list[Saying]:
    """Those of both that have one of the other side so near in time."""
    near = timedelta(days=days)

    def is_near(one: Saying, side: list[Saying]) -> bool:
        return any(abs(one.on - other.on) <= near for other in side)

    first = [one for one in ones if is_near(one, others)]
    return first + [one for one in others if is_near(one, ones)]


def _unlike(name: str, names: set[str], alike: float) -> bool:
    folded = name.casefold()
    return all(fuzz.token_sort_ratio(folded, one.casefold()) < alike for one in names)
