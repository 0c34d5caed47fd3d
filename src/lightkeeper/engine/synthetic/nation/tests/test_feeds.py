"""What agencies send can be taken in, names nobody real, and is never graphic."""

import re
from datetime import date
from importlib.resources import files

import pyarrow.csv as pa_csv
import pytest

from lightkeeper.engine.formats import Fault, open_table
from lightkeeper.engine.records import apply_mapping, load_mapping
from lightkeeper.engine.synthetic.nation.reports import FEEDS
from lightkeeper.engine.synthetic.persons import read_words
from lightkeeper.engine.synthetic.tests.test_story import NEVER

RECEIVED = date(2026, 11, 23)
OF_PEOPLE = (
    "police",
    "hub",
    "council",
    "schools",
    "missing",
    "nrm",
    "travel",
    "vehicles",
    "online",
)
TRUTH = {"person", "identity", "true_id", "network", "origin", "first"}
ROWS = 3_000


def mapping_of(feed):
    name = "police" if feed == "hub" else feed
    path = files("lightkeeper.engine.synthetic.nation").joinpath("mappings", f"{name}.yaml")
    return load_mapping(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("feed", OF_PEOPLE)
def test_every_row_about_a_person_is_taken_in_by_its_mapping(feed, nation, tmp_path):
    path = tmp_path / f"{feed}.csv"
    pa_csv.write_csv(nation.feeds[feed].slice(0, ROWS), path)
    mapping = mapping_of(feed)
    rows = list(open_table(path).rows())
    assert mapping.missing(nation.feeds[feed].column_names) == ()

    made = [
        row
        if isinstance(row, Fault)
        else apply_mapping(mapping, row.values, row.number, on=RECEIVED)
        for row in rows
    ]

    assert [one for one in made if isinstance(one, (list, Fault))] == []
    assert len(made) == min(nation.feeds[feed].num_rows, ROWS) > 0


def test_there_is_a_mapping_for_each_feed_about_people_and_no_other():
    folder = files("lightkeeper.engine.synthetic.nation").joinpath("mappings")
    names = {path.name.removesuffix(".yaml") for path in folder.iterdir()}

    assert names == set(OF_PEOPLE) - {"hub"}
    assert set(FEEDS) - set(OF_PEOPLE) == {"links", "phones"}


def test_telephone_numbers_and_postcodes_are_ones_that_nobody_has(nation):
    areas = set(read_words("population.yaml")["areas"])
    for feed, column in (("police", "mobile"), ("hub", "mobile"), ("phones", "number")):
        numbers = [one for one in nation.feeds[feed][column].to_pylist() if one]
        assert numbers
        assert all(re.fullmatch(r"01632 \d{6}", one) for one in numbers)
    for feed in ("police", "council", "missing"):
        postcodes = {one for one in nation.feeds[feed]["postcode"].to_pylist() if one}
        assert all(re.fullmatch(r"[A-Z]{2}\d{1,2} \d[A-Z]{2}", one) for one in postcodes)
        assert {one[:2] for one in postcodes} <= areas
    mails = [one for one in nation.feeds["online"]["email"].to_pylist() if one]
    assert all(one.endswith(".example") for one in mails)


def test_a_postcode_is_of_one_street_of_one_area(nation):
    streets: dict[str, set[str]] = {}
    for row in nation.truth["persons"].select(["address", "postcode"]).to_pylist():
        streets.setdefault(row["postcode"], set()).add(row["address"].split(" ", 1)[1])

    assert {len(found) for found in streets.values()} == {1}


def test_no_note_is_graphic_or_blames_a_child(nation):
    for table in nation.feeds.values():
        said = " ".join({str(one).lower() for one in table["note"].unique().to_pylist()})
        assert not [word for word in NEVER if word in said]


def test_no_feed_says_what_is_true(nation):
    for table in nation.feeds.values():
        assert not TRUTH & set(table.column_names)


def test_slips_are_as_often_as_assumed(nation):
    police = nation.feeds["police"].to_pylist()

    def share(of):
        return sum(map(of, police)) / len(police)

    assert share(lambda row: row["dob"] is None) == pytest.approx(0.08, abs=0.01)
    assert share(lambda row: row["address"] is None) == pytest.approx(0.25, abs=0.02)
    assert share(lambda row: row["mobile"] is None) == pytest.approx(0.35, abs=0.02)
    assert share(lambda row: row["surname"].isupper()) == pytest.approx(0.083, abs=0.015)


def test_a_busy_place_is_given_by_many_and_an_offenders_own_number_by_few(nation):
    by_number: dict[str, set[int]] = {}
    who = dict(zip(nation.truth["records"]["ref"].to_pylist(),
                   nation.truth["records"]["person"].to_pylist(), strict=True))  # fmt: skip
    for row in nation.feeds["police"].select(["ref", "mobile"]).to_pylist():
        if row["mobile"]:
            by_number.setdefault(row["mobile"], set()).add(who[row["ref"]])
    busy = [len(people) for number, people in by_number.items() if number >= "01632 960000"]
    own = [len(people) for number, people in by_number.items() if "01632 4" <= number < "01632 96"]

    assert max(busy) > 3
    assert sum(own) / len(own) < 1.6
