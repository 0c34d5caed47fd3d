"""What may happen to a consideration now, whoever asks. Pure: no database, no clock."""

from lightkeeper.apps.safeguarding.models import Consideration
from lightkeeper.core.errors import Refused


def check_undecided(consideration: Consideration) -> None:
    if consideration.decided:
        raise Refused("safeguarding.decided", f"{consideration} has been decided already.")


def check_reason(reason: str) -> None:
    """A decision for a child is never bare."""
    if not reason.strip():
        raise Refused("safeguarding.reason", "Say why: a decision for a child has its reasons.")
