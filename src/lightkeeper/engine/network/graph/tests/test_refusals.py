"""What cannot be a graph, or a question to one, is refused and named."""

import math

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.errors import ConflictError, ShapeError, UnknownKey
from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.tests.arranging import EVERYTHING, WEIGHING
from lightkeeper.engine.network.graph.weighing import Weighing

NODES = {"key": [1, 2, 3], "kind": ["person", "person", "phone"], "envelope": [0, 1, None]}
EDGES = {"a": [1, 2], "b": [3, 3], "kind": ["uses", "uses"], "envelope": [0, 1]}


def edges(**columns) -> dict:
    return EDGES | columns


REFUSED = [
    (NODES, edges(a=[1, 9]), ShapeError, "Row 2 of the edges names 9, which is no node"),
    (NODES, edges(a=[1, 3]), ShapeError, "Row 2 of the edges ties 3 to itself"),
    (NODES, edges(a=[1, 1], envelope=[0, 0]), ConflictError, "1 edges come twice .* 'uses'"),
    (NODES, edges(a=[1, 3], b=[3, 1], envelope=[0, 0]), ConflictError, "1 edges come twice"),
    (NODES, edges(weight=[1.0, math.nan]), ShapeError, "Row 2 of the edges has the weight nan"),
    (NODES, edges(weight=[0.0, 1.0]), ShapeError, "Row 1 of the edges has the weight 0.0"),
    (NODES, edges(weight=[1.0, 1.5]), ShapeError, "Row 2 of the edges has the weight 1.5"),
    (NODES, edges(weight=["1", "x"]), ShapeError, "Column weight is not of numbers"),
    (NODES, edges(envelope=[0, None]), ShapeError, "An edge has no envelope"),
    (NODES, edges(envelope=[0, -1]), ShapeError, "Row 2 of the edges has the envelope -1"),
    (NODES, edges(envelope=[0, 2**40]), ShapeError, "Row 2 of the edges has the envelope"),
    (NODES, edges(day=[2**40, 0]), ShapeError, "Row 1 of the edges has the day"),
    (NODES, edges(day=["a", "b"]), ShapeError, "Column day of the edges holds string"),
    (NODES, edges(kind=["uses", "same as"]), ShapeError, "A thing is the same as another by its"),
    (NODES, edges(a=["1", "2"]), ShapeError, "Keys are whole numbers or texts"),
    (NODES, edges(a=[1, None]), ShapeError, "Column a of the edges has an empty place"),
    (NODES, edges(a=[1.5, 2.5]), ShapeError, "Column a of the edges holds double"),
    (NODES, edges(colour=["red", "red"]), ShapeError, "The edges have a column colour"),
    (NODES, {"a": [1], "b": [2], "kind": ["met"]}, ShapeError, "have no column envelope"),
    (NODES, edges(a=[1]), ShapeError, "The columns of the edges do not fit one table"),
    (NODES | {"key": [1, 2, 2]}, EDGES, ConflictError, "Two nodes have the key 2"),
    (NODES | {"key": [1, 2, 2**63]}, EDGES, ShapeError, "The columns of the nodes do not fit"),
    (NODES | {"envelope": [-3, 1, None]}, EDGES, ShapeError, "Row 1 of the nodes has the envel"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "ties", "error", "text"), REFUSED)
def test_what_cannot_be_is_refused_and_named(tmp_path, nodes, ties, error, text):
    with pytest.raises(error, match=text):
        Graph.build(tmp_path / "graph", nodes, ties)


@pytest.fixture
def graph(tmp_path):
    return Graph.build(tmp_path / "graph", NODES, EDGES)


def test_an_edge_that_is_there_is_not_added_again(graph):
    with pytest.raises(ConflictError, match="The edge 'uses' of 1 and 3 is there already"):
        graph.update(edges={"a": [3], "b": [1], "kind": ["uses"], "envelope": [0]})
    with pytest.raises(ConflictError, match="The edge 'met' of 1 and 2 is there already"):
        graph.update(edges={"a": [2, 1], "b": [1, 2], "kind": ["met"] * 2, "envelope": [0, 0]})
    graph.update(edges={"a": [3], "b": [1], "kind": ["uses"], "envelope": [1]})
    assert len(graph) == 3


