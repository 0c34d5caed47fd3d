"""A clearance and a training end on a day; somebody else renews them, and both are warned."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lightkeeper.apps.accounts import lasting
from lightkeeper.apps.accounts.choices import Lasting
from lightkeeper.apps.accounts.models import Person, Renewal
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.testing.plugin import NAME, superuser

NOON = timezone.now()
TODAY = NOON.date()
LATER = TODAY + timedelta(days=200)


@pytest.fixture
def adas_clearance_ends(database) -> Iterator[object]:
    def ends(in_days: int) -> None:
        with superuser(NAME) as c:
            c.execute(
                "update accounts_person set cleared_to = current_date + %s where username = 'ada'",
                (in_days,),
            )

    yield ends
    with superuser(NAME) as c:
        c.execute("update accounts_person set cleared_to = null where username = 'ada'")


def renew(by, whom="ada", **other) -> None:
    given = {"what": Lasting.CLEARANCE, "until": LATER, "reason": "vetted again", "at": NOON}
    lasting.renew(by=by, person=Person.objects.get(username=whom), **{**given, **other})


@pytest.mark.parametrize(("in_days", "level"), [(1, 1), (0, 0), (-1, 0)])
def test_past_its_end_a_clearance_counts_as_the_lowest_in_a_running_session(
    adas_clearance_ends, rolled_back, as_, in_days, level
):
    assert as_("ada").viewer.level == 1
    adas_clearance_ends(in_days)

    assert as_("ada").viewer.level == level


def test_renewed_it_counts_at_once_and_it_is_written_down_by_whom(
    adas_clearance_ends, rolled_back, as_
):
    adas_clearance_ends(0)
    renew(as_("sam"))

    assert as_("ada").viewer.level == 1
    row = Renewal.objects.get(person__username="ada")
    assert (row.what, row.until, row.renewed_by.username) == ("CLEARANCE", LATER, "sam")


def test_training_is_renewed_to_the_day_before_its_end(rolled_back, as_):
    renew(as_("sam"), what=Lasting.TRAINING)

    assert Person.objects.get(username="ada").trained_until == LATER - timedelta(days=1)


@pytest.mark.parametrize(
    ("who", "whom"), [("sam", "sam"), ("sam", "ben"), ("dev", "ada"), ("audrey", "ada")]
)
def test_nobody_renews_their_own_another_agencys_or_without_the_power(rolled_back, as_, who, whom):
    before = Person.objects.get(username=whom).cleared_to
    with pytest.raises(NotPermitted):
        renew(as_(who), whom)

    number = Person.objects.get(username=whom).pk
    with connection.cursor() as cursor:
        cursor.execute("select sec.renew(%s, 'CLEARANCE', %s)", [number, LATER])
        assert cursor.fetchone() == (False,)
    assert Person.objects.get(username=whom).cleared_to == before


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"reason": " "}, "renew.reason"),
        ({"until": TODAY}, "renew.until"),
        ({"what": Lasting.TRAINING, "until": TODAY + timedelta(days=367)}, "renew.until"),
    ],
)
def test_without_a_reason_or_a_day_that_may_be_it_is_refused(rolled_back, as_, given, rule):
    with pytest.raises(Refused) as refusal:
        renew(as_("sam"), **given)
    assert refusal.value.rule == rule


@pytest.mark.parametrize(("in_days", "warned"), [(30, True), (31, False)])
def test_the_person_and_who_renews_are_warned_thirty_days_before(
    adas_clearance_ends, rolled_back, as_, in_days, warned
):
    adas_clearance_ends(in_days)
    own = lasting.ending_of(as_("ada"), today=TODAY)
    due = lasting.due(as_("sam"), today=TODAY)

    assert [one.what for one in own] == ([Lasting.CLEARANCE] if warned else [])
    assert [one.person.username for one in due] == (["ada"] if warned else [])
    assert lasting.due(as_("dev"), today=TODAY) == []


def test_the_page_shows_ones_own_and_renews_a_colleagues(adas_clearance_ends, rolled_back, browse):
    adas_clearance_ends(10)
    assert "Ask whoever runs" in browse("ada").get("/clearance/").content.decode()
    until = {f"until_{part}": getattr(LATER, part) for part in ("day", "month", "year")}
    sent = {"person": "ada", "what": "CLEARANCE", "reason": "vetted again", **until}

    assert "Ada Marsh" in browse("sam").get("/clearance/").content.decode()
    assert browse("ben").post("/clearance/renew/", sent).status_code == 403
    assert browse("sam").post("/clearance/renew/", sent).status_code == 302
    assert "Ask whoever runs" not in browse("ada").get("/clearance/").content.decode()
