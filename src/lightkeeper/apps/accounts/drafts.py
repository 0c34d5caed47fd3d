"""What somebody had written when their session ended: kept for an hour, given back to them alone.

The row is sealed under a key made for it, which stands in the cookie of that browser and nowhere on
the server; the database shows the row to its person alone. So neither a backup nor a stolen cookie
nor a colleague at the same machine reads it. Giving it back changes nothing in the database: the
cookie forgets the key, and without that the row is noise until it is swept.
"""

import hashlib
import json
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.models import Draft
from lightkeeper.apps.accounts.sealing import NONCE_BYTES
from lightkeeper.apps.audit import services as audit

IN_COOKIE = "draft"
KEPT_FOR = timedelta(hours=1)  # as in `sec.forget_drafts`
KEY_BYTES = 32


def keep(written: dict[str, Any]) -> str | None:
    """Keep it for whoever's session this is, ended or not. Returns the key, or None if the session
    is unknown. What was kept for the same session before is gone.

    Source: OWASP ASVS 5.0 V7.3.2.
    """
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    box = nonce + AESGCM(key).encrypt(nonce, json.dumps(written).encode(), None)
    with connection.cursor() as cursor:
        cursor.execute("select sec.keep_draft(%s, %s)", [_named(key), box])
        return key.hex() if cursor.fetchone()[0] else None


def given_back(*, by: Actor, key: str, at: datetime | None = None) -> dict[str, Any] | None:
    """What was kept under this key, if it is this person's and not an hour old."""
    with suppress(ValueError, InvalidTag):
        secret = bytes.fromhex(key)
        since = (at or datetime.now(UTC)) - KEPT_FOR
        row = Draft.objects.filter(
            person_id=by.person_id, key_hash=_named(secret), kept_at__gt=since
        ).first()
        if row is not None:
            sealed = bytes(row.sealed)
            nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            written: dict[str, Any] = json.loads(AESGCM(secret).decrypt(nonce, box, None))
            audit.record(by=by, did=audit.Did.DRAFT_GIVEN_BACK, to=row.session)
            return written
    return None


def _named(key: bytes) -> bytes:
    return hashlib.sha256(b"lightkeeper draft" + key).digest()
