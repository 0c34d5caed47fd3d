"""Recording who did what, to what, when and why: in the transaction of the act, so that there is no
act without its event and no event without its act. Nothing but this app's own pages reads it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from django.db import connections

from lightkeeper.apps.audit.choices import Did, Verb
from lightkeeper.apps.audit.models import Event

__all__ = ["Did", "Event", "Trail", "Verb", "record", "trail"]

MOST_REFERENCES = 1000

INSERT = """
insert into audit_event (at, person_id, person, agency_id, session, verb, did, "references",
                         purpose, reason, recipient, rule, request)
values (%s, %s, %s, %s, %s, %s, %s, %s::varchar[], %s, %s, %s, %s, %s)
"""


class Somebody(Protocol):
    """Whoever acts; audit imports no other app."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def username(self) -> str: ...
    @property
    def agency_id(self) -> int | None: ...
    @property
    def session(self) -> str: ...
    @property
    def purpose(self) -> str: ...


@dataclass
class Trail:
    """What one request has recorded so far, so that a door can tell an act without an event."""

    request: str
    events: int = 0


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


@contextmanager
def trail(request: str) -> Iterator[Trail]:
    """Count what is recorded inside the block, and mark each event with the request's number."""
    now = Trail(request)
    before = _trail.set(now)
    try:
        yield now
    finally:
        _trail.reset(before)


def record(
    *,
    by: Somebody,
    did: Did,
    to: object = (),
    reason: str = "",
    at: datetime | None = None,
    recipient: str = "",
    rule: str = "",
    using: str = "default",
) -> None:
    """Enter one event about one thing or several; many references become several events.

    Source: Data Protection Act 2018 s.62; mission A3.
    """
    references = [str(thing) for thing in to] if _several(to) else [str(to)]
    for start in range(0, max(len(references), 1), MOST_REFERENCES):
        _enter(
            by, did, references[start : start + MOST_REFERENCES], reason, at, recipient, rule, using
        )
    if now := _trail.get():
        now.events += 1


def _several(to: object) -> bool:
    return isinstance(to, Iterable) and not isinstance(to, str)


def _enter(
    by: Somebody,
    did: Did,
    references: list[str],
    reason: str,
    at: datetime | None,
    recipient: str,
    rule: str,
    using: str,
) -> None:
    now = _trail.get()
    # Plain SQL, because Django's insert reads the new row back, and those who may write here may
    # not read here.
    with connections[using].cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                at or datetime.now(UTC),
                by.person_id,
                by.username,
                by.agency_id,
                by.session,
                str(did.verb),
                did.words,
                references,
                by.purpose,
                reason,
                recipient,
                rule,
                now.request if now else "",
            ],
        )
