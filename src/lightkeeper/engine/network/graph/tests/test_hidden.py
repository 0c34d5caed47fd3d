"""What is hidden reads like what is missing: in answers, counts, order, weights and words."""

import random

import numpy as np
import pytest

from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.tests.arranging import (
    EVERYTHING,
    WEIGHING,
    Plain,
    some_graph,
    some_mask,
)


def all_answers(graph: Graph, mask, keys: list, limit: int) -> list:
    """Everything that a viewer can be told, as it would be shown."""
    told = [graph.subjects(keys, mask)]
    for key in keys[:4]:
        near = graph.neighbourhood([key], 3, mask, limit, weighing=WEIGHING)
        told.append((near.keys, near.hops.tolist(), near.narrowed))
        for other in keys[-4:]:
            paths = graph.paths(key, other, 4, mask, limit, weighing=WEIGHING)
            best = graph.best_path(key, other, mask, weighing=WEIGHING)
            told += [paths, best]
            told += [
                graph.explain(path, mask, weighing=WEIGHING)
                for path in paths.paths[:3] + best.paths
            ]
    for seen in (
        graph.in_sight(mask, weighing=WEIGHING),
        graph.among(keys, mask, weighing=WEIGHING),
    ):
        told.append([seen.keys, seen.is_thing.tolist(), seen.one.tolist(), seen.two.tolist()])
        told.append(seen.bits.tolist())
    return told


@pytest.mark.parametrize("seed", range(10))
def test_a_masked_graph_answers_like_one_without_what_is_hidden(tmp_path, seed):
    dice = random.Random(seed)
    whole, mask = some_graph(dice, nodes=30, edges=70, text=seed % 2 == 0), some_mask(dice)
    plain = whole.seen_by(mask)
    keys = dice.sample(sorted(plain.nodes), min(8, len(plain.nodes)))
    limit = dice.choice([3, 1000])

    masked, without = whole.build(tmp_path / "whole"), plain.build(tmp_path / "plain")

    assert all_answers(masked, mask, keys, limit) == all_answers(without, EVERYTHING, keys, limit)


@pytest.mark.parametrize("seed", range(4))
def test_narrowing_does_not_tell_either(tmp_path, seed, monkeypatch):
    """The bounds are made so small that everything is narrowed."""
    from lightkeeper.engine.network.graph import nearby, paths, sight

    monkeypatch.setattr(nearby, "WIDEST", 2)
    monkeypatch.setattr(paths, "MOST", 3)
    monkeypatch.setattr(sight, "MANY", 3)
    test_a_masked_graph_answers_like_one_without_what_is_hidden(tmp_path, seed)


def phone(users: int, hidden: int) -> Plain:
    """Records 1 to `users` use phone 900, as many more in a hidden envelope as `hidden`."""
    plain = Plain({900: ("phone", None)})
    for key in range(1, users + hidden + 1):
        envelope = 0 if key <= users else 1
        plain.nodes[key] = ("person", envelope)
        plain.edges[key, 900, "uses", envelope] = (1.0, None, "1A")
    return plain


def test_users_of_a_phone_who_are_hidden_do_not_make_it_common(tmp_path):
    few, many = phone(3, 0), phone(3, 500)
    mask = np.array([True, False])

    said = [
        graph.explain(graph.paths(1, 2, 2, mask, weighing=WEIGHING).paths[0], mask,
                      weighing=WEIGHING)
        for graph in (few.build(tmp_path / "few"), many.build(tmp_path / "many"))
    ]  # fmt: skip

    assert said[0] == said[1]
    passing = said[0].hops[0].passing
    assert passing.bits == 1.0
    assert passing.sentence == "phone 900 is known to 3 subjects and things in sight."


def test_a_link_that_is_hidden_joins_nobody(tmp_path):
    plain = Plain({key: ("person", 0) for key in (1, 2, 3)})
    plain.edges[1, 2, "met", 0] = (1.0, None, "")
    plain.edges[2, 3, "same as", 1] = (1.0, None, "")
    graph = plain.build(tmp_path)

    for mask, near, subject in (([True, True], [1, 2, 3], 2), ([True, False], [1, 2], 3)):
        mask = np.array(mask)
        found = graph.neighbourhood([1], 1, mask, weighing=WEIGHING)
        assert found.keys == near
        assert graph.subjects([3], mask) == [subject]


def test_a_mark_that_is_hidden_weighs_nothing(tmp_path):
    plain = phone(3, 0)
    plain.marks = {(900, 1)}
    graph = plain.build(tmp_path)

    bits = [
        graph.paths(1, 2, 2, np.array(mask), weighing=WEIGHING).paths[0].bits
        for mask in ([True, False], [True, True])
    ]

    assert bits[1] - bits[0] == pytest.approx(9.0)


def test_an_envelope_that_the_mask_says_nothing_of_is_hidden(tmp_path):
    graph = phone(3, 2).build(tmp_path)

    assert graph.neighbourhood([900], 1, np.array([True]), weighing=WEIGHING).keys == [900, 1, 2, 3]
