"""Two who are tied to the same others are likelier one, unless they may be relatives."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.collective import (
    MOST_IN_ALL,
    MOST_OF_A_KIND,
    ROUNDS,
    may_gain,
    with_ties,
)
from lightkeeper.engine.linkage.explain import explain
from lightkeeper.engine.linkage.sharing import MOST_KNOWN, known_at, shared_by
from lightkeeper.engine.linkage.tests.made_up_links import (
    DIFFERS,
    KINDS,
    NAMESAKES,
    SAME,
    a_model,
    clustering,
    links_of,
    some_weights,
    ties_of,
)
from lightkeeper.engine.linkage.tied import Tied

A, B, C = 0, 1, 2
SHARED = [(A, "associate", 5), (B, "associate", 5)]
RELATIVES = {
    "twins": {"given": DIFFERS, "family": SAME, "born": SAME, "phone": SAME, "address": SAME},
    "twins whose home nobody gives": {"given": DIFFERS, "family": SAME, "born": SAME},
    "siblings": {"given": DIFFERS, "family": SAME, "born": -3, "phone": SAME, "address": SAME},
    "siblings without birth dates": {"given": DIFFERS, "family": SAME, "address": SAME},
    "couple": {"given": DIFFERS, "family": DIFFERS, "born": DIFFERS, "phone": SAME,
               "address": SAME},
    "couple of one surname": {"given": DIFFERS, "family": SAME, "born": -2, "address": SAME},
    "couple without birth dates": {"given": DIFFERS, "family": DIFFERS, "phone": SAME,
                                   "address": SAME},
    "father and son": NAMESAKES | {"born": DIFFERS, "address": SAME},
    "father and son whose home nobody gives": NAMESAKES | {"born": DIFFERS},
}  # fmt: skip


def bits_of(pairs, ties, *, records=6, pair=(A, B), fixed=True, **given):
    """What the ties add to the pair, while every record stays a subject of its own if `fixed`."""
    links = links_of(records, pairs)
    cluster = (lambda _: np.arange(records)) if fixed else clustering(links)
    given.setdefault("weights", some_weights())
    found = with_ties(links, ties_of(*ties), cluster, **given).links
    row = list(zip(found.left.tolist(), found.right.tolist(), strict=True)).index(pair)
    assert found.weight[row] == links.weight[row] + found.tied.bits[row]
    return float(found.tied.bits[row])


def test_two_of_one_name_who_are_tied_to_the_same_person_are_likelier_one():
    assert bits_of({(A, B): NAMESAKES}, SHARED) == pytest.approx(5.0, abs=0.6)
    assert bits_of({(A, B): NAMESAKES}, [(A, "associate", 5), (B, "associate", 4)]) == 0


def test_the_evidence_has_a_line_of_its_own_and_still_adds_up():
    links = links_of(6, {(A, B): NAMESAKES})
    ties = ties_of(*SHARED, (A, "associate", 4), (B, "associate", 4), (A, "journey", "NX1"),
                   (B, "journey", "NX1"))  # fmt: skip
    found = with_ties(links, ties, lambda _: np.arange(6), weights=some_weights()).links
    evidence = explain(found, 0)

    [line] = [reason for reason in evidence.reasons if reason.name == "ties"]
    assert str(line) == (
        "Both are tied to 2 of the same people, both of whom few know; and to the same journey, "
        f"which few know (for, +{found.tied.bits[0]:.1f})"
    )  # fmt: skip
    total = sum(reason.weight for reason in evidence.reasons)
    assert total == pytest.approx(evidence.weight, abs=0.11)
    assert [reason for reason in evidence.reasons if reason.name != "ties"] == list(
        explain(links, 0).reasons
    )


def known_to(others, *, first=6):
    """The tie to one person whom so many others are tied to as well."""
    return [*SHARED, *((first + at, "associate", 5) for at in range(others))]


def test_the_more_know_whom_both_know_the_less_it_says():
    found = [
        bits_of({(A, B): NAMESAKES}, known_to(others), records=1100)
        for others in (0, 2, 6, 14, 30, 200)
    ]

    assert found[0] > found[1] > found[2] > found[3] > found[4] >= found[5] == 0


def test_what_more_than_a_thousand_are_tied_to_is_passed_over():
    links = links_of(1200, {(A, B): NAMESAKES})
    sure = some_weights(one=60.0, several=60.0)
    for others, raised in ((MOST_KNOWN - 3, 1), (MOST_KNOWN, 0)):
        ties = ties_of(*known_to(others))
        found = with_ties(links, ties, lambda _: np.arange(1200), weights=sure)
        assert found.links.tied.raised == raised


@pytest.mark.parametrize("who", RELATIVES)
def test_relatives_are_not_raised_by_all_that_they_share(who):
    everything = [(record, "associate", other) for record in (A, B) for other in (3, 4, 5)]
    everything += [(record, kind, f"{kind} {at}") for record in (A, B)
                   for kind in ("journey", "phone") for at in range(4)]  # fmt: skip
    sure = some_weights(one=60.0, several=60.0)
    links = links_of(6, {(A, B): RELATIVES[who]})

    assert not may_gain(links).any()
    for fixed in (True, False):
        assert bits_of({(A, B): RELATIVES[who]}, everything, fixed=fixed, weights=sure) == 0


def test_relatives_would_be_raised_if_nobody_asked():
    """The test above can fail: as namesakes and nothing else they would be."""
    assert bits_of({(A, B): NAMESAKES}, SHARED, weights=some_weights(60.0, 60.0)) > 5


def test_where_a_home_is_a_likely_reason_as_well_ties_say_less():
    alone = bits_of({(A, B): NAMESAKES | {"born": SAME}}, SHARED)
    at_home = bits_of({(A, B): NAMESAKES | {"born": SAME, "address": SAME, "phone": SAME}}, SHARED)

    assert 0 <= at_home < alone


def test_ties_never_make_one_person_likelier_against_two_of_one_home():
    """Twins whose names are alike are told by their fields alone."""
    twins = {"given": 3, "family": SAME, "born": SAME, "address": SAME, "phone": SAME}
    links = links_of(6, {(A, B): twins})
    ties = ties_of(*SHARED, (A, "journey", "NX1"), (B, "journey", "NX1"))
    found = with_ties(links, ties, lambda _: np.arange(6), weights=some_weights(60.0, 60.0)).links

    one = links.model.prior_weight + links.weights.sum(axis=1) + links.other_name
    home = np.log2(2**-links.home - 1)
    assert found.weight[0] <= (one - home)[0]
    assert 0 < found.tied.bits[0] < 1


FATHER_SON = {(A, B): RELATIVES["father and son whose home nobody gives"]}
THIRD = {(A, C): NAMESAKES, (B, C): NAMESAKES}


@pytest.mark.parametrize("linked", [True, False])
def test_who_could_be_either_of_two_of_one_circle_gains_nothing_from_either(linked):
    """C has no birth date. Whether A and B are linked does not matter: they know the same."""
    pairs = THIRD | (FATHER_SON if linked else {})
    ties = [(record, "associate", other) for record in (A, B, C) for other in (3, 4)]

    for pair in THIRD:
        assert bits_of(pairs, ties, pair=pair) == 0
    assert bits_of({(A, C): NAMESAKES}, ties, pair=(A, C)) > 0


def test_two_who_are_said_to_know_each_other_are_of_one_circle():
    ties = [(A, "associate", 3), (C, "associate", 3)]

    assert bits_of(THIRD, ties, pair=(A, C)) > 0
    assert bits_of(THIRD, [*ties, (B, "associate", A)], pair=(A, C)) == 0


def test_who_could_be_either_of_two_strangers_of_one_name_is_told_by_whom_they_know():
    ties = [(A, "associate", 3), (C, "associate", 3), (B, "associate", 4)]

    assert bits_of(THIRD, ties, pair=(A, C)) > 0
    assert bits_of(THIRD, ties, pair=(B, C)) == 0


@pytest.mark.parametrize("linked", [True, False])
def test_two_subjects_with_records_that_cannot_be_one_gain_nothing_by_their_others(linked):
    """0 and 3 have birth dates of a father and a son; 1 is with the one, 2 with the other."""
    pairs = {(0, 1): NAMESAKES, (0, 2): NAMESAKES, (1, 2): NAMESAKES, (1, 3): NAMESAKES,
             (2, 3): NAMESAKES}  # fmt: skip
    links = links_of(6, pairs | ({(0, 3): RELATIVES["father and son"]} if linked else {}))
    ties = ties_of((1, "associate", 5), (2, "associate", 5))

    def gain(*dated, labels=(0, 0, 2, 2, 4, 5)):
        mask = np.isin(np.arange(6), dated)
        found = with_ties(
            links, ties, lambda _: np.array(labels), weights=some_weights(), dated=mask
        )
        return float(found.links.tied.bits[links.left.tolist().index(1)])

    assert gain(0, 3) == 0
    assert (gain(0) > 0) == (not linked)
    assert gain(0, 1, 2, 3, labels=(0, 1, 2, 3, 4, 5)) > 0


def test_two_neither_of_whom_has_a_birth_date_may_be_a_father_and_a_son():
    pairs = {(A, B): NAMESAKES, (A, C): NAMESAKES, (B, C): NAMESAKES | {"born": SAME}}

    def gain(*dated, fixed=True):
        mask = np.isin(np.arange(6), dated)
        return bits_of(pairs, SHARED, dated=mask, fixed=fixed)

    assert gain() == gain(C) == 0
    assert gain(A) == gain(B) == gain(A, B) > 0
    # B and C are one, and C has a birth date.
    assert gain(C, fixed=False) > 0


def test_who_is_said_to_know_the_other_is_not_the_other():
    assert bits_of({(A, B): NAMESAKES}, [*SHARED, (B, "associate", A)]) == 0


@pytest.mark.parametrize(
    ("phone", "counted"), [(SAME, False), (1, False), (DIFFERS, True), (None, True)]
)
def test_a_phone_that_was_compared_already_is_not_counted_again(phone, counted):
    pairs = {(A, B): NAMESAKES | ({} if phone is None else {"phone": phone})}
    rang = [(A, "phone", "0770090001"), (B, "phone", "0770090001")]

    assert (bits_of(pairs, rang) > 0) == counted
    assert bits_of(pairs, SHARED) > 0


def test_what_one_source_says_of_both_is_one_statement():
    def gain(one, two):
        return bits_of({(A, B): NAMESAKES}, [(*SHARED[0], one), (*SHARED[1], two)])

    assert gain(1, 1) == 0
    assert gain(1, 2) == gain(-1, 1) == gain(-1, -1) > 0
    assert bits_of({(A, B): NAMESAKES}, [(*SHARED[0], 1), (*SHARED[1], 1), (*SHARED[1], 2)]) > 0


def test_what_one_source_repeats_of_another_counts_once_by_its_rarest():
    weights = some_weights(several=6.0)

    def shared(other, one, two, others=0):
        return [(A, "associate", other, one), (B, "associate", other, two),
                *((6 + at, "associate", other) for at in range(others))]  # fmt: skip

    def gain(*ties):
        return bits_of({(A, B): NAMESAKES}, [*chain(*ties)], records=12, weights=weights)

    once = gain(shared(5, 1, 2))
    assert gain(shared(5, 1, 2), shared(4, 1, 2)) == once
    assert gain(shared(5, 1, 2), shared(4, 2, 1, 3)) == once
    assert gain(shared(5, 1, 2), shared(4, 1, 3)) > once


def test_a_kind_adds_so_many_bits_at_most_and_all_together_so_many():
    sure = some_weights(one=60.0, several=60.0)
    everything = [(record, kind, f"{kind} {at}") for record in (A, B)
                  for kind in ("journey", "phone") for at in range(9)]  # fmt: skip
    model = a_model(homes=False)
    links = links_of(6, {(A, B): NAMESAKES}, model)

    for kinds, most in ((("journey",), MOST_OF_A_KIND), (KINDS, MOST_IN_ALL)):
        ties = ties_of(*(tie for tie in everything if tie[1] in kinds))
        found = with_ties(links, ties, lambda _: np.arange(6), weights=sure)
        assert found.links.tied.bits[0] == pytest.approx(most)


def test_whom_both_know_is_one_subject_once_that_is_known():
    """A and B know 3 and 4, who are one only because they travelled together: a second round; and
    then 3 and 4 know one person too.
    """
    one = NAMESAKES | {"born": SAME}
    pairs = {(A, B): NAMESAKES, (3, 4): NAMESAKES | {"given": 2}, (5, 6): one}
    ties = [(A, "associate", 3), (B, "associate", 4), (3, "journey", "NX1"), (4, "journey", "NX1")]
    links = links_of(7, pairs)
    found = with_ties(links, ties_of(*ties), clustering(links), weights=some_weights(6.0, 6.0))

    assert found.labels.tolist() == [0, 0, 2, 3, 3, 5, 5]
    assert (found.rounds, found.settled) == (4, True)
    assert clustering(links)(links.weight).tolist() == [0, 1, 2, 3, 4, 5, 5]


def test_a_tie_to_ones_own_subject_is_none_and_what_only_two_share_is_known_to_two():
    labels = np.array([0, 0, 2, 3, 4, 5])
    said = [(0, "associate", 1), (1, "associate", 0), (0, "journey", "NX1"), (1, "journey", "NX1")]
    known = known_at(ties_of(*said), labels)

    assert known.row.tolist() == [0, 1]
    assert known.known[known.thing].tolist() == [2, 2]


def test_what_is_said_of_a_pair_is_what_it_shares_at_its_most():
    """First a journey, later only a person: the journey is not said any more."""
    one, two = (shared_by(known_at(ties_of(*said), np.arange(6)), np.array([A]), np.array([B]))
                for said in ([(A, "journey", "NX1"), (B, "journey", "NX1")], SHARED))  # fmt: skip
    rows, bits = np.array([0]), np.array([2.0])
    tied = Tied.nothing(KINDS, 1).risen(rows, bits, one)
    assert tied.sentence(0) == "Both are tied to the same journey, which few know"

    tied = tied.risen(rows, bits + 1, two)
    assert tied.sentence(0) == "Both are tied to the same person, whom few know"
    assert (tied.raised, tied.bits.tolist()) == (1, [3.0])


def test_a_tie_is_worth_no_more_than_what_any_two_share_by_accident_allows():
    """No two that are linked share a journey, and any two of twenty do one time in five."""
    ties = ties_of(*((at, "journey", f"NX{at % 4}") for at in range(20)))
    links = links_of(20, {(at, at + 1): NAMESAKES for at in range(0, 20, 2)})
    found = with_ties(links, ties, clustering(links)).weights

    [journey] = [weight for weight in found.learnt if weight.kind == "journey"]
    assert journey.by_accident == pytest.approx(40 / 190, rel=1e-5)
    assert journey.u[1] >= journey.by_accident * (1 - 1e-5)
    assert journey.pairs == 10


def test_it_stops_after_so_many_rounds_and_says_so():
    """Each clustering makes the thing that A and B share rarer."""
    links, ties = links_of(20, {(A, B): NAMESAKES}), ties_of(*known_to(10))
    asked = []

    def ever_rarer(_):
        asked.append(None)
        return np.where(np.arange(20) >= 16 - len(asked), 16 - len(asked), np.arange(20))

    found = with_ties(links, ties, ever_rarer, weights=some_weights(5.0, 5.0, 8.0))
    assert (found.rounds, found.settled) == (ROUNDS, False)
    assert len(asked) == ROUNDS + 1


def test_without_ties_nothing_is_other_than_before():
    links = links_of(6, FATHER_SON | THIRD)
    found = with_ties(links, ties_of(), clustering(links))

    assert (found.rounds, found.settled, found.links.tied.raised) == (0, True, 0)
    assert found.links.weight.tolist() == links.weight.tolist()
    assert explain(found.links, 0) == explain(links, 0)


@pytest.mark.parametrize("tie", [(6, "journey", "NX1"), (0, "associate", 6), (-1, "journey", "NX")])
def test_a_tie_to_a_row_that_is_not_there_is_refused(tie):
    links = links_of(6, THIRD)

    with pytest.raises(ShapeError, match="numbered 0 to 5"):
        with_ties(links, ties_of(tie), clustering(links))


def test_a_model_without_homes_holds_relatives_apart_by_their_names_and_years():
    links = links_of(6, {(A, B): RELATIVES["twins whose home nobody gives"]}, a_model(homes=False))

    assert not may_gain(links).any()
    told = replace(links.weighed, levels=links_of(6, {(A, B): NAMESAKES}).levels)
    assert may_gain(replace(links, weighed=told)).all()
