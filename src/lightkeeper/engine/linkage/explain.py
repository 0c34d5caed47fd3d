"""Why two records are thought to be one subject or two: named weights and plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import other_bits
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import Subject
from lightkeeper.engine.linkage.scoring import MISSING

if TYPE_CHECKING:  # A look-up explains as well, and needs nothing of what trains.
    from lightkeeper.engine.linkage.batch import Links

PRIOR = "Two records taken at random are seldom of one subject"
OTHER_NAME = "One person may go by two names"
HOME = "Two people of one home would agree as much"
GROUP = "Two of one group would agree as much"
# What is less than this is no reason.
LEAST_BITS = 0.05


@dataclass(frozen=True)
class Reason:
    """One piece of evidence; `weight` in bits, above zero for one subject."""

    name: str
    sentence: str
    weight: float

    def __str__(self) -> str:
        side = "for" if self.weight > 0 else "against"
        return f"{self.sentence} ({side}, {self.weight:+.1f})"


@dataclass(frozen=True)
class Evidence:
    """Every reason, strongest first, then the prior; their weights sum to `weight`."""

    weight: float
    probability: float
    reasons: tuple[Reason, ...]


def explain(links: "Links", number: int) -> Evidence:
    """The evidence of the pair in row `number` of the links.

    What one of the records does not say is no evidence and is left out.
    """
    weight = float(links.weight[number])
    return evidence_of(
        links.model, links.levels[number], links.weights[number], weight, _of_ties(links, number)
    )


def _of_ties(links: "Links", number: int) -> tuple[Reason, ...]:
    """What the two are tied to alike: a line of its own, beside those of the fields."""
    if links.tied is None or links.tied.bits[number] < LEAST_BITS:
        return ()
    return (Reason("ties", links.tied.sentence(number), float(links.tied.bits[number])),)


def probability_of(weight: float) -> float:
    """The chance that belongs to so many bits."""
    return float(1 / (1 + np.exp2(-np.clip(weight, -500, 500))))


def evidence_of(
    model: LinkModel,
    levels: NDArray[np.int8],
    weights: NDArray[np.float64],
    weight: float,
    further: Sequence[Reason] = (),
) -> Evidence:
    """The evidence of one pair: levels (c,), -1 for missing, weights (c,) of its comparisons, and
    what else the weight is made of.
    """
    reasons = list(further)
    for c, comparison in enumerate(model.comparisons):
        level = int(levels[c])
        if level != MISSING:
            sentence = comparison.levels[level].sentence
            reasons.append(Reason(comparison.name, sentence, float(weights[c])))
    gained, lost, _ = other_bits(model, levels[None], weights[None])
    people = model.plan.subject is Subject.PERSON
    against = ("home", HOME, lost) if people else ("group", GROUP, lost)
    for name, sentence, bits in (("other name", OTHER_NAME, gained), against):
        if abs(bits[0]) >= LEAST_BITS:
            reasons.append(Reason(name, sentence, float(bits[0])))
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.name))
    reasons.append(Reason("prior", PRIOR, model.prior_weight))
    return Evidence(weight, probability_of(weight), tuple(reasons))
