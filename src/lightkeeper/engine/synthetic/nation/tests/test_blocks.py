"""A nation is the same however it is cut, and a block of it is bounded."""

import tracemalloc

import numpy as np
import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.synthetic.nation import blocks
from lightkeeper.engine.synthetic.nation.blocks import blocks_of, make_block
from lightkeeper.engine.synthetic.nation.persons import People
from lightkeeper.engine.synthetic.nation.tests.conftest import PEOPLE, SEED, gather
from lightkeeper.engine.synthetic.nation.world import MEMBERS, make_world


def in_order(table):
    return table.sort_by([(name, "ascending") for name in table.column_names])


def test_cut_into_other_blocks_it_has_the_same_rows(world, nation):
    cut = gather(world, 7)

    for part in ("feeds", "truth"):
        there, again = getattr(nation, part), getattr(cut, part)
        for name, table in there.items():
            assert in_order(again[name]).equals(in_order(table)), name


def test_each_of_its_people_is_there_once(nation):
    people = nation.truth["persons"]["person"].to_numpy()

    assert len(people) == PEOPLE == len(np.unique(people))


def test_what_is_said_of_everybody_can_be_asked_of_one(world, nation):
    row = nation.truth["persons"].slice(4321, 1).to_pylist()[0]

    one = People(world, np.array([row["person"]], dtype=np.uint64))

    assert (bool(one.is_child[0]), world.figures.codes[one.area[0]]) == (
        row["is_child"],
        row["area"],
    )


def test_another_seed_is_another_nation(nation):
    other = gather(make_world(PEOPLE, SEED + 1), 1)

    assert other.feeds["police"]["surname"] != nation.feeds["police"]["surname"]
    assert set(other.feeds["police"]["ref"].to_pylist()) != set(
        nation.feeds["police"]["ref"].to_pylist()
    )


def test_the_order_of_a_feed_tells_nothing_of_who_belongs_together(nation):
    homes = nation.truth["records"]["person"].to_numpy() // MEMBERS

    assert (homes[1:] == homes[:-1]).mean() < 0.01


def test_a_block_holds_so_many_homes_and_no_more_whatever_the_nation(monkeypatch):
    monkeypatch.setattr(blocks, "HOMES_A_BLOCK", 2_000)
    sizes = {}
    for people in (20_000, 200_000):
        world = make_world(people, 1)
        block = make_block(world, 1, blocks_of(world))
        sizes[people] = block.truth["persons"].num_rows
        assert block.truth["persons"].num_rows <= 2_000 * MEMBERS
        assert block.truth["records"].num_rows < block.truth["persons"].num_rows

    assert sizes[200_000] == pytest.approx(sizes[20_000], rel=0.25)


def test_memory_to_make_a_block_does_not_grow_with_the_nation(monkeypatch):
    monkeypatch.setattr(blocks, "HOMES_A_BLOCK", 2_000)

    def most(people):
        world = make_world(people, 1)
        many = blocks_of(world)
        make_block(world, 0, many)
        tracemalloc.start()
        for number in (1, 2, 3):
            make_block(world, number, many)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert most(400_000) < 1.3 * most(40_000)


@pytest.mark.parametrize("people", [-1, 0, 199, 1_000_000_001])
def test_too_few_or_too_many_people_are_no_nation(people):
    with pytest.raises(ShapeError, match="A nation has 200 to 1,000,000,000 people"):
        make_world(people, 1)


@pytest.mark.parametrize("seed", range(1, 9))
def test_who_fills_two_places_of_a_network_is_one_member_and_reported_as_such(seed):
    """In so small a nation neighbours are few, and are met twice."""
    small = gather(make_world(200, seed), 1)
    members = small.truth["members"]["person"].to_pylist()
    refs = set(small.truth["records"]["ref"].to_pylist())

    assert len(members) == len(set(members))
    for row in small.feeds["links"].to_pylist():
        assert {row["first_ref"], row["second_ref"]} <= refs


def test_the_smallest_nation_has_everything_that_a_large_one_has():
    smallest = gather(make_world(200, 1), 1)

    assert smallest.truth["persons"].num_rows == 200
    assert smallest.truth["members"].num_rows >= 2
