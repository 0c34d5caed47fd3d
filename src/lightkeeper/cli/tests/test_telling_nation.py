from datetime import date
from pathlib import Path

import pytest
import yaml

from lightkeeper.cli.telling_nation import nation_beside
from lightkeeper.engine.formats import Fault, open_table
from lightkeeper.engine.records import apply_mapping, load_mapping
from lightkeeper.engine.synthetic.nation.figures import read_figures
from lightkeeper.engine.synthetic.nation.part import mapping_text
from lightkeeper.engine.synthetic.persons import read_words

STORY = yaml.safe_load(
    (Path(__file__).parents[4] / "samples" / "story" / "story.yaml").read_text(encoding="utf-8")
)
TOLD = STORY["nation"]


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    return nation_beside(TOLD, tmp_path_factory.mktemp("beside"))


def rows_of(one):
    return list(open_table(one["folder"] / one["file"]).rows())


def test_the_demo_has_a_few_thousand_rows_beside_its_story_and_all_can_be_taken_in(beside):
    made = []
    for one in beside:
        mapping = load_mapping(mapping_text(one["mapping"]))
        assert mapping.missing(open_table(one["folder"] / one["file"]).header) == ()
        made += [
            row
            if isinstance(row, Fault)
            else apply_mapping(mapping, row.values, row.number, on=date(2026, 11, 23))
            for row in rows_of(one)
        ]

    assert [row for row in made if isinstance(row, (list, Fault))] == []
    assert 1_500 < len(made) < 4_000


def test_each_start_sends_the_same_bytes_so_that_nothing_is_doubled(beside, tmp_path):
    for one, again in zip(beside, nation_beside(TOLD, tmp_path), strict=True):
        first, second = (each["folder"] / each["file"] for each in (one, again))
        assert first.read_bytes() == second.read_bytes()


def test_its_places_and_senders_are_those_of_the_story(beside):
    agencies = {one["code"] for one in STORY["agencies"]}
    people = {one["username"] for one in STORY["people"]}
    for one in TOLD["files"]:
        assert {one["owner"], *one["released_to"]} <= agencies
        assert one["by"] in people
    towns = set(read_words("population.yaml")["towns"])
    real = {*read_figures().names, *read_figures().police, *read_figures().councils}
    for one in beside:
        text = (one["folder"] / one["file"]).read_text(encoding="utf-8")
        assert {
            line.split(", ")[1].split('"')[0] for line in text.splitlines() if ", " in line
        } & towns
        assert not [name for name in real if f", {name}" in text or f",{name}," in text]
