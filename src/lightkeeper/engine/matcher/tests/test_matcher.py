import math
import random
import shutil

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ConflictError, EngineError, ShapeError
from lightkeeper.engine.linkage.prepare import prepare, prepare_one
from lightkeeper.engine.matcher import candidates
from lightkeeper.engine.matcher.building import encode
from lightkeeper.engine.matcher.clues import Held, keys_of_many, keys_of_one, recipes
from lightkeeper.engine.matcher.matcher import Matcher
from lightkeeper.engine.matcher.tests.arranging import COLUMNS, records, usual_model

ADA = {"given_name": "Ada", "family_name": "Quill", "birth_date": "1990-02-03"}
LOWEST = -math.inf


@pytest.fixture(scope="module")
def table():
    return records(120, seed=2)


@pytest.fixture(scope="module")
def model(table):
    return usual_model(table)


@pytest.fixture
def matcher(tmp_path, table, model):
    return Matcher.build(tmp_path / "index", model, [table])


def found(matcher, asked, k):
    return [(hit.record_id, round(hit.weight, 9)) for hit in matcher.find(asked, k, LOWEST)]


def seen(matcher, asked, k=10):
    """Everything a look-up says: who is found, their weights and why."""
    best = found(matcher, asked, k)
    return best, [matcher.explain(asked, one) for one, _ in best[:4]]


@pytest.fixture
def all_compared(monkeypatch):
    """However many share a key: what is left out is then left out by its bound alone."""
    monkeypatch.setattr(candidates, "FEW_ROWS", 500)


def test_what_is_found_weighs_what_it_weighs_in_full_best_first(matcher, table, all_compared):
    for record in table.to_pylist()[:30]:
        hits = matcher.find(record, 8, LOWEST)
        full = matcher.weigh(record, [hit.record_id for hit in hits]).weight
        assert [hit.weight for hit in hits] == pytest.approx(full.tolist(), abs=1e-9)
        assert full.tolist() == sorted(full.tolist(), reverse=True)
        assert len(hits) == 8 or len([v for v in record.values() if v]) < 6


def test_bounds_leave_out_nothing_that_belongs_among_the_best(matcher, table, all_compared):
    records_ = table.to_pylist()[:12]
    pruned = [found(matcher, record, 4) for record in records_]
    everything = [found(matcher, record, 400) for record in records_]

    assert pruned == [one[:4] for one in everything]
    assert max(map(len, everything)) > 20


def test_what_the_batch_would_not_keep_is_not_found_unless_asked_for(matcher, table, model):
    record = table.to_pylist()[5]
    every = matcher.find(record, 100, LOWEST)
    kept = matcher.find(record, 100)

    assert kept == [hit for hit in every if hit.weight > model.missing_weight]
    assert len(kept) < len(every)
    assert matcher.find(record, 100, every[2].weight) == every[:2]


def test_the_keys_of_one_record_are_those_it_was_stored_under(table, model):
    for seed, lists in ((4, False), (5, True)):
        some = records(60, seed=seed, lists=lists)
        own = usual_model(some)
        prepared, fields = prepare(some, own.plan)
        encoded = {f.name: encode(prepared[f.name], f.multi, b"salt") for f in fields}
        held = {name: Held(e.values, e.code, e.start) for name, e in encoded.items()}
        stored = keys_of_many(held, 60, recipes(fields), 7)
        for row, record in enumerate(some.to_pylist()):
            asked = keys_of_one(prepare_one(record, own.plan, fields), recipes(fields), 7)
            of_row = stored[(stored & np.uint64(0xFFFFFFFF)) == row] >> np.uint64(32)
            assert sorted((asked >> np.uint64(32)).tolist()) == of_row.tolist()


@given(st.lists(st.tuples(st.sampled_from(["add", "put", "remove", "open"]), st.integers(0, 7)),
                max_size=14))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_adding_and_removing_in_any_order_ends_as_a_new_build(tmp_path_factory, steps):
    table = records(24, seed=8)
    model = usual_model(table)
    folder = tmp_path_factory.mktemp("any")
    matcher = Matcher.build(folder / "grown", model, [table.slice(0, 6)])
    there = {number: table.slice(number, 1) for number in range(6)}
    for what, number in steps:
        one = table.slice(number, 1)
        if what == "remove":
            assert matcher.remove([100 + number]) == (number in there)
            there.pop(number, None)
        elif what == "open":
            matcher = Matcher.open(folder / "grown")
        elif what == "put" or number not in there:
            # Another record takes the place of the one with this id.
            other = table.slice(number + 12, 1) if what == "put" else one
            other = other.set_column(0, "record_id", pa.array([100 + number]))
            matcher.add(other, replacing=what == "put")
            there[number] = other
        else:
            with pytest.raises(ConflictError, match=f"a record {100 + number} in the index"):
                matcher.add(one)
    pieces = [pa.concat_tables(there.values())] if there else []
    built = Matcher.build(folder / "built", model, pieces)

    assert len(matcher) == len(built) == len(there)
    for record in table.to_pylist()[::3]:
        assert seen(matcher, record, 30) == seen(built, record, 30)


