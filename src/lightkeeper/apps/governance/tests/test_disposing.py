"""Disposal by two people: what goes, what stays, what stops it, who is told."""

import json

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from lightkeeper.apps.governance import queries, services
from lightkeeper.apps.governance.choices import Ground
from lightkeeper.apps.governance.tests.conftest import LATER, WHY, confirm, hold
from lightkeeper.apps.safeguarding import queries as considerations
from lightkeeper.apps.safeguarding import services as safeguarding
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import NORTHSHIRE, WESTMARK
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.testing.records import NOON
from tests.access.rows import add

pytestmark = pytest.mark.usefixtures("rolled_back")

CANARY = "Zqcanaryx"


def model(name):
    return apps.get_model(*name.split("."))


def everywhere(actor, word):
    """The tables in which this word stands, as far as this person may read at all."""
    found = set()
    for one in apps.get_models():
        if getattr(one, "handling", None) is None or one.handling.protection in ("door", "sealed"):
            continue
        table = one._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{word}%"])
            if cursor.fetchone() != (0,):
                found.add(table)
    return found


def tables_with_record(number):
    """The tables that still point at this record by a key; one that nobody reads goes with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.conrelid::regclass::text, a.attname, "
            "has_table_privilege(c.conrelid, 'select'), "
            "c.confdeltype from pg_constraint c join pg_attribute a "
            "on a.attrelid = c.conrelid and a.attnum = c.conkey[1] "
            "where c.contype = 'f' and c.confrelid = 'intake_record'::regclass"
        )
        keys = cursor.fetchall()
        assert len(keys) > 10
        unread = {table for table, _, readable, _ in keys if not readable}
        assert unread == {table for table, _, readable, how in keys if not readable and how == "c"}
        pointing = set()
        for table, column in sorted({(t, c) for t, c, readable, _ in keys if readable}):
            cursor.execute(f"select 1 from {table} where {column} = %s limit 1", [number])
            if cursor.fetchone():
                pointing.add(table)
    return pointing


def decide_for(by, record):
    for one in considerations.about(by, record.reference):
        safeguarding.decide(
            by=by, consideration=one, decision=ConsiderationDecision.NO_ACTION, reason=CANARY,
            at=NOON,
        )  # fmt: skip


def test_a_confirmed_disposal_removes_all_that_was_derived_and_keeps_proof(
    as_, kept, proposed, recorded
):
    record = kept(name=CANARY, concerns_child=True, harms=["violence"], phone=["+447700900999"])
    other = kept()
    ada = as_("ada")
    decide_for(ada, record)
    left, right = sorted((record, other), key=lambda one: one.pk)
    judgement = add(
        model("intelligence.Judgement"), ada, record.bucket, left=left, right=right,
        verdict="DIFFERENT", reason=CANARY,
    )  # fmt: skip
    add(model("intelligence.Undoing"), ada, record.bucket, judgement=judgement, reason=CANARY)
    assert {"intelligence_searchkey", "intelligence_judgement", "safeguarding_consideration"} <= (
        tables_with_record(record.pk)
    )
    disposal = proposed(record)

    gone = confirm(as_("dev"), disposal)

    ada = as_("ada")
    assert gone == record.reference
    assert everywhere(ada, CANARY) == set()
    assert tables_with_record(record.pk) == set()
    with pytest.raises(NotFound):
        queries.get_record(ada, record.reference)
    assert queries.get_record(ada, other.reference).pk == other.pk
    proof = {one.reference: one for one in queries.erasures(ada).rows}
    assert set(proof) == {record.reference, record.report.reference}
    mine = proof[record.reference]
    assert (mine.kind, mine.rule, len(mine.digest)) == ("Record", "retention.inaccurate", 64)
    assert (mine.proposed_by.username, mine.confirmed_by.username) == ("ada", "dev")
    [event] = [one for one in recorded if one[0] == "ERASED"]
    assert event[1] == [record.reference, record.report.reference, disposal.reference]
    ours = [one for one in recorded if one[0] in ("DISPOSAL_PROPOSED", "ERASED")]
    assert len(ours) == 2
    assert CANARY not in json.dumps(ours)
    assert WHY not in json.dumps(ours)
    assert event[2:] == ("", "retention.inaccurate")


def test_the_report_stays_until_the_last_of_its_records_goes(as_, kept, dispose):
    first = kept(name=CANARY)
    ada = as_("ada")
    second = add(model("intake.Record"), ada, first.bucket, report=first.report, row_number=2,
                 kind="Person", properties={})  # fmt: skip
    row = {"name": CANARY}
    for number, status in ((1, "REPLAYED"), (3, "DISCARDED")):
        add(model("intake.Quarantined"), ada, first.bucket, report=first.report, row=row,
            row_number=number, status=status)  # fmt: skip

    dispose(first)

    left = model("intake.Quarantined").objects.visible_to(as_("ada")).filter(report=first.report)
    assert [one.row_number for one in left] == [3]
    assert model("intake.Report").objects.visible_to(as_("ada")).filter(pk=first.report_id).exists()

    dispose(second)

    ada = as_("ada")
    assert not model("intake.Report").objects.visible_to(ada).filter(pk=first.report_id).exists()
    assert everywhere(ada, CANARY) == set()


def test_a_report_with_a_row_that_waits_is_not_removed_with_its_last_record(as_, kept, dispose):
    record = kept()
    add(model("intake.Quarantined"), as_("ada"), record.bucket, report=record.report,
        row_number=9, row={}, status="OPEN")  # fmt: skip

    dispose(record)

    reports = model("intake.Report").objects.visible_to(as_("ada"))
    assert reports.filter(pk=record.report_id).exists()


@pytest.mark.parametrize("whole", [False, True], ids=["record", "report"])
def test_a_hold_beats_disposal_until_it_is_released(as_, kept, proposed, whole):
    record = kept()
    disposal = proposed(record)
    placed = hold(as_("ada"), record, whole_report=whole)

    with pytest.raises(Refused, match="A hold stands"):
        confirm(as_("dev"), disposal)
    ada = as_("ada")
    found = queries.get_hold(ada, placed.reference)
    with pytest.raises(NotPermitted):
        services.release_hold(by=ada, hold=found, reason=WHY, at=NOON)
    dev = as_("dev")
    services.release_hold(by=dev, hold=queries.get_hold(dev, placed.reference), reason=WHY, at=NOON)
    assert confirm(dev, disposal) == record.reference


@pytest.mark.parametrize("whole", [False, True], ids=["record", "report"])
def test_not_even_the_owner_of_the_database_removes_what_is_held(as_, kept, whole):
    """The trigger refuses, whoever deletes and by whatever way."""
    record = kept()
    hold(as_("ada"), record, whole_report=whole)
    with superuser(NAME) as connected:
        triggers = connected.execute(
            "select tgrelid::regclass::text, tgenabled from pg_trigger where tgname = 'keep_held'"
        ).fetchall()
    assert sorted(triggers) == [("intake_record", "O"), ("intake_report", "O")]
    with connection.cursor() as cursor:
        cursor.execute("select sec.stops_disposal(%s)", [record.pk])
        assert cursor.fetchone() == ("hold",)


def test_one_person_alone_disposes_of_nothing(as_, kept, proposed):
    record = kept()
    dev = as_("dev")
    found = queries.get_record(dev, record.reference)
    services.propose_disposal(
        by=dev, record=found, ground=Ground.UNLAWFUL, answers=[], reason=WHY, at=LATER
    )
    proposal = queries.get_proposal(dev, found)

    with pytest.raises(Refused, match="Another person"):
        confirm(dev, proposal)
    with pytest.raises(NotPermitted, match="Your role"):
        confirm(as_("ada"), proposal)
    assert queries.get_record(as_("dev"), record.reference).pk == record.pk


@pytest.mark.parametrize(("who", "says"), [("ada", "Another person"), ("ben", "no such proposal")])
def test_the_database_refuses_what_the_application_would_not_ask(as_, kept, proposed, who, says):
    """`ada` proposed it and holds no such power; `ben` is of another agency that sees it."""
    disposal = proposed(kept(released_to=[NORTHSHIRE]))
    as_(who)
    with (
        pytest.raises(ProgrammingError, match=says),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select * from sec.dispose(%s)", [disposal.pk])


def test_nobody_proposes_in_the_name_of_another(as_, kept):
    record = kept()
    dev_id = as_("dev").person_id
    ada = as_("ada")
    with pytest.raises(ProgrammingError, match="one's own name"), transaction.atomic():
        add(model("governance.Review"), ada, record.bucket, record=record, number=1,
            person_id=dev_id)  # fmt: skip
    with pytest.raises(ProgrammingError, match="one's own name"), transaction.atomic():
        add(model("governance.Hold"), ada, record.bucket, record=record, report=record.report,
            placed_by_id=dev_id)  # fmt: skip
    with pytest.raises(ProgrammingError, match="one's own name"), transaction.atomic():
        add(model("governance.Disposal"), ada, record.bucket, record=record,
            proposed_by_id=dev_id)  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"ground": "UNLAWFUL"}, {"reason": "other"}, {"proposed_by_id": 2}]
)
def test_a_proposal_stands_as_it_was_made(as_, kept, proposed, change):
    disposal = proposed(kept())
    as_("ada")
    rows = model("governance.Disposal").objects.visible_to(as_("ada")).filter(pk=disposal.pk)
    with pytest.raises(ProgrammingError, match="only be ended"), transaction.atomic():
        rows.update(**change)


def test_a_hold_is_not_released_in_the_name_of_another_nor_twice(as_, kept):
    record = kept()
    placed = hold(as_("ada"), record)
    dev_id = as_("dev").person_id
    rows = model("governance.Hold").objects.visible_to(as_("ada")).filter(pk=placed.pk)
    with pytest.raises(ProgrammingError, match="only be ended"), transaction.atomic():
        rows.update(released_at=NOON, released_by_id=dev_id)
    dev = as_("dev")
    found = queries.get_hold(dev, placed.reference)
    services.release_hold(by=dev, hold=found, reason=WHY, at=NOON)
    with pytest.raises(Refused, match="released before"):
        services.release_hold(by=dev, hold=found, reason=WHY, at=NOON)


def test_what_is_undecided_for_a_child_stops_a_disposal(as_, kept, proposed):
    record = kept(concerns_child=True)

    with pytest.raises(Refused, match="still to be decided"):
        proposed(record)
    decide_for(as_("ada"), record)
    assert proposed(record).pk


def test_an_open_task_stops_a_disposal_also_where_it_is_not_seen(as_, kept, proposed):
    record = kept(released_to=[NORTHSHIRE])
    ben = as_("ben")
    from lightkeeper.apps.accounts.services import the_label

    label = the_label(owner=ben.agency, level=0)
    task = add(model("tasking.Task"), as_("ben"), label, record=record, objective=CANARY)
    assert not model("tasking.Task").objects.visible_to(as_("ada")).filter(pk=task.pk).exists()

    with pytest.raises(Refused, match="still open"):
        proposed(record)


def test_work_that_was_done_stays_counted_and_the_owners_words_go(as_, kept, dispose):
    """Another agency's words are its own, and it is told."""
    record = kept(released_to=[NORTHSHIRE])
    ada = as_("ada")
    mine = add(model("tasking.Task"), ada, record.bucket, record=record, objective=CANARY)
    add(model("tasking.Step"), ada, record.bucket, task=mine, to="REJECTED", reason=CANARY)
    ben = as_("ben")
    from lightkeeper.apps.accounts.services import the_label

    label = the_label(owner=ben.agency, level=0)
    ben = as_("ben")
    theirs = add(model("tasking.Task"), ben, label, record=record, objective="Ours to keep")
    add(model("tasking.Step"), ben, label, task=theirs, to="REJECTED", reason="not for us")

    dispose(record)

    mine = model("tasking.Task").objects.visible_to(as_("ada")).get(pk=mine.pk)
    assert (mine.record_id, mine.erased_record, mine.objective) == (None, record.pk, "")
    assert [one.reason for one in mine.steps.model.objects.visible_to(as_("ada")).filter(task=mine)
            ] == [""]  # fmt: skip
    theirs = model("tasking.Task").objects.visible_to(as_("ben")).get(pk=theirs.pk)
    assert (theirs.record_id, theirs.objective) == (None, "Ours to keep")
    assert everywhere(as_("ada"), CANARY) == set()
    outcome = model("tasking.Outcome")(task=mine)
    assert outcome.subject_id == record.pk


