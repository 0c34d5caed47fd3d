"""From which weight records are joined: read from judgements, proposed by one person and confirmed
by another, undone.

Pages only ask, and record that; the worker does it with the linker's rights, after asking again
whether it may, and records what it did. Reasons are kept in the audit log; that of a proposal
stands beside it for those who may confirm it, as long as it waits.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import linker, permissions, policies
from lightkeeper.apps.intelligence.choices import ThresholdErrand as Errand
from lightkeeper.apps.intelligence.linker.models import model_in_use
from lightkeeper.apps.intelligence.linker.threshold import (
    forget_reasons,
    one_at_a_time,
    read_judgements,
    tell_those_who_may_confirm,
)
from lightkeeper.apps.intelligence.models import (
    IN_FORCE,
    LinkageModel,
    LinkageRun,
    ThresholdAdoption,
    ThresholdReading,
)
from lightkeeper.apps.intelligence.services.linking import link_arrived
from lightkeeper.core.errors import Refused
from lightkeeper.core.references import new_reference
from lightkeeper.engine.linkage.training import JOIN_AT


def check_can_ask_to_read(by: Actor) -> None:
    permissions.check_may_set_threshold(by)


@transaction.atomic
def ask_to_read(*, by: Actor, target: float, at: datetime) -> None:
    """Have the worker read from the judgements which threshold meets the target.

    Raises: NotPermitted; Refused if the target is none.
    Source: mission P2.
    """
    permissions.check_may_set_threshold(by)
    policies.check_target(target)
    audit.record(by=by, did=audit.Did.THRESHOLD_ASKED, to="threshold", reason=f"{target:g}", at=at)
    errands.ask(by=by, kind=Errand.READ, at=at, target=target)


def check_can_propose(by: Actor, reading: ThresholdReading) -> None:
    """Raises: NotPermitted; Refused if it proves nothing, is not the last, or stands already."""
    permissions.check_may_set_threshold(by)
    _check_shown(reading)


@transaction.atomic
def propose_threshold(*, by: Actor, reading: ThresholdReading, reason: str, at: datetime) -> None:
    """Propose that records be joined from the weight of this reading on. Another confirms it.

    Raises: as `check_can_propose`; Refused without a reason.
    Source: mission P2.
    """
    policies.check_reason(reason)
    check_can_propose(by, reading)
    did = audit.Did.THRESHOLD_PROPOSAL_ASKED
    audit.record(by=by, did=did, to=reading.reference, reason=reason, at=at)
    errands.ask(by=by, kind=Errand.PROPOSE, at=at, reading=reading.pk, reason=reason)


def check_can_confirm(by: Actor, proposal: ThresholdAdoption) -> None:
    """Raises: NotPermitted; Refused to who proposed it, once it waits no more, or as proposing."""
    permissions.check_may_set_threshold(by)
    last = ThresholdAdoption.objects.order_by("-pk").first()
    is_last = last is not None and last.pk == proposal.pk
    policies.check_waits(is_last=is_last, waits=proposal.waits)
    policies.check_another(proposal.person_id, by.person_id)
    assert proposal.reading is not None
    _check_shown(proposal.reading)


@transaction.atomic
def confirm_threshold(*, by: Actor, proposal: ThresholdAdoption, reason: str, at: datetime) -> None:
    """Let records be joined as somebody else proposed; the picture is worked out anew.

    Raises: as `check_can_confirm`; Refused without a reason.
    Source: mission P2.
    """
    policies.check_reason(reason)
    check_can_confirm(by, proposal)
    did = audit.Did.THRESHOLD_ADOPTION_ASKED
    audit.record(by=by, did=did, to=proposal.reference, reason=reason, at=at)
    errands.ask(by=by, kind=Errand.ADOPT, at=at, proposal=proposal.pk)


def check_can_undo_adoption(by: Actor) -> None:
    """Raises: NotPermitted; Refused if no adoption stands."""
    permissions.check_may_set_threshold(by)
    _last_that_stands(ThresholdAdoption.objects.all())


@transaction.atomic
def undo_adoption(*, by: Actor, reason: str, at: datetime) -> None:
    """Take the last adoption back: the threshold and the picture are those of before.

    Raises: NotPermitted; Refused without a reason, or if no adoption stands.
    Source: mission P2.
    """
    permissions.check_may_set_threshold(by)
    policies.check_reason(reason)
    last, _ = _last_that_stands(ThresholdAdoption.objects.all())
    did = audit.Did.THRESHOLD_UNDOING_ASKED
    audit.record(by=by, did=did, to=last.reference, reason=reason, at=at)
    errands.ask(by=by, kind=Errand.UNDO, at=at, adoption=last.pk)


def read_now(*, by: Actor, target: float, errand: int, at: datetime) -> ThresholdReading:
    """For the worker; done a second time it finds what it kept. Raises: NotPermitted; Refused if
    nothing is linked, or the last reading stands for today.
    """
    permissions.check_may_set_threshold(by)
    policies.check_target(target)
    model = model_in_use()
    if model is None:
        raise Refused("threshold.no_model", "Nothing has been linked yet.")
    return read_judgements(model, target, errand, at)


def propose_now(
    *, by: Actor, reading_id: int, reason: str, errand: int, at: datetime
) -> None:  # fmt: skip
    """For the worker; done a second time it does nothing. Raises: as `propose_threshold`."""
    permissions.check_may_set_threshold(by)
    with transaction.atomic(), one_at_a_time():
        if _is_entered(errand):
            return
        reading = ThresholdReading.objects.using(linker.USING).get(pk=reading_id)
        check_can_propose(by, reading)
        assert reading.bits is not None
        did = audit.Did.THRESHOLD_PROPOSED
        proposal = _enter(by, did, reading.bits, errand, at, reading_id=reading.pk)
        tell_those_who_may_confirm(proposal, reason)


def adopt_now(*, by: Actor, proposal_id: int, at: datetime) -> LinkageRun:
    """For the worker; done a second time it only links. Raises: as `confirm_threshold`."""
    permissions.check_may_set_threshold(by)
    rows = ThresholdAdoption.objects.using(linker.USING).select_related("reading")
    with transaction.atomic(), one_at_a_time():
        proposal = rows.get(pk=proposal_id)
        if proposal.confirmed_by_id != by.person_id:
            check_can_confirm(by, proposal)
            proposal.confirmed_by_id, proposal.confirmed_at = by.person_id, at
            _record(by, audit.Did.THRESHOLD_ADOPTED, proposal, at)
            proposal.save(using=linker.USING, update_fields=["confirmed_by", "confirmed_at"])
            forget_reasons()
    return link_arrived(by=by, at=at)


def undo_now(*, by: Actor, adoption_id: int, errand: int, at: datetime) -> LinkageRun:
    """For the worker; done a second time it only links. Raises: as `undo_adoption`."""
    permissions.check_may_set_threshold(by)
    with transaction.atomic(), one_at_a_time():
        if not _is_entered(errand):
            last, before = _last_that_stands(ThresholdAdoption.objects.using(linker.USING))
            if last.pk != adoption_id:
                raise Refused("threshold.undone", "Another adoption stands by now. Look again.")
            did = audit.Did.THRESHOLD_UNDONE
            _enter(by, did, _stands(before), errand, at, undoes_id=adoption_id)
    return link_arrived(by=by, at=at)


def _is_entered(errand: int) -> bool:
    return ThresholdAdoption.objects.using(linker.USING).filter(errand=errand).exists()


def _enter(
    by: Actor, did: audit.Did, bits: float, errand: int, at: datetime, **why: int
) -> ThresholdAdoption:  # fmt: skip
    """Within `one_at_a_time`."""
    row = ThresholdAdoption(
        reference=new_reference("THA"), bits=bits, person_id=by.person_id, errand=errand,
        made_at=at, **why,
    )  # fmt: skip
    _record(by, did, row, at)
    row.save(using=linker.USING, force_insert=True)
    forget_reasons()
    return row


def _record(by: Actor, did: audit.Did, to: ThresholdAdoption, at: datetime) -> None:
    """In the linker's transaction, which holds the act: a kill takes both or neither."""
    audit.record(by=by, did=did, to=to.reference, at=at, using=linker.USING)


def _check_shown(reading: ThresholdReading) -> None:
    model = LinkageModel.objects.filter(in_use=True).order_by("-trained_at", "-pk").first()
    last = ThresholdReading.objects.order_by("-pk").first()
    policies.check_adoptable(
        reading.bits,
        is_last=last is not None and last.pk == reading.pk,
        is_of_model=model is not None and model.pk == reading.model_id,
        stands=_stands(ThresholdAdoption.objects.filter(IN_FORCE).order_by("-pk").first()),
    )


def _stands(last: ThresholdAdoption | None) -> float:
    return last.bits if last else JOIN_AT


def _last_that_stands(
    adoptions: QuerySet[ThresholdAdoption],
) -> tuple[ThresholdAdoption, ThresholdAdoption | None]:
    """The last adoption that nobody undid, and the one that stands without it."""
    adopted = adoptions.filter(confirmed_by__isnull=False, undone_by__isnull=True)
    found = list(adopted.order_by("-pk")[:2])
    if not found:
        raise Refused("threshold.nothing", "No adopted threshold stands, so none can be undone.")
    return found[0], found[1] if len(found) > 1 else None
