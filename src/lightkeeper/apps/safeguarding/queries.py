"""Reading considerations, always for someone. They are listed by age, and never ranked."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.intelligence.slots import Slot
from lightkeeper.apps.safeguarding.models import Consideration, ConsiderationOutcome
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50
MOST = 20


@dataclass(frozen=True)
class Listed:
    """A consideration in a list, with the record if it is shared with the viewer."""

    consideration: Consideration
    record: Record | None


@dataclass(frozen=True)
class Page:
    """Some considerations, oldest first, and the reference after which the next page begins."""

    rows: list[Listed]
    after: str = ""


@dataclass(frozen=True)
class Shown:
    """One consideration, with the record as far as this person may see it, and what was decided."""

    consideration: Consideration
    record: Record | None
    facts: list[Any]
    outcome: ConsiderationOutcome | None


def waiting(actor: Actor, *, after: str = "", decided: bool = False) -> Page:
    """What waits for somebody to decide, the longest waiting first."""
    rows = Consideration.objects.visible_to(actor).filter(decided=decided)
    last = _find(actor, after) if after else None
    if last is not None:
        rows = rows.filter(pk__gt=last.pk)
    found = list(rows.select_related("bucket__owner").order_by("pk")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    # Asked for by themselves: a duty is shown to whoever has it, also where its record is not.
    records = _records(actor, [one.record_id for one in shown])
    audit.record(by=actor, did=audit.Did.CONSIDERATIONS_LISTED, to=[one.reference for one in shown])
    return Page(
        [Listed(one, records.get(one.record_id)) for one in shown],
        shown[-1].reference if len(found) > ROWS_A_PAGE else "",
    )


def _records(actor: Actor, ids: list[int]) -> dict[int, Record]:
    visible = Record.objects.visible_to(actor).select_related("bucket__owner")
    return dict(visible.defer("originals").in_bulk(ids))


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
    record = _records(actor, [consideration.record_id]).get(consideration.record_id)
    outcome = (
        ConsiderationOutcome.objects.visible_to(actor)
        .select_related("person__agency")
        .filter(consideration=consideration)
        .first()
    )
    seen = [consideration, record] if record else [consideration]
    audit.record(by=actor, did=audit.Did.CONSIDERATION_SEEN, to=seen)
    facts = picture.facts_of([record]) if record else []
    return Shown(consideration, record, facts, outcome)


def about(actor: Actor, reference: str) -> list[Consideration]:
    """The considerations of a task or a record that this person may see."""
    return list(Consideration.objects.visible_to(actor).filter(about=reference).order_by("pk"))


def considerations_of_subject(actor: Actor, record_ids: list[int]) -> Slot | None:
    """What is, or was, to be decided for a child among these records; for a subject's page."""
    found = list(
        Consideration.objects.visible_to(actor).filter(record__in=record_ids).order_by("pk")[:MOST]
    )
    if not found:
        return None
    audit.record(by=actor, did=audit.Did.CONSIDERATIONS_LISTED, to=[one.reference for one in found])
    return Slot(
        _("Considerations for a child"),
        "safeguarding/partials/_of_subject.html",
        {"considerations": found},
    )
