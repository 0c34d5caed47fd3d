"""What whoever runs the model sees of its threshold: counts over the whole picture, no records."""

from dataclasses import dataclass

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import permissions
from lightkeeper.apps.intelligence.models import (
    LinkageModel,
    ThresholdAdoption,
    ThresholdReading,
)
from lightkeeper.core.errors import NotFound

LAST = 20


@dataclass(frozen=True)
class Thresholds:
    """The model in use, what was read from judgements, and what was adopted; newest first."""

    model: LinkageModel | None
    readings: list[ThresholdReading]
    adoptions: list[ThresholdAdoption]


def thresholds(actor: Actor) -> Thresholds:
    """Raises: NotPermitted."""
    permissions.check_may_set_threshold(actor)
    audit.record(by=actor, did=audit.Did.FIGURES_SEEN, to="threshold")
    in_use = LinkageModel.objects.filter(in_use=True).order_by("-trained_at", "-pk")
    readings = ThresholdReading.objects.select_related("model").order_by("-pk")[:LAST]
    adoptions = ThresholdAdoption.objects.select_related(
        "person", "reading", "undoes", "undone_by"
    ).order_by("-pk")[:LAST]
    return Thresholds(in_use.first(), list(readings), list(adoptions))


def get_reading(actor: Actor, reference: str) -> ThresholdReading:
    """Raises: NotPermitted; NotFound."""
    permissions.check_may_set_threshold(actor)
    found = ThresholdReading.objects.filter(reference=reference).first()
    if found is None:
        raise NotFound("reading")
    return found
