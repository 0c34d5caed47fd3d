"""What becomes of a compartment as a whole: looked at again, closed, taken up again.

From the day on which it was to be looked at again it stands still until somebody of its owner has
looked. It is closed, and taken up again, by two. The database holds the same rule, and goes by it
on the day itself: no job has to come round for it.
"""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from lightkeeper.apps.accounts.actors import Actor, check_may
from lightkeeper.apps.accounts.choices import Move, MoveStanding, Power
from lightkeeper.apps.accounts.knowing import known_to
from lightkeeper.apps.accounts.membership import LONGEST_DAYS, check_can_propose
from lightkeeper.apps.accounts.models_compartments import Compartment, CompartmentMove
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.core.references import new_reference
from lightkeeper.core.rules import allowed

# So long before the day those who run it are told, on their desk and on its page.
WARNING_DAYS = 28


def stands_still(compartment: Compartment, *, today: date) -> bool:
    """Whether nobody is a member of it today, whoever was approved."""
    days = (compartment.review_on, compartment.closed_on)
    return any(day is not None and day <= today for day in days)


def is_near(compartment: Compartment, *, today: date) -> bool:
    """Whether the day on which it will stand still is near, and not past."""
    day = compartment.review_on
    return (
        compartment.closed_on is None
        and day is not None
        and today < day <= today + timedelta(days=WARNING_DAYS)
    )


def to_look_at_again(by: Actor, *, today: date) -> list[Compartment]:
    """Those that stand still soon, or do so because nobody looked, and that `by` may look at again;
    the earliest first.
    """
    if not by.powers & {Power.APPROVE_MEMBER, Power.RUN_COMPARTMENT}:
        return []
    ahead = today + timedelta(days=WARNING_DAYS)
    rows = known_to(by).filter(owner=by.agency_id, closed_on=None, review_on__lte=ahead)
    nearest = rows.order_by("review_on", "name")
    return [one for one in nearest if allowed(check_can_review, by, one).yes]


def check_can_review(by: Actor, compartment: Compartment) -> None:
    _check_part(by, compartment)
    if compartment.closed_on is not None:
        raise Refused(
            "compartment.closed", f"{compartment} is closed. Propose to take it up again."
        )


def check_can_move(by: Actor, compartment: Compartment) -> None:
    """One proposes it: whoever runs it, or approves its members."""
    _check_part(by, compartment)


def check_can_decide(by: Actor, move: CompartmentMove) -> None:
    check_may(by, Power.APPROVE_MEMBER)
    if by.agency_id != move.compartment.owner_id:
        raise NotPermitted("The agency that owns the compartment decides it.")
    if by.person_id == move.proposed_by_id:
        raise NotPermitted("Somebody else than who proposed it decides it.")
    _check_waits(move)


def check_can_withdraw(by: Actor, move: CompartmentMove) -> None:
    if by.person_id != move.proposed_by_id:
        raise NotPermitted("Whoever proposed it withdraws it.")
    _check_waits(move)


def _check_waits(move: CompartmentMove) -> None:
    if move.standing != MoveStanding.PROPOSED:
        raise Refused("move.decided", f"{move} does not wait for a decision any more.")


def _check_part(by: Actor, compartment: Compartment) -> None:
    if Power.APPROVE_MEMBER in by.powers and by.agency_id == compartment.owner_id:
        return
    check_can_propose(by, compartment)


@transaction.atomic
def review(
    *, by: Actor, compartment: Compartment, until: date, reason: str, at: datetime
) -> CompartmentMove:
    """Look at it again: it stands until another day, and does so at once if it stood still.

    Raises: NotPermitted; Refused without a reason, with no day ahead within a year, or once closed.
    Source: mission A1.
    """
    check_can_review(by, compartment)
    _check_said(reason, "Say what was looked at, and why it is still needed.")
    if not day_of(at) < until <= day_of(at) + timedelta(days=LONGEST_DAYS):
        raise Refused("compartment.review", "It is looked at again within a year.")
    reference = new_reference("CMV")
    given = [reference, compartment.pk, reason.strip(), until]
    if not _ask("select sec.review_compartment(%s, %s, %s, %s)", given):
        raise NotPermitted("Somebody of its owner who runs it looks at it again.")
    _note(by, audit.Did.COMPARTMENT_REVIEWED, [reference, compartment.reference], reason, at)
    return CompartmentMove.objects.get(reference=reference)


@transaction.atomic
def propose(
    *, by: Actor, compartment: Compartment, what: Move, on_day: date, reason: str, at: datetime
) -> CompartmentMove:
    """Propose to close it from a day on, or to take it up again. Another decides.

    Raises: NotPermitted; Refused without a reason, for a day that is past, where it is closed or
        open already, or where something waits.
    """
    check_can_move(by, compartment)
    _check_said(reason, "Say why.")
    if what not in (Move.CLOSE, Move.REOPEN):
        raise Refused("move.what", "It is closed, or taken up again.")
    if (what == Move.CLOSE) == (compartment.closed_on is not None):
        raise Refused("move.what", f"{compartment} is that already.")
    if on_day < day_of(at):
        raise Refused("move.day", "The day is past.")
    reference = new_reference("CMV")
    given = [reference, compartment.pk, what.value, reason.strip(), on_day]
    if not _ask("select sec.propose_move(%s, %s, %s, %s, %s)", given):
        raise Refused("move.waits", "Something is proposed already, and waits for a decision.")
    did = audit.Did.COMPARTMENT_MOVE_PROPOSED
    _note(by, did, [reference, compartment.reference], reason, at)
    return CompartmentMove.objects.select_related("compartment").get(reference=reference)


@transaction.atomic
def decide(*, by: Actor, move: CompartmentMove, approve: bool, reason: str, at: datetime) -> None:
    """Approve or refuse what another proposed; approved, it counts from its day.

    Raises: NotPermitted for who proposed it; Refused without a reason, or if it is decided.
    """
    check_can_decide(by, move)
    _check_said(reason, "Say why.")
    if not _ask("select sec.decide_move(%s, %s, %s)", [move.reference, approve, reason.strip()]):
        raise Refused("move.decided", f"{move} does not wait for a decision any more.")
    did = audit.Did.COMPARTMENT_MOVED if approve else audit.Did.COMPARTMENT_MOVE_REFUSED
    _note(by, did, [move.reference, move.compartment.reference], reason, at)


@transaction.atomic
def withdraw(*, by: Actor, move: CompartmentMove, reason: str, at: datetime) -> None:
    """Take a proposal of one's own back. Raises: NotPermitted; Refused if it is decided."""
    check_can_withdraw(by, move)
    _check_said(reason, "Say why.")
    if not _ask("select sec.withdraw_move(%s, %s)", [move.reference, reason.strip()]):
        raise Refused("move.decided", f"{move} does not wait for a decision any more.")
    did = audit.Did.COMPARTMENT_MOVE_WITHDRAWN
    _note(by, did, [move.reference, move.compartment.reference], reason, at)


def _note(by: Actor, did: audit.Did, to: list[str], reason: str, at: datetime) -> None:
    audit.record(by=by, did=did, to=to, reason=reason, at=at)


def _check_said(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused("move.reason", sentence)


def _ask(statement: str, given: list[object]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return bool(cursor.fetchone()[0])
