"""How long there is to notify: so many hours by the calendar, nights and holidays too. Pure.

Source: Data Protection Act 2018 s.67(1)(b).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """Where the clock of a breach stands. `left` is empty once nothing runs; `late` says by how
    much the Commissioner was notified too late.
    """

    runs_from: datetime
    due: datetime
    left: timedelta | None
    late: timedelta | None = None

    @property
    def overdue(self) -> bool:
        return self.left is not None and self.left < timedelta(0)


def clock(runs_from: datetime, hours: int, *, notified: datetime | None, ended: bool,
          at: datetime) -> Clock:  # fmt: skip
    """Moments are aware, so that a night on which the clocks change is as long as it is."""
    due = runs_from + timedelta(hours=hours)
    if notified is not None:
        return Clock(runs_from, due, None, max(notified - due, timedelta(0)))
    return Clock(runs_from, due, None if ended else due - at)
