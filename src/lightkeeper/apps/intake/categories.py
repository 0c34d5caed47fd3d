"""Whom a record is about, and what kind of statement it is: as it came, and as a person decides."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor, Power
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import permissions, policies
from lightkeeper.apps.intake.choices import Basis, Category
from lightkeeper.apps.intake.models import Record
from lightkeeper.core.days import day_of
from lightkeeper.core.locking import lock

# How long it may stay open whom a record of a person is about.
UNDETERMINED_DAYS = 90
# The ends of words, so that child-victim and key-witness are found too. The most protected first.
ENDINGS = (
    (Category.VICTIM, ("victim", "survivor", "complainant")),
    (Category.WITNESS, ("witness", "informant")),
    (Category.CONVICTED, ("convicted", "offender")),
    (Category.SUSPECT, ("suspect", "suspected", "perpetrator")),
)


def categories_of(kind: str, roles: Iterable[str], *, child: bool) -> list[Category]:
    """Every category that the roles of a person say, the most protected first; a thing has none.

    Somebody may be suspected and harmed at once: both are kept, and what is done with the record
    follows the first.
    Source: Data Protection Act 2018 s.38(3).
    """
    if kind != "Person":
        return []
    said = [role.casefold().replace("_", "-").replace(" ", "-") for role in roles]
    found = [
        category
        for category, endings in ENDINGS
        if any(role == end or role.endswith(f"-{end}") for role in said for end in endings)
    ]
    return [Category.CHILD, *found] if child else found or [Category.UNDETERMINED]


def in_order(given: Iterable[Category]) -> list[Category]:
    """Each once, the most protected first; what is not determined is nothing beside another."""
    chosen = set(given)
    found = [one for one in Category if one in chosen and one != Category.UNDETERMINED]
    return found or [Category.UNDETERMINED]


def review_due(category: str, received: date) -> date | None:
    """The day by which somebody has to say whom it is about."""
    if category != Category.UNDETERMINED:
        return None
    return received + timedelta(days=UNDETERMINED_DAYS)


def check_can_determine(by: Actor, record: Record) -> None:
    permissions.check_may_change(by, record.bucket_id, Power.CORRECT)


@transaction.atomic
def determine(
    *, by: Actor, record: Record, categories: Iterable[Category], basis: Basis, reason: str,
    at: datetime,
) -> Record:  # fmt: skip
    """Say whom a record is about, and whether it is fact, report, opinion or inference.

    Raises: NotPermitted; Refused without a reason.
    Source: Data Protection Act 2018 s.38(2), (3).
    """
    check_can_determine(by, record)
    policies.check_reason(reason)
    record = lock(record)
    first, *also = in_order(map(Category, categories)) if record.kind == "Person" else [""]
    record.category, record.also = first, list(also)
    record.basis = Basis(basis)
    record.review_due = review_due(record.category, day_of(at))
    record.save(update_fields=["category", "also", "basis", "review_due"])
    audit.record(by=by, did=audit.Did.CATEGORY_DETERMINED, to=record, reason=reason, at=at)
    return record
