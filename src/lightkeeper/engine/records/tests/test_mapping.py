"""Mappings, gradings and children: from a row to a record or to its faults."""

from datetime import date

import pytest
import yaml

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.formats import Fault, Row
from lightkeeper.engine.records import (
    Grading,
    MappedRecord,
    Note,
    apply_mapping,
    concerns_child,
    from_entity,
    load_mapping,
)

ON = date(2026, 11, 23)
TEXT = """
name: northshire-persons
version: 1
kind: Person
source_key: [ref]
observed_on: seen
properties:
  name: {columns: [forename, surname], join: " "}
  phone: {columns: [mobile, home]}
  alias: {column: aka, split: ";"}
  gender: {column: sex, lookup: {"1": male, "2": female}}
  country: {constant: gb}
  birthDate: {column: dob, optional: keep}
grading: {scheme: 3x5x2, source_evaluation: src, information_assessment: info}
harms: {column: harm, split: ";", lookup: {G: grooming, T: trafficking}}
roles: role
"""
ROW = {
    "ref": " N1 ", "forename": "Ada", "surname": "Elm", "mobile": "07700 900123", "home": "",
    "aka": "Addie; A. Elm;Addie", "sex": "2", "dob": "06/05/2012", "src": "1", "info": "b",
    "harm": "g; T", "role": "Child Victim", "seen": "01/11/2026", "extra": "kept",
}  # fmt: skip
MAPPING = load_mapping(TEXT)


def applied(**cells: str) -> MappedRecord:
    record = apply_mapping(MAPPING, ROW | cells, 7, on=ON)
    assert isinstance(record, MappedRecord)
    return record


def faults(**cells: str) -> list[Fault]:
    found = apply_mapping(MAPPING, ROW | cells, 7, on=ON)
    assert isinstance(found, list)
    return found


def test_a_row_becomes_a_record_with_all_it_says():
    record = applied()
    assert record.properties == {
        "name": ["Ada Elm"], "phone": ["+447700900123"], "alias": ["Addie", "A. Elm"],
        "gender": ["female"], "country": ["gb"], "birthDate": ["2012-05-06"],
    }  # fmt: skip
    assert (record.source_key, record.observed_on) == ("N1", "2026-11-01")
    assert record.grading == Grading("3x5x2", "1", "B")
    assert (record.harms, record.roles) == (("grooming", "trafficking"), ("child-victim",))
    assert record.originals == ROW
    assert record.first("name") == "Ada Elm"
    assert record.first("email") is None


def test_one_bad_cell_faults_the_row_with_row_column_and_value():
    [fault] = faults(mobile="call me")
    assert (fault.row, fault.column, fault.code, fault.value) == (7, "mobile", "PHONE", "call me")
    assert fault.sentence.startswith("Row 7, column 'mobile': 'call me' is not a telephone number")


def test_every_bad_cell_of_a_row_is_said_at_once():
    found = faults(mobile="x", sex="7", seen="30/02/2026", src="9", ref=" ")
    assert [(f.column, f.code) for f in found] == [
        ("mobile", "PHONE"), ("sex", "CODE"), ("seen", "DATE"), ("src", "GRADING"), ("ref", "KEY"),
    ]  # fmt: skip
    assert "not in the code list (1, 2)" in found[1].sentence


def test_a_bad_cell_that_may_be_kept_is_kept_with_a_note():
    record = applied(dob="30/02/2012")
    assert record.unmapped == {"birthDate": ["30/02/2012"]}
    assert "birthDate" not in record.properties
    [note] = record.notes
    assert note.column == "dob"
    assert note.sentence.startswith("kept as received: '30/02/2012'")


def test_blank_cells_and_words_that_say_nothing_make_no_values():
    record = applied(mobile="N/A", aka=" ", src="", info="")
    assert "phone" not in record.properties
    assert "alias" not in record.properties
    assert record.grading is None
    assert record.notes == (
        Note("mobile", "'N/A' says that nothing is known."), Note("src", "the row is not graded."),
    )  # fmt: skip


def test_a_person_may_be_called_none():
    assert applied(forename="", surname="None").properties["name"] == ["None"]


def test_several_columns_are_several_values_and_the_same_value_counts_once():
    assert applied(home="020 7946 0000").properties["phone"] == ["+447700900123", "+442079460000"]
    assert applied(home="+447700900123").properties["phone"] == ["+447700900123"]


def test_a_row_that_holds_nothing_is_a_fault():
    mapping = load_mapping("{name: n, version: 1, kind: Person, properties: {name: who}}")
    [fault] = apply_mapping(mapping, {"who": " "}, 3, on=ON)
    assert (fault.code, fault.column) == ("NOTHING", "who")

    constant = load_mapping(
        "{name: n, version: 1, kind: Person, properties: {name: who, country: {constant: gb}}}"
    )
    assert isinstance(apply_mapping(constant, {"who": ""}, 3, on=ON), list)
    assert isinstance(apply_mapping(constant, {"who": "Ada"}, 3, on=ON), MappedRecord)


