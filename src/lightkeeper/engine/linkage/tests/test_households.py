"""People of one home stay apart, one person under two names comes together."""

import json
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.accuracy.clusters import score_pairs
from lightkeeper.engine.linkage.batch import Links, link, train_and_link
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.explain import HOME, explain
from lightkeeper.engine.linkage.kin import held
from lightkeeper.engine.linkage.model import load_model
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.synthetic.hard_cases import HardCases, make_hard_cases


@pytest.fixture(scope="module")
def hard() -> HardCases:
    return make_hard_cases(900, seed=5)


@pytest.fixture(scope="module")
def links(hard: HardCases) -> Links:
    table = hard.table.drop_columns(["under_alias"])
    numbered = table.append_column("record_id", pa.array(range(table.num_rows)))
    return train_and_link(numbered, propose(table, truth="true_id"))


def subjects(hard: HardCases, links: Links) -> dict[int, set[int]]:
    """The subjects in which each true person is."""
    apart = links.one_home
    labels = resolve(
        hard.table.num_rows, links.left, links.right, links.weight,
        held=zip(links.left[apart].tolist(), links.right[apart].tolist(), strict=True),
        join_at=links.model.join_at, reach_at=links.model.join_at,
        missing_weight=links.model.missing_weight,
    )  # fmt: skip
    found: dict[int, set[int]] = defaultdict(set)
    for person, label in zip(hard.table["true_id"].to_pylist(), labels.tolist(), strict=True):
        found[person].add(label)
    found[-1] = set(labels.tolist())
    return found


def share_merged(couples: list[tuple[int, int]], of: dict[int, set[int]]) -> float:
    assert couples
    return sum(bool(of[a] & of[b]) for a, b in couples) / len(couples)


def test_a_household_is_not_one_person(hard, links):
    of = subjects(hard, links)
    assert share_merged(hard.household, of) <= 0.01
    assert share_merged(hard.twins, of) <= 0.2
    assert share_merged(hard.same_name_at_home, of) <= 0.25
    assert share_merged(hard.one_phone_in_turn, of) <= 0.02


def test_one_person_is_still_found_under_slips_moves_and_other_names(hard, links):
    apart = links.one_home
    labels = resolve(
        hard.table.num_rows, links.left, links.right, links.weight,
        held=zip(links.left[apart].tolist(), links.right[apart].tolist(), strict=True),
        join_at=links.model.join_at, reach_at=links.model.join_at,
        missing_weight=links.model.missing_weight,
    )  # fmt: skip
    found = score_pairs(hard.table["true_id"].to_pylist(), labels.tolist())
    assert found.f1 > 0.93, found


def test_taken_for_strangers_or_one_person_households_would_be_merged(hard, links):
    """Without homes in the model the same table goes wrong: the test above can fail."""
    without = link(
        hard.table.append_column("record_id", pa.array(range(hard.table.num_rows))),
        replace(links.model, homes=None),
    )
    assert share_merged(hard.household, subjects(hard, without)) > 0.1


def test_the_evidence_names_what_a_home_and_another_name_weigh_and_adds_up(links):
    home = int(np.argmin(links.home))
    found = explain(links, home)
    assert HOME in {reason.sentence for reason in found.reasons}
    assert sum(reason.weight for reason in found.reasons) == pytest.approx(found.weight, abs=0.1)
    assert (links.other_name >= 0).all()
    assert (links.home <= 0).all()


def test_a_pair_that_may_be_of_one_home_is_held_for_a_person(links):
    nobody = np.zeros(len(links.record_ids), bool)
    assert held(links, nobody).tolist() == links.one_home.tolist()
    assert links.one_home.any()


def test_the_model_is_the_same_after_it_was_kept(links, tmp_path, hard):
    links.model.save(tmp_path / "model.json")
    kept = load_model(tmp_path / "model.json")
    assert kept == links.model
    assert [other["sort"] for other in json.loads(kept.to_json())["homes"]["others"]] == [
        "other name", "home", "twins", "parent and child",
    ]  # fmt: skip


def test_a_better_level_never_weighs_less(links):
    for comparison in links.model.comparisons:
        bits = [level.weight for level in comparison.levels]
        assert all(one >= two - 1e-4 for one, two in pairwise(bits)), comparison.name


def test_where_nobody_says_where_they_live_nothing_is_learnt_of_homes(hard):
    table = hard.table.select(["first_name", "last_name", "date_of_birth"])
    found = train_and_link(
        table.append_column("record_id", pa.array(range(table.num_rows))), propose(table)
    )
    assert found.model.homes is None
    assert not found.one_home.any()
    assert not found.home.any()
