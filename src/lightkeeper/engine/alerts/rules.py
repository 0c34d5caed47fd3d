"""Rules of alerts as data: read, checked with the place of each error, and chosen by the day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from string import Formatter
from typing import Any

import yaml

from lightkeeper.engine.errors import FileRefused

# What no alert says of anybody, least of all of a child.
NEVER_SAID = (
    "abscond", "attention-seeking", "consented", "lifestyle", "precocious", "promiscu", "prostitut",
    "putting herself", "putting himself", "putting themselves", "rent boy", "risky behaviour",
    "sexually active", "streetwise", "wayward",
)  # fmt: skip
FIELDS = frozenset({"one", "other", "kind"})


@dataclass(frozen=True)
class Rule:
    """One rule as it holds from a day and until another. What its kind has no use for is unset."""

    code: str
    kind: str
    active_from: date
    active_to: date | None
    says: str
    roles: frozenset[str]
    roles_told: tuple[str, ...]
    least_reliability: float
    most_snooze_days: int
    least_precision: float
    one: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    within_days: int = 0
    alike: float = 0.0
    least: int = 0
    share: float = 0.0
    most_known: int = 0
    least_strength: float = 0.0

    def holds_on(self, day: date) -> bool:
        return self.active_from <= day and (self.active_to is None or day < self.active_to)


def the_rules() -> tuple[Rule, ...]:
    """The rules that come with Lightkeeper."""
    return read_rules(files(__package__).joinpath("rules.yaml").read_text(encoding="utf-8"))


def rules_on(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """Those that hold on the day, by code."""
    return tuple(sorted((one for one in rules if one.holds_on(day)), key=lambda one: one.code))


def read_rules(text: str) -> tuple[Rule, ...]:
    """Rules from the text of a file of rules.

    Raises: FileRefused, with the line and what stands there, for what is no rule, what is missing,
        unknown or out of range, and for two rules of one code on one day.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise FileRefused("rules.syntax", f"Line {line}: this is no YAML.") from None
    lines = _Lines(node)
    if not isinstance(data, dict) or data.get("version") != 1 or set(data) != {"version", "rules"}:
        raise lines.refuse((), "a file of rules has 'version: 1' and 'rules'")
    if not isinstance(data["rules"], list):
        raise lines.refuse(("rules",), "rules are a list")
    rules = tuple(
        _rule(given, ("rules", place), lines) for place, given in enumerate(data["rules"])
    )
    for place, rule in enumerate(rules):
        if any(_both_hold(rule, earlier) for earlier in rules[:place]):
            why = f"another rule {rule.code!r} holds on the same days"
            raise lines.refuse(("rules", place, "code"), why)
    return rules


Path = tuple[str | int, ...]


