from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.alerts.desk import Desk
from lightkeeper.engine.alerts.sayings import Sight
from lightkeeper.engine.alerts.tests.saying import LENIENT, RULES, drugs, exploitation, say, sayings

ENVELOPES = st.frozensets(st.integers(1, 3))


def desk_of(*landed, rules=RULES):
    desk = Desk(rules)
    desk.land(landed)
    return desk


@settings(deadline=None)
@given(sayings(), ENVELOPES)
def test_what_a_viewer_has_is_what_there_would_be_if_the_hidden_were_missing(said, read):
    whole, visible = (
        desk_of(*said, rules=LENIENT),
        desk_of(*(one for one in said if one.envelope in read), rules=LENIENT),
    )

    assert whole.seen_by(Sight(read)) == visible.alerts
    for key, alert in whole.alerts.items():
        assert whole.as_seen(key, Sight(read)) == visible.alerts.get(key)
        assert visible.alerts.get(key) is None or visible.alerts[key].records <= alert.records


@settings(deadline=None)
@given(sayings(), ENVELOPES, st.integers(1, 3))
def test_a_pointer_says_who_holds_something_and_nothing_of_what(said, read, pointed):
    seen = desk_of(*said, rules=LENIENT).seen_by(Sight(read - {pointed}, frozenset({pointed})))

    hidden = {one.record for one in said if one.envelope == pointed}
    for alert in seen.values():
        assert not alert.records & hidden
        for one in alert.evidence:
            assert one.is_pointer == (one.envelope is None and one.on is None and not one.why)
            assert not one.is_pointer or (one.record, one.subject) == ("", "")


@settings(deadline=None)
@given(sayings(), ENVELOPES)
def test_of_a_name_that_is_only_pointed_at_nothing_shows(said, read):
    rest = frozenset({1, 2, 3}) - read
    renamed = [
        replace(one, names=frozenset({"Cy Cedar"})) if one.envelope in rest else one for one in said
    ]

    assert desk_of(*said, rules=LENIENT).seen_by(Sight(read, rest)) == desk_of(
        *renamed, rules=LENIENT
    ).seen_by(Sight(read, rest))


def test_each_owner_is_told_of_what_it_may_see_and_whom_to_ask():
    desk = desk_of(exploitation(envelope=1), drugs(envelope=2))
    [alert] = desk.alerts.values()

    told = desk.notices(
        alert,
        {
            "Northshire": Sight(frozenset({1}), frozenset({2})),
            "Westmark": Sight(frozenset({1, 2})),
        },
    )

    assert told["Westmark"] == alert
    assert told["Northshire"].records == {"R1"}
    assert told["Northshire"].sentences[1:] == (
        "It rests on 1 record: 1 of Northshire.",
        "Westmark holds something that belongs to it: ask them.",
    )


def test_who_sees_too_little_is_told_nothing_and_who_owns_none_of_it_neither():
    desk = desk_of(exploitation(envelope=1), drugs(envelope=2))
    [alert] = desk.alerts.values()
    all_of_it = Sight(frozenset({1, 2}))

    assert desk.notices(alert, {"Northshire": Sight(frozenset({1})), "Otto": all_of_it}) == {}


def test_two_pointers_of_one_owner_are_one():
    desk = desk_of(exploitation(envelope=1), drugs(envelope=2), drugs("R3", envelope=2))

    [alert] = desk.seen_by(Sight(frozenset({1}), frozenset({2}))).values()

    assert len(alert.evidence) == 2


def test_a_hidden_crowd_does_not_make_a_phone_common():
    phone = frozenset({("phone", "0161 496 0001")})
    crowd = [say(f"R9{n}", f"X{n}", envelope=2, things=phone) for n in range(30)]
    pair = [
        say("R1", "S1", roles=frozenset({"managed-offender"}), things=phone),
        say("R2", "C1", roles=frozenset({"child"}), born=None, things=phone),
    ]

    desk = desk_of(*pair, *crowd)

    assert desk.alerts == {}
    assert [key.kind for key in desk.seen_by(Sight(frozenset({1})))] == ["phone"]
