"""Deciding about an unusual look."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lightkeeper.apps.audit.choices import Did, FlagVerdict
from lightkeeper.apps.audit.models import Flag, FlagDecision
from lightkeeper.apps.audit.permissions import Overseer, check_may_decide
from lightkeeper.apps.audit.services import record
from lightkeeper.core.errors import Refused


def check_can_decide(by: Overseer, flag: Flag) -> None:
    """Raises: NotPermitted. Refused if it is decided already."""
    check_may_decide(by, flag.person_id)
    if getattr(flag, "decision", None) is not None:
        raise Refused("audit.decided", _("%(flag)s is decided already.") % {"flag": flag})


@transaction.atomic
def decide_flag(
    *, by: Overseer, flag: Flag, verdict: FlagVerdict, reason: str, at: datetime
) -> FlagDecision:
    """Say what an unusual look was, and why one thinks so. It is said once and kept.

    Raises:
        NotPermitted: `by` oversees nobody, or the look was their own.
        Refused: it is decided already, perhaps by another auditor a moment ago.

    Source: mission A3; ACCESS 5.7, 6.6.
    """
    check_can_decide(by, flag)
    decision = FlagDecision(
        flag=flag, verdict=verdict, reason=reason, at=at,
        person_id=by.person_id, person=by.username, agency_id=by.agency_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError:
        raise Refused("audit.decided", _("%(flag)s is decided already.") % {"flag": flag}) from None
    record(by=by, did=Did.FLAG_DECIDED, to=flag.reference, reason=reason, rule=verdict, at=at)
    return decision
