"""The log as an overseer reads it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.audit import queries, sealing
from lightkeeper.apps.audit.queries import Question
from lightkeeper.apps.audit.services import Did, record
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture
def look(as_, log):
    """What Audrey sees."""

    def ask(question=Question(), **kwargs):  # noqa: B008
        with transaction.atomic():
            return queries.events(as_("audrey"), question, **kwargs)

    return ask


def test_an_overseer_sees_the_events_of_their_own_agency_and_no_other(happen, look):
    happen(2, "ada")
    happen(3, "ben")

    assert {row.person for row in look().rows} == {"ada"}


def test_nobody_else_may(as_, log):
    for name in ("ada", "ben", "sam", "lou"):
        with pytest.raises(NotPermitted, match="audit log"), transaction.atomic():
            queries.events(as_(name), Question())


def test_reading_it_is_recorded_with_what_was_asked(happen, look):
    happen(1)
    look(Question(person="ada", day=timezone.localdate()))

    newest = look().rows[0]
    assert (newest.person, newest.did) == ("audrey", "audit seen")
    assert newest.references[0] == "person: ada"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (Question(person="ada"), 3),
        (Question(person="ben"), 0),
        (Question(verb="consult"), 3),
        (Question(verb="disclose"), 0),
        (Question(reference="REC-1"), 1),
        (Question(reference="REC-9"), 0),
        (Question(day=timezone.localdate()), 3),
        (Question(day=timezone.localdate() - timedelta(days=1)), 0),
    ],
)
def test_each_filter_finds_what_it_says(happen, look, question, found):
    happen(3)

    assert len(look(question).rows) == found


def test_pages_follow_one_another_without_a_gap_or_a_number(happen, look, monkeypatch):
    monkeypatch.setattr("lightkeeper.apps.audit.queries.log.EVENTS_A_PAGE", 2)
    happen(5)
    seen, before = [], ""
    while True:
        page = look(Question(person="ada"), before=before)
        seen += [row.references[0] for row in page.rows]
        before = page.before
        if not before:
            break
        assert not before.isdigit()

    assert seen == [f"REC-{n}" for n in (4, 3, 2, 1, 0)]


def test_a_made_up_page_is_refused(log, look):
    with pytest.raises(Refused, match="first page"):
        look(before="12")


def test_each_event_says_whether_it_is_as_it_was_sealed(happen, look, browse):
    happen(2)
    sealing.seal()
    happen(1)
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("update audit_event set reason = 'x' where \"references\" = '{REC-1}'")

    rows = look(Question(person="ada")).rows
    assert [row.holds for row in rows] == ["waiting", "changed", "sealed"]
    page = browse("audrey").get("/audit/").content.decode()
    assert "changed since" in page


def test_the_page_says_whether_the_log_verifies_and_when_it_was_sealed(happen, browse):
    audrey = browse("audrey")
    assert "has not been verified yet" in audrey.get("/audit/").content.decode()
    happen(2)
    sealing.seal()
    sealing.verify()
    page = audrey.get("/audit/").content.decode()
    assert "The log is whole" in page
    assert "The log is not being sealed" not in page
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("delete from audit_leaf where position = 1")
    sealing.verify()
    assert "The log does not verify" in audrey.get("/audit/").content.decode()


def test_a_filter_that_is_no_date_is_said_on_the_page(log, browse):
    answer = browse("audrey").get("/audit/?day=yesterday")

    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


def test_the_api_gives_the_same_events(happen, call_api):
    happen(2)
    answer = call_api("audrey").get("/api/audit/events?person=ada")

    assert answer.status_code == 200
    assert [e["references"] for e in answer.json()["events"]] == [["REC-1"], ["REC-0"]]
    assert call_api("ada").get("/api/audit/events").status_code == 403
    assert call_api("audrey").get("/api/audit/events?verb=hide").status_code == 422


def test_a_reason_with_markup_is_shown_as_it_was_typed(log, as_, browse):
    with transaction.atomic():
        record(by=as_("ada"), did=Did.RECORD_SEEN, to="REC-1", reason="<script>alert(1)</script>")

    page = browse("audrey").get("/audit/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
