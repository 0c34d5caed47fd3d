"""Links of a few records, made by hand, and ties to lay upon them."""

from functools import cache

import numpy as np

from lightkeeper.engine.linkage.batch import Links, Weighed
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.households import LIKE_STRANGERS, _begin, _shares, other_bits
from lightkeeper.engine.linkage.model import Homes, LinkModel, Other
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.sizes import up_to
from lightkeeper.engine.linkage.tie_weights import TieWeight, TieWeights
from lightkeeper.engine.linkage.ties import NONE, Ties

FIELDS = (
    Field("given", Kind.GIVEN_NAME), Field("family", Kind.FAMILY_NAME),
    Field("born", Kind.BIRTH_DATE), Field("phone", Kind.PHONE), Field("address", Kind.ADDRESS),
)  # fmt: skip
KINDS = ("associate", "journey", "phone")
SAME, DIFFERS = 0, -1
# So many of each sort for one pair of one person, as EM found them on made-up households.
ODDS = {"other name": 0.01, "home": 0.5, "twins": 0.02, "parent and child": 0.01}
NAMESAKES = {"given": SAME, "family": SAME}


@cache
def a_model(homes=True):
    comparisons, of = compare_fields(FIELDS), [field.kind for field in FIELDS]
    found = _begin(comparisons, of, 1000.0)
    others = tuple(
        Other(sort, ODDS[sort], tuple(
            None if one is None else tuple(np.maximum(one, 1e-3).tolist())
            for one in _shares(sort, comparisons, of, found)))
        for sort in LIKE_STRANGERS
    )  # fmt: skip
    return LinkModel(ComparisonPlan(()), FIELDS, comparisons, 1e-5, -1.0, -4.0, -6.0, 60,
                     homes=Homes(others) if homes else None)  # fmt: skip


def links_of(records, pairs, model=None):
    """`pairs`: for each pair what its fields say: SAME, DIFFERS or a level; the rest is missing."""
    model = model or a_model()
    ends = sorted(pairs)
    levels = np.full((len(ends), len(FIELDS)), -1, np.int8)
    for row, pair in enumerate(ends):
        for c, field in enumerate(FIELDS):
            level = pairs[pair].get(field.name)
            if level is not None:
                levels[row, c] = level % len(model.comparisons[c].levels)
    weights = np.array([
        [c.levels[level].weight if level >= 0 else 0.0
         for c, level in zip(model.comparisons, row, strict=True)]
        for row in levels.tolist()
    ]).reshape(len(ends), len(FIELDS))  # fmt: skip
    gained, lost, one_home = other_bits(model, levels, weights)
    both = np.array(ends, np.int64).reshape(-1, 2)
    weight = model.prior_weight + weights.sum(axis=1) + gained + lost
    left, right = both[:, 0], both[:, 1]
    weighed = Weighed(left, right, weight, levels, weights, gained, lost, one_home, len(ends))
    return Links(
        model, np.arange(records), left, right, np.arange(len(ends), dtype=np.int32), weighed,
        up_to(40), 1280, 0,
    )  # fmt: skip


def ties_of(*said):
    """Each (record, kind, "other" record as a number or key as a text), perhaps with a source."""
    keys = {
        key: at
        for at, key in enumerate(sorted({(t[1], t[2]) for t in said if isinstance(t[2], str)}))
    }
    rows = [
        (t[0], KINDS.index(t[1]), NONE if isinstance(t[2], str) else t[2],
         keys[t[1], t[2]] if isinstance(t[2], str) else NONE, t[3] if len(t) > 3 else NONE)
        for t in said
    ]  # fmt: skip
    return Ties(KINDS, *np.array(rows, np.int64).reshape(-1, 5).T)


def some_weights(one=4.0, several=5.0, known=4.0):
    u = (0.9, 0.01, 0.001)
    m = (0.5, u[1] * 2**one, u[2] * 2**several)
    return TieWeights(KINDS, tuple(TieWeight(kind, m, u, 0.001, known, 100) for kind in KINDS))


def clustering(links):
    """As `lightkeeper link` does it."""
    apart = links.one_home

    def cluster(weight):
        return resolve(
            len(links.record_ids), links.left, links.right, weight,
            held=zip(links.left[apart].tolist(), links.right[apart].tolist(), strict=True),
            join_at=links.model.join_at, reach_at=links.model.join_at,
            missing_weight=links.model.missing_weight,
        )  # fmt: skip

    return cluster
