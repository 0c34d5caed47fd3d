"""Unusual looks: found once a day has ended, waiting until an auditor decides, kept for good."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.audit import deciding, queries, watching
from lightkeeper.apps.audit.choices import FlagVerdict
from lightkeeper.apps.audit.models import Flag, FlagDecision, WatchedDay
from lightkeeper.apps.audit.services import Did, record
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.plugin import CLUSTER, NAME, superuser

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NEXT = datetime(2026, 11, 21, 3, tzinfo=UTC)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def looked(as_, log):
    """`looked("ada", "REC-1", times=3)`: so many looks at it, around noon of the day."""

    def do(name, *to, at=NOON, times=1, did=Did.RECORD_SEEN, reason="") -> None:
        with transaction.atomic():
            for number in range(times):
                record(by=as_(name), did=did, to=to, at=at + timedelta(seconds=number),
                       reason=reason)  # fmt: skip

    return do


@pytest.fixture
def named(log, a_record):
    def make(name: str, by: str = "ada") -> str:
        with transaction.atomic():
            return a_record(by=by, name=name).reference

    return make


def there() -> list[tuple[str, str, str]]:
    with superuser(NAME) as c:
        return c.execute(
            "select r.code, f.person, f.about from audit_flag f join audit_lookrule r "
            "on r.id = f.rule_id order by 1, 2"
        ).fetchall()


@pytest.fixture
def queue(as_, log):
    def flags(name="audrey", **narrow):
        with transaction.atomic():
            return queries.flags(as_(name), queries.Narrow(**narrow)).rows

    return flags


@pytest.fixture
def flagged(looked, named):
    """Ada opened a record with her own family name."""
    own = named("Tom Marsh")
    looked("ada", own, times=2)
    assert watching.watch(NEXT) == 1
    return own


def test_each_planted_story_is_found_with_its_events_and_its_reason(looked, named):
    own, colleagues, often = named("Tom Marsh"), named("Lou Vale"), named("Jo Bloggs")
    looked("ada", own)
    looked("dev", colleagues)
    looked("lou", "SUB-" + often[4:], often, did=Did.SUBJECT_SEEN)
    for back in (1, 3, 9):
        looked("lou", often, at=NOON - timedelta(days=back))
    looked("ben", "REC-X", at=NOON + timedelta(hours=11), times=12)
    for number in range(251):
        looked("otto", f"REC-{number}")

    assert watching.watch(NEXT) == 5

    assert there() == [
        ("colleague", "dev", colleagues), ("hours", "ben", ""), ("no_part", "lou", often),
        ("own_name", "ada", own), ("volume", "otto", ""),
    ]  # fmt: skip
    with superuser(NAME) as c:
        rows = c.execute(
            "select r.code, cardinality(f.events), f.sentence from audit_flag f "
            "join audit_lookrule r on r.id = f.rule_id order by r.code"
        ).fetchall()
    assert [(code, events) for code, events, _ in rows] == [
        ("colleague", 1), ("hours", 12), ("no_part", 1), ("own_name", 1), ("volume", 251),
    ]  # fmt: skip
    assert "the same record on 4 days within 30" in rows[2][2]
    assert "Opened 251 different records on one day" in rows[4][2]


def test_work_on_a_record_is_no_unusual_look(looked, named, as_):
    own = named("Tom Marsh")
    looked("ada", own, times=3)
    looked("ada", "TSK-1", own, did=Did.TASK_PROPOSED)
    other = named("Tim Marsh")
    looked("ada", other)
    looked("ada", "JDG-1", other, own, did=Did.JUDGED)

    assert watching.watch(NEXT) == 0


def test_a_day_is_gone_through_once_and_only_when_it_has_ended(looked, named):
    looked("ada", named("Tom Marsh"))
    assert watching.watch(NOON + timedelta(hours=3)) == 0
    assert not WatchedDay.objects.exists()

    assert watching.watch(NEXT) == 1
    assert watching.watch(NEXT) == 0
    assert watching.watch(NEXT + timedelta(days=2)) == 0
    days = list(WatchedDay.objects.order_by("day").values_list("day", flat=True))
    assert days == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert len(there()) == 1


def test_going_through_is_itself_recorded(flagged):
    with superuser(NAME) as c:
        found = c.execute(
            'select person, verb, "references" from audit_event where did = %s',
            (Did.LOOKS_WATCHED.words,),
        ).fetchall()
    [(person, verb, named)] = found
    assert (person, verb, named[0]) == ("the look-back", "admin", "2026-11-20")
    assert len(named) == 2
    assert named[1].startswith("FLG-")


def test_a_day_is_gone_through_whole_or_not_at_all(looked, named, monkeypatch):
    looked("ada", named("Tom Marsh"))
    enter, how_often = watching.record, []

    def die(**given):
        how_often.append(given)
        raise RuntimeError("killed")

    monkeypatch.setattr(watching, "record", die)
    with pytest.raises(RuntimeError, match="killed"):
        watching.watch(NEXT)
    assert (there(), len(how_often)) == ([], 1)
    monkeypatch.setattr(watching, "record", enter)
    assert watching.watch(NEXT) == 1


def test_what_a_role_does_every_day_is_no_unusual_look(looked):
    """Twelve looks a night, for weeks: that is a night shift."""
    for back in range(1, 12):
        looked("ben", f"REC-N{back}", at=NOON + timedelta(hours=11, days=-back), times=12)
        for number in range(65):
            looked("ben", f"REC-{back}-{number}", at=NOON - timedelta(days=back))
    with superuser(NAME) as c:
        c.execute("insert into audit_watchedday (day, at) values ('2026-11-19', now())")
    looked("ben", "REC-N", at=NOON + timedelta(hours=11), times=12)
    for number in range(100):
        looked("ben", f"REC-{number}")

    assert watching.watch(NEXT) == 0
    looked("dev", "REC-N", at=NOON + timedelta(hours=35), times=12)
    assert watching.watch(NEXT + timedelta(days=1)) == 1


def test_a_rule_holds_on_its_days_alone(looked, named):
    with superuser(NAME) as c:
        c.execute("update audit_lookrule set active_to = '2026-11-20' where code = 'own_name'")
    try:
        looked("ada", named("Tom Marsh"))
        looked("ada", named("Tim Marsh"), at=NOON - timedelta(days=1))
        watching.watch(NEXT)
        with superuser(NAME) as c:
            assert c.execute("select day from audit_flag").fetchall() == [(date(2026, 11, 19),)]
    finally:
        with superuser(NAME) as c:
            c.execute("update audit_lookrule set active_to = null where code = 'own_name'")


def test_the_queue_is_the_auditors_and_of_their_own_people_alone(flagged, looked, named, queue):
    looked("ben", named("Tom Okoro", by="ben"), at=NOON + timedelta(days=1))
    assert watching.watch(NEXT + timedelta(days=1)) == 1

    assert [flag.person for flag in queue()] == ["ada"]
    for name in ("ada", "ben", "sam"):
        with pytest.raises(NotPermitted):
            queue(name)
    with superuser(NAME) as c:
        [(bens,)] = c.execute("select reference from audit_flag where person = 'ben'").fetchall()
    assert [flag.reference for flag in queue() if flag.reference == bens] == []


def test_what_is_hidden_reads_like_what_is_not_there(flagged, queue, as_):
    [flag] = queue()
    sentences = set()
    for name, reference in (("ada", flag.reference), ("audrey", "FLG-NOTHING")):
        with pytest.raises(NotFound) as refusal, transaction.atomic():
            queries.show_flag(as_(name), reference)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def decide(as_, flag, name="audrey"):
    with transaction.atomic():
        return deciding.decide_flag(
            by=as_(name), flag=flag, verdict=FlagVerdict.LESSON, reason="a cousin; spoken to",
            at=AT,
        )  # fmt: skip


def test_it_waits_until_it_is_decided_and_what_was_decided_is_kept(flagged, queue, as_):
    watching.watch(NEXT + timedelta(days=400))
    [flag] = queue()
    decide(as_, flag)

    assert queue() == []
    [kept] = queue(decided=True)
    assert (kept.decision.verdict, kept.decision.reason) == ("LESSON", "a cousin; spoken to")
    assert (kept.decision.person, kept.decision.at) == ("audrey", AT)
    with transaction.atomic():
        newest = queries.events(as_("audrey"), queries.Question(verb="admin")).rows
    assert (newest[0].did, newest[0].rule, newest[0].reason) == (
        "unusual look decided", "LESSON", "a cousin; spoken to",
    )  # fmt: skip


def test_the_second_of_two_auditors_is_told(flagged, queue, as_):
    [flag] = queue()
    decide(as_, Flag(**{f.attname: getattr(flag, f.attname) for f in Flag._meta.local_fields}))

    with pytest.raises(Refused, match="decided already"):
        decide(as_, flag)
    assert len(queue(decided=True)) == 1


def test_nobody_decides_about_themselves_or_without_being_an_overseer(flagged, queue, as_):
    [flag] = queue()
    with pytest.raises(NotPermitted):
        decide(as_, flag, name="ada")
    with transaction.atomic():
        audrey = as_("audrey")
    flag.person_id = audrey.person_id
    with pytest.raises(NotPermitted, match="your own looks"):
        decide(as_, flag)
    with superuser(NAME) as c:
        assert c.execute("select count(*) from audit_flagdecision").fetchone() == (0,)


def test_the_database_keeps_a_decision_from_whom_it_is_about_and_from_other_agencies(
    flagged, queue, as_
):
    """A statement past the application: the flag is of one of the hub's, its decider is not."""
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("update audit_flag set person_id = (select id from accounts_person "
                  "where username = 'audrey')")  # fmt: skip
    [flag] = queue()
    with transaction.atomic():
        audrey = as_("audrey")
    by = {"person_id": audrey.person_id, "person": "audrey", "agency_id": audrey.agency_id}
    with pytest.raises(Exception, match="not for them to decide"), transaction.atomic():
        FlagDecision(flag=flag, verdict="LAWFUL", reason="x", at=AT, **by).save(force_insert=True)
    by["agency_id"] += 1
    with pytest.raises(Exception, match="not for them to decide"), transaction.atomic():
        FlagDecision(flag=flag, verdict="LAWFUL", reason="x", at=AT, **by).save(force_insert=True)


