"""Broken glass: what it opens, what it does not, who hears of it, who reviews it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from lightkeeper.apps.accounts.models import Exclusion, Glass, Person
from lightkeeper.apps.intake.models import Record
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.sharing import queries, services
from lightkeeper.apps.sharing.choices import Danger, Finding
from lightkeeper.apps.sharing.tests.conftest import KIT, PHONE
from lightkeeper.core.access.envelope import Cond, RecordClass
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import NORTHSHIRE
from lightkeeper.testing.records import NOON

WHY = "A caller says she is held there and they leave tonight."


def break_for(by, about=KIT):
    return services.break_glass(
        by=by, about=about, danger=Danger.LIFE, justification=WHY, at=timezone.now()
    )


def sees(actor):
    return {r.reference for r in Record.objects.visible_to(actor)}


def sees_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute("select reference from intake_record")
        return {row[0] for row in cursor.fetchall()}


def test_it_opens_at_once_what_hangs_from_the_child_whoever_owns_it(as_, held):
    at_eastmere = held("otto", compartment=True)
    at_westmark = held("cleo")
    assert sees(as_("ben")) == set()

    opened = break_for(as_("ben"))

    both = {at_eastmere.reference, at_westmark.reference}
    assert set(opened.records) == both
    assert len(opened.glass) == 2  # each owner has an entry of their own
    assert sees(as_("ben")) == both
    assert sees_in_the_database() == both
    [found] = picture.find(as_("ben"), "Kit Sample", 1)
    assert found.caption == "Kit Sample"


def test_nobody_else_sees_more_or_less_by_it(as_, held):
    held("otto", compartment=True)
    held("cleo", released_to=(NORTHSHIRE,), phone=["+447700900777"], birthDate=["2001-01-01"])
    people = ("ada", "ben", "cleo", "dev", "otto", "lena", "lou")
    before = {name: sees(as_(name)) for name in people}

    break_for(as_("ada"), PHONE)

    after = {name: sees(as_(name)) for name in people}
    assert after.pop("ada") > before.pop("ada")
    assert after == before


def test_it_opens_for_reading_and_for_nothing_else(as_, held):
    record = held("otto")
    break_for(as_("ada"))
    ada = as_("ada")
    label = Record.objects.visible_to(ada).get(pk=record.pk).bucket_id

    assert label in ada.readable
    assert label not in ada.writable | ada.disclosable
    with connection.cursor() as cursor:
        cursor.execute("update intake_record set caption = 'x' where id = %s", [record.pk])
        assert cursor.rowcount == 0


def test_never_past_a_level_or_a_class_that_the_role_does_not_read(as_, held):
    held("otto", level=1)
    with pytest.raises(Refused, match="Nothing that is hidden"):
        break_for(as_("lou"))  # cleared for OFFICIAL

    with transaction.atomic():
        for of_class in (RecordClass.SEALED, RecordClass.SOURCE_IDENTITY):
            with pytest.raises(ProgrammingError), transaction.atomic():
                held("otto", record_class=of_class)  # Eastmere's officer does not write these


def shut_out(as_, record, username, reason="Her uncle."):
    """Dev of the hub keeps somebody from a record of the hub."""
    services.exclude(
        by=as_("dev"), person=Person.objects.get(username=username),
        record=Record.objects.visible_to(as_("dev")).get(pk=record.pk), reason=reason, at=NOON,
    )  # fmt: skip


def test_not_for_somebody_who_is_excluded(as_, held):
    shut_out(as_, held("ada"), "otto")

    with pytest.raises(Refused, match="Nothing that is hidden"):
        break_for(as_("otto"))
    assert break_for(as_("lena")).records


def test_it_ends_by_itself_and_by_ones_own_hand(as_, held):
    held("otto")
    opened = break_for(as_("ada"))
    ada = as_("ada")
    glass = queries.get_glass(ada, opened.glass[0])
    assert timedelta(hours=3, minutes=59) < glass.until - timezone.now() <= timedelta(hours=4)
    assert queries.open_now(ada, timezone.now()) == [glass]
    assert queries.open_now(ada, glass.until) == []

    services.close_glass(by=ada, glass=glass, at=timezone.now())

    assert sees(as_("ada")) == set()
    assert queries.open_now(as_("ada"), timezone.now()) == []
    with pytest.raises(Refused, match="not open to you"):
        services.close_glass(by=as_("ada"), glass=glass, at=timezone.now())


def test_what_is_open_to_one_is_not_closed_by_another(as_, held):
    held("otto")
    opened = break_for(as_("ada"))
    dev = as_("dev")

    with pytest.raises(Refused):
        services.close_glass(
            by=dev, glass=queries.get_glass(dev, opened.glass[0]), at=timezone.now()
        )
    assert sees(as_("ada"))


def test_both_agencies_see_the_entry_at_once_and_nobody_else_does(as_, held):
    held("otto", compartment=True)
    [reference] = break_for(as_("ben")).glass

    for name in ("otto", "lena", "ben"):
        assert [one.reference for one in queries.glass_list(as_(name))] == [reference]
    for name in ("ada", "cleo", "dev"):
        assert queries.glass_list(as_(name)) == []
        with pytest.raises(NotFound):
            queries.get_glass(as_(name), reference)


def test_somebody_of_the_owner_who_did_not_break_it_reviews_it_and_only_that_empties_the_queue(
    as_, held
):
    held("ada")
    [reference] = break_for(as_("otto")).glass
    dev = as_("dev")
    assert queries.waiting_count(dev) == 1
    services.close_glass(by=as_("otto"), glass=queries.get_glass(as_("otto"), reference),
                         at=timezone.now())  # fmt: skip
    assert queries.waiting_count(as_("dev")) == 1

    review = services.review_glass(
        by=as_("dev"), glass=queries.get_glass(as_("dev"), reference), finding=Finding.LESSON,
        reason="Right; ring us next time.", at=NOON,
    )  # fmt: skip

    assert queries.waiting_count(as_("dev")) == 0
    assert review.person.username == "dev"
    assert queries.show_glass(as_("otto"), reference).review == review
    with pytest.raises(Refused, match="reviewed already"):
        services.review_glass(
            by=as_("dev"), glass=queries.get_glass(as_("dev"), reference),
            finding=Finding.LAWFUL, reason="Again.", at=NOON,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["otto", "lena", "ada"])
def test_who_broke_it_their_agency_and_whoever_lacks_the_power_do_not_review_it(as_, held, who):
    held("ada")
    [reference] = break_for(as_("otto")).glass
    by = as_(who)

    with pytest.raises(NotPermitted):
        services.review_glass(
            by=by, glass=queries.get_glass(by, reference), finding=Finding.LAWFUL,
            reason="Fine.", at=NOON,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("select sec.review_glass(%s, 'LAWFUL', 'x')", [reference])
        assert cursor.fetchone() == (False,)
    assert not Glass.objects.visible_to(as_("ada")).get(reference=reference).reviewed


@pytest.mark.parametrize("words", ["", "Child at risk.", "   urgent   "])
def test_a_few_words_are_no_justification(as_, held, words):
    held("otto")

    with pytest.raises(Refused) as refusal:
        services.break_glass(
            by=as_("ada"), about=KIT, danger=Danger.LIFE, justification=words, at=NOON
        )
    assert refusal.value.rule == "glass.justification"
    assert sees(as_("ada")) == set()


def test_somebody_without_the_power_breaks_nothing_not_even_by_direct_sql(as_, held):
    held("otto")
    with pytest.raises(NotPermitted):
        break_for(as_("audrey"))
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.break_glass('[[1]]', 'LIFE', 'x')")
        assert cursor.fetchone() == ([], [])
        for table in ("accounts_glass", "accounts_exclusion", "sharing_glassreview"):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(f"insert into {table} select * from {table}")


def test_the_page_says_so_on_every_page_and_the_event_says_why(as_, held, browse, recorded_events):
    held("otto")
    as_("ada")
    ada = browse("ada")
    answer = ada.post(
        "/sharing/glass/break/now/", {"about": KIT, "danger": "LIFE", "justification": WHY}
    )
    assert answer.status_code == 302
    reference = answer["Location"].strip("/").split("/")[-1]
    assert reference in ada.get("/").content.decode()
    assert WHY in ada.get(answer["Location"]).content.decode()
    assert ("glass broken", f"Danger to a child's life: {WHY}") in recorded_events

    ada.post(f"/sharing/glass/{reference}/close/")
    assert reference not in ada.get("/").content.decode()


def test_an_exclusion_beats_owning_it_and_is_not_seen_by_whom_it_shuts_out(as_, held):
    record = held("ada", Cond.POINTER)
    assert record.reference in sees(as_("lou")) | sees(as_("ada"))
    shut_out(as_, record, "ada")

    assert sees(as_("ada")) == set()
    assert sees_in_the_database() == set()
    assert list(Exclusion.objects.visible_to(as_("ada"))) == []
    [standing] = Exclusion.objects.visible_to(as_("dev"))
    assert standing.person.username == "ada"
    with pytest.raises(Refused, match="excluded from this already"):
        shut_out(as_, record, "ada")

    services.let_back(by=as_("dev"), exclusion=standing, reason="A mistake.", at=NOON)
    assert sees(as_("ada")) == {record.reference}


def test_only_the_owner_excludes_and_nobody_themselves(as_, held):
    record = held("otto", released_to=("centre-hub",))
    with pytest.raises(Refused, match="Only whoever owns"):
        shut_out(as_, record, "ada")
    own = held("ada")
    with pytest.raises(Refused, match="somebody else to exclude you"):
        shut_out(as_, own, "dev")
    with pytest.raises(NotPermitted):
        services.exclude(
            by=as_("ada"), person=Person.objects.get(username="lou"), record=own, reason="x",
            at=NOON,
        )  # fmt: skip
    with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute("select sec.exclude(%s, %s, 'x')", [own.pk, as_("ada").person_id])
