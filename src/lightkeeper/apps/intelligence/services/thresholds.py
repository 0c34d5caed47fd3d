"""From which weight records are joined: read from judgements, adopted by a person, undone.

Pages only ask; the worker does it with the linker's rights, after asking again whether it may.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import linker, permissions, policies
from lightkeeper.apps.intelligence.linker.models import model_in_use
from lightkeeper.apps.intelligence.linker.threshold import read_judgements
from lightkeeper.apps.intelligence.models import (
    LinkageModel,
    LinkageRun,
    ThresholdAdoption,
    ThresholdReading,
)
from lightkeeper.apps.intelligence.services.linking import link_arrived
from lightkeeper.core.errors import Refused
from lightkeeper.core.references import new_reference
from lightkeeper.engine.linkage.training import JOIN_AT

READ, ADOPT, UNDO = "intelligence.read", "intelligence.adopt", "intelligence.undo_threshold"


def check_can_ask(by: Actor) -> None:
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
    errands.ask(by=by, kind=READ, at=at, target=target)


def check_can_adopt(by: Actor, reading: ThresholdReading) -> None:
    """Raises: NotPermitted; Refused if it proves nothing, is not the last, or stands already."""
    permissions.check_may_set_threshold(by)
    model = LinkageModel.objects.filter(in_use=True).order_by("-trained_at", "-pk").first()
    last = ThresholdReading.objects.order_by("-pk").first()
    policies.check_adoptable(
        reading.bits,
        is_last=last is not None and last.pk == reading.pk,
        is_of_model=model is not None and model.pk == reading.model_id,
        stands=_stands(ThresholdAdoption.objects.order_by("-pk").first()),
    )


@transaction.atomic
def adopt_threshold(*, by: Actor, reading: ThresholdReading, reason: str, at: datetime) -> None:
    """Let records be joined from the weight of this reading on; the picture is worked out anew.

    Raises: as `check_can_adopt`; Refused without a reason.
    Source: mission P2.
    """
    policies.check_reason(reason)
    check_can_adopt(by, reading)
    audit.record(by=by, did=audit.Did.THRESHOLD_ADOPTED, to=reading.reference, reason=reason, at=at)
    errands.ask(by=by, kind=ADOPT, at=at, reading=reading.pk, reason=reason.strip())


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
    audit.record(by=by, did=audit.Did.THRESHOLD_UNDONE, to=last.reference, reason=reason, at=at)
    errands.ask(by=by, kind=UNDO, at=at, adoption=last.pk, reason=reason.strip())


def read_now(*, by: Actor, target: float, at: datetime) -> ThresholdReading:
    """For the worker. Raises: NotPermitted; Refused if nothing is linked."""
    permissions.check_may_set_threshold(by)
    policies.check_target(target)
    model = model_in_use()
    if model is None:
        raise Refused("threshold.no_model", "Nothing has been linked yet.")
    return read_judgements(model, target, at)


def adopt_now(*, by: Actor, reading_id: int, reason: str, at: datetime) -> LinkageRun:
    """For the worker; done a second time it only links. Raises: as `adopt_threshold`."""
    permissions.check_may_set_threshold(by)
    reading = ThresholdReading.objects.using(linker.USING).get(pk=reading_id)
    adoptions = ThresholdAdoption.objects.using(linker.USING).order_by("-pk")
    last = adoptions.first()
    if last is None or last.reading_id != reading.pk:
        with transaction.atomic():
            check_can_adopt(by, reading)
        assert reading.bits is not None
        _enter(by, reading.bits, reason, at, reading_id=reading.pk)
    return link_arrived(by=by, at=at)


def undo_now(*, by: Actor, adoption_id: int, reason: str, at: datetime) -> LinkageRun:
    """For the worker; done a second time it only links. Raises: as `undo_adoption`."""
    permissions.check_may_set_threshold(by)
    adoptions = ThresholdAdoption.objects.using(linker.USING)
    if not adoptions.filter(undoes=adoption_id).exists():
        last, before = _last_that_stands(adoptions.all())
        if last.pk != adoption_id:
            raise Refused("threshold.undone", "Another adoption stands by now. Look again.")
        _enter(by, _stands(before), reason, at, undoes_id=adoption_id)
    return link_arrived(by=by, at=at)


def _enter(by: Actor, bits: float, reason: str, at: datetime, **why: int) -> None:
    row = ThresholdAdoption(
        reference=new_reference("THA"), bits=bits, person_id=by.person_id, reason=reason,
        made_at=at, **why,
    )  # fmt: skip
    row.save(using=linker.USING, force_insert=True)


def _stands(last: ThresholdAdoption | None) -> float:
    return last.bits if last else JOIN_AT


def _last_that_stands(
    adoptions: QuerySet[ThresholdAdoption],
) -> tuple[ThresholdAdoption, ThresholdAdoption | None]:
    """The last adoption that nobody undid, and the one that stands without it."""
    standing = adoptions.filter(undoes__isnull=True, undone_by__isnull=True).order_by("-pk")[:2]
    found = list(standing)
    if not found:
        raise Refused("threshold.nothing", "No adopted threshold stands, so none can be undone.")
    return found[0], found[1] if len(found) > 1 else None
