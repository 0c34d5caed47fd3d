"""Subjects that are no people: how their values are written, planned and compared."""

import json

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.linkage.addresses import address_parts
from lightkeeper.engine.linkage.batch import link, train_and_link
from lightkeeper.engine.linkage.comparisons import LEVELS
from lightkeeper.engine.linkage.explain import GROUP, explain
from lightkeeper.engine.linkage.model import model_from_json
from lightkeeper.engine.linkage.plan import Kind, Subject, plan_by_name
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.linkage.standardise import standardise
from lightkeeper.engine.linkage.subjects import subject_kinds
from lightkeeper.engine.linkage.training import train
from lightkeeper.engine.synthetic.organisations import make_organisations
from lightkeeper.engine.synthetic.phones import make_phones


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.ORGANISATION_NAME, "The Ashdown Haulage Co. Ltd.", "ashdown haulage"),
        (Kind.ORGANISATION_NAME, "Ashdown & Sons (Holdings) plc", "ashdown and sons holdings"),
        (Kind.ORGANISATION_NAME, "ASHDOWN BROS GmbH & Co. KG", "ashdown brothers"),
        (Kind.ORGANISATION_NAME, "J. R. M. Builders Limited", "jrm builders"),
        (Kind.ORGANISATION_NAME, "Limited", "limited"),
        (Kind.REGISTRATION_NUMBER, "00123456", "123456"),
        (Kind.REGISTRATION_NUMBER, "SC 123456", "sc123456"),
        (Kind.DOMAIN, "https://www.Ashdown.example/about?x=1", "ashdown.example"),
        (Kind.DOMAIN, "info@ashdown.example", "ashdown.example"),
        (Kind.DOMAIN, "see notes", None),
        (Kind.VEHICLE_MARK, "zb1O cde", "zb10cde"),
        (Kind.VEHICLE_MARK, "A123 BCD", "a123bcd"),
        (Kind.VIN, "wo1-IQ0 23456789012", "w0110023456789012"),
        (Kind.MAKE, "VW", "volkswagen"),
        (Kind.COLOUR, "Gunmetal", "grey"),
        (Kind.PLATFORM, "Instagram app", "instagram"),
        (Kind.PLATFORM, "Twitter", "x"),
        (Kind.HANDLE, "@Ada.L", "ada.l"),
        (Kind.HANDLE, "https://www.kestrel.example/Ada.L/?hl=en", "ada.l"),
        (Kind.DOCUMENT_TYPE, "Driver's License", "driving licence"),
        (Kind.COUNTRY, "United Kingdom", "gb"),
        (Kind.COUNTRY, "Atlantis", "atlantis"),
        (Kind.DOOR, "12 A", "12a;"),
        (Kind.STREET, "St. Anne's Rd", "saint annes road"),
    ],
)
def test_values_of_things_take_one_spelling(kind, text, expected):
    assert standardise(kind, text) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Flat 3, 12 Mill Ln, Zelby, AX1 2BC", ("12;3;", "mill lane", "zelby", "ax12bc")),
        ("12 Mill Lane, Apt B", ("12;", "mill lane", "apt b", None)),
        ("Rose Cottage, Mill Lane, Zelby", (None, "rose cottage mill lane", "zelby", None)),
        ("12a, Mill Lane\nZelby", ("12a;", "mill lane", "zelby", None)),
        ("Unit 4 Dock Road", ("4;", "dock road", None, None)),
        ("?", (None, None, None, None)),
    ],
)
def test_an_address_is_taken_apart(text, parts):
    found = address_parts(text)

    assert (found.door, found.street, found.place, found.postcode) == parts


@pytest.mark.parametrize(
    ("subject", "kinds"),
    [
        (
            Subject.ORGANISATION,
            {"Company Name": Kind.ORGANISATION_NAME, "companyNumber": Kind.REGISTRATION_NUMBER,
             "Registered office": Kind.FULL_ADDRESS, "Telephone": Kind.PHONE,
             "website": Kind.DOMAIN, "dob": Kind.LEFT_OUT, "id": Kind.RECORD_ID},
        ),
        (
            Subject.VEHICLE,
            {"VRM": Kind.VEHICLE_MARK, "make": Kind.MAKE, "Color": Kind.COLOUR, "vin": Kind.VIN,
             "surname": Kind.LEFT_OUT},
        ),
        (
            Subject.ACCOUNT,
            {"platform": Kind.PLATFORM, "Screen name": Kind.HANDLE, "name": Kind.DISPLAY_NAME,
             "account_id": Kind.IDENTIFIER},
        ),
        (Subject.ADDRESS, {"uprn": Kind.UPRN, "House number": Kind.DOOR, "town": Kind.PLACE}),
        (
            Subject.DOCUMENT,
            {"document type": Kind.DOCUMENT_TYPE, "number": Kind.IDENTIFIER,
             "holder": Kind.FULL_NAME, "expires": Kind.EXPIRY_DATE, "dob": Kind.BIRTH_DATE},
        ),
        (Subject.PHONE, {"msisdn": Kind.PHONE, "subscriber": Kind.FULL_NAME}),
    ],
)  # fmt: skip
def test_headings_are_read_for_the_kind_of_subject_that_was_named(subject, kinds):
    values = {Kind.BIRTH_DATE: "1990-02-03", Kind.PHONE: "07700 900123"}
    table = pa.table({name: [values.get(kind, "1")] * 3 for name, kind in kinds.items()})

    plan = propose(table, subject=subject)

    assert plan.subject is subject
    assert {column.name: column.kind for column in plan.columns} == kinds


