"""Who may read the log. Which events, the database decides: those of one's own agency."""

from typing import Protocol

from django.utils.translation import gettext as _

from lightkeeper.core.errors import NotPermitted

OVERSEE = "oversee"


class Overseer(Protocol):
    """Whoever acts; audit imports no other app."""

    @property
    def person_id(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def agency_id(self) -> int: ...
    @property
    def session(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def powers(self) -> frozenset[str]: ...


def check_may_oversee(by: Overseer) -> None:
    """Raises: NotPermitted."""
    if OVERSEE not in by.powers:
        raise NotPermitted(_("Your role does not allow this: read the audit log of one's agency."))


def check_may_decide(by: Overseer, person_id: int) -> None:
    """Nobody decides about themselves. Raises: NotPermitted."""
    check_may_oversee(by)
    if by.person_id == person_id:
        raise NotPermitted(_("This is about your own looks. Another auditor decides it."))
