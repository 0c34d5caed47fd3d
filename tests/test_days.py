"""Legal days are those of the nation, whatever clock anything else goes by."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lightkeeper.apps.breaches import reckoning
from lightkeeper.core import days
from lightkeeper.testing.plugin import NAME, superuser


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


@pytest.fixture
def demanded(database, request):
    """A second factor is demanded of analysts from so many days after today by the application."""
    with superuser(NAME) as there:
        kept = there.execute(
            "delete from accounts_factordemand where role = 'analyst' "
            "returning role, active_from, active_to"
        ).fetchall()
        there.execute(
            "insert into accounts_factordemand (role, active_from) values ('analyst', %s)",
            (days.today() + timedelta(days=request.param),),
        )
    yield
    with superuser(NAME) as there:
        there.execute("delete from accounts_factordemand where role = 'analyst'")
        for row in kept:
            there.execute(
                "insert into accounts_factordemand (role, active_from, active_to) "
                "values (%s, %s, %s)", row,
            )  # fmt: skip


@pytest.mark.parametrize(("demanded", "holds"), [(0, True), (1, False)], indirect=["demanded"])
def test_the_database_and_the_application_have_the_same_day_whatever_a_session_says(
    demanded, holds, as_, rolled_back
):
    """Two days ahead of the universal clock and two behind it is never the nation's day."""
    as_("ada")
    with connection.cursor() as cursor:
        for zone in ("AHEAD-48", "BEHIND+48", "UTC"):
            cursor.execute("select set_config('timezone', %s, true)", [zone])
            cursor.execute("select sec.must_enrol(), current_date")
            found, day = cursor.fetchone()
            assert found is holds, zone
            assert zone == "UTC" or abs((day - days.today()).days) in (1, 2, 3)
        cursor.execute("set local timezone to 'UTC'")


def test_the_hours_of_a_breach_follow_the_rule_of_the_nations_day(rolled_back):
    assert reckoning.hours_on(days.day_of(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))) == 72
