"""Secrets at rest: AES-256-GCM under a key from the settings, bound to the person they are for."""

import hashlib
import secrets
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class WrongKey(RuntimeError):
    """What is sealed was sealed under another key, or for somebody else."""


def key_id() -> str:
    """Names the key under which things are sealed now, without telling it."""
    return _id_of(settings.FACTOR_KEY)


def known_keys() -> list[str]:
    """The key of now, and the one before it while things sealed under that are still about."""
    return [key for key in (settings.FACTOR_KEY, settings.FACTOR_KEY_BEFORE) if key]


def seal(secret: bytes, *, for_person: int) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(settings.FACTOR_KEY)).encrypt(nonce, secret, _bound_to(for_person))


def unseal(sealed: bytes, *, for_person: int) -> bytes:
    """Raises: WrongKey."""
    nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    for key in known_keys():
        with suppress(InvalidTag):
            return AESGCM(_key(key)).decrypt(nonce, box, _bound_to(for_person))
    raise WrongKey("A second factor does not open under LIGHTKEEPER_FACTOR_KEY.")


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"lightkeeper factor key" + secret.encode()).digest()


def _id_of(secret: str) -> str:
    return hashlib.sha256(b"lightkeeper factor key id" + _key(secret)).hexdigest()[:16]


def _bound_to(person_id: int) -> bytes:
    return f"second factor of {person_id}".encode()
