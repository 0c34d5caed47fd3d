"""A case: whose it is, who may work on it, how it moves."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from lightkeeper.apps.rights import policies, queries, services
from lightkeeper.apps.rights.choices import CaseStatus, Choice, RequestKind
from lightkeeper.apps.rights.models import Case
from lightkeeper.apps.rights.tests.conftest import (
    TODAY,
    WHY,
    decide_all,
    find_all,
    sign,
    submit,
)
from lightkeeper.apps.tasking import services as tasking
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import PEOPLE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")


def test_a_case_is_seen_by_those_who_handle_requests_at_its_agency_and_nobody_else(as_, received):
    case = received("Willa Held")
    seen = set()
    for person in PEOPLE:
        who = as_(person[0])
        try:
            queries.get_case(who, case.reference)
            seen.add(person[0])
        except NotFound:
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from rights_case")
                assert cursor.fetchone() == (0,), person[0]

    assert seen == {"dora", "piet"}


def test_only_whoever_handles_requests_receives_one(as_):
    for name in ("ada", "dev", "audrey", "sam"):
        with pytest.raises(NotPermitted):
            services.receive_request(
                by=as_(name), kind=RequestKind.ACCESS, name="Willa Held", received_on=TODAY, at=NOON
            )


@pytest.mark.parametrize("start", CaseStatus)
@pytest.mark.parametrize("to", CaseStatus)
def test_a_case_moves_only_as_the_table_says(start, to):
    case = Case(reference="RRQ-1", status=start)
    if to in policies.MOVES[start]:
        policies.check_move(case, to)
        assert start not in queries.ENDED
    else:
        with pytest.raises(Refused, match="cannot become"):
            policies.check_move(case, to)


def test_the_database_holds_the_moves_and_the_second_person_too(as_, received):
    case = received("Willa Held")
    dora = as_("dora")
    find_all(dora, case)
    submit(dora, case)
    for change in (
        "status = 'ANSWERED', signed_by_id = submitted_by_id",
        "status = 'ANSWERED'",
        "status = 'RECEIVED'",
        "name = 'Somebody Else'",
        "signed_by_id = (select id from accounts_person where username = 'piet')",
    ):
        with (
            pytest.raises(DatabaseError, match="case"), transaction.atomic(),
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(f"update rights_case set {change} where id = %s", [case.pk])
    assert queries.find_case(as_("dora"), case.reference).status == CaseStatus.TO_SIGN


def test_nothing_is_put_forward_before_all_is_searched_and_decided(as_, received, held):
    held(name="Willa Held")
    case = received("Willa Held")
    dora = as_("dora")
    with pytest.raises(Refused, match="Search for all"):
        submit(dora, case)
    find_all(dora, case)
    with pytest.raises(Refused, match="still to be decided"):
        submit(dora, case)
    decide_all(dora, case)

    assert submit(dora, case).status == CaseStatus.TO_SIGN


def test_whoever_put_an_answer_forward_does_not_sign_it_off(as_, received):
    case = received("Nora Absent")
    dora = as_("dora")
    find_all(dora, case)
    case = submit(dora, case)
    with pytest.raises(Refused, match="Another person"):
        sign(dora, case)
    with pytest.raises(Refused, match="second person"):
        services.give(by=dora, case=case, what="letter", at=NOON)

    signed = sign(as_("piet"), case)

    assert (signed.status, signed.signed_by.username) == (CaseStatus.ANSWERED, "piet")


def test_an_answer_can_be_taken_up_again_until_it_is_signed(as_, received):
    case = received("Nora Absent")
    dora = as_("dora")
    find_all(dora, case)
    submit(dora, case)
    found = queries.find_case(dora, case.reference)
    again = services.send_back(by=dora, case=found, reason=WHY, at=NOON)

    assert (again.status, again.answer, again.submitted_by_id) == (CaseStatus.OPEN, "", None)


def test_a_decision_stands_beside_the_earlier_one_and_the_latest_counts(as_, received, held):
    held(name="Willa Held")
    case = received("Willa Held")
    dora = as_("dora")
    find_all(dora, case)
    decide_all(dora, case, Choice.WITHHOLD, ground="NATIONAL")
    decide_all(dora, case)

    [one] = queries.found(dora, case)
    assert one.decision.choice == Choice.DISCLOSE
    kept = queries.reasons(dora, case).decisions
    assert [d.choice for d in kept] == [Choice.WITHHOLD, Choice.DISCLOSE]
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update rights_decision set reason = 'another'")


def test_another_agency_is_asked_and_answers_and_nothing_of_it_is_read(as_, received, held):
    held("ben", name="Willa Held")
    case = received("Willa Held", born_on=TODAY.replace(year=1990), identifiers=["+447700900111"])
    dora = as_("dora")
    assert find_all(dora, case) == []
    asked = [a for a in queries.agencies_to_ask(dora, case, TODAY) if a.code == "northshire-police"]
    [reference] = services.ask_for_part(by=dora, case=case, agencies=asked, reason=WHY, at=NOON)

    nell = as_("nell")
    part = queries.find_part(nell, reference)
    assert (part.name, part.identifiers) == ("Willa Held", ["+447700900111"])
    with pytest.raises(NotFound):
        queries.find_case(nell, case.reference)
    with pytest.raises(NotFound):
        queries.find_part(as_("ben"), reference)
    nell = as_("nell")
    services.answer_part(by=nell, part=part, answer="We answer them ourselves.", at=NOON)
    dora = as_("dora")
    assert queries.parts_of(dora, case)[0].answer == "We answer them ourselves."
    with pytest.raises(NotPermitted):
        services.answer_part(by=dora, part=part, answer="Nothing.", at=NOON)
    with pytest.raises(Refused, match="asked before"):
        services.ask_for_part(by=dora, case=case, agencies=asked, reason=WHY, at=NOON)


def test_what_hangs_from_a_record_is_found_though_it_says_no_name(as_, received, held):
    record = held(name="Willa Held")
    task = tasking.propose_task(
        by=as_("ada"), record=record, agency=queries.Agency.objects.get(code="northshire-police"),
        threat="trafficking", theme=Theme.PURSUE, level=Level.CROSS_BORDER,
        objective="Find out who it is.", reason=WHY, at=NOON,
    )  # fmt: skip
    case = received("Willa Held")

    stores = {(f.item.store, f.item.row): f for f in find_all(as_("dora"), case)}

    assert stores["tasking_task", task.pk].item.why == "It hangs from a record that was found"
    assert stores["intake_record", record.pk].item.record_id == record.pk


def test_a_name_that_is_spelt_otherwise_is_found_with_the_date_of_birth(as_, received, held):
    record = held(name="Wila Heldt", birthDate=["1990-05-12"])
    without = received("Willa Held")
    assert find_all(as_("dora"), without) == []

    case = received("Willa Held", born_on=TODAY.replace(1990, 5, 12))

    found = {f.item.row: f for f in find_all(as_("dora"), case) if f.item.store == "intake_record"}
    assert found[record.pk].item.why.startswith("The picture finds it")


def test_another_person_of_nearly_the_same_name_is_not_found_by_words(as_, received, held):
    held(name="Willard Heldman")
    held(name="Willa Other")
    case = received("Willa Held")

    assert find_all(as_("dora"), case) == []


def test_searching_again_keeps_what_was_decided_and_adds_what_is_new(as_, received, held):
    held(name="Willa Held")
    case = received("Willa Held")
    dora = as_("dora")
    find_all(dora, case)
    decide_all(dora, case)
    held(name="Held, Willa")

    rows = find_all(as_("dora"), case)

    assert [f.decision is not None for f in rows] == [True, False]
