"""Why two records are thought to be one subject or two: named weights and plain sentences."""

from dataclasses import dataclass

from lightkeeper.engine.linkage.batch import Links
from lightkeeper.engine.linkage.scoring import MISSING

PRIOR = "Two records taken at random are seldom of one subject"
OTHER_NAME = "One person may go by two names"
HOME = "Two people of one home would agree as much"
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


def explain(links: Links, number: int) -> Evidence:
    """The evidence of the pair in row `number` of the links.

    What one of the records does not say is no evidence and is left out.
    """
    model, reasons = links.model, []
    for c, comparison in enumerate(model.comparisons):
        level = int(links.levels[number, c])
        if level != MISSING:
            sentence = comparison.levels[level].sentence
            reasons.append(Reason(comparison.name, sentence, float(links.weights[number, c])))
    others = (("other name", OTHER_NAME, links.other_name), ("home", HOME, links.home))
    for name, sentence, bits in others:
        if abs(bits[number]) >= LEAST_BITS:
            reasons.append(Reason(name, sentence, float(bits[number])))
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.name))
    reasons.append(Reason("prior", PRIOR, model.prior_weight))
    return Evidence(float(links.weight[number]), float(links.probability[number]), tuple(reasons))
