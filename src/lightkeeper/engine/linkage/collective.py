"""Collective evidence: records that are tied to the same others are more probably one subject.

What a shared tie is worth is learnt: how often pairs of one subject share somebody or something
that few know, and how often pairs of two that look as alike do. From there it falls by a bit with
each doubling of those who know it. Ties speak for and never against: a report sees part of a life.
Who is one subject decides what is shared, so that the two are worked out in turns.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.batch import Links
from lightkeeper.engine.linkage.households import SURE_BITS
from lightkeeper.engine.linkage.kin import may_be_kin
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import DATE_KINDS, Kind
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.sharing import Shared, known_at, shared_by
from lightkeeper.engine.linkage.tie_weights import TieWeights, learn_ties
from lightkeeper.engine.linkage.tied import Tied
from lightkeeper.engine.linkage.ties import NONE, Ties, field_kind
from lightkeeper.engine.linkage.torn import are_two, is_torn

# One kind of tie says at most what a name that one in 64 has says, and all together too little to
# join two records for which nothing else speaks: the prior is a bit against for each doubling of
# the records.
MOST_OF_A_KIND = 6.0
MOST_IN_ALL = 9.0
ROUNDS = 6
# What is less is no rise: sums in another order differ in their last places.
LEAST_RISE = 1e-6
# A field of the first kind is said again by a tie of the second.
SAID_AGAIN = {Kind.ADDRESS: (Kind.ADDRESS, Kind.POSTCODE, Kind.FULL_ADDRESS)}

Numbers = NDArray[np.int64]
Bits = NDArray[np.float64]
Mask = NDArray[np.bool_]
Cluster = Callable[[Bits], Numbers]


@dataclass(frozen=True)
class Together:
    """Links with what ties add to them, and the clustering that comes of it.

    `links`: the weights are those with ties, `links.tied` says what was added to which pair.
    `labels` (n,): as `cluster` gave them last. `rounds`: how often what is shared was worked out;
    `settled`: whether nothing more would have changed.
    """

    links: Links
    labels: Numbers
    weights: TieWeights
    rounds: int
    settled: bool


def with_ties(
    links: Links,
    ties: Ties,
    cluster: Cluster,
    *,
    dated: Mask | None = None,
    weights: TieWeights | None = None,
) -> Together:
    """The links with what their records' ties add.

    Shapes: `cluster` takes weights (p,) of the pairs of `links` and gives the subject of each
        record (n,), named by its smallest record, as `resolve` does. `dated` (n,): which records
        say when somebody was born (see `say_birth_dates`). Where it is given, ties do not raise two
        subjects neither of whom has a birth date: they may be a parent and a child of one name.
    Units: bits, never below zero; of one kind at most MOST_OF_A_KIND, in all MOST_IN_ALL.
    Raises: ShapeError if a tie names a row that is not there.
    What ties weigh is learnt from the links, or given in `weights`.
    It ends: a pair's bits are the most that any clustering so far has shown, so they never fall,
    and a clustering that was there before raises nothing; there are finitely many, and at most
    ROUNDS are looked at. The order of records and ties changes nothing.
    Source: iterated collective resolution, Bhattacharya and Getoor 2007, with bits for a measure.
    """
    _check_rows(ties, len(links.record_ids))
    labels = cluster(links.weight)
    can, said = may_gain(links), _said_already(links, ties.kinds)
    tied = Tied.nothing(ties.kinds, len(links.left))
    rounds, settled = 0, not len(ties)
    while not settled and rounds < ROUNDS:
        rounds += 1
        known = known_at(ties, labels)
        may = can & ~known.are_tied(links.left, links.right)
        shared = _of(shared_by(known, links.left, links.right), may, said)
        if weights is None:
            weights = learn_ties(links, known, shared, may, said, ties.kinds)
        bits = _beside_a_home(links, _bits(weights, shared, len(links.left)))
        bits[~_either(dated, labels, links)] = 0.0
        risen = np.flatnonzero(bits > tied.bits + LEAST_RISE)
        risen = risen[~is_torn(known, links.left, links.right, can, risen)]
        risen = risen[~are_two(labels, links.left, links.right, can, risen, dated)]
        settled = not len(risen)
        if not settled:
            tied = tied.risen(risen, bits, shared)
            labels = cluster(links.weight + tied.bits)
    found = replace(links, tied=tied)
    return Together(found, labels, weights or TieWeights((), ()), rounds, settled)


def _check_rows(ties: Ties, n: int) -> None:
    for side in (ties.row, ties.other[ties.other != NONE]):
        if len(side) and not (side.min() >= 0 and side.max() < n):
            raise ShapeError(f"records are numbered 0 to {n - 1}")


def say_birth_dates(table: pa.Table, model: LinkModel) -> Mask | None:
    """Which records of the table say when somebody was born, (n,); None where the model does not
    compare that.
    """
    fields = tuple(field for field in model.fields if field.kind is Kind.BIRTH_DATE)
    if not fields:
        return None
    columns = tuple(one for one in model.plan.columns if one.kind in DATE_KINDS)
    prepared, _ = prepare(table, replace(model.plan, columns=columns), fields)
    said = [prepared[field.name].is_valid().to_numpy() for field in fields]
    return np.asarray(np.logical_or.reduce(said))


def _either(dated: Mask | None, labels: Numbers, links: Links) -> Mask:
    """Whether the subject of one of the two at least has a birth date, where that is asked."""
    if dated is None:
        return np.ones(len(links.left), bool)
    subjects = np.zeros(len(labels), bool)
    subjects[labels[dated]] = True
    return np.asarray(subjects[labels[links.left]] | subjects[labels[links.right]])


def may_gain(links: Links) -> Mask:
    """Which pairs ties may raise: not those that may be two of one home or two relatives, who share
    homes, friends and journeys whoever they are.

    Shapes: returns (p,) bool. Whether birth dates are known, without which nobody is held, is not
        asked here: who lacks one is as likely a twin.
    """
    one = links.model.prior_weight + links.weights.sum(axis=1) + links.other_name
    kin = may_be_kin(links.model, links.levels)
    return np.asarray((_home_bits(links) <= one - SURE_BITS) & ~kin)


def _home_bits(links: Links) -> Bits:
    """The odds that two are of one home, against strangers, in bits: `links.home` is made of it."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log2(np.expm1(-links.home * np.log(2))))


