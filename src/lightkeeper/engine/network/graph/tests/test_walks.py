"""What the graph answers is what the plain implementation answers."""

import random

import numpy as np
import pytest

from lightkeeper.engine.errors import UnknownKey
from lightkeeper.engine.network.graph.tests.arranging import (
    EVERYTHING,
    WEIGHING,
    some_graph,
    some_mask,
)

CASES = [(seed, text) for seed in range(12) for text in (False, True)]


@pytest.mark.parametrize(("seed", "text"), CASES)
def test_neighbourhoods_paths_and_best_paths_are_those_of_the_plain_implementation(
    tmp_path, seed, text
):
    dice = random.Random(seed)
    whole = some_graph(dice, text=text)
    graph, mask = whole.build(tmp_path), some_mask(dice)
    plain = whole.seen_by(mask)

    for a, b in [dice.sample(sorted(plain.nodes), 2) for _ in range(12)]:
        hops = dice.randrange(5)
        near = graph.neighbourhood([a, b], hops, mask, weighing=WEIGHING)
        far = dict(zip(near.keys, near.hops.tolist(), strict=True))
        assert far == plain.near([a, b], hops)
        assert list(far) == sorted(far, key=lambda key: (far[key], key))
        assert near.narrowed == ()

        found = graph.paths(a, b, hops or 4, mask, 10_000, weighing=WEIGHING)
        paths = plain.paths(a, b, hops or 4)
        assert {p.keys: pytest.approx(p.bits) for p in found.paths} == paths
        assert found.found == len(paths)

        best = graph.best_path(a, b, mask, weighing=WEIGHING)
        bits = plain.best(a, b)
        if np.isinf(bits):
            assert best.paths == ()
        else:
            [path] = best.paths
            assert path.bits == pytest.approx(bits)
            said = graph.explain(path, mask, weighing=WEIGHING)
            assert said.bits == pytest.approx(path.bits)
    assert graph.subjects(sorted(plain.nodes), mask) == [
        plain.units()[key] for key in sorted(plain.nodes)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_hidden_is_as_unknown_as_what_is_not_there(tmp_path, seed):
    dice = random.Random(seed)
    whole = some_graph(dice, edges=25)
    graph, mask = whole.build(tmp_path), np.array([True, False, True, False])
    plain = whole.seen_by(mask)
    hidden = [key for key in whole.nodes if key not in plain.nodes]
    assert hidden
    assert graph.neighbourhood(sorted(plain.nodes), 0, mask, weighing=WEIGHING).keys

    for key in [*hidden, 5_000]:
        with pytest.raises(UnknownKey) as caught:
            graph.neighbourhood([key], 1, mask, weighing=WEIGHING)
        assert str(caught.value) == f"There is no {key!r}, or it is not shared with you."
    assert graph.neighbourhood([next(iter(plain.nodes))], 0, EVERYTHING, weighing=WEIGHING).keys
