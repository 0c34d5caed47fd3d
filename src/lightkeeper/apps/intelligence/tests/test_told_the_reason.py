"""Why a threshold was proposed is told to those who may confirm it on the day."""

import pytest

from lightkeeper.apps.intelligence.tests.arranging_thresholds import (
    make_strict,
    propose,
    reading_of,
)
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture
def dev_is(committed):
    """`dev_is("accounts_person", "is_active = false")`: until the test is over."""
    mine = "id = (select id from accounts_person where username = 'dev')"

    def say(table, what):
        whose = mine if table == "accounts_person" else mine.replace("id", "person_id", 1)
        with superuser(NAME) as connection:
            connection.execute(f"update {table} set {what} where {whose}")

    yield say
    for table in ("accounts_person", "accounts_personrole"):
        say(table, "active_from = null, active_to = null")
    say("accounts_person", "is_active = true")


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("accounts_person", "is_active = false"),
        ("accounts_person", "active_to = current_date - 1"),
        ("accounts_personrole", "active_to = current_date - 1"),
        ("accounts_personrole", "active_from = current_date + 2"),
    ],
)
def test_whoever_may_not_confirm_today_is_told_no_reason_and_later_where_it_is(
    all_judged_same, be, do_errands, browse, call_api, dev_is, table, what
):
    reading = make_strict(reading_of(be, do_errands))
    dev_is(table, what)
    propose(be, do_errands, reading)
    with superuser(NAME) as connection:
        assert connection.execute("select * from intelligence_thresholdreason").fetchall() == []

    dev_is(table, "active_from = null, active_to = null")
    dev_is("accounts_person", "is_active = true")
    page = browse("dev").get("/picture/threshold/").content.decode()
    assert "The reason is with whoever proposed it." in page
    assert "as judged" not in page
    said = call_api("dev").get("/api/picture/threshold").json()
    assert (said["why"], said["without_why"]) == ("", "The reason is with whoever proposed it.")
