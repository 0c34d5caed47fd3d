"""Reading the log, which is itself recorded: one's own agency's events, and whether they hold."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lightkeeper.apps.audit.choices import Did, Verb
from lightkeeper.apps.audit.models import Event, Leaf, Seal
from lightkeeper.apps.audit.permissions import Overseer, check_may_oversee
from lightkeeper.apps.audit.queries.pages import closed, opened
from lightkeeper.apps.audit.services import record
from lightkeeper.apps.audit.verifying import Verification, last_verification
from lightkeeper.apps.audit.writing import COLUMNS, leaf_of

EVENTS_A_PAGE = 50
SHOWN = 5
ASKED_ABOUT = re.compile(r"(REC|SUB|TSK)-[0-9A-Z-]+")
LATEST_SEAL = timedelta(minutes=5)
TONES = {
    "consult": "neutral", "collect": "info", "alter": "info", "combine": "info",
    "disclose": "warn", "erase": "warn", "deny": "danger", "admin": "neutral",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is looked for in the log."""

    person: str = ""
    verb: str = ""
    reference: str = ""
    day: date | None = None

    @property
    def parts(self) -> list[str]:
        """The question as it is recorded itself."""
        asked = {
            "person": self.person,
            "verb": self.verb,
            "reference": self.reference,
            "day": self.day.isoformat() if self.day else "",
        }
        return [f"{name}: {value}"[:60] for name, value in asked.items() if value]


@dataclass(frozen=True)
class Shown:
    """One event as it is shown. `holds`: as sealed, not sealed yet, or changed since."""

    at: datetime
    person: str
    verb: str
    did: str
    references: list[str]
    purpose: str
    reason: str
    recipient: str
    rule: str
    holds: str

    @property
    def act(self) -> str:
        """The word of the law for it."""
        return Verb(self.verb).label

    @property
    def tone(self) -> str:
        return TONES.get(self.verb, "neutral")

    @property
    def first_references(self) -> list[tuple[str, bool]]:
        """The first few, each with whether it can be asked who has looked at it."""
        return [(one, bool(ASKED_ABOUT.fullmatch(one))) for one in self.references[:SHOWN]]

    @property
    def more_references(self) -> int:
        return max(len(self.references) - SHOWN, 0)


@dataclass(frozen=True)
class Page:
    rows: list[Shown]
    before: str = ""


@dataclass(frozen=True)
class State:
    """How far the log is sealed, and what came of it when the whole of it was last verified."""

    sealed_at: datetime | None
    late: bool
    verification: Verification | None


def events(by: Overseer, question: Question, *, before: str = "") -> Page:
    """The newest events of one's own agency first.

    Raises: NotPermitted. Refused if `before` is not where a page of ours ended.

    Source: mission A3; Data Protection Act 2018 s.62.
    """
    check_may_oversee(by)
    # Events carry no label: the agency here, and row-level security behind it, say whose they are.
    rows = QuerySet(Event).filter(agency_id=by.agency_id)
    if question.person:
        rows = rows.filter(person=question.person)
    if question.verb:
        rows = rows.filter(verb=Verb(question.verb).value)
    if question.reference:
        rows = rows.filter(references__contains=[question.reference])
    if question.day:
        rows = rows.filter(at__date=question.day)
    if before:
        rows = rows.filter(id__lt=opened(before))
    found = list(rows.order_by("-id").values_list(*COLUMNS)[: EVENTS_A_PAGE + 1])
    shown = found[:EVENTS_A_PAGE]
    record(by=by, did=Did.AUDIT_SEEN, to=question.parts)
    more = len(found) > EVENTS_A_PAGE
    return Page(with_leaves(shown), closed(shown[-1][0]) if more else "")


def state(by: Overseer) -> State:
    check_may_oversee(by)
    last = Seal.objects.order_by("-size").first()
    late = last is None or timezone.now() - last.at > LATEST_SEAL
    return State(last.at if last else None, late, last_verification())


def with_leaves(rows: list[tuple[Any, ...]]) -> list[Shown]:
    leaves = {
        leaf.event_id: bytes(leaf.hash)
        for leaf in Leaf.objects.filter(event_id__in=[row[0] for row in rows])
    }
    return [_shown(row, leaves.get(row[0])) for row in rows]


def _shown(row: tuple[Any, ...], leaf: bytes | None) -> Shown:
    said = dict(zip(COLUMNS, row, strict=True))
    holds = "waiting" if leaf is None else "sealed" if leaf == leaf_of(row) else "changed"
    return Shown(
        holds=holds, **{name: said[name] for name in Shown.__annotations__ if name in said}
    )
