"""Whoever has lost phone, key and recovery codes has two operators turn the second factor off.

Neither chooses a password for them, and neither is the person. The person is told.
"""

from datetime import datetime, timedelta

from django.db import connections, transaction

from lightkeeper.apps.accounts import factors
from lightkeeper.apps.accounts.actors import Actor, check_may
from lightkeeper.apps.accounts.choices import Power
from lightkeeper.apps.accounts.models import FactorRemoval, Passkey, Person, SecondFactor
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import NotFound, NotPermitted, Refused

ASKED_FOR_HOURS = 24


def turn_off(*, by: Actor, username: str, reason: str, at: datetime) -> bool:
    """The first operator asks, the second confirms within a day. Returns whether it is off now.

    Raises: NotPermitted; NotFound; Refused without a reason, or where there is no second factor.
    Source: OWASP ASVS 5.0 V6.4.4, V6.4.6.
    """
    check_may(by, Power.ADMINISTER)
    person = Person.objects.using("door").filter(username=username).first()
    if person is None:
        raise NotFound("person")
    if person.pk == by.person_id:
        raise NotPermitted("Two others turn off a second factor, never one's own.")
    if not reason.strip():
        raise Refused("factor.reason", "Say how you know that it is they who ask.")
    if not factors.is_on(person.pk):
        raise Refused("factor.none", "There is no second factor to turn off.")
    with transaction.atomic(using="door"):
        waiting = _waiting(person, at)
        if waiting is None or waiting.asked_by_id == by.person_id:
            _ask(by, person, reason.strip(), at, waiting)
            return False
        _confirm(by, person, reason.strip(), at, waiting)
    return True


def _waiting(person: Person, at: datetime) -> FactorRemoval | None:
    return (
        FactorRemoval.objects.select_for_update()
        .filter(
            person=person,
            confirmed_at=None,
            asked_at__gt=at - timedelta(hours=ASKED_FOR_HOURS),
        )
        .order_by("-asked_at")
        .first()
    )


def _ask(
    by: Actor, person: Person, reason: str, at: datetime, waiting: FactorRemoval | None
) -> None:
    if waiting is not None:
        raise Refused("factor.asked", "You have asked already. Another operator must confirm it.")
    FactorRemoval.objects.create(
        person=person, reason=reason, asked_by_id=by.person_id, asked_at=at
    )
    audit.record(
        by=by, did=audit.Did.FACTOR_OFF_ASKED, to=person.username, reason=reason, using="door"
    )


def _confirm(by: Actor, person: Person, reason: str, at: datetime, waiting: FactorRemoval) -> None:
    waiting.confirmed_by_id, waiting.confirmed_at = by.person_id, at
    waiting.save(update_fields=["confirmed_by", "confirmed_at"])
    SecondFactor.objects.filter(person=person).update(
        confirmed_at=None, sealed=b"", key_id="", last_step=0
    )
    Passkey.objects.filter(person=person, removed_at=None).update(removed_at=at)
    factors.void_codes_of_nothing(person.pk, at)
    with connections["door"].cursor() as cursor:
        cursor.execute("select sec.close_sessions_of(%s, '')", [person.pk])
    audit.record(
        by=by, did=audit.Did.FACTOR_OFF_CONFIRMED, to=person.username, reason=reason, using="door"
    )


def tell(person_id: int, at: datetime) -> bool:
    """Whether this person is to be told, now that they sign in, that theirs was turned off."""
    untold = FactorRemoval.objects.filter(
        person_id=person_id, confirmed_at__isnull=False, told_at=None
    )
    return bool(untold.update(told_at=at))
