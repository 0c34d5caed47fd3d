"""The tables hold together, and each way they could not is told."""

from datetime import date
from importlib.resources import files

import pytest
import yaml

from lightkeeper.apps.intake.gradings import NO_RELEASE
from lightkeeper.core.access.envelope import Cond
from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.records import SCHEMES, Grading, reliability
from lightkeeper.refdata.load import holds, load_reference, read_table

TODAY = date(2026, 11, 23)
TABLES = (
    "agencies.csv", "areas.csv", "code_lists.csv", "threats.csv", "factors.csv", "gradings.csv",
    "outcome_kinds.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def reference():
    return load_reference()


def load_with(table, change):
    """Load the real tables, one of them changed: `change` is given its rows, and alters them."""
    tables = {name: read_table(name) for name in TABLES}
    change(tables[table])
    return load_reference(tables.__getitem__)


def agency(rows, code):
    return next(row for row in rows if row["code"] == code)


def test_there_are_the_forces_and_councils_of_the_day(reference):
    today = [one for one in reference.agencies if holds(one, TODAY)]
    forces = [one for one in today if one.kind == "police_force"]

    assert sum(one.area_code != "" for one in forces) == 43
    assert {"police-scotland", "police-northern-ireland", "police-btp"} <= {f.code for f in forces}
    assert sum(one.kind == "local_authority" for one in today) == 382


def test_the_bodies_that_the_papers_name_are_there(reference):
    named = {
        "nca", "nca-child-protection", "nca-organised-crime", "nca-borders", "nca-economic",
        "nca-intelligence-hub", "nca-cyber", "nca-human-trafficking", "nca-missing-persons",
        "nca-serious-crime-analysis", "border-force", "nspcc",
    }  # fmt: skip
    assert named <= {one.code for one in reference.agencies}


def test_an_agency_that_ended_is_followed_by_one_that_holds(reference):
    by_code = {one.code: one for one in reference.agencies}
    ended = [one for one in reference.agencies if one.active_to and one.successors]

    assert len(ended) > 40
    for one in ended:
        assert all(holds(by_code[code], one.active_to) for code in one.successors), one.code


def test_every_district_has_a_force_and_an_authority(reference):
    districts = [area for area in reference.areas if area.kind == "district"]
    authorities = {one.area_code for one in reference.agencies if one.kind == "local_authority"}

    assert len(districts) == 378
    assert all(area.agency for area in districts)
    assert {area.code for area in districts} <= authorities


def test_a_list_gives_the_codes_of_the_day_in_order(reference):
    before, since = date(2012, 9, 1), date(2016, 1, 1)

    assert [c.code for c in reference.codes_of("source_eval_5x5x5", on=before)] == list("ABCDE")
    assert reference.codes_of("source_eval_5x5x5", on=since) == ()
    assert [c.code for c in reference.codes_of("source_eval_3x5x2", on=since)] == list("123")


def test_no_day_is_left_between_the_markings_of_2014(reference):
    for day in (date(2014, 4, 1), date(2014, 4, 2)):
        held = reference.codes_of("gpms", on=day) + reference.codes_of(
            "security_classification", on=day
        )
        assert held, day


def test_the_weights_of_gradings_are_those_the_engine_uses(reference):
    table = yaml.safe_load(
        files("lightkeeper.engine.records").joinpath("gradings.yaml").read_text(encoding="utf-8")
    )["reliability"]

    assert len(reference.gradings) == 25 + 15
    for one in reference.gradings:
        grading = Grading(one.scheme, one.source_evaluation, one.information_assessment)
        assert one.reliability == pytest.approx(reliability(grading, table))


def test_no_factor_speaks_of_what_a_person_is(reference):
    said = " ".join(f"{one.code} {one.name} {one.wording}" for one in reference.factors).lower()
    protected = ("ethnic", "nationalit", "religio", "race", "disab", "gender", "migrant", "asylum")

    assert [word for word in protected if word in said] == []


def test_the_children_of_the_roles_are_children_to_the_engine(reference):
    from lightkeeper.engine.records.children import CHILD_ROLES

    roles = {code.code for code in reference.codes_of("role", on=TODAY)}

    assert {role for role in roles if "child" in role} <= CHILD_ROLES


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("agencies.csv", lambda rows: rows.append(dict(rows[0])), "there twice"),
        ("agencies.csv", lambda rows: rows[0].update(parent="nowhere"), "'nowhere' is not known"),
        ("agencies.csv", lambda rows: rows[0].update(name=" "), "line 2: name is blank"),
        ("agencies.csv", lambda rows: rows[0].update(kind="army"), "'army' is not known"),
        ("agencies.csv", lambda rows: agency(rows, "nca").update(parent="nca-cyber"), "own parent"),
        ("agencies.csv", lambda rows: agency(rows, "soca").update(active_to="2006-04-01"), "ends"),
        ("agencies.csv", lambda rows: agency(rows, "soca").update(active_to="2013"), "isoformat"),
        ("agencies.csv", lambda rows: agency(rows, "soca").update(successor="x"), "'x' is not"),
        ("areas.csv", lambda rows: rows[0].update(agency="police-nowhere"), "police-nowhere"),
        ("areas.csv", lambda rows: rows[0].pop("name"), "no column 'name'"),
        ("code_lists.csv", lambda rows: rows.append(dict(rows[0])), "same day"),
        (
            "code_lists.csv",
            lambda rows: rows.append(rows[0] | {"active_from": "2015-12-31", "active_to": ""}),
            "same day",
        ),
        ("code_lists.csv", lambda rows: rows[0].update(position="first"), "line 2"),
        ("threats.csv", lambda rows: rows[0].update(lead="nobody"), "'nobody' is not known"),
        ("threats.csv", lambda rows: rows[0].update(code="weather"), "'weather' is not known"),
        ("factors.csv", lambda rows: rows[0].update(cap="1"), "a cap not below"),
        ("factors.csv", lambda rows: rows.append(dict(rows[0])), "there twice"),
        ("gradings.csv", lambda rows: rows[0].update(reliability="1.1"), "0 to 1"),
        ("gradings.csv", lambda rows: rows.append(dict(rows[0])), "same day"),
        ("outcome_kinds.csv", lambda rows: rows[0].update(code="HOPE"), "'HOPE' is not known"),
        ("outcome_kinds.csv", lambda rows: rows[0].update({None: ["more"]}), "too many"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_hold_together_is_refused(table, change, said):
    with pytest.raises(FormatError, match=said):
        load_with(table, change)


def test_a_code_may_come_again_once_it_has_ended():
    def begin_again(rows):
        rows.append(rows[0] | {"active_from": "2016-01-01", "active_to": ""})

    load_with("code_lists.csv", begin_again)


@pytest.mark.parametrize("scheme", ["3x5x2", "5x5x5"])
def test_what_a_handling_code_enforces_is_a_condition_that_there_is(reference, scheme):
    """The same as is delivered with the engine, of codes of the scheme, in words of the label."""
    day = date(2015, 6, 1) if scheme == "5x5x5" else date(2026, 11, 23)
    listed = reference.codes_of(f"handling_enforced_{scheme}", on=day)

    assert {one.code: tuple(one.label.split()) for one in listed} == SCHEMES[scheme].enforces
    for one in listed:
        Cond.named(set(one.label.split()) - {NO_RELEASE})
