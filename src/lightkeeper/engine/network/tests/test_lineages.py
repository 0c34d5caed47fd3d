from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.lineages import Befell, Lineages, follow

QUICK = settings(max_examples=100, deadline=None)
FIRST = date(2026, 11, 1)


def days(*groupings):
    """What is known after each day, and its events."""
    known, found = Lineages(), []
    for number, groups in enumerate(groupings):
        known, events = follow(known, groups, FIRST + timedelta(number))
        found.append((known, events))
    return found


def told(events):
    return [(event.befell, event.number, event.others) for event in events]


def numbers(known):
    return {"".join(sorted(one.members)): one.number for one in known.living}


def test_networks_are_born_grow_shrink_and_end():
    born, grew, shrank, ended = days(["abc", "xyz"], ["abcde", "xyw"], ["abcd", "xyw"], ["abcd"])

    assert told(born[1]) == [(Befell.BORN, 1, ()), (Befell.BORN, 2, ())]
    assert told(grew[1]) == [(Befell.GREW, 1, ()), (Befell.CHANGED, 2, ())]
    assert grew[1][0].reason == "2 joined and 0 left; 5 members, 3 before."
    assert told(shrank[1]) == [(Befell.SHRANK, 1, ())]
    assert told(ended[1]) == [(Befell.ENDED, 2, ())]
    assert numbers(ended[0]) == {"abcd": 1}
    assert ended[0].known[1].ended_on == FIRST + timedelta(3)


def test_a_split_leaves_the_identity_with_most_and_says_whence_the_rest_are():
    _, (known, events) = days(["abcdefg"], ["abcd", "efg"])

    assert told(events) == [(Befell.SPLIT, 1, (2,)), (Befell.BORN, 2, (1,))]
    assert events[1].reason == "3 people, most of whom were in network 1."
    assert numbers(known) == {"abcd": 1, "efg": 2}


def test_a_merger_keeps_the_older_of_two_that_bring_alike_and_ends_the_other():
    *_, (known, events) = days(["abc"], ["abc", "wxyz"], ["abcwxyz"])

    assert told(events) == [(Befell.MERGED, 1, (2,)), (Befell.ENDED, 2, (1,))]
    assert events[1].reason == "4 of its 4 members are now in network 1."
    assert known.living[0].born_on == FIRST


def test_an_older_network_of_a_few_does_not_take_over_one_of_many():
    *_, (_, events) = days(["abc"], ["abc", "pqrstuvw"], ["abcpqrstuvw"])

    assert told(events) == [(Befell.ENDED, 1, (2,)), (Befell.MERGED, 2, (1,))]


def test_what_was_merged_gets_its_identity_back_when_it_is_apart_again():
    *_, (known, events) = days(["abcde"], ["abcde", "uvwxyz"], ["abcdeuvwxyz"], ["abcde", "uvwxyz"])

    assert numbers(known) == {"abcde": 1, "uvwxyz": 2}
    assert told(events) == [(Befell.SPLIT, 1, (2,)), (Befell.RETURNED, 2, (1,))]


def test_a_network_not_seen_for_a_day_comes_back_as_itself():
    *_, (known, events) = days(["abcd"], [], ["abcx"])

    assert told(events) == [(Befell.RETURNED, 1, ())]
    assert events[0].reason == "3 of its 4 members are together again."
    assert known.living[0].born_on == FIRST


def test_members_spread_over_others_are_no_longer_a_network():
    *_, (_, events) = days(["abcd", "klmno", "uvwxy"], ["klmnoab", "uvwxycd"])

    assert told(events) == [(Befell.ENDED, 1, ()), (Befell.GREW, 2, ()), (Befell.GREW, 3, ())]


def test_nobody_is_in_two_groups():
    with pytest.raises(ShapeError, match="two groups"):
        follow(Lineages(), ["ab", "bc"], FIRST)


@st.composite
def groupings(draw):
    """The same few people, put into groups; some of them in none."""
    people = "abcdefghij"
    place = draw(st.lists(st.integers(-1, 3), min_size=len(people), max_size=len(people)))
    groups: dict[int, list[str]] = {}
    for person, number in zip(people, place, strict=True):
        if number >= 0:
            groups.setdefault(number, []).append(person)
    return list(groups.values())


@QUICK
@given(st.lists(groupings(), min_size=1, max_size=5))
def test_the_same_day_twice_befalls_nobody(course):
    known, _ = days(*course)[-1]
    after, events = follow(known, course[-1], FIRST + timedelta(99))

    assert events == []
    assert after == known


@QUICK
@given(st.lists(groupings(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_groups_and_members_changes_nothing(course, chance):
    mixed = [[chance.sample(group, len(group)) for group in groups] for groups in course]
    for groups in mixed:
        chance.shuffle(groups)

    assert days(*mixed) == days(*course)


@QUICK
@given(groupings(), st.integers(0, 7), st.data())
def test_what_splits_and_joins_again_has_the_older_identity(start, number, data):
    if not start:
        return
    whole = start[number % len(start)]
    pieces: dict[int, list[str]] = {}
    for person in whole:
        pieces.setdefault(data.draw(st.integers(0, 2)), []).append(person)
    rest = [group for group in start if group is not whole]
    (first, _), _, (last, _) = days(start, [*rest, *pieces.values()], start)

    assert last.living == first.living


@QUICK
@given(st.lists(groupings(), min_size=1, max_size=6))
def test_each_group_has_one_number_and_each_number_one_life(course):
    seen: dict[int, date] = {}
    for groups, (known, events) in zip(course, days(*course), strict=True):
        assert sorted(map(sorted, groups)) == sorted(sorted(one.members) for one in known.living)
        assert len({one.number for one in known.known}) == len(known.known)
        for one in known.known:
            assert seen.setdefault(one.number, one.born_on) == one.born_on
        ended = {event.number for event in events if event.befell is Befell.ENDED}
        assert not ended & {one.number for one in known.living}
