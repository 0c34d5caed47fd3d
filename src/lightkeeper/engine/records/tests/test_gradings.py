"""Gradings and kinds are data, and data can be wrong."""

from datetime import date

import pytest

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.records import (
    SCHEMATA,
    SCHEMES,
    Grading,
    Problem,
    check_grading,
    enforced,
    load_schemes,
    reliability,
    suggest_conversion,
)
from lightkeeper.engine.records.schemata import read_schemata

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (("F", "1", "1"), "'F' is no source code of 5x5x5. Use A, B, C, D, E"),
        (("A", "6", "1"), "no information code"), (("A", "1", "P"), "no handling code"),
    ],
)  # fmt: skip
def test_a_code_of_another_scheme_is_refused_with_the_known_ones(codes, says):
    source, information, handling = codes
    found = check_grading(
        SCHEMES["5x5x5"], source=source, information=information, handling=handling
    )
    assert isinstance(found, Problem)
    assert says in found.sentence


def test_conditional_handling_needs_a_condition():
    scheme = SCHEMES["3x5x2"]
    missing = check_grading(scheme, source="1", information="A", handling="C")
    assert isinstance(missing, Problem)
    assert "needs a condition: A1, A2" in missing.sentence
    unknown = check_grading(scheme, source="1", information="A", handling="C", conditions=("Z9",))
    assert isinstance(unknown, Problem)
    good = check_grading(scheme, source="1", information="a", handling="c", conditions=(" a1 ",))
    assert good == Grading("3x5x2", "1", "A", "C", ("A1",))
    assert str(good) == "1AC"


def test_a_condition_is_refused_with_the_code_that_carries_none():
    for handling in ("P", ""):
        found = check_grading(
            SCHEMES["3x5x2"], source="1", information="A", handling=handling, conditions=("S2",)
        )
        assert isinstance(found, Problem)
        assert "S2 goes with handling C and not with" in found.sentence


@pytest.mark.parametrize(
    ("grading", "words"),
    [
        (Grading("3x5x2", "1", "A", "P"), set()),
        (Grading("3x5x2", "1", "A", "C", ("A3",)), set()),
        (Grading("3x5x2", "1", "A", "C", ("A1", "S2")), {"LEAD-ONLY", "ORCON"}),
        (Grading("5x5x5", "A", "1", "4"), {"NO-RELEASE", "NO-EXPORT"}),
        (Grading("5x5x5", "A", "1", "1"), set()),
    ],
)
def test_what_a_handling_code_holds_people_to(grading, words):
    assert enforced(SCHEMES[grading.scheme], grading) == words


def test_a_rule_for_a_code_that_is_none_is_refused():
    codes = {part: {"A": "a"} for part in ("source", "information", "handling")}
    with pytest.raises(MappingError, match=r"x\.enforces: Z is neither"):
        load_schemes({"x": codes | {"enforces": {"Z": ["ORCON"]}}})


TABLE = {"source": {"A": "1", "C": ["3", "2"]}, "information": {"1": "A", "2": ["A", "C"]}}


def test_a_conversion_is_a_suggestion_that_says_what_is_uncertain():
    sure = suggest_conversion(Grading("5x5x5", "A", "1", "4"), SCHEMES["3x5x2"], TABLE)
    assert (str(sure.grading), sure.certain) == ("1A", True)
    open_ = suggest_conversion(Grading("5x5x5", "C", "2"), SCHEMES["3x5x2"], TABLE)
    assert (str(open_.grading), open_.certain) == ("3A", False)
    assert "source C may be 3 or 2 and information 2 may be A or C" in open_.sentence
    none = suggest_conversion(Grading("5x5x5", "B", "1"), SCHEMES["3x5x2"], TABLE)
    assert isinstance(none, Problem)


def test_a_conversion_table_that_names_no_code_of_the_target_is_refused():
    with pytest.raises(MappingError, match="9 is no code of 3x5x2"):
        suggest_conversion(
            Grading("5x5x5", "A", "1"), SCHEMES["3x5x2"],
            {"source": {"A": "9"}, "information": {"1": "A"}},
        )  # fmt: skip


def test_reliability_is_the_product_of_two_multipliers_from_the_table():
    table = {"3x5x2": {"source": {"2": 0.5}, "information": {"B": 0.8}}}
    assert reliability(Grading("3x5x2", "2", "B"), table) == pytest.approx(0.4)
    with pytest.raises(MappingError, match=r"3x5x2\.source\.1: no reliability"):
        reliability(Grading("3x5x2", "1", "B"), table)
    table["3x5x2"]["source"]["1"] = 2
    with pytest.raises(MappingError, match="not between 0 and 1"):
        reliability(Grading("3x5x2", "1", "B"), table)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"s": {}}, "s.source"), ({"s": 7}, "s.source"),
        ({"s": {"source": {"1": "x"}, "information": {"A": "x"}, "handling": {"P": "x"},
                "conditioned": ["C"]}}, "s.conditioned: C is no handling code"),
    ],
)  # fmt: skip
def test_a_scheme_that_is_not_usable_names_the_key(data, says):
    with pytest.raises(MappingError, match=says):
        load_schemes(data)


def test_kinds_inherit_properties_and_links_name_their_ends():
    company = SCHEMATA.kind("Company")
    assert company.is_a("LegalEntity")
    assert not company.is_a("Person")
    assert {"name", "registrationNumber", "amount"} <= set(company.properties)
    assert SCHEMATA.kind("Payment").ends == ("payer", "beneficiary")
    assert SCHEMATA.kind("Payment").is_link
    assert "birthDate" in {p.name for p in SCHEMATA.kind("Person").matching()}
    with pytest.raises(MappingError, match="Did you mean Person"):
        SCHEMATA.kind("Persn")


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ({"A": {"extends": ["B"]}}, "A .*extends B"),
        ({"A": {"extends": ["B"]}, "B": {"extends": ["A"]}}, "circular"),
        ({"A": {"properties": {"x": "colour"}}}, "A.x has the unknown type colour"),
        ({"A": {"link": ["x", None], "properties": {"x": "name"}}}, "A.link names x"),
    ],
)
def test_kinds_that_contradict_each_other_are_refused(kinds, says):
    with pytest.raises(MappingError, match=says):
        read_schemata({"version": 1, "types": ["name", "entity"], "kinds": kinds})
