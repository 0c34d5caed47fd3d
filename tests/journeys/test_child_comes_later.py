"""A task whose subject turns out to be a child after the task was taken on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intelligence.tests.arranging import NOON, enter, judge, link, person
from lightkeeper.apps.safeguarding import queries as safeguarding
from lightkeeper.apps.safeguarding import services as deciding
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.apps.tasking import queries, services
from lightkeeper.apps.tasking.choices import Level, OutcomeKind, Theme
from lightkeeper.core.errors import Refused
from lightkeeper.testing.cast import EASTMERE, HUB, NORTHSHIRE
from lightkeeper.testing.plugin import NAME, superuser

pytestmark = pytest.mark.usefixtures("committed")
KIT = person("Kit", "Sample", phone="+447700900321")


@pytest.fixture
def be(as_: Any) -> Any:
    def become(name: str) -> Any:
        with transaction.atomic():
            return as_(name)

    return become


@pytest.fixture
def told(be: Any) -> Any:
    """`told("cleo", child=True)`: a record of Kit that somebody's agency sends in."""

    def tell(name: str, *, child: bool = False, released_to: tuple[str, ...] = (HUB,)) -> Any:
        by = be(name)
        with transaction.atomic():
            [record] = enter(by, [KIT], released_to=released_to, child=child)
        return record

    return tell


@pytest.fixture
def taken_on(be: Any, told: Any, do_errands: Any) -> Any:
    """A task about Kit that Northshire has accepted, and Kit's record."""
    record = told("cleo")
    do_errands()
    link(be("ada"))
    with transaction.atomic():
        task = services.propose_task(
            by=be("ada"), record=record, agency=Agency.objects.get(code=NORTHSHIRE),
            threat="", theme=Theme.PROTECT, level=Level.LOCAL, objective="Find out who Kit is.",
            reason="Named twice.", at=NOON,
        )  # fmt: skip
    answer(services.send_task, be("dev"), task, due_at=NOON + timedelta(days=7))
    answer(services.accept_task, be("ben"), task)
    return task.reference, record


def answer(service: Any, by: Any, task: Any, **how: Any) -> None:
    with transaction.atomic():
        found = queries.get_task(by, getattr(task, "reference", task))
        service(by=by, task=found, reason="So.", at=NOON, **how)


def close(by: Any, task: str, for_whom: Any = None) -> None:
    came = services.Came(OutcomeKind.NO_FURTHER_ACTION, NOON.date(), "Spoke to them.", for_whom)
    answer(services.close_task, by, task, outcomes=[came])


def considered(by: Any, about: str) -> list[Any]:
    with transaction.atomic():
        return safeguarding.about(by, about)


def test_the_duty_opens_with_the_change_of_the_picture(
    be: Any, told: Any, taken_on: Any, do_errands: Any
) -> None:
    task, record = taken_on
    assert considered(be("ben"), task) == []

    child = told("cleo", child=True)
    with transaction.atomic():
        judge(be("ada"), record, child, "SAME")
    do_errands()

    [duty] = considered(be("ben"), task)
    with pytest.raises(Refused, match="still to be decided"):
        close(be("ben"), task)
    with superuser(NAME) as database:
        [(agency, references)] = database.execute(
            'select agency_id, "references" from audit_event where person = %s', ("",)
        ).fetchall()
    assert (agency, references) == (be("ada").agency_id, [duty.reference, task])

    with transaction.atomic():
        deciding.decide(
            by=be("ben"), consideration=considered(be("ben"), task)[0],
            decision=ConsiderationDecision.REFER, reason="Known to school.", at=NOON,
        )  # fmt: skip
    close(be("ben"), task)


def test_it_opens_once_however_often_the_picture_changes(
    be: Any, told: Any, taken_on: Any, do_errands: Any
) -> None:
    task, record = taken_on
    for _ in range(2):
        child = told("cleo", child=True)
        with transaction.atomic():
            judge(be("ada"), record, child, "SAME")
        do_errands()

    assert len(considered(be("ben"), task)) == 1


def test_a_child_whom_neither_side_of_the_task_may_see_is_not_given_away(
    be: Any, told: Any, taken_on: Any, do_errands: Any
) -> None:
    task, record = taken_on
    child = told("otto", child=True, released_to=())
    with superuser(NAME) as database:  # the model joins them, for nobody may see both to judge
        database.execute(
            "update intelligence_membership set cluster = %s where record_id = any(%s)",
            (record.pk, [record.pk, child.pk]),
        )
    with transaction.atomic():
        services.consider_anew()

    assert considered(be("ben"), task) == []
    assert considered(be("ada"), task) == []


def test_what_came_for_another_child_waits_until_that_child_is_considered(
    be: Any, told: Any, taken_on: Any, do_errands: Any
) -> None:
    task, _ = taken_on
    other = told("ben", child=True, released_to=(EASTMERE,))

    with pytest.raises(Refused, match="still to be decided"):
        close(be("ben"), task, for_whom=other)
