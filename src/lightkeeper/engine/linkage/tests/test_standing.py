"""Adding and removing records comes out as linking everything again does, in any order."""

import random
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.errors import ConflictError, FormatError
from lightkeeper.engine.linkage import moving
from lightkeeper.engine.linkage.batch import link
from lightkeeper.engine.linkage.loaded import Loaded
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.sayings import Sayings
from lightkeeper.engine.linkage.sizes import Sizes, up_to
from lightkeeper.engine.linkage.standing import Standing, link_and_keep
from lightkeeper.engine.linkage.tests.test_linking import people
from lightkeeper.engine.linkage.training import train_with_values


@pytest.fixture(scope="module")
def table():
    return people(150, seed=8)


@pytest.fixture(scope="module")
def trained(table):
    """A model that keeps every pair that is compared, however little it weighs."""
    model, values = train_with_values(table, plan_by_name(table.column_names))
    return replace(model, missing_weight=-500.0), values


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


def few_words(rows=260, seed=9):
    """Records of so few words that many two share no more than one rare meeting of two of them."""
    dice = random.Random(seed)

    def word(kind, many):
        return dice.choice([None, *(f"{kind}{n:02d}" for n in range(many))])

    return [
        {"record_id": n, "given_name": word("given", 12), "family_name": word("family", 15),
         "birth_date": f"{dice.randint(1970, 1990)}-0{dice.randint(1, 9)}-01",
         "postcode": word("pc", 14), "email": None}
        for n in range(rows)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("twice", [False, True])
def test_two_that_come_to_share_a_second_block_or_no_more_than_one(table, tmp_path, twice, seed):
    dice, path = random.Random(seed), tmp_path / "standing"
    every = pa.Table.from_pylist(few_words(), schema=table.schema)
    model, values = train_with_values(every, plan_by_name(every.column_names))
    model = replace(model, missing_weight=-500.0)
    sizes = Sizes(3, 5, twice)

    def rows(wanted):
        return every.take(pa.array(wanted, pa.int64()))

    there = sorted(dice.sample(range(260), 130))
    known = weights(link_and_keep(path, rows(there), model, values))
    with Standing.open(path) as standing:
        standing.sizes = sizes
        known = weights(link(rows(there), model, values=values, sizes=sizes))
        for _ in range(5):
            removed = dice.sample(there, dice.choice([1, 40]))
            rest = [one for one in range(260) if one not in there]
            added = dice.sample(rest, min(len(rest), dice.choice([0, 1, 80])))
            with standing.changing(rows(added), removed) as change:
                known = follow(known, change, removed)
            there = sorted({*there, *added} - set(removed))
            same(known, weights(link(rows(there), model, values=values, sizes=sizes)))


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_and_goes_leaves_what_linking_it_all_again_gives(table, trained, tmp_path, seed):
    dice, (model, values) = random.Random(seed), trained
    path, ids = tmp_path / "standing", table["record_id"].to_pylist()
    there = sorted(dice.sample(ids, 120))

    def rows(wanted):
        return table.filter(pa.array(np.isin(ids, sorted(wanted))))

    known = weights(link_and_keep(path, rows(there), model, values))
    with Standing.open(path) as standing:
        sizes = Sizes(dice.choice([2, 3, 4]), 4, twice=seed % 2 == 0)  # small, so that some outgrow
        standing.sizes = sizes
        known = weights(link(rows(there), model, values=values, sizes=sizes))
        outgrown = 0
        for _ in range(5):
            removed = dice.sample(there, dice.choice([0, 1, 25]))
            added = dice.sample([one for one in ids if one not in there], dice.choice([0, 1, 40]))
            with standing.changing(rows(added), removed) as change:
                known = follow(known, change, removed)
            outgrown += len(change.parted)
            there = sorted({*there, *added} - set(removed))
            same(known, weights(link(rows(there), model, values=values, sizes=sizes)))
        assert standing.record_ids.tolist() == there
        assert outgrown > 0


@pytest.fixture(scope="module")
def repeated(table):
    """Rows that mostly come again, some of them very often, some that say little, and twelve that
    say one person otherwise.
    """
    dice = random.Random(4)
    rows = [row | {"record_id": 0} for row in table.to_pylist()[:40]]
    rows += [rows[0] | {"email": f"{n}@mail.example"} for n in range(12)]
    rows += [{"email": None} | dict.fromkeys(rows[0]), dict.fromkeys(rows[0]) | {"given_name": "o"}]
    often = [dice.choice(rows[:3] + rows[-2:]) for _ in range(90)]
    every = [*often, *(dice.choice(rows) for _ in range(120))]
    dice.shuffle(every)
    return pa.Table.from_pylist(
        [row | {"record_id": 1000 + at} for at, row in enumerate(every)], schema=table.schema
    )


@pytest.mark.parametrize("seed", range(8))
def test_sayings_come_and_go_and_cross_their_bound_as_in_linking_it_all_again(
    repeated, trained, tmp_path, seed
):
    dice, (model, values) = random.Random(seed), trained
    path, ids = tmp_path / "standing", repeated["record_id"].to_pylist()
    bounds = {
        "sizes": Sizes(dice.choice([2, 3, 5]), dice.choice([6, 8]), twice=seed % 2 == 0),
        "most_alike": dice.choice([2, 4, 8, 12]),
    }
    there = sorted(dice.sample(ids, 100))

    def rows(wanted):
        return repeated.filter(pa.array(np.isin(ids, sorted(wanted))))

    with patched_bounds(**bounds):
        known = weights(link_and_keep(path, rows(there), model, values))
    same(known, weights(link(rows(there), model, values=values, **bounds)))
    with Standing.open(path) as standing:
        assert {name: getattr(standing, name) for name in bounds} == bounds
        alone = {standing.most_alike}
        for _ in range(6):
            removed = dice.sample(there, min(len(there), dice.choice([0, 1, 30, 60])))
            rest = [one for one in ids if one not in there]
            added = dice.sample(rest, min(len(rest), dice.choice([0, 1, 30, 60])))
            with standing.changing(rows(added), removed) as change:
                known = follow(known, change, removed)
            there = sorted({*there, *added} - set(removed))
            again = link(rows(there), model, values=values, **bounds)
            same(known, weights(again))
            assert change.links.left_alone == again.left_alone
            alone.add(again.left_alone)
        assert len(alone) > 1


@contextmanager
def patched_bounds(**bounds):
    """Bounds other than the table would have."""
    real = Loaded.together
    most = bounds.pop("most_alike")
    with (
        patch.object(Loaded, "together", lambda self, pairs, *_, **__: real(self, pairs, **bounds)),
        patch.object(Sayings, "most_within", lambda *_: most),
    ):
        yield


def test_one_too_many_stands_for_nothing_until_another_goes(trained, tmp_path):
    model, values = trained
    path = tmp_path / "standing"
    one = people(1, seed=8).to_pylist()
    same_words = [one[0] | {"record_id": 10 + n} for n in range(4)]
    table = pa.Table.from_pylist([*same_words, one[1]])
    with patched_bounds(sizes=up_to(5), most_alike=4):
        known = weights(link_and_keep(path, table, model, values))
    assert len(known) == 4 * 3 // 2 + 4

    def more(number):
        return pa.Table.from_pylist([one[0] | {"record_id": number}], schema=table.schema)

    with Standing.open(path) as standing, standing.changing(more(20)) as change:
        assert (len(change.parted), len(change.links.left), change.links.left_alone) == (0, 0, 1)
    with Standing.open(path) as standing, standing.changing(table[:0], [11]) as change:
        gained = weights(change.links)
        assert (len(gained), change.links.left_alone) == (4, 0)
        assert all(20 in pair for pair in gained)
    with Standing.open(path) as standing, standing.changing(more(5)) as change:
        parted = {tuple(pair) for pair in change.parted.tolist()}
        assert parted >= set(gained)
        assert all(20 in pair for pair in parted)
        assert {number for pair in weights(change.links) for number in pair} >= {5, 10, 12, 13}


def test_what_would_be_kept_as_too_many_pairs_is_for_a_whole_run(trained, tmp_path, monkeypatch):
    model, values = trained
    path = tmp_path / "standing"
    one = people(1, seed=8).to_pylist()
    link_and_keep(path, pa.Table.from_pylist(one), model, values)
    many = pa.Table.from_pylist([one[0] | {"record_id": 900 + n} for n in range(50)])
    monkeypatch.setattr(moving, "MOST_SPREAD", 50 * 49 // 2 - 1)

    with Standing.open(path) as standing:
        with pytest.raises(FormatError, match="pairs of records"), standing.changing(many):
            pass
        assert len(standing) == len(one)


def test_nobody_who_does_not_know_the_key_of_the_file_knows_the_number_of_a_saying(
    table, trained, tmp_path
):
    model, values = trained
    found = []
    for name in ("one", "two"):
        link_and_keep(tmp_path / name, table.slice(0, 50), model, values)
        with Standing.open(tmp_path / name) as standing:
            found.append(set(standing._column("SELECT saying // 2 FROM standing.says").tolist()))
    assert found[0].isdisjoint(found[1])


def test_what_is_opened_again_knows_what_came(table, trained, tmp_path):
    model, values = trained
    path = tmp_path / "standing"
    first = link_and_keep(path, table.slice(0, 200), model, values)
    known = weights(first)
    for start in (200, 250):
        with Standing.open(path) as standing:
            assert standing.sizes == first.sizes
            assert standing.model.version == model.version
            with standing.changing(table.slice(start, 50)) as change:
                known = follow(known, change)

    everything = link(table, model, values=values, sizes=first.sizes)
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
