"""Reading considerations, always for someone. They are listed by age, and never ranked."""

from dataclasses import dataclass

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.slots import Slot
from lightkeeper.apps.safeguarding.models import Consideration, ConsiderationOutcome
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some considerations, oldest first, and the reference after which the next page begins."""

    rows: list[Consideration]
    after: str = ""


@dataclass(frozen=True)
class Shown:
    """One consideration, with the record as far as this person may see it, and what was decided."""

    consideration: Consideration
    record: Record | None
    outcome: ConsiderationOutcome | None


def waiting(actor: Actor, *, after: str = "", decided: bool = False) -> Page:
    """What waits for somebody to decide, the longest waiting first."""
    rows = Consideration.objects.visible_to(actor).filter(decided=decided)
    last = _find(actor, after) if after else None
    if last is not None:
        rows = rows.filter(pk__gt=last.pk)
    found = list(
        rows.select_related("record", "record__report__owner").order_by("pk")[: ROWS_A_PAGE + 1]
    )
    shown = found[:ROWS_A_PAGE]
    audit.record(by=actor, did=audit.Did.CONSIDERATIONS_LISTED, to=[one.reference for one in shown])
    return Page(shown, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def waiting_count(actor: Actor) -> int:
    return Consideration.objects.visible_to(actor).filter(decided=False).count()


def get_consideration(actor: Actor, reference: str) -> Consideration:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found = _find(actor, reference)
    if found is None:
        raise NotFound("consideration")
    return found


def _find(actor: Actor, reference: str) -> Consideration | None:
    found: Consideration | None = (
        Consideration.objects.visible_to(actor)
        .select_related("bucket__audience", "bucket__owner")
        .filter(reference=reference)
        .first()
    )
    return found


def show(actor: Actor, reference: str) -> Shown:
    """One consideration for its page. Raises: NotFound."""
    consideration = get_consideration(actor, reference)
    record = (
        Record.objects.visible_to(actor)
        .select_related("report__owner")
        .filter(pk=consideration.record_id)
        .first()
    )
    outcome = (
        ConsiderationOutcome.objects.visible_to(actor)
        .select_related("person__agency")
        .filter(consideration=consideration)
        .first()
    )
    audit.record(by=actor, did=audit.Did.CONSIDERATION_SEEN, to=consideration)
    return Shown(consideration, record, outcome)


def about(actor: Actor, reference: str) -> list[Consideration]:
    """The considerations of a task or a record that this person may see."""
    return list(Consideration.objects.visible_to(actor).filter(about=reference).order_by("pk"))


def considerations_of_subject(actor: Actor, record_ids: list[int]) -> Slot | None:
    found = list(
        Consideration.objects.visible_to(actor).filter(record__in=record_ids).order_by("pk")[:20]
    )
    if not found:
        return None
    return Slot(
        "Considerations",
        "safeguarding/partials/_of_subject.html",
        {"considerations": found, "waiting": sum(not one.decided for one in found)},
    )
