"""What is long, many or strange is linked like anything else, in bounded time and memory."""

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage import blocking, columns, estimating, sayings
from lightkeeper.engine.linkage.batch import train_and_link
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.prepare import MOST_LETTERS, MOST_VALUES, prepare, prepare_one
from lightkeeper.engine.linkage.scoring import Comparer
from lightkeeper.engine.linkage.tests.test_linking import people
from lightkeeper.engine.linkage.training import train
from lightkeeper.engine.matcher.tests.arranging import records, usual_model


def test_of_a_long_text_and_a_long_list_only_the_beginning_counts():
    long = "ada " * 2500
    table = pa.table({"given_name": [long], "phone": [[f"07700{n:06d}" for n in range(500)]]})
    plan = plan_by_name(table.column_names)

    prepared, fields = prepare(table, plan)
    alone = prepare_one(table.to_pylist()[0], plan, fields)

    assert len(prepared["given"][0].as_py()) <= MOST_LETTERS
    assert len(prepared["phone"][0].as_py()) == MOST_VALUES
    assert prepared["given"][0].as_py() == alone["given"][0]
    assert tuple(prepared["phone"][0].as_py()) == alone["phone"]


def test_a_name_of_ten_thousand_letters_has_no_more_blocks_than_one_of_the_longest_that_counts():
    words = " ".join(f"w{n:03d}" for n in range(2500))
    keys = block_keys(load(pa.table({"full_name": [words]}), plan_by_name(["full_name"])).coded)

    assert len(keys.row) < 6 * (MOST_LETTERS / 5) ** 2


@pytest.mark.parametrize("year", ["\u00b2", "9" * 5000, "19x0", "", "0"])
def test_a_year_that_is_none_says_nothing(year):
    table = pa.table({"birth_year": ["1990", year]})

    prepared, _ = prepare(table, plan_by_name(["birth_year"]))

    assert prepared["born"].to_pylist() == ["1990-00-00", None]


def test_one_value_everywhere_is_not_compared_all_with_all_to_learn_from(monkeypatch):
    monkeypatch.setattr(estimating, "MOST_BLOCKED_PAIRS", 1000)
    asked = []
    real = estimating._learn
    monkeypatch.setattr(
        estimating,
        "_learn",
        lambda c, p, blocks, *more: asked.append(blocks) or real(c, p, blocks, *more),
    )
    rows = [{"given_name": "ada", "family_name": "quill", "phone": f"0770090{n // 2:04d}"}
            for n in range(100)]  # fmt: skip

    model = train(pa.Table.from_pylist(rows), plan_by_name(["given_name", "family_name", "phone"]))

    assert asked == [[("phone",)]]
    assert model.comparisons


def test_rows_that_all_say_the_same_end_in_good_time():
    rows = 3000
    table = pa.table({"given_name": ["ada"] * rows, "family_name": ["quill"] * rows})

    links = train_and_link(table, plan_by_name(["given_name", "family_name"]))

    assert len(links.left) in (0, 1280 * 1279 // 2)
    assert (links.left_alone, links.most_alike) == (rows - 1280, 1280)


def test_sayings_are_spread_into_no_more_pairs_than_are_allowed(monkeypatch):
    """Five spellings of one person, a hundred times each: between them are too many pairs."""
    monkeypatch.setattr(sayings, "FEWEST_SPREAD", 5 * 100 * 99 // 2 + 100)
    monkeypatch.setattr(sayings, "MOST_SPREAD", 0)
    person = {"given_name": "ada", "family_name": "quill", "birth_date": "1990-04-01"}
    rows = [person | {"phone": f"0770090011{n}"} for n in range(5) for _ in range(100)]
    rows += people(40).drop_columns(["record_id", "email"]).to_pylist()
    table = pa.Table.from_pylist(rows)

    links = train_and_link(table, plan_by_name(table.column_names))

    between = 5 * 4 // 2
    most = links.most_alike
    assert most**2 * between + 5 * most * (most - 1) // 2 <= 5 * 100 * 99 // 2 + 100
    assert 40 <= most <= 45
    assert links.left_alone == 5 * (100 - most)
    told = np.bincount(links.left[links.right < 500], minlength=500).reshape(5, 100)
    assert (told[:, most:] == 0).all()
    assert (told[:, 0] >= most - 1).all()


def test_lists_beside_lists_are_laid_out_a_few_at_a_time(monkeypatch):
    table = records(60, lists=True, seed=8)
    model = usual_model(table)
    left, right = (side.astype(np.int64) for side in np.triu_indices(60, 1))
    comparer = Comparer(load(table, model.plan, model.fields).coded, model.comparisons)
    at_once = comparer.compare(left, right)
    monkeypatch.setattr(columns, "MOST_AT_ONCE", 7)

    in_parts = comparer.compare(left, right)

    assert np.array_equal(in_parts.level, at_once.level)
    assert np.array_equal(in_parts.share, at_once.share)


def test_more_places_than_can_be_numbered_are_refused(monkeypatch):
    monkeypatch.setattr(blocking, "MOST_PLACES", 10)
    table = records(40)

    with pytest.raises(ShapeError, match="Link them in parts"):
        load(table, plan_by_name(table.column_names)).together(60)
