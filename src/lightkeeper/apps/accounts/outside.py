"""Accounts that may be opened by a sign-in outside, and opening them."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from lightkeeper.apps.accounts import entering, factors, limits, oidc
from lightkeeper.apps.accounts.actors import Actor, check_may
from lightkeeper.apps.accounts.choices import Power, Purpose
from lightkeeper.apps.accounts.models import Credential, OutsideIdentity, Person
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import NotFound, NotPermitted, Refused

NOT_KNOWN = "Nobody here belongs to that sign-in, or it is too weak. Ask your administrator."
ASKED_SECONDS = 20 * 60


def sign_in(
    *, request: HttpRequest, asked: oidc.Asked, given: dict[str, str], back: str, purpose: Purpose
) -> entering.Entered:
    """Open a session for the person who was entered for this issuer and subject.

    A sign-in there by a password only, or one of long ago, counts here as the password: the code
    comes after it, and whoever has no second factor is refused.

    Raises: NotPermitted; CodeNeeded; oidc.NoAnswer.
    Source: OWASP ASVS 5.0 V6.8.4.
    """
    if not limits.first_time(f"outside {asked.state}", within_seconds=ASKED_SECONDS):
        raise NotPermitted(oidc.NOT_BELIEVED)
    try:
        said = oidc.finish(asked=asked, given=given, back=back)
        credential = _whose(said)
    except oidc.NoAnswer:
        raise
    except NotPermitted:
        entering.note_failure("", rule="outside")
        raise
    if said.strong:
        return entering.let_in(credential, purpose, "page")
    if not factors.is_on(credential.person_id):
        entering.note_failure(credential.username, rule="outside, weak")
        raise NotPermitted(NOT_KNOWN)
    raise entering.CodeNeeded(entering.half_way_of(credential, purpose, "page"))


def _whose(said: oidc.Said) -> Credential:
    """Raises: NotPermitted, the same for an unknown subject, a removed one and a closed account."""
    known = OutsideIdentity.objects.filter(
        issuer=said.issuer, subject=said.subject, removed_at=None
    ).first()
    credential = (
        known and Credential.objects.filter(person_id=known.person_id, is_active=True).first()
    )
    if not credential:
        raise NotPermitted(NOT_KNOWN)
    return credential


def enter(*, by: Actor, username: str, subject: str, at: datetime) -> None:
    """That this subject of the settings' provider is this person.

    Raises: NotPermitted; NotFound; Refused if the subject is somebody's already.
    """
    person = _person(by, username)
    if not oidc.is_on() or not subject.strip():
        raise Refused("outside.off", "Set LIGHTKEEPER_OIDC_ISSUER first, and give a subject.")
    try:
        with transaction.atomic(using="door"):
            OutsideIdentity.objects.create(
                person=person, issuer=settings.OIDC_ISSUER, subject=subject.strip(), added_at=at
            )
            audit.record(by=by, did=audit.Did.OUTSIDE_ENTERED, to=username, using="door")
    except IntegrityError as taken:
        raise Refused("outside.taken", "That subject is somebody's already.") from taken


def remove(*, by: Actor, username: str, at: datetime) -> int:
    """From now on this person signs in here alone. Returns how many were removed."""
    person = _person(by, username)
    with transaction.atomic(using="door"):
        removed = OutsideIdentity.objects.filter(person=person, removed_at=None).update(
            removed_at=at
        )
        audit.record(by=by, did=audit.Did.OUTSIDE_REMOVED, to=username, using="door")
    return removed


def _person(by: Actor, username: str) -> Person:
    check_may(by, Power.ADMINISTER)
    person = Person.objects.using("door").filter(username=username).first()
    if person is None:
        raise NotFound("person")
    if person.pk == by.person_id:
        raise NotPermitted("Another administrator does this for you.")
    return person
