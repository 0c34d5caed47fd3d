"""Compartments: opening one, and who becomes a member by whose word.

One person of the owner proposes, another of the owner approves; the database holds the same rule
again, and enters nothing that does not meet it.
"""

import secrets
from datetime import date, datetime, timedelta
from importlib.resources import files

from django.db import connection, transaction

from lightkeeper.apps.accounts.actors import Actor, check_may
from lightkeeper.apps.accounts.choices import Power, Standing
from lightkeeper.apps.accounts.models import Person
from lightkeeper.apps.accounts.models_compartments import Compartment, CompartmentMember
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.core.references import new_reference

LONGEST_DAYS = 366  # then somebody proposes it anew, and somebody else looks again
TRIES = 20


def check_can_open(by: Actor) -> None:
    check_may(by, Power.RUN_COMPARTMENT)


def check_can_propose(by: Actor, compartment: Compartment) -> None:
    """Raises: NotPermitted unless `by`, of its owner, opened it or is a member, and may run it."""
    check_may(by, Power.RUN_COMPARTMENT)
    if by.agency_id != compartment.owner_id or not (
        compartment.opened_by_id == by.person_id or compartment.pk in by.viewer.compartments
    ):
        raise NotPermitted("Somebody of its owner who runs it proposes its members.")


def check_can_decide(by: Actor, member: CompartmentMember) -> None:
    check_may(by, Power.APPROVE_MEMBER)
    if by.agency_id != member.compartment.owner_id:
        raise NotPermitted("The agency that owns the compartment approves its members.")
    if by.person_id == member.proposed_by_id:
        raise NotPermitted("Somebody else than who proposed it approves it.")
    if by.person_id == member.person_id:
        raise NotPermitted("Nobody approves their own membership.")
    if member.standing != Standing.PROPOSED:
        raise Refused("member.decided", f"{member} does not wait for approval any more.")


def check_can_withdraw(by: Actor, member: CompartmentMember) -> None:
    if by.person_id != member.proposed_by_id:
        raise NotPermitted("Whoever proposed it withdraws it.")
    if member.standing != Standing.PROPOSED:
        raise Refused("member.decided", f"{member} does not wait for approval any more.")


def check_can_end(by: Actor, member: CompartmentMember, *, today: date) -> None:
    """One person is enough: the member, who runs it, or who approves."""
    if by.person_id != member.person_id:
        if by.agency_id != member.compartment.owner_id:
            raise NotPermitted("The member, or the agency that owns the compartment, ends it.")
        if Power.APPROVE_MEMBER not in by.powers:
            check_can_propose(by, member.compartment)
    over = member.active_to is not None and member.active_to <= today
    if member.standing != Standing.APPROVED or over:
        raise Refused("member.ended", f"{member} is no membership that still runs.")


@transaction.atomic
def open_compartment(
    *, by: Actor, name: str, purpose: str, review_on: date, at: datetime
) -> Compartment:
    """Open one of one's own agency. Its code is given, of plain words; nobody is a member yet.

    Raises: NotPermitted; Refused without a name or a purpose, or with no day of review ahead.
    Source: mission A1.
    """
    check_can_open(by)
    _check_said(name, "compartment.name", "Give it a name.")
    _check_said(purpose, "compartment.purpose", "Say what it is for.")
    if not day_of(at) < review_on <= day_of(at) + timedelta(days=LONGEST_DAYS):
        raise Refused("compartment.review", "It is looked at again within a year.")
    reference = new_reference("CMP")
    for _ in range(TRIES):
        given = [reference, _code_words(), name.strip(), purpose.strip(), review_on]
        if _ask("select sec.open_compartment(%s, %s, %s, %s, %s)", given):
            break
    else:
        raise Refused("compartment.code", "No code name is free. Try again.")
    audit.record(by=by, did=audit.Did.COMPARTMENT_OPENED, to=reference, at=at)
    return Compartment.objects.get(reference=reference)


