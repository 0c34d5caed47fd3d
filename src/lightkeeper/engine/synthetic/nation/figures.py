"""What the nation is held to, and what is assumed of it, as the files beside this module say."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from lightkeeper.engine.synthetic.nation.luck import Shares

FACTORS = ("10A", "11A", "12A", "13A", "24A", "15A", "9A")


@dataclass(frozen=True)
class Referrals:
    """Sets of exploitation types of one age: how often each, and the share of it that is female."""

    types: tuple[str, ...]
    people: Shares
    female: Shares


@dataclass(frozen=True)
class Figures:
    """Areas in their order; a rate (areas,) is a share of the children of each area, from its
    figure, or from what is left of England's where the publisher suppressed it.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    police: tuple[str, ...]
    councils: tuple[str, ...]
    children: Shares
    in_need: Shares
    looked_after: Shares
    missing_if_looked_after: Shares
    factors: dict[str, Shares]
    nrm: Shares
    england: dict[str, float]
    suppressed: int
    child_referrals: Referrals
    adult_referrals: Referrals
    public: dict[str, Any]
    assumed: dict[str, Any]


@cache
def read_figures() -> Figures:
    """The figures as they stand in this package; no other file is needed."""
    england, *areas = _rows("areas.csv")
    children = np.array([float(row["children"]) for row in areas])
    suppressed = 0

    def rate(name: str, of: str = "children") -> Shares:
        """Where the publisher tells nothing, what is left of the country's figure."""
        nonlocal suppressed
        told = [row for row in areas if row[name] and row[of]]
        suppressed += len(areas) - len(told)
        left, of_left = (
            float(england[column]) - sum(float(row[column]) for row in told)
            for column in (name, of)
        )
        rest = max(left, 0.0) / of_left if len(told) < len(areas) and of_left > 0 else 0.0
        return np.array(
            [float(row[name]) / float(row[of]) if row in told else rest for row in areas]
        )

    factors = {name: rate(name) for name in FACTORS}
    nrm = np.array([float(row["nrm_per_10000"]) for row in areas]) / 1e4
    numbers = {name: float(value) for name, value in england.items() if _is_number(value)}
    return Figures(
        codes=tuple(row["code"] for row in areas),
        names=tuple(row["name"] for row in areas),
        police=tuple(f"police-{row['force']}" for row in areas),
        councils=tuple(row["council"] for row in areas),
        children=children,
        in_need=rate("in_need"),
        looked_after=rate("looked_after"),
        missing_if_looked_after=rate("missing_children", "looked_after"),
        factors=factors,
        nrm=nrm,
        england=numbers,
        suppressed=suppressed,
        child_referrals=_referrals("child"),
        adult_referrals=_referrals("adult"),
        public=read_words("figures.yaml"),
        assumed=read_words("assumptions.yaml"),
    )


@cache
def read_words(name: str) -> Any:
    """What one of the lists beside this module says."""
    return yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()


def _referrals(age: str) -> Referrals:
    found = [row for row in _rows("referrals.csv") if row["age"] == age]
    female = np.array([float(row["female"]) for row in found])
    male = np.array([float(row["male"]) for row in found])
    return Referrals(
        tuple(row["types"] for row in found),
        np.array([float(row["total"]) for row in found]),
        female / np.maximum(female + male, 1),
    )
