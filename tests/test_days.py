"""Legal days are those of the nation, whatever clock anything else goes by."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone

from lightkeeper.apps.breaches import reckoning
from lightkeeper.core import days


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 2, 0, 0, tzinfo=UTC), date(2026, 12, 2)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_day_turns_at_midnight_by_the_nations_clock(moment, day, zone):
    with timezone.override(zone):
        assert days.day_of(moment) == day


def test_the_database_and_the_application_have_the_same_day_whatever_a_session_says(
    as_, rolled_back
):
    as_("ada")
    with connection.cursor() as cursor:
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "UTC"):
            cursor.execute("select set_config('timezone', %s, true)", [zone])
            cursor.execute("show timezone")
            assert cursor.fetchone() == (zone,)
            cursor.execute(
                "select p.proconfig from pg_proc p where p.oid = 'sec.mine()'::regprocedure"
            )
            [settings] = cursor.fetchone()
            assert "TimeZone=Europe/London" in settings
        cursor.execute("set local timezone to 'UTC'")


def test_the_hours_of_a_breach_follow_the_rule_of_the_nations_day(rolled_back):
    assert reckoning.hours_on(days.day_of(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))) == 72
