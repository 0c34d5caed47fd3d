from datetime import date, timedelta

import pytest

from lightkeeper.engine.alerts.desk import Desk
from lightkeeper.engine.alerts.tests.saying import (
    CHILD,
    DAY,
    DRUGS,
    EXPLOITS,
    HOSTEL,
    MANAGED,
    PHONE,
    RULES,
    SUSPECT,
    YOUNG,
    drugs,
    exploitation,
    missing,
    say,
)


def alerts(*sayings):
    desk = Desk(RULES)
    desk.land(sayings)
    return list(desk.alerts.values())


def test_a_suspect_of_exploitation_who_appears_in_drugs_is_an_alert_to_both_owners():
    [alert] = alerts(exploitation(), drugs())

    assert (alert.key.rule, alert.key.subjects) == ("exploitation_in_other_crime", ("S1",))
    assert (alert.key.kind, alert.owners) == ("county_lines", ("Northshire", "Westmark"))
    assert alert.sentences == (
        "S1, who is suspected of child exploitation, is also named in intelligence on county "
        "lines.",
        "It rests on 2 records: 1 of Northshire and 1 of Westmark.",
    )
    assert [(one.record, one.why) for one in alert.evidence] == [
        ("R1", "speaks of child exploitation"),
        ("R2", "speaks of county lines"),
    ]
    assert alert.roles == ("intelligence-analyst",)


@pytest.mark.parametrize(
    "other",
    [
        drugs(subject="S2"),
        drugs(origin="R1"),
        drugs(on=DAY - timedelta(days=1096)),
        drugs(reliability=0.19),
        drugs(born=YOUNG),
        say("R2", "S1", roles=CHILD, threats=DRUGS, born=None),
    ],
    ids=["somebody else", "told again", "long ago", "not trusted", "by birth a child",
         "called a child"],
)  # fmt: skip
def test_no_alert_of_another_crime_where_it_is_not_another_source_on_a_grown_up(other):
    assert alerts(exploitation(), other) == []


def test_one_record_that_speaks_of_both_crimes_is_no_alert():
    assert alerts(drugs(threats=EXPLOITS | DRUGS)) == []


def test_whose_age_nobody_says_is_not_taken_for_grown_up():
    assert alerts(exploitation(born=None), drugs(born=None)) == []


def test_who_was_a_child_then_and_has_grown_up_is_grown_up_now():
    born = date(2005, 1, 1)
    then = say("R0", "S1", roles=CHILD, born=born, on=date(2020, 1, 1))

    assert len(alerts(then, exploitation(born=born), drugs(born=born))) == 1


def test_a_missing_child_seen_with_a_known_offender_comes_first_and_is_not_accused():
    together = say("R4", "C1", born=YOUNG, beside=frozenset({"S1"}), on=DAY + timedelta(days=2))

    [alert] = alerts(exploitation(), missing(), together)

    assert (alert.key.subjects, alert.children) == (("C1", "S1"), ("C1",))
    assert alert.sentences[0] == (
        "C1, a child who was missing, was with S1, who is suspected of an offence or managed for "
        "one."
    )
    assert alert.sentences[-1] == "C1 is a child: what they need is considered first."
    assert alert.records == {"R1", "R3", "R4"}


def test_the_company_of_a_missing_child_counts_from_whichever_side_it_was_said():
    together = exploitation("R4", beside=frozenset({"C1"}))

    assert [one.key.subjects for one in alerts(missing(), together)] == [("C1", "S1")]


def test_company_counts_while_a_child_is_missing_and_three_days_around():
    def seen(on, until=None):
        together = say("R4", "C1", born=YOUNG, beside=frozenset({"S1"}), on=on)
        return bool(alerts(exploitation(), missing(until=until), together))

    later = DAY + timedelta(days=12)
    assert [seen(DAY - timedelta(days=3)), seen(DAY - timedelta(days=4))] == [True, False]
    assert [seen(later), seen(later, until=DAY + timedelta(days=9))] == [False, True]


