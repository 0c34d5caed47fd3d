"""What may happen to a request, whoever asks. Pure: no database, no clock."""

from collections.abc import Collection, Mapping
from datetime import date

from lightkeeper.apps.rights.choices import AnswerKind, CaseStatus, Choice, Ground, RequestKind
from lightkeeper.apps.rights.models import Case
from lightkeeper.core.errors import Refused

S = CaseStatus
MOVES = {
    S.RECEIVED: {S.OPEN, S.WITHDRAWN},
    S.OPEN: {S.TO_SIGN, S.WITHDRAWN},
    S.TO_SIGN: {S.OPEN, S.ANSWERED, S.WITHDRAWN},
    S.ANSWERED: set(),
    S.WITHDRAWN: set(),
}


def check_move(case: Case, to: CaseStatus) -> None:
    if to not in MOVES[S(case.status)]:
        raise Refused(
            "rights.move",
            f"{case} stands as: {str(case.get_status_display()).lower()}. "
            f"It cannot become: {str(to.label).lower()}.",
        )


def check_open(case: Case) -> None:
    if case.status != S.OPEN:
        raise Refused(
            "rights.open",
            f"{case} is not being worked on: {str(case.get_status_display()).lower()}.",
        )


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("rights.reason", "Say why: the Commissioner may ask.")


def check_day(day: date, *, today: date, earliest: date | None = None) -> None:
    if day > today or (earliest is not None and day < earliest):
        raise Refused("rights.day", "The day lies between the day it came and today.")


def check_name(name: str) -> None:
    if len(name.split()) < 2 and len(name.strip()) < 4:
        raise Refused("rights.name", "Give the name as whoever asks gave it, in full.")


def check_extension(case: Case, months: int, allowed: int) -> None:
    """The law lets it once, and no longer than it says."""
    if case.extended_months:
        raise Refused("rights.extended", f"{case} was extended before.")
    if not 0 < months <= allowed:
        raise Refused(
            "rights.extension",
            f"The law allows {allowed} more months." if allowed else "The law allows no more time.",
        )


def check_two(submitted_by: int | None, signs: int) -> None:
    if submitted_by == signs:
        raise Refused("rights.two", "Another person than the one who put it forward signs it off.")


def check_decision(
    choice: Choice, left_out: Mapping[str, str], ground: str, known: Collection[str]
) -> None:
    """A ground for each thing that is left out, and for nothing else."""
    if any(key not in known or one not in Ground.values for key, one in left_out.items()):
        raise Refused("rights.left_out", "A part that is left out is not of this item any more.")
    if choice == Choice.REDACT and not left_out:
        raise Refused("rights.redact", "Say which parts are left out, each with its ground.")
    if choice == Choice.REDACT and set(left_out) == set(known):
        raise Refused("rights.redact_all", "Nothing would be left: withhold it instead.")
    if choice != Choice.REDACT and left_out:
        raise Refused("rights.left_out", "Parts are left out of what is disclosed with parts out.")
    if choice == Choice.WITHHOLD and ground not in Ground.values:
        raise Refused("rights.ground", "Say on which ground it is withheld.")


def check_answer(case: Case, answer: AnswerKind, disclosed: int, undecided: int) -> None:
    """Whether this answer may be put forward."""
    if case.searched_at is None:
        raise Refused("rights.unsearched", "Search for all that is held on this person first.")
    if undecided:
        raise Refused("rights.undecided", f"{undecided} of what was found is still to be decided.")
    if case.kind == RequestKind.ACCESS and answer == AnswerKind.DONE:
        raise Refused("rights.answer", "A request for access is answered by what is disclosed.")
    if case.kind != RequestKind.ACCESS and answer == AnswerKind.DISCLOSED:
        raise Refused("rights.answer", "This was not a request for access.")
    if answer == AnswerKind.DISCLOSED and not disclosed:
        raise Refused(
            "rights.answer", "Nothing is disclosed: answer that it is neither confirmed nor denied."
        )
    if answer == AnswerKind.NEITHER and disclosed:
        raise Refused(
            "rights.answer", "Something is disclosed, and the letter would say it is not."
        )
