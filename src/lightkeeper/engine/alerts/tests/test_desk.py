from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.alerts.alert import Key
from lightkeeper.engine.alerts.desk import Desk
from lightkeeper.engine.alerts.tests.saying import (
    CHILD,
    HOSTEL,
    LENIENT,
    MANAGED,
    PHONE,
    RULES,
    YOUNG,
    drugs,
    exploitation,
    say,
    sayings,
)


def desk_of(*landed, rules=RULES):
    desk = Desk(rules)
    desk.land(landed)
    return desk


@settings(deadline=None)
@given(sayings(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_alerts_after_any_series_of_arrivals_are_those_of_all_at_once(said, chance, at_once):
    whole = desk_of(*said, rules=LENIENT).alerts
    chance.shuffle(said)

    desk = Desk(LENIENT)
    for start in range(0, len(said), at_once):
        desk.land(said[start : start + at_once])

    assert desk.alerts == whole


@settings(deadline=None)
@given(sayings(), sayings(most=6))
def test_what_is_taken_out_or_replaced_leaves_no_trace(said, others):
    desk = desk_of(*said, rules=LENIENT)
    desk.land([], without=[(one.record, one.subject) for one in said[::2]])
    desk.land(others)

    left = {(one.record, one.subject): one for one in said[1::2]}
    left |= {(one.record, one.subject): one for one in others}
    assert desk.alerts == desk_of(*left.values(), rules=LENIENT).alerts


@settings(deadline=None)
@given(sayings())
def test_what_is_told_of_each_arrival_adds_up_to_what_stands(said):
    desk, told = Desk(LENIENT), {}
    for one in said:
        changes = desk.land([one])
        for alert in changes.gone:
            assert told.pop(alert.key) == alert
        for alert in changes.raised:
            assert alert.key not in told
        for alert in (*changes.grew, *changes.changed):
            assert told[alert.key] != alert
        told |= {a.key: a for a in (*changes.raised, *changes.grew, *changes.changed)}

    assert told == desk.alerts


@settings(deadline=None)
@given(sayings())
def test_no_child_is_ever_the_one_whom_an_alert_suspects(said):
    desk = desk_of(*said, rules=LENIENT)

    for key, alert in desk.alerts.items():
        suspected = key.subjects[-1]
        assert suspected not in alert.children
        assert desk.picture.age(suspected).value != "child"


def test_new_evidence_makes_one_alert_grow_and_the_same_again_changes_nothing():
    desk = desk_of(exploitation(), drugs())

    grown = desk.land([drugs("R9")])
    again = desk.land([drugs("R9")])

    assert [alert.records for alert in grown.grew] == [{"R1", "R2", "R9"}]
    assert (grown.raised, grown.gone, len(desk.alerts)) == ((), (), 1)
    assert (again.raised, again.grew, again.changed, again.gone) == ((), (), (), ())


def test_evidence_of_another_kind_is_an_alert_of_its_own():
    desk = desk_of(exploitation(), drugs())

    changes = desk.land([say("R9", "S1", threats=frozenset({"cyber"}))])

    assert [alert.key.kind for alert in changes.raised] == ["cyber"]
    assert len(desk.alerts) == 2


def test_an_alert_goes_when_somebody_turns_out_to_be_a_child():
    desk = desk_of(exploitation(), drugs())

    changes = desk.land([say("R9", "S1", born=YOUNG)])

    assert [alert.key.rule for alert in changes.gone] == ["exploitation_in_other_crime"]
    assert desk.alerts == {}


def test_an_alert_goes_when_what_it_stands_on_has_become_common():
    desk = desk_of(
        say("R1", "S1", roles=MANAGED, things=frozenset({HOSTEL})),
        say("R2", "C1", roles=CHILD, born=YOUNG, things=frozenset({HOSTEL})),
    )
    assert len(desk.alerts) == 1

    changes = desk.land(say(f"R9{n}", f"X{n}", things=frozenset({HOSTEL})) for n in range(20))

    assert len(changes.gone) == 1
    assert desk.alerts == {}


def test_what_a_record_does_not_touch_is_not_asked_about_again():
    crowd = [exploitation(f"R{n}", f"P{n}", things=frozenset({HOSTEL})) for n in range(500)]
    desk = desk_of(*crowd)

    changes = desk.land([drugs("R1000", "P7", things=frozenset({HOSTEL}))])

    assert [alert.key.subjects for alert in changes.raised] == [("P7",)]
    assert changes.asked < 10


def test_each_key_is_one_rule_its_subjects_and_one_kind():
    assert list(desk_of(exploitation(), drugs(), drugs("R5")).alerts) == [
        Key("exploitation_in_other_crime", ("S1",), "county_lines")
    ]


def test_somebody_who_shares_with_nobody_has_no_alert():
    assert desk_of(say("R1", "S1", roles=MANAGED, things=frozenset({PHONE}))).alerts == {}