def test_each_agency_that_was_given_the_record_is_told_and_acknowledges(as_, kept, dispose):
    record = kept(released_to=[NORTHSHIRE, WESTMARK])
    dispose(record)

    for who in ("ben", "cleo"):
        actor = as_(who)
        [notice] = [one for one in queries.notices(actor).rows if one.about == record.reference]
        assert (notice.kind, notice.bucket.owner) == ("ERASED", actor.agency)
    assert queries.notices(as_("otto")).rows == []
    assert len(queries.notices(as_("ada")).rows) == 2  # whether it was acted on

    ben = as_("ben")
    [mine] = queries.notices(ben).rows
    services.acknowledge(by=ben, notice=mine, at=NOON)
    with pytest.raises(Refused, match="acknowledged before"):
        services.acknowledge(by=ben, notice=queries.get_notice(ben, mine.reference), at=NOON)
    ada = as_("ada")
    others = next(one for one in queries.notices(ada).rows if one.acknowledged_at is None)
    with pytest.raises(NotPermitted, match="Only the agency"):
        services.acknowledge(by=ada, notice=others, at=NOON)


@pytest.mark.parametrize("released_to", [[NORTHSHIRE], []])
def test_nobody_is_told_of_what_they_were_not_given(as_, kept, released_to, dispose):
    dispose(kept(released_to=released_to))

    assert len(queries.notices(as_("ben")).rows) == len(released_to)
    assert queries.notices(as_("cleo")).rows == []


