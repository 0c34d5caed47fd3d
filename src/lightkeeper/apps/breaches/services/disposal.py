"""A case whose years are over goes: one person proposes it, another of the agency confirms."""

from datetime import datetime

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches import policies
from lightkeeper.apps.breaches.models import Breach, CaseDisposal
from lightkeeper.apps.breaches.reckoning import years_kept
from lightkeeper.apps.breaches.services.cases import check_may_act, own
from lightkeeper.apps.breaches.services.proposals import RULE, disposal_of, take_back
from lightkeeper.core.errors import Refused
from lightkeeper.core.references import new_reference


def check_can_propose_disposal(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    _check_stops(breach)
    if disposal_of(by, breach) is not None:
        raise Refused("disposal.proposed", "It is proposed already; another person confirms it.")


@transaction.atomic
def propose_disposal(*, by: Actor, breach: Breach, reason: str, at: datetime) -> CaseDisposal:
    """Propose that a case go whose years are over. Nothing is removed before another confirms.

    Raises: NotPermitted; Refused before its day, while a share of it waits for an answer, or
        without a reason.
    Source: Data Protection Act 2018 s.39, s.67(6).
    """
    breach = own(by, breach)
    check_can_propose_disposal(by, breach)
    policies.check_reason(reason)
    made = CaseDisposal(
        reference=new_reference("DSP"), breach=breach, bucket_id=breach.bucket_id,
        proposed_by_id=by.person_id, proposed_at=at, reason=reason.strip(),
    )  # fmt: skip
    made.save(force_insert=True)
    to = [made.reference, breach.reference]
    audit.record(by=by, did=audit.Did.DISPOSAL_PROPOSED, to=to, rule=RULE, at=at)
    return made


def check_can_withdraw_disposal(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    _standing(by, breach)


@transaction.atomic
def withdraw_disposal(*, by: Actor, breach: Breach, reason: str, at: datetime) -> None:
    """Take the proposal back, one's own or a colleague's. Raises: NotPermitted; Refused."""
    breach = own(by, breach)
    check_can_withdraw_disposal(by, breach)
    policies.check_reason(reason)
    take_back(by, _standing(by, breach), reason, at)


def check_can_confirm_disposal(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    policies.check_two(_standing(by, breach).proposed_by_id, by.person_id)
    _check_stops(breach)


@transaction.atomic
def confirm_disposal(*, by: Actor, breach: Breach, reason: str, at: datetime) -> str:
    """Dispose of a case as a second person, for good. Returns its reference.

    Its lists, papers and reasons go with it; proof without content stays, and agencies that were
    told of a share of it are told that it is gone.

    Raises: NotPermitted; Refused for whoever proposed it, or where something stands on it.
    Source: Data Protection Act 2018 s.39, s.62.
    """
    breach = own(by, breach)
    check_can_confirm_disposal(by, breach)
    policies.check_reason(reason)
    found = _standing(by, breach)
    gone = str(_ask("select sec.dispose_of_case(%s)", found.pk))
    audit.record(by=by, did=audit.Did.ERASED, to=[gone, found.reference], rule=RULE, at=at)
    return gone


def _check_stops(breach: Breach) -> None:
    stops = str(_ask("select sec.stops_case_disposal(%s)", breach.pk))
    policies.check_stops(stops, years_kept(breach))


def _standing(by: Actor, breach: Breach) -> CaseDisposal:
    found = disposal_of(by, breach)
    if found is None:
        raise Refused("disposal.none", "Nobody has proposed that it go.")
    return found


def _ask(statement: str, about: int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, [about])
        return cursor.fetchone()[0]
