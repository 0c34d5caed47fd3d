"""Adding and removing records comes out as linking everything again does, in any order."""

import random

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.errors import ConflictError, FormatError
from lightkeeper.engine.linkage.batch import link
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.standing import Standing, link_and_keep
from lightkeeper.engine.linkage.tests.test_linking import people
from lightkeeper.engine.linkage.training import train_with_values


@pytest.fixture(scope="module")
def table():
    return people(150, seed=8)


@pytest.fixture(scope="module")
def trained(table):
    return train_with_values(table, plan_by_name(table.column_names))


def weights(links):
    """The weight of each pair, by the ids of its two."""
    left, right = links.record_ids[links.left], links.record_ids[links.right]
    pairs = zip(left.tolist(), right.tolist(), links.weight.tolist(), strict=True)
    return {(a, b): weight for a, b, weight in pairs}


def follow(known, change, removed=()):
    """What is linked after a change, from what was before."""
    known |= weights(change.links)
    gone = {tuple(pair) for pair in change.parted.tolist()}
    return {
        pair: weight
        for pair, weight in known.items()
        if pair not in gone and not set(pair) & set(removed)
    }


def same(one, other):
    assert sorted(one) == sorted(other)
    assert [one[pair] for pair in sorted(one)] == pytest.approx([other[p] for p in sorted(other)])


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_and_goes_leaves_what_linking_it_all_again_gives(table, trained, tmp_path, seed):
    dice, (model, values) = random.Random(seed), trained
    path, ids = tmp_path / "standing", table["record_id"].to_pylist()
    there = sorted(dice.sample(ids, 120))

    def rows(wanted):
        return table.filter(pa.array(np.isin(ids, sorted(wanted))))

    known = weights(link_and_keep(path, rows(there), model, values))
    with Standing.open(path) as standing:
        standing.block_size = size = dice.choice([2, 3, 4])  # small, so that blocks outgrow it
        known = weights(link(rows(there), model, values=values, block_size=size))
        outgrown = 0
        for _ in range(5):
            removed = dice.sample(there, dice.choice([0, 1, 25]))
            added = dice.sample([one for one in ids if one not in there], dice.choice([0, 1, 40]))
            with standing.changing(rows(added), removed) as change:
                known = follow(known, change, removed)
            outgrown += len(change.parted)
            there = sorted({*there, *added} - set(removed))
            same(known, weights(link(rows(there), model, values=values, block_size=size)))
        assert standing.record_ids.tolist() == there
        assert outgrown > 0


def test_what_is_opened_again_knows_what_came(table, trained, tmp_path):
    model, values = trained
    path = tmp_path / "standing"
    first = link_and_keep(path, table.slice(0, 200), model, values)
    known = weights(first)
    for start in (200, 250):
        with Standing.open(path) as standing:
            assert standing.block_size == first.block_size
            assert standing.model.version == model.version
            with standing.changing(table.slice(start, 50)) as change:
                known = follow(known, change)

    everything = link(table, model, values=values, block_size=first.block_size)
    same(known, weights(everything))


def test_a_change_that_breaks_off_has_not_been(table, trained, tmp_path):
    model, values = trained
    path = tmp_path / "standing"
    link_and_keep(path, table.slice(0, 100), model, values)
    with Standing.open(path) as standing:
        with pytest.raises(ZeroDivisionError), standing.changing(table.slice(100, 9), [101, 102]):
            raise ZeroDivisionError
        assert len(standing) == 100
    with Standing.open(path) as standing, standing.changing(table.slice(100, 9)) as change:
        assert (len(standing), len(change.links.left) > 0) == (100, True)


def test_a_record_that_is_there_is_named_and_one_that_goes_may_come_again(table, trained, tmp_path):
    model, values = trained
    path = tmp_path / "standing"
    known = weights(link_and_keep(path, table, model, values))
    with Standing.open(path) as standing:
        with pytest.raises(ConflictError, match="Record 107 "), standing.changing(table[7:8]):
            pass
        with standing.changing(table[7:8], [107]) as change:
            pass
        same({p: w for p, w in known.items() if 107 in p}, weights(change.links))
        assert len(standing) == table.num_rows


def test_a_file_that_is_missing_or_damaged_is_named(table, trained, tmp_path):
    with (
        pytest.raises(FormatError, match="There is no file gone"),
        Standing.open(tmp_path / "gone"),
    ):
        pass
    (tmp_path / "bad").write_bytes(b"not a database" * 4000)
    with pytest.raises(FormatError, match="The file bad "), Standing.open(tmp_path / "bad"):
        pass


def test_nothing_that_comes_and_nothing_that_goes_changes_nothing(table, trained, tmp_path):
    path = tmp_path / "standing"
    link_and_keep(path, table, *trained)
    with Standing.open(path) as standing, standing.changing(table[:0], [9_999_999]) as change:
        assert (len(change.links.left), len(change.parted)) == (0, 0)
