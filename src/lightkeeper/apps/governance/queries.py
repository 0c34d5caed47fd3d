"""Reading how records are kept, what was erased and what agencies were told, for someone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.governance import reckoning
from lightkeeper.apps.governance.models import (
    Disposal,
    Erasure,
    Hold,
    Notice,
    RetentionRule,
    Review,
)
from lightkeeper.apps.governance.reckoning import Entry
from lightkeeper.apps.intake.services import Record
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Due:
    """Some of the queue, the longest due first, and the reference after which it goes on."""

    rows: list[Entry]
    after: str = ""


@dataclass(frozen=True)
class Page:
    """Some rows, newest first, and the reference after which they go on."""

    rows: list[Any]
    after: str = ""


@dataclass(frozen=True)
class Kept:
    """How one record is kept, and what was said of it before."""

    record: Record
    entry: Entry
    reviews: list[Review]
    holds: list[Hold]
    proposal: Disposal | None
    withdrawn: list[Disposal]


def due(actor: Actor, *, on: date, after: str = "") -> Due:
    """The queue of reviews.

    Source: MoPI; Data Protection Act 2018 s.39.
    """
    last = _record(actor, after) if after else None
    found = reckoning.due_entries(
        actor, on=on, after=last.pk if last else None, most=ROWS_A_PAGE + 1
    )
    shown = found[:ROWS_A_PAGE]
    audit.record(by=actor, did=audit.Did.REVIEWS_LISTED, to=[one.reference for one in shown])
    return Due(shown, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def get_record(actor: Actor, reference: str) -> Record:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found = _record(actor, reference)
    if found is None:
        raise NotFound("record")
    return found


def _record(actor: Actor, reference: str) -> Record | None:
    found: Record | None = (
        Record.objects.visible_to(actor)
        .select_related("bucket__owner")
        .filter(reference=reference)
        .first()
    )
    return found


def entry_of(actor: Actor, record: Record, *, on: date) -> Entry:
    """Raises: NotFound where no rule says how it is kept, which a deployment must not have."""
    found = reckoning.entry_of(actor, record.pk, on=on)
    if found is None:
        raise NotFound("retention rule for this record")
    return found


def show(actor: Actor, reference: str, *, on: date) -> Kept:
    """One record for its page of retention. Raises: NotFound."""
    record = get_record(actor, reference)
    entry = entry_of(actor, record, on=on)
    disposals = list(
        Disposal.objects.visible_to(actor)
        .filter(record=record)
        .select_related("proposed_by__agency", "withdrawn_by")
        .order_by("-pk")
    )
    audit.record(by=actor, did=audit.Did.RETENTION_SEEN, to=record)
    return Kept(
        record,
        entry,
        list(
            Review.objects.visible_to(actor)
            .filter(record=record)
            .select_related("person__agency")
            .order_by("-pk")
        ),
        holds_on(actor, record),
        next((one for one in disposals if one.withdrawn_at is None), None),
        [one for one in disposals if one.withdrawn_at is not None],
    )


def holds_on(actor: Actor, record: Record) -> list[Hold]:
    """Those on the record and those on all of its report, ended ones too."""
    return list(
        Hold.objects.visible_to(actor)
        .filter(Q(record=record) | Q(record=None, report=record.report_id))
        .select_related("placed_by__agency", "released_by")
        .order_by("released_at", "-pk")
    )


def get_proposal(actor: Actor, record: Record) -> Disposal:
    """The proposal that stands on this record. Raises: NotFound."""
    found: Disposal | None = (
        Disposal.objects.visible_to(actor).filter(record=record, withdrawn_at=None).first()
    )
    if found is None:
        raise NotFound("proposal to dispose of this record")
    return found


def get_hold(actor: Actor, reference: str) -> Hold:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found: Hold | None = (
        Hold.objects.visible_to(actor)
        .select_related("report", "record")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound("hold")
    return found


def rules_on(day: date) -> list[RetentionRule]:
    """The groups with their periods, as they hold on a day."""
    return list(
        RetentionRule.objects.filter(active_from__lte=day).filter(
            Q(active_to=None) | Q(active_to__gt=day)
        )
    )


def erasures(actor: Actor, *, after: str = "") -> Page:
    """The proof of what was erased, newest first."""
    page = _newest(Erasure.objects.visible_to(actor), after, "proposed_by", "confirmed_by")
    audit.record(by=actor, did=audit.Did.ERASURES_LISTED, to=[one.reference for one in page.rows])
    return page


def notices(actor: Actor, *, after: str = "") -> Page:
    """What one's agency was told, and what the agencies were told of its own; newest first."""
    page = _newest(Notice.objects.visible_to(actor), after, "bucket__owner", "acknowledged_by")
    audit.record(by=actor, did=audit.Did.NOTICES_LISTED, to=[one.reference for one in page.rows])
    return page


def get_notice(actor: Actor, reference: str) -> Notice:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found: Notice | None = Notice.objects.visible_to(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound("notice")
    return found


def _newest(rows: Any, after: str, *related: str) -> Page:
    last = rows.filter(reference=after).first() if after else None
    if last is not None:
        rows = rows.filter(pk__lt=last.pk)
    found = list(rows.select_related(*related).order_by("-pk")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    return Page(shown, shown[-1].reference if len(found) > ROWS_A_PAGE else "")