def test_two_children_together_are_no_offender_and_child():
    together = exploitation("R4", born=YOUNG, beside=frozenset({"C1"}))

    assert alerts(missing(), together) == []


def named(name, record, roles=SUSPECT, **given):
    return say(record, "S1", names=frozenset({name}), roles=roles, **given)


def test_a_managed_offender_under_a_name_that_nobody_notified_is_an_alert():
    managed = named("Ann Ash", "R1", MANAGED)

    [alert] = alerts(managed, named("Bo Birch", "R2"))

    assert (alert.key.rule, alert.records) == ("managed_offender_new_name", {"R1", "R2"})
    assert alerts(managed, named("ASH Anne", "R2")) == []
    assert alerts(managed, named("Bo Birch", "R2", on=DAY - timedelta(days=1))) == []
    assert alerts(managed, named("Bo Birch", "R2"), named("Bo Birch", "R3", MANAGED)) == []
    assert alerts(named("Ann Ash", "R1"), named("Bo Birch", "R2")) == []


def member(record, person, on, **given):
    return say(record, "N1", roles=frozenset({"network-member"}), born=None, on=on,
               beside=frozenset({person}), **given)  # fmt: skip


def network(*days):
    return [member(f"R{n}", f"P{n}", DAY + timedelta(days=day)) for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("joined", "new"),
    [
        ((0, 200, 210, 290), {"R1", "R2", "R3"}),
        ((0, 200, 210, 291), set()),
        ((0, 1, 2), set()),
        ((*range(10), 200, 201, 202), {"R10", "R11", "R12"}),
        ((*range(11), 200, 201, 202), set()),
    ],
    ids=["three within 90 days", "one a day late", "all at once", "three to ten", "to eleven"],
)
def test_a_network_has_grown_by_at_least_three_and_three_tenths_within_ninety_days(joined, new):
    assert {record for one in alerts(*network(*joined)) for record in one.records} == new


def test_a_child_in_contact_with_a_network_is_no_member_of_it():
    joined = network(0, 200, 210, 290)

    assert alerts(*joined, say("R9", "P3", roles=CHILD, born=YOUNG)) == []


def knows(record, subject, *things, **given):
    return say(record, subject, things=frozenset(things), **given)


def managed_and_child(*things):
    return [
        knows("R1", "S1", *things, roles=MANAGED),
        knows("R2", "C1", *things, roles=CHILD, born=YOUNG),
    ]


def test_one_phone_of_a_managed_offender_and_a_child_is_an_alert_that_names_the_child_first():
    [alert] = alerts(*managed_and_child(PHONE))

    assert (alert.key.subjects, alert.key.kind) == (("C1", "S1"), "phone")
    assert alert.sentences[0] == (
        "S1, a managed offender, and C1, a child, are both known by one phone."
    )


@pytest.mark.parametrize(("others", "found"), [(3, True), (4, False), (40, False)])
def test_what_many_know_says_little(others, found):
    crowd = [knows(f"R9{n}", f"X{n}", HOSTEL) for n in range(others)]

    assert bool(alerts(*managed_and_child(HOSTEL), *crowd)) is found


def test_two_things_that_some_know_say_as_much_as_one_that_few_know_and_the_hostel_nothing():
    crowd = [knows(f"R9{n}", f"X{n}", HOSTEL, PHONE) for n in range(8)]
    busier = [knows(f"R8{n}", f"Y{n}", HOSTEL) for n in range(40)]

    assert {a.key.kind for a in alerts(*managed_and_child(PHONE, HOSTEL), *crowd)} == {
        "phone", "address",
    }  # fmt: skip
    assert alerts(*managed_and_child(PHONE, HOSTEL), *crowd, *busier) == []


def test_what_they_knew_more_than_a_year_apart_they_did_not_share():
    one, other = managed_and_child(PHONE)
    late = knows("R2", "C1", PHONE, roles=CHILD, born=YOUNG, on=DAY + timedelta(days=366))

    assert alerts(one, late) == []
    assert alerts(one, other)
