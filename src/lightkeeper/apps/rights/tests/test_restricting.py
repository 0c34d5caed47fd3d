"""A restricted record is hidden from use, by the guard and by the database, and not from those who
answer for it.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency, Consent, DatedCondition, Person
from lightkeeper.apps.governance import queries as governance
from lightkeeper.apps.intake import queries as intake
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.rights import queries, services
from lightkeeper.apps.rights.choices import CorrectionKind, RestrictionGround
from lightkeeper.apps.rights.tests.conftest import WHY, find_all
from lightkeeper.apps.sharing import conditions
from lightkeeper.apps.sharing import services as sharing
from lightkeeper.apps.tasking import queries as tasks
from lightkeeper.apps.tasking import services as tasking
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.core.access.envelope import RecordClass
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import HUB, NORTHSHIRE, PEOPLE, WESTMARK
from lightkeeper.testing.records import NOON
from tests.access.cases import GRANTS_TABLE
from tests.access.oracle import grants_in

pytestmark = pytest.mark.usefixtures("rolled_back")

NAME = "Zqwilla Heldx"
NOW = timezone.now()
TODAY = NOW.date()


def restrict(as_, record, by="dora", reason=WHY):
    who = as_(by)
    found = queries.find_record(who, record.reference)
    made = services.restrict(
        by=who, record=found, ground=RestrictionGround.ACCURACY, reason=reason, at=NOON
    )
    return made


def lift(as_, record, by="dora"):
    who = as_(by)
    stands = queries.standing_restriction(who, queries.find_record(who, record.reference))
    services.lift(by=who, restriction=stands, reason=WHY, at=NOON)


def rows_of(record):
    """How many rows of each table point at the record, to whoever acts now, in plain SQL."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from intake_record where id = %s", [record.pk])
        found["intake_record"] = cursor.fetchone()[0]
        for model in apps.get_models():
            if getattr(model, "handling", None) is None or not model.handling.protection.startswith(
                ("labelled", "paired")
            ):
                continue
            for field in model._meta.local_fields:
                if getattr(field.related_model, "__name__", "") != "Record":
                    continue
                table = model._meta.db_table
                cursor.execute(
                    f"select count(*) from {table} where {field.column} = %s", [record.pk]
                )
                found[table] = found.get(table, 0) + cursor.fetchone()[0]
    return {table: count for table, count in found.items() if count}


@pytest.fixture
def told(held):
    """A record with all that is derived from it, given to two agencies."""
    return held(
        released_to=[NORTHSHIRE, WESTMARK], name=NAME, phone=["+447700900999"], harms=["violence"]
    )


def test_nobody_uses_a_restricted_record_but_those_who_answer_for_it(as_, told):
    ada = as_("ada")
    assert rows_of(told).keys() >= {"intake_record", "intelligence_searchkey",
                                    "intelligence_contribution"}  # fmt: skip
    assert picture.find(ada, NAME)

    restrict(as_, told)

    seen = set()
    for person in PEOPLE:
        who = as_(person[0])
        if rows_of(told):
            seen.add(person[0])
            assert told.reference in str(intake.get_record(who, told.reference))
            continue
        assert picture.find(who, NAME) == []
        assert picture.find(who, "+447700900999") == []
        with pytest.raises(NotFound):
            intake.get_record(who, told.reference)
        with pytest.raises(NotFound):
            governance.get_record(who, told.reference)
    # Those of the owner, and of an agency that was given it: they answer for their copies.
    assert seen == {"dora", "piet", "nell"}


def test_lifting_gives_back_what_was_there_and_nothing_more(as_, told):
    before = {}
    for name, *_ in PEOPLE:
        as_(name)
        before[name] = rows_of(told)
    label = told.bucket_id

    restrict(as_, told)
    lift(as_, told)

    for name, *_ in PEOPLE:
        as_(name)
        after = rows_of(told)
        extra = {"rights_restriction": 1} if before[name] else {}
        assert after == {**before[name], **extra}, name
    told.refresh_from_db(from_queryset=type(told).objects.visible_to(as_("ada")))
    assert told.bucket_id == label


def test_whoever_sees_it_sees_that_it_is_restricted_and_why(as_, told, browse):
    restrict(as_, told, reason="They dispute the sighting")

    page = browse("dora").get(told.get_absolute_url()).content.decode()

    assert "Restricted: hidden from use" in page
    assert "They dispute the sighting" in page
    assert "restricted: hidden from use" in page
    hidden = browse("ada").get(told.get_absolute_url())
    missing = browse("ada").get(told.get_absolute_url()[:-3] + "00/")
    assert (hidden.status_code, missing.status_code) == (404, 404)


