"""Who is affected, worked out from the log, held against what was planted in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.audit.services import Did, record
from lightkeeper.apps.breaches import queries, services
from lightkeeper.apps.breaches.tests.conftest import WHY, work_out
from lightkeeper.apps.intake import exporting
from lightkeeper.apps.intake import queries as intake
from lightkeeper.apps.intelligence import queries as intelligence
from lightkeeper.apps.tasking import services as tasking
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import COMPARTMENT, EASTMERE, HUB, NORTHSHIRE, PEOPLE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")


def at_now():
    return datetime.now(UTC)


def look(as_, who, *records):
    actor = as_(who)
    for one in records:
        intake.get_record(actor, one.reference)


def export(as_, who, one):
    actor = as_(who)
    report = intake.find_report(actor, one.report.reference)
    exporting.export_records(by=actor, report=report, at=at_now()).read()


def listed(as_, breach, who="dora"):
    """{record: (by whom and what)} as the newest list says, for whoever asks."""
    officer = as_(who)
    page = queries.affected(officer, queries.find_breach(officer, breach.reference))
    return {
        line.affected.reference: sorted((one.person, one.did, one.times) for one in line.sightings)
        for line in page.lines
    }


def test_the_affected_are_exactly_those_that_were_planted_among_the_looks_of_others(
    as_, a_record, handled
):
    seen, searched, exported, both, others, alone, before, after = (
        a_record("ada", [NORTHSHIRE], name=f"Willa {n}") for n in range(8)
    )
    look(as_, "ada", before)
    began = at_now()
    look(as_, "ada", seen, both, both)
    intelligence.look_up(as_("ada"), intelligence.reference_of(searched))
    intelligence.subject(as_("ada"), intelligence.reference_of(searched))
    export(as_, "ada", exported)
    export(as_, "ada", both)
    look(as_, "lou", others, seen)
    look(as_, "ben", alone, both)
    ended = at_now()
    look(as_, "ada", after)
    breach = handled()

    officer = as_("dora")
    made = work_out(officer, breach, accounts=("ada",), since=began, until=ended, at=at_now())

    assert listed(as_, breach) == {
        seen.reference: [("ada", "record seen", 1)],
        searched.reference: [("ada", "subject seen", 1)],
        exported.reference: [("ada", "records exported", 1)],
        both.reference: [("ada", "record seen", 2), ("ada", "records exported", 1)],
    }
    shown = queries.shown_listing(as_("dora"), breach)
    assert (shown.listing.records, shown.numbers.records, shown.numbers.subjects) == (4, 4, 4)
    assert (shown.holds, shown.numbers.hidden) == (True, ())
    assert made.digest
    assert {one.whose.code for one in shown.shares} == {HUB}
    lines = queries.affected(as_("dora"), breach).lines
    left = {line.affected.reference for line in lines if line.affected.disclosed}
    assert left == {exported.reference, both.reference}


def test_a_list_by_delivery_holds_all_of_it_and_nothing_else(as_, a_record, handled, monkeypatch):
    one, other = (a_record("ada", name=name) for name in ("Nora Abel", "Nora Bond"))
    look(as_, "ada", other)
    export(as_, "ada", one)
    breach = handled()
    work_out(as_("dora"), breach, delivered=one.report.reference, acts=("disclose",), at=at_now())

    assert listed(as_, breach) == {one.reference: [("ada", "records exported", 1)]}


def test_every_event_of_an_export_names_its_report():
    from lightkeeper.apps.audit import services as audit

    assert exporting.ROWS_AT_ONCE + 1 <= audit.MOST_REFERENCES


def test_a_scope_of_acts_and_sessions_takes_in_no_other(as_, a_record, handled):
    one, other = (a_record("ada", name=name) for name in ("Nora Abel", "Nora Bond"))
    look(as_, "ada", one)
    export(as_, "ada", other)
    session = as_("ada").session
    breach = handled()

    work_out(as_("dora"), breach, accounts=("ada",), acts=("disclose",), at=at_now())
    assert set(listed(as_, breach)) == {other.reference}
    work_out(as_("dora"), breach, sessions=(session,), acts=("consult",), at=at_now())
    assert set(listed(as_, breach)) == {one.reference}
    work_out(as_("dora"), breach, sessions=("elsewhere",), at=at_now())
    assert listed(as_, breach) == {}


def test_what_hangs_from_a_record_leads_to_it_and_what_is_no_record_is_counted(
    as_, a_record, handled
):
    one = a_record("ada", name="Nora Abel")
    actor = as_("ada")
    gone = "REC-000000000-0"
    record(by=actor, did=Did.RECORD_SEEN, to=[gone, "QUA-000000000-0", "REP-000000000-0"])
    record(by=actor, did=Did.SUBJECT_SEEN, to="SUB-" + one.reference.removeprefix("REC-"))
    record(by=actor, did=Did.LOOKS_SEEN, to=a_record("ada", name="Nora Bond").reference)
    breach = handled()
    made = work_out(as_("dora"), breach, accounts=("ada",), at=at_now())

    assert set(listed(as_, breach)) == {one.reference}
    assert queries.listing(as_("dora"), made.pk).others == {"GONE": 1, "QUA": 1, "REP": 1}


def a_task_about(as_, one):
    """Otto's agency proposes it, on a record of its own; the centre is to do it."""
    by = as_("otto")
    return tasking.propose_task(
        by=by, record=one, agency=Agency.objects.get(code=HUB), threat="trafficking",
        theme=Theme.PROTECT, level=Level.LOCAL, objective="Visit the address.", reason=WHY, at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("released", "compartment"), [(None, None), ([NORTHSHIRE], None), ([HUB], COMPARTMENT)]
)
def test_a_look_at_a_task_does_not_say_whose_hidden_record_stands_behind_it(
    as_, a_record, handled, released, compartment
):
    hidden = a_record("otto", released, name="Zqhidden Bond", compartment=compartment)
    task = a_task_about(as_, hidden)
    record(by=as_("ada"), did=Did.TASK_SEEN, to=task.reference)
    breach = handled()
    made = work_out(as_("dora"), breach, accounts=("ada",), at=at_now())

    made = queries.listing(as_("dora"), made.pk)
    assert (made.records, made.others, made.events) == (0, {"BEHIND": 1}, 1)
    shown = queries.shown_listing(as_("dora"), breach)
    assert (shown.shares, shown.numbers.hidden, shown.holds) == ([], (), True)


