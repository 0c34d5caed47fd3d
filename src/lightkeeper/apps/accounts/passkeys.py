"""Passkeys (WebAuthn): adding one, removing one, and whose key has just answered.

What a browser is asked to sign is made here and kept in its cookie, signed and for five minutes;
once it has come back, right or wrong, it is of no more use. A key answers this site's origin only.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webauthn
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lightkeeper.apps.accounts import factors, limits, makes
from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.models import Passkey
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import NotFound, NotPermitted, Refused

ASKED_SALT = "lightkeeper.accounts.passkey"
ASKED_SECONDS = 5 * 60
MOST_KEYS = 10
LONGEST_ANSWER = 20_000
ADDING, SIGNING_IN, SECOND_STEP, PROVING = "add", "sign in", "second step", "prove"
NOT_RIGHT = "That passkey does not open this account. Try again, or sign in another way."
NOT_ADDED = "The passkey could not be added. Ask for a new one and try again."


@dataclass(frozen=True)
class Site:
    """Whom a key answers: the page's origin, and the name that keys of it are bound to."""

    origin: str
    name: str


@dataclass(frozen=True)
class Asked:
    """What the browser is asked: `options` for its script, `statement` to be shown again here."""

    options: str
    statement: str


def site_of(request: HttpRequest) -> Site:
    """The host is one of the settings' own; a request for any other was refused before."""
    host = request.get_host()
    return Site(f"{'https' if settings.SECURE else 'http'}://{host}", host.partition(":")[0])


def keys_of(person_id: int) -> list[Passkey]:
    return list(Passkey.objects.filter(person_id=person_id, removed_at=None).order_by("added_at"))


def ask_for_new_key(*, by: Actor, site: Site) -> Asked:
    keys = keys_of(by.person_id)
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Lightkeeper",
        user_name=by.username,
        user_display_name=by.name,
        user_id=bytes(keys[0].handle) if keys else secrets.token_bytes(32),
        challenge=challenge,
        timeout=ASKED_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(key) for key in keys],
        attestation=_attestation(by.person_id),
    )
    audit.record(by=by, did=audit.Did.PASSKEY_BEGUN, to=by.username)
    handle = bytes_to_base64url(options.user.id)
    return Asked(
        webauthn.options_to_json(options),
        _statement(challenge, ADDING, person=by.person_id, handle=handle),
    )


def add(
    *, by: Actor, site: Site, statement: str, answer: str, name: str, at: datetime
) -> list[str]:
    """Add the key that has answered. Every other session of this person ends if it is their first
    second factor. Returns the recovery codes that come with it then, which are shown this once.

    Raises: Refused.
    """
    state = _use_up(statement, ADDING, person=by.person_id)
    if state is None:
        raise Refused("passkey.late", NOT_ADDED)
    if len(keys_of(by.person_id)) >= MOST_KEYS:
        raise Refused("passkey.many", "You have ten passkeys. Remove one first.")
    try:
        new = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(state["challenge"]),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise Refused("passkey.answer", NOT_ADDED) from wrong
    try:
        makes.check_make(by.person_id, new.aaguid)
    except NotPermitted as other_make:
        raise Refused("passkey.make", str(other_make)) from other_make
    first = not factors.is_on(by.person_id)
    try:
        with transaction.atomic(using="door"):
            Passkey.objects.create(
                person_id=by.person_id,
                credential_id=new.credential_id,
                public_key=new.credential_public_key,
                handle=base64url_to_bytes(state["handle"]),
                sign_count=new.sign_count,
                name=" ".join(name.split())[:60] or "Passkey",
                transports=_transports(answer),
                backed_up=new.credential_backed_up,
                aaguid=new.aaguid,
                added_at=at,
            )
            audit.record(by=by, did=audit.Did.PASSKEY_ADDED, to=by.username, using="door")
            return factors.begin_to_count(by=by) if first else []
    except IntegrityError as known:
        raise Refused("passkey.answer", NOT_ADDED) from known


def remove(*, by: Actor, number: int, at: datetime) -> None:
    """Raises: NotFound, the same for somebody else's key and for none."""
    with transaction.atomic(using="door"):
        mine = Passkey.objects.filter(pk=number, person_id=by.person_id, removed_at=None)
        if not mine.update(removed_at=at):
            raise NotFound("passkey")
        audit.record(by=by, did=audit.Did.PASSKEY_REMOVED, to=by.username, using="door")
        factors.void_codes_of_nothing(by.person_id, at)


