"""Who has looked at a thing, and why: asked by its reference."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from lightkeeper.apps.audit.choices import Did, Verb
from lightkeeper.apps.audit.permissions import OVERSEE, Overseer
from lightkeeper.apps.audit.queries.pages import closed, opened
from lightkeeper.apps.audit.services import record
from lightkeeper.core.errors import NotFound, NotPermitted

LOOKS_A_PAGE = 50
LONGEST = 60
NEWEST = 2**62
STANDING = "select bool_or(ours) from sec.standing_of(%s)"
LOOKS = "select * from sec.looks_at(%s, %s, %s)"


@dataclass(frozen=True)
class Look:
    """One act on it. Of another agency's people `person`, `reason` and `recipient` are empty."""

    at: datetime
    person: str
    agency: str
    verb: str
    did: str
    references: list[str]
    purpose: str
    reason: str
    recipient: str

    @property
    def act(self) -> str:
        return Verb(self.verb).label


@dataclass(frozen=True)
class Looks:
    rows: list[Look]
    before: str
    oversees: bool


def looks(by: Overseer, references: list[str], *, before: str = "") -> Looks:
    """Who did what to any of these, the newest first.

    An overseer is told what people of their own agency did, and of what the agency owns also that
    another agency did something. Others are told what people of their own agency did to what the
    agency owns, and they may read. The database holds to that (`sec.looks_at`).

    Raises: NotFound, the same for what does not exist and what is not shared. NotPermitted if it
        is shared and another agency owns it.

    Source: mission A3; Data Protection Act 2018 s.62.
    """
    oversees = OVERSEE in by.powers
    if not oversees:
        _check_owned(references)
    with connection.cursor() as cursor:
        most = LOOKS_A_PAGE + 1
        cursor.execute(LOOKS, [references, opened(before) if before else NEWEST, most])
        found = cursor.fetchall()
    record(by=by, did=Did.LOOKS_SEEN, to=[one[:LONGEST] for one in references])
    shown = found[:LOOKS_A_PAGE]
    more = len(found) > LOOKS_A_PAGE
    return Looks([Look(*row[1:]) for row in shown], closed(shown[-1][0]) if more else "", oversees)


def _check_owned(references: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [references])
        (ours,) = cursor.fetchone()
    if ours is None:
        raise NotFound("record")
    if not ours:
        raise NotPermitted(
            _(
                "Who has looked at this is told to the agency that owns it. Ask that agency, or "
                "your own auditor."
            )
        )


def is_told_of_looks(by: Overseer, owner_id: int) -> bool:
    """Whether a page about what this agency owns shows the way to who has looked at it."""
    return OVERSEE in by.powers or by.agency_id == owner_id
