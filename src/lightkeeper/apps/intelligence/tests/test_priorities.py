"""The ranked list: exact, explained, blind to who somebody is, and never over a child."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import queries, sql
from lightkeeper.apps.intelligence.factors import factors_on
from lightkeeper.apps.intelligence.models import Contribution
from lightkeeper.apps.intelligence.queries import Filters, priorities
from lightkeeper.apps.intelligence.tests.arranging import TODAY, VICTOR, enter, link, person
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

EVERYBODY = Filters()


def ranks(actor, filters=EVERYBODY, on=TODAY):
    with transaction.atomic():
        return [(one.caption, one.total) for one in queries.rank(actor, on, filters)]


@pytest.fixture
def ada(rolled_back, as_):
    ben = as_("ben")
    enter(ben, [person("Victor", "Brandt", harms=["exploits_child", "violence"])],
          released_to=[HUB])  # fmt: skip
    enter(ben, [person("Una", "Trusted", harms=["violence"])], released_to=[HUB],
          grading=("3x5x2", "3", "E"))  # fmt: skip
    enter(ben, [person("Old", "Story", harms=["violence"])], released_to=[HUB],
          observed_on=TODAY - timedelta(days=1095))  # fmt: skip
    enter(as_("otto"), [person("Nobody", "Sees", harms=["exploits_child"])])
    enter(as_("otto"), [person("Wes", "Armed", harms=["weapon"], threats=["gangs"])],
          released_to=[HUB])  # fmt: skip
    return as_("ada")


def test_the_list_is_ordered_by_what_visible_records_add_up_to(ada):
    assert ranks(ada) == [
        ("Victor Brandt", 60.0), ("Wes Armed", 25.0), ("Old Story", 10.0), ("Una Trusted", 0.6),
    ]  # fmt: skip


def test_it_can_be_narrowed_by_agency_and_threat_and_the_score_stays_whole(ada):
    assert ranks(ada, Filters(agency="eastmere-police")) == [("Wes Armed", 25.0)]
    assert ranks(ada, Filters(threat="gangs")) == [("Wes Armed", 25.0)]
    assert ranks(ada, Filters(threat="gangs", agency="northshire-police")) == []
    choices = queries.choices_of(ada)
    assert [code for code, _ in choices["threat"]] == ["gangs"]


def test_the_database_adds_up_what_the_engine_explains(ada):
    sums = priorities._bounds(ada, TODAY, Filters(), factors_on(TODAY), 100, 0)
    explained = sorted(one.total for one in queries.rank(ada, TODAY))
    assert sorted(most for _, most in sums) == explained


@pytest.mark.parametrize(
    "said",
    [{"roles": ["victim"]}, {"roles": ["child-victim"]}, {"role": ["witness"]}],
)
def test_whoever_is_called_a_child_victim_or_witness_is_not_ranked(rolled_back, as_, said):
    enter(as_("ben"), [person("Kim", "Small", harms=["violence"]) | said], released_to=[HUB])
    assert ranks(as_("ada")) == []
    assert not Contribution.objects.visible_to(as_("ada")).exists()


def test_a_child_is_not_ranked_but_an_adult_who_was_one_is(rolled_back, as_):
    ben = as_("ben")
    enter(ben, [person("Kim", "Small", "2012-01-01", harms=["violence"])], child=True,
          released_to=[HUB])  # fmt: skip
    enter(ben, [person("Una", "Known", harms=["violence"])], child=True, released_to=[HUB])
    enter(ben, [person("Grown", "Up", "1990-01-01", harms=["violence"])], child=True,
          released_to=[HUB])  # fmt: skip
    assert [name for name, _ in ranks(as_("ada"))] == ["Grown Up"]


def test_a_harm_without_a_factor_counts_for_nothing(rolled_back, as_):
    enter(as_("ben"), [person("Some", "One", harms=["jaywalking"])], released_to=[HUB])
    assert ranks(as_("ada")) == []


PROTECTED = {
    "gender": ["female"], "nationality": ["ro"], "ethnicity": ["any other"], "religion": ["any"],
    "country": ["pk"], "birthPlace": ["Lagos"], "address": ["1 Elsewhere"], "postcode": ["ZZ9 9ZZ"],
    "name": ["Oluwaseun Adeyemi"], "firstName": ["Oluwaseun"], "lastName": ["Adeyemi"],
    "citizenship": ["ng"], "spokenLanguage": ["yor"], "political": ["any"],
}  # fmt: skip


@pytest.mark.parametrize("name", [*PROTECTED, "all"])
def test_no_rank_moves_with_who_somebody_is(rolled_back, as_, name):
    changed = PROTECTED if name == "all" else {name: PROTECTED[name]}
    people = [
        person("Victor", "Brandt", "1979-04-03", harms=["violence"], gender="male"),
        person("Una", "Stone", "1985-01-01", harms=["weapon"], gender="male"),
        person("Tom", "Field", "1991-01-01", harms=["online_contact"], gender="male"),
    ]
    enter(as_("ben"), people, released_to=[HUB])
    enter(as_("otto"), [said | changed for said in people], released_to=[HUB])
    with transaction.atomic():
        ada = as_("ada")
        found = [(one.total, one.explanation.confidence) for one in queries.rank(ada, TODAY)]
    # Each stands beside the one who differs in nothing but that.
    assert found[0::2] == found[1::2]
    assert len(found) == 6


def test_a_cluster_that_falls_apart_for_a_viewer_is_ranked_by_its_parts(given, be, ask):
    [one] = given("otto", [person("Victor", "Brandt", phone="+447700900123", harms=["weapon"])])
    given("ben", [VICTOR | {"harms": ["exploits_child"]}])
    [two] = given("otto", [person("Vik", "Bee", harms=["violence"])])
    [three] = given("otto", [person("Una", "Stone", "1990-01-01", harms=["false_identity"])])
    link(be("ada"))
    with superuser(NAME) as connection:
        connection.execute(
            "update intelligence_membership set component = %s where record_id <> %s",
            (one.pk, three.pk),
        )
        connection.execute("delete from intelligence_link")
    otto = be("otto")
    found = ask(lambda: list(queries.rank(otto, TODAY)))
    assert [(r.reference[4:], r.total) for r in found] == [
        (one.reference[4:], 25.0), (two.reference[4:], 20.0), (three.reference[4:], 15.0),
    ]  # fmt: skip


def test_taking_parts_in_small_batches_gives_the_order_of_taking_all(given, be, ask, monkeypatch):
    harms = ["violence", "weapon", "false_identity", "exploits_child", "online_contact"]
    people = [
        person(f"Given{n}", f"Family{n}", harms=harms[: n % 5 + 1], birthPlace=str(n))
        for n in range(40)
    ]
    given("ben", people, released_to=[HUB])
    with superuser(NAME) as connection:
        # Parts of three, of which nothing joins the records: each falls apart for everybody.
        connection.execute(
            "insert into intelligence_membership (record_id, bucket_id, cluster, component) "
            "select id, bucket_id, id, id - (id - 1) %% 3 from intake_record".replace("%%", "%")
        )
    ada = be("ada")
    whole = ask(lambda: [(r.reference, r.total) for r in queries.rank(ada, TODAY)])
    monkeypatch.setattr(priorities, "BATCH", 2)
    assert ask(lambda: [(r.reference, r.total) for r in queries.rank(ada, TODAY)]) == whole
    assert [total for _, total in whole] == sorted((t for _, t in whole), reverse=True)
    assert len(whole) == 40


def test_the_explanation_names_each_factor_with_its_records_and_adds_up(given, be, browse):
    [one] = given("ben", [VICTOR | {"harms": ["exploits_child", "violence"]}], released_to=[HUB])
    page = browse("ada").get(f"/picture/priorities/SUB-{one.reference[4:]}/").content.decode()
    assert "Said to exploit a child" in page
    assert "Said to use or threaten violence" in page
    assert page.count(f"/reports/records/{one.reference}") or one.reference in page
    assert "Confidence" in page


def test_the_list_says_that_children_are_not_on_it(given, be, browse):
    page = browse("ada").get("/picture/priorities/").content.decode()
    assert "Nobody is ranked by need" in page


def test_pages_follow_one_another(given, be, ask, monkeypatch):
    monkeypatch.setattr(priorities, "PAGE", 3)
    people = [person(f"G{n}", f"F{n}", harms=["violence"]) for n in range(7)]
    given("ben", people, released_to=[HUB])
    ada = be("ada")
    seen = []
    for page, more in ((1, True), (2, True), (3, False)):
        shown, has_more = ask(queries.ranking, ada, TODAY, Filters(), page)
        seen += [one.reference for one in shown]
        assert has_more == more
    assert len(set(seen)) == 7


def test_a_share_of_what_is_hidden_is_never_counted(ada, as_):
    lena = as_("lena")
    names = [name for name, _ in ranks(lena)]
    assert "Victor Brandt" not in names
    assert sql.rows("select count(*) from intelligence_contribution") == [(2,)]
    assert asdict(Filters()) == {"agency": "", "region": "", "threat": ""}
