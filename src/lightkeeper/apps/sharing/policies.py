"""What may be asked and opened, whoever asks. Pure: no database, no clock."""

from lightkeeper.apps.sharing.keys import Groups
from lightkeeper.core.errors import Refused

MOST_A_DAY = 100  # questions of one person; past it they are answered as if nothing were held
FEWEST_WORDS = 5


def check_case(case: str) -> None:
    if not case.strip():
        raise Refused("ask.case", "Give the number of the case that this is for.")


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("ask.reason", "Say why you ask.")


def check_justification(text: str) -> None:
    """What a stranger could judge by afterwards: a few words do not say it."""
    if len(text.split()) < FEWEST_WORDS:
        raise Refused(
            "glass.justification",
            "Say what you know of the danger and why it cannot wait for the owner of the records.",
        )


def check_whole(groups: Groups) -> None:
    if not groups:
        raise Refused(
            "ask.whole",
            "Give a full name with a whole birth date, or a phone, an e-mail address, a document "
            "number or a handle. Nothing is found by less.",
        )