def test_a_look_at_a_task_is_one_at_its_record_where_the_agency_has_that(as_, a_record, handled):
    one = a_record("otto", [HUB], name="Nora Abel")
    task = a_task_about(as_, one)
    record(by=as_("ada"), did=Did.TASK_SEEN, to=task.reference)
    breach = handled()
    made = work_out(as_("dora"), breach, accounts=("ada",), at=at_now())

    assert (made.records, queries.listing(as_("dora"), made.pk).others) == (1, {})
    assert set(listed(as_, breach)) == {one.reference}


def test_what_the_officer_may_not_see_is_a_number_by_its_owner_and_nothing_else(
    as_, a_record, handled
):
    """As after a label has become narrower than it was when Ada looked."""
    shown = a_record("ben", [HUB], name="Nora Abel")
    hidden = a_record("ben", [EASTMERE], name="Zqhidden Bond")
    actor = as_("ada")
    record(by=actor, did=Did.RECORD_SEEN, to=[shown.reference, hidden.reference])
    breach = handled()
    made = work_out(as_("dora"), breach, accounts=("ada",), at=at_now())

    assert made.records == 2
    assert set(listed(as_, breach)) == {shown.reference}
    page = queries.shown_listing(as_("dora"), breach)
    assert page.numbers.hidden == (("Northshire Police", 1),)
    [share] = page.shares
    assert (share.whose.code, share.records) == (NORTHSHIRE, 2)
    with connection.cursor() as cursor:
        cursor.execute("select reference from breaches_affected")
        assert cursor.fetchall() == [(shown.reference,)]
        cursor.execute("select count(*) from breaches_sighting")
        assert cursor.fetchone() == (1,)