class _Lines:
    """Where in a file everything stands."""

    def __init__(self, node: Any) -> None:
        self._at: dict[Path, int] = {(): 1}
        if node is not None:
            self._note(node, ())

    def refuse(self, path: Path, why: str) -> FileRefused:
        known = path
        while known not in self._at:
            known = known[:-1]
        where = ".".join(str(one) for one in path)
        return FileRefused(
            "rules.value", f"Line {self._at[known]}{', ' + where if where else ''}: {why}."
        )

    def _note(self, node: Any, path: Path) -> None:
        self._at[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._note(value, (*path, str(key.value)))
                self._at[(*path, str(key.value))] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for place, value in enumerate(node.value):
                self._note(value, (*path, place))


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value.replace("_", "a").isalnum() and value.islower()


def _is_number(value: object, low: float, high: float) -> bool:
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    return whole and low <= float(value) <= high  # type: ignore[arg-type]


def _is_days(value: object) -> bool:
    return isinstance(value, int) and _is_number(value, 0, 36525)


def _is_words(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


Check = tuple[Callable[[object], bool], str]
_WORDS: Check = (_is_words, "a list of words, at least one")
_DAYS: Check = (_is_days, "a whole number of days, 0 to 36525")
_PART: Check = (lambda value: _is_number(value, 0, 1), "a number between 0 and 1")
_COUNT: Check = (
    lambda value: isinstance(value, int) and _is_number(value, 1, 1_000_000),
    "a whole number of at least 1",
)
_DATE: Check = (lambda value: type(value) is date, "a day such as 2026-01-31")
EVERY: dict[str, Check] = {
    "code": (_is_code, "small letters, digits and underscores"),
    "kind": (lambda value: value in OF_KIND, "the kind of a rule"),
    "from": _DATE,
    "says": (lambda value: isinstance(value, str) and bool(value), "a sentence"),
    "roles": _WORDS,
    "told": _WORDS,
    "least_reliability": _PART,
    "most_snooze_days": _DAYS,
    "least_precision": _PART,
}
OF_KIND: dict[str, dict[str, Check]] = {
    "cross_crime": {"one": _WORDS, "other": _WORDS, "within_days": _DAYS},
    "missing_with": {"missing": _WORDS, "within_days": _DAYS},
    "new_name": {"alike": (lambda value: _is_number(value, 0, 100), "a number from 0 to 100")},
    "grows": {"within_days": _DAYS, "least": _COUNT, "share": _PART},
    "shared_thing": {
        "things": _WORDS, "within_days": _DAYS, "most_known": _COUNT, "least_strength": _PART,
    },
}  # fmt: skip


def _rule(given: object, path: Path, lines: _Lines) -> Rule:
    if not isinstance(given, dict):
        raise lines.refuse(path, "a rule is names and values")
    _check(given, "kind", EVERY["kind"], path, lines)
    asked = EVERY | OF_KIND[given["kind"]]
    for name in given:
        if name not in asked and name != "to":
            raise lines.refuse((*path, name), f"a rule of {given['kind']} has no {name!r}")
    for name, check in asked.items():
        _check(given, name, check, path, lines)
    if "to" in given:
        _check(given, "to", _DATE, path, lines)
        if given["to"] <= given["from"]:
            raise lines.refuse((*path, "to"), "a rule ends after the day from which it holds")
    _check_words(given["says"], (*path, "says"), lines)
    return _made(given)


def _check(given: dict[str, Any], name: str, check: Check, path: Path, lines: _Lines) -> None:
    is_right, expected = check
    if name not in given:
        raise lines.refuse((*path, name), f"a rule needs this: {expected}")
    try:
        right = is_right(given[name])
    except TypeError:  # what cannot be looked up is no kind
        right = False
    if not right:
        raise lines.refuse((*path, name), f"expected {expected}, found {given[name]!r}")


def _check_words(says: str, path: Path, lines: _Lines) -> None:
    try:
        parts = [part for part in Formatter().parse(says) if part[1] is not None]
    except ValueError:
        raise lines.refuse(path, "a brace is left open") from None
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise lines.refuse(path, "a name stands in its braces alone, as {one}")
    named = {str(name) for _, name, _, _ in parts}
    if not named <= FIELDS:
        raise lines.refuse(
            path, f"it may name {{one}}, {{other}} and {{kind}}, not {sorted(named)}"
        )
    for words in NEVER_SAID:
        if words in says.casefold():
            raise lines.refuse(path, f"no alert says {words!r} of anybody")


def _made(given: dict[str, Any]) -> Rule:
    sets = ("roles", "one", "other", "missing", "things")
    plain = (
        "code", "kind", "says", "least_reliability", "most_snooze_days", "least_precision",
        "within_days", "alike", "least", "share", "most_known", "least_strength",
    )  # fmt: skip
    values: dict[str, Any] = {name: given[name] for name in plain if name in given}
    values |= {name: frozenset(given[name]) for name in sets if name in given}
    return Rule(
        active_from=given["from"],
        active_to=given.get("to"),
        roles_told=tuple(given["told"]),
        **values,
    )


def _both_hold(rule: Rule, other: Rule) -> bool:
    if rule.code != other.code:
        return False
    ends, other_ends = rule.active_to or date.max, other.active_to or date.max
    return rule.active_from < other_ends and other.active_from < ends
