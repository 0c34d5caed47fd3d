import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.network.roles import (
    Bridge,
    Role,
    bridges,
    children_in_contact,
    crime_types,
    roles,
)
from lightkeeper.engine.network.tests import oracle
from lightkeeper.engine.network.ties import ties_of

NAMES = ["Hub", "A", "B", "Leaf", "X", "Y", "Z", "Zoe", "Amy"]
HUB, A, B, LEAF, X, Y, Z, ZOE, AMY = range(9)
TIES = ties_of(
    NAMES,
    [HUB, HUB, A, HUB, X, Y, X, LEAF, ZOE, ZOE, AMY],
    [A, B, B, LEAF, Y, Z, Z, X, HUB, X, A],
    [1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1],
)
LABELS = np.array([0, 0, 0, 0, 4, 4, 4, 0, 0])
CHILD = np.isin(np.arange(9), [ZOE, AMY])


def test_each_member_has_the_roles_that_are_measured():
    first, second = roles(TIES, LABELS, CHILD)

    assert [NAMES[place.person] for place in first.places] == ["Hub", "A", "B", "Leaf"]
    assert [place.roles for place in first.places] == [
        (Role.BROKER, Role.CORE), (Role.CORE,), (Role.CORE,), (Role.BRIDGE, Role.PERIPHERY),
    ]  # fmt: skip
    assert first.places[0].reasons == (
        "on 67% of the shortest ways between two other members",
        "in the part where each has 2 ties or more to others in it",
    )
    assert first.places[3].reasons[0] == "25% of their ties' weight is in network 4"
    assert [place.roles for place in second.places] == [
        (Role.BRIDGE, Role.CORE), (Role.CORE,), (Role.CORE,),
    ]  # fmt: skip


def test_children_are_in_contact_by_name_and_have_no_role():
    first, second = roles(TIES, LABELS, CHILD)

    assert [NAMES[child] for child in first.children] == ["Amy", "Zoe"]
    assert second.children == ()
    assert not {ZOE, AMY} & {place.person for place in first.places}
    assert children_in_contact(TIES, LABELS, CHILD, [0, 4]) == {ZOE: (0, 4), AMY: (0,)}


def test_a_bridge_is_the_ties_of_members_and_never_a_child():
    assert bridges(TIES, LABELS, CHILD, [0, 4]) == [Bridge(0, 4, 1, 1.0, (LEAF,), (X,))]
    assert bridges(TIES, LABELS, CHILD, [0]) == []


def test_a_network_touches_the_crime_types_of_its_members_and_ties():
    tie = list(zip(TIES.one.tolist(), TIES.two.tolist(), strict=True)).index
    found = crime_types(
        TIES, LABELS, CHILD,
        of_people=[(HUB, "drugs"), (HUB, "drugs"), (A, "drugs"), (X, "cyber"), (ZOE, "theft")],
        of_ties=[(tie((LEAF, X)), "fraud"), (tie((HUB, ZOE)), "exploitation")],
    )  # fmt: skip

    assert found == {0: {"drugs": 2, "exploitation": 1}, 4: {"cyber": 1}}


def test_small_networks_are_left_out():
    assert [network.name for network in roles(TIES, LABELS, CHILD, smallest=4)] == [0]


@pytest.mark.parametrize("people", [[(9, "x")], [(-1, "x")]])
def test_what_is_not_there_is_refused(people):
    with pytest.raises(ShapeError):
        crime_types(TIES, LABELS, CHILD, people)
    with pytest.raises(ShapeError):
        crime_types(TIES, LABELS, CHILD, [], [(11, "x")])
    with pytest.raises(ShapeError, match="9 labels"):
        roles(TIES, LABELS[:3], CHILD)


@settings(max_examples=60, deadline=None)
@given(oracle.networks(), st.data())
def test_without_its_children_a_network_has_the_same_places(network, data):
    names, pairs = network
    marks = st.lists(st.booleans(), min_size=len(names), max_size=len(names))
    child, label = np.array(data.draw(marks)), np.array(data.draw(marks)).astype(np.int64)
    one, two, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    ties = ties_of(names, one, two, weight)
    grown = [(a, b, w) for a, b, w in pairs if not child[a] and not child[b]]
    one, two, weight = zip(*grown, strict=True) if grown else ((), (), ())

    def told(which):
        return [one.places for one in roles(which, label, child, smallest=1)]

    assert told(ties) == told(ties_of(names, one, two, weight))
    for found in roles(ties, label, child, smallest=1):
        inside = [place.person for place in found.places]
        plain = oracle.betweenness(ties, set(range(ties.people)) - set(inside))
        pairs_of = max((len(inside) - 1) * (len(inside) - 2) // 2, 1)
        for place in found.places:
            assert place.broker_share == pytest.approx(plain[place.person] / pairs_of)
        assert sorted([*inside, *found.children]) == np.flatnonzero(label == found.name).tolist()
