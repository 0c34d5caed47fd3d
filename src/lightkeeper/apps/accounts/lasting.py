"""Clearances and duty training: when they end, who is warned, and who renews them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from lightkeeper.apps.accounts.actors import Actor, check_may
from lightkeeper.apps.accounts.choices import Lasting, Power
from lightkeeper.apps.accounts.models import Person
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotPermitted, Refused

WARNING_DAYS = 30
LONGEST_DAYS = {Lasting.CLEARANCE: 5 * 366, Lasting.TRAINING: 366}


@dataclass(frozen=True)
class Ending:
    """What of whom ends, and the first day on which it does not count."""

    person: Person
    what: Lasting
    end: date | None
    over: bool

    @property
    def name(self) -> str:
        return str(self.what.label)


def ends_of(person: Person, *, today: date) -> list[Ending]:
    trained = person.trained_until
    days = (
        (Lasting.CLEARANCE, person.cleared_to),
        (Lasting.TRAINING, trained + timedelta(days=1) if trained else today),
    )
    return [Ending(person, what, end, end is not None and end <= today) for what, end in days]


def is_near(one: Ending, today: date) -> bool:
    return one.end is not None and one.end <= today + timedelta(days=WARNING_DAYS)


def ending_of(actor: Actor, *, today: date) -> list[Ending]:
    """What of the viewer's own has ended, or ends within thirty days."""
    own = Person.objects.get(pk=actor.person_id)
    return [one for one in ends_of(own, today=today) if is_near(one, today)]


def due(actor: Actor, *, today: date) -> list[Ending]:
    """What of the viewer's agency has ended or soon ends, if they renew it; the earliest first."""
    if Power.RENEW not in actor.powers:
        return []
    people = Person.objects.filter(agency=actor.agency_id, is_active=True)
    found = [
        one
        for person in people.exclude(pk=actor.person_id)
        for one in ends_of(person, today=today)
        if is_near(one, today)
    ]
    return sorted(found, key=lambda one: (one.end or today, one.person.name))


def due_count(actor: Actor, *, today: date) -> int:
    return len(due(actor, today=today))


def show(actor: Actor, *, today: date) -> tuple[list[Ending], list[Ending]]:
    """The viewer's own, and what of their agency is to be renewed."""
    own = ends_of(Person.objects.get(pk=actor.person_id), today=today)
    audit.record(by=actor, did=audit.Did.LASTING_SEEN, to=actor.username)
    return own, due(actor, today=today)


def check_can_renew(by: Actor) -> None:
    check_may(by, Power.RENEW)


@transaction.atomic
def renew(
    *, by: Actor, person: Person, what: Lasting, until: date, reason: str, at: datetime
) -> None:
    """Have a colleague's clearance or training count until a day, from the next statement on.

    Raises: NotPermitted for oneself and for another agency; Refused without a reason, or for a day
        that has come or is too far off.
    Source: mission A1.
    """
    check_can_renew(by)
    if person.pk == by.person_id:
        raise NotPermitted("Somebody else renews yours.")
    if person.agency_id != by.agency_id:
        raise NotPermitted("Somebody of their own agency renews it.")
    if not reason.strip():
        raise Refused("renew.reason", "Say why.")
    if not day_of(at) < until <= day_of(at) + timedelta(days=LONGEST_DAYS[what]):
        raise Refused(
            "renew.until", "Give a day ahead: within a year, for a clearance within five."
        )
    with connection.cursor() as cursor:
        cursor.execute("select sec.renew(%s, %s, %s)", [person.pk, str(what), until])
        (done,) = cursor.fetchone()
    if not done:
        raise NotPermitted("It is not yours to renew.")
    about = [person.username, str(what), until.isoformat()]
    audit.record(by=by, did=audit.Did.RENEWED, to=about, reason=reason, at=at)
