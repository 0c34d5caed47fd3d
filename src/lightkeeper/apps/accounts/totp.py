"""Codes that change with the clock. Pure: bytes and numbers in, digits out."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
STEPS_EITHER_SIDE = 1


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step.

    Source: RFC 4226, 5.3; RFC 6238, 4.2.
    """
    mac = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(seconds: float) -> int:
    return int(seconds // STEP_SECONDS)


def step_that_matches(secret: bytes, code: str, *, seconds: float) -> int | None:
    """The step, at most one from now, whose code this is. Every one is compared, in equal time."""
    now, found = step_of(seconds), None
    for step in range(now - STEPS_EITHER_SIDE, now + STEPS_EITHER_SIDE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def as_text(secret: bytes) -> str:
    """The secret as an app is told it: base 32, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def as_link(secret: bytes, *, username: str, issuer: str = "Lightkeeper") -> str:
    """The address that an authenticator app opens."""
    words = {"secret": base64.b32encode(secret).decode(), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(username)}?{urlencode(words)}"
