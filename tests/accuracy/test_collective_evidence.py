"""Where names alone do not decide, what records are tied to does; and relatives stay apart.

`python bench/collective.py` prints more of it.
"""

from functools import partial
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.cli.linking import _clusters
from lightkeeper.engine.accuracy.clusters import score_b_cubed, score_pairs
from lightkeeper.engine.linkage.batch import train_and_link
from lightkeeper.engine.linkage.collective import say_birth_dates, with_ties
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.linkage.ties import ties_from
from lightkeeper.engine.synthetic.networks import make_networks

AT_HOME = ("twins", "same_name_at_home", "household")


class Case:
    """Made-up records, their links, and what ties make of them."""

    def __init__(self, people, seed, **how):
        self.made = make_networks(people, seed, **how)
        said = self.made.hard.table.drop_columns(["record_id", "true_id", "under_alias"])
        self.rows = said.num_rows
        self.table = said.append_column("record_id", pa.array(range(self.rows)))
        self.links = train_and_link(self.table, propose(self.table))
        self.cluster = partial(_clusters, self.links, self.rows, None)
        self.truth = self.made.hard.table["true_id"].to_pylist()
        self.dated = say_birth_dates(self.table, self.links.model)
        self.before = self.cluster(self.links.weight)
        self.after = self.tied(self.made.ties)

    def tied(self, ties):
        read = ties_from(ties, self.made.hard.table["record_id"].to_pylist())
        return with_ties(self.links, read, self.cluster, dated=self.dated)

    def merged(self, labels, kind):
        """How many couples of two people have a subject in common."""
        of = {}
        for person, label in zip(self.truth, labels.tolist(), strict=True):
            of.setdefault(person, set()).add(label)
        return sum(bool(of[a] & of[b]) for a, b in getattr(self.made.hard, kind))


@pytest.fixture(scope="module")
def little():
    """Of records that mostly say a name and little else."""
    return Case(900, 1)


def test_with_ties_more_is_found_and_no_less_of_it_right(little):
    before, after = (score_pairs(little.truth, of) for of in (little.before, little.after.labels))

    assert after.f1 > before.f1 + 0.01
    assert after.recall > before.recall + 0.01
    assert after.precision > before.precision - 0.005
    cubed = [score_b_cubed(little.truth, of).f1 for of in (little.before, little.after.labels)]
    assert cubed[1] > cubed[0]


def test_what_is_raised_is_nearly_always_one_person(little):
    person = np.array(little.truth)
    links, bits = little.after.links, little.after.links.tied.bits
    right = person[links.left] == person[links.right]

    assert (bits[right] > 0).sum() > 20 * (bits[~right] > 0).sum() > 0


@pytest.mark.parametrize("kind", AT_HOME)
def test_no_more_of_a_household_are_taken_for_one(little, kind):
    assert little.merged(little.after.labels, kind) <= little.merged(little.before, kind)


@pytest.mark.parametrize("kind", AT_HOME)
def test_nor_where_records_say_as_much_as_those_of_the_hard_cases(kind, much):
    assert much.after.links.tied.raised > 100
    assert much.merged(much.after.labels, kind) <= much.merged(much.before, kind)
    before, after = (score_pairs(much.truth, of).f1 for of in (much.before, much.after.labels))
    assert after >= before - 0.001


@pytest.fixture(scope="module")
def much():
    return Case(700, 2, little=None, among=None)


def test_what_a_tie_is_worth_is_learnt(little):
    by_kind = {weight.kind: weight for weight in little.after.weights.learnt}

    assert by_kind["associate"].one > 2
    for weight in by_kind.values():
        assert weight.pairs > 0
        assert weight.u[1] >= weight.by_accident * (1 - 1e-5)
        assert sum(weight.m) == pytest.approx(1, abs=1e-4)


def test_ties_that_belong_to_others_are_worth_next_to_nothing(little):
    ties, whose = little.made.ties, little.made.ties["record_id"].to_pylist()
    Random(5).shuffle(whose)
    found = little.tied(ties.set_column(0, "record_id", pa.array(whose)))

    assert found.links.tied.bits.sum() < 0.1 * little.after.links.tied.bits.sum()
    f1 = [score_pairs(little.truth, of).f1 for of in (little.before, found.labels)]
    assert f1[1] == pytest.approx(f1[0], abs=0.004)


def test_the_same_tie_made_common_adds_less(little):
    """The thing that one raised pair shares is made known to ever more."""
    row, key = only_shared_key(little)
    bits = []
    for others in (0, 3, 8, 60, 1200):
        more = [
            {"record_id": f"R{at}", "kind": "journey", "other": None, "key": key}
            for at in range(others)
        ]
        ties = pa.Table.from_pylist(little.made.ties.to_pylist() + more)
        bits.append(little.tied(ties).links.tied.bits[row])

    assert bits[0] > bits[1] > bits[2] > bits[3] >= bits[4] == 0, bits


def only_shared_key(case):
    """The row of a raised pair that shares one journey and nothing else, and that journey."""
    tied, links = case.after.links.tied, case.after.links
    journey = tied.kinds.index("journey")
    alone = (tied.count[:, journey] == 1) & (tied.count.sum(axis=1) == 1) & (tied.bits > 1)
    row = int(np.flatnonzero(alone)[0])
    ends = (f"R{links.left[row]}", f"R{links.right[row]}")
    keys = [
        {tie["key"] for tie in case.made.ties.to_pylist()
         if tie["record_id"] == end and tie["kind"] == "journey"}
        for end in ends
    ]  # fmt: skip
    [key] = {key for key in keys[0] & keys[1] if not key.startswith("busy")}
    return row, key


def test_the_order_of_the_ties_changes_nothing(little):
    order = list(range(little.made.ties.num_rows))
    Random(3).shuffle(order)
    again = little.tied(little.made.ties.take(pa.array(order)))

    assert again.labels.tolist() == little.after.labels.tolist()
    assert again.links.tied.bits.tolist() == little.after.links.tied.bits.tolist()
    assert again.weights == little.after.weights


def test_it_settles_within_the_rounds_allowed(little):
    assert little.after.settled
    assert 1 < little.after.rounds < 6
