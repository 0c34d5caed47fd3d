"""The nation is as public figures say, within what chance allows; and says which they are."""

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from lightkeeper.engine.synthetic.nation.children import Children
from lightkeeper.engine.synthetic.nation.describing import describe
from lightkeeper.engine.synthetic.nation.figures import FACTORS, read_figures
from lightkeeper.engine.synthetic.nation.lives import tell_lives
from lightkeeper.engine.synthetic.nation.measures import by_area, calibration, count
from lightkeeper.engine.synthetic.nation.persons import People
from lightkeeper.engine.synthetic.nation.reports import told
from lightkeeper.engine.synthetic.nation.victims import tell_referrals
from lightkeeper.engine.synthetic.nation.world import make_world

PEOPLE = 1_500_000


@pytest.fixture(scope="module")
def large():
    """A larger nation, of which nothing is put into words."""
    world = make_world(PEOPLE, 11)
    counts = None
    for number in range(4):
        people = People(world, world.people_of(np.arange(number, world.homes, 4, dtype=np.uint64)))
        lives = tell_lives(world, people)
        tell_referrals(world, People(world, people.ids[~people.is_child]), lives)
        rows = told(world, {feed: lives.feeds[feed] for feed in ("missing", "nrm")})
        found = count(world, people, lives.children, rows)
        counts = found if counts is None else counts + found
    return world, counts


def test_every_figure_is_met_within_chance(large):
    rows = calibration(*large)

    for row in rows:
        print(f"{row['figure']:60} {row['expected']:>10} {row['generated']:>8} ± {row['allowed']}")
    assert [row["figure"] for row in rows if not row["within"]] == []
    assert len(rows) > 30
    assert all(row["source"] for row in rows)


def test_a_figure_that_is_not_met_is_noticed(large):
    world, counts = large
    fewer = counts.__class__(**{**counts.__dict__, "in_need": counts.in_need * 9 // 10})

    [row] = [one for one in calibration(world, fewer) if one["figure"] == "children in need"]

    assert not row["within"]


def test_children_are_where_they_are_in_the_country(large):
    rows = by_area(*large)
    apart = [(row["generated"] - row["expected"]) / row["expected"] ** 0.5 for row in rows]

    assert len(rows) == 153
    # Homes are laid out by area; only how many children a home has is chance. 1.74 a home, and
    # some homes without any, vary by 2.1 times their mean.
    assert np.std(apart) < 1.6
    assert max(np.abs(apart)) < 6


@pytest.mark.parametrize("what", ["in_need", "looked_after"])
def test_each_area_has_its_own_rate(large, what):
    world, counts = large
    expected = counts.children * getattr(world.figures, what)
    apart = (getattr(counts, what) - expected) / np.sqrt(np.maximum(expected, 1))

    assert 0.75 < np.std(apart) < 1.2


def test_every_child_referred_has_one_set_of_types_and_one_place(large):
    _, counts = large

    assert counts.child_types.sum() == counts.places.sum() == counts.nrm.sum() > 20


def test_girls_and_boys_are_referred_as_often_as_they_were():
    """Where referrals are twenty times as many, so that a few people are enough to see it."""
    world = make_world(400_000, 3)
    world = replace(world, figures=replace(world.figures, nrm=20 * world.figures.nrm))
    people = People(world, world.people_of(np.arange(world.homes, dtype=np.uint64)))
    children = Children(world, people.ids[people.is_child])
    referrals = world.figures.child_referrals
    referred = children.referred >= 0
    girls = (referrals.people * referrals.female).sum() / referrals.people.sum()
    share = children.people.female[referred].mean()

    assert girls == pytest.approx(0.22, abs=0.02)
    assert abs(share - girls) < 4 * np.sqrt(girls * (1 - girls) / referred.sum()) < 0.2


def test_the_figures_of_the_areas_add_up_to_those_of_the_country():
    figures = read_figures()

    assert figures.children.sum() == figures.england["children"]
    in_need = (figures.children * figures.in_need).sum()
    assert in_need == pytest.approx(figures.england["in_need"], rel=0.002)
    nrm = 1e4 * (figures.children * figures.nrm).sum() / figures.children.sum()
    assert nrm == pytest.approx(figures.england["nrm_per_10000"], rel=0.001)
    for code in FACTORS:
        of_areas = (figures.children * figures.factors[code]).sum()
        assert of_areas == pytest.approx(figures.england[code], rel=0.005), code


def test_a_suppressed_figure_is_not_read_as_none():
    figures = read_figures()

    assert figures.suppressed > 40
    west_sussex = figures.names.index("West Sussex")
    england = figures.england["12A"] / figures.england["children"]
    assert 0.1 * england < figures.factors["12A"][west_sussex] < england


def test_the_readme_says_what_is_calibrated_and_what_is_assumed(large):
    text = describe(large[0], {"feeds/police": 12}, calibration(*large))

    assert "| children in need | DfE children in need 2025: at any point in the year |" in text
    assert "Everything else is assumed" in text
    assert "Open Government Licence v3.0" in text


def test_every_assumption_is_a_number_or_a_list_of_them():
    text = files("lightkeeper.engine.synthetic.nation").joinpath("assumptions.yaml").read_text()

    assert text.startswith("# What no public figure says")
    assert read_figures().assumed["children"]["from_age"] == 10
