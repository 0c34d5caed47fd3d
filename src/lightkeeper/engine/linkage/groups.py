"""Two things of one group told from one thing: sister companies, cars of one fleet, a person's
second account, a passport and the one before it.

They share an address, a phone or a holder, so whatever weighs fields one by one takes them for one.
As for people of one home (`households.py`), pairs are told apart by EM: one thing; two of one
group, which do not have in common what is each one's own; and strangers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

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
from lightkeeper.engine.linkage.model import Comparison, Homes, Other
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.scoring import Levels, weights_of
from lightkeeper.engine.linkage.settling import in_order, round_share

GROUP = "group"
FIRST_ODDS = 0.1


@dataclass(frozen=True)
class _Found:
    """How many pairs of one thing and of one group are expected, and how often each shows each
    level: an array (levels,) a comparison.
    """

    ones: float
    groups: float
    one: Shares
    group: Shares


def learn_groups(
    comparisons: tuple[Comparison, ...],
    prior: float,
    fields: Sequence[Field],
    own: Collection[Kind],
    near: Levels,
    every: float,
) -> tuple[tuple[Comparison, ...], float, Homes | None]:
    """The comparisons and prior of one thing, and what two of one group show.

    Shapes: near (p, c), levels of candidate pairs; every: how many pairs they were chosen from;
        own: kinds of field that no two things of a group share.
    Returns what was given, and None, where nothing is each one's own or no groups are to be seen.
    Source: as `mixture.py`.
    """
    kinds = {field.name: field.kind for field in fields}
    owned = [kinds[comparison.column] in own for comparison in comparisons]
    if not len(near.level) or not any(owned):
        return comparisons, prior, None
    first = found = _begin(comparisons, owned, prior * every)
    for _ in range(ROUNDS):
        found = _step(comparisons, owned, near, every, found, first)
    if found.groups < max(FEWEST_PAIRS, LEAST_SHARE * found.ones):
        return comparisons, prior, None
    learnt = tuple(map(in_order, with_shares(comparisons, [shown(one) for one in found.one])))
    shares = tuple(tuple(round_share(float(s)) for s in shown(group)) for group in found.group)
    other = Other(GROUP, round_share(found.groups / found.ones), shares)
    return learnt, found.ones / every, Homes((other,))


def _begin(comparisons: Sequence[Comparison], owned: Sequence[bool], matches: float) -> _Found:
    one, group = [], []
    for comparison, own in zip(comparisons, owned, strict=True):
        m = np.array([level.m for level in comparison.levels])
        m = m / m.sum()
        u = np.array([level.u for level in comparison.levels])
        one.append(m)
        # What is one's own may yet be much like another's: the marks of a fleet.
        group.append(_not_the_same((m + u / u.sum()) / 2, comparison) if own else m)
    return _Found(matches, FIRST_ODDS * matches, one, group)


def _not_the_same(shares: Bits, comparison: Comparison) -> Bits:
    """The shares of a group, in which nobody has what is another's own but by chance."""
    held = shares.copy()
    held[0] = min(comparison.levels[0].u, 0.5)
    held[1:] *= (1 - held[0]) / held[1:].sum()
    return np.asarray(held)


def _step(
    comparisons: Sequence[Comparison], owned: Sequence[bool], near: Levels, every: float,
    now: _Found, first: _Found,
) -> _Found:  # fmt: skip
    put = with_shares(comparisons, now.one)
    weights = weights_of(put, near)
    of_one = odds_of(weights.sum(axis=1), now.ones / every)
    of_group = odds_of(bits_of(put, now.group, near.level, weights), now.groups / every)
    total = 1.0 + of_one + of_group
    of_one, of_group = of_one / total, of_group / total
    one, group = [], []
    for c, own in enumerate(owned):
        one.append(counted(near, c, of_one, first.one[c]))
        shares = counted(near, c, of_group, first.group[c])
        group.append(_not_the_same(shares, comparisons[c]) if own else shares)
    return _Found(float(of_one.sum()), max(float(of_group.sum()), 1e-6), one, group)
