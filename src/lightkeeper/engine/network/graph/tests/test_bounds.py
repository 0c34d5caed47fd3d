"""A hub of many ties is told of and bounded, and says little."""

import math

import numpy as np
import pytest

from lightkeeper.engine.network.graph import rows
from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.tests.arranging import EVERYTHING, WEIGHING

CALLERS = 100_000
BOX, OTHER_BOX = 1_000_000, 1_000_001
PRIVATE = 2_000_000


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """100,000 people who rang from a phone box, half of them from another too; two of them also
    have a number that nobody else has.
    """
    people = np.arange(CALLERS)
    second = people[::2]
    nodes = {
        "key": [*people.tolist(), BOX, OTHER_BOX, PRIVATE],
        "kind": ["person"] * CALLERS + ["phone"] * 3,
        "envelope": [0] * CALLERS + [None] * 3,
    }
    a = np.concatenate([people, second, [4, 7]])
    b = np.concatenate([np.full(CALLERS, BOX), np.full(len(second), OTHER_BOX), [PRIVATE] * 2])
    edges = {
        "a": a, "b": b, "kind": ["rang from"] * len(a), "envelope": np.zeros(len(a), int),
        "weight": np.where(a < 10, 1.0, 0.5), "day": np.full(len(a), WEIGHING.on),
        "grade": ["1A"] * len(a),
    }  # fmt: skip
    return Graph.build(tmp_path_factory.mktemp("box"), nodes, edges)


def test_a_hub_is_narrowed_to_its_strongest_ties_and_says_so(box):
    near = box.neighbourhood([4], 2, EVERYTHING, weighing=WEIGHING)

    assert [narrowed.sentence for narrowed in near.narrowed] == [
        f"100,000 ties lead from {BOX}; narrowed to the 1,000 strongest.",
        f"50,000 ties lead from {OTHER_BOX}; narrowed to the 1,000 strongest.",
    ]
    assert near.keys[:4] == [4, BOX, OTHER_BOX, PRIVATE]
    assert near.keys[4:13] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    # Of those who rang from the other box the first 1,000 have even numbers up to 1,998.
    assert near.keys[13:] == [*range(10, 1000), *range(1000, 2000, 2)]


def test_a_limit_is_told_and_keeps_the_nearest_and_strongest(box):
    near = box.neighbourhood([4], 4, EVERYTHING, 9, weighing=WEIGHING)

    assert near.keys == [4, BOX, OTHER_BOX, PRIVATE, 0, 1, 2, 3, 5]
    assert near.hops.tolist() == [0, 1, 1, 1, 2, 2, 2, 2, 2]
    last = near.narrowed[-1]
    assert (last.tied, last.kept) == (1499, 5)
    assert last.sentence.startswith(
        "Hop 2 leads to 1,499 more; narrowed to the 5 of them tied most"
    )


def test_paths_through_hubs_are_weighed_by_how_common_they_are(box):
    found = box.paths(4, 7, 4, EVERYTHING, weighing=WEIGHING)

    assert [path.keys for path in found.paths[:2]] == [(4, PRIVATE, 7), (4, BOX, 7)]
    assert found.paths[0].bits == pytest.approx(2.0)
    assert found.paths[1].bits == pytest.approx(2 + 10)
    # 4, the other box, somebody who rang from both, the box, 7: one for each who did.
    assert found.found == 2 + CALLERS // 2 - 1
    assert [narrowed.sentence for narrowed in found.narrowed] == [
        "50,001 paths were weighed; narrowed to the 100 strongest."
    ]
    said = box.explain(found.paths[1], EVERYTHING, weighing=WEIGHING)
    assert said.sentences[1] == f"phone {BOX} is known to 1,024 in sight and more."


def test_two_hubs_between_two_people_do_not_multiply(box):
    found = box.paths(4, 6, 4, EVERYTHING, 5, weighing=WEIGHING)

    assert [path.keys for path in found.paths[:3]] == [
        (4, BOX, 6), (4, OTHER_BOX, 6), (4, PRIVATE, 7, BOX, 6),
    ]  # fmt: skip
    assert len(found.paths) == 5
    assert "paths of 4 hops are in sight; narrowed to" in found.narrowed[0].sentence
    assert box.paths(BOX, OTHER_BOX, 4, EVERYTHING, 5, weighing=WEIGHING).found == CALLERS // 2 + 1


