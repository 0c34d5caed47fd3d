"""A proposal is usable, gives its reasons, and asks what it cannot know."""

from datetime import date

import pytest

from lightkeeper.engine.records import (
    apply_mapping,
    load_mapping,
    propose,
)

ON = date(2026, 11, 23)


PEOPLE = [
    {"Our Ref": "N1", "Forename": "Ada", "Surname": "Elm", "DOB": "25/12/2001",
    "Tel": "07700 900123",
     "col7": "ada@example.org", "Sex": "F", "odd": "7"},
    {"Our Ref": "N2", "Forename": "Ben", "Surname": "Oak", "DOB": "06/05/1990", "Tel": "",
     "col7": "", "Sex": "M", "odd": "8"},
]  # fmt: skip


def test_a_proposal_is_usable_and_gives_its_reasons():
    proposal = propose(list(PEOPLE[0]), PEOPLE)
    properties = proposal.mapping["properties"]
    assert properties["name"] == {"columns": ["Forename", "Surname"], "join": " "}
    assert properties["email"] == {"columns": ["col7"]}
    assert {g.column: g.target for g in proposal.guesses} == {
        "Our Ref": None, "Forename": "firstName", "Surname": "lastName", "DOB": "birthDate",
        "Tel": "phone", "col7": "email", "Sex": "gender", "odd": None,
    }  # fmt: skip
    reasons = {g.column: g.reason for g in proposal.guesses}
    assert reasons["DOB"] == "the heading 'DOB' and 100% of the values"
    assert reasons["col7"] == "100% of the values look like email"
    assert any("own reference" in question for question in proposal.questions)
    record = apply_mapping(load_mapping(proposal.mapping), PEOPLE[0], 2, on=ON)
    assert record.properties["birthDate"] == ["2001-12-25"]


@pytest.mark.parametrize(
    ("dates", "order", "asks"),
    [
        (["25/12/2001", "04/05/1990"], "dmy", None), (["12/25/2001", "04/05/1990"], "mdy", None),
        (["04/05/1990"], "dmy", "Is 04/05"),
        (["25/12/2001", "12/25/2001"], "dmy", "Ask the sender"),
        (["1990-05-04"], "dmy", None),
    ],
)  # fmt: skip
def test_the_order_of_dates_is_found_or_asked_for(dates, order, asks):
    proposal = propose(["ref", "dob"], [{"ref": "1", "dob": d} for d in dates])
    assert proposal.mapping["date_order"] == order
    assert [q for q in proposal.questions if asks and asks in q] or asks is None
    assert len([q for q in proposal.questions if "ay first" in q]) == (asks is not None)


def test_a_column_whose_values_do_not_fit_is_kept_and_asked_about():
    proposal = propose(["ref", "postcode"], [{"ref": "1", "postcode": "2615"}] * 3)
    assert proposal.mapping["properties"]["postcode"]["optional"] == "keep"
    assert any("only 0 of 3 values" in q for q in proposal.questions)


@pytest.mark.parametrize(
    ("header", "kind"),
    [(["VRM", "Make"], "Vehicle"), (["Handle", "Platform"], "OnlineAccount"), (["x"], "Person"),
     (["Company Name", "Company Number"], "Company")],
)  # fmt: skip
def test_the_kind_is_told_by_its_headings(header, kind):
    assert propose(header, []).mapping["kind"] == kind
