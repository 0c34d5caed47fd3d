"""Whether a nation is as the public figures say: what was generated beside what was to be."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.synthetic.nation.children import Children
from lightkeeper.engine.synthetic.nation.figures import FACTORS
from lightkeeper.engine.synthetic.nation.luck import Ints, Shares
from lightkeeper.engine.synthetic.nation.persons import People
from lightkeeper.engine.synthetic.nation.reports import Rows
from lightkeeper.engine.synthetic.nation.world import World

SIGMAS = 4.0  # how far from what is expected chance may lead; 1 in 16,000 is farther
FACTOR_NAMES = {
    "10A": "going missing", "11A": "child sexual exploitation", "12A": "trafficking",
    "13A": "gangs", "24A": "child criminal exploitation", "15A": "self-harm",
    "9A": "unaccompanied asylum-seeking child",
}  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """Children of each area (areas,) by what they are; referrals by types and place; incidents."""

    people: NDArray[np.int64]
    children: Ints
    in_need: Ints
    looked_after: Ints
    missing: Ints
    missing_male: NDArray[np.int64]
    missing_again: NDArray[np.int64]
    incidents: NDArray[np.int64]
    factors: NDArray[np.int64]
    nrm: Ints
    child_types: Ints
    adult_types: Ints
    nrm_girls: NDArray[np.int64]
    places: Ints
    placements: Ints
    durations: Ints

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def count(world: World, people: People, children: Children, rows: dict[str, Rows]) -> Counts:
    """The counts of a block."""
    figures = world.figures
    areas, types = len(figures.codes), len(figures.child_referrals.types)

    def by_area(which: NDArray[np.bool_]) -> Ints:
        return np.bincount(children.area[which], minlength=areas)

    missing = children.looked_after & (children.incidents > 0)
    first = rows["nrm"]["event"].astype(np.uint64) % np.uint64(8) == 0
    detail = rows["nrm"]["detail"].astype(np.int64)[first]
    every = types + len(figures.adult_referrals.types)
    by_type = np.bincount(detail, minlength=every)
    place = rows["nrm"]["detail_2"].astype(np.int64)[first][detail < types]
    told_first = rows["missing"]["event"].astype(np.uint64) % np.uint64(8) == 0
    days = rows["missing"]["detail_2"].astype(np.int64)[told_first]
    from_where = rows["missing"]["detail"].astype(np.int64)[told_first]
    placements = len(figures.public["missing"]["placements"])
    bands = np.array([band[0] for band in figures.public["missing"]["durations"]])
    return Counts(
        people=np.array([len(people.ids)]),
        children=by_area(np.ones(len(children.ids), dtype=bool)),
        in_need=by_area(children.in_need),
        looked_after=by_area(children.looked_after),
        missing=by_area(missing),
        missing_male=np.array([(missing & ~children.people.female).sum()]),
        missing_again=np.array([(missing & (children.incidents > 1)).sum()]),
        incidents=np.array([children.incidents[missing].sum()]),
        factors=np.stack([by_area(children.has(code)) for code in FACTORS]),
        nrm=by_area(children.referred >= 0),
        child_types=by_type[:types],
        adult_types=by_type[types:],
        nrm_girls=np.array([(children.people.female & (children.referred >= 0)).sum()]),
        places=np.bincount(place, minlength=len(figures.public["nrm"]["place"])),
        placements=np.bincount(from_where, minlength=placements + 1)[:placements],
        durations=np.bincount(np.searchsorted(bands, days, side="right") - 1, minlength=len(bands)),
    )


def calibration(world: World, found: Counts) -> list[dict[str, Any]]:
    """One row a figure: what it is, its source, what the figures make of so many children, what
    there is, how far apart chance lets them be, and whether they are nearer.
    """
    table = _Table(world)
    _hold_needs(table, found)
    _hold_missing(table, found)
    _hold_referrals(table, found)
    return table.rows


class _Table:
    """Figures beside what was generated, a row for each."""

    def __init__(self, world: World) -> None:
        self.figures, self.public = world.figures, world.figures.public
        self.rows: list[dict[str, Any]] = []

    def hold(self, name: str, source: str, expected: float, there: float, variance: float) -> None:
        allowed = SIGMAS * max(float(np.sqrt(max(variance, 0.0))), 0.5)
        self.rows.append(
            {
                "figure": name, "source": self.public["sources"][source],
                "expected": round(float(expected), 1), "generated": int(there),
                "allowed": round(allowed, 1), "within": bool(abs(there - expected) <= allowed),
            }
        )  # fmt: skip

    def rate(self, name: str, source: str, of: Ints, shares: Shares, there: Ints) -> None:
        """So many of the children of each area."""
        variance = (of * shares * (1 - shares)).sum()
        self.hold(name, source, (of * shares).sum(), there.sum(), variance)

    def share(self, name: str, source: str, of: float, odds: float, there: float) -> None:
        """Such a share of all."""
        self.hold(name, source, of * odds, there, of * odds * (1 - odds))


def _hold_needs(table: _Table, found: Counts) -> None:
    figures, children = table.figures, found.children
    table.rate("children in need", "in_need", children, figures.in_need, found.in_need)
    table.rate("looked-after children", "looked_after", children, figures.looked_after,
               found.looked_after)  # fmt: skip
    for at, code in enumerate(FACTORS):
        name = f"children with the factor {code}, {FACTOR_NAMES[code]}"
        table.rate(name, "factors", children, figures.factors[code], found.factors[at])


def _hold_missing(table: _Table, found: Counts) -> None:
    missing, source, gone = table.public["missing"], "missing_children", float(found.missing.sum())
    table.rate("looked-after children who went missing", source, found.looked_after,
               table.figures.missing_if_looked_after, found.missing)  # fmt: skip
    table.share("of those, boys", source, gone, missing["male"], found.missing_male[0])
    table.share("of those, more than once", source, gone, missing["more_than_once"],
                found.missing_again[0])  # fmt: skip
    mean = float(missing["incidents_a_child"])
    # One, or two and a geometric number more: the variance is 1.4 times the square of the mean.
    table.hold("incidents of those", "missing_incidents", gone * mean, found.incidents[0],
               gone * mean**2 * 1.4)  # fmt: skip
    placed = missing["placements"]
    for at, (placement, many) in enumerate(placed.items()):
        name, odds = f"incidents from: {placement.replace('_', ' ')}", many / sum(placed.values())
        table.share(name, "missing_incidents", float(found.placements.sum()), odds,
                    found.placements[at])  # fmt: skip
    weights = np.array([band[2] for band in missing["durations"]], dtype=np.float64)
    for at, (first, last, _) in enumerate(missing["durations"]):
        name, odds = f"incidents of {first} to {last} days", weights[at] / weights.sum()
        table.share(name, "missing_incidents", float(found.durations.sum()), odds,
                    found.durations[at])  # fmt: skip


def _hold_referrals(table: _Table, found: Counts) -> None:
    figures, placed = table.figures, table.public["nrm"]["place"]
    table.rate("children referred by police", "nrm", found.children, figures.nrm, found.nrm)
    girls = (figures.child_referrals.people * figures.child_referrals.female).sum()
    odds = girls / figures.child_referrals.people.sum()
    table.share("of those, girls", "referrals", found.nrm.sum(), odds, found.nrm_girls[0])
    for age, there, told in (("children", found.child_types, figures.child_referrals),
                             ("adults", found.adult_types, figures.adult_referrals)):  # fmt: skip
        for word in ("SEXUAL", "LABOUR", "SERVITUDE", "CRIMINAL"):
            of_it = np.array([word in one.split(";") for one in told.types])
            odds = told.people[of_it].sum() / told.people.sum()
            name = f"referrals of {age} that say {word}"
            table.share(name, "referrals", there.sum(), odds, there[of_it].sum())
    for at, (place, people) in enumerate(placed.items()):
        name, odds = f"referrals of children, exploited in: {place}", people / sum(placed.values())
        table.share(name, "place", found.places.sum(), odds, found.places[at])


def by_area(world: World, found: Counts) -> list[dict[str, Any]]:
    """The children of each area: expected by its share of the country's, and generated."""
    shares = world.figures.children / world.figures.children.sum()
    expected = shares * found.children.sum()
    return [
        {"area": code, "expected": round(float(want), 1), "generated": int(there)}
        for code, want, there in zip(world.figures.codes, expected, found.children, strict=True)
    ]
