"""Taking out the notification, the letter to those whose data it is, or the affected list."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches import papers, queries
from lightkeeper.apps.breaches.models import Breach
from lightkeeper.apps.breaches.services.cases import check_may_act
from lightkeeper.core.errors import Refused


@dataclass(frozen=True)
class Given:
    """What leaves: the bytes, their type, and a name to keep them under."""

    data: bytes
    content_type: str
    file_name: str


@transaction.atomic
def give(*, by: Actor, breach: Breach, what: str, at: datetime) -> Given:
    """A paper of a breach as a file: the notification as a page or as text, or the letter.

    Raises: NotPermitted; Refused where nothing is stated yet that it could say.
    Source: Data Protection Act 2018 s.67(4), s.68(2).
    """
    check_may_act(by, breach)
    paper = queries.paper_of(by, breach)
    if paper.description is None:
        raise Refused("breach.undescribed", "State what happened, its effects and what was done.")
    data, content_type, ending = papers.written(what, paper)
    audit.record(
        by=by, did=audit.Did.BREACH_GIVEN, to=breach, rule=f"breach.{what}", at=at,
        recipient=by.username,
    )  # fmt: skip
    return Given(data, content_type, f"{breach.reference}-{what}.{ending}")
