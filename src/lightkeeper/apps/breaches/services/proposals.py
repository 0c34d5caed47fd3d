"""That a case go was proposed, and is taken back: by somebody, or because the case goes on."""

from datetime import datetime

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches.models import Breach, CaseDisposal
from lightkeeper.core.locking import lock

RULE = "retention.breach"


def disposal_of(actor: Actor, breach: Breach) -> CaseDisposal | None:
    """The proposal that stands on this case."""
    rows = CaseDisposal.objects.visible_to(actor).filter(breach=breach, withdrawn_at=None)
    found: CaseDisposal | None = rows.select_related("proposed_by__agency").first()
    return found


def take_back(by: Actor, proposal: CaseDisposal, reason: str, at: datetime) -> None:
    found = lock(proposal)
    found.withdrawn_by_id, found.withdrawn_at = by.person_id, at
    found.withdrawal_reason = reason.strip()
    found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    to = [found.reference, proposal.breach.reference]
    audit.record(by=by, did=audit.Did.DISPOSAL_WITHDRAWN, to=to, rule=RULE, at=at)
