"""Secrets at rest: AES-256-GCM under a key from the settings, bound to the person they are for."""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class WrongKey(RuntimeError):
    """What is sealed was sealed under another key, or for somebody else."""


def key_id() -> str:
    """Names the key without telling it."""
    return hashlib.sha256(b"lightkeeper factor key id" + _key()).hexdigest()[:16]


def seal(secret: bytes, *, for_person: int) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, secret, _bound_to(for_person))


def unseal(sealed: bytes, *, for_person: int) -> bytes:
    """Raises: WrongKey."""
    nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(_key()).decrypt(nonce, box, _bound_to(for_person))
    except InvalidTag as wrong:
        raise WrongKey("A second factor does not open under LIGHTKEEPER_FACTOR_KEY.") from wrong


def _key() -> bytes:
    return hashlib.sha256(b"lightkeeper factor key" + settings.FACTOR_KEY.encode()).digest()


def _bound_to(person_id: int) -> bytes:
    return f"second factor of {person_id}".encode()
