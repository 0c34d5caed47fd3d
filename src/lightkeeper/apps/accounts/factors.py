"""The second factor: turning it on and off, and whether a code is right. All through the door."""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from lightkeeper.apps.accounts import sealing, totp
from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.models import Passkey, RecoveryCode, SecondFactor
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import Refused

RECOVERY_CODES = 10
RECOVERY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_LENGTH = 12  # 59 bits


def is_on(person_id: int) -> bool:
    """Whether signing in takes more than a password: codes from an app, or a passkey."""
    return codes_are_on(person_id) or _has_keys(person_id)


def codes_are_on(person_id: int) -> bool:
    return SecondFactor.objects.filter(person_id=person_id, confirmed_at__isnull=False).exists()


def _has_keys(person_id: int) -> bool:
    return Passkey.objects.filter(person_id=person_id, removed_at=None).exists()


def turned_on_at(person_id: int) -> datetime | None:
    return (
        SecondFactor.objects.filter(person_id=person_id)
        .values_list("confirmed_at", flat=True)
        .first()
    )


def recovery_codes_left(person_id: int) -> int:
    return RecoveryCode.objects.filter(person_id=person_id, used_at__isnull=True).count()


def begin(*, by: Actor) -> bytes:
    """A new secret, which counts once a code has shown that an app holds it.

    Raises: Refused if a factor is on.
    """
    secret = totp.new_secret()
    with transaction.atomic(using="door"):
        # Of an unconfirmed one there is nothing to lose; a confirmed one is not written over.
        SecondFactor.objects.get_or_create(person_id=by.person_id)
        begun = SecondFactor.objects.filter(person_id=by.person_id, confirmed_at__isnull=True)
        sealed = sealing.seal(secret, for_person=by.person_id)
        if not begun.update(sealed=sealed, key_id=sealing.key_id(), last_step=0):
            raise Refused("factor.on", "Two-step sign-in is on already. Turn it off first.")
        audit.record(by=by, did=audit.Did.FACTOR_BEGUN, to=by.username, using="door")
    return secret


def begun_secret(person_id: int) -> bytes | None:
    """The secret that waits for its first code."""
    factor = SecondFactor.objects.filter(person_id=person_id, confirmed_at__isnull=True).first()
    return _secret_of(factor) if factor and factor.sealed else None


def confirm(*, by: Actor, code: str, at: datetime) -> list[str]:
    """Turn it on: the code shows that an app holds the secret. Every other session of this person
    ends. Returns the recovery codes, which are shown this once.

    Raises: Refused if nothing was begun, or the code is not the one of now.
    """
    secret = begun_secret(by.person_id)
    if secret is None:
        raise Refused("factor.none", "Begin by asking for a new secret.")
    step = totp.step_that_matches(secret, _plain(code), seconds=at.timestamp())
    if step is None:
        raise Refused("factor.code", "That is not the code of now. Is the clock of the app right?")
    with transaction.atomic(using="door"):
        waiting = SecondFactor.objects.filter(person_id=by.person_id, confirmed_at__isnull=True)
        if not waiting.update(confirmed_at=at, last_step=step):
            raise Refused("factor.on", "Two-step sign-in is on already.")
        audit.record(by=by, did=audit.Did.FACTOR_ON, to=by.username, using="door")
        return begin_to_count(by=by)


def begin_to_count(*, by: Actor) -> list[str]:
    """From now on a password is not enough: the sessions that one opened end, but for this one.
    Returns new recovery codes; any older ones count no more.
    """
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    unused = RecoveryCode.objects.filter(person_id=by.person_id, used_at__isnull=True)
    unused.update(used_at=timezone.now())
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            person_id=by.person_id,
            code_hash=_hash(by.person_id, code, settings.FACTOR_KEY),
            key_id=sealing.key_id(),
        )
        for code in codes
    )
    with connections["door"].cursor() as cursor:
        cursor.execute("select sec.close_sessions_of(%s, %s)", [by.person_id, by.session])
    return codes


def turn_off(*, by: Actor, at: datetime) -> None:
    """Whoever asks has just given password and code: see `proving.prove_who`."""
    with transaction.atomic(using="door"):
        SecondFactor.objects.filter(person_id=by.person_id).update(
            confirmed_at=None, sealed=b"", key_id="", last_step=0
        )
        void_codes_of_nothing(by.person_id, at)
        audit.record(by=by, did=audit.Did.FACTOR_OFF, to=by.username, using="door")


def void_codes_of_nothing(person_id: int, at: datetime) -> None:
    """Recovery codes stand in for a second factor: with the last one they end."""
    if not is_on(person_id):
        RecoveryCode.objects.filter(person_id=person_id, used_at__isnull=True).update(used_at=at)


def is_right(
    person_id: int, code: str, *, at: datetime | None = None, only_recovery: bool = False
) -> bool:
    """Whether this is a code of now or an unused recovery code. It is used up by asking."""
    at, code = at or timezone.now(), _plain(code)
    factor = SecondFactor.objects.filter(person_id=person_id, confirmed_at__isnull=False).first()
    if factor is None or only_recovery:
        return _use_recovery_code(person_id, code, at)
    step = totp.step_that_matches(_secret_of(factor), code, seconds=at.timestamp())
    if step is None:
        return _use_recovery_code(person_id, code, at)
    later = SecondFactor.objects.filter(
        pk=factor.pk, confirmed_at__isnull=False, last_step__lt=step
    )
    return bool(later.update(last_step=step))


def _use_recovery_code(person_id: int, code: str, at: datetime) -> bool:
    # One statement: of two that come at once, the second finds it used.
    hashes = [_hash(person_id, code, key) for key in sealing.known_keys()]
    unused = RecoveryCode.objects.filter(
        person_id=person_id, code_hash__in=hashes, used_at__isnull=True
    )
    return bool(unused.update(used_at=at))


def seal_again() -> tuple[int, int]:
    """Seal what is sealed under the key before under that of now. Returns how many were, and how
    many people still have recovery codes of another key, which nobody but they can say again.

    Raises: WrongKey if one opens under neither; then nothing is changed.
    """
    now = sealing.key_id()
    with transaction.atomic(using="door"):
        behind = SecondFactor.objects.select_for_update().exclude(key_id__in=("", now))
        for factor in behind:
            factor.sealed = sealing.seal(_secret_of(factor), for_person=factor.person_id)
            factor.key_id = now
            factor.save(update_fields=["sealed", "key_id"])
    codes = RecoveryCode.objects.filter(used_at=None).exclude(key_id=now)
    return len(behind), codes.values("person").distinct().count()


def _secret_of(factor: SecondFactor) -> bytes:
    return sealing.unseal(bytes(factor.sealed), for_person=factor.person_id)


def _new_recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))


def _plain(code: str) -> str:
    """As it was given out, however it was typed."""
    return "".join(code.split()).replace("-", "").lower()


def _hash(person_id: int, code: str, key: str) -> bytes:
    # The codes are long and random: a slow hash would add nothing, the key of the settings does.
    words = f"recovery code of {person_id}: {_plain(code)}".encode()
    return hmac.new(key.encode(), words, hashlib.sha256).digest()
