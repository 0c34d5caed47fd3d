"""A network is what is said of it and its members, and nothing of that twice."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.priority.networks import Membership, stand_network
from lightkeeper.engine.priority.saying import Said
from lightkeeper.engine.priority.standing import stand
from lightkeeper.engine.priority.tests.making import DAYS, TODAY, WEIGHTS, reports, said

EVER = date(2000, 1, 1)


def joined(*people: str) -> list[Membership]:
    return [Membership(person, EVER, EVER) for person in people]


def stood(people: dict[str, list[Said]], own=(), on=TODAY, members=None):
    return stand_network(own, people, members or joined(*people), WEIGHTS, on)


@given(reports(), st.integers(2, 5))
def test_a_report_that_names_several_members_counts_once(some: list[Said], many: int) -> None:
    one = stood({"a": some})
    several = stood({f"{number}": some for number in range(many)})
    assert several.standing == one.standing


def test_a_network_may_have_more_than_a_member_but_not_without_end() -> None:
    people = {
        f"{n}": [said(f"REC-{n}-{m}") for m in range(3)] for n in range(20)
    }  # fmt: skip
    assert stand(people["0"], WEIGHTS, TODAY).total == 80.0
    assert stood({"0": people["0"]}).total == 120.0
    assert stood(people).total == 320.0


@given(reports(), reports())
def test_a_network_has_at_least_what_its_first_hand_members_have(one, other) -> None:
    people = {
        name: [replace(s, reference=f"{name}{s.reference}", heard_from=()) for s in found]
        for name, found in (("a", one), ("b", other))
    }
    assert stood(people).total >= max(
        stand(found, WEIGHTS, TODAY).total for found in people.values()
    )


def test_who_passed_on_a_report_of_another_member_adds_nothing() -> None:
    people = {"a": [said("REC-1")], "b": [said("REC-2", heard_from=("REC-1",))]}
    found = stood(people, own=[said("REC-3", heard_from=("REC-2",))])
    assert found.total == 40.0
    assert found.about == {"REC-1": ("a",)}
    assert found.sentence.endswith("1 of the records are about members, 1 of 2 by key.")


def test_what_is_said_of_the_network_itself_counts_once_beside_its_members() -> None:
    own = [said("REC-1"), said("REC-2", "violence")]
    found = stood({"a": [said("REC-1")]}, own=own)
    assert found.total == 60.0
    assert found.about == {"REC-1": ("a",), "REC-2": ()}


@given(reports(), DAYS)
def test_who_was_no_member_on_the_day_or_was_not_known_to_be_adds_nothing(some, day) -> None:
    week = timedelta(days=7)
    people = {"a": some, "b": [said("REC-0", "violence", known_on=EVER)]}
    for other in (
        Membership("b", day + week, EVER),
        Membership("b", EVER, day + week),
        Membership("b", EVER, EVER, active_to=day),
    ):
        found = stood(people, on=day, members=[*joined("a"), other])
        assert found == stood({"a": some}, on=day)
        assert found.members == ("a",)


def test_one_report_with_two_words_of_members_counts_by_the_best_the_newest_and_the_first() -> None:
    trusted = said("REC-1")
    old = replace(trusted, happened_on=TODAY - timedelta(days=365), reliability=0.5)
    assert stood({"a": [old], "b": [replace(trusted, reliability=0.5)]}).total == 20.0
    assert stood({"a": [replace(trusted, reliability=0.5)], "b": [old]}).total == 20.0
    grades = [replace(old, reliability=share) for share in (0.2, 1.0)]
    assert stood({"a": grades[:1], "b": grades[1:]}).total == 20.0
    assert stood({"a": grades[1:], "b": grades[:1]}).total == 20.0


def test_a_sentence_counts_only_the_records_that_are_about_members() -> None:
    found = stood({"a": [said("REC-1")]}, own=[said("REC-2", "violence")])
    assert found.sentence.endswith(" 1 of the records are about members, 1 of 1 by key.")
