"""What can be done with a task, by whom, and what is refused."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from lightkeeper.apps.safeguarding import queries as safeguarding_queries
from lightkeeper.apps.safeguarding import services as safeguarding
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.apps.tasking import policies, queries, services
from lightkeeper.apps.tasking.choices import OutcomeKind, TaskStatus
from lightkeeper.apps.tasking.happenings import TaskSent
from lightkeeper.apps.tasking.models import Step, Task
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.records import NOON

DUE = NOON + timedelta(days=7)


def send(by, reference, due_at=DUE, reason="Now."):
    task = queries.get_task(by, reference)
    return services.send_task(by=by, task=task, due_at=due_at, reason=reason, at=NOON)


def close(by, reference, happened_on=date(2026, 11, 22)):
    return services.close_task(
        by=by,
        task=queries.get_task(by, reference),
        kind=OutcomeKind.CHILD_SAFEGUARDED_DIRECT,
        happened_on=happened_on,
        evidence="Plan agreed.",
        reason="Done.",
        at=NOON,
    )


def decide_all(by, reference):
    for one in safeguarding_queries.about(by, reference):
        safeguarding.decide(
            by=by,
            consideration=one,
            decision=ConsiderationDecision.REFER,
            reason="Spoke with her social worker.",
            at=NOON,
        )


def test_sending_a_task_gives_it_to_the_agency(as_, proposed, heard):
    task = proposed()

    send(as_("dev"), task.reference)

    got = queries.get_task(as_("ben"), task.reference)
    assert (got.status, got.due_at, got.sent_at) == (TaskStatus.SENT, DUE, NOON)
    assert TaskSent(task.reference) in heard


def test_a_proposal_is_not_seen_by_the_agency_it_is_for(as_, proposed):
    task = proposed()

    with pytest.raises(NotFound):
        queries.get_task(as_("ben"), task.reference)


def test_the_second_of_two_who_send_is_told(as_, proposed):
    task = proposed()
    dev = as_("dev")
    opened_earlier = queries.get_task(dev, task.reference)
    send(dev, task.reference)

    with pytest.raises(Refused, match="is sent"):
        services.send_task(by=dev, task=opened_earlier, due_at=DUE, reason="Now.", at=NOON)


@pytest.mark.parametrize(
    ("given", "rule"),
    [({"due_at": NOON}, "task.due"), ({"reason": "  "}, "task.reason")],
)
def test_sending_is_refused(as_, proposed, given, rule):
    task = proposed()

    with pytest.raises(Refused) as refusal:
        send(as_("dev"), task.reference, **given)

    assert refusal.value.rule == rule
    assert queries.get_task(as_("dev"), task.reference).status == TaskStatus.PROPOSED


def test_an_analyst_may_propose_and_not_send(as_, proposed):
    task = proposed()

    with pytest.raises(NotPermitted, match="decide proposed tasks"):
        send(as_("ada"), task.reference)


def test_a_task_for_ones_own_agency_is_refused(as_, a_record, rolled_back):
    record = a_record("ben")
    ben = as_("ben")

    with pytest.raises(Refused, match="Choose another agency"):
        services.propose_task(
            by=ben, record=queries.record_by_reference(ben, record.reference), agency=ben.agency,
            threat="", theme="PROTECT", level=1, objective="x", reason="y", at=NOON,
        )  # fmt: skip


def test_the_agency_refuses_with_a_reason_and_the_owner_reads_it(as_, sent):
    reference = sent()
    ben = as_("ben")

    services.refuse_task(
        by=ben, task=queries.get_task(ben, reference), reason="Not our area.", at=NOON
    )

    shown = queries.show(as_("ada"), reference)
    assert shown.task.status == TaskStatus.REFUSED
    assert [(step.to, step.reason) for step in shown.steps][-1] == ("REFUSED", "Not our area.")


def test_another_agency_cannot_answer(as_, sent):
    reference = sent()

    with pytest.raises(NotFound):
        queries.get_task(as_("otto"), reference)
    dev = as_("dev")
    with pytest.raises(NotPermitted):
        services.accept_task(by=dev, task=queries.get_task(dev, reference), reason="x", at=NOON)


def test_the_agency_that_leads_cannot_change_the_asking(as_, sent):
    reference = sent()
    as_("ben")

    assert Task._base_manager.filter(reference=reference).update(objective="Something else") == 0


def test_nothing_closes_past_an_undecided_consideration(as_, accepted):
    reference = accepted(concerns_child=True)
    ben = as_("ben")

    with pytest.raises(Refused, match="still to be decided"):
        close(ben, reference)

    assert queries.get_task(ben, reference).status == TaskStatus.ACCEPTED


def test_nor_by_a_step_written_by_hand(as_, accepted):
    reference = accepted(concerns_child=True)
    ben = as_("ben")
    task = queries.get_task(ben, reference)
    label = Step.objects.visible_to(ben).filter(task=task, to="ACCEPTED").get().bucket_id

    with (
        pytest.raises(ProgrammingError, match="not decided"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            'insert into tasking_step (task_id, "to", reason, person_id, at, bucket_id) '
            "values (%s, 'CLOSED', 'x', %s, now(), %s)",
            [task.pk, ben.person_id, label],
        )


def test_once_decided_it_closes_with_its_outcome(as_, accepted):
    reference = accepted(concerns_child=True)
    ben = as_("ben")
    decide_all(ben, reference)

    outcome = close(ben, reference)

    shown = queries.show(as_("ada"), reference)
    assert (shown.task.status, shown.task.closed_at) == (TaskStatus.CLOSED, NOON)
    assert [one.reference for one in shown.outcomes] == [outcome.reference]


def test_an_outcome_of_tomorrow_is_refused(as_, accepted):
    reference = accepted()

    with pytest.raises(Refused, match="future"):
        close(as_("ben"), reference, happened_on=date(2026, 11, 24))


@pytest.mark.parametrize("now", list(TaskStatus))
@pytest.mark.parametrize("to", list(TaskStatus))
def test_every_move_is_in_the_table_or_refused(now, to):
    task = Task(reference="TSK-1", status=now)
    if to in policies.MOVES[now]:
        policies.check_move(task, to)
    else:
        with pytest.raises(Refused, match="TSK-1 is"):
            policies.check_move(task, to)


def test_a_subject_with_a_child_opens_one_consideration_for_the_task(as_, proposed):
    task = proposed(concerns_child=True)

    [one] = safeguarding_queries.about(as_("ada"), task.reference)
    assert (one.about, one.decided) == (task.reference, False)


def test_the_list_takes_few_queries_however_many_tasks(
    as_, proposed, django_assert_max_num_queries
):
    for _ in range(4):
        proposed()
    ada = as_("ada")

    with django_assert_max_num_queries(4):
        assert len(queries.tasks(ada).rows) == 4
