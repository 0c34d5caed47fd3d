"""Who may review, hold and dispose."""

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.core.errors import NotPermitted


def check_may_review(by: Actor, bucket_id: int) -> None:
    """Raises: NotPermitted if the role lacks the power, or another agency owns the record."""
    _check(by, Power.REVIEW, bucket_id)


def check_may_dispose(by: Actor, bucket_id: int) -> None:
    _check(by, Power.DISPOSE, bucket_id)


def check_may_acknowledge(by: Actor, bucket_id: int) -> None:
    _check(by, Power.REVIEW, bucket_id)


def _check(by: Actor, power: Power, bucket_id: int) -> None:
    check_may(by, power)
    if bucket_id not in by.writable:
        raise NotPermitted("Only the agency that owns this may do that.")
