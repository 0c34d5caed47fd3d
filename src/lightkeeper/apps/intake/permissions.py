"""Who may send in, correct and take out."""

from collections.abc import Iterable

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.core.errors import NotFound, NotPermitted


def check_may_upload(by: Actor) -> None:
    check_may(by, Power.UPLOAD)


def check_may_label(by: Actor, *, level: int, compartment: int | None) -> None:
    """Raises: NotPermitted above one's own level; NotFound for a compartment one is not in."""
    if level > by.viewer.level:
        raise NotPermitted("You may not send in a report above your own level.")
    if compartment is not None and compartment not in by.viewer.compartments:
        raise NotFound("compartment")


def check_may_change(by: Actor, bucket_id: int, power: Power) -> None:
    """Raises: NotPermitted if the role lacks the power, or another agency owns the row."""
    check_may(by, power)
    if bucket_id not in by.writable:
        raise NotPermitted("Only the agency that owns this may change it.")


def check_may_export(by: Actor, bucket_ids: Iterable[int]) -> None:
    """Raises: NotPermitted if the role lacks the power, or a label may not be disclosed."""
    check_may(by, Power.EXPORT)
    if not set(bucket_ids) <= by.disclosable:
        raise NotPermitted("What is released to you here is not released for export.")