def test_many_paths_of_one_length_are_narrowed_to_the_strongest_and_told(box, monkeypatch):
    monkeypatch.setattr("lightkeeper.engine.network.graph.paths.MOST", 20)

    found = box.paths(BOX, OTHER_BOX, 2, EVERYTHING, weighing=WEIGHING)

    assert [path.keys[1] for path in found.paths[:7]] == [0, 2, 4, 6, 8, 10, 12]
    assert found.found == 20
    assert found.narrowed[0].sentence == (
        "Up to 50,000 paths of 2 hops are in sight; narrowed to 20 by the strongest ties of each "
        "side."
    )


def test_the_best_path_goes_round_a_hub(box):
    [path] = box.best_path(4, 7, EVERYTHING, weighing=WEIGHING).paths
    assert path.keys == (4, PRIVATE, 7)

    found = box.best_path(11, 13, EVERYTHING, weighing=WEIGHING)
    assert found.paths[0].keys == (11, BOX, 13)
    assert found.paths[0].bits == pytest.approx(2 * 2 + 10)
    assert found.narrowed == ()


def test_a_search_that_was_ended_says_so(tmp_path):
    people = list(range(40))
    graph = Graph.build(
        tmp_path, {"key": people, "kind": ["person"] * 40, "envelope": [0] * 40},
        {"a": people[:-1], "b": people[1:], "kind": ["met"] * 39, "envelope": [0] * 39},
    )  # fmt: skip

    whole = graph.best_path(0, 39, EVERYTHING, weighing=WEIGHING)
    ended = graph.best_path(0, 39, EVERYTHING, 10, weighing=WEIGHING)

    assert whole.paths[0].hops == 39
    assert whole.narrowed == ()
    assert ended.paths == ()
    assert "The 10 subjects and things nearest" in ended.narrowed[0].sentence


def test_long_rows_are_read_in_pieces_and_give_the_same(box, monkeypatch):
    asked = [[4], [4, 5, 9], [BOX, 17, OTHER_BOX]]
    whole = [box.neighbourhood(seeds, 3, EVERYTHING, weighing=WEIGHING).keys for seeds in asked]

    monkeypatch.setattr(rows, "BLOCK", 777)

    pieces = [box.neighbourhood(seeds, 3, EVERYTHING, weighing=WEIGHING).keys for seeds in asked]
    assert pieces == whole


def test_pieces_together_are_the_whole():
    start, count = np.array([5, 100, 50, 7]), np.array([3, 0, 11, 2])
    one, other = rows.spread(start, count)

    parts = list(cut_in(4, start, count))

    assert all(len(place) <= 4 for _, place in parts)
    assert np.concatenate([which for which, _ in parts]).tolist() == one.tolist()
    assert np.concatenate([place for _, place in parts]).tolist() == other.tolist()


def cut_in(size, start, count):
    before, rows.BLOCK = rows.BLOCK, size
    try:
        yield from rows.blocks(start, count)
    finally:
        rows.BLOCK = before


def test_a_thing_loses_a_bit_with_each_doubling_of_those_who_know_it(tmp_path):
    lost = []
    for known in (2, 3, 5, 9, 17, 1025, 2000):
        people = list(range(known))
        graph = Graph.build(
            tmp_path / str(known),
            {"key": [*people, 5000], "kind": ["person"] * known + ["hostel"],
             "envelope": [0] * known + [None]},
            {"a": people, "b": [5000] * known, "kind": ["stayed"] * known,
             "envelope": [0] * known, "day": [WEIGHING.on] * known, "grade": ["1A"] * known},
        )  # fmt: skip
        [path] = graph.paths(0, 1, 2, EVERYTHING, weighing=WEIGHING).paths
        lost.append(path.bits - 2)

    assert lost == pytest.approx([0, 1, 2, 3, 4, 10, 10])
    assert math.isfinite(sum(lost))
