"""Asking other agencies, breaking the glass and having it reviewed, excluding somebody."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import (
    Actor,
    Agency,
    Exclusion,
    Glass,
    Person,
    the_label,
)
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.sharing import permissions, policies
from lightkeeper.apps.sharing.choices import Danger, Finding
from lightkeeper.apps.sharing.keys import groups_of
from lightkeeper.apps.sharing.models import Ask, GlassReview
from lightkeeper.core.errors import Refused
from lightkeeper.core.references import new_reference

__all__ = [
    "Ask", "Desk", "GlassReview", "Opened", "ask_who_holds", "break_glass", "check_can_ask",
    "check_can_break", "check_can_exclude", "check_can_review", "close_glass", "exclude",
    "let_back", "review_glass",
]  # fmt: skip

LEVEL = 1  # what is asked names a person


@dataclass(frozen=True)
class Desk:
    """Whom to ring, and the reference to give them: it says nothing of what they hold."""

    reference: str
    agency: Agency


@dataclass(frozen=True)
class Opened:
    """What breaking the glass opened: the records, and the entries that the owners review."""

    records: tuple[str, ...]
    glass: tuple[str, ...]


def check_can_ask(by: Actor) -> None:
    permissions.check_may_ask(by)


@transaction.atomic
def ask_who_holds(
    *, by: Actor, about: str, case: str, reason: str, at: datetime
) -> tuple[Ask, list[Desk]]:
    """Which agencies hold something on a person and may be rung, and nothing else about it.

    No answer is the same whether nothing is held, what is held allows no pointer, or this person
    has asked too often today. The holders see who asked and why.

    Raises: NotPermitted; Refused without a case, a reason, or words that identify somebody.
    Source: mission P5; hit/no-hit, Europol regulation article 21.
    """
    permissions.check_may_ask(by)
    policies.check_case(case)
    policies.check_reason(reason)
    groups = groups_of(about)
    policies.check_whole(groups)
    if _asked_lately(by, at) >= policies.MOST_A_DAY:
        groups = []
    holders = _locate(groups, case.strip(), reason.strip())
    desks = [Desk(new_reference("PTR"), agency) for agency in holders]
    ask = Ask(
        reference=new_reference("ASK"),
        bucket=the_label(owner=by.agency, level=min(LEVEL, by.viewer.level)),
        about=about,
        case=case.strip(),
        reason=reason.strip(),
        person_id=by.person_id,
        asked_at=at,
        answer=[{"reference": one.reference, "agency": one.agency.code} for one in desks],
    )
    ask.save(force_insert=True)
    audit.record(by=by, did=audit.Did.HOLDERS_ASKED, to=ask, reason=f"{case}: {reason}", at=at)
    return ask, desks


def _asked_lately(by: Actor, at: datetime) -> int:
    mine = Ask.objects.visible_to(by).filter(person_id=by.person_id)
    return int(mine.filter(asked_at__gt=at - timedelta(days=1)).count())


def _locate(groups: list[list[int]], case: str, reason: str) -> list[Agency]:
    with connection.cursor() as cursor:
        cursor.execute("select sec.locate(%s::jsonb, %s, %s)", [json.dumps(groups), case, reason])
        holders = [row[0] for row in cursor.fetchall()]
    return list(Agency.objects.filter(pk__in=holders).order_by("name"))


def check_can_break(by: Actor) -> None:
    permissions.check_may_break(by)


@transaction.atomic
def break_glass(
    *, by: Actor, about: str, danger: Danger, justification: str, at: datetime
) -> Opened:
    """Read for four hours what hangs from a child at risk of serious harm, whoever owns it.

    The owners see it in the same moment, with the reason, and review it.

    Raises: NotPermitted; Refused without a justification, without words that identify the child,
        or if nothing that is hidden answers to them.
    Source: mission A4; Working Together 2023, sharing without consent to protect a child.
    """
    permissions.check_may_break(by)
    policies.check_justification(justification)
    groups = groups_of(about)
    policies.check_whole(groups)
    glass, records = _open(groups, danger, justification.strip())
    if not glass:
        raise Refused(
            "glass.nothing",
            "Nothing that is hidden from you answers to this. Search for what you may see, and "
            "ring the duty desk of the force where the child is.",
        )
    audit.record(
        by=by, did=audit.Did.GLASS_BROKEN, to=[*glass, *records],
        reason=f"{danger.label}: {justification.strip()}", at=at,
    )  # fmt: skip
    return Opened(tuple(records), tuple(glass))


def _open(
    groups: list[list[int]], danger: Danger, justification: str
) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select glass, records from sec.break_glass(%s::jsonb, %s, %s)",
            [json.dumps(groups), str(danger), justification],
        )
        return cursor.fetchone() or ([], [])


@transaction.atomic
def close_glass(*, by: Actor, glass: Glass, at: datetime) -> None:
    """Give up before the time what breaking the glass opened. Raises: Refused if it is not open."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.close_glass(%s)", [glass.reference])
        (closed,) = cursor.fetchone()
    if not closed:
        raise Refused("glass.closed", f"{glass} is not open to you.")
    audit.record(by=by, did=audit.Did.GLASS_CLOSED, to=glass, at=at)