def test_what_was_removed_is_neither_removed_again_nor_explained_and_may_come_back(matcher):
    assert [matcher.remove([100, 101]), matcher.remove([100, 102])] == [2, 1]
    with pytest.raises(EngineError, match="There is no record 100 in the index"):
        matcher.explain(ADA, 100)

    matcher.add([ADA | {"record_id": 100}])

    assert matcher.find(ADA)[0].record_id == 100
    assert len(matcher) == 118


def test_many_small_writes_leave_few_segments(tmp_path, model):
    matcher = Matcher.create(tmp_path / "index", model)
    for number in range(30):
        matcher.add(records(3, seed=number).set_column(
            0, "record_id", pa.array(range(3 * number, 3 * number + 3))))  # fmt: skip

    assert len(matcher) == 90
    assert len(list((tmp_path / "index").glob("segment-*"))) <= 6
    matcher.remove(range(85))
    matcher.add([ADA | {"record_id": 1000}])
    assert len(matcher) == 6
    assert matcher.find(ADA)[0].record_id == 1000


def test_a_reader_keeps_its_state_until_it_looks_again(tmp_path, matcher):
    reader = Matcher.open(tmp_path / "index")
    before = seen(reader, ADA)

    matcher.add([ADA | {"record_id": 7}])
    matcher.remove(range(100, 200))

    assert seen(reader, ADA) == before
    assert reader.refresh()
    assert reader.find(ADA)[0].record_id == 7
    assert not reader.refresh()


@pytest.mark.parametrize(
    "record", [{}, dict.fromkeys(COLUMNS), dict.fromkeys(COLUMNS, ""), {"sex": "f"},
               {"given_name": "N/A", "birth_date": "soon", "phone": "12"}],
)  # fmt: skip
def test_a_record_that_says_nothing_is_nobody(matcher, record):
    assert matcher.find(record) == []


def test_records_that_say_nothing_can_be_kept_and_removed(tmp_path, matcher, table):
    expected = seen(matcher, table.to_pylist()[3])

    matcher.add([{"record_id": 7}, {"record_id": 8, "given_name": None}])
    assert len(matcher) == 122
    assert [r.name for r in matcher.explain(ADA, 7).reasons] == ["prior"]
    assert matcher.remove([7, 8, 9]) == 2

    assert seen(matcher, table.to_pylist()[3]) == expected


def test_very_long_and_very_mixed_values_are_compared_like_others(tmp_path, model):
    long, mixed = "Ab" * 5000, "Żółć 李明 Мария \u202e \U0001f600 ١٢٣"
    people = [
        {"record_id": 1, "given_name": long, "family_name": "Quill", "phone": "9" * 9999 + "1"},
        {"record_id": 2, "given_name": mixed, "family_name": mixed, "email": "é" * 999 + "@x"},
        {"record_id": 3, "full_name": " ".join(f"name{n}" for n in range(3000))},
    ]
    matcher = Matcher.build(tmp_path / "index", model, [])
    matcher.add(people)

    for person in people:
        asked = {name: value for name, value in person.items() if name != "record_id"}
        assert matcher.find(asked)[0].record_id == person["record_id"]
    slipped = people[0] | {"given_name": long[:100] + "x" + long[100:]}
    names = [reason.sentence for reason in matcher.explain(slipped, 1).reasons]
    assert "Given names are nearly the same" in names


