"""What each factor weighs from which day to which: a table that has one answer for each day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import isfinite
from typing import Any

import yaml

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.priority.explaining import Factor
from lightkeeper.engine.priority.refusing import refusal_of

NUMBERS = ("points", "cap", "network_cap", "half_life_days")


@dataclass(frozen=True, slots=True)
class Weight:
    """One row: it holds from `active_from` until the day before `active_to`, if that is given."""

    code: str
    name: str
    points: float
    cap: float
    network_cap: float
    half_life_days: int
    active_from: date
    active_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.active_from <= day and (self.active_to is None or day < self.active_to)


@dataclass(frozen=True, slots=True)
class Weights:
    """Rows of all factors, by code and day. Made by `weights_of`, which checks them."""

    rows: tuple[Weight, ...]

    def on(self, day: date) -> tuple[Factor, ...]:
        """The factors of a person on this day, by code."""
        return tuple(_factor(row, row.cap) for row in self.rows if row.holds_on(day))

    def on_networks(self, day: date) -> tuple[Factor, ...]:
        """The same with what a network of several people may have at most."""
        return tuple(_factor(row, row.network_cap) for row in self.rows if row.holds_on(day))

    def changes_between(self, earlier: date, later: date) -> tuple[date, ...]:
        """The days after `earlier`, up to `later`, on which a row begins or ends."""
        days = {day for row in self.rows for day in (row.active_from, row.active_to) if day}
        return tuple(sorted(day for day in days if earlier < day <= later))


@cache
def delivered_weights() -> Weights:
    """Those of `weights.yaml`."""
    text = files(__package__).joinpath("weights.yaml").read_text("utf-8")
    return read_weights(text, "weights.yaml")


def read_weights(text: str, place: str) -> Weights:
    """Weights from YAML: {factors: {code: {name, weights: [{from, to, points, cap, …}]}}}.

    Raises: FormatError with the place, if it cannot be read or `weights_of` refuses it.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FormatError(f"{place}: this is not YAML: {error}") from None
    factors = data.get("factors") if isinstance(data, Mapping) else None
    if not isinstance(factors, Mapping) or not factors:
        raise FormatError(f"{place}: expected factors, by their codes.")
    rows: list[Weight] = []
    for code, given in factors.items():
        at = f"{place}: factors.{code}"
        periods = given.get("weights") if isinstance(given, Mapping) else None
        if not isinstance(periods, Sequence) or isinstance(periods, str) or not periods:
            raise FormatError(f"{at}.weights: expected rows, each with the day it holds from.")
        name = str(given.get("name") or "")
        rows += [
            _row(str(code), name, row, f"{at}.weights row {number}")
            for number, row in enumerate(periods, start=1)
        ]
    return weights_of(rows, place)


def weights_of(rows: Iterable[Weight], place: str = "weights") -> Weights:
    """The table of these rows, checked.

    Raises: FormatError naming the factor and the days, if a row ends before it begins, two of a
        factor overlap, a day between them has none, a number is out of range, or a factor is named
        after what nobody may be ranked by.
    """
    by_code: dict[str, list[Weight]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    for code, found in by_code.items():
        at = f"{place}: factors.{code}"
        found.sort(key=lambda row: row.active_from)
        for row in found:
            _check_row(row, at)
        for one, other in pairwise(found):
            _check_next(one, other, at)
    return Weights(tuple(row for code in sorted(by_code) for row in by_code[code]))


def _check_row(row: Weight, at: str) -> None:
    for text in (row.code, row.name):
        if refused := refusal_of(text):
            raise FormatError(f"{at}: {refused}")
    if not row.name.strip():
        raise FormatError(f"{at}: a factor has a name that people read.")
    if row.active_to is not None and row.active_to <= row.active_from:
        raise FormatError(f"{at}: the row from {row.active_from} ends before it begins.")
    numbers = [float(getattr(row, name)) for name in NUMBERS]
    if not all(isfinite(number) and number >= 0 for number in numbers) or row.half_life_days < 1:
        raise FormatError(
            f"{at}: in the row from {row.active_from} a number is negative or not finite, or half "
            "of it fades in less than a day."
        )
    if not row.points <= row.cap <= row.network_cap:
        raise FormatError(
            f"{at}: in the row from {row.active_from} one record may not add more than all of a "
            "person, nor a person more than a network."
        )


def _check_next(one: Weight, other: Weight, at: str) -> None:
    if one.active_to is None or one.active_to > other.active_from:
        raise FormatError(
            f"{at}: the rows from {one.active_from} and from {other.active_from} both hold on "
            f"{other.active_from}."
        )
    if one.active_to < other.active_from:
        last = other.active_from - timedelta(days=1)
        raise FormatError(f"{at}: no row holds from {one.active_to} to {last}.")


def _row(code: str, name: str, given: Any, at: str) -> Weight:
    if not isinstance(given, Mapping):
        raise FormatError(f"{at}: expected from, {', '.join(NUMBERS)}.")
    if strange := given.keys() - {"from", "to", *NUMBERS}:
        raise FormatError(f"{at}: {sorted(map(str, strange))[0]!r} is nothing that a row says.")
    for name_of in NUMBERS:
        if isinstance(given.get(name_of), bool) or not isinstance(given.get(name_of), int | float):
            raise FormatError(f"{at}.{name_of}: expected a number.")
    begins, ends = given.get("from"), given.get("to")
    if type(begins) is not date or (ends is not None and type(ends) is not date):
        raise FormatError(f"{at}: expected from, and to if it ends, as days such as 2026-01-31.")
    points, cap, network_cap = (float(given[key]) for key in NUMBERS[:3])
    if given["half_life_days"] != int(given["half_life_days"]):
        raise FormatError(f"{at}.half_life_days: expected whole days.")
    return Weight(
        code, name, points, cap, network_cap, int(given["half_life_days"]), begins, ends
    )  # fmt: skip


def _factor(row: Weight, cap: float) -> Factor:
    return Factor(row.code, row.name, row.points, cap, row.half_life_days)
