"""What intake announces to the apps above, inside the transaction of the change."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RecordsAccepted:
    """Some rows of a report, or a corrected one, became records."""

    report_id: int
    record_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class ReportRead:
    """A report was read to its end, or as far as it could be; or a row of it was corrected."""

    report_id: int
    at: datetime
