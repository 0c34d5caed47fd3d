"""What the worker does for intake."""

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.errands import Errand, handles
from lightkeeper.apps.intake import reading
from lightkeeper.apps.intake.models import Report
from lightkeeper.apps.intake.queries import estimated_rows

READ = "intake.read"
BROKE_OFF = "Reading broke off several times. The log says where; read it again when it is mended."


def _given_up(errand: Errand) -> None:
    reading.fail(int(errand.arguments["report"]), BROKE_OFF, reading.timezone.now())


@handles(READ, given_up=_given_up)
def read_report(errand: Errand) -> None:
    """Read the report that the errand names, from where it stands."""
    report_id = int(errand.arguments["report"])

    def tell(report: Report) -> None:
        doing = f"{report}: {report.rows_read:,} rows"
        total = estimated_rows(report)
        errands.progress(errand, done=report.rows_read, total=total, doing=doing)

    reading.read_on(report_id, told=tell)
