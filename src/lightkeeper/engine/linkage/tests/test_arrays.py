"""What arrays of codes say of pairs is what SQL says of them one by one."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import JaroWinkler

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage import sayings
from lightkeeper.engine.linkage.blocking import (
    BLOCK_SIZES,
    LARGE_SIZES,
    MOST_PLACES,
    Blocks,
    _distinct,
)
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.columns import common_values
from lightkeeper.engine.linkage.conditions import condition_of, part_of
from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.plan import Kind, plan_by_name
from lightkeeper.engine.linkage.prepare import prepare, prepare_one
from lightkeeper.engine.linkage.sayings import _own_numbers, lasting_numbers, saying_numbers
from lightkeeper.engine.linkage.scoring import Comparer, join_levels
from lightkeeper.engine.linkage.sizes import Sizes, up_to
from lightkeeper.engine.linkage.standardise import standardise
from lightkeeper.engine.linkage.standardise_many import standardise_all
from lightkeeper.engine.linkage.tests.plain import plain_levels, plain_pairs
from lightkeeper.engine.linkage.training import train
from lightkeeper.engine.matcher.tests.arranging import records, usual_model


def every_pair(count):
    return tuple(side.astype(np.int64) for side in np.triu_indices(count, 1))


def coded_values(coded, name, row):
    column = coded.columns[name]
    codes = [column.code[row]]
    if column.start is not None:
        codes = column.code[column.start[row] : column.start[row + 1]]
    return [column.texts[code] for code in codes]


def on_an_edge(one, two):
    """A likeness of just so much: DuckDB adds it up otherwise, and comes out above or below."""
    alike = [JaroWinkler.similarity(a, b) for a in one for b in two]
    return any(abs(much - edge) < 1e-12 for much in alike for edge in (0.8, 0.88, 0.9, 0.92))


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize("then", [False, True])
def test_every_pair_is_on_the_level_that_sql_gives(lists, then):
    table = records(160, lists=lists, seed=4)
    model = usual_model(table)
    values = common_values(load(table.slice(0, 90), model.plan, model.fields).coded)
    values = values if then else None
    left, right = every_pair(table.num_rows)

    coded = load(table, model.plan, model.fields, values).coded
    found = join_levels(Comparer(coded, model.comparisons).chunks(left, right))
    plain = plain_levels(table, model, left, right, values)

    for c, comparison in enumerate(model.comparisons):
        for at in np.flatnonzero(found.level[:, c] != plain.level[:, c]).tolist():
            said = [coded_values(coded, comparison.column, side[at]) for side in (left, right)]
            assert on_an_edge(*said), (comparison.name, said)
        assert set(found.level[:, c]) == set(range(-1, len(comparison.levels))), comparison.name
    same = found.level == plain.level
    assert same.mean() > 0.9999
    assert found.share[same] == pytest.approx(plain.share[same], rel=1e-6)
    assert found.known.tolist() == plain.known.tolist()


def test_what_is_not_asked_wholly_is_missing_the_same_or_at_one():
    table = records(60, lists=True, seed=2)
    model = usual_model(table)
    left, right = every_pair(60)
    comparer = Comparer(load(table, model.plan, model.fields).coded, model.comparisons)

    wholly, first = comparer.compare(left, right), comparer.compare(left, right, wholly=())

    assert np.array_equal(first.level, np.minimum(wholly.level, 1))
    assert np.array_equal(first.share, wholly.share)


def with_odd_names(count):
    """People some of whom share each clue, and some of whom have several names or none."""
    random = np.random.default_rng(count)
    given = ["ada", "ada marie", "ben", "cleo", None, "otto", "o"]
    rows = [
        {
            "given_name": given[random.integers(7)],
            "family_name": ["quill", "quillon", "smith", None][random.integers(4)],
            "birth_date": f"19{random.integers(60, 64)}-0{random.integers(1, 4)}-11",
            "phone": [f"0770090{random.integers(1000, 1040)}" for _ in range(random.integers(3))],
            "postcode": f"AB{random.integers(1, 4)} {random.integers(1, 9)}CD",
        }
        for _ in range(count)
    ]
    return pa.table({name: [row[name] for row in rows] for name in rows[0]})


def some_twice(count):
    """The same people, many of whose rows come again, and some very often."""
    table, random = with_odd_names(count), np.random.default_rng(count)
    often = random.integers(0, 5, 3 * count // 4)
    return table.take(np.concatenate([random.integers(0, count, count // 2), often]))


def record_pairs(found, *pairs):
    """What is brought together, as pairs of records."""
    spread = [found.sayings.spread(left, right)[1:] for left, right in pairs]
    both = np.concatenate([np.column_stack(one) for one in spread])
    return both[np.lexsort((both[:, 1], both[:, 0]))]


def together(found):
    beside = found.sayings.repeated()
    blocks = found.blocks
    return record_pairs(
        found,
        *(blocks.pairs(part) for part in blocks.parts()),
        *(beside.pairs(part) for part in beside.parts()),
    )


@pytest.mark.parametrize("sizes", [up_to(2), up_to(5), up_to(20), Sizes(4, 9, twice=True)])
def test_pairs_are_those_that_share_enough_blocks(sizes):
    table = with_odd_names(150)
    plan = plan_by_name(table.column_names)

    found = load(table, plan).together(60, sizes).blocks
    pairs = [found.pairs(part) for part in found.parts()]

    expected = plain_pairs(table, plan, sizes)
    assert np.array_equal(np.concatenate([np.column_stack(p) for p in pairs]), expected)
    assert np.array_equal(
        np.concatenate([np.column_stack(p) for p in found.every(3)]),
        expected[expected[:, 0] % 3 == 0],
    )


@pytest.mark.parametrize(
    "sizes",
    [up_to(2), Sizes(2, 9), Sizes(5, 160), Sizes(20, 25), Sizes(2, 9, True), Sizes(8, 8, True)],
)
@pytest.mark.parametrize("most_alike", [3, 25, 1280])
def test_of_records_that_say_the_same_blocks_count_one(sizes, most_alike):
    table = some_twice(160)
    plan = plan_by_name(table.column_names)

    found = load(table, plan).together(60, sizes)
    standing = found.sayings.first(most_alike, np.arange(table.num_rows))
    found = replace(found, sayings=standing)

    expected = plain_pairs(table, plan, sizes, most_alike)
    assert np.array_equal(together(found), expected)
    assert (found.sayings.left_alone > 0) == (most_alike < 1280)


@pytest.mark.parametrize("most_alike", [25, 1280])
def test_how_common_a_value_is_does_not_come_from_one_who_is_reported_very_often(
    most_alike, monkeypatch
):
    monkeypatch.setattr(sayings, "MOST_ALIKE", most_alike)
    table = some_twice(160)
    model = train(table, plan_by_name(table.column_names))
    left, right = every_pair(table.num_rows)

    found = Comparer(load(table, model.plan, model.fields).coded, model.comparisons)
    plain = plain_levels(table, model, left, right, most_alike=most_alike)

    assert found.compare(left, right).share == pytest.approx(plain.share, rel=1e-6)
    assert found.known.tolist() == plain.known.tolist()


def test_where_no_two_rows_are_the_same_what_is_compared_is_the_table_itself():
    table = with_odd_names(150)
    loaded = load(table, plan_by_name(table.column_names))
    every = saying_numbers(loaded.coded, _own_numbers)

    assert len(set(every.tolist())) == 150
    assert loaded.together(60).sayings.coded is loaded.coded
    assert loaded.alike.two_of_each().tolist() == list(range(150))


def test_a_list_says_the_same_in_any_order_and_no_list_what_an_empty_one_does():
    rows = [["07700900111", "07700900222"], ["07700900222", "07700900111"], ["07700900111"], None]
    table = pa.table({"phone": [*rows, []], "family_name": ["quill"] * 5})

    found = load(table, plan_by_name(table.column_names)).together(60).sayings

    assert found.records.tolist() == [0, 1, 2, 3, 4]
    assert found.size.tolist() == [2, 1, 2]
    coded = load(table, plan_by_name(table.column_names)).coded
    assert saying_places(lasting_numbers(coded, b"key")) == [0, 0, 1, 2, 2]
    assert set(lasting_numbers(coded, b"another")).isdisjoint(lasting_numbers(coded, b"key"))


def saying_places(numbers):
    return [list(dict.fromkeys(numbers.tolist())).index(one) for one in numbers.tolist()]


def test_as_many_stand_for_what_they_say_as_the_number_of_pairs_allows():
    rows = [{"family_name": f"quill{n:03d}"} for n in range(10) for _ in range(90 * (n > 5) + 3)]
    found = load(pa.Table.from_pylist(rows), plan_by_name(["family_name"])).sayings
    each = found.repeated()
    pairs = 4 * 93 * 92 // 2 + 6 * 3

    assert found.most_within(each.left, each.right, pairs) == 1280
    assert found.most_within(each.left, each.right, pairs - 1) == 92
    assert found.most_within(each.left, each.right, 10) == 2
    assert found.most_within(each.left, each.right, 0) == 1
    few = found.first(50, np.arange(len(rows)))
    assert (few.size.max(), few.left_alone) == (50, 4 * 43)
    last = found.first(50, -np.arange(len(rows)))
    assert [one[0] for one in np.split(last.records, last.start[1:-1])][-1] == len(rows) - 50


def test_the_largest_block_is_the_last_that_leaves_few_enough_pairs():
    table = with_odd_names(150)
    plan = plan_by_name(table.column_names)
    many = {size: len(plain_pairs(table, plan, up_to(size))) for size in BLOCK_SIZES}
    allowed = many[20] // 150 + 1

    found = load(table, plan).together(allowed).blocks

    assert many[40] > allowed * 150 >= many[20]
    assert found.sizes == up_to(20)


def test_a_large_table_takes_small_blocks_and_smaller_ones_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr("lightkeeper.engine.linkage.blocking.LARGE", 100)
    table = with_odd_names(150)
    plan = plan_by_name(table.column_names)
    loaded, some_fewer = (
        load(table, plan),
        len(plain_pairs(table, plan, Sizes(10, 10, True))) // 150 + 1,
    )

    found = [loaded.together(allowed).blocks for allowed in (60, some_fewer, 2)]

    assert [b.sizes for b in found] == list(LARGE_SIZES)


def test_in_a_large_table_twelve_sayings_of_one_person_are_brought_together(monkeypatch):
    monkeypatch.setattr("lightkeeper.engine.linkage.blocking.LARGE", 100)
    person = {"given_name": "ida", "family_name": "calder", "birth_date": "1990-04-01"}
    said = [person | {"phone": None, "postcode": f"ZZ{n} 1AA"} for n in range(1, 13)]
    others = with_odd_names(150)
    table = pa.concat_tables([others, pa.Table.from_pylist(said, schema=others.schema)])

    found = load(table, plan_by_name(table.column_names)).together(60)

    pairs = {tuple(pair) for pair in together(found).tolist()}
    assert {(a, b) for a in range(150, 162) for b in range(a + 1, 162)} <= pairs
    assert found.blocks.sizes.block == 10


def test_no_part_of_the_pairs_is_left_out_or_given_twice(monkeypatch):
    monkeypatch.setattr("lightkeeper.engine.linkage.blocking.AT_ONCE", 50)
    table = with_odd_names(120)
    plan = plan_by_name(table.column_names)
    found = load(table, plan).together(60, up_to(10)).blocks

    parts = found.parts()
    pairs = np.concatenate([np.column_stack(found.pairs(part)) for part in parts])

    assert len(parts) > 5
    assert np.array_equal(pairs, plain_pairs(table, plan, up_to(10)))


def test_a_block_has_the_same_number_wherever_it_is_worked_out():
    table = with_odd_names(80)
    plan = plan_by_name(table.column_names)
    _, fields = prepare(table, plan)
    whole = _blocks(load(table, plan, fields).coded)
    last = _blocks(load(table.slice(50), plan, fields).coded)

    assert {(row + 50, key) for row, key in last} == {b for b in whole if b[0] >= 50}


def test_blocks_by_number_bring_the_same_pairs_together():
    table = with_odd_names(120)
    plan = plan_by_name(table.column_names)
    members: dict[int, set[int]] = {}
    for row, key in _blocks(load(table, plan).coded):
        members.setdefault(key, set()).add(row)

    pairs = {
        (a, b) for rows in members.values() if len(rows) <= 10 for a in rows for b in rows if a < b
    }

    assert sorted(pairs) == [tuple(pair) for pair in plain_pairs(table, plan, up_to(10)).tolist()]


def _blocks(coded):
    keys = block_keys(coded)
    return set(zip(keys.row.tolist(), keys.key.tolist(), strict=True))


@pytest.mark.parametrize("records", [2, 1 << 15, 200_001, MOST_PLACES])
@pytest.mark.parametrize("first", [0, (1 << 13) - 2, (1 << 14) - 2])
@pytest.mark.parametrize("twice", [False, True])
def test_a_pair_that_is_there_often_enough_is_given_once_whatever_its_numbers(
    records, first, twice
):
    dice = np.random.default_rng(5)
    left = first + dice.integers(0, 3, 60)
    right = (records - 1 - dice.integers(0, 2, 60)).astype(np.int32)
    more = dice.random(60) < 0.9

    found = _distinct(left, right, records, more if twice else None)

    count = Counter()
    for pair in zip(left.tolist(), right.tolist(), more.tolist(), strict=True):
        count[pair[:2]] += 1 if twice and pair[2] else 2
    expected = sorted(pair for pair, many in count.items() if many > 1)
    assert list(zip(*(side.tolist() for side in found), strict=True)) == expected


def test_a_table_without_a_clue_has_no_pairs():
    table = pa.table({"sex": ["f", "m", "f"]})
    found = load(table, plan_by_name(["sex"])).together(60).blocks

    assert isinstance(found, Blocks)
    assert [len(found.pairs(part)[0]) for part in found.parts()] == [0]


COMPARED = [kind for kind in Kind if kind not in (Kind.RECORD_ID, Kind.SOURCE, Kind.LEFT_OUT)]
SAID = st.one_of(
    st.text(max_size=12),
    st.text("0123456789 +-ext()4", max_size=18),
    st.text("aB@.é '`-1\t\x1c\x85", max_size=12),
    st.sampled_from(["None", "N/A", "unknown", "0000000", "+44 (0)7700 900123", "00447700900123"]),
)


@given(st.lists(st.one_of(st.none(), SAID), max_size=8), st.sampled_from(COMPARED))
@settings(deadline=None)
def test_many_values_get_the_spelling_that_each_gets_alone(values, kind):
    alone = [None if v is None else standardise(kind, v) for v in values]

    assert standardise_all(kind, pa.array(values, pa.string())).to_pylist() == alone


WORDS = ["Ada", "Mr", "Quill", "de", "la", "Smith-Jones", "O'Neil", "Dr", "Ann", "n/a", "''"]
NAME = st.one_of(
    st.none(), st.text(max_size=6), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
)
NAMES = ["given_name", "family_name", "middle_name"]


@given(st.lists(st.tuples(NAME, NAME, NAME), min_size=1, max_size=6), st.sampled_from([1, 2, 3]))
@settings(deadline=None)
def test_names_in_columns_are_prepared_as_each_record_is_alone(rows, columns):
    names = NAMES[:columns]
    table = pa.table({name: pa.array([row[n] for row in rows], pa.string())
                      for n, name in enumerate(names)})  # fmt: skip
    plan = plan_by_name(names)
    prepared, fields = prepare(table, plan)

    for number, row in enumerate(rows):
        alone = prepare_one(dict(zip(names, row, strict=False)), plan, fields)
        for field in fields:
            said = prepared[field.name][number].as_py()
            said = (said or []) if field.multi else [said] if said is not None else []
            assert tuple(said) == alone[field.name]


def test_a_condition_that_is_not_known_is_refused_and_named():
    with pytest.raises(FormatError, match="soundex"):
        condition_of('soundex("given_l") = soundex("given_r")', "given")
    with pytest.raises(FormatError, match="no such part"):
        part_of("reverse(v)")
