"""Training with judgements, which move weights only as far as they must."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.batch import link
from lightkeeper.engine.linkage.labels import Judged, learn_from_judgements
from lightkeeper.engine.linkage.model import Comparison, Level, LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan, plan_by_name
from lightkeeper.engine.linkage.scoring import Levels, weights_of
from lightkeeper.engine.linkage.training import train, train_again
from lightkeeper.engine.synthetic.hard_cases import make_hard_cases


def comparison(name, *shares):
    levels = [Level(f"c{n}", f"level {n}", m, u) for n, (m, u) in enumerate(shares)]
    return Comparison(name, name, "missing", tuple(levels))


MODEL = LinkModel(
    plan=ComparisonPlan(()), fields=(),
    comparisons=(
        comparison("name", (0.8, 0.01), (0.15, 0.04), (0.05, 0.95)),
        comparison("town", (0.7, 0.1), (0.3, 0.9)),
    ),
    prior=0.01, join_at=-1.0, review_at=-4.0, missing_weight=-6.0, pairs_per_record=60,
)  # fmt: skip


def levels(rows):
    level = np.array(rows, np.int8).reshape(-1, 2)
    return Levels(level, np.zeros(level.shape, np.float32), np.zeros(2, np.int64))


def learnt(rows, same, **how):
    return learn_from_judgements(MODEL, levels(rows), np.array(same, bool), **how)


def weigh(model, row):
    return float(weights_of(model.comparisons, levels([row])).sum() + model.prior_weight)


def test_without_a_judgement_the_model_is_the_very_same():
    assert learnt([], []) is MODEL


@pytest.mark.parametrize(("same", "side"), [(True, 1), (False, -1)])
def test_pairs_like_one_that_was_judged_move_to_the_side_that_was_said(same, side):
    before = weigh(MODEL, (1, 0))

    after = weigh(learnt([(1, 0)] * 10, [same] * 10), (1, 0))

    assert (after - before) * side > 0.5


def test_one_mistake_moves_little_and_many_that_agree_move_much():
    start = weigh(MODEL, (0, 0))
    one, many = (start - weigh(learnt([(0, 0)] * n, [False] * n), (0, 0)) for n in (1, 100))
    assert 0 < one < 1
    assert many > 3


def test_what_was_foretold_moves_next_to_nothing():
    rows, same = [(0, 0)] * 30 + [(2, 1)] * 30, [True] * 30 + [False] * 30

    model = learnt(rows, same)

    assert weigh(model, (2, 1)) == pytest.approx(weigh(MODEL, (2, 1)), abs=0.5)
    assert weigh(model, (0, 0)) > weigh(MODEL, (0, 0)) - 0.1


def test_a_missing_value_is_no_evidence_of_its_field():
    model = learnt([(1, -1)] * 20, [True] * 20)
    assert model.comparisons[1] == MODEL.comparisons[1]
    assert model.comparisons[0] != MODEL.comparisons[0]


def test_a_looser_prior_lets_judgements_move_more():
    tight, loose = (
        weigh(learnt([(1, 0)] * 10, [False] * 10, spread_bits=s), (1, 0)) for s in (0.2, 2)
    )
    assert loose < tight < weigh(MODEL, (1, 0))


def test_the_model_says_what_it_learnt_from():
    said = learnt([(1, 0), (2, 1)], [True, False]).training["judgements"]
    assert said == {"same": 1, "different": 1, "spread_bits": 0.5}


judgements = st.lists(
    st.tuples(st.integers(-1, 2), st.integers(-1, 1), st.booleans()), min_size=1, max_size=40
)


@settings(max_examples=50, deadline=None)
@given(judgements, st.randoms(use_true_random=False))
def test_neither_their_order_changes_a_model_nor_do_levels_fall_out_of_theirs(said, random):
    rows, same = [row[:2] for row in said], [row[2] for row in said]
    shuffled = list(said)
    random.shuffle(shuffled)

    model = learnt(rows, same)

    again = learnt([row[:2] for row in shuffled], [row[2] for row in shuffled])
    assert again.version == model.version
    for one in model.comparisons:
        weights = [level.weight for level in one.levels]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < level.m <= 1 for level in one.levels)


def test_verdicts_that_do_not_fit_the_pairs_are_refused():
    with pytest.raises(ShapeError):
        learnt([(1, 0)], [True, False])
    with pytest.raises(ShapeError):
        Judged(np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(3, bool))


@pytest.fixture(scope="module")
def people():
    hard = make_hard_cases(160, seed=3)
    table = hard.table.drop_columns(["under_alias"])
    names = {"first_name": "given_name", "last_name": "family_name", "date_of_birth": "birth_date"}
    table = table.rename_columns([names.get(name, name) for name in table.column_names])
    truth = np.unique(table["true_id"].to_pylist(), return_inverse=True)[1]
    table = table.drop_columns(["true_id"])
    return table.append_column("record_id", pa.array(range(table.num_rows))), truth


def test_training_with_judgements_foretells_more_of_the_rest_and_without_any_is_as_before(people):
    table, truth = people
    plan = plan_by_name(table.column_names)
    model = train(table, plan)
    links = link(table, model)
    doubtful = np.nonzero(np.abs(links.weight) < 6)[0]
    asked, rest = doubtful[::2], doubtful[1::2]
    right = truth[links.left] == truth[links.right]
    nobody = np.empty(0, np.int64)
    judged = Judged(links.left[asked], links.right[asked], right[asked])

    taught = train(table, plan, judged=judged)

    assert train_again(table, model, Judged(nobody, nobody, nobody.astype(bool))) is model
    assert train_again(table, model, judged).version == taught.version
    after = loss(link(table, taught), links, rest, right)
    assert after < 0.97 * loss(links, links, rest, right)


def loss(links, first, rows, right):
    """Bits of surprise a pair at what is true; a pair that was let go counts as the floor."""
    place = dict(zip(zip(links.left.tolist(), links.right.tolist(), strict=True),
                     links.weight.tolist(), strict=True))  # fmt: skip
    weight = np.array(
        [place.get((int(first.left[row]), int(first.right[row])), -6.0) for row in rows]
    )
    return float(np.logaddexp2(0, np.where(right[rows], -weight, weight)).mean())