@pytest.mark.parametrize(
    "statement",
    ["delete from audit_flag", "update audit_flag set day = day", "truncate audit_flag cascade"],
)
def test_nothing_empties_the_queue(flagged, statement):
    """Not the role that fills it; and the tables' owner does not even see it."""
    with (
        psycopg.connect(CLUSTER.url("lk_linker", NAME), autocommit=True) as c,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        c.execute(statement)
    with (
        psycopg.connect(CLUSTER.url("lk_owner", NAME), autocommit=True) as c,
        suppress(psycopg.errors.InsufficientPrivilege),
    ):
        assert c.execute(statement).rowcount == 0
    with superuser(NAME) as c:
        assert c.execute("select sentence <> '' from audit_flag").fetchall() == [(True,)]


def test_the_page_shows_the_events_and_takes_a_decision(flagged, queue, browse):
    [flag] = queue()
    audrey = browse("audrey")
    listed = audrey.get("/audit/unusual/").content.decode()
    assert flag.reference in listed
    assert "own family name 2 times" in listed
    page = audrey.get(f"/audit/unusual/{flag.reference}/").content.decode()
    assert page.count("Consultation: record seen") == 2
    assert f"/audit/looks/{flagged}/" in page

    refused = audrey.post(f"/audit/unusual/{flag.reference}/decide/", {"verdict": "LAWFUL"})
    assert refused.status_code == 422
    assert queue() != []
    done = audrey.post(
        f"/audit/unusual/{flag.reference}/decide/", {"verdict": "LAWFUL", "reason": "her task"}
    )
    assert (done.status_code, done["Location"]) == (302, "/audit/unusual/")
    assert "her task" in audrey.get(f"/audit/unusual/{flag.reference}/").content.decode()
    assert flag.reference not in audrey.get("/audit/unusual/").content.decode()
    assert flag.reference in audrey.get("/audit/unusual/?decided=on").content.decode()


def test_the_api_says_and_does_the_same(flagged, queue, call_api):
    audrey = call_api("audrey")
    [flag] = audrey.get("/api/audit/unusual").json()["flags"]
    assert (flag["rule"], flag["person"], flag["verdict"]) == ("own_name", "ada", "")
    one = audrey.get(f"/api/audit/unusual/{flag['reference']}").json()
    assert len(one["events"]) == 2
    address = f"/api/audit/unusual/{flag['reference']}/decision"
    given = {"verdict": "CONDUCT", "reason": "no reason was given"}
    send = {"content_type": "application/json"}
    assert call_api("ada").post(address, given, **send).status_code == 404
    assert audrey.post(address, {**given, "verdict": "FINE"}, **send).status_code == 422
    assert audrey.post(address, given, **send).json()["verdict"] == "CONDUCT"
    assert audrey.post(address, given, **send).status_code == 409
    assert audrey.get("/api/audit/unusual").json()["flags"] == []


def test_a_look_is_of_the_day_on_the_wall(looked, named):
    """Half past midnight in summer is the day before in UTC."""
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    looked("ada", named("Tom Marsh"), at=summer)
    watching.watch(summer + timedelta(days=2))

    with superuser(NAME) as c:
        assert c.execute("select day from audit_flag").fetchall() == [(date(2026, 7, 2),)]
    assert timezone.localdate(summer) == date(2026, 7, 2)