def test_of_a_crowd_of_one_value_only_so_many_are_weighed(tmp_path, model, monkeypatch):
    monkeypatch.setattr(candidates, "MOST_POSTINGS", 100)
    crowd = pa.table({"record_id": range(5000), **{n: [v] * 5000 for n, v in ADA.items()}})
    matcher = Matcher.build(tmp_path / "index", model, [crowd])

    hits = matcher.find(ADA, 10, LOWEST)
    keys = keys_of_one(
        prepare_one(ADA, model.plan, model.fields), recipes(model.fields),
        int.from_bytes(matcher._state.salt[:4]),
    )  # fmt: skip

    assert len(hits) == 10
    assert len({hit.weight for hit in hits}) == 1
    rows, _ = candidates.candidates(matcher._state, keys)
    assert len(rows) == candidates.MOST_ROWS
    # Somebody rarer in the crowd is found all the same.
    matcher.add([ADA | {"record_id": 9000, "phone": "07700 900555"}])
    assert matcher.find(ADA | {"phone": "07700 900556"})[0].record_id == 9000


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda m: m.find({"surname": "Quill"}), "The model has no column surname. It has: addr"),
        (lambda m: m.find(ADA, k=0), "k must be at least 1, got 0"),
        (lambda m: m.add([{"record_id": 1, "shoe": "42"}]), "The model has no column shoe"),
        (lambda m: m.add([ADA]), "Each record needs a whole number as its record_id"),
        (lambda m: m.add([{"record_id": "one"}]), "Each record needs a whole number"),
        (lambda m: m.add([{"record_id": None}, {"record_id": 5}]), "A record has no record_id"),
        (lambda m: m.add([{"record_id": 5}, {"record_id": 5}]), "Two records have the id 5"),
        (lambda m: m.add([{"record_id": 100}]), "There is a record 100 in the index already"),
        (lambda m: m.add([{"record_id": 5, "sex": ["f"]}, {"record_id": 6, "sex": "f"}]), "fit"),
        (lambda m: m.explain(ADA, 99), "There is no record 99 in the index"),
        (lambda m: Matcher.open(m.path / "none"), "There is no index in"),
        (lambda m: Matcher.create(m.path, m.model), "There is an index in .* already"),
        (lambda m: Matcher.create(m.path / "manifest.json", m.model), "is not a folder"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(matcher, call, sentence):
    files = sorted(path.name for path in matcher.path.iterdir())

    with pytest.raises((EngineError, ShapeError, ConflictError), match=sentence):
        call(matcher)

    assert len(matcher) == len(Matcher.open(matcher.path)) == 120
    assert sorted(path.name for path in matcher.path.iterdir()) == files


def test_what_was_removed_leaves_the_disk_when_the_index_is_compacted(tmp_path, matcher, table):
    expected = seen(matcher, table.to_pylist()[3])
    matcher.add([{"record_id": 7, "family_name": "Zephyrine"}, {"record_id": 8, "sex": "f"}])
    matcher.remove([7, 8])

    def on_disk():
        return any(b"zephyrine" in path.read_bytes() for path in (tmp_path / "index").iterdir())

    matcher.add([{"record_id": 9, "family_name": "Zephyrine"}])
    assert on_disk()
    matcher.remove([9])
    matcher.compact()

    assert not on_disk()
    assert len(list((tmp_path / "index").glob("segment-*"))) == 1
    assert seen(matcher, table.to_pylist()[3]) == expected


def test_frequencies_of_the_index_follow_what_is_added_and_removed(tmp_path, model):
    matcher = Matcher.create(tmp_path / "index", model)
    matcher.add([ADA | {"record_id": number} for number in range(4)])
    matcher.add([{"record_id": 10 + n, "family_name": f"Other{n}"} for n in range(16)])

    def bits():
        reasons = matcher.explain(ADA, 0).reasons
        return next(reason.weight for reason in reasons if reason.name == "family name")

    best = next(c for c in model.comparisons if c.name == "family name").levels[0]
    expected = [math.log2(best.m / ((n + 20 * best.u) / (n + 16 + 20))) for n in (4, 2)]
    before = bits()
    matcher.remove([2, 3])

    assert [before, bits()] == pytest.approx(expected, abs=1e-6)


def test_one_seeded_crowd_is_found_again_despite_slips(tmp_path):
    dice = random.Random(3)
    table = records(400, seed=11)
    matcher = Matcher.build(tmp_path / "index", usual_model(table), [table.slice(0, 200),
                                                                    table.slice(200)])  # fmt: skip
    again = []
    for record in table.to_pylist()[::5]:
        asked = {n: v for n, v in record.items() if n != "record_id" and v and dice.random() < 0.9}
        if len(asked) > 6:
            again.append(record["record_id"] in [hit.record_id for hit in matcher.find(asked)])
    assert len(again) > 50
    assert sum(again) >= 0.97 * len(again)


def test_an_index_that_was_removed_and_built_again_is_seen_anew(tmp_path):
    table = records(40)
    model = usual_model(table)
    path = tmp_path / "index"
    Matcher.build(path, model, [table])
    reader = Matcher.open(path)
    asked = table.slice(3, 1).to_pylist()[0]
    assert reader.find(asked, k=1)[0].record_id == asked["record_id"]

    shutil.rmtree(path)
    other = records(40, seed=9)
    numbers = pa.array([1000 + n for n in range(40)])
    Matcher.build(path, model, [other.set_column(0, "record_id", numbers)])
    assert reader.refresh()
    assert all(hit.record_id >= 1000 for hit in reader.find(asked, k=40, above=-50))
    assert reader.find(asked, k=40, above=-50) == Matcher.open(path).find(asked, k=40, above=-50)
