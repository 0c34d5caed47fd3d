"""Who may handle breaches: those who handle requests of people about their data."""

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.core.errors import NotPermitted


def check_may_handle(by: Actor, bucket_id: int | None = None) -> None:
    """Raises: NotPermitted if the role lacks the power, or another agency owns the thing."""
    check_may(by, Power.HANDLE_RIGHTS)
    if bucket_id is not None and bucket_id not in by.writable:
        raise NotPermitted("Only the agency that owns this may do that.")
