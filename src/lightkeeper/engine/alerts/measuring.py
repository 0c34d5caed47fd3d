"""How often people found the alerts of a rule of use, and which rule ought to be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.accuracy.cards import interval
from lightkeeper.engine.alerts.alert import Key
from lightkeeper.engine.alerts.rules import Rule


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody said of an alert. The newest word on an alert counts; on one day, that it was
    of no use.
    """

    key: Key
    by: str
    on: date
    of_use: bool


@dataclass(frozen=True, slots=True)
class Precision:
    """Of so many alerts judged so many were of use; the share, and its 95% interval."""

    judged: int
    of_use: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """That somebody should look at a rule. It goes on as it is until they decide."""

    rule: str
    precision: Precision
    sentence: str


def precision(judged: Iterable[Judged]) -> dict[str, Precision]:
    """The precision of each rule; each alert counts once."""
    newest: dict[Key, Judged] = {}
    for one in judged:
        newest[one.key] = max(newest.get(one.key, one), one, key=_later)
    found: dict[str, list[bool]] = {}
    for key, one in newest.items():
        found.setdefault(key.rule, []).append(one.of_use)
    return {rule: _precision(verdicts) for rule, verdicts in sorted(found.items())}


def proposals(rules: Iterable[Rule], judged: Iterable[Judged], since: date) -> list[Proposal]:
    """The rules to look at: those surely below what they are held to, and those that are surely
    worse since a day than before it. No rule is changed by this.
    """
    every = list(judged)
    whole = precision(every)
    before = precision(one for one in every if one.on < since)
    after = precision(one for one in every if one.on >= since)
    found = []
    for rule in sorted(rules, key=lambda rule: rule.code):
        now, then, all_of_it = (part.get(rule.code) for part in (after, before, whole))
        if all_of_it and all_of_it.high < rule.least_precision:
            why = f"{_said(all_of_it)}: less than the {rule.least_precision:.0%} it is held to"
            found.append(Proposal(rule.code, all_of_it, f"{why}. It goes on until you decide."))
        elif now and then and now.high < then.low:
            why = f"Since {since} {_said(now)}; before it {_said(then)}"
            found.append(Proposal(rule.code, now, f"{why}. It goes on until you decide."))
    return found


def _later(one: Judged) -> tuple[date, bool, str]:
    return one.on, not one.of_use, one.by


def _precision(verdicts: list[bool]) -> Precision:
    share = sum(verdicts) / len(verdicts)
    low, high = interval(share, len(verdicts))
    return Precision(len(verdicts), sum(verdicts), share, low, high)


def _said(found: Precision) -> str:
    return (
        f"{found.of_use} of {found.judged} alerts were of use ({found.low:.0%} to {found.high:.0%})"
    )
