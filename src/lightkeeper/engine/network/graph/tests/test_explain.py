"""A path is explained in parts that sum to its bits, and in sentences of what the records say."""

import random

import numpy as np
import pytest

from lightkeeper.engine.errors import ShapeError, UnknownKey
from lightkeeper.engine.network.graph.paths import Path
from lightkeeper.engine.network.graph.tests.arranging import (
    EVERYTHING,
    TODAY,
    WEIGHING,
    Plain,
    some_graph,
    some_mask,
)


@pytest.fixture
def story(tmp_path):
    """Ada uses a phone that Bea and Cleo use; Cleo has a second record; that one met Dan, twice."""
    plain = Plain({name: ("person", 0) for name in ("Ada", "Bea", "Cleo", "Cleo 2", "Dan")})
    plain.nodes["0161"] = ("phone", None)
    plain.edges = {
        ("0161", "Ada", "uses", 0): (1.0, TODAY - 1096, "2C"),
        ("0161", "Bea", "uses", 0): (1.0, None, ""),
        ("0161", "Cleo", "uses", 0): (1.0, TODAY, "1A"),
        ("Cleo", "Cleo 2", "same as", 0): (0.9, TODAY - 2, ""),
        ("Cleo 2", "Dan", "met", 0): (0.5, TODAY, "1A"),
        ("Cleo 2", "Dan", "met", 1): (0.5, TODAY, "9Z"),
    }
    return plain.build(tmp_path)


def test_each_hop_says_what_ties_it_and_the_parts_sum(story):
    [path] = story.paths("Ada", "Dan", 4, EVERYTHING, weighing=WEIGHING).paths
    said = story.explain(path, EVERYTHING, weighing=WEIGHING)

    assert path.keys == ("Ada", "0161", "Cleo", "Dan")
    assert said.sentences == (
        "person Ada is tied to phone 0161: uses, 2021-10-04, graded 2C.",
        "phone 0161 is known to 3 subjects and things in sight.",
        "phone 0161 is tied to person Cleo: uses, 2024-10-04, graded 1A.",
        "person Cleo and person Cleo 2 are one subject: same as, 2024-10-02, not graded.",
        "person Cleo 2 is tied to person Dan: met, 2024-10-04, graded 1A.",
        "One more tie says so; the strongest counts.",
    )
    parts = {part.name: (round(part.bits, 3), part.sentence) for part in said.hops[0].ties[0].parts}
    assert parts == {
        "step": (1.0, "one step further away"),
        "doubt": (0.0, "100% sure to be a tie at all"),
        "grading": (1.474, "graded 2C, of which 36% is taken to hold"),
        "age": (0.678, "1,096 days old"),
    }
    assert said.hops[0].passing.bits == 1.0
    assert said.hops[1].passing is None
    assert (
        said.bits
        == pytest.approx(path.bits)
        == pytest.approx(1 + 1.474 + 0.678 + 1 + 1 + 2, abs=1e-3)
    )


def test_what_is_not_graded_or_dated_says_so(story):
    said = story.explain(Path(("Bea", "0161"), 0.0), EVERYTHING, weighing=WEIGHING)

    assert said.sentences == ("person Bea is tied to phone 0161: uses, no day, not graded.",)
    told = [part.sentence for part in said.hops[0].ties[0].parts]
    assert told[2:] == ["not graded; 50% is taken to hold", "of no known day"]
    assert said.bits == pytest.approx(1 + 1 + 2)


def test_a_path_that_was_asked_by_its_other_record_leads_from_there(story):
    said = story.explain(Path(("Cleo 2", "0161"), 0.0), EVERYTHING, weighing=WEIGHING)

    assert said.sentences[0] == (
        "person Cleo 2 and person Cleo are one subject: same as, 2024-10-02, not graded."
    )


@pytest.mark.parametrize("keys", [("Ada", "Dan"), ("Ada", "0161", "Eve"), ("Eve",)])
def test_a_path_that_is_not_there_is_unknown(story, keys):
    with pytest.raises(UnknownKey):
        story.explain(Path(keys, 0.0), EVERYTHING, weighing=WEIGHING)
    with pytest.raises(ShapeError, match="at least one node"):
        story.explain(Path((), 0.0), EVERYTHING, weighing=WEIGHING)


def test_a_hop_that_is_hidden_is_as_unknown_as_one_that_is_not_there(story):
    hidden = np.array([False, True])
    with pytest.raises(UnknownKey, match="There is no 'Cleo 2'"):
        story.explain(Path(("Cleo 2", "Dan"), 0.0), hidden, weighing=WEIGHING)


@pytest.mark.parametrize("seed", range(4))
def test_everything_in_sight_has_the_ties_and_bits_of_the_plain_implementation(tmp_path, seed):
    dice = random.Random(seed)
    whole, mask = some_graph(dice, nodes=30, edges=80), some_mask(dice)
    plain, seen = whole.seen_by(mask), whole.build(tmp_path).in_sight(mask, weighing=WEIGHING)
    tied = plain.tied()

    expected = {
        (one, two): bits + (plain.passing(one, tied) + plain.passing(two, tied)) / 2
        for one, others in tied.items()
        for two, bits in others.items()
        if one < two
    }

    pairs = [(seen.keys[a], seen.keys[b]) for a, b in zip(seen.one, seen.two, strict=True)]
    assert dict(zip(pairs, seen.bits.tolist(), strict=True)) == pytest.approx(expected)
    assert pairs == sorted(expected)
    assert seen.keys == sorted(set(plain.units().values()))
    assert seen.is_thing.tolist() == [plain.nodes[key][1] is None for key in seen.keys]


@pytest.mark.parametrize("seed", range(4))
def test_what_ties_some_to_one_another_is_their_part_of_everything(tmp_path, seed):
    dice = random.Random(seed)
    whole, mask = some_graph(dice, nodes=30, edges=80), some_mask(dice)
    graph, plain = whole.build(tmp_path), whole.seen_by(mask)
    some = dice.sample(sorted(plain.nodes), len(plain.nodes) // 2)

    part, every = (
        {
            (seen.keys[a], seen.keys[b]): bits
            for a, b, bits in zip(seen.one, seen.two, seen.bits.tolist(), strict=True)
        }
        for seen in (
            graph.among(some, mask, weighing=WEIGHING),
            graph.in_sight(mask, weighing=WEIGHING),
        )
    )

    units = {plain.units()[key] for key in some}
    assert part == {pair: bits for pair, bits in every.items() if units.issuperset(pair)}
    assert graph.among(some, mask, weighing=WEIGHING).keys == sorted(units)