def ask_for_key(*, site: Site, why: str, person_id: int | None = None) -> Asked:
    """Any key of this site for signing in; one of this person's for a second step or a proof."""
    challenge = secrets.token_bytes(32)
    need = UserVerificationRequirement
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        timeout=ASKED_SECONDS * 1000,
        allow_credentials=[_descriptor(key) for key in keys_of(person_id)] if person_id else None,
        user_verification=need.DISCOURAGED if why == SECOND_STEP else need.REQUIRED,
    )
    return Asked(webauthn.options_to_json(options), _statement(challenge, why, person=person_id))


def whose(
    *, site: Site, statement: str, answer: str, why: str, person_id: int | None = None
) -> int:
    """The person whose key has answered. Alone, a key counts for both steps, and says that its
    holder showed it a finger, a face or a PIN.

    Raises: NotPermitted, the same for an unknown key, another's, a removed one, an old answer, one
    for another site, and one whose counter did not move on; in other words for a make that its
    holder's role does not take, which only its holder is told.
    Source: WebAuthn level 3, section 7.2.
    """
    state = _use_up(statement, why, person=person_id)
    if state is None:
        raise NotPermitted(NOT_RIGHT)
    try:
        given = _read(answer)
        key = _known(given, person_id)
        seen = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(state["challenge"]),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=why != SECOND_STEP,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise NotPermitted(NOT_RIGHT) from wrong
    makes.check_make(key.person_id, key.aaguid)
    # One statement: of two answers of one count, the second changes nothing.
    same = Passkey.objects.filter(pk=key.pk, sign_count=key.sign_count, removed_at=None)
    if not same.update(sign_count=seen.new_sign_count, used_at=timezone.now()):
        raise NotPermitted(NOT_RIGHT)
    return int(key.person_id)


def _known(given: dict[str, Any], person_id: int | None) -> Passkey:
    """Raises: ValueError."""
    key = Passkey.objects.filter(
        credential_id=base64url_to_bytes(str(given.get("rawId", ""))), removed_at=None
    ).first()
    if key is None or person_id not in (None, key.person_id):
        raise ValueError("no such key of this person")
    handle = given.get("response", {}).get("userHandle")
    if handle and not secrets.compare_digest(base64url_to_bytes(str(handle)), bytes(key.handle)):
        raise ValueError("the key names somebody else")
    return key


def _statement(challenge: bytes, why: str, *, person: int | None, handle: str = "") -> str:
    asked = {"challenge": bytes_to_base64url(challenge), "why": why, "person": person}
    return signing.dumps({**asked, "handle": handle}, salt=ASKED_SALT)


def _use_up(statement: str, why: str, *, person: int | None) -> dict[str, Any] | None:
    """What was asked, if it was asked lately, of this person, for this, and not answered yet."""
    try:
        state: dict[str, Any] = signing.loads(statement, salt=ASKED_SALT, max_age=ASKED_SECONDS)
    except signing.BadSignature:
        return None
    if (state["why"], state["person"]) != (why, person):
        return None
    # A little longer than it holds, so that the clock of neither lets it in twice.
    once = limits.first_time(f"passkey {state['challenge']}", within_seconds=2 * ASKED_SECONDS)
    return state if once else None


def _read(answer: str) -> dict[str, Any]:
    """Raises: ValueError."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any key answers")
    given = json.loads(answer)
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise ValueError("not an answer of a key")
    return given


def _transports(answer: str) -> str:
    said = _read(answer)["response"].get("transports")
    known = {one.value for one in AuthenticatorTransport}
    return " ".join(one for one in said if one in known) if isinstance(said, list) else ""


def _attestation(person_id: int) -> AttestationConveyancePreference:
    """A key tells its make only where it is asked to, so it is asked only where that matters."""
    if makes.names_for(person_id):
        return AttestationConveyancePreference.DIRECT
    return AttestationConveyancePreference.NONE


def _descriptor(key: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=bytes(key.credential_id),
        transports=[AuthenticatorTransport(one) for one in key.transports.split()] or None,
    )
