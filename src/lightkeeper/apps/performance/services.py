"""Taking results out, which is a disclosure."""

import io
from datetime import date

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.performance import queries
from lightkeeper.engine.formats.writers import write_csv

HEADER = (
    "result", "counted", "outcome", "kind", "happened on", "task", "led by", "theme",
    "how it is known", "counting rule",
)  # fmt: skip


def check_can_export(by: Actor) -> None:
    check_may(by, Power.EXPORT)


def export_results(
    *, by: Actor, since: date, until: date, narrowed: queries.Narrowed | None = None
) -> str:
    """The figures of a period and each outcome behind them, as CSV that no spreadsheet runs.

    Outcomes that may be seen and not disclosed are left out, and the figures are counted without
    them.

    Raises: NotPermitted.
    Source: mission R1.
    """
    check_can_export(by)
    found = queries.results_to_disclose(by, since=since, until=until, narrowed=narrowed)
    rows = [_row(behind, outcome) for behind in found for outcome in behind.outcomes]
    taken = [outcome.reference for behind in found for outcome in behind.outcomes]
    audit.record(by=by, did=audit.Did.RESULTS_EXPORTED, to=taken)
    out = io.StringIO(newline="")
    write_csv(out, HEADER, rows)
    return out.getvalue()


def _row(behind: queries.Behind, outcome: queries.Outcome) -> tuple[str, ...]:
    return (
        behind.figure.heading,
        str(behind.figure.count),
        outcome.reference,
        outcome.kind,
        outcome.happened_on.isoformat(),
        outcome.task.reference,
        outcome.task.agency.code,
        outcome.task.theme,
        outcome.evidence,
        outcome.counting_rule,
    )
