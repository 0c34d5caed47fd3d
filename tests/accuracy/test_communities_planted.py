"""Groups that were planted are found better than by modularity, and keep their identity."""

from datetime import date

import numpy as np
import pytest

from bench.communities import found, planted
from lightkeeper.engine.accuracy.partitions import normalised_mutual_information
from lightkeeper.engine.network.communities import communities, groups_of, updated
from lightkeeper.engine.network.lineages import Lineages, follow
from lightkeeper.engine.network.ties import ties_of


@pytest.fixture(scope="module")
def network():
    return planted(20_000)


def test_planted_groups_are_found_better_than_by_modularity(network):
    ties, truth = network
    agreement = {
        way: normalised_mutual_information(truth, found(ties, way))
        for way in ("cpm .02", "cpm .05", "modularity")
    }

    assert agreement["cpm .02"] > 0.9
    assert agreement["cpm .05"] > 0.88
    assert agreement["modularity"] < 0.82


def test_a_day_of_new_ties_is_told_in_few_events(network):
    ties, _ = network
    labels = communities(ties)
    rng = np.random.default_rng(5)
    one, two = rng.integers(0, ties.people, (2, 200))
    after = ties_of(
        ties.names,
        np.concatenate([ties.one, one]),
        np.concatenate([ties.two, two]),
        np.concatenate([ties.weight, np.ones(200)]),
    )
    touched = np.zeros(ties.people, bool)
    touched[np.concatenate([one, two])] = True

    def events(later):
        days = [[map(str, group.tolist()) for group in groups_of(day)] for day in (labels, later)]
        known, _ = follow(Lineages(), days[0], date(2026, 11, 1))
        return len(follow(known, days[1], date(2026, 11, 2))[1])

    assert events(updated(after, labels, touched)) < 100
    assert events(communities(after)) > 500
