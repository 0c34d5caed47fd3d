"""A population of any size: the same again, with the errors it says, about nobody."""

import csv
import re
import tracemalloc
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.formats import Fault, open_table
from lightkeeper.engine.records import apply_mapping, load_mapping
from lightkeeper.engine.synthetic import people
from lightkeeper.engine.synthetic.people import HEADER, make_people
from lightkeeper.engine.synthetic.tests.test_story import RECEIVED

MAPPING = Path(__file__).parents[5] / "samples" / "mappings" / "people.yaml"
ROWS = 20_000


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    path = tmp_path_factory.mktemp("people") / "people.csv"
    make_people(ROWS, 7, path)
    return path


@pytest.fixture(scope="module")
def rows(population):
    with population.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_count_and_seed_give_the_same_bytes(population, tmp_path):
    again, other = tmp_path / "again.csv", tmp_path / "other.csv"
    make_people(ROWS, 7, again)
    make_people(ROWS, 8, other)

    assert again.read_bytes() == population.read_bytes()
    assert other.read_bytes() != population.read_bytes()


def test_how_it_is_cut_into_blocks_changes_nothing(population, tmp_path, monkeypatch):
    monkeypatch.setattr(people, "BLOCK_ROWS", 777)
    make_people(ROWS, 7, tmp_path / "small.csv")

    assert (tmp_path / "small.csv").read_bytes() == population.read_bytes()


def test_there_are_as_many_rows_as_asked_and_each_has_a_number_of_its_own(rows):
    assert len(rows) == ROWS
    assert tuple(rows[0]) == HEADER
    assert len({row["source_id"] for row in rows}) == ROWS


def test_people_come_again_and_are_mostly_told_alike(rows):
    by_person = defaultdict(list)
    for row in rows:
        by_person[row["true_id"]].append(row)
    again = [mentions for mentions in by_person.values() if len(mentions) > 1]
    alike = sum(one[0]["last_name"] == one[1]["last_name"] for one in again) / len(again)

    assert 0.15 < len(again) / len(by_person) < 0.7
    assert 0.75 < alike < 0.9


def test_the_errors_are_as_often_as_it_says(rows):
    def share(of):
        return sum(map(of, rows)) / ROWS

    assert share(lambda row: not row["date_of_birth"]) == pytest.approx(0.06, abs=0.01)
    assert share(lambda row: not row["address"]) == pytest.approx(0.2, abs=0.015)
    assert share(lambda row: bool(row["phone"])) == pytest.approx(0.06, abs=0.01)
    assert share(lambda row: row["last_name"].isupper()) == pytest.approx(0.05, abs=0.01)
    assert share(lambda row: len(row["first_name"]) == 1) == pytest.approx(0.03, abs=0.01)


def test_the_true_id_is_not_told_by_anything_else(rows):
    order = [row["true_id"] for row in rows]

    assert order != sorted(order)
    assert not any(row["true_id"][1:] in row["source_id"] for row in rows[1:])


def test_every_number_and_postcode_is_one_that_nobody_has(rows):
    areas = set(people.read_words("population.yaml")["areas"])

    assert all(
        re.fullmatch(r"(07700 900|01632 960)\d{3}", row["phone"]) for row in rows if row["phone"]
    )
    assert {row["postcode"][:2] for row in rows} - {""} == areas


def test_a_postcode_is_of_one_street(rows):
    streets = defaultdict(set)
    for row in rows:
        if row["postcode"]:
            streets[row["postcode"]].add(row["address"].split(" ", 1)[1])

    assert {len(found) for found in streets.values()} == {1}
    assert Counter(row["address"] for row in rows if row["address"]).most_common(1)[0][1] < 20


def test_every_row_is_taken_in_by_the_mapping_and_the_answer_is_not_read(population):
    mapping = load_mapping(MAPPING.read_text(encoding="utf-8"))
    assert "true_id" not in mapping.columns()

    made = [
        row
        if isinstance(row, Fault)
        else apply_mapping(mapping, row.values, row.number, on=RECEIVED)
        for row in open_table(population).rows()
    ]

    assert [one for one in made if isinstance(one, (list, Fault))] == []
    assert len(made) == ROWS


def test_memory_does_not_grow_with_the_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(people, "BLOCK_ROWS", 1000)
    make_people(1, 1, tmp_path / "warm.csv")
    tracemalloc.start()
    make_people(4_000, 1, tmp_path / "few.csv")
    few = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    make_people(20_000, 1, tmp_path / "many.csv")
    many = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert many < few * 1.2


@pytest.mark.parametrize("count", [0, -1])
def test_no_rows_are_refused(count, tmp_path):
    with pytest.raises(ShapeError):
        make_people(count, 1, tmp_path / "none.csv")


def test_one_row_is_a_population(tmp_path):
    assert make_people(1, 1, tmp_path / "one.csv") == 1
    assert len((tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()) == 2
