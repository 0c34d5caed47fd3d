"""A compartment stands still when its day has come, and is closed and taken up again by two."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse

from lightkeeper.apps.accounts import closing, knowing
from lightkeeper.apps.accounts.choices import Move
from lightkeeper.apps.accounts.models_compartments import Compartment, CompartmentMove
from lightkeeper.apps.accounts.tests.test_membership import (
    LATER,
    NOON,
    TODAY,
    WHY,
    decided,
    opened,
    proposed,
    sql,
)
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.testing.plugin import NAME, superuser

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def operation(as_):
    """Ada's operation, of which Ben is a member by Sam's word."""
    with transaction.atomic():
        made = opened(as_("ada"))
        member = proposed(as_("ada"), made)
    with transaction.atomic():
        decided(member, as_("sam"))
    return made


def is_member(as_, operation, who="ben"):
    with transaction.atomic():
        return operation.pk in as_(who).viewer.compartments


def set_day(operation, **days):
    """As time would: the guard hears of it as it hears of any change."""
    with superuser(NAME) as database:
        for name, day in days.items():
            database.execute(
                f"update accounts_compartment set {name} = %s where id = %s", [day, operation.pk]
            )


def again(as_, who, operation):
    return knowing.get_compartment(as_(who), operation.reference)


@pytest.mark.parametrize("column", ["review_on", "closed_on"])
@pytest.mark.parametrize(("ahead", "counts"), [(1, True), (0, False), (-1, False)])
def test_from_its_day_on_nobody_is_a_member_and_before_it_everybody(
    as_, operation, column, ahead, counts
):
    assert is_member(as_, operation)
    set_day(operation, **{column: TODAY + timedelta(days=ahead)})

    assert is_member(as_, operation) is counts
    with transaction.atomic():
        as_("ada")
        found = Compartment.objects.get(pk=operation.pk)
        assert closing.stands_still(found, today=TODAY) is not counts


def test_looked_at_again_it_stands_at_once_and_nobody_joins_before(as_, operation):
    set_day(operation, review_on=TODAY)
    with transaction.atomic(), pytest.raises(Error, match="It stands still"), transaction.atomic():
        proposed(as_("ada"), again(as_, "ada", operation), "cleo")
    with transaction.atomic():
        closing.review(by=as_("ada"), compartment=again(as_, "ada", operation), until=LATER,
                       reason=WHY, at=NOON)  # fmt: skip

    assert is_member(as_, operation)
    with transaction.atomic():
        as_("ada")
        [move] = CompartmentMove.objects.all()
    assert (move.what, move.standing, move.on_day, move.reason) == (
        "REVIEW",
        "APPROVED",
        LATER,
        WHY,
    )


@pytest.mark.parametrize("until", [TODAY, TODAY + timedelta(days=367)])
def test_it_is_looked_at_again_on_a_day_ahead_within_a_year(as_, operation, until):
    with transaction.atomic(), pytest.raises(Refused, match="within a year"):
        closing.review(by=as_("ada"), compartment=again(as_, "ada", operation), until=until,
                       reason=WHY, at=NOON)  # fmt: skip


def test_it_is_closed_by_two_and_taken_up_again_by_two(as_, operation):
    for what, member in ((Move.CLOSE, False), (Move.REOPEN, True)):
        with transaction.atomic():
            ada = as_("ada")
            move = closing.propose(by=ada, compartment=again(as_, "ada", operation), what=what,
                                   on_day=TODAY, reason=WHY, at=NOON)  # fmt: skip
            with pytest.raises(NotPermitted):
                closing.decide(by=ada, move=move, approve=True, reason=WHY, at=NOON)
        assert is_member(as_, operation) is not member, "a proposal alone does nothing"
        with transaction.atomic():
            closing.decide(by=as_("sam"), move=move, approve=True, reason=WHY, at=NOON)
        assert is_member(as_, operation) is member


def test_what_is_closed_is_not_looked_at_and_what_is_taken_up_is_soon(as_, operation):
    set_day(operation, closed_on=TODAY, review_on=TODAY - timedelta(days=3))
    with transaction.atomic(), pytest.raises(Refused, match="is closed"):
        closing.review(by=as_("ada"), compartment=again(as_, "ada", operation), until=LATER,
                       reason=WHY, at=NOON)  # fmt: skip
    with transaction.atomic():
        move = closing.propose(by=as_("ada"), compartment=again(as_, "ada", operation),
                               what=Move.REOPEN, on_day=TODAY, reason=WHY, at=NOON)  # fmt: skip
    with transaction.atomic():
        closing.decide(by=as_("sam"), move=move, approve=True, reason=WHY, at=NOON)
        found = again(as_, "sam", operation)

    assert (found.closed_on, found.review_on) == (None, TODAY + timedelta(days=1))


def test_refused_or_withdrawn_it_goes_on(as_, operation):
    with transaction.atomic():
        move = closing.propose(by=as_("ada"), compartment=again(as_, "ada", operation),
                               what=Move.CLOSE, on_day=TODAY, reason=WHY, at=NOON)  # fmt: skip
        with pytest.raises(Refused, match="waits for a decision"):
            closing.propose(by=as_("ada"), compartment=again(as_, "ada", operation),
                            what=Move.CLOSE, on_day=TODAY, reason=WHY, at=NOON)  # fmt: skip
    with transaction.atomic():
        closing.decide(by=as_("sam"), move=move, approve=False, reason=WHY, at=NOON)
    assert is_member(as_, operation)
    with transaction.atomic():
        move = closing.propose(by=as_("ada"), compartment=again(as_, "ada", operation),
                               what=Move.CLOSE, on_day=TODAY, reason=WHY, at=NOON)  # fmt: skip
        closing.withdraw(by=as_("ada"), move=move, reason=WHY, at=NOON)
    with transaction.atomic():
        sam = as_("sam")
        late = CompartmentMove.objects.get(pk=move.pk)
        with pytest.raises(Refused, match="any more"):
            closing.decide(by=sam, move=late, approve=True, reason=WHY, at=NOON)
    assert is_member(as_, operation)


@pytest.mark.parametrize(
    "tried",
    [
        "select sec.review_compartment('CMV-X', %s, 'x', current_date + 30)",
        "select sec.propose_move('CMV-X', %s, 'CLOSE', 'x', current_date)",
    ],
)
@pytest.mark.parametrize("who", ["ben", "cleo", "dev"])
def test_nobody_else_moves_it_by_a_statement_either(as_, operation, tried, who):
    with transaction.atomic():
        as_(who)
        assert sql(tried, operation.pk) is False


def test_whoever_proposed_it_does_not_decide_it_by_a_statement_either(as_, operation):
    with transaction.atomic():
        move = closing.propose(by=as_("ada"), compartment=again(as_, "ada", operation),
                               what=Move.CLOSE, on_day=TODAY, reason=WHY, at=NOON)  # fmt: skip
        assert sql("select sec.decide_move(%s, true, 'x')", move.reference) is False
    for statement in (
        "update accounts_compartment set closed_on = null, review_on = null",
        "update accounts_compartmentmove set standing = 'APPROVED'",
    ):
        with transaction.atomic():
            as_("ada")
            with pytest.raises(Error), transaction.atomic():
                sql(f"with done as ({statement} returning 1) select count(*) from done")
    assert is_member(as_, operation)


CARD = "Compartments to look at again"


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (29, ""),
        (28, "stands still from"),
        (1, "stands still from"),
        (0, "has stood still since"),
        (-9, "has stood still since"),
    ],
)
@pytest.mark.parametrize("who", ["ada", "sam"])
def test_those_who_run_it_are_told_on_their_desk_before_it_stands_still(
    browse, operation, who, ahead, told
):
    set_day(operation, review_on=TODAY + timedelta(days=ahead))
    page = browse(who).get("/").content.decode()

    assert (CARD in page) is bool(told)
    assert (f"{operation.name} {told}" in page) is bool(told)


def test_nobody_else_is_told_nor_anybody_of_one_that_is_closed(browse, operation):
    set_day(operation, review_on=TODAY + timedelta(days=1))
    for who in ("ben", "cleo", "dev", "lou"):
        page = browse(who).get("/").content.decode()
        assert (CARD in page, operation.name in page) == (False, False), who
    set_day(operation, closed_on=TODAY + timedelta(days=1))

    assert CARD not in browse("ada").get("/").content.decode()


def test_the_nearest_of_several_is_named(browse, as_, operation):
    with transaction.atomic():
        later = opened(as_("ada"), name="Operation Sextant")
    set_day(operation, review_on=TODAY + timedelta(days=9))
    set_day(later, review_on=TODAY + timedelta(days=3))
    page = browse("ada").get("/").content.decode()

    assert "Operation Sextant stands still from" in page
    assert f"{operation.name} stands still from" not in page


def test_by_pages_it_is_looked_at_closed_and_taken_up_again(browse, as_, operation):
    def post(who, name, of, **given):
        return browse(who).post(reverse(f"accounts:{name}", args=[of]), given, follow=True)

    def day(name, moment):
        return {f"{name}_day": moment.day, f"{name}_month": moment.month,
                f"{name}_year": moment.year}  # fmt: skip

    ref = operation.reference
    set_day(operation, review_on=TODAY)
    page = browse("ada").get(reverse("accounts:compartment", args=[ref])).content.decode()
    assert "It stands still" in page
    late = TODAY + timedelta(days=400)
    refused = post("ada", "review_compartment", ref, **{"review-reason": WHY},
                   **day("review-until", late))  # fmt: skip
    assert (refused.status_code, "within a year" in refused.content.decode()) == (409, True)
    answer = post("ada", "review_compartment", ref, **{"review-reason": WHY},
                  **day("review-until", LATER))  # fmt: skip
    assert "It stands still" not in answer.content.decode()
    assert is_member(as_, operation)

    for member in (False, True):
        post("ada", "propose_move", ref, **{"move-reason": WHY}, **day("move-on_day", TODAY))
        with transaction.atomic():
            as_("sam")
            move = CompartmentMove.objects.get(standing="PROPOSED").reference
        nothing = post("sam", "decide_move", move)
        assert nothing.status_code == 422
        post("sam", "decide_move", move, **{f"{move}-decision": "APPROVE", f"{move}-reason": WHY})
        assert is_member(as_, operation) is member
    hidden = browse("dev").get(reverse("accounts:compartment", args=[ref]))
    assert hidden.status_code == 404


def test_by_programs_too(call_api, as_, operation):
    def send(who, name, of, **given):
        address = reverse(f"api:{name}", args=[of])
        return call_api(who).post(address, given, content_type="application/json")

    ref, later = operation.reference, LATER.isoformat()
    assert (
        send("ada", "review_compartment", ref, until=later, reason=WHY).json()["review_on"] == later
    )
    made = send("ada", "propose_move", ref, what="CLOSE", on_day=TODAY.isoformat(), reason=WHY)
    assert (made.status_code, made.json()["standing"]) == (201, "PROPOSED")
    move = made.json()["reference"]
    assert send("ada", "decide_move", move, decision="APPROVE", reason=WHY).status_code == 403
    assert send("dev", "decide_move", move, decision="APPROVE", reason=WHY).status_code == 404
    assert send("sam", "decide_move", move, decision="APPROVE", reason=WHY).status_code == 200
    shown = call_api("sam").get(reverse("api:compartment", args=[ref])).json()
    assert shown["closed_on"] == TODAY.isoformat()
    assert [one["what"] for one in shown["moves"]] == ["CLOSE", "REVIEW"]
    assert not is_member(as_, operation)
