"""What would change what the model does with a pair: one thing at a time, from what it kept."""

from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.models import Link
from lightkeeper.apps.intelligence.queries.learnt import link_model
from lightkeeper.engine.linkage.clusters import REACH_BITS
from lightkeeper.engine.linkage.counterfactual import (
    Thresholds,
    changes,
    in_a_few_words,
    levels_of,
)


def joins_from(link: Link) -> float:
    """The bits from which two records that have no others are joined."""
    return max(link.model.link_bits, REACH_BITS)


def would_change(link: Link, left: Record, right: Record) -> tuple[str, ...]:
    """The nearest change in each direction, in a sentence each; none where nothing would alone."""
    model = link_model(link.model)
    kept = [(one["field"], one["level"], one["weight_bits"]) for one in link.evidence]
    found = levels_of(model, kept)
    if found is None:
        return ()
    harmful = left.concerns_child or right.concerns_child
    at = Thresholds(joins_from(link), link.model.review_bits, harmful)
    return in_a_few_words(changes(model, *found, at))
