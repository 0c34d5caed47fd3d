"""What the database refuses by itself, to whoever writes past the services."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from lightkeeper.apps.accounts.services import the_label
from lightkeeper.apps.safeguarding import queries as safeguarding_queries
from lightkeeper.apps.tasking import queries
from lightkeeper.apps.tasking.choices import TaskStatus
from lightkeeper.apps.tasking.models import Task
from lightkeeper.apps.tasking.tests.test_services import close
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")


def write(statement, given):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.rowcount


def step(by, reference, to):
    """A step written by hand, under a label of one's own agency that one may write."""
    task = Task._base_manager.get(reference=reference)
    label = the_label(owner=by.agency, level=0)
    return write(
        'insert into tasking_step (task_id, "to", reason, person_id, at, bucket_id) '
        "values (%s, %s, 'x', %s, now(), %s)",
        [task.pk, to, by.person_id, label.pk],
    )


def change(reference, what):
    return write(f"update tasking_task set {what} where reference = %s", [reference])


@pytest.mark.parametrize(
    ("who", "to"), [("ben", "CLOSED"), ("ben", "PROPOSED"), ("dev", "CLOSED"), ("dev", "ACCEPTED")]
)
def test_a_step_that_is_not_in_the_table_or_not_ones_own_moves_nothing(as_, sent, who, to):
    reference = sent()

    with pytest.raises(ProgrammingError, match="cannot make that move"):
        step(as_(who), reference, to)

    assert queries.get_task(as_("ada"), reference).status == TaskStatus.SENT


def test_no_step_closes_past_an_undecided_consideration(as_, accepted):
    reference = accepted(concerns_child=True)

    with pytest.raises(ProgrammingError, match="not decided"):
        step(as_("ben"), reference, "CLOSED")

    assert queries.get_task(as_("ben"), reference).status == TaskStatus.ACCEPTED


@pytest.mark.parametrize(
    "what",
    [
        "status = 'CLOSED', closed_at = now()",
        "status = 'PROPOSED'",
        "objective = 'Something else'",
        "agency_id = owner_id",
        "due_at = now() + interval '1 year'",
    ],
)
def test_its_owner_does_not_move_or_rewrite_it_either(as_, accepted, what):
    reference = accepted(concerns_child=True)
    as_("dev")

    with pytest.raises(ProgrammingError, match="Only a step moves a task"):
        change(reference, what)


def test_the_agency_that_leads_changes_nothing_in_it(as_, accepted):
    reference = accepted()
    as_("ben")

    assert change(reference, "objective = 'Something else'") == 0
    assert change(reference, "status = 'CLOSED', closed_at = now()") == 0


def test_a_task_is_not_entered_closed(as_, proposed):
    task = proposed()
    dev = as_("dev")
    copied = Task._base_manager.get(pk=task.pk)
    copied.pk, copied.reference = None, "TSK-COPY"
    copied.status, copied.due_at, copied.sent_at = TaskStatus.CLOSED, NOON, NOON
    copied.owner_id = dev.agency_id

    with pytest.raises(ProgrammingError, match="begins as a proposal"), transaction.atomic():
        copied.save(force_insert=True)


@pytest.mark.parametrize("what", ["decided = true", "about = 'TSK-OTHER'"])
def test_a_consideration_is_not_decided_or_moved_away_by_hand(as_, accepted, what):
    reference = accepted(concerns_child=True)
    as_("dev")

    with pytest.raises(ProgrammingError, match="Only a decision"):
        write(f"update safeguarding_consideration set {what} where about = %s", [reference])

    [one] = safeguarding_queries.about(as_("ben"), reference)
    assert not one.decided


def outcome(by, reference, recorded_at=NOON):
    task = Task._base_manager.get(reference=reference)
    label = the_label(owner=by.agency, level=0)
    return write(
        "insert into tasking_outcome (reference, task_id, kind, happened_on, evidence, person_id, "
        "recorded_at, counting_rule, bucket_id) "
        "values ('OUT-BY-HAND', %s, 'SUSPECT_ARRESTED', %s, 'x', %s, %s, 'x', %s)",
        [task.pk, NOON.date(), by.person_id, recorded_at, label.pk],
    )


def test_only_the_agency_that_leads_says_what_came_of_it(as_, accepted):
    reference = accepted()

    with pytest.raises(ProgrammingError, match="agency that leads"):
        outcome(as_("dev"), reference)


PERIOD = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}


def test_an_outcome_written_past_an_undecided_consideration_is_not_counted(as_, accepted):
    reference = accepted(concerns_child=True)
    outcome(as_("ben"), reference)

    assert queries.outcomes(as_("ben"), **PERIOD) == []


def test_nor_one_that_is_added_when_the_task_is_closed(as_, accepted):
    reference = accepted()
    close(as_("ben"), reference)
    outcome(as_("ben"), reference, recorded_at=NOON + timedelta(days=1))

    assert [one.kind for one in queries.outcomes(as_("ben"), **PERIOD)] == [
        "CHILD_SAFEGUARDED_DIRECT"
    ]


def test_a_consideration_is_not_entered_as_decided(as_, a_record):
    record = a_record("cleo", concerns_child=True)

    with pytest.raises(ProgrammingError, match="Only a decision"):
        write(
            "insert into safeguarding_consideration (reference, about, record_id, because, "
            "opened_at, decided, bucket_id) values ('CON-BY-HAND', %s, %s, 'x', now(), true, %s)",
            [record.reference, record.pk, record.bucket_id],
        )
