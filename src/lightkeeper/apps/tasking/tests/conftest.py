"""A task in each state, for the tests of tasking."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.tasking import queries, services
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.testing.cast import HUB, NORTHSHIRE
from lightkeeper.testing.records import NOON

# Ahead of whatever day it is for the pages, which read the clock.
DUE = timezone.now() + timedelta(days=7)


@pytest.fixture
def recorded(monkeypatch):
    """The events that are entered from now on: what, by whom, to which references, why."""
    events = []
    enter = audit.record

    def note(*, by, did, to=(), reason="", **how):
        named = [str(one) for one in to] if isinstance(to, list | tuple) else [str(to)]
        events.append((did.name, by.username, named, reason))
        enter(by=by, did=did, to=to, reason=reason, **how)

    monkeypatch.setattr(audit, "record", note)
    return events


@pytest.fixture
def proposed(as_, a_record, rolled_back):
    """`proposed(concerns_child=True)`: a task that Ada proposes for Northshire, on Westmark's
    record.
    """

    def make(*, concerns_child: bool = False, released_to: tuple[str, ...] = (HUB,)):
        record = a_record("cleo", list(released_to), concerns_child=concerns_child)
        ada = as_("ada")
        return services.propose_task(
            by=ada,
            record=queries.record_by_reference(ada, record.reference),
            agency=Agency.objects.get(code=NORTHSHIRE),
            threat="trafficking",
            theme=Theme.PROTECT,
            level=Level.LOCAL,
            objective="Visit the address.",
            reason="A child may be there.",
            at=NOON,
        )

    return make


@pytest.fixture
def sent(as_, proposed):
    def make(**how):
        task = proposed(**how)
        dev = as_("dev")
        services.send_task(
            by=dev, task=queries.get_task(dev, task.reference), due_at=DUE, reason="Now.", at=NOON
        )
        return task.reference

    return make


@pytest.fixture
def accepted(as_, sent):
    def make(**how):
        reference = sent(**how)
        ben = as_("ben")
        services.accept_task(by=ben, task=queries.get_task(ben, reference), reason="Ours.", at=NOON)
        return reference

    return make
