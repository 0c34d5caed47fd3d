"""A case goes after its years, by two people, and leaves proof without content."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone

from lightkeeper.apps.audit.services import Did, record
from lightkeeper.apps.breaches import queries, services
from lightkeeper.apps.breaches.tests.conftest import WHY, work_out
from lightkeeper.apps.governance.models import Erasure, Notice
from lightkeeper.core import days
from lightkeeper.core.errors import NotFound, Refused
from lightkeeper.testing.cast import NORTHSHIRE
from lightkeeper.testing.plugin import NAME, superuser

pytestmark = pytest.mark.usefixtures("rolled_back")
SIX_YEARS = timedelta(days=6 * 365 + 3)
TABLES = ("breach", "breachstep", "listing", "affected", "sighting", "share", "casedisposal",
          "description", "assessment", "ruling", "notification")  # fmt: skip


@pytest.fixture(scope="module")
def put_back(database):
    """`put_back(breach, moment)`: as if it had ended then, which no role of the application may
    say; within the transaction of the test.
    """
    with superuser(NAME) as there:
        there.execute(
            "create function end_case_for_tests(of_case bigint, moment timestamptz) returns void "
            "language sql security definer as "
            "'update public.breaches_breach set ended_at = moment where id = of_case'"
        )

    def put(breach, moment):
        with connection.cursor() as cursor:
            cursor.execute("select end_case_for_tests(%s, %s)", [breach.pk, moment])

    yield put
    with superuser(NAME) as there:
        there.execute("drop function end_case_for_tests")


@pytest.fixture
def ended(as_, a_record, handled, put_back):
    """`ended()`: a case with a list, found to be none so long ago; and whose records were seen."""

    def make(ago=SIX_YEARS, told=False, answered=True):
        own, other = (
            a_record("ada", name="Nora Own"),
            a_record("ben", ["centre-hub"], name="Nora B"),
        )
        record(by=as_("ada"), did=Did.RECORD_SEEN, to=[own.reference, other.reference])
        breach = handled()
        work_out(as_("dora"), breach, accounts=("ada",), at=timezone.now())
        if told:
            dora = as_("dora")
            shares = queries.shown_listing(dora, breach).shares
            [share] = [one for one in shares if one.whose.code == NORTHSHIRE]
            services.tell_owner(by=dora, share=share, said=WHY, at=timezone.now())
            if answered:
                nell = as_("nell")
                mine = queries.find_share(nell, share.reference)
                services.answer_share(by=nell, share=mine, answer=WHY, at=timezone.now())
        dora = as_("dora")
        found = queries.find_breach(dora, breach.reference)
        services.dismiss(by=dora, breach=found, reason=WHY, at=timezone.now())
        put_back(breach, timezone.now() - ago)
        return breach.reference

    return make


def act(as_, who, reference, service):
    by = as_(who)
    return service(by=by, breach=queries.find_breach(by, reference), reason=WHY, at=timezone.now())


def left(as_, who):
    as_(who)
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"select count(*) from breaches_{table}")
            [found[table]] = cursor.fetchone()
    return {table for table, count in found.items() if count}


def test_two_people_dispose_of_a_case_with_all_that_hangs_from_it(as_, ended):
    reference = ended(told=True)
    proposal = act(as_, "dora", reference, services.propose_disposal)
    gone = act(as_, "piet", reference, services.confirm_disposal)

    assert gone == reference
    with pytest.raises(NotFound):
        queries.find_breach(as_("dora"), reference)
    assert left(as_, "dora") == left(as_, "nell") == set()
    proof = Erasure.objects.visible_to(as_("dora")).get(reference=reference)
    assert (proof.kind, proof.rule, len(proof.digest)) == ("Breach", "retention.breach", 64)
    assert proof.proposed_by.username == "dora"
    assert proof.confirmed_by.username == "piet"
    assert proposal.reference.startswith("DSP-")


def test_an_agency_that_was_told_of_its_share_is_told_that_it_is_gone(as_, ended):
    reference = ended(told=True)
    act(as_, "dora", reference, services.propose_disposal)
    act(as_, "piet", reference, services.confirm_disposal)

    kinds = Notice.objects.visible_to(as_("nell")).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["BREACH", "ERASED"]


def test_whoever_proposed_it_does_not_confirm_it_by_a_page_or_by_a_statement(as_, ended):
    reference = ended()
    proposal = act(as_, "dora", reference, services.propose_disposal)
    with pytest.raises(Refused, match="Another person"):
        act(as_, "dora", reference, services.confirm_disposal)
    for who in ("dora", "nell", "ada"):
        as_(who)
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sec.dispose_of_case(%s)", [proposal.pk])
    assert queries.find_breach(as_("piet"), reference)


def last_day_that_may_go() -> date:
    """On the latest day from which six years have gone by today."""
    today = days.today()
    leap = (today.month, today.day) == (2, 29)
    last = today.replace(year=today.year - 6, day=28 if leap else today.day)
    after = last + timedelta(days=1)
    return after if (after.month, after.day) == (2, 29) else last


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
@pytest.mark.parametrize(("later", "hour", "may"), [(0, 0, True), (0, 23, True), (1, 0, False)])
def test_it_is_kept_for_six_years_from_the_nations_day_on_which_it_ended(
    as_, ended, put_back, later, hour, may, zone
):
    reference = ended()
    day = last_day_that_may_go() + timedelta(days=later)
    put_back(
        queries.find_breach(as_("dora"), reference),
        datetime.combine(day, time(hour, 30), ZoneInfo("Europe/London")),
    )
    with connection.cursor() as cursor:
        cursor.execute("select set_config('timezone', %s, true)", [zone])
    try:
        if may:
            assert act(as_, "dora", reference, services.propose_disposal)
            return
        with pytest.raises(Refused, match="kept for 6 years"):
            act(as_, "dora", reference, services.propose_disposal)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("set local timezone to 'UTC'")


@pytest.fixture
def longer(database):
    """From the second of July 2020 on a case is kept for 50 years."""
    with superuser(NAME) as there:
        there.execute("update breaches_breachrule set active_to = '2020-07-02'")
        there.execute(
            "insert into breaches_breachrule (hours, kept_years, active_from, source) "
            "values (72, 50, '2020-07-02', 'x')"
        )
    yield
    with superuser(NAME) as there:
        there.execute("delete from breaches_breachrule where kept_years = 50")
        there.execute("update breaches_breachrule set active_to = null")


@pytest.mark.parametrize(("minute", "may"), [(59, True), (60, False)])
def test_for_how_long_is_the_rule_of_the_day_on_which_it_ended_by_summer_time(
    longer, as_, ended, put_back, minute, may
):
    """The day turns at 23:00 by the universal clock."""
    reference = ended()
    moment = datetime(2020, 7, 1, 22, tzinfo=UTC) + timedelta(minutes=minute)
    put_back(queries.find_breach(as_("dora"), reference), moment)
    if may:
        assert act(as_, "dora", reference, services.propose_disposal)
        return
    with pytest.raises(Refused, match="kept for 50 years"):
        act(as_, "dora", reference, services.propose_disposal)


def test_what_is_taken_up_again_or_waits_for_an_answer_stays(as_, ended):
    waiting = ended(told=True, answered=False)
    with pytest.raises(Refused, match="still to answer"):
        act(as_, "dora", waiting, services.propose_disposal)
    again = ended()
    act(as_, "dora", again, services.propose_disposal)
    act(as_, "piet", again, services.reopen)
    with pytest.raises(Refused, match="still being handled"):
        act(as_, "dora", again, services.propose_disposal)


def test_a_proposal_falls_when_its_case_is_taken_up_again(as_, ended, put_back):
    reference = ended()
    act(as_, "dora", reference, services.propose_disposal)
    opened = act(as_, "piet", reference, services.reopen)
    act(as_, "piet", reference, services.dismiss)
    put_back(opened, timezone.now() - SIX_YEARS)

    with pytest.raises(Refused, match="Nobody has proposed"):
        act(as_, "piet", reference, services.confirm_disposal)
    assert act(as_, "dora", reference, services.propose_disposal)


def test_a_proposal_is_made_once_and_withdrawn_by_either(as_, ended):
    reference = ended()
    with pytest.raises(Refused, match="Nobody has proposed"):
        act(as_, "piet", reference, services.confirm_disposal)
    act(as_, "dora", reference, services.propose_disposal)
    with pytest.raises(Refused, match="proposed already"):
        act(as_, "piet", reference, services.propose_disposal)
    act(as_, "piet", reference, services.withdraw_disposal)
    with pytest.raises(Refused, match="Nobody has proposed"):
        act(as_, "piet", reference, services.confirm_disposal)

    assert act(as_, "piet", reference, services.propose_disposal)


def test_nobody_else_sees_it_or_disposes_of_it(as_, ended):
    reference = ended()
    act(as_, "dora", reference, services.propose_disposal)
    for who in ("nell", "ada", "audrey"):
        with pytest.raises(NotFound):
            act(as_, who, reference, services.confirm_disposal)


def test_no_statement_of_a_page_deletes_or_forges(as_, ended):
    reference = ended()
    act(as_, "dora", reference, services.propose_disposal)
    for statement in (
        "delete from breaches_breach",
        "delete from breaches_affected",
        "delete from breaches_casedisposal",
        "update breaches_casedisposal set proposed_by_id = proposed_by_id + 1",
        "update breaches_casedisposal set reason = 'other'",
    ):
        as_("piet")
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_by_pages_and_by_programs(browse, call_api, as_, ended):
    first, second = ended(), ended()
    why = {"propose_disposal-reason": WHY, "confirm_disposal-reason": WHY}

    def post(who, act, of):
        return browse(who).post(reverse(f"breaches:{act}", args=[of]), why)

    page = browse("dora").get(reverse("breaches:breach", args=[first])).content.decode()
    assert "Propose that it go" in page
    assert post("dora", "propose_disposal", first).status_code == 302
    assert post("dora", "confirm_disposal", first).status_code == 409
    assert post("piet", "confirm_disposal", first)["Location"] == reverse("breaches:register")

    def send(who, act):
        there = reverse(f"api:{act}_case_disposal", args=[second])
        return call_api(who).post(there, {"reason": WHY}, content_type="application/json")

    assert [send("dora", act).status_code for act in ("propose", "withdraw", "propose")] == [
        200
    ] * 3
    assert send("piet", "confirm").json() == {"reference": second}
    assert browse("dora").get(reverse("breaches:breach", args=[second])).status_code == 404
