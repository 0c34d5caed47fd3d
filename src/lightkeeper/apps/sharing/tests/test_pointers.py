"""Who holds something: a desk to ring, or nothing that tells one nothing from another."""

import re
import time
from dataclasses import replace

import pytest
from django.db import connection, transaction

from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.sharing import policies, queries, services
from lightkeeper.apps.sharing.keys import groups_of
from lightkeeper.apps.sharing.tests.conftest import KIT, PHONE
from lightkeeper.core.access.envelope import Cond
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.testing.cast import EASTMERE
from lightkeeper.testing.records import NOON
from tests.access.answers import differs, plain_answer

WHY = {"case": "OP-7", "reason": "Seen with her at the station."}


def ask(by, about=KIT):
    _, desks = services.ask_who_holds(by=by, about=about, at=NOON, **WHY)
    return [desk.agency.code for desk in desks]


def test_a_pointer_gives_the_desk_of_the_agency_and_a_reference_of_no_meaning(as_, held):
    record = held("otto", Cond.POINTER, compartment=True)
    asked, [desk] = services.ask_who_holds(by=as_("ben"), about=KIT, at=NOON, **WHY)

    assert desk.agency.code == EASTMERE
    assert asked.answer == [{"reference": desk.reference, "agency": EASTMERE}]
    assert desk.reference[4:] not in record.reference
    assert picture.find(as_("ben"), "Kit Sample") == []


@pytest.mark.parametrize("about", [KIT, PHONE, "sample kit 9 april 2012"])
def test_it_is_found_by_a_whole_name_with_a_birth_date_or_by_a_number(as_, held, about):
    held("otto", Cond.POINTER)

    assert ask(as_("ben"), about) == [EASTMERE]


@pytest.mark.parametrize(
    "about", ["Kit Sampel 09/04/2012", "Kit Sample 10/04/2012", "Kit Other 09/04/2012"]
)
def test_nothing_near_is_found(as_, held, about):
    held("otto", Cond.POINTER)

    assert ask(as_("ben"), about) == []


@pytest.mark.parametrize(
    "about", ["Kit Sample", "Kit 2012", "09/04/2012", "Sample 09/04/2012", "AB1 2CD"]
)
def test_less_than_identifies_somebody_is_refused_whatever_is_held(as_, held, about):
    held("otto", Cond.POINTER)

    with pytest.raises(Refused) as refusal:
        ask(as_("ben"), about)
    assert refusal.value.rule == "ask.whole"


@pytest.mark.parametrize(
    "conds", [0, Cond.ORCON, Cond.NO_EXPORT, Cond.SILENT_POINTER, Cond.LEAD_ONLY]
)
def test_no_other_label_gives_a_pointer(as_, held, conds):
    held("otto", conds)

    assert ask(as_("ben")) == []


def test_several_records_of_one_agency_are_one_desk(as_, held):
    held("otto", Cond.POINTER)
    held("otto", Cond.POINTER, compartment=True)

    assert ask(as_("ben")) == [EASTMERE]


def test_what_one_may_read_is_no_pointer(as_, held):
    held("ben", Cond.POINTER)

    assert ask(as_("ben")) == []


def test_above_ones_level_there_is_no_pointer(as_, held):
    held("otto", Cond.POINTER, level=1)
    assert ask(as_("lou")) == []

    held("otto", Cond.POINTER, level=0)
    assert ask(as_("lou")) == [EASTMERE]


def test_the_holder_sees_who_asked_about_which_record_and_why(as_, held):
    record = held("otto", Cond.POINTER, compartment=True)
    ask(as_("ben"))

    [one] = queries.enquiries(as_("otto"))
    assert (one.record.pk, one.enquiry.asked_by.username) == (record.pk, "ben")
    assert (one.enquiry.case, one.enquiry.reason, one.enquiry.silent) == (*WHY.values(), False)
    # Lena is of the same agency, and not in the operation.
    assert queries.enquiries(as_("lena")) == []


def test_a_silent_pointer_tells_the_holder_and_nobody_else(as_, held):
    held("otto", Cond.SILENT_POINTER)
    nothing = services.ask_who_holds(by=as_("ben"), about=KIT, at=NOON, **WHY)

    assert nothing[1] == []
    assert queries.enquiries(as_("ben")) == []
    [one] = queries.enquiries(as_("otto"))
    assert one.enquiry.silent


def test_who_asks_too_often_is_answered_as_if_nothing_were_held(as_, held, monkeypatch):
    held("otto", Cond.POINTER)
    monkeypatch.setattr(policies, "MOST_A_DAY", 2)

    answers = [ask(as_("ben")) for _ in range(3)]

    assert answers == [[EASTMERE], [EASTMERE], []]


def test_asking_needs_the_power_a_case_and_a_reason(as_, held):
    with pytest.raises(NotPermitted):
        ask(as_("audrey"))
    for missing in ("case", "reason"):
        with pytest.raises(Refused):
            services.ask_who_holds(by=as_("ben"), about=KIT, at=NOON, **(WHY | {missing: " "}))


def test_by_direct_sql_nothing_more_is_told_than_by_the_page(as_, held):
    held("otto", Cond.POINTER, compartment=True)
    held("otto")
    as_("ben")
    with connection.cursor() as cursor:
        cursor.execute("select sec.locate('[[1]]'::jsonb, '', '')")
        assert cursor.fetchall() == []
        cursor.execute("select count(*) from sharing_enquiry")
        assert cursor.fetchone() == (0,)


def nothing_held(held, monkeypatch):
    pass


def hidden(held, monkeypatch):
    held("otto")


def silent(held, monkeypatch):
    held("otto", Cond.SILENT_POINTER)


def too_often(held, monkeypatch):
    held("otto", Cond.POINTER)
    monkeypatch.setattr(policies, "MOST_A_DAY", 0)


def test_every_answer_without_a_desk_is_the_same_page(as_, held, browse, monkeypatch):
    pages = []
    for arrange in (nothing_held, hidden, silent, too_often):
        with transaction.atomic():
            arrange(held, monkeypatch)
            as_("ben")
            answer = browse("ben").post("/sharing/ask/", {"about": KIT} | WHY)
            transaction.set_rollback(True)
        page = plain_answer(answer, [], (), {})
        assert "No information to share" in page.body
        pages.append(replace(page, body=re.sub(r"\d\d:\d\d", "TIME", page.body)))

    for page in pages[1:]:
        assert differs(pages[0], page) == []


def test_answers_leave_on_a_tick(as_, held, browse, settings):
    settings.POINTER_TICK_SECONDS = 0.2
    held("otto", Cond.POINTER)
    as_("ben")
    browser = browse("ben")
    for about in (KIT, "No Body 01/01/2001"):
        started = time.monotonic()
        assert browser.post("/sharing/ask/", {"about": about} | WHY).status_code == 200
        assert time.monotonic() - started >= 0.2


def test_a_group_has_the_rarest_key_last():
    [group] = groups_of(KIT)

    assert len(group) == 3
    assert group[-1] == groups_of("Ann Other 09/04/2012")[0][-1]