def test_a_record_does_not_become_a_thing(graph):
    with pytest.raises(ShapeError, match="Node 1 is a record"):
        graph.update(nodes={"key": [1], "kind": ["phone"], "envelope": pa.array([None], "int64")})


@pytest.mark.parametrize("marks", [{"key": [9], "envelope": [0]}, {"key": [1], "envelope": [None]}])
def test_a_mark_of_nothing_or_of_nobody_is_refused(graph, tmp_path, marks):
    with pytest.raises(ShapeError, match=r"There is no node 9 to mark|A mark has no envelope"):
        graph.update(marks=marks)
    with pytest.raises(ShapeError, match=r"There is no node 9 to mark|A mark has no envelope"):
        Graph.build(tmp_path / "new", NODES, EDGES, marks)


@pytest.mark.parametrize(("mask", "text"), [
    (np.array([1, 0]), "A mask is"), (np.ones((2, 2), bool), "A mask is"),
])  # fmt: skip
def test_a_mask_of_another_shape_is_refused(graph, mask, text):
    with pytest.raises(ShapeError, match=text):
        graph.neighbourhood([1], 1, mask, weighing=WEIGHING)


def test_questions_that_make_no_sense_are_refused(graph):
    with pytest.raises(ShapeError, match="hops is at least 0 and limit at least 1"):
        graph.neighbourhood([1], -1, EVERYTHING, weighing=WEIGHING)
    for hops, limit in ((0, 5), (5, 5), (2, 0)):
        with pytest.raises(ShapeError, match="hops is 1 to 4 and limit at least 1"):
            graph.paths(1, 2, hops, EVERYTHING, limit, weighing=WEIGHING)
    with pytest.raises(ShapeError, match="limit is at least 1"):
        graph.best_path(1, 2, EVERYTHING, 0, weighing=WEIGHING)
    with pytest.raises(ShapeError, match="The keys of this graph are whole numbers"):
        graph.paths("one", "two", 2, EVERYTHING, weighing=WEIGHING)
    with pytest.raises(ShapeError, match="The keys are not of one kind"):
        graph.neighbourhood([1, "two"], 2, EVERYTHING, weighing=WEIGHING)


@pytest.mark.parametrize("ask", [
    lambda graph, key: graph.paths(1, key, 2, EVERYTHING, weighing=WEIGHING),
    lambda graph, key: graph.best_path(key, 1, EVERYTHING, weighing=WEIGHING),
    lambda graph, key: graph.subjects([1, key], EVERYTHING),
])  # fmt: skip
def test_an_unknown_key_is_named_wherever_it_is_asked_for(graph, ask):
    with pytest.raises(UnknownKey, match="There is no 77, or it is not shared with you"):
        ask(graph, 77)


@pytest.mark.parametrize("wrong", [
    {"reliability": {"1A": 0.0}}, {"reliability": {"1A": math.nan}}, {"ungraded": 1.5},
    {"floor": 0.0}, {"half_life_days": 0.0},
])  # fmt: skip
def test_a_weighing_that_is_no_share_is_refused(wrong):
    with pytest.raises(ShapeError, match="above 0"):
        Weighing(20_000, **wrong)


@pytest.mark.parametrize("key", ["int64", "string"])
def test_an_empty_graph_opens_and_grows(tmp_path, key):
    none = {"key": pa.array([], key), "kind": pa.array([], "string"),
            "envelope": pa.array([], "int32")}  # fmt: skip
    ends = {"a": pa.array([], key), "b": pa.array([], key), "kind": none["kind"],
            "envelope": none["envelope"]}  # fmt: skip
    graph = Graph.build(tmp_path, none, ends)
    assert len(graph) == 0
    assert graph.in_sight(EVERYTHING, weighing=WEIGHING).keys == []
    names = [1, 2] if key == "int64" else ["one", "two"]
    with pytest.raises(UnknownKey):
        graph.neighbourhood(names, 1, EVERYTHING, weighing=WEIGHING)

    graph.update(
        nodes={"key": names, "kind": ["person"] * 2, "envelope": [0, 0]},
        edges={"a": names[:1], "b": names[1:], "kind": ["met"], "envelope": [0]},
    )

    for one in (graph, Graph.open(tmp_path)):
        found = one.neighbourhood(names[:1], 1, EVERYTHING, weighing=WEIGHING)
        assert found.keys == names
    graph.compact()
    assert graph.subjects(names, EVERYTHING) == names