def test_the_owner_is_told_and_sees_its_own_but_not_by_whom(as_, a_record, handled):
    shown = a_record("ben", [HUB], name="Nora Abel")
    hidden = a_record("ben", name="Zqhidden Bond")
    own = a_record("ada", name="Nora Cole")
    actor = as_("ada")
    named = [shown.reference, hidden.reference, own.reference]
    record(by=actor, did=Did.RECORD_SEEN, to=named)
    breach = handled()
    work_out(as_("dora"), breach, accounts=("ada",), at=at_now())
    assert queries.shares(as_("nell")) == []
    dora = as_("dora")
    shares = queries.shown_listing(dora, breach).shares
    share = next(one for one in shares if one.whose.code == NORTHSHIRE)
    mine = next(one for one in shares if one.whose.code == HUB)
    with pytest.raises(Refused, match="your own"):
        services.tell_owner(by=dora, share=mine, said=WHY, at=NOON)
    services.tell_owner(by=dora, share=share, said="An analyst looked.", at=NOON)

    nell = as_("nell")
    [told] = queries.shares(nell)
    assert (told.records, told.said) == (2, "An analyst looked.")
    lines = queries.share_affected(nell, told).lines
    assert {line.affected.reference for line in lines} == {shown.reference, hidden.reference}
    assert [line.sightings for line in lines] == [[], []]
    with pytest.raises(NotFound):
        queries.find_breach(nell, breach.reference)
    services.answer_share(by=nell, share=told, answer="We tell the family.", at=NOON)

    dora = as_("dora")
    assert set(listed(as_, breach)) == {shown.reference, own.reference}
    answered = queries.find_share(dora, share.reference)
    assert answered.answer == "We tell the family."
    with pytest.raises(Refused, match="told before"):
        services.tell_owner(by=as_("dora"), share=answered, said=WHY, at=NOON)
    assert queries.shown_listing(as_("dora"), breach).holds
    with connection.cursor() as cursor:
        as_("nell")
        cursor.execute("select kind, about from governance_notice")
        assert cursor.fetchall() == [("BREACH", share.reference)]


def test_nobody_but_the_officers_sees_a_list_or_a_share(as_, a_record, handled):
    look(as_, "ada", a_record("ada", [NORTHSHIRE], name="Nora Abel"))
    breach = handled()
    work_out(as_("dora"), breach, accounts=("ada",), at=at_now())
    for name in {person[0] for person in PEOPLE} - {"dora", "piet"}:
        as_(name)
        with connection.cursor() as cursor:
            for table in ("listing", "affected", "sighting", "share", "breach", "breachstep"):
                cursor.execute(f"select count(*) from breaches_{table}")
                assert cursor.fetchone() == (0,), (name, table)


def test_a_list_is_made_anew_from_the_same_scope_with_the_same_digest_and_never_changed(
    as_, a_record, handled
):
    one = a_record("ada", name="Nora Abel")
    look(as_, "ada", one)
    ended = at_now()
    breach = handled()
    first = work_out(as_("dora"), breach, accounts=("ada",), until=ended, at=at_now())
    look(as_, "ada", one)
    again = work_out(as_("dora"), breach, accounts=("ada",), until=ended, at=at_now())
    wider = work_out(as_("dora"), breach, accounts=("ada",), at=at_now())

    assert (first.digest, first.number, again.number) == (again.digest, 1, 2)
    assert wider.digest != first.digest
    for change in ("update breaches_affected set times = 9", "delete from breaches_sighting",
                   "update breaches_listing set records = 0",
                   "insert into breaches_sighting default values"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_list_goes_on_after_its_record_was_hidden_from_use(as_, a_record, handled):
    from lightkeeper.apps.rights import queries as rights_queries
    from lightkeeper.apps.rights import services as rights
    from lightkeeper.apps.rights.choices import RestrictionGround

    one = a_record("ada", name="Nora Abel")
    look(as_, "ada", one)
    breach = handled()
    work_out(as_("dora"), breach, accounts=("ada",), at=at_now())
    dora = as_("dora")
    rights.restrict(
        by=dora, record=rights_queries.find_record(dora, one.reference),
        ground=RestrictionGround.EVIDENCE, reason=WHY, at=NOON,
    )  # fmt: skip

    assert set(listed(as_, breach)) == {one.reference}
    assert queries.shown_listing(as_("dora"), breach).holds


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ({}, "whose account"),
        ({"accounts": ("ben",)}, "Nobody at your agency"),
        ({"accounts": ("nobody",)}, "Nobody at your agency"),
        ({"accounts": ("dora",)}, "Another officer"),
        ({"accounts": ("ada",), "acts": ("deny",)}, "which acts"),
        ({"accounts": ("ada",), "since": NOON, "until": NOON - timedelta(1)}, "before it begins"),
    ],
)
def test_a_scope_that_cannot_be_is_refused(as_, handled, scope, said):
    breach = handled()
    with pytest.raises(Refused, match=said):
        work_out(as_("dora"), breach, **scope)
    assert queries.listings(as_("dora"), breach) == []


