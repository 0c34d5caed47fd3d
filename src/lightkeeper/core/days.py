"""Which day it is in law: that of the nation's zone (`LIGHTKEEPER_ZONE`), wherever a server stands
and whatever zone a session of the database goes by.
"""

from datetime import UTC, date, datetime

from django.utils import timezone


def day_of(moment: datetime) -> date:
    """The legal day on which this moment lies; `moment` is aware."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def today() -> date:
    return day_of(datetime.now(UTC))
