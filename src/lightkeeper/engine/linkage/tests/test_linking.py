import json
import random

import pyarrow as pa
import pytest

from lightkeeper.engine.errors import FormatError, ShapeError
from lightkeeper.engine.linkage.batch import link, train_and_link
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.explain import explain
from lightkeeper.engine.linkage.model import load_model, model_from_json
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import train, train_with_values

GIVEN = ["Ana Lúcia", "Björn", "Мария", "李明", "Zoë", "Łukasz", "Owen", "Mary", "Tomos", "Susan"]
FAMILY = ["Ångström", "Şahin", "O’Neil", "de la Cruz", "Nuñez", "Hartley", "Penrose", "Quill"]


def people(count=80, seed=3):
    """Each person twice: the second time with a slip in the surname and another phone."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        given, family = dice.choice(GIVEN), dice.choice(FAMILY) + dice.choice("abcdefgh")
        born = f"{dice.randint(1950, 2010)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
        email = f"{number}.{dice.randint(0, 999)}@mail.example"
        rows.append({"given_name": given, "family_name": family, "birth_date": born})
        rows.append({"given_name": given, "family_name": family[1:], "birth_date": born})
        rows[-2]["email"] = rows[-1]["email"] = email
    return pa.Table.from_pylist([{"record_id": 100 + at} | row for at, row in enumerate(rows)])


@pytest.fixture(scope="module")
def table():
    return people()


@pytest.fixture(scope="module")
def model(table):
    return train(table, plan_by_name(table.column_names))


@pytest.fixture(scope="module")
def links(table, model):
    return link(table, model)


def test_records_of_one_person_are_joined_and_others_are_not(table, links):
    labels = resolve(table.num_rows, links.left, links.right, links.weight)

    assert labels.tolist() == [at - at % 2 for at in range(table.num_rows)]


def test_the_weights_of_the_evidence_sum_to_the_weight_of_the_pair(links):
    for number in range(len(links.left)):
        evidence = explain(links, number)
        total = sum(reason.weight for reason in evidence.reasons)
        assert total == pytest.approx(evidence.weight, abs=1e-9)


def test_evidence_speaks_in_sentences_for_and_against(links):
    sentences = [str(reason) for reason in explain(links, 0).reasons]

    assert any(s.startswith("Birth dates are the same (for, +") for s in sentences)
    assert sentences[-1].startswith("Two records taken at random are seldom of one subject (ag")


def test_pairs_carry_the_ids_of_the_records(links):
    table = links.to_table()

    assert table["id_l"][0].as_py() >= 100
    assert {"match_weight", "probability", "level_born", "weight_born"} <= set(table.column_names)


def test_a_store_that_keeps_the_parts_of_a_model_in_another_order_keeps_its_version(model):
    parts = json.loads(model.to_json())
    turned = {name: parts[name] for name in reversed(parts)}
    turned["training"] = dict(reversed(parts["training"].items()))

    assert model_from_json(json.dumps(turned)).version == model.version


def test_training_and_linking_twice_give_the_same(table, model, links):
    again = train(table, plan_by_name(table.column_names))

    assert again.version == model.version
    assert link(table, again).to_table().equals(links.to_table())


def test_training_and_linking_at_once_give_what_they_give_one_after_the_other(table, links):
    at_once = train_and_link(table, plan_by_name(table.column_names))

    assert at_once.model == links.model
    assert at_once.to_table().equals(links.to_table())


def test_with_values_kept_from_training_a_pair_weighs_the_same_whatever_else_is_there(table):
    kept, values = train_with_values(table, plan_by_name(table.column_names))
    namesakes = people(40, seed=9).set_column(
        0, "record_id", pa.array(range(1000, 1080), pa.int64())
    )
    more = pa.concat_tables([table, namesakes], promote_options="default")

    def weights(records, **how):
        found = link(records, kept, **how)
        ids = found.record_ids
        pairs = zip(ids[found.left].tolist(), ids[found.right].tolist(), strict=True)
        known = zip(pairs, found.weight.tolist(), strict=True)
        return {pair: bits for pair, bits in known if max(pair) < 1000}

    assert weights(table, values=values) == weights(more, values=values)
    assert weights(table) != weights(more)


def test_values_that_few_records_give_are_not_kept(table):
    _, values = train_with_values(table, plan_by_name(table.column_names))
    counts = [row["size"] for row in values.to_pylist() if row["value"] is not None]

    assert counts
    assert min(counts) == 3
    assert not any("@" in (value or "") for value in values["value"].to_pylist())


def test_a_model_saved_and_loaded_is_the_same(model, tmp_path):
    model.save(tmp_path / "model.json")

    assert load_model(tmp_path / "model.json") == model


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "other"}'])
def test_what_is_not_a_model_is_refused(text):
    with pytest.raises(FormatError):
        model_from_json(text)


def test_two_rows_with_one_record_id_are_refused(model):
    with pytest.raises(ShapeError, match="one record_id"):
        link(pa.table({"record_id": [1, 1], "given_name": ["a", "b"]}), model)


def test_any_value_of_a_list_may_agree():
    rows = [
        {"full_name": [f"Ada Quill{at}", f"Alias Penn{at}"], "phone": [f"07700 900{at:03d}"]}
        for at in range(40)
    ]
    rows += [
        {"full_name": [f"Alias Penn{at}"], "phone": ["0161 496 0000", f"07700 900{at:03d}"]}
        for at in range(40)
    ]
    table = pa.Table.from_pylist(rows)
    model = train(table, plan_by_name(table.column_names))
    found = link(table, model)

    labels = resolve(80, found.left, found.right, found.weight).tolist()

    assert labels == [*range(40), *range(40)]


ODD_TABLES = {
    "no row": {"full_name": pa.array([], pa.string())},
    "one row": {"full_name": ["Ann Lee"]},
    "two rows": {"full_name": ["Ann Lee", "Ann Lee"], "birth_date": ["1990-02-03", "03/02/1990"]},
    "one value": {"sex": ["m"] * 60},
    "one hot name": {"full_name": ["John Smith"] * 400},
    "all empty": {"given_name": pa.nulls(50, pa.string()), "family_name": pa.nulls(50)},
    "one column": {"family_name": [f"name{at}" for at in range(100)]},
    "empty lists": {
        "full_name": pa.array([["a b", "c d"], None] * 20),
        "phone": pa.array([[], None] * 20, pa.list_(pa.string())),
    },
    "date in parts": {
        "birth_year": [1990 + at % 20 for at in range(40)],
        "birth_month": [at % 12 + 1 for at in range(40)],
        "birth_day": [at % 28 + 1 for at in range(40)],
    },
    "nothing planned": {"colour": ["red"] * 30},
}


@pytest.mark.parametrize("name", ODD_TABLES)
def test_a_table_that_teaches_little_is_linked_all_the_same(name):
    table = pa.table(ODD_TABLES[name])

    model = train(table, plan_by_name(table.column_names))
    found = link(table, model)

    labels = resolve(table.num_rows, found.left, found.right, found.weight)
    assert len(labels) == table.num_rows
    assert model_from_json(model.to_json()) == model