def test_every_kind_of_subject_is_compared_on_what_there_are_levels_for():
    parts = {Kind.FULL_NAME, Kind.FULL_ADDRESS, Kind.MAKE}
    for subject, said in subject_kinds().items():
        without = {k for k in said.compares - LEVELS.keys() - parts if "birth_" not in k}
        assert not without, subject
        assert said.own | said.decides | said.differ <= said.compares | parts, subject
        assert set(said.headings.values()) <= said.compares, subject


def test_user_names_are_compared_with_their_platform_and_models_with_their_make():
    account = pa.table({"platform": ["IG", None], "handle": ["@Ada", "ada"]})
    vehicle = pa.table({"make": ["VW", None, "Ford"], "model": ["Golf", "Golf", None]})

    accounts, _ = prepare(account, plan_by_name(account.column_names, Subject.ACCOUNT))
    vehicles, fields = prepare(vehicle, plan_by_name(vehicle.column_names, Subject.VEHICLE))

    assert accounts["handle"].to_pylist() == ["ada@instagram", "ada@"]
    assert vehicles["model"].to_pylist() == ["volkswagen golf", "golf", "ford"]
    assert [field.name for field in fields] == ["model"]


def test_a_column_of_its_own_goes_before_what_an_address_says_of_the_postcode():
    table = pa.table(
        {"full_address": ["1 Mill Lane, Zelby, AX1 2BC"] * 2, "postcode": ["AX9 9ZZ", None]}
    )

    prepared, _ = prepare(table, plan_by_name(table.column_names, Subject.ADDRESS))

    assert prepared["postcode"].to_pylist() == ["ax99zz", "ax12bc"]
    assert prepared["place"].to_pylist() == ["zelby", "zelby"]


@pytest.fixture(scope="module")
def companies():
    table = make_organisations(120, 5)
    return table, train_and_link(
        table, propose(table, truth="true_id", subject=Subject.ORGANISATION)
    )


def test_two_registration_numbers_are_two_organisations_whatever_else_agrees(companies):
    _, links = companies
    at = [c.column for c in links.model.comparisons].index("registration_number")
    last = len(links.model.comparisons[at].levels) - 1

    assert links.model.comparisons[at].levels[last].weight < -30
    assert not (links.levels[:, at] == last).any()


def test_two_of_one_group_are_told_apart_and_the_evidence_says_so(companies):
    _, links = companies
    assert links.model.homes is not None

    less = int(np.argmin(links.home))
    evidence = explain(links, less)

    assert links.home[less] < -1
    assert any(reason.sentence == GROUP for reason in evidence.reasons)
    assert sum(r.weight for r in evidence.reasons) == pytest.approx(evidence.weight, abs=1e-9)


def test_a_phone_is_no_person_though_it_has_a_subscriber():
    table = make_phones(60, 3)
    plan = propose(table, truth="true_id", subject=Subject.PHONE)

    model = train(table, plan)

    assert model.homes is None or [one.sort for one in model.homes.others] == ["group"]


def test_a_model_keeps_its_kind_of_subject_and_one_from_before_is_of_people(companies):
    _, links = companies
    kept = model_from_json(links.model.to_json())
    people = train(pa.table({"full_name": ["Ada Quill"] * 3}), plan_by_name(["full_name"]))

    assert kept == links.model
    assert kept.plan.subject is Subject.ORGANISATION
    assert "subject" not in json.loads(people.to_json())["plan"]
    assert model_from_json(people.to_json()).plan.subject is Subject.PERSON


def test_a_table_of_things_without_values_is_linked_all_the_same():
    for subject, said in subject_kinds().items():
        names = [kind.value for kind in sorted(said.compares)]
        table = pa.table({name: pa.nulls(30, pa.string()) for name in names})
        model = train(table, plan_by_name(names, subject))

        assert len(link(table, model).left) == 0
