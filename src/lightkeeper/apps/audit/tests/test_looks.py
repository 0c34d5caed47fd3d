"""Who has looked at a thing: told to those whose it is, by reference, and to their overseers."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lightkeeper.apps.audit import queries
from lightkeeper.apps.audit.services import Did, record
from lightkeeper.core.errors import NotFound, NotPermitted
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture
def theirs(log, a_record):
    """A record of the hub's, released to Northshire."""
    with transaction.atomic():
        return a_record(by="ada", released_to=["northshire-police"]).reference


@pytest.fixture
def happened(as_):
    def do(name, did, to, reason="") -> None:
        with transaction.atomic():
            record(by=as_(name), did=did, to=to, reason=reason)

    return do


@pytest.fixture
def ask(as_):
    def looks(name, *references, **kwargs):
        with transaction.atomic():
            return queries.looks(as_(name), list(references), **kwargs)

    return looks


def told(page) -> list[tuple[str, str, str]]:
    return [(row.person, row.did, row.reason) for row in page.rows]


def test_the_overseer_is_told_who_and_why_and_of_other_agencies_only_that(theirs, happened, ask):
    happened("ada", Did.RECORD_SEEN, theirs)
    happened("ada", Did.SEARCHED, ["SUB-" + theirs[4:], "SUB-OTHER"], reason="Jo Bloggs")
    happened("ben", Did.RECORD_SEEN, [theirs, "REC-OTHER"], reason="our operation")

    page = ask("audrey", theirs)

    assert told(page) == [
        ("", "record seen", ""), ("ada", "search", "Jo Bloggs"), ("ada", "record seen", ""),
    ]  # fmt: skip
    assert [row.agency for row in page.rows] == [
        "Northshire Police", "The Centre's intelligence hub", "The Centre's intelligence hub",
    ]  # fmt: skip
    assert {name for row in page.rows for name in row.references} == {theirs, "SUB-" + theirs[4:]}
    assert page.rows[0].act == "Consultation"


def test_a_colleague_who_may_read_it_is_told_who_of_their_own_and_no_reason(theirs, happened, ask):
    happened("lou", Did.RECORD_SEEN, theirs, reason="a name that was typed")
    happened("ben", Did.RECORD_SEEN, theirs)

    assert told(ask("ada", theirs)) == [("lou", "record seen", "")]


def test_a_colleague_is_not_told_that_an_auditor_asks(theirs, happened, ask):
    happened("lou", Did.RECORD_SEEN, theirs)
    ask("audrey", theirs)
    ask("ada", theirs)

    assert told(ask("lou", theirs)) == [("lou", "record seen", "")]
    assert [row.person for row in ask("audrey", theirs).rows] == ["lou", "ada", "audrey", "lou"]


def test_a_reference_longer_than_any_is_asked_for_like_one_that_is_not_there(theirs, ask):
    assert ask("audrey", "R" * 400).rows == []
    with pytest.raises(NotFound):
        ask("ada", "R" * 400)


def test_an_agency_to_which_it_is_released_is_sent_to_the_owner(theirs, happened, ask):
    with pytest.raises(NotPermitted, match="the agency that owns it"):
        ask("ben", theirs)


def test_what_is_hidden_reads_like_what_is_not_there(theirs, happened, ask):
    happened("ada", Did.RECORD_SEEN, theirs)
    sentences = set()
    for name, reference in (("cleo", theirs), ("otto", theirs), ("cleo", "REC-NOTHING"),
                            ("ada", "REC-NOTHING"), ("sam", theirs)):  # fmt: skip
        with pytest.raises(NotFound) as refusal:
            ask(name, reference)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def test_the_overseer_of_another_owner_is_told_what_their_own_people_did_and_no_more(
    log, a_record, happened, ask
):
    with transaction.atomic():
        northshires = a_record(by="ben", released_to=[HUB]).reference
    happened("ben", Did.RECORD_SEEN, northshires)
    assert told(ask("audrey", northshires)) == []
    happened("ada", Did.RECORD_SEEN, northshires, reason="our task")

    assert told(ask("audrey", northshires))[:1] == [("ada", "record seen", "our task")]


def test_the_references_of_one_event_do_not_tell_of_each_other(
    log, theirs, a_record, ask, happened
):
    """Another agency's event names ours and one that is hidden from us: asking for both tells of
    ours."""
    with transaction.atomic():
        hidden = a_record(by="ben").reference
    happened("ben", Did.RECORD_SEEN, [theirs, hidden])

    [row] = ask("audrey", theirs, hidden).rows
    assert row.references == [theirs]
    assert told(ask("audrey", hidden))[1:] == []


