"""Those who come first in a small made-up nation are oftener those who harm than by plain ways."""

import numpy as np
import pytest

from bench.priority import Nation, ndcg, people, plain_ways
from lightkeeper.engine.synthetic.nation import write_nation


@pytest.fixture(scope="module")
def nation(tmp_path_factory) -> Nation:
    folder = tmp_path_factory.mktemp("nation") / "small"
    write_nation(60_000, 5, folder)
    return Nation(folder)


def test_ours_beats_degree_recency_report_count_and_pagerank(nation: Nation) -> None:
    ways, said = plain_ways(nation), nation.said()
    found = people(nation, ways, said, nation.said(told=True))
    ours = found["ours"]["said"]
    for way in ("degree", "recency", "report count", "PageRank"):
        assert ours > max(found[way].values())


def test_the_figure_is_one_for_the_best_order_and_shares_a_tie() -> None:
    gains = {"a": 3, "b": 1, "c": 0}
    assert ndcg({"a": 3, "b": 2, "c": 1}, gains) == 1
    assert ndcg({}, gains) == 0
    tied = (3 + 1) / 2 * (1 + 1 / np.log2(3)) / (3 + 1 / np.log2(3))
    assert ndcg({"a": 1, "b": 1}, gains) == pytest.approx(tied)
    assert ndcg({"c": 1, "a": 0}, gains, places=1) == 0


def test_no_child_is_on_any_list(nation: Nation) -> None:
    assert not nation.children & nation.said().keys()
    assert all(not nation.children & way.keys() for way in plain_ways(nation).values())
