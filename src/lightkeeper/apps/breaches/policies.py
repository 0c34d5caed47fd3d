"""What may happen to a breach, whoever acts. Pure: no database, no clock."""

from collections.abc import Collection
from datetime import datetime

from lightkeeper.apps.accounts.services import Law
from lightkeeper.apps.breaches.choices import (
    OF,
    About,
    BreachStatus,
    Choice,
    Done,
    NotToldBecause,
    Risk,
)
from lightkeeper.apps.breaches.laws import WORDS, Words
from lightkeeper.apps.breaches.models import Breach
from lightkeeper.core.errors import Refused

S = BreachStatus
MOVES = {
    S.REPORTED: {S.OPEN, S.NO_BREACH},
    S.OPEN: {S.CLOSED, S.NO_BREACH},
    S.CLOSED: {S.OPEN},
    S.NO_BREACH: {S.OPEN},
}
# Why somebody is not told although the risk is high; the rest are no reasons then.
DESPITE_HIGH = frozenset(NotToldBecause) - {NotToldBecause.NOT_HIGH, NotToldBecause.EFFORT}


def check_move(breach: Breach, to: BreachStatus) -> None:
    if to not in MOVES[S(breach.status)]:
        raise Refused(
            "breach.move",
            f"{breach} stands as: {str(breach.get_status_display()).lower()}. "
            f"It cannot become: {str(to.label).lower()}.",
        )


def check_open(breach: Breach) -> None:
    if breach.status != S.OPEN:
        raise Refused(
            "breach.open",
            f"{breach} is not being handled: {str(breach.get_status_display()).lower()}.",
        )


def check_reason(*reasons: str) -> None:
    if not all(reason.strip() for reason in reasons):
        raise Refused("breach.reason", "Say why: the Commissioner may ask.")


def check_past(moment: datetime, *, at: datetime) -> None:
    if moment > at:
        raise Refused("breach.moment", "This moment is still to come.")


STOPS = {
    "label": "Only the agency at which it happened may dispose of it.",
    "open": "It is still being handled.",
    "years": "It is kept for {years} years from the day on which it ended.",
    "share": "An agency that was told of its share has still to answer.",
}


def check_stops(stops: str, years: int) -> None:
    """`stops` is what the database found that stands on the case, empty if nothing does; `years`,
    for how many it is kept.
    """
    if stops:
        raise Refused(f"disposal.{stops}", STOPS[stops].format(years=years))


def check_two(proposed_by: int, confirmed_by: int) -> None:
    if proposed_by == confirmed_by:
        raise Refused("disposal.two", "Another person than the one who proposed it confirms.")


def check_kinds(kinds: Collection[str]) -> None:
    if not kinds:
        raise Refused("breach.kind", "Say what kind of breach it may be; several are possible.")


def check_not_own(username: str, accounts: Collection[str], *, acted: bool = False) -> None:
    """Nobody decides about a breach that their own account is part of, or in which they `acted`."""
    if acted or username in accounts:
        raise Refused(
            "breach.own", "Your own account is in the scope of this breach. Another officer acts."
        )


def check_aware(aware_at: datetime, *, taken_up: datetime) -> None:
    """Whoever takes a breach up is aware of it, so the clock begins no later."""
    if aware_at > taken_up:
        raise Refused(
            "breach.moment", "The agency was aware when the case was taken up, at the latest."
        )


def check_scope(
    accounts: Collection[str], sessions: Collection[str], delivered: str, acts: Collection[str],
    since: datetime | None, until: datetime | None,
) -> None:  # fmt: skip
    """A scope names whose looks or which delivery, and some act of the log."""
    if not (accounts or sessions or delivered):
        raise Refused("breach.scope", "Say whose account or session it was, or what was delivered.")
    if not acts or set(acts) - set(Done.values):
        raise Refused("breach.acts", "Say which acts count, such as consulted.")
    if since is not None and until is not None and until <= since:
        raise Refused("breach.period", "The period ends before it begins.")


def check_ruling(
    breach: Breach, about: About, choice: Choice, ground: str, law: Words = WORDS[Law.PART_3]
) -> None:
    """What the law lets one decide on the risk that somebody assessed."""
    if choice not in OF[about]:
        raise Refused("breach.choice", "This is no answer to that question.")
    if not breach.risk:
        raise Refused("breach.unassessed", "Assess the risk first.")
    if choice == Choice.NOT_NOTIFY and breach.risk != Risk.UNLIKELY:
        raise Refused(
            "breach.must_notify",
            f"Only a breach that is unlikely to result in a risk is not notified ({law.unlikely}).",
        )
    if about == About.COMMISSIONER or choice == Choice.TELL:
        if ground:
            raise Refused("breach.ground", "A ground is for not telling somebody.")
        return
    if ground and ground not in law.grounds:
        raise Refused(
            "breach.ground",
            f"The law that your agency acts under has no such ground ({law.tell}).",
        )
    _check_ground(Risk(breach.risk), choice, ground, law)


def _check_ground(risk: Risk, choice: Choice, ground: str, law: Words) -> None:
    if choice == Choice.PUBLIC:
        if ground != NotToldBecause.EFFORT:
            raise Refused(
                "breach.ground",
                "It is made known in another way where telling each would take a "
                f"disproportionate effort ({law.effort}).",
            )
        return
    if risk != Risk.HIGH and ground != NotToldBecause.NOT_HIGH:
        raise Refused("breach.ground", "The risk is not high: that is the ground.")
    if risk == Risk.HIGH and ground not in DESPITE_HIGH:
        raise Refused(
            "breach.ground",
            "The risk is high: tell them, make it known in another way, or say which exception "
            f"of {law.tell} applies.",
        )


def check_late(sent_at: datetime, due: datetime, late_reason: str, law: Words) -> None:
    if sent_at > due and not late_reason.strip():
        raise Refused(
            "breach.late", f"It was sent after the time of the law: say why ({law.late})."
        )


def check_can_end(breach: Breach, *, described: bool) -> None:
    """A breach is closed once all that the law asks for stands in the register."""
    missing = []
    if not described:
        missing.append("what happened, its effects and what was done")
    if not breach.risk:
        missing.append("the risk")
    if not breach.commissioner:
        missing.append("whether the Commissioner is notified")
    if not breach.subjects:
        missing.append("whether those whose data it is are told")
    if breach.commissioner == Choice.NOTIFY and (not breach.notified_at or breach.more_to_come):
        missing.append("the whole notification to the Commissioner")
    if breach.subjects in (Choice.TELL, Choice.PUBLIC) and not breach.told_at:
        missing.append("that they were told")
    if missing:
        raise Refused("breach.missing", f"Still to come: {'; '.join(missing)}.")
