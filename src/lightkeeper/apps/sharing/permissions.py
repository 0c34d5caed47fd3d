"""Who may ask other agencies, break the glass, review it, and exclude."""

from lightkeeper.apps.accounts.services import Actor, Glass, Power, check_may
from lightkeeper.core.errors import NotPermitted


def check_may_ask(by: Actor) -> None:
    check_may(by, Power.LOCATE)


def check_may_break(by: Actor) -> None:
    check_may(by, Power.BREAK_GLASS)


def check_may_review(by: Actor, glass: Glass) -> None:
    """Somebody of the agency whose records were opened, who did not open them."""
    check_may(by, Power.REVIEW_GLASS)
    if by.agency_id != glass.bucket.owner_id:
        raise NotPermitted("The agency whose records were opened reviews it.")
    if by.person_id == glass.person_id:
        raise NotPermitted("Somebody else than who broke the glass reviews it.")


def check_may_exclude(by: Actor) -> None:
    check_may(by, Power.EXCLUDE)
