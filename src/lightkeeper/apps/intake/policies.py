"""What may happen to a report and to a quarantined row now, whoever asks. Pure."""

from collections.abc import Collection, Iterable

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake.choices import QuarantineStatus, ReportStatus
from lightkeeper.apps.intake.models import Quarantined, Report
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import Refused
from lightkeeper.engine.records import Grading

R, Q = ReportStatus, QuarantineStatus

# PARSING to PARSING: a worker that died left it, and another goes on.
MOVES: dict[ReportStatus, set[ReportStatus]] = {
    R.RECEIVED: {R.PARSING},
    R.PARSING: {R.PARSING, R.PARSED, R.FAILED},
    R.FAILED: {R.PARSING},
    R.PARSED: set(),
}
DECISIONS: dict[QuarantineStatus, set[QuarantineStatus]] = {
    Q.OPEN: {Q.REPLAYED, Q.DISCARDED},
    Q.REPLAYED: set(),
    Q.DISCARDED: set(),
}


def conditions_of(words: Iterable[str]) -> Cond:
    """Raises: Refused for a word that is no condition, and for two that contradict each other."""
    try:
        found = Cond.named(words)
    except KeyError as unknown:
        known = ", ".join(Cond(63).words)
        raise Refused(
            "report.condition", f"{unknown.args[0]} is no condition. There are {known}."
        ) from unknown
    if found & Cond.POINTER and found & Cond.SILENT_POINTER:
        raise Refused("report.pointer", "A pointer is either told or silent: choose one.")
    return found


def check_release(owner_alone: bool, grading: Grading, released_to: Collection[Agency]) -> None:
    """Raises: Refused where the handling code keeps a report to whoever sends it in."""
    if owner_alone and released_to:
        raise Refused(
            "report.release",
            f"Handling {grading.handling} of {grading.scheme} keeps it to your own agency. Release "
            "it to nobody, or choose another code.",
        )


def check_move(report: Report, to: ReportStatus) -> None:
    if to not in MOVES[R(report.status)]:
        now = report.get_status_display().lower()
        raise Refused("report.move", f"{report} is {now}; it cannot become {to.label.lower()}.")


def check_decision(row: Quarantined, to: QuarantineStatus) -> None:
    if to not in DECISIONS[Q(row.status)]:
        now = row.get_status_display().lower()
        raise Refused("quarantined.decide", f"{row} is already decided: {now}.")


def check_reason(reason: str) -> None:
    if len(reason.strip()) < 4:
        raise Refused("quarantined.reason", "Say in a few words why the row is set aside.")
