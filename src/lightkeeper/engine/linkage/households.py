"""People of one home, and one person under two names, told from one person under one.

Relatives share a surname, a home and a phone, so whatever weighs fields one by one takes them for
one person. Where records say where people live or how they are reached, pairs are therefore told
apart by EM into one person under one name; one person under another name; two people of one home,
twins, or a parent and child of one name; and strangers. A pair's weight is the odds of the first
two against all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.mixture import (
    FEWEST_PAIRS,
    LEAST_SHARE,
    ROUNDS,
    Bits,
    Shares,
    bits_of,
    counted,
    odds_of,
    shown,
    with_shares,
)
from lightkeeper.engine.linkage.model import Comparison, Homes, LinkModel, Other
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.scoring import Levels, weights_of
from lightkeeper.engine.linkage.settling import in_order, round_share

# What shows a home. Without one of these nobody can be told to share it.
HOME = frozenset({Kind.ADDRESS, Kind.PHONE})
OWN_NAMES = frozenset({Kind.GIVEN_NAME, Kind.MIDDLE_NAME})
NAMES = OWN_NAMES | {Kind.FAMILY_NAME}
# Identifiers are nobody else's, so of a home they say what they say of strangers.
OWN = OWN_NAMES | {Kind.IDENTIFIER}
# A pair is held for a person unless one person is so many bits likelier than two of one home.
SURE_BITS = 1.0

# Sorts of pairs, and for each the kinds of field that say of it what they say of strangers; the
# rest is as for one person, or as for a home, or of its own.
OTHER_NAME, AT_HOME, TWINS, NAMESAKES = "other name", "home", "twins", "parent and child"
LIKE_STRANGERS = {
    OTHER_NAME: NAMES, AT_HOME: OWN, TWINS: OWN, NAMESAKES: frozenset({Kind.IDENTIFIER}),
}  # fmt: skip
AS_ONE = {
    OTHER_NAME: frozenset(Kind) - NAMES,
    AT_HOME: frozenset[Kind](),
    TWINS: frozenset({Kind.FAMILY_NAME, Kind.BIRTH_DATE}),
    NAMESAKES: frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.MIDDLE_NAME}),
}
# To begin with, so many of each for one pair of one person.
FIRST_ODDS = {OTHER_NAME: 0.05, AT_HOME: 0.1, TWINS: 0.01, NAMESAKES: 0.02}


@dataclass(frozen=True)
class _Found:
    """What EM holds: how many pairs of one person and of each other sort are expected, and how
    often one person's and a home's show each level: an array (levels,) a comparison.
    """

    ones: float
    others: dict[str, float]
    one: Shares
    home: Shares


def learn_homes(
    comparisons: tuple[Comparison, ...],
    prior: float,
    fields: Sequence[Field],
    near: Levels,
    every: float,
) -> tuple[tuple[Comparison, ...], float, Homes | None]:
    """The comparisons and prior of one person under one name, and what tells the rest apart.

    Shapes: near (p, c), levels of candidate pairs; every: how many pairs they were chosen from.
    Returns what was given, and None, where no homes are to be seen.
    Source: mixture of classes within which fields are independent, fitted by EM (Dempster, Laird
        and Rubin 1977), with strangers' levels held at those of random pairs.
    """
    kinds = {field.name: field.kind for field in fields}
    of = [kinds[comparison.column] for comparison in comparisons]
    if not len(near.level) or not HOME & set(of) or Kind.GIVEN_NAME not in of:
        return comparisons, prior, None
    first = found = _begin(comparisons, of, prior * every)
    for _ in range(ROUNDS):
        found = _step(comparisons, of, near, every, found, first)
    persons = found.ones + found.others[OTHER_NAME]
    if found.others[AT_HOME] < max(FEWEST_PAIRS, LEAST_SHARE * persons):
        return comparisons, prior, None
    learnt = tuple(map(in_order, with_shares(comparisons, [shown(one) for one in found.one])))
    settled = replace(
        found,
        one=[np.array([level.m for level in comparison.levels]) for comparison in learnt],
        home=[shown(home) for home in found.home],
    )
    others = tuple(
        Other(
            sort,
            round_share(found.others[sort] / found.ones),
            tuple(
                None if shares is None else tuple(round_share(float(share)) for share in shares)
                for shares in _shares(sort, comparisons, of, settled)
            ),
        )
        for sort in LIKE_STRANGERS
    )
    return learnt, found.ones / every, Homes(others)


def _begin(comparisons: Sequence[Comparison], of: Sequence[Kind], matches: float) -> _Found:
    one, home = [], []
    for comparison, kind in zip(comparisons, of, strict=True):
        m = np.array([level.m for level in comparison.levels])
        m = m / m.sum()
        if kind in (Kind.GIVEN_NAME, Kind.BIRTH_DATE):
            # Learnt from pairs of homes as well: begin where one person's records differ seldom.
            m[-1] = min(m[-1], 0.01)
            m = m / m.sum()
        one.append(m)
        home.append(_of_a_home(kind, m, comparison))
    return _Found(matches, {sort: odds * matches for sort, odds in FIRST_ODDS.items()}, one, home)


def _of_a_home(kind: Kind, shares: Bits, comparison: Comparison) -> Bits:
    """The shares of a home, with birth dates no nearer one another than chance brings them: who
    has a birth date in common is a twin or the same person.
    """
    if kind is not Kind.BIRTH_DATE:
        return np.asarray(shares / shares.sum())
    u = np.array([level.u for level in comparison.levels])
    near = slice(0, len(u) - 3)  # all but years within two, within ten, and further apart
    held = shares.copy()
    held[near] = u[near]
    held[near.stop :] = np.maximum(held[near.stop :], 0.02)
    held[near.stop :] *= (1 - held[near].sum()) / held[near.stop :].sum()
    return np.asarray(held)


def _apart(comparison: Comparison) -> Bits:
    """Birth dates of a parent and child: years differ."""
    shares = np.array([level.u for level in comparison.levels]) * 0.02
    shares[-2] = 0.02
    shares[-1] = 1 - shares[:-1].sum()
    return shares


def _shares(
    sort: str, comparisons: Sequence[Comparison], of: Sequence[Kind], found: _Found
) -> list[Bits | None]:
    """How often a sort of pair shows each level of each comparison; None as strangers do."""
    shares: list[Bits | None] = []
    for c, kind in enumerate(of):
        if kind in LIKE_STRANGERS[sort]:
            shares.append(None)
        elif kind in AS_ONE[sort]:
            shares.append(found.one[c])
        elif sort == NAMESAKES and kind is Kind.BIRTH_DATE:
            shares.append(_apart(comparisons[c]))
        else:
            shares.append(found.home[c])
    return shares


def _step(
    comparisons: Sequence[Comparison], of: Sequence[Kind], near: Levels, every: float, now: _Found,
    first: _Found,
) -> _Found:  # fmt: skip
    put = with_shares(comparisons, now.one)
    weights = weights_of(put, near)
    odds = {"": odds_of(weights.sum(axis=1), now.ones / every)}
    for sort, count in now.others.items():
        bits = bits_of(put, _shares(sort, comparisons, of, now), near.level, weights)
        odds[sort] = odds_of(bits, count / every)
    total = 1.0 + sum(odds.values())
    part = {sort: odd / total for sort, odd in odds.items()}
    at_home = part[AT_HOME] + part[TWINS] + part[NAMESAKES]
    one, home = [], []
    for c, kind in enumerate(of):
        as_one = part[""] + sum(part[sort] for sort in AS_ONE if kind in AS_ONE[sort])
        one.append(counted(near, c, as_one, first.one[c]))
        of_home = part[AT_HOME] if kind in AS_ONE[TWINS] | AS_ONE[NAMESAKES] else at_home
        home.append(_of_a_home(kind, counted(near, c, of_home, first.home[c]), comparisons[c]))
    counts = {sort: max(float(part[sort].sum()), 1e-6) for sort in now.others}
    return _Found(float(part[""].sum()), counts, one, home)


def other_bits(
    model: LinkModel, levels: NDArray[np.int8], weights: Bits
) -> tuple[Bits, Bits, NDArray[np.bool_]]:
    """What the other explanations add to a pair's weight, and whether it is one for a person.

    Shapes: levels (p, c) int8; weights (p, c) bits as `weights_of` gives them; returns three (p,):
        bits for another name (0 or more); bits against, for people of one home (0 or less);
        whether the two have birth dates, where any are compared, and may well be of one home.
    """
    if model.homes is None:
        return np.zeros(len(levels)), np.zeros(len(levels)), np.zeros(len(levels), bool)
    one = weights.sum(axis=1) + model.prior_weight
    same, home = one, np.full(len(one), -np.inf)
    for other in model.homes.others:
        bits = bits_of(model.comparisons, other.shares, levels, weights)
        bits += model.prior_weight + np.log2(other.odds)
        if other.sort == OTHER_NAME:
            same = np.logaddexp2(same, bits)
        else:
            home = np.logaddexp2(home, bits)
    kinds = {field.name: field.kind for field in model.fields}
    dated = [
        levels[:, c] >= 0
        for c, comparison in enumerate(model.comparisons)
        if kinds[comparison.column] is Kind.BIRTH_DATE
    ]
    likely = (home > same - SURE_BITS) & np.logical_or.reduce(dated or [np.ones(len(one), bool)])
    return same - one, -np.logaddexp2(0.0, home), likely
