"""Where one page of events ends and the next begins, told without a number."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from lightkeeper.core.errors import Refused


# The number of an event says how much the whole country does, so it is not shown, nor in a link.
def closed(number: int) -> str:
    return _box().encrypt(str(number).encode()).decode()


def opened(cursor: str) -> int:
    """Raises: Refused if this is not where a page of ours ended."""
    try:
        return int(_box().decrypt(cursor.encode()))
    except InvalidToken:
        raise Refused(
            "audit.page", "This is not the beginning of a page. Start from the first page again."
        ) from None


def _box() -> Fernet:
    key = hashlib.sha256(b"audit page" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