def test_whoever_is_in_the_scope_of_a_breach_does_not_handle_it(as_, handled):
    breach = handled(by="piet")
    work_out(as_("piet"), breach, accounts=("dora",), at=at_now())
    with pytest.raises(Refused, match="Another officer"):
        services.close(by=as_("dora"), breach=breach, reason=WHY, at=NOON)
    with pytest.raises(NotPermitted):
        services.close(by=as_("audrey"), breach=breach, reason=WHY, at=NOON)


def test_a_scope_of_another_agencys_session_finds_nothing(as_, a_record, handled):
    look(as_, "ben", a_record("ada", [NORTHSHIRE], name="Nora Abel"))
    session = as_("ben").session
    breach = handled()
    made = work_out(as_("dora"), breach, sessions=(session,), at=at_now())

    assert (made.events, made.records) == (0, 0)


def test_a_long_list_is_gone_through_a_few_at_a_time_and_comes_to_the_same(
    as_, a_record, handled, monkeypatch
):
    from lightkeeper.apps.breaches.queries import lists

    made = [a_record("ada", name=f"Nora {n}") for n in range(5)]
    look(as_, "ada", *made)
    breach = handled()
    work_out(as_("dora"), breach, accounts=("ada",), at=at_now())
    whole = queries.shown_listing(as_("dora"), breach).numbers
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    monkeypatch.setattr(lists, "ROWS_A_PAGE", 2)
    dora, seen, after = as_("dora"), [], ""
    while page := queries.affected(dora, breach, after=after):
        assert len(page.lines) <= 2
        seen += [line.affected.reference for line in page.lines]
        if not (after := page.after):
            break

    assert sorted(seen) == sorted(one.reference for one in made)
    assert queries.shown_listing(dora, breach).numbers == whole
    assert (whole.records, whole.subjects) == (5, 5)


def test_a_list_still_names_a_record_that_was_disposed_of_and_is_still_what_it_was(
    as_, a_record, handled
):
    from lightkeeper.apps.governance import queries as governance
    from lightkeeper.apps.governance import services as disposing
    from lightkeeper.apps.governance.choices import Ground

    one = a_record("ada", name="Nora Abel")
    look(as_, "ada", one)
    breach = handled()
    work_out(as_("dora"), breach, accounts=("ada",), at=at_now())
    ada = as_("ada")
    proposal = disposing.propose_disposal(
        by=ada, record=governance.get_record(ada, one.reference), ground=Ground.INACCURATE,
        answers=[], reason=WHY, at=NOON,
    )  # fmt: skip
    dev = as_("dev")
    found = governance.get_proposal(dev, proposal.record)
    disposing.confirm_disposal(by=dev, disposal=found, reason=WHY, at=NOON)

    [line] = queries.affected(as_("dora"), breach).lines
    assert (line.affected.reference, line.record) == (one.reference, None)
    assert queries.shown_listing(as_("dora"), breach).holds
    work_out(as_("dora"), breach, accounts=("ada",), acts=("consult",), at=at_now())
    again = queries.shown_listing(as_("dora"), breach).listing
    assert (again.records, again.others) == (0, {"GONE": 1})


def test_nobody_handles_a_breach_of_their_own_session(as_, handled, a_record):
    record = a_record("ada", name="Nora Abel")
    breach, dora = handled(), as_("dora")
    intake.get_record(dora, record.reference)
    with pytest.raises(Refused, match="Another officer"):
        work_out(dora, breach, sessions=(dora.session,), at=timezone.now())
    assert queries.listings(as_("dora"), breach) == []

    services.describe(by=dora, breach=breach, nature="x", numbers="", consequences="x",
                      measures="x", contact="x", at=timezone.now())  # fmt: skip
