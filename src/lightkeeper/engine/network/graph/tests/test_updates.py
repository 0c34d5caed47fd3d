"""A graph that was added to and taken from is the graph that would be built new."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from lightkeeper.engine.network.graph import nearby, paths, writing
from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.tests.arranging import (
    EVERYTHING,
    WEIGHING,
    Plain,
    edge_columns,
    mark_columns,
    node_columns,
    some_edge,
    some_graph,
    some_mask,
    some_node,
)
from lightkeeper.engine.network.graph.tests.test_hidden import all_answers
from lightkeeper.engine.network.graph.writing import Updated


def change(dice: random.Random, plain: Plain, graph: Graph, text: bool) -> None:
    """One random change of both: things and records come, go, come again, and change labels."""
    kind = dice.choice(["add", "add", "add", "edges out", "nodes out", "relabel", "marks", "weigh"])
    before, known = set(plain.edges), set(plain.nodes)
    if kind == "add":
        for number in dice.sample(range(-5, 25), 3):
            if (key := f"n{number}" if text else number) not in known:
                some_node(dice, plain, key)
        for _ in range(6):
            some_edge(dice, plain)
        new = {key: said for key, said in plain.nodes.items() if key not in known}
        # Phones come again with every report that names them.
        again = {key: plain.nodes[key] for key in dice.sample(sorted(known), 2)}
        edges = {edge: said for edge, said in plain.edges.items() if edge not in before}
        done = graph.update(nodes=node_columns(new | again), edges=edge_columns(edges))
        assert done == Updated(len(new), len(edges))
    elif kind in ("edges out", "weigh") and len(before) >= 3:
        some = {edge: plain.edges.pop(edge) for edge in dice.sample(sorted(before), 3)}
        if kind == "edges out":
            gone = edge_columns(some)
            assert graph.update(without_edges=gone) == Updated(edges_out=3)
            assert graph.update(without_edges=gone) == Updated()
        else:
            plain.edges |= {edge: (0.25, 19_000, "2C") for edge in some}
            new = {edge: plain.edges[edge] for edge in some}
            graph.update(without_edges=edge_columns(some), edges=edge_columns(new))
    elif kind == "nodes out" and len(known) > 8:
        keys = set(dice.sample(sorted(known), 2))
        for key in keys:
            del plain.nodes[key]
        plain.edges = {e: v for e, v in plain.edges.items() if not keys & set(e[:2])}
        plain.marks = {mark for mark in plain.marks if mark[0] not in keys}
        done = graph.update(without_nodes=sorted(keys))
        assert done == Updated(nodes_out=2, edges_out=len(before) - len(plain.edges))
    elif kind == "relabel":
        records = [key for key in sorted(known) if plain.nodes[key][1] is not None]
        for key in dice.sample(records, min(3, len(records))):
            plain.nodes[key] = ("officer", dice.randrange(4))
        graph.update(nodes=node_columns({key: plain.nodes[key] for key in records}))
    elif kind == "marks":
        old = plain.marks
        plain.marks = {(dice.choice(sorted(known)), dice.randrange(4)) for _ in range(2)}
        graph.update(marks=mark_columns(plain.marks), without_marks=mark_columns(old))


@pytest.mark.parametrize("seed", range(8))
def test_in_any_order_of_adding_and_taking_out_it_answers_as_if_built_new(
    tmp_path, seed, monkeypatch
):
    dice, text = random.Random(seed), seed % 2 == 0
    monkeypatch.setattr(writing, "MOST_FILES", 3)
    if seed > 3:  # What is narrowed does not depend on what came when.
        monkeypatch.setattr(nearby, "WIDEST", 2)
        monkeypatch.setattr(paths, "MOST", 3)
    plain = some_graph(dice, nodes=14, edges=20, text=text, keys=range(-5, 25))
    plain = plain.seen_by(EVERYTHING)
    graph = plain.build(tmp_path / "graph")

    for turn in range(24):
        change(dice, plain, graph, text)
        if turn % 8 == 5:
            mask = some_mask(dice)
            keys = sorted(plain.seen_by(mask).nodes)[:5]
            new = plain.build(tmp_path / f"new {turn}")
            expected = all_answers(new, mask, keys, 50)
            for one in (graph, Graph.open(graph.path)):
                assert all_answers(one, mask, keys, 50) == expected
            assert len(graph) == len(plain.edges)
        if dice.random() < 0.1:
            graph.compact()
            plain = plain.seen_by(EVERYTHING)
            assert graph.added == 0
    assert len(list(graph.path.iterdir())) <= 2 + 1 + 4

    graph.compact()
    new = plain.build(tmp_path / "new")
    [one], [other] = (list(each.path.glob("base-*")) for each in (graph, new))
    assert one.read_bytes() == other.read_bytes()


def test_a_thing_that_nothing_is_tied_to_leaves_the_disk(tmp_path):
    plain = Plain({"Ada": ("person", 0), "07700 900123": ("phone", None)})
    plain.edges["07700 900123", "Ada", "uses", 0] = (1.0, None, "")
    graph = plain.build(tmp_path)
    assert any(b"900123" in path.read_bytes() for path in tmp_path.iterdir())

    graph.update(without_nodes=["Ada"])
    graph.compact()

    assert not any(b"900123" in path.read_bytes() for path in tmp_path.iterdir())


def test_threads_ask_one_graph_at_once_and_are_told_the_same(tmp_path):
    plain = some_graph(random.Random(5), nodes=30, edges=90)
    graph, masks = plain.build(tmp_path), [some_mask(random.Random(seed)) for seed in range(4)]
    asked = [(mask, sorted(plain.seen_by(mask).nodes)[:4]) for mask in masks]
    alone = [all_answers(graph, mask, keys, 20) for mask, keys in asked]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda one: all_answers(graph, *one, 20), asked * 2))

    assert together == alone * 2


def test_readers_find_whole_states_while_a_writer_writes_and_compacts(tmp_path):
    people = {key: ("person", 0) for key in range(6)}
    writer = Plain(people, {(0, 1, "met", 0): (1.0, None, "")}).build(tmp_path)
    both = edge_columns({(0, key, "met", 0): (1.0, None, "") for key in (4, 5)})
    done, errors, seen = threading.Event(), [], set()

    def read() -> None:
        mine = Graph.open(tmp_path)
        while not done.is_set():
            try:
                mine.refresh()
                # Two ties come and go together: never one of them.
                near = mine.neighbourhood([0], 1, EVERYTHING, weighing=WEIGHING)
                seen.add(len({4, 5} & set(near.keys)))
            except Exception as error:
                errors.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(12):
        writer.update(edges=both)
        writer.compact()
        writer.update(without_edges=both)
    done.set()
    reader.join()

    assert errors == []
    assert seen <= {0, 2}


def test_a_reader_sees_one_state_until_it_asks_again(tmp_path):
    plain = Plain({1: ("person", 0), 2: ("person", 0)})
    plain.edges[1, 2, "met", 0] = (1.0, None, "")
    writer = plain.build(tmp_path)
    reader = Graph.open(tmp_path)

    writer.update(nodes=node_columns({3: ("person", 0)}))
    writer.update(edges=edge_columns({(2, 3, "met", 0): (1.0, None, "")}))
    writer.compact()
    seen = [reader.neighbourhood([1], 2, EVERYTHING, weighing=WEIGHING).keys]
    assert reader.refresh()
    seen.append(reader.neighbourhood([1], 2, EVERYTHING, weighing=WEIGHING).keys)

    assert seen == [[1, 2], [1, 2, 3]]
    assert not reader.refresh()


def test_of_ways_as_good_the_first_keys_are_told_whenever_they_came(tmp_path):
    """Eight ways of six hops from 0 to 99, by three pairs, the lower key of each the later."""
    late = {10: 20, 30: 40, 50: 60}
    people = {key: ("person", 0) for key in (0, 25, 45, 99, *late, *late.values())}

    def ways(keys) -> dict:
        ends = [(0, 25), (25, 45), (45, 99)]
        pairs = [(end, key) for key, both in zip(keys, ends, strict=True) for end in both]
        return {(min(pair), max(pair), "met", 0): (1.0, None, "") for pair in pairs}

    graph = Plain({k: v for k, v in people.items() if k not in late}, ways(late.values()))
    graph = graph.build(tmp_path)
    graph.update(
        nodes=node_columns({key: people[key] for key in late}), edges=edge_columns(ways(late))
    )

    [path] = graph.best_path(0, 99, EVERYTHING, weighing=WEIGHING).paths
    assert path.keys == (0, 10, 25, 30, 45, 50, 99)
    graph.compact()
    assert graph.best_path(0, 99, EVERYTHING, weighing=WEIGHING).paths == (path,)


def test_of_ties_as_strong_those_of_the_first_keys_are_followed_whenever_they_came(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(nearby, "WIDEST", 3)

    def hub(keys) -> Plain:
        ties = {(0, key, "met", 0): (1.0, None, "") for key in keys}
        return Plain({key: ("person", 0) for key in (0, *keys)}, ties)

    graph, late = hub([5, 6, 7, 8]).build(tmp_path), hub([1, 9, 2])
    graph.update(nodes=node_columns(late.nodes), edges=edge_columns(late.edges))

    found = [graph.neighbourhood([0], 1, EVERYTHING, weighing=WEIGHING).keys]
    found.append(graph.neighbourhood([0], 1, EVERYTHING, 2, weighing=WEIGHING).keys)

    assert found == [[0, 1, 2, 5], [0, 1]]
