"""Reading what was asked and opened, always for someone."""

from dataclasses import dataclass
from datetime import datetime

from lightkeeper.apps.accounts.services import Actor, Agency, Glass
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.sharing.models import Ask, Enquiry, GlassReview
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Enquired:
    """An enquiry about a record, with the record."""

    enquiry: Enquiry
    record: Record


@dataclass(frozen=True)
class GlassShown:
    glass: Glass
    records: tuple[Record, ...]
    review: GlassReview | None


def enquiries(actor: Actor) -> list[Enquired]:
    """Who asked about records that the viewer may see, newest first."""
    rows = Enquiry.objects.visible_to(actor).select_related("asked_by", "agency").order_by("-pk")
    found = list(rows[:ROWS_A_PAGE])
    records = Record.objects.visible_to(actor).in_bulk([one.record_id for one in found])
    audit.record(by=actor, did=audit.Did.ENQUIRIES_LISTED, to=[one.reference for one in found])
    return [Enquired(one, records[one.record_id]) for one in found if one.record_id in records]


def asks(actor: Actor) -> list[Ask]:
    """What the viewer asked lately."""
    mine = Ask.objects.visible_to(actor).filter(person_id=actor.person_id)
    found = list(mine.order_by("-pk")[:20])
    audit.record(by=actor, did=audit.Did.ASKS_LISTED, to=[one.reference for one in found])
    return found


def agencies_named(asked: list[Ask]) -> dict[str, Agency]:
    codes = {line["agency"] for one in asked for line in one.answer}
    return {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}


def glass_list(actor: Actor, *, reviewed: bool = False) -> list[Glass]:
    """Broken glass that concerns the viewer's agency, on either side; the longest waiting first."""
    rows = Glass.objects.visible_to(actor).filter(reviewed=reviewed)
    found = list(
        rows.select_related("person__agency", "bucket__owner").order_by("pk")[:ROWS_A_PAGE]
    )
    audit.record(by=actor, did=audit.Did.GLASS_LISTED, to=[one.reference for one in found])
    return found


def waiting_count(actor: Actor) -> int:
    """How many wait for the viewer's own agency to review."""
    rows = Glass.objects.visible_to(actor).filter(reviewed=False, bucket__owner=actor.agency)
    return int(rows.exclude(person_id=actor.person_id).count())


def open_now(actor: Actor, at: datetime) -> list[Glass]:
    """What is open to the viewer through broken glass, for the banner of every page."""
    if not actor.viewer.glass:
        return []
    rows = Glass.objects.visible_to(actor).filter(
        person_id=actor.person_id, ended_at=None, until__gt=at
    )
    return list(rows.order_by("until"))


def get_glass(actor: Actor, reference: str) -> Glass:
    """Raises: NotFound, the same for what does not exist and what is not shared."""
    rows = Glass.objects.visible_to(actor).select_related("person__agency", "bucket__owner")
    found: Glass | None = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound("glass")
    return found


def get_record(actor: Actor, reference: str) -> Record:
    """Raises: NotFound, the same for what does not exist and what is not shared."""
    rows = Record.objects.visible_to(actor).select_related("bucket__owner")
    found: Record | None = rows.filter(reference=reference.strip()).first()
    if found is None:
        raise NotFound("record")
    return found


def show_glass(actor: Actor, reference: str) -> GlassShown:
    """One entry with the records that were opened, as far as the viewer may see them."""
    glass = get_glass(actor, reference)
    records = Record.objects.visible_to(actor).filter(bucket__root_id=glass.root_id)
    shown = tuple(records.select_related("bucket__owner").order_by("pk")[:ROWS_A_PAGE])
    audit.record(by=actor, did=audit.Did.GLASS_SEEN, to=[glass, *shown])
    reviews = GlassReview.objects.visible_to(actor).select_related("person")
    return GlassShown(glass, shown, reviews.filter(glass=glass).first())