def check_can_review(by: Actor, glass: Glass) -> None:
    permissions.check_may_review(by, glass)
    if glass.reviewed:
        raise Refused("glass.reviewed", f"{glass} has been reviewed already.")


@transaction.atomic
def review_glass(
    *, by: Actor, glass: Glass, finding: Finding, reason: str, at: datetime
) -> GlassReview:
    """Say whether it was right that the glass was broken. Only this empties the queue.

    Raises: NotPermitted for another agency and for who broke it; Refused without a reason, or if
        it has been reviewed.
    """
    check_can_review(by, glass)
    policies.check_reason(reason)
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.review_glass(%s, %s, %s)", [glass.reference, str(finding), reason.strip()]
        )
        (entered,) = cursor.fetchone()
    if not entered:  # somebody reviewed it in the same moment
        raise Refused("glass.reviewed", f"{glass} has been reviewed already.")
    audit.record(by=by, did=audit.Did.GLASS_REVIEWED, to=glass, reason=reason, at=at)
    return GlassReview.objects.visible_to(by).get(glass=glass)


def check_can_exclude(by: Actor) -> None:
    permissions.check_may_exclude(by)


@transaction.atomic
def exclude(*, by: Actor, person: Person, record: Record, reason: str, at: datetime) -> None:
    """Keep somebody from everything that hangs from whoever this record of one's agency is of.

    What the picture joins to the record comes to hang from the same root, whoever owns it: a
    relative at one agency is a relative at every other.

    Raises: NotPermitted; Refused for a record of another agency, without a reason, or of oneself.
    Source: limited access in offender systems; mission A2.
    """
    permissions.check_may_exclude(by)
    policies.check_reason(reason)
    if record.bucket.owner_id != by.agency_id:
        raise Refused("exclude.owner", "Only whoever owns a record excludes somebody from it.")
    if person.pk == by.person_id:
        raise Refused("exclude.self", "Ask somebody else to exclude you.")
    with connection.cursor() as cursor:
        cursor.execute("select sec.exclude(%s, %s, %s)", [record.pk, person.pk, reason.strip()])
        (entered,) = cursor.fetchone()
    if not entered:
        raise Refused("exclude.standing", f"{person} is excluded from this already.")
    audit.record(
        by=by, did=audit.Did.EXCLUDED, to=[record.reference, person.username], reason=reason, at=at
    )


@transaction.atomic
def let_back(*, by: Actor, exclusion: Exclusion, reason: str, at: datetime) -> None:
    """End an exclusion. Raises: NotPermitted; Refused without a reason, or if it has ended."""
    permissions.check_may_exclude(by)
    policies.check_reason(reason)
    with connection.cursor() as cursor:
        cursor.execute("select sec.let_back(%s)", [exclusion.pk])
        (ended,) = cursor.fetchone()
    if not ended:
        raise Refused("exclude.ended", "This exclusion is not yours to end, or has ended.")
    audit.record(by=by, did=audit.Did.LET_BACK, to=exclusion.person.username, reason=reason, at=at)
