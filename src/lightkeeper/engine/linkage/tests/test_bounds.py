"""Comparing in stages lets nothing go that would be kept, and changes no weight."""

import itertools
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.linkage.batch import link, train_and_link
from lightkeeper.engine.linkage.bounds import Bounds, most, stages_of
from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.linkage.scoring import Comparer, Levels, join_levels, weights_of
from lightkeeper.engine.synthetic.hard_cases import make_hard_cases

KNOWN = 5000


def in_lists(table):
    """Every value a list, each eleventh with one of another's beside it."""
    rows = table.num_rows
    columns = {}
    for name in table.column_names:
        values = table[name].to_pylist()
        others = [values[(n * 31 + 7) % rows] if n % 11 == 0 else None for n in range(rows)]
        columns[name] = [
            [one for one in (value, other) if one] or None
            for value, other in zip(values, others, strict=True)
        ]
    return pa.table(columns)


@pytest.fixture(scope="module", params=["single", "lists"])
def linked(request):
    hard = make_hard_cases(700, seed=11)
    plan = propose(hard.table.drop_columns(["under_alias"]), truth="true_id")
    table = hard.table.drop_columns(["under_alias", "true_id"])
    table = in_lists(table) if request.param == "lists" else table
    return table, train_and_link(table, plan)


def wholly(table, model):
    """Every candidate pair of records with all its levels, and its weight."""
    loaded = load(table, model.plan, model.fields)
    found = loaded.together(model.pairs_per_record)
    sources = (found.blocks, found.sayings.repeated())
    pairs = [source.pairs(part) for source in sources for part in source.parts()]
    spread = [found.sayings.spread(*pair)[1:] for pair in pairs]
    left, right = (np.concatenate(side) for side in zip(*spread, strict=True))
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    levels = join_levels(Comparer(loaded.coded, model.comparisons).chunks(left, right))
    return left, right, levels, weigh(model, levels)


def weigh(model, levels):
    bits = weights_of(model.comparisons, levels)
    gained, lost, _ = other_bits(model, levels.level, bits)
    return bits.sum(axis=1) + model.prior_weight + gained + lost


def test_what_is_kept_is_what_comparing_everything_keeps(linked):
    table, links = linked
    left, right, levels, weight = wholly(table, links.model)
    kept = weight > links.model.missing_weight

    assert links.model.homes is not None
    assert 0 < kept.sum() < len(kept) / 4
    assert np.array_equal(links.left, left[kept])
    assert np.array_equal(links.right, right[kept])
    assert np.array_equal(links.levels, levels.level[kept])
    assert links.weight == pytest.approx(weight[kept])


def test_many_pairs_do_not_come_to_the_last_stage(linked, monkeypatch):
    """Or the stages would be work for nothing. These people are made to be alike."""
    table, links = linked
    real, met = Bounds.survivors, []

    def counting(self, left, right):
        found = real(self, left, right)
        met.append((len(found.rows), len(left)))
        return found

    monkeypatch.setattr(Bounds, "survivors", counting)
    again = link(table, links.model)

    assert np.array_equal(again.weight, links.weight)
    assert sum(at_last for at_last, _ in met) < 0.6 * sum(count for _, count in met)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_pair_weighs_no_more_than_the_bound_at_any_stage(some_model, data):
    """Of whatever weights, levels and shares."""
    model, rows = some_model, 30
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    comparisons = tuple(
        replace(c, levels=tuple(
            replace(level, m=float(random.uniform(1e-4, 0.9)), u=float(random.uniform(1e-4, 0.9)))
            for level in c.levels))
        for c in model.comparisons
    )  # fmt: skip
    model = replace(model, comparisons=comparisons)
    counts = [len(c.levels) for c in comparisons]
    level = np.column_stack([random.integers(-1, n, rows) for n in counts]).astype(np.int8)
    share = np.where(level == 0, random.uniform(1 / KNOWN, 0.1, level.shape), 0)
    share[:, [not c.levels[0].by_frequency for c in comparisons]] = 0
    full = Levels(level, share.astype(np.float32), np.full(len(counts), KNOWN))
    true = weigh(model, full)

    for stage in stages_of(model):
        seen = level.copy()
        for c in set(range(len(counts))) - stage:
            seen[:, c] = np.minimum(seen[:, c], 1)
        bound = most(model, Levels(seen, full.share, full.known), stage)
        assert (bound >= true - 1e-6).all()


@pytest.fixture(scope="module")
def some_model():
    hard = make_hard_cases(300, seed=3)
    plan = propose(hard.table.drop_columns(["under_alias"]), truth="true_id")
    return train_and_link(hard.table.drop_columns(["under_alias", "true_id"]), plan).model


def test_what_tells_strangers_apart_is_compared_first_and_what_is_costly_last(some_model):
    kinds = {f.name: f.kind for f in some_model.fields}
    names = (Kind.GIVEN_NAME, Kind.FAMILY_NAME)

    def steps(model):
        of = [kinds[c.column] for c in model.comparisons]
        stages = stages_of(model)
        assert stages[-1] == frozenset(range(len(of)))
        before = [frozenset(), *stages]
        return [{of[c] for c in now - was} for was, now in itertools.pairwise(before)]

    assert steps(some_model)[0] == set(names)
    assert steps(some_model)[-1] == {Kind.ADDRESS}
    assert all(steps(some_model))
    others = [c for c in some_model.comparisons if kinds[c.column] not in names]
    assert steps(replace(some_model, comparisons=tuple(others)))[0] == {Kind.BIRTH_DATE}
    assert stages_of(replace(some_model, comparisons=())) == [frozenset()]
