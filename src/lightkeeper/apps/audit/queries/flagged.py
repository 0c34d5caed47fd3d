"""Unusual looks of one's own agency's people, for whoever oversees them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from lightkeeper.apps.audit.choices import Did
from lightkeeper.apps.audit.models import Event, Flag, FlagDecision
from lightkeeper.apps.audit.permissions import OVERSEE, Overseer, check_may_oversee
from lightkeeper.apps.audit.queries.log import Shown, with_leaves
from lightkeeper.apps.audit.services import record
from lightkeeper.apps.audit.writing import COLUMNS
from lightkeeper.core.errors import NotFound

FLAGS_A_PAGE = 50
MOST_EVENTS = 200


@dataclass(frozen=True)
class Narrow:
    """What the queue is narrowed by; nothing given is all that waits."""

    rule: str = ""
    decided: bool = False


@dataclass(frozen=True)
class Flags:
    rows: list[Flag]
    after: str = ""


@dataclass(frozen=True)
class Flagged:
    """A flag for its page: the events it stands on, and what was decided."""

    flag: Flag
    decision: FlagDecision | None
    events: list[Shown]


def flags(by: Overseer, narrow: Narrow | None = None, *, after: str = "") -> Flags:
    """What waits for a decision, the oldest first; or what was decided.

    Raises: NotPermitted.

    Source: mission A3; ACCESS 6.6.
    """
    check_may_oversee(by)
    narrow = narrow or Narrow()
    rows = _own(by).filter(decision__isnull=not narrow.decided)
    if narrow.rule:
        rows = rows.filter(rule__code=narrow.rule)
    if last := _own(by).filter(reference=after).first() if after else None:
        rows = rows.filter(pk__gt=last.pk)
    found = list(rows.order_by("pk")[: FLAGS_A_PAGE + 1])
    shown = found[:FLAGS_A_PAGE]
    record(by=by, did=Did.FLAGS_LISTED, to=[flag.reference for flag in shown])
    return Flags(shown, shown[-1].reference if len(found) > FLAGS_A_PAGE else "")


def find_flag(by: Overseer, reference: str) -> Flag:
    """Raises: NotFound, the same for one that is not there and one of another agency's people."""
    found = _own(by).filter(reference=reference).first() if _oversees(by) else None
    if found is None:
        raise NotFound("unusual look")
    return found


def show_flag(by: Overseer, reference: str) -> Flagged:
    """One flag with its events. Raises: NotFound."""
    flag = find_flag(by, reference)
    rows = QuerySet(Event).filter(agency_id=by.agency_id, pk__in=flag.events)
    found = list(rows.order_by("-id").values_list(*COLUMNS)[:MOST_EVENTS])
    record(by=by, did=Did.FLAG_SEEN, to=[flag.reference])
    return Flagged(flag, getattr(flag, "decision", None), with_leaves(found))


def _oversees(by: Overseer) -> bool:
    return OVERSEE in by.powers


def _own(by: Overseer) -> "QuerySet[Flag]":
    # Flags carry no label: the agency here, and row-level security behind it, say whose they are.
    return QuerySet(Flag).filter(agency_id=by.agency_id).select_related("rule", "decision")
