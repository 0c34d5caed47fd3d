"""What would change the decision on a pair: for each comparison the nearest other level that would.

What the model decides follows from the weight, and from whether the two may be of one home or
family. One comparison at a time is put at another level, everything else kept, and decided again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.kin import may_be_kin
from lightkeeper.engine.linkage.model import LinkModel

Bits = NDArray[np.float64]
MISSING = -1


class Decision(IntEnum):
    """What the model does with a pair of two records and no others."""

    APART = 0
    ASK = 1
    JOIN = 2


@dataclass(frozen=True)
class Thresholds:
    """A pair is joined from `join_at` bits, and kept for a person from `review_at`.

    `harmful`: joining the two by mistake would do harm (a child), so that possible relatives are
    held for a person whatever they weigh.
    """

    join_at: float
    review_at: float
    harmful: bool = False


@dataclass(frozen=True)
class Change:
    """One comparison at another level: what it says now and would say then.

    `level` is -1 where one of the records would say nothing. `bits` is what the pair would gain
    (or lose, below zero), `weight` what it would weigh.
    """

    comparison: int
    name: str
    level: int
    now: str
    then: str
    bits: float
    weight: float
    decision: Decision

    @property
    def sentence(self) -> str:
        """In plain words, with its bits."""
        follows = f"{FOLLOWS[self.decision]} ({self.bits:+.1f} bits, to {self.weight:+.1f})."
        if not self.then:
            return f"Without the {self.name} ({_lower(self.now)}), {follows}"
        if not self.now:
            return f"If both said the {self.name}, and {were(self.then)}, {follows}"
        return f"If {were(self.then)}, {follows}"


FOLLOWS = {
    Decision.JOIN: "the model would join these two by itself",
    Decision.ASK: "a person would be asked",
    Decision.APART: "this pair would fall below review",
}
# The first of these verbs of a level's sentence, as it is said of what is not so.
VERBS = {
    "are": "were", "is": "was", "differ": "differed", "differs": "differed", "agree": "agreed",
    "share": "shared", "look": "looked", "begin": "began", "begins": "began", "stands": "stood",
}  # fmt: skip
VERB = re.compile(rf"\b({'|'.join(VERBS)})\b")


def were(sentence: str) -> str:
    """`Birth dates are the same` as it is said of what is not so: `birth dates were the same`."""
    return VERB.sub(lambda found: VERBS[found[1]], _lower(sentence), count=1)


def _lower(sentence: str) -> str:
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def decide(
    model: LinkModel, levels: NDArray[np.int8], weights: Bits, at: Thresholds
) -> tuple[Bits, NDArray[np.int64]]:
    """The weight of each pair and what the model decides on it.

    Shapes: levels (p, c) int8, -1 for missing; weights (p, c) bits; returns (p,) bits and (p,)
        numbers of `Decision`.
    """
    gained, lost, one_home = other_bits(model, levels, weights)
    weight = weights.sum(axis=1) + model.prior_weight + gained + lost
    held = one_home | (may_be_kin(model, levels) & at.harmful)
    found = np.where(weight >= at.review_at, Decision.ASK, Decision.APART)
    found[(weight >= at.join_at) & (weight >= at.review_at) & ~held] = Decision.JOIN
    return weight, found.astype(np.int64)


def changes(
    model: LinkModel, levels: NDArray[np.int8], weights: Bits, at: Thresholds
) -> tuple[Change, ...]:
    """Of each comparison the nearest change up, and the nearest down, that changes the decision;
    and whether it would without what is said of it.

    Shapes: levels and weights (c,) of one pair. A level that counts by how common the value is
    weighs what it weighs on average. Returns the nearest first, of one comparison at most three.
    """
    weight, now = (one[0] for one in decide(model, levels[None], weights[None], at))
    tried = [
        (c, level)
        for c, comparison in enumerate(model.comparisons)
        for level in range(MISSING, len(comparison.levels))
        if level != levels[c]
    ]
    if not tried:
        return ()
    as_levels, as_weights = np.tile(levels, (len(tried), 1)), np.tile(weights, (len(tried), 1))
    for row, (c, level) in enumerate(tried):
        as_levels[row, c] = level
        as_weights[row, c] = 0.0 if level < 0 else model.comparisons[c].levels[level].weight
    then, decided = decide(model, as_levels, as_weights, at)
    nearest: dict[tuple[int, bool, bool], Change] = {}
    for row, (c, level) in enumerate(tried):
        if decided[row] == now:
            continue
        bits = float(then[row] - weight)
        one = _change(model, c, level, int(levels[c]), bits, float(then[row]), int(decided[row]))
        which = c, one.decision > now, level < 0
        if which not in nearest or abs(bits) < abs(nearest[which].bits):
            nearest[which] = one
    return tuple(sorted(nearest.values(), key=lambda one: (abs(one.bits), one.comparison)))


def _change(
    model: LinkModel, c: int, level: int, before: int, bits: float, weight: float, decided: int
) -> Change:
    comparison = model.comparisons[c]

    def said(number: int) -> str:
        return "" if number < 0 else comparison.levels[number].sentence

    return Change(
        c, comparison.name, level, said(before), said(level), bits, weight, Decision(decided)
    )


def in_a_few_words(found: Sequence[Change], most: int = 2) -> tuple[str, ...]:
    """The nearest change to each decision, then the next nearest, at most so many sentences.

    What takes evidence away is said before what puts other evidence in its place.
    """
    picked: list[Change] = []
    for one in sorted(found, key=lambda one: (one.bits < 0 and one.level >= 0, abs(one.bits))):
        if all(one.decision != other.decision for other in picked):
            picked.append(one)
    picked += [one for one in found if one not in picked]
    return tuple(one.sentence for one in picked[:most])


def levels_of(
    model: LinkModel, pieces: Sequence[tuple[str, int, float]]
) -> tuple[NDArray[np.int8], Bits] | None:
    """Levels and weights (c,) from kept evidence: the name, level and bits of each piece.

    Pieces of another name than a comparison's are left out. None where the evidence is not of this
    model: a level that it does not have.
    """
    place = {comparison.name: c for c, comparison in enumerate(model.comparisons)}
    levels = np.full(len(model.comparisons), MISSING, np.int8)
    weights = np.zeros(len(model.comparisons))
    for name, level, bits in pieces:
        c = place.get(name)
        if c is None:
            continue
        if not 0 <= level < len(model.comparisons[c].levels):
            return None
        levels[c], weights[c] = level, bits
    return levels, weights
