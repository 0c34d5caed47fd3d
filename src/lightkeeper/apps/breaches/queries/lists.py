"""Who is affected by a breach, as far as whoever asks may see the records; of others, how many."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches.models import Affected, Breach, Listing, Share, Sighting
from lightkeeper.apps.breaches.papers import Numbers
from lightkeeper.apps.intake.choices import Category
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import queries as intelligence
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50
AT_ONCE = 1000
HOLDS = "select sec.listing_holds(%s)"


@dataclass(frozen=True)
class Line:
    """One affected record, with by whom it was seen."""

    affected: Affected
    record: Record | None
    subject: str
    sightings: list[Sighting]


@dataclass(frozen=True)
class AffectedPage:
    lines: list[Line]
    after: str = ""


@dataclass(frozen=True)
class ListingShown:
    """A list with its numbers, whether it is what it was, and what each agency owns of it."""

    listing: Listing
    numbers: Numbers
    holds: bool
    shares: list[Share]


def listings(actor: Actor, breach: Breach) -> list[Listing]:
    """The newest first: the newest counts."""
    rows = Listing.objects.visible_to(actor).filter(breach=breach)
    return list(rows.select_related("person").order_by("-number"))


def listing(actor: Actor, number: int) -> Listing:
    """Raises: NotFound."""
    found: Listing | None = Listing.objects.visible_to(actor).filter(pk=number).first()
    if found is None:
        raise NotFound("list")
    return found


def shown_listing(actor: Actor, breach: Breach) -> ListingShown | None:
    found = listings(actor, breach)
    if not found:
        return None
    with connection.cursor() as cursor:
        cursor.execute(HOLDS, [found[0].pk])
        (holds,) = cursor.fetchone()
    newest = found[0]
    return ListingShown(newest, numbers_of(actor, newest), bool(holds), shares_of(actor, newest))


def shares_of(actor: Actor, of: Listing) -> list[Share]:
    """What each agency owns of a list."""
    rows = Share.objects.visible_to(actor).filter(listing_row=of.pk)
    return list(rows.select_related("whose", "told_by", "answered_by").order_by("-records", "pk"))


def _rows(actor: Actor, listing_row: int) -> Any:
    return Affected.objects.visible_to(actor).filter(listing_id=listing_row)


def numbers_of(actor: Actor, of: Listing) -> Numbers:
    """How many records and subjects, by category and kind; of what this person may not see, only
    how many by the agency that owns them.
    """
    rows = _rows(actor, of.pk)
    whose: Counter[int] = Counter()
    categories: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    subjects: set[int] = set()
    for batch in _batches(rows.select_related("record", "bucket_right")):
        ids = [one.record_id for one in batch if one.record_id]
        subjects |= set(intelligence.subjects_of(actor, ids).values())
        for one in batch:
            whose[one.bucket_right.owner_id] += 1
            if one.record is not None:
                kinds[one.record.kind] += 1
                for category in one.record.categories:
                    categories[str(Category(category).label)] += 1
    hidden = [
        (share.whose.name, share.records - whose[share.whose_id])
        for share in shares_of(actor, of)
        if share.records > whose[share.whose_id]
    ]
    return Numbers(
        subjects=len(subjects),
        records=sum(whose.values()),
        of_subjects=tuple(sorted(categories.items())),
        of_records=tuple(sorted(kinds.items())),
        hidden=tuple(hidden),
    )


def _batches(rows: Any) -> Iterator[list[Affected]]:
    """So many at once, so that no list is too long."""
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield batch
        after = batch[-1].pk


def affected(actor: Actor, breach: Breach, *, after: str = "") -> AffectedPage:
    """The newest list as this person may see it, with by whom and when each record was seen."""
    found = listings(actor, breach)
    page = _page(actor, found[0].pk, after) if found else AffectedPage([])
    to = [breach.reference, *(line.affected.reference for line in page.lines)]
    audit.record(by=actor, did=audit.Did.AFFECTED_SEEN, to=to)
    return page


def share_affected(actor: Actor, share: Share, *, after: str = "") -> AffectedPage:
    """What a share is about, for the agency that owns the records: which and when, and that it was
    at the other agency; not by whom, which is for that agency to say.
    """
    whose = _rows(actor, share.listing_row).filter(bucket_right__owner=share.whose_id)
    page = _paged(actor, whose, after)
    to = [share.reference, *(line.affected.reference for line in page.lines)]
    audit.record(by=actor, did=audit.Did.AFFECTED_SEEN, to=to)
    return page


def _page(actor: Actor, listing_row: int, after: str) -> AffectedPage:
    return _paged(actor, _rows(actor, listing_row), after)


def _paged(actor: Actor, rows: Any, after: str) -> AffectedPage:
    last = rows.filter(reference=after).first() if after else None
    if last is not None:
        rows = rows.filter(pk__gt=last.pk)
    found = list(rows.select_related("record", "bucket_right__owner").order_by("pk")
                 [: ROWS_A_PAGE + 1])  # fmt: skip
    shown = found[:ROWS_A_PAGE]
    ids = {one.record_id for one in shown if one.record_id}
    earliest = intelligence.subjects_of(actor, ids)
    named = {
        one.pk: intelligence.reference_of(one)
        for one in Record.objects.visible_to(actor).filter(pk__in=set(earliest.values()))
    }
    by: dict[int, list[Sighting]] = {}
    for one in Sighting.objects.visible_to(actor).filter(affected__in=shown).order_by("first_at"):
        by.setdefault(one.affected_id, []).append(one)
    lines = [
        Line(one, one.record, named.get(earliest.get(one.record_id, 0), ""), by.get(one.pk, []))
        for one in shown
    ]
    return AffectedPage(lines, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def shares(actor: Actor, *, after: str = "") -> list[Share]:
    """What other agencies told one's own of, the newest first; and what one's own told others."""
    rows = Share.objects.visible_to(actor).filter(told_at__isnull=False)
    last = rows.filter(reference=after).first() if after else None
    if last is not None:
        rows = rows.filter(pk__lt=last.pk)
    related = rows.select_related("whose", "happened_at", "told_by", "answered_by")
    found = list(related.order_by("-pk")[:ROWS_A_PAGE])
    audit.record(by=actor, did=audit.Did.SHARES_LISTED, to=[one.reference for one in found])
    return found


def find_share(actor: Actor, reference: str) -> Share:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found: Share | None = (
        Share.objects.visible_to(actor)
        .select_related("whose", "happened_at", "told_by")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound("share")
    return found


def somebody_handles() -> bool:
    """Whether anybody at the agency of whoever asks handles breaches here."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.somebody_handles_breaches()")
        return bool(cursor.fetchone()[0])


def has_acted(breach: Breach) -> bool:
    """Whether a list of this breach has an act of whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.own_in_breach(%s)", [breach.pk])
        return bool(cursor.fetchone()[0])
