"""Two people at once: one acts, the other is told. Each has a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction

from lightkeeper.apps.accounts.services import Agency, actor_now
from lightkeeper.apps.safeguarding import queries as safeguarding_queries
from lightkeeper.apps.safeguarding import services as safeguarding
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.apps.tasking import queries, services
from lightkeeper.apps.tasking.choices import Level, TaskStatus, Theme
from lightkeeper.core.access import acting
from lightkeeper.core.errors import Refused
from lightkeeper.testing.cast import HUB, NORTHSHIRE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def for_(tokens):
    """`for_("ben", act)`: in a transaction and, in a thread, on a connection of their own."""

    def do(name, act, *args):
        with acting.with_session(tokens[name]), transaction.atomic():
            return act(actor_now(), *args)

    return do


@pytest.fixture
def proposed(as_, a_record, for_):
    with transaction.atomic():
        record = a_record("cleo", [HUB], concerns_child=True)

    def propose(ada):
        return services.propose_task(
            by=ada,
            record=queries.record_by_reference(ada, record.reference),
            agency=Agency.objects.get(code=NORTHSHIRE),
            threat="",
            theme=Theme.PROTECT,
            level=Level.LOCAL,
            objective="Visit the address.",
            reason="A child may be there.",
            at=NOON,
        ).reference

    return for_("ada", propose)


def both(for_, acts: list[tuple[str, Callable]]) -> list[str]:
    """What came of acts that begin together: "done", or the rule that stood against it."""
    together = Barrier(len(acts))

    def one(name, act):
        try:
            together.wait(timeout=10)
            for_(name, act)
        except Refused as refusal:
            return refusal.rule
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(one, *each) for each in acts]]


def send(reference):
    def act(by):
        services.send_task(
            by=by,
            task=queries.get_task(by, reference),
            due_at=NOON + timedelta(days=7),
            reason="Now.",
            at=NOON,
        )

    return act


def answer(reference, how):
    return lambda by: how(by=by, task=queries.get_task(by, reference), reason="So.", at=NOON)


def test_of_two_who_send_at_once_one_is_told(for_, proposed):
    came = both(for_, [("dev", send(proposed)), ("dev", send(proposed))])

    assert sorted(came) == ["done", "task.move"]
    steps = for_("ada", lambda ada: queries.show(ada, proposed).steps)
    assert [step.to for step in steps] == ["PROPOSED", "SENT"]


def test_of_two_who_answer_at_once_one_is_told(for_, proposed):
    for_("dev", send(proposed))

    came = both(
        for_,
        [
            ("ben", answer(proposed, services.accept_task)),
            ("ben", answer(proposed, services.refuse_task)),
        ],
    )

    assert sorted(came) == ["done", "task.move"]
    task = for_("ben", lambda ben: queries.get_task(ben, proposed))
    expected = TaskStatus.ACCEPTED if came[0] == "done" else TaskStatus.REFUSED
    assert task.status == expected


def test_of_two_who_decide_at_once_one_is_told(for_, proposed):
    for_("dev", send(proposed))

    def decide(by):
        [one] = safeguarding_queries.about(by, proposed)
        safeguarding.decide(
            by=by,
            consideration=one,
            decision=ConsiderationDecision.REFER,
            reason="Spoke with her.",
            at=NOON,
        )

    came = both(for_, [("ben", decide), ("ada", decide)])

    assert sorted(came) == ["done", "safeguarding.decided"]
