"""Reporting a breach, and what moves its case and its clock."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches import permissions, policies, queries
from lightkeeper.apps.breaches.choices import BreachKind, BreachStatus
from lightkeeper.apps.breaches.models import Breach, BreachStep
from lightkeeper.apps.breaches.services.proposals import disposal_of, take_back
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.core.locking import lock
from lightkeeper.core.references import new_reference

REPORT = "select sec.report_breach(%s, %s, %s, %s, %s, %s)"


@transaction.atomic
def report_breach(
    *, by: Actor, kinds: Iterable[str], what: str, noticed_at: datetime, at: datetime,
    processor: str = "",
) -> str:  # fmt: skip
    """Report what may be a breach of personal data. Anybody who is signed in may.

    It goes to those who handle breaches at one's agency; from then on the clock runs.

    Returns its reference: whoever reports it is not shown what becomes of it.
    Raises: Refused without a kind or words, or for a moment to come.
    Source: Data Protection Act 2018 s.67(1), (9).
    """
    chosen = [BreachKind(one).value for one in kinds]
    policies.check_kinds(chosen)
    policies.check_past(noticed_at, at=at)
    if not what.strip():
        raise Refused("breach.what", "Say what happened, as far as you know it.")
    reference = new_reference("BRC")
    given = [reference, chosen, what.strip(), noticed_at, processor.strip(), at]
    with connection.cursor() as cursor:
        cursor.execute(REPORT, given)
        if not cursor.fetchone()[0]:
            raise NotPermitted("Sign in to report a breach.")
    audit.record(by=by, did=audit.Did.BREACH_REPORTED, to=reference, at=at)
    return reference


def note_step(by: Actor, breach: Breach, what: str, reason: str, at: datetime) -> None:
    BreachStep(
        breach=breach, bucket_id=breach.bucket_id, what=what[:120], reason=reason.strip(),
        person_id=by.person_id, at=at,
    ).save(force_insert=True)  # fmt: skip


def own(by: Actor, breach: Breach) -> Breach:
    """The case, held until the transaction ends. Raises: NotPermitted; Refused in one's own."""
    check_may_act(by, breach)
    return lock(breach)


def check_may_act(by: Actor, breach: Breach) -> None:
    permissions.check_may_handle(by, breach.bucket_id)
    policies.check_not_own(
        by.username, queries.accounts_in_scope(by, breach), acted=queries.has_acted(breach)
    )


def check_can_handle(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    policies.check_open(breach)


def _move(by: Actor, breach: Breach, to: BreachStatus, reason: str, at: datetime) -> None:
    policies.check_move(breach, to)
    policies.check_reason(reason)
    breach.status = to
    breach.ended_at = None if to == BreachStatus.OPEN else at
    note_step(by, breach, str(to.label), reason, at)


def check_can_take_up(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    if breach.status != BreachStatus.REPORTED:
        raise Refused("breach.taken_up", f"{breach} was taken up before.")


@transaction.atomic
def take_up(*, by: Actor, breach: Breach, aware_at: datetime, reason: str, at: datetime) -> Breach:
    """Begin to handle a breach, and say since when the agency is aware of it: the clock runs from
    then, by the calendar.

    Raises: NotPermitted; Refused for a moment to come, or without a reason.
    Source: Data Protection Act 2018 s.67(1)(b).
    """
    breach = own(by, breach)
    check_can_take_up(by, breach)
    policies.check_past(aware_at, at=at)
    breach.aware_at = aware_at
    _move(by, breach, BreachStatus.OPEN, reason, at)
    breach.save(update_fields=["aware_at", "status", "ended_at"])
    audit.record(by=by, did=audit.Did.BREACH_MOVED, to=breach, rule="breach.taken_up", at=at)
    return breach


def check_can_set_aware(by: Actor, breach: Breach) -> None:
    check_can_handle(by, breach)
    if breach.notified_at is not None:
        raise Refused("breach.notified", "The Commissioner was told already: the clock stands.")


@transaction.atomic
def set_aware(
    *, by: Actor, breach: Breach, aware_at: datetime, reason: str, at: datetime
) -> Breach:
    """Put right since when the agency is aware of it. Raises: NotPermitted; Refused."""
    breach = own(by, breach)
    check_can_set_aware(by, breach)
    policies.check_past(aware_at, at=at)
    policies.check_reason(reason)
    steps = sorted(queries.steps(by, breach), key=lambda step: step.pk)
    # The first is that it was reported, the second that it was taken up.
    policies.check_aware(aware_at, taken_up=steps[1].at if len(steps) > 1 else at)
    was = breach.aware_at or breach.reported_at
    breach.aware_at = aware_at
    breach.save(update_fields=["aware_at"])
    what = f"Aware since {_minute(aware_at)}; before: {_minute(was)}"
    note_step(by, breach, what, reason, at)
    audit.record(by=by, did=audit.Did.BREACH_CLOCK, to=breach, rule="breach.aware", at=at)
    return breach


def _minute(moment: datetime) -> str:
    return f"{moment:%d %B %Y %H:%M %Z}"


def check_can_dismiss(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    policies.check_move(breach, BreachStatus.NO_BREACH)
    if breach.notified_at is not None:
        raise Refused("breach.notified", "The Commissioner was told of it. Close it instead.")


@transaction.atomic
def dismiss(*, by: Actor, breach: Breach, reason: str, at: datetime) -> Breach:
    """Find that it is no breach of personal data. It stays in the register, with the reason.

    Raises: NotPermitted; Refused without a reason, or once the Commissioner was notified.
    """
    breach = own(by, breach)
    check_can_dismiss(by, breach)
    return _end(by, breach, BreachStatus.NO_BREACH, reason, "breach.no_breach", at)


def check_can_close(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    policies.check_move(breach, BreachStatus.CLOSED)
    described = queries.latest_description(by, breach) is not None
    policies.check_can_end(breach, described=described)


@transaction.atomic
def close(*, by: Actor, breach: Breach, reason: str, at: datetime) -> Breach:
    """Close a case once all that the law asks for stands in the register.

    Raises: NotPermitted; Refused, with what is still to come.
    Source: Data Protection Act 2018 s.67(6), (7).
    """
    breach = own(by, breach)
    check_can_close(by, breach)
    return _end(by, breach, BreachStatus.CLOSED, reason, "breach.closed", at)


def check_can_reopen(by: Actor, breach: Breach) -> None:
    check_may_act(by, breach)
    if breach.status == BreachStatus.REPORTED:
        raise Refused("breach.move", f"{breach} is to be taken up.")
    policies.check_move(breach, BreachStatus.OPEN)


@transaction.atomic
def reopen(*, by: Actor, breach: Breach, reason: str, at: datetime) -> Breach:
    """Take up again what was closed or found to be none. A proposal that it go falls with it.

    Raises: NotPermitted; Refused.
    """
    breach = own(by, breach)
    check_can_reopen(by, breach)
    if (proposal := disposal_of(by, breach)) is not None:
        policies.check_reason(reason)
        take_back(by, proposal, reason, at)
    return _end(by, breach, BreachStatus.OPEN, reason, "breach.reopened", at)


def _end(
    by: Actor, breach: Breach, to: BreachStatus, reason: str, rule: str, at: datetime
) -> Breach:
    _move(by, breach, to, reason, at)
    breach.save(update_fields=["status", "ended_at"])
    audit.record(by=by, did=audit.Did.BREACH_MOVED, to=breach, rule=rule, at=at)
    return breach