def test_those_who_had_the_record_are_told_that_it_is_restricted(as_, told):
    restrict(as_, told)

    notices = governance.notices(as_("ben")).rows
    assert [(one.kind, one.about) for one in notices] == [("RESTRICTED", told.reference)]
    assert [one.kind for one in governance.notices(as_("cleo")).rows] == ["RESTRICTED"]


def test_only_whoever_answers_for_it_at_its_owner_restricts_and_lifts(as_, told):
    with pytest.raises(NotPermitted):
        restrict(as_, told, by="ada")
    with pytest.raises(NotPermitted):
        restrict(as_, told, by="nell")
    restrict(as_, told)
    with pytest.raises(NotPermitted):
        lift(as_, told, by="nell")
    with pytest.raises(Refused, match="restricted already"):
        restrict(as_, told)
    lift(as_, told)
    with pytest.raises(NotFound):
        lift(as_, told)


@pytest.mark.parametrize("who", ["ada", "nell", "dev", "otto", "audrey"])
def test_the_function_of_the_guard_asks_for_itself(as_, told, who):
    as_(who)
    with connection.cursor() as cursor:
        cursor.execute("select sec.restrict(%s, 'RST-1', 'ACCURACY', 'x')", [told.pk])
        assert cursor.fetchone() == (False,)
    assert queries.on_record(as_("dora"), told).restriction is None
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.relabel_with_row(r, 1) from intake_record r")


def test_a_restriction_keeps_the_operation_and_the_exclusions_of_the_record(as_, held):
    record = held("otto", name=NAME, compartment="LANTERN", level=1)
    as_("otto")
    with connection.cursor() as cursor:
        cursor.execute("select sec.restrict(%s, 'RST-1', 'ACCURACY', 'x')", [record.pk])
        assert cursor.fetchone() == (False,)
    as_("nell")
    assert rows_of(record) == {}


def test_the_row_that_a_record_came_from_is_hidden_with_it(as_, told):
    from tests.access.rows import add

    row = add(
        apps.get_model("intake", "Quarantined"), as_("ada"), told.bucket, report=told.report,
        row_number=told.row_number, row={"name": NAME}, status="REPLAYED",
    )  # fmt: skip
    # Somebody is excluded: the record hangs from a root now, and the row does not.
    dev = as_("dev")
    excluded = Person.objects.get(username="lou")
    sharing.exclude(by=dev, person=excluded, record=governance.get_record(dev, told.reference),
                    reason=WHY, at=NOON)  # fmt: skip
    restrict(as_, told)
    with pytest.raises(NotFound):
        intake.find_quarantined(as_("ada"), row.reference)
    assert intake.find_quarantined(as_("dora"), row.reference).pk == row.pk
    lift(as_, told)
    assert intake.find_quarantined(as_("ada"), row.reference).pk == row.pk


def test_no_role_but_theirs_may_do_anything_with_the_class_and_nobody_is_pointed_to_it():
    grants = grants_in(GRANTS_TABLE)
    held_by = {
        role: {verb for of_class, verb in pairs if of_class == RecordClass.RESTRICTED}
        for role, pairs in grants.items()
    }
    assert {role: verbs for role, verbs in held_by.items() if verbs} == {
        "data_protection": {"read", "write", "disclose"}
    }


def test_a_case_still_finds_what_is_restricted(as_, told, received):
    restrict(as_, told)
    case = received(NAME)

    assert told.pk in {one.item.record_id for one in find_all(as_("dora"), case)}


def test_what_was_found_stays_with_its_case_when_the_record_is_restricted(as_, told, received):
    case = received(NAME)
    found = [f.item.reference for f in find_all(as_("dora"), case)]
    restrict(as_, told)

    assert [f.item.reference for f in queries.found(as_("dora"), case)] == found


# --- Corrections ------------------------------------------------------------------------------


def correct(as_, record, becomes="12 May 1990", by="dora", **how):
    who = as_(by)
    found = queries.find_record(who, record.reference)
    given = {"kind": CorrectionKind.CORRECTED, "of_property": "name", "was": NAME, **how}
    return services.correct(by=who, record=found, becomes=becomes, reason=WHY, at=NOON, **given)