def test_a_table_without_a_column_of_the_mapping_is_said_before_and_while_reading():
    assert MAPPING.missing(["ref", "seen"]) == (
        "forename", "surname", "mobile", "home", "aka", "sex", "dob", "harm", "role", "src", "info",
    )  # fmt: skip
    with pytest.raises(MappingError, match="no column 'sex'"):
        apply_mapping(MAPPING, {k: v for k, v in ROW.items() if k != "sex"}, 7, on=ON)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "Persn"}, "kind: there is no kind 'Persn'. Did you mean Person"),
        ({"kind": "Thing"}, "kind: there is no kind 'Thing'"),
        ({"nmae": "x"}, "nmae: unknown key. Known here: name, version"),
        ({"name": ""}, "name: expected a text"),
        ({"version": "1"}, "version: expected a whole number"),
        ({"version": True}, "version: expected"),
        ({"properties": {}}, "properties: expected at least one"),
        ({"properties": {"nme": "a"}}, "properties.nme: Person has no such .* mean name"),
        ({"properties": {"name": 7}}, "properties.name: expected a column"),
        ({"properties": {"name": {}}}, "properties.name: give exactly one of column"),
        ({"properties": {"name": {"column": "a", "constant": "b"}}},
         "properties.name: give exactly one"),
        ({"properties": {"name": {"columns": []}}},
         "properties.name.columns: expected at least one"),
        ({"properties": {"name": {"columns": ["a", 1]}}},
         "properties.name: expected a column heading"),
        ({"properties": {"name": {"column": "a", "splt": ";"}}},
         "properties.name.splt: unknown key"),
        ({"properties": {"name": {"column": "a", "split": ""}}},
         "properties.name.split: expected a text"),
        ({"properties": {"name": {"column": "a", "optional": "yes"}}},
         "optional: the only choice is keep"),
        ({"properties": {"name": {"constant": 7}}}, "properties.name.constant: expected a text"),
        ({"properties": {"gender": {"column": "a", "lookup": {False: "x"}}}},
         "lookup.False: put codes"),
        ({"properties": {"name": ["a", 7]}}, r"properties.name\[1\]: expected a column"),
        ({"date_order": "dym"}, "date_order: expected one of dmy, mdy, ymd, found 'dym'"),
        ({"default_region": "GBR"}, "default_region: expected two letters"),
        ({"grading": {"scheme": "x"}}, "grading.source_evaluation: expected a text"),
        ({"grading": "x"}, "grading: expected scheme"), ({"source_key": 7}, "source_key: expected"),
        ({"harms": {"columns": "x", "lookup": []}}, "harms.lookup: expected codes"),
        ({"basis": {"columns": ["a", "b"]}}, "basis: expected one column"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_not_usable_names_the_key_and_what_was_expected(change, says):
    with pytest.raises(MappingError, match=says):
        load_mapping(yaml.safe_load(TEXT) | change)


@pytest.mark.parametrize(
    ("cell", "basis"), [("Opinion", "OPINION"), ("fact", "FACT"), ("", ""), ("unknown", "")]
)
def test_a_row_says_whether_it_is_fact_or_opinion(cell, basis):
    mapping = load_mapping(yaml.safe_load(TEXT) | {"basis": "said"})
    record = apply_mapping(mapping, ROW | {"said": cell}, 7, on=ON)
    assert record.basis == basis
    assert mapping.missing(ROW) == ("said",)
    [fault] = apply_mapping(mapping, ROW | {"said": "gossip"}, 7, on=ON)
    assert (fault.column, fault.code) == ("said", "BASIS")


def test_all_rows_of_a_table_may_be_of_one_basis():
    mapping = load_mapping(yaml.safe_load(TEXT) | {"basis": {"constant": "inference"}})
    assert apply_mapping(mapping, ROW, 7, on=ON).basis == "INFERENCE"
    assert applied().basis == ""


@pytest.mark.parametrize("text", ["a: [", "just words", "- a\n- b", "[" * 2000])
def test_what_is_no_mapping_at_all_is_said(text):
    with pytest.raises(MappingError, match="The mapping"):
        load_mapping(text)


def test_an_unknown_scheme_of_gradings_is_said_with_the_known_ones():
    mapping = load_mapping(TEXT.replace("scheme: 3x5x2", "scheme: 4x4"))
    with pytest.raises(MappingError, match="'4x4' is not one of 5x5x5, 3x5x2"):
        apply_mapping(mapping, ROW, 7, on=ON)


def entity(schema: str, **properties: tuple[str, ...]) -> Row:
    return Row(4, {"id": "e1", "schema": schema}, "line 4", properties=properties)


def test_an_entity_becomes_a_record():
    record = from_entity(entity("Person", name=("Ada", "A. Elm"), birthDate=("2012-05",)), on=ON)
    assert record.kind == "Person"
    assert record.properties == {"name": ["Ada", "A. Elm"], "birthDate": ["2012-05"]}
    assert (record.source_key, record.originals["name"]) == ("e1", "Ada; A. Elm")


def test_what_is_not_known_of_an_entity_is_kept_and_flagged():
    record = from_entity(entity("Spaceship", name=("Ada",), warp=("9", "x")), on=ON)
    assert (record.kind, record.properties) == ("Thing", {"name": ["Ada"]})
    assert record.unmapped == {"schema": ["Spaceship"], "warp": ["9", "x"]}
    assert [n.column for n in record.notes] == ["schema", "warp"]


def test_a_bad_value_of_an_entity_is_kept_or_with_strict_faults_it():
    row = entity("Person", name=("Ada",), birthDate=("30/02/2012",))
    assert from_entity(row, on=ON).unmapped == {"birthDate": ["30/02/2012"]}
    [fault] = from_entity(row, on=ON, strict=True)
    assert (fault.row, fault.column, fault.code) == (4, "birthDate", "DATE")


def test_roles_of_the_row_say_child_too():
    assert concerns_child(applied(dob=""), ON)