@transaction.atomic
def propose_member(
    *, by: Actor, compartment: Compartment, person: Person, reason: str, until: date,
    at: datetime, since: date | None = None,
) -> CompartmentMember:  # fmt: skip
    """Propose somebody, of whatever agency, until a day. They see nothing before it is approved.

    Raises: NotPermitted; Refused without a reason or a day ahead, or if they are proposed already.
    """
    check_can_propose(by, compartment)
    _check_said(reason, "member.reason", "Say why they need to know.")
    today = day_of(at)
    if not today < until <= today + timedelta(days=LONGEST_DAYS):
        raise Refused("member.until", "A membership ends on a day ahead, within a year.")
    if since is not None and since >= until:
        raise Refused("member.since", "It begins before it ends.")
    reference = new_reference("MEM")
    given = [reference, compartment.pk, person.pk, reason.strip(), since, until]
    if not _ask("select sec.propose_member(%s, %s, %s, %s, %s, %s)", given):
        raise Refused("member.proposed", f"{person} is proposed already, and waits for approval.")
    audit.record(
        by=by, did=audit.Did.MEMBER_PROPOSED, reason=reason, at=at,
        to=[reference, compartment.reference, person.username],
    )  # fmt: skip
    return CompartmentMember.objects.select_related("person").get(reference=reference)


@transaction.atomic
def decide_member(
    *, by: Actor, member: CompartmentMember, approve: bool, reason: str, at: datetime
) -> None:
    """Approve or refuse what another proposed. Approved, it counts from the next statement on.

    Raises: NotPermitted for who proposed it and for the member; Refused without a reason, or if it
        is decided, or if the day on which it would end has come.
    """
    check_can_decide(by, member)
    _check_said(reason, "member.reason", "Say why.")
    if approve and member.active_to is not None and member.active_to <= day_of(at):
        raise Refused("member.late", "The day on which it would end has come. Propose it anew.")
    given = [member.reference, approve, reason.strip()]
    if not _ask("select sec.decide_member(%s, %s, %s)", given):
        raise Refused("member.decided", f"{member} does not wait for approval any more.")
    did = audit.Did.MEMBER_APPROVED if approve else audit.Did.MEMBER_REFUSED
    _note(by, did, member, reason, at)


@transaction.atomic
def withdraw_member(*, by: Actor, member: CompartmentMember, reason: str, at: datetime) -> None:
    """Take a proposal of one's own back. Raises: NotPermitted; Refused if it is decided."""
    check_can_withdraw(by, member)
    _check_said(reason, "member.reason", "Say why.")
    if not _ask("select sec.withdraw_member(%s, %s)", [member.reference, reason.strip()]):
        raise Refused("member.decided", f"{member} does not wait for approval any more.")
    _note(by, audit.Did.MEMBER_WITHDRAWN, member, reason, at)


@transaction.atomic
def end_member(*, by: Actor, member: CompartmentMember, reason: str, at: datetime) -> None:
    """End somebody's membership, and with it whatever else makes them a member. At once.

    Raises: NotPermitted; Refused without a reason, or if it has ended.
    """
    check_can_end(by, member, today=day_of(at))
    _check_said(reason, "member.reason", "Say why.")
    if not _ask("select sec.end_member(%s, %s)", [member.reference, reason.strip()]):
        raise Refused("member.ended", f"{member} is no membership that still runs.")
    _note(by, audit.Did.MEMBERSHIP_ENDED, member, reason, at)


def _note(by: Actor, did: audit.Did, member: CompartmentMember, reason: str, at: datetime) -> None:
    about = [member.reference, member.compartment.reference, member.person.username]
    audit.record(by=by, did=did, to=about, reason=reason, at=at)


def _check_said(text: str, rule: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(rule, sentence)


def _ask(statement: str, given: list[object]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return bool(cursor.fetchone()[0])


def _code_words() -> str:
    words = files("lightkeeper.refdata").joinpath("words.txt").read_text(encoding="utf-8").split()
    return "-".join(secrets.choice(words) for _ in range(2)).upper()