def test_a_child_is_kept_to_the_age_of_its_group_unless_it_was_wrong_to_hold(as_, kept, proposed):
    record = kept(concerns_child=True, birthDate=["2015-01-01"])
    decide_for(as_("ada"), record)
    hundred = LATER.replace(year=2115, month=1, day=1)

    for at in (LATER, hundred.replace(year=2114, month=12)):
        with pytest.raises(Refused, match="kept until 01 January 2115"):
            proposed(record, Ground.PERIOD_ENDED, at)
    assert proposed(record, Ground.PERIOD_ENDED, hundred).pk


def test_what_is_not_due_is_not_disposed_of_as_if_its_period_had_ended(as_, kept, proposed):
    record = kept()

    with pytest.raises(Refused, match="until it is reviewed"):
        proposed(record, Ground.PERIOD_ENDED, NOON)
    assert proposed(record, Ground.INACCURATE, NOON).pk


def test_a_second_proposal_waits_for_the_first_to_be_withdrawn(as_, kept, proposed):
    record = kept()
    first = proposed(record)
    with pytest.raises(Refused, match="proposed already"):
        proposed(record)
    ada = as_("ada")
    services.withdraw_disposal(by=ada, disposal=first, reason=WHY, at=NOON)
    with pytest.raises(NotFound):
        queries.get_proposal(ada, record)
    assert proposed(record).pk != first.pk


def test_what_must_not_come_back_with_a_backup_is_listed_for_the_owner_alone(as_, kept, dispose):
    record = kept()
    dispose(record)
    as_("ada")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select * from sec.erased_references()")


def test_nobody_writes_proof_of_an_erasure_by_hand(as_, kept):
    record = kept()
    ada = as_("ada")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        add(model("governance.Erasure"), ada, record.bucket)
