"""Which records are affected, worked out from the log; telling the agencies that own them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches import permissions, policies, queries
from lightkeeper.apps.breaches.choices import Done
from lightkeeper.apps.breaches.models import Breach, Listing, Share
from lightkeeper.apps.breaches.services.cases import check_can_handle, note_step, own
from lightkeeper.core.errors import NotPermitted, Refused

LIST = "select sec.list_breach(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
TELL = "select sec.tell_of_breach(%s, %s, %s)"
ANSWER = "select sec.answer_breach_share(%s, %s, %s)"


@dataclass(frozen=True)
class Scope:
    """Whose looks count, from when to when, which acts; or what was delivered, by its reference."""

    accounts: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    acts: tuple[str, ...] = (Done.CONSULT.value, Done.DISCLOSE.value)
    delivered: str = ""


@transaction.atomic
def work_out(*, by: Actor, breach: Breach, scope: Scope, reason: str, at: datetime) -> Listing:
    """Have the log say which records are affected within a scope, and keep the list.

    The database works it out, whoever may see the records; what `by` may not see they are told as
    a number by the agency that owns it, and nothing else. A list is never changed: it is made anew.

    Raises: NotPermitted; Refused for a scope that names nobody and nothing, or without a reason.
    Source: Data Protection Act 2018 s.62, s.67(4)(a).
    """
    check_can_handle(by, breach)
    policies.check_reason(reason)
    policies.check_scope(
        scope.accounts, scope.sessions, scope.delivered, scope.acts, scope.since, scope.until
    )
    policies.check_not_own(by.username, scope.accounts)
    queries.check_accounts(by, scope.accounts)
    given = [
        breach.pk, list(scope.accounts), list(scope.sessions), scope.since, scope.until,
        list(scope.acts), scope.delivered, reason.strip(), at,
    ]  # fmt: skip
    made = _done(LIST, given)
    if made is None:
        raise NotPermitted("Only the agency that owns this may do that.")
    policies.check_not_own(by.username, (), acted=queries.has_acted(breach))
    listing = queries.listing(by, int(made))
    note_step(by, breach, f"List {listing.number} of who is affected worked out", reason, at)
    to = [breach.reference, f"list {listing.number}", *scope.accounts]
    audit.record(by=by, did=audit.Did.BREACH_LISTED, to=[one[:60] for one in to], at=at)
    return listing


def check_can_tell(by: Actor, share: Share) -> None:
    permissions.check_may_handle(by)
    if share.told_at is not None:
        raise Refused("share.told", f"{share.whose} was told before.")
    if share.happened_at_id != by.agency_id or share.whose_id == by.agency_id:
        raise Refused("share.own", "These records are your own agency's.")
    permissions.check_may_handle(by, share.bucket_id)


@transaction.atomic
def tell_owner(*, by: Actor, share: Share, said: str, at: datetime) -> None:
    """Tell an agency that records of its own are affected: how many, and those they may see.

    Raises: NotPermitted; Refused if it was told before, or without words.
    Source: mission A3; Data Protection Act 2018 s.58, s.67.
    """
    check_can_tell(by, share)
    breach = own(by, queries.find_breach(by, share.breach_reference))
    check_can_handle(by, breach)
    policies.check_reason(said)
    if not _done(TELL, [share.pk, said.strip(), at]):
        raise NotPermitted("Only the agency at which it happened may do that.")
    note_step(by, breach, f"{share.whose} told of {share.records} of its records", said, at)
    audit.record(
        by=by, did=audit.Did.BREACH_OWNER_TOLD, to=[breach.reference, share.reference], at=at,
        recipient=share.whose.code,
    )  # fmt: skip


def check_can_answer_share(by: Actor, share: Share) -> None:
    permissions.check_may_handle(by, share.bucket_id)
    if share.answered_at is not None:
        raise Refused("share.answered", f"{share} was taken up before.")


@transaction.atomic
def answer_share(*, by: Actor, share: Share, answer: str, at: datetime) -> None:
    """Take up one's share, and say what is done. Raises: NotPermitted; Refused a second time."""
    check_can_answer_share(by, share)
    policies.check_reason(answer)
    if not _done(ANSWER, [share.pk, answer.strip(), at]):
        raise NotPermitted("Only the agency that owns these records may do that.")
    audit.record(by=by, did=audit.Did.SHARE_ANSWERED, to=share, at=at)


def _done(statement: str, given: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]