def test_pages_follow_one_another(theirs, happened, ask, monkeypatch):
    monkeypatch.setattr("lightkeeper.apps.audit.queries.looking.LOOKS_A_PAGE", 2)
    for _ in range(5):
        happened("lou", Did.RECORD_SEEN, theirs)
    first = ask("audrey", theirs)
    second = ask("audrey", theirs, before=first.before)
    third = ask("audrey", theirs, before=second.before)

    moments = [row.at for page in (first, second, third) for row in page.rows]
    assert len(set(moments)) == 5
    assert moments == sorted(moments, reverse=True)
    assert third.before == ""


def test_asking_is_recorded(theirs, ask):
    ask("audrey", theirs)

    assert [(row.person, row.did) for row in ask("audrey", theirs).rows] == [
        ("audrey", "who has looked seen")
    ]


def test_nobody_who_is_not_signed_in_is_told_anything(theirs, happened):
    happened("ada", Did.RECORD_SEEN, theirs)
    from lightkeeper.core.access import acting

    with acting.with_nobody(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select count(*) from sec.looks_at(%s, 99, 9)", [[theirs]])
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from sec.standing_of(%s)", [[theirs]])
        assert cursor.fetchone() == (0,)


def test_events_are_found_by_reference_through_an_index(theirs, happened):
    with superuser(NAME) as c:
        c.execute("set enable_seqscan = off")
        plan = c.execute(
            'explain select id from audit_event where "references" && array[%s]::varchar[]',
            [theirs],
        ).fetchall()
    assert "event_by_reference" in str(plan)


def test_the_page_is_reached_from_the_record_by_its_owner_and_from_the_log_by_the_overseer(
    theirs, happened, browse
):
    way = f"/audit/looks/{theirs}/"
    assert way in browse("ada").get(f"/reports/records/{theirs}/").content.decode()
    assert way not in browse("ben").get(f"/reports/records/{theirs}/").content.decode()
    assert way in browse("audrey").get("/audit/").content.decode()

    page = browse("ada").get(way).content.decode()
    assert "Consultation: record seen" in page
    assert "Somebody of another agency" not in page
    seen = browse("audrey").get(way).content.decode()
    assert "Somebody of another agency" in seen
    assert "Northshire Police" in seen
    assert browse("ben").get(way).status_code == 403
    hidden, absent = (browse("cleo").get(f"/audit/looks/{r}/") for r in (theirs, "REC-NOTHING"))
    assert hidden.status_code == absent.status_code == 404


def test_the_api_says_the_same(theirs, happened, call_api):
    happened("lou", Did.RECORD_SEEN, theirs)

    [look] = call_api("ada").get(f"/api/audit/looks/{theirs}").json()["looks"]
    assert (look["person"], look["verb"], look["purpose"]) == ("lou", "consult", "investigation")
    assert call_api("ben").get(f"/api/audit/looks/{theirs}").status_code == 403
    assert call_api("cleo").get(f"/api/audit/looks/{theirs}").status_code == 404


def test_a_subject_is_asked_through_the_records_that_the_agency_owns(
    theirs, happened, browse, call_api
):
    subject = "SUB-" + theirs[4:]
    happened("lou", Did.SUBJECT_SEEN, [subject, theirs])
    way = f"/picture/subjects/{subject}/looks/"
    assert way in browse("ada").get(f"/picture/subjects/{subject}/").content.decode()

    page = browse("ada").get(way).content.decode()
    assert "Consultation: subject seen" in page
    looks = call_api("ada").get(f"/api/picture/subjects/{subject}/looks").json()["looks"]
    assert [look["did"] for look in looks] == ["subject seen", "subject seen"]
    assert browse("ben").get(way).status_code == 403
    assert browse("cleo").get(way).status_code == 404


def test_a_task_is_asked_by_its_reference(log, a_record, happened, browse, as_):
    from lightkeeper.apps.accounts.services import Agency
    from lightkeeper.apps.tasking import services
    from lightkeeper.apps.tasking.choices import Level, Theme

    with transaction.atomic():
        record_of = a_record(by="ada")
        task = services.propose_task(
            by=as_("ada"), record=record_of, objective="find out", reason="it may help",
            agency=Agency.objects.get(code="northshire-police"), theme=Theme.PROTECT,
            level=Level.LOCAL, threat="", at=timezone.now(),
        )  # fmt: skip
    way = f"/audit/looks/{task.reference}/"
    assert way in browse("ada").get(task.get_absolute_url()).content.decode()
    assert "Alteration: task proposed" in browse("ada").get(way).content.decode()
    assert "it may help" in browse("audrey").get(way).content.decode()
    assert "it may help" not in browse("ada").get(way).content.decode()
