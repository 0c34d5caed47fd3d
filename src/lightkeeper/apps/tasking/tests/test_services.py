"""What can be done with a task, by whom, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from lightkeeper.apps.accounts.services import Power
from lightkeeper.apps.safeguarding import queries as safeguarding_queries
from lightkeeper.apps.safeguarding import services as safeguarding
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.apps.tasking import policies, queries, services
from lightkeeper.apps.tasking.choices import OutcomeKind, TaskStatus
from lightkeeper.apps.tasking.happenings import TaskAnswered, TaskClosed, TaskProposed, TaskSent
from lightkeeper.apps.tasking.models import Step, Task
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import HUB, NORTHSHIRE
from lightkeeper.testing.records import NOON

DUE = NOON + timedelta(days=7)


def send(by, reference, due_at=DUE, reason="Now."):
    task = queries.get_task(by, reference)
    return services.send_task(by=by, task=task, due_at=due_at, reason=reason, at=NOON)


def came(
    kind=OutcomeKind.CHILD_SAFEGUARDED_DIRECT,
    happened_on=date(2026, 11, 22),
    evidence="Plan agreed.",
    for_whom=None,
):
    return services.Came(kind, happened_on, evidence, for_whom)


def close(by, reference, *outcomes, reason="Done.", **given):
    return services.close_task(
        by=by,
        task=queries.get_task(by, reference),
        outcomes=[came(**given)] if not outcomes else [one for one in outcomes if one],
        reason=reason,
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
def test_sending_is_refused(as_, proposed, recorded, given, rule):
    task = proposed()
    dev = as_("dev")
    before = len(recorded)

    with pytest.raises(Refused) as refusal:
        send(dev, task.reference, **given)

    assert refusal.value.rule == rule
    assert recorded[before:] == []
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


@pytest.mark.parametrize(
    ("check", "who", "sentence"),
    [
        ("check_may_answer", "dev", "Only Northshire Police answers"),
        ("check_may_decide", "ben", "Only The Centre's intelligence hub decides"),
    ],
)
def test_the_power_is_not_enough_where_the_task_is_anothers(as_, sent, check, who, sentence):
    reference = sent()
    actor = replace(as_(who), powers=frozenset({Power.ANSWER, Power.DECIDE}))

    with pytest.raises(NotPermitted, match=sentence):
        getattr(services.permissions, check)(actor, queries.get_task(actor, reference))


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


def test_once_decided_it_closes_with_its_outcome(as_, accepted, heard):
    reference = accepted(concerns_child=True)
    ben = as_("ben")
    decide_all(ben, reference)

    closed = close(ben, reference)

    assert (closed.status, closed.closed_at) == (TaskStatus.CLOSED, NOON)
    shown = queries.show(as_("ada"), reference)
    assert (shown.task.status, shown.task.closed_at) == (TaskStatus.CLOSED, NOON)
    [outcome] = shown.outcomes
    assert (outcome.kind, str(outcome.person)) == ("CHILD_SAFEGUARDED_DIRECT", "Ben Okoro")
    assert heard[-1] == TaskClosed(reference, (outcome.reference,))


@pytest.mark.parametrize(
    ("outcomes", "rule"),
    [
        ([None], "outcome.none"),
        ([came(happened_on=date(2026, 11, 24))], "outcome.date"),
        ([came(evidence=" ")], "outcome.evidence"),
        ([came(kind="MADE_UP")], "outcome.kind"),
        ([came(), came(kind=OutcomeKind.NO_FURTHER_ACTION)], "outcome.nothing"),
    ],
)
def test_closing_is_refused(as_, accepted, recorded, outcomes, rule):
    reference = accepted()
    ben = as_("ben")
    before = len(recorded)

    with pytest.raises(Refused) as refusal:
        close(ben, reference, *outcomes)

    assert refusal.value.rule == rule
    assert queries.get_task(ben, reference).status == TaskStatus.ACCEPTED
    assert recorded[before:] == []


def test_a_task_closes_with_several_outcomes_each_for_whom_it_is(as_, accepted, a_record):
    reference = accepted()
    suspect = a_record("ben", name="Otto Example")

    close(
        as_("ben"),
        reference,
        came(),
        came(kind=OutcomeKind.SUSPECT_ARRESTED, for_whom=suspect),
    )

    # The owner sees both, and not the record of the suspect, which was never shared with it.
    shown = queries.show(as_("ada"), reference)
    assert [one.record_id for one in shown.outcomes] == [None, suspect.pk]
    with pytest.raises(NotFound):
        queries.record_by_reference(as_("ada"), suspect.reference)


def test_proposing_accepting_and_refusing_are_announced_and_recorded(as_, sent, heard, recorded):
    first, second = sent(), sent()
    ben = as_("ben")
    services.accept_task(by=ben, task=queries.get_task(ben, first), reason="Ours.", at=NOON)
    services.refuse_task(by=ben, task=queries.get_task(ben, second), reason="Not.", at=NOON)

    assert TaskProposed(first) in heard
    assert heard[-2:] == [TaskAnswered(first, True), TaskAnswered(second, False)]
    assert [(did, to[0], reason) for did, _by, to, reason in recorded[-2:]] == [
        ("TASK_ACCEPTED", first, "Ours."),
        ("TASK_REFUSED", second, "Not."),
    ]


def test_a_proposal_that_is_not_adopted_stays_with_its_agency(as_, proposed):
    task = proposed()
    dev = as_("dev")

    services.reject_task(
        by=dev, task=queries.get_task(dev, task.reference), reason="Known already.", at=NOON
    )

    shown = queries.show(as_("ada"), task.reference)
    assert (shown.task.status, shown.steps[-1].reason) == (TaskStatus.REJECTED, "Known already.")
    with pytest.raises(NotFound):
        queries.get_task(as_("ben"), task.reference)
    with pytest.raises(Refused, match="not adopted"):
        send(as_("dev"), task.reference)


def test_whoever_does_not_see_a_record_proposes_nothing_about_it(as_, a_record, rolled_back):
    record = a_record("cleo")
    ada = as_("ada")

    with pytest.raises(NotFound, match="record"):
        services.check_can_propose(ada, record)


def test_what_is_linked_after_the_proposal_opens_a_consideration_when_it_is_sent(
    as_, proposed, monkeypatch, a_record
):
    task = proposed()
    child = a_record("cleo", [HUB, NORTHSHIRE], concerns_child=True)
    joined = SimpleNamespace(records=(task.record, child))
    monkeypatch.setattr(services.picture, "look_up", lambda by, reference: joined)

    send(as_("dev"), task.reference)

    [one] = safeguarding_queries.about(as_("ben"), task.reference)
    assert (one.record_id, one.decided) == (child.pk, False)


def test_and_what_only_the_lead_agency_knows_when_it_is_taken_on(as_, sent, monkeypatch, a_record):
    reference = sent(released_to=(HUB, NORTHSHIRE))
    child = a_record("ben", concerns_child=True)
    joined = SimpleNamespace(records=(child,))
    monkeypatch.setattr(services.picture, "look_up", lambda by, reference: joined)
    ben = as_("ben")

    services.accept_task(by=ben, task=queries.get_task(ben, reference), reason="Ours.", at=NOON)

    assert [one.record_id for one in safeguarding_queries.about(as_("ben"), reference)] == [
        child.pk
    ]
    with pytest.raises(Refused, match="still to be decided"):
        close(as_("ben"), reference)


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