def _beside_a_home(links: Links, bits: Bits) -> Bits:
    """What is left of the bits where two of one home are another explanation: they would share as
    much. One person, two of a home and strangers stand at S, H and 1 before, and at S * b, H * b
    and 1 after; the weight is the first against the others.
    """
    home = _home_bits(links)
    left = bits - (np.logaddexp2(0.0, home + bits) - np.logaddexp2(0.0, home))
    return np.asarray(np.maximum(left, 0.0))


def _said_already(links: Links, kinds: tuple[str, ...]) -> Mask:
    """Which kinds of tie each pair's own comparison has counted, (p, kinds): it agrees there."""
    found = np.zeros((len(links.left), len(kinds)), bool)
    fields = {field.name: field.kind for field in links.model.fields}
    for k, name in enumerate(kinds):
        of = field_kind(name)
        again = SAID_AGAIN.get(of, (of,)) if of else ()
        for c, comparison in enumerate(links.model.comparisons):
            if fields[comparison.column] in again:
                level = links.levels[:, c]
                found[:, k] |= (level >= 0) & (level < len(comparison.levels) - 1)
    return found


def _of(shared: Shared, may: Mask, said: Mask) -> Shared:
    """What is shared by pairs that may gain, in kinds that no comparison has counted."""
    return shared.take(may[shared.pair] & ~said[shared.pair, shared.kind])


def _bits(weights: TieWeights, shared: Shared, pairs: int) -> Bits:
    of_kind = np.minimum(weights.bits_of(shared), MOST_OF_A_KIND)
    return np.minimum(np.bincount(shared.pair, weights=of_kind, minlength=pairs), MOST_IN_ALL)
