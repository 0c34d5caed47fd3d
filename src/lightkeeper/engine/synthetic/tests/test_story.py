"""The story is the same on any day, names nobody real, and is never graphic."""

import csv
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from lightkeeper.engine.formats import Fault, open_table
from lightkeeper.engine.records import apply_mapping, clean, from_entity, load_mapping
from lightkeeper.engine.records.cleaned import Cleaned, Setting
from lightkeeper.engine.synthetic.persons import TODAY
from lightkeeper.engine.synthetic.rows import POLICE
from lightkeeper.engine.synthetic.story import FILES, read_statements, tell, write_story

COMMITTED = Path(__file__).parents[5] / "samples" / "story"
TOLD = yaml.safe_load((COMMITTED / "story.yaml").read_text(encoding="utf-8"))
RECEIVED = date(2026, 11, 23)
DRAMA = re.compile(r"07700 900\d{3}|01632 960\d{3}")
PHONE = re.compile(r"\+?\d[\d ]{8,}\d")
NOWHERE = re.compile(r"(?:NX|WX|EQ)\d \d[A-Z]{2}")
# A small guard, not a judgement: nobody may write a detail of harm into a sample, or blame a child.
NEVER = (
    "abuse image", "rape", "nude", "assault", "blood", "naked", "sexual", "beaten", "injur",
    "prostitut", "promiscu", "attention-seeking", "lifestyle choice", "puts herself", "her fault",
    "his fault", "absconded", "streetwise",
)  # fmt: skip


@pytest.fixture(scope="module")
def story():
    return tell()


def read(name):
    """What taking a committed file in gives: records, and what is put in quarantine."""
    [one] = [one for one in TOLD["files"] if one["file"] == name]
    records, faults = [], []
    mapping = None
    if "mapping" in one:
        path = COMMITTED / "mappings" / f"{one['mapping']}.yaml"
        mapping = load_mapping(path.read_text(encoding="utf-8"))
    for row in open_table(COMMITTED / name).rows():
        if isinstance(row, Fault):
            faults.append(row)
            continue
        made = (
            apply_mapping(mapping, row.values, row.number, on=RECEIVED)
            if mapping
            else from_entity(row, on=RECEIVED)
        )
        if isinstance(made, list):
            faults += made
        else:
            records.append(made)
    return records, faults


def cells(story):
    """Every text that stands in a file."""
    for rows in story.tables.values():
        yield from (cell for row in rows for cell in row)
    for entity in story.hub:
        yield from (text for texts in entity["properties"].values() for text in texts)


def test_writing_it_again_gives_the_committed_bytes(tmp_path):
    write_story(tmp_path)

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted([*FILES.values(), "truth.csv"])
    for name in names:
        assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes(), name


def test_another_seed_tells_the_same_statements_with_other_slips():
    one, other = tell(1), tell(2)

    assert one.tables != other.tables
    said = Counter(statement.note for statement in read_statements() if statement.file == "N")
    for story in (one, other):
        notes = Counter(row[18] for row in story.tables["N"])
        assert all(notes[note] >= times for note, times in said.items())


def test_the_truth_covers_every_row_once(story):
    keys = Counter((one.file, one.key) for one in story.truth)
    rows = {(FILES[letter], row[0]) for letter, rows in story.tables.items() for row in rows}
    people = {
        (FILES["H"], one["id"]) for one in story.hub if one.get("schema", "Person") == "Person"
    }

    assert set(keys.values()) == {1}
    assert set(keys) == rows | people
    with (COMMITTED / "truth.csv").open(encoding="utf-8") as file:
        assert {(row["file"], row["key"]) for row in csv.DictReader(file)} == set(keys)


def test_the_counts_are_as_told(story):
    assert {letter: len(rows) for letter, rows in story.tables.items()} == {
        "N": 180, "W": 120, "H": 0, "E": 30, "L": 30,
    }  # fmt: skip
    assert Counter(one.get("schema", "none") for one in story.hub) == {
        "Person": 67, "none": 1, "Associate": 10, "Family": 3, "UnknownLink": 4, "Vehicle": 2,
        "Ownership": 4, "OnlineAccount": 3, "UserOf": 3,
    }  # fmt: skip


def test_six_rows_go_to_quarantine_and_all_others_are_taken_in():
    faults = {name: [fault.code for fault in read(name)[1]] for name in FILES.values()}

    assert faults == {
        "northshire-intelligence.csv": ["DATE", "GRADING", "RAGGED"],
        "westmark-children.xlsx": ["DATE", "NOTHING"],
        "hub-entities.ftm.jsonl": ["SCHEMA"],
        "eastmere-restricted.csv": [],
        "legacy-5x5x5.csv": [],
    }
    assert sum(len(read(name)[0]) for name in FILES.values()) == 451


