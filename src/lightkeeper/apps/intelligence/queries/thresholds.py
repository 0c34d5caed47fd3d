"""What whoever runs the model sees of its threshold: counts over the whole picture, no records."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.errands import Errand
from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import permissions
from lightkeeper.apps.intelligence.choices import ThresholdErrand
from lightkeeper.apps.intelligence.models import (
    LinkageModel,
    ThresholdAdoption,
    ThresholdReading,
    ThresholdReason,
)
from lightkeeper.core.errors import NotFound

LAST = 20
WITHOUT_WHY = _("The reason is with whoever proposed it.")


@dataclass(frozen=True)
class Thresholds:
    """The model in use, what was read from judgements, and what was adopted; newest first."""

    model: LinkageModel | None
    readings: list[ThresholdReading]
    adoptions: list[ThresholdAdoption]
    # What became of what this person asked last, where it failed.
    failed: str = ""
    # Why the one that waits was proposed, for whoever may confirm it.
    why: str = ""

    @property
    def waiting(self) -> ThresholdAdoption | None:
        """The proposal that waits for another person."""
        last = self.adoptions[0] if self.adoptions else None
        return last if last is not None and last.waits else None

    @property
    def without_why(self) -> str:
        """Said in place of the reason to whoever had no part in it when it was proposed."""
        return WITHOUT_WHY if self.waiting and not self.why else ""


def thresholds(actor: Actor) -> Thresholds:
    """Raises: NotPermitted."""
    permissions.check_may_set_threshold(actor)
    audit.record(by=actor, did=audit.Did.FIGURES_SEEN, to="threshold")
    in_use = LinkageModel.objects.filter(in_use=True).order_by("-trained_at", "-pk")
    readings = ThresholdReading.objects.select_related("model").order_by("-pk")[:LAST]
    adoptions = ThresholdAdoption.objects.select_related(
        "person", "confirmed_by", "reading", "undoes", "undone_by"
    ).order_by("-pk")[:LAST]
    asked = Errand.objects.filter(person_id=actor.person_id, kind__in=ThresholdErrand.values)
    last = asked.order_by("-pk").first()
    failed = last.failed if last else ""
    found = list(adoptions)
    mine = ThresholdReason.objects.filter(person_id=actor.person_id)
    said = mine.filter(proposal_id=found[0].pk).first() if found else None
    why = said.reason if said else ""
    return Thresholds(in_use.first(), list(readings), found, failed, why)


def get_reading(actor: Actor, reference: str) -> ThresholdReading:
    """Raises: NotPermitted; NotFound."""
    permissions.check_may_set_threshold(actor)
    found = ThresholdReading.objects.filter(reference=reference).first()
    if found is None:
        raise NotFound("reading")
    return found


def get_proposal(actor: Actor, reference: str) -> ThresholdAdoption:
    """Raises: NotPermitted; NotFound."""
    permissions.check_may_set_threshold(actor)
    rows = ThresholdAdoption.objects.select_related("reading").filter(undoes=None)
    found = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound("proposal")
    return found
