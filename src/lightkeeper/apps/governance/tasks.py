"""What the worker does after a disposal."""

from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts.errands import Errand, handles
from lightkeeper.apps.accounts.services import actor_now
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.governance import reckoning
from lightkeeper.apps.governance.services import SWEEP
from lightkeeper.apps.intake import services as intake
from lightkeeper.core import faults
from lightkeeper.core.errors import NotPermitted


@handles(SWEEP)
def sweep(errand: Errand) -> None:
    """Remove the bytes of a report that is gone, unless another report came with the same ones.

    Not where it is asked for: whether another agency holds the same bytes is nobody's to know.
    """
    digest = errand.arguments["digest"]
    with transaction.atomic():
        by = actor_now()
        if by is None:
            raise NotPermitted("Whoever asked for this may not act any more.")
        # Else the same bytes, sent in just now and not yet committed, would lose them.
        intake.alone_with_bytes()
        if reckoning.bytes_unused(digest):
            intake.remove_bytes(digest)
            faults.point("erasing.bytes_removed")
        # The event is the same whether they were needed elsewhere or not, for the same reason.
        audit.record(
            by=by, did=audit.Did.BYTES_ERASED, to=f"sha256:{digest[:50]}", at=timezone.now()
        )