def test_each_row_carries_its_own_grade_and_every_harm_has_a_factor():
    from lightkeeper.refdata.load import load_reference

    reference = load_reference()
    factors = {factor.code for factor in reference.factors}
    threats = {threat.code for threat in reference.threats}
    roles = {code.code for code in reference.codes_of("role", on=RECEIVED)}
    for name in FILES.values():
        if name != FILES["H"]:
            records = read(name)[0]
            assert all(record.grading for record in records)
            assert {harm for record in records for harm in record.harms} <= factors
            assert {threat for record in records for threat in record.threats} <= threats
            assert {role for record in records for role in record.roles} <= roles


def test_every_property_of_an_entity_is_one_we_know():
    records = read(FILES["H"])[0]

    assert [record.unmapped for record in records if record.unmapped] == []
    ids = {record.source_key for record in records}
    ends = {
        end
        for record in records
        for name in ("person", "associate", "relative", "subject", "object", "owner", "asset",
                     "user", "thing")
        for end in record.properties.get(name, ())
    }  # fmt: skip
    assert ends
    assert ends <= ids


def test_the_missing_child_is_fourteen_and_was_reported_missing_three_times(story):
    maya = story.people["maya"]
    missing = [
        one for one in read_statements()
        if one.who == "maya" and one.file == "N" and "eported missing" in one.note
    ]  # fmt: skip

    assert (maya.is_child(TODAY), TODAY.year - maya.born.year) == (True, 14)
    assert len(missing) == 3


def test_children_are_children_and_no_child_is_a_suspect(story):
    for one in story.people.values():
        assert one.is_child(TODAY) == (one.role in ("missing-child", "child-at-risk")), one.key
    at_role, at_harm = POLICE.index("role"), POLICE.index("harm")
    for letter in "NEL":
        for row in story.tables[letter]:
            assert row[at_role] == "suspect" or not row[at_harm], row


def test_nobody_who_is_told_apart_in_the_story_is_one_person_in_the_truth(story):
    person = {one.identity: one.person for one in story.truth}

    assert person["marcus"] == "victor"
    apart = ("amina", "amira", "tom", "tim", "daniel_father", "daniel_son", "cole_1", "cole_2",
             "cole_3", "rahman_1", "rahman_2", "maya", "other_maya", "real_marcus", "vic_brand",
             "victor")  # fmt: skip
    assert len({person[one] for one in apart}) == len(apart)


def test_the_hostel_is_shared_by_many_who_have_nothing_to_do_with_it(story):
    there = [one for one in story.people.values() if "Hostel" in one.address]

    assert len(there) > 12
    assert [one.key for one in there if one.role == "suspect"] == ["dmitri"]


def test_what_is_released_to_nobody_is_eastmeres_and_in_its_compartment():
    closed = [one for one in TOLD["files"] if not one["released_to"]]

    assert [(one["owner"], one["compartment"]) for one in closed] == [
        ("eastmere-police", "LANTERN")
    ]
    agency_of = {one["username"]: one["agency"] for one in TOLD["people"]}
    assert all(agency_of[one["by"]] == one["owner"] for one in TOLD["files"])
    assert {one["file"] for one in TOLD["files"]} == set(FILES.values())


@pytest.mark.parametrize("word", NEVER)
def test_nothing_in_it_is_graphic_or_blames_a_child(story, word):
    assert [text for text in cells(story) if word in text.lower()] == []


def test_every_number_address_and_postcode_is_one_that_nobody_has(story):
    texts = set(cells(story))
    phones = {number for text in texts for number in PHONE.findall(text) if number[0] in "0+"}

    assert len(phones) > 50
    assert {phone for phone in phones if not DRAMA.fullmatch(phone)} == set()
    emails = {text for text in texts if re.fullmatch(r"\S+@\S+", text)}
    assert emails
    assert all(re.search(r"@example\.(org|com|net)$", email) for email in emails)
    addresses = {text for text in texts if re.fullmatch(r"\d+(\.\d+){3}", text)}
    assert addresses
    assert all(a.startswith(("192.0.2.", "198.51.100.", "203.0.113.")) for a in addresses)


def test_every_postcode_reads_as_one_and_is_in_no_area(story):
    postcodes = {one.postcode for one in story.people.values()} | {
        one.postcode_before for one in story.people.values()
    }
    setting = Setting(2026, "dmy", "GB")

    assert all(NOWHERE.fullmatch(postcode) for postcode in postcodes)
    assert all(isinstance(clean("postcode", postcode, setting), Cleaned) for postcode in postcodes)


def test_an_archive_knows_nothing_of_what_came_later(story):
    rows = [dict(zip(POLICE, row, strict=True)) for row in story.tables["L"]]

    assert not any(row["vehicle"] or row["email"] or row["handle"] for row in rows)
    assert all(int(row["reported"][-4:]) < 2016 for row in rows)
    assert "07700 900142" not in {row["mobile"] for row in rows}


def test_the_committed_entities_are_one_object_a_line():
    lines = (COMMITTED / FILES["H"]).read_text(encoding="utf-8").splitlines()

    assert len({json.loads(line)["id"] for line in lines}) == len(lines)
