"""Taking results out, which is a disclosure."""

import io
from datetime import date

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.performance import queries
from lightkeeper.engine.formats.writers import write_csv

HEADER = ("result", "counted", "outcome", "kind", "happened on", "task", "agency", "rule")


def check_can_export(by: Actor) -> None:
    check_may(by, Power.EXPORT)


def export_results(*, by: Actor, since: date, until: date) -> str:
    """The figures of a period and each outcome behind them, as CSV that no spreadsheet runs.

    Outcomes that may be seen and not disclosed are left out; the figures are those of what is left.

    Raises: NotPermitted.
    """
    check_can_export(by)
    rows = []
    taken = []
    for behind in queries.results(by, since=since, until=until):
        leaving = [one for one in behind.outcomes if one.bucket_id in by.disclosable]
        for one in leaving:
            taken.append(one.reference)
            rows.append(
                (
                    behind.figure.heading,
                    str(len(leaving)),
                    one.reference,
                    one.kind,
                    one.happened_on.isoformat(),
                    one.task.reference,
                    one.task.agency.code,
                    one.counting_rule,
                )
            )
    audit.record(by=by, did=audit.Did.RESULTS_EXPORTED, to=taken)
    out = io.StringIO(newline="")
    write_csv(out, HEADER, rows)
    return out.getvalue()
