from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import ConflictError, ShapeError
from lightkeeper.engine.linkage import clusters
from lightkeeper.engine.linkage.clusters import REACH_BITS, components, resolve

RECORDS = 9
record = st.integers(0, RECORDS - 1)
pair = st.tuples(record, record).filter(lambda both: both[0] != both[1])
weights = st.one_of(st.integers(-12, 25).map(float), st.floats(-12, 25))
links = st.dictionaries(pair.map(lambda p: tuple(sorted(p))), weights, max_size=25)


def resolved(found, same=(), different=(), count=RECORDS):
    left, right = ([p[side] for p in found] for side in (0, 1))
    return resolve(count, left, right, list(found.values()), same, different).tolist()


@given(links, st.randoms())
def test_neither_the_order_of_the_links_nor_of_their_ends_matters(found, random):
    rows = [(p[::-1] if random.random() < 0.5 else p, w) for p, w in found.items()]
    random.shuffle(rows)

    assert resolved(dict(rows)) == resolved(found)


@given(links, st.lists(pair, max_size=2), st.lists(pair, max_size=2))
def test_parts_of_one_mind_come_out_as_they_do_group_by_group(found, same, different):
    try:
        at_once = resolved(found, same, different)
    except ConflictError:
        return
    with patch.object(clusters, "_of_one_mind", lambda part, *_: np.zeros(part.max() + 1, bool)):
        assert resolved(found, same, different) == at_once


@given(links, st.lists(pair, max_size=3), st.lists(pair, max_size=3))
def test_a_component_alone_gives_what_it_gives_in_the_whole(found, same, different):
    try:
        whole = resolved(found, same, different)
    except ConflictError:
        return
    sure = [p for p, bits in found.items() if bits >= REACH_BITS]
    parts = components(RECORDS, [p[0] for p in sure], [p[1] for p in sure], same)

    for anchor in set(parts.tolist()):
        members = [r for r in range(RECORDS) if parts[r] == anchor]
        place = {member: at for at, member in enumerate(members)}

        def inside(p, place=place):
            return p[0] in place and p[1] in place

        alone = resolved(
            {(place[a], place[b]): w for (a, b), w in found.items() if inside((a, b))},
            [(place[a], place[b]) for a, b in same if inside((a, b))],
            [(place[a], place[b]) for a, b in different if inside((a, b))],
            count=len(members),
        )
        assert [members[label] for label in alone] == [whole[member] for member in members]


@given(links, st.lists(pair, max_size=4), st.lists(pair, max_size=4))
def test_judgements_are_always_obeyed_and_contradictions_always_told(found, same, different):
    try:
        labels = resolved(found, same, different)
    except ConflictError:
        joined = components(RECORDS, [], [], same)
        assert any(joined[a] == joined[b] for a, b in different)
        return

    assert all(labels[a] == labels[b] for a, b in same)
    assert all(labels[a] != labels[b] for a, b in different)


@given(links, pair, st.booleans())
def test_a_judgement_undone_leaves_no_trace(found, judged, same):
    before = resolved(found)
    resolved(found, [judged] if same else [], [] if same else [judged])

    assert resolved(found) == before


@given(links)
def test_a_subject_is_named_by_its_smallest_record(found):
    labels = resolved(found)

    assert all(labels[label] == label <= at for at, label in enumerate(labels))


def test_one_doubtful_link_does_not_chain_two_subjects():
    left, right = {(0, 1): 20.0, (0, 2): 20.0, (1, 2): 20.0}, {(3, 4): 20.0, (3, 5): 20.0}

    assert resolved({**left, **right, (4, 5): 20.0, (2, 3): 5.0}, count=6) == [0, 0, 0, 3, 3, 3]


def test_a_pair_that_comes_twice_counts_once_with_its_best_weight():
    labels = resolve(2, [0, 1, 0], [1, 0, 1], [-5.0, 5.0, -9.0])

    assert labels.tolist() == [0, 0]


def test_doubtful_links_alone_bring_nothing_into_reach():
    """Groups are joined down to minus one, but only where a sure link leads."""
    assert resolve(2, [0], [1], [3.9]).tolist() == [0, 1]
    assert resolve(2, [0], [1], [3.9], reach_at=-1.0).tolist() == [0, 0]
    assert resolve(3, [0, 0, 1], [1, 2, 2], [3.9, 5.0, 5.0]).tolist() == [0, 0, 0]


def test_a_held_pair_waits_for_a_person_who_may_join_it():
    waiting = resolve(3, [0, 1], [1, 2], [20.0, 20.0], held=[(0, 2)])
    decided = resolve(3, [0, 1], [1, 2], [20.0, 20.0], [(0, 2)], held=[(0, 2)])

    assert waiting.tolist() == [0, 0, 2]
    assert decided.tolist() == [0, 0, 0]


def test_what_two_judgements_contradict_is_named():
    with pytest.raises(ConflictError, match="Records 0 and 2 were judged different"):
        resolved({}, [(0, 1), (2, 1)], [(2, 0)])


@pytest.mark.parametrize(
    ("left", "right", "weight", "match"),
    [
        ([0], [1, 2], [1.0], "one length"),
        ([0], [9], [1.0], "numbered 0 to 8"),
        ([0], [1], [float("nan")], "must be a number"),
    ],
)
def test_links_that_do_not_fit_are_refused(left, right, weight, match):
    with pytest.raises(ShapeError, match=match):
        resolve(RECORDS, left, right, weight)


def test_no_links_leave_every_record_alone():
    assert np.array_equal(resolve(3, [], [], []), [0, 1, 2])