def test_a_correction_stands_beside_what_the_record_says_with_who_and_why(as_, told, browse):
    said = dict(told.properties)
    made = correct(as_, told, "Willow Heldx")

    record = intake.get_record(as_("ada"), told.reference)
    assert record.properties == said
    page = browse("ada").get(told.get_absolute_url()).content.decode()
    assert "Willow Heldx" in page
    assert NAME in page
    assert "Dora Wick" in page
    assert WHY in page
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update rights_correction set becomes = 'x' where id = %s", [made.pk])


def test_every_past_recipient_has_a_queued_notice_and_none_is_missed(as_, told):
    dev = as_("dev")
    eastmere = type(dev.agency).objects.get(code="eastmere-police")
    ada = as_("ada")
    task = tasking.propose_task(
        by=ada, record=told, agency=eastmere, threat="trafficking", theme=Theme.PURSUE,
        level=Level.CROSS_BORDER, objective="Find out who it is.", reason=WHY, at=NOON,
    )  # fmt: skip
    dev = as_("dev")
    tasking.send_task(
        by=dev, task=tasks.get_task(dev, task.reference), due_at=NOON + timedelta(days=7),
        reason=WHY, at=NOON,
    )  # fmt: skip

    correct(as_, told)

    owned = {n.bucket.owner.code for n in governance.notices(as_("dora")).rows}
    assert owned == {NORTHSHIRE, WESTMARK, "eastmere-police"}
    assert HUB not in owned


def test_what_is_corrected_again_is_told_again_once_the_first_was_acted_on(as_, told):
    from lightkeeper.apps.governance.services import acknowledge

    correct(as_, told)
    correct(as_, told, "Another")
    ben = as_("ben")
    [first] = governance.notices(ben).rows
    acknowledge(by=ben, notice=governance.get_notice(ben, first.reference), at=NOON)

    correct(as_, told, "A third")

    ben = as_("ben")
    assert [one.acknowledged_at is None for one in governance.notices(ben).rows] == [True, False]


def test_those_who_were_given_it_are_told_though_it_is_restricted_now(as_, told):
    restrict(as_, told)
    correct(as_, told)

    kinds = {one.kind for one in governance.notices(as_("ben")).rows}
    assert kinds == {"RESTRICTED", "CORRECTED"}


def test_only_what_the_record_says_is_corrected_and_only_by_its_owner(as_, told):
    with pytest.raises(Refused, match="does not say this"):
        correct(as_, told, was="Somebody Else")
    with pytest.raises(NotPermitted):
        correct(as_, told, by="nell")
    with pytest.raises(NotPermitted):
        correct(as_, told, by="ada")
    disputed = correct(as_, told, "I was not there", kind=CorrectionKind.DISPUTED, of_property="",
                       was="")  # fmt: skip
    assert disputed.was == ""


def test_a_class_of_its_own_is_what_hides_it(as_, told):
    restrict(as_, told)
    record = queries.find_record(as_("dora"), told.reference)

    assert record.bucket.record_class == RecordClass.RESTRICTED


def test_what_was_said_of_handling_it_is_hidden_with_it_and_stays_when_it_is_gone(as_, held):
    """Why its owner controls it, and to whom it consented, are words about the record."""
    told = held(released_to=[NORTHSHIRE], conditions=["ORCON"])
    control = partial(by_dev, as_, told)
    control(conditions.set_condition, condition="NO-EXPORT", put=True, until=None)
    hub = Agency.objects.get(code=NORTHSHIRE)
    control(conditions.give_consent, agency=hub, until=TODAY + timedelta(days=9))
    tables = (DatedCondition, Consent)
    as_("dev")
    assert [model.objects.visible_to(as_("dev")).count() for model in tables] == [1, 1]

    restrict(as_, told)

    dev = as_("dev")
    assert [model.objects.visible_to(dev).count() for model in tables] == [0, 0]
    dora = as_("dora")
    assert [one.reason for model in tables for one in model.objects.visible_to(dora)] == [WHY] * 2

    lift(as_, told)

    assert [model.objects.visible_to(as_("dev")).count() for model in tables] == [1, 1]


def by_dev(as_, record, act, **given):
    dev = as_("dev")
    seen = intake.get_record(dev, record.reference)
    act(by=dev, record=seen, reason=WHY, since=TODAY, at=NOW, **given)
