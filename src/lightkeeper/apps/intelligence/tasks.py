"""What the worker does for the picture."""

from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.errands import Errand, handles
from lightkeeper.apps.accounts.services import Actor, actor_now
from lightkeeper.apps.intelligence.choices import ThresholdErrand
from lightkeeper.apps.intelligence.happenings import PictureChanged
from lightkeeper.apps.intelligence.services import linking, thresholds
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import NotPermitted


@handles(linking.LINK)
def link(errand: Errand) -> None:
    """Link what has come, or everything. Done a second time it starts again; the old picture stands
    until then.
    """

    def tell(doing: str, share: float) -> None:
        with transaction.atomic():
            errands.progress(errand, done=round(share * 100), total=100, doing=doing)

    by = _who()
    if linking.is_linked_since(errand.asked_at):
        # Whoever linked it may have been killed before they could tell.
        with transaction.atomic():
            announce(PictureChanged(timezone.now()))
        tell("Linked already, together with what came after", 1.0)
        return
    linking.link_arrived(by=by, at=timezone.now(), on_progress=tell)


@handles(linking.RESOLVE)
def resolve(errand: Errand) -> None:
    """Work out again what a judgement, or its undoing, touches; with it what else waits.

    Judgements made one after another touch the same records, which are then worked out once.
    """
    by = _who()
    with transaction.atomic():
        others = list(
            Errand.objects.filter(
                person_id=by.person_id, kind=linking.RESOLVE, finished_at__isnull=True
            ).exclude(pk=errand.pk)
        )
    records = {record for one in (errand, *others) for record in one.arguments["records"]}
    linking.resolve_now(by=by, records=records, at=timezone.now())
    for other in others:
        errands.finish(other)


@handles(linking.RESOLVE_PART)
def resolve_part(errand: Errand) -> None:
    """Work out again what is left of a part of the picture from which a record was erased."""
    linking.resolve_part(by=_who(), part=errand.arguments["part"], at=timezone.now())


@handles(ThresholdErrand.READ)
def read_threshold(errand: Errand) -> None:
    """Read from the judgements which threshold meets a target."""
    target = errand.arguments["target"]
    thresholds.read_now(by=_who(), target=target, errand=errand.pk, at=timezone.now())


@handles(ThresholdErrand.PROPOSE)
def propose_threshold(errand: Errand) -> None:
    """Enter a proposal, which changes nothing yet."""
    said = errand.arguments
    thresholds.propose_now(
        by=_who(), reading_id=said["reading"], reason=said.get("reason", ""), errand=errand.pk,
        at=timezone.now(),
    )  # fmt: skip


@handles(ThresholdErrand.ADOPT)
def adopt_threshold(errand: Errand) -> None:
    """Put a threshold in place, and the picture that it makes."""
    proposal = errand.arguments["proposal"]
    thresholds.adopt_now(by=_who(), proposal_id=proposal, at=timezone.now())


@handles(ThresholdErrand.UNDO)
def undo_threshold(errand: Errand) -> None:
    """Put the threshold of before in place again, and its picture."""
    adoption = errand.arguments["adoption"]
    thresholds.undo_now(by=_who(), adoption_id=adoption, errand=errand.pk, at=timezone.now())


def _who() -> Actor:
    with transaction.atomic():
        by = actor_now()
    if by is None:
        raise NotPermitted("Whoever asked for this may not act any more.")
    return by
