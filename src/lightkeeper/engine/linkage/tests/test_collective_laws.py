"""Laws of collective evidence: of order, of ending, and that one tie more never does harm."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.linkage.collective import MOST_IN_ALL, ROUNDS, may_gain, with_ties
from lightkeeper.engine.linkage.sharing import known_at, shared_by
from lightkeeper.engine.linkage.tests.made_up_links import (
    DIFFERS,
    KINDS,
    NAMESAKES,
    SAME,
    clustering,
    links_of,
    some_weights,
    ties_of,
)

LEVELS = {"given": 2, "family": 2, "born": 3, "phone": 2, "address": 2}
RECORDS = 8


@st.composite
def tables(draw):
    """Pairs of eight records with what their fields say, and ties among them and to six things."""
    row = st.integers(0, RECORDS - 1)
    said = st.fixed_dictionaries(
        {}, optional={name: st.sampled_from([SAME, DIFFERS, 1]) for name in LEVELS}
    )
    ends = draw(st.sets(st.tuples(row, row).filter(lambda p: p[0] < p[1]), max_size=12))
    pairs = {pair: draw(said) for pair in sorted(ends)}
    source = st.sampled_from([-1, 0, 1])
    to_things = st.tuples(row, st.sampled_from(KINDS), st.sampled_from("uvwxyz"), source)
    to_others = st.tuples(row, st.just("associate"), row, source).filter(lambda t: t[0] != t[2])
    return pairs, draw(st.lists(to_things | to_others, max_size=25))


@given(tables(), st.permutations(range(RECORDS)), st.randoms(use_true_random=False), st.booleans())
@settings(deadline=None)
def test_no_order_of_records_or_ties_changes_anything(table, place, random, taught):
    pairs, said = table
    links = told_apart(links_of(RECORDS, pairs), range(RECORDS))
    given = some_weights() if taught else None
    found = with_ties(links, ties_of(*said), clustering(links), weights=given)

    moved = links_of(
        RECORDS, {tuple(sorted((place[a], place[b]))): s for (a, b), s in pairs.items()}
    )
    moved = told_apart(moved, place)
    turned = [(place[a], kind, place[to] if isinstance(to, int) else to, source)
              for a, kind, to, source in said]  # fmt: skip
    random.shuffle(turned)
    again = with_ties(moved, ties_of(*turned), clustering(moved), weights=given)

    now = added(again.links)
    for (a, b), bits in added(found.links).items():
        assert now[tuple(sorted((place[a], place[b])))] == pytest.approx(bits, abs=1e-6)
    assert together(found.labels) == {
        frozenset(place.index(row) for row in part) for part in together(again.labels)
    }


def told_apart(links, place):
    """No two pairs of one weight, between which `resolve` goes by the numbers of records."""
    ends = [sorted((place.index(a), place.index(b))) for a, b in zip(
        links.left.tolist(), links.right.tolist(), strict=True)]  # fmt: skip
    moves = [np.random.default_rng(end).uniform(0, 0.1) for end in ends]
    told = replace(links.weighed, weight=links.weighed.weight + np.array(moves))
    return replace(links, weighed=told)


def added(links):
    ends = zip(links.left.tolist(), links.right.tolist(), strict=True)
    return dict(zip(ends, links.tied.bits.tolist(), strict=True))


def together(labels):
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@given(tables(), st.integers(0, 2**32 - 1), st.sampled_from(KINDS))
@settings(deadline=None)
def test_one_rare_thing_more_in_common_never_lowers_a_pair(table, seed, kind):
    pairs, said = table
    if not pairs:
        return
    random = np.random.default_rng(seed)
    labels = np.minimum(np.arange(RECORDS), random.integers(0, RECORDS, RECORDS))
    labels = labels[labels[labels]]
    links = links_of(RECORDS, pairs)
    row = int(random.integers(0, len(pairs)))
    more = [(int(end[row]), kind, "new", -1) for end in (links.left, links.right)]

    def weight(ties):
        found = with_ties(links, ties_of(*ties), lambda _: labels, weights=some_weights())
        return found.links.weight[row]

    assert weight([*said, *more]) >= weight(said) - 1e-9


@given(tables(), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_it_ends_whatever_the_clustering_says_and_only_ever_adds(table, seed):
    pairs, said = table
    links = links_of(RECORDS, pairs)
    random = np.random.default_rng(seed)

    def fickle(_):
        return np.minimum(np.arange(RECORDS), random.integers(0, RECORDS, RECORDS))

    for cluster in (fickle, clustering(links)):
        found = with_ties(links, ties_of(*said), cluster)
        assert found.rounds <= ROUNDS
        assert (found.links.tied.bits >= 0).all()
        assert (found.links.tied.bits <= MOST_IN_ALL).all()
        assert (found.links.weight >= links.weight).all()
        raised = found.links.tied.bits > 0
        assert not (raised & ~may_gain(links)).any()
        assert not (raised & links.one_home).any()


@given(tables())
@settings(deadline=None)
def test_what_is_shared_is_what_going_through_the_ties_one_by_one_finds(table):
    pairs, said = table
    links, labels = links_of(RECORDS, pairs), np.arange(RECORDS)
    said = [(a, kind, to) for a, kind, to, _ in said]
    known = known_at(ties_of(*said), labels)
    found = shared_by(known, links.left, links.right)

    of = {row: set() for row in range(RECORDS)}
    for a, kind, to in said:
        of[a].add((kind, to))
        if isinstance(to, int):
            of[to].add((kind, a))
    counts = {
        (row, k): sum(kind == name for kind, _ in of[a] & of[b])
        for row, (a, b) in enumerate(sorted(pairs)) for k, name in enumerate(KINDS)
    }  # fmt: skip
    where = list(zip(found.pair.tolist(), found.kind.tolist(), strict=True))
    assert {key: n for key, n in counts.items() if n} == dict(
        zip(where, found.count.tolist(), strict=True)
    )
    for (row, k), first in zip(where, found.first.tolist(), strict=True):
        a, b = sorted(pairs)[row]
        both = [thing for thing in of[a] & of[b] if thing[0] == KINDS[k]]
        assert first == min(sum(thing in theirs for theirs in of.values()) for thing in both)


def test_pairs_beyond_what_is_looked_at_at_once_share_the_same(monkeypatch):
    random = np.random.default_rng(3)
    pairs = {(at, at + 20): NAMESAKES for at in range(20)}
    pairs |= {(at, at + 21): NAMESAKES for at in range(19)}
    said = [(int(a), "journey", f"NX{b}") for a, b in random.integers(0, 40, (150, 2)) % (40, 12)]
    links = links_of(40, pairs)

    def found():
        return with_ties(
            links, ties_of(*said), clustering(links), weights=some_weights()
        ).links.tied.bits.tolist()

    whole = found()
    monkeypatch.setattr("lightkeeper.engine.linkage.sharing.MOST_AT_ONCE", 7)
    monkeypatch.setattr("lightkeeper.engine.linkage.torn.MOST_AT_ONCE", 7)
    assert found() == whole
    assert any(whole)
