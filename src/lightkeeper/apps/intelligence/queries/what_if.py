"""What would change what the model does with a pair: one thing at a time, from what it kept."""

from dataclasses import dataclass

from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.models import Link
from lightkeeper.apps.intelligence.queries.learnt import link_model
from lightkeeper.engine.linkage.clusters import REACH_BITS
from lightkeeper.engine.linkage.counterfactual import (
    Decision,
    Thresholds,
    changes,
    decide,
    in_a_few_words,
    levels_of,
)


@dataclass(frozen=True)
class WhatIf:
    """What the model does with two records that have no others, and what would change that."""

    alone: Decision
    sentences: tuple[str, ...]

    def beside_others(self, joined: bool) -> str:
        """Where the picture, in which each stands among other records, comes out otherwise."""
        if self.alone is Decision.JOIN and not joined:
            return (
                "Taken alone, the model would join these two. Beside the other records of each it "
                "does not."
            )
        if self.alone is not Decision.JOIN and joined:
            return (
                "Taken alone, the model would not join these two. Other records, or what people "
                "decided, bring them together."
            )
        return ""


def joins_from(link: Link) -> float:
    """The bits from which two records that have no others are joined."""
    return max(link.model.link_bits, REACH_BITS)


def what_if(link: Link, left: Record, right: Record) -> WhatIf | None:
    """The nearest change in each direction, in a sentence each; none where nothing would alone.
    None where the evidence is not that of its model.
    """
    model = link_model(link.model)
    kept = [(one["field"], one["level"], one["weight_bits"]) for one in link.evidence]
    found = levels_of(model, kept)
    if found is None:
        return None
    harmful = left.concerns_child or right.concerns_child
    at = Thresholds(joins_from(link), link.model.review_bits, harmful)
    [alone] = decide(model, found[0][None], found[1][None], at)[1]
    return WhatIf(Decision(alone), in_a_few_words(changes(model, *found, at)))
