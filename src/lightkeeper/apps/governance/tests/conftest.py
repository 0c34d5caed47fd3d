"""A record of the centre's own, old enough to be reviewed or not, for the tests of governance."""

from datetime import UTC, datetime

import pytest

from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.governance import queries, services
from lightkeeper.apps.governance.choices import Ground, HoldKind
from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.core.announcements import announce
from lightkeeper.testing.records import NOON

LATER = NOON.replace(year=2040)  # every clear period has ended by then
WHY = "looked at again"


@pytest.fixture
def recorded(monkeypatch):
    """The events that are entered from now on: what, to which references, and every word of it."""
    events = []
    enter = audit.record

    def note(*, by, did, to=(), reason="", rule="", **how):
        named = [str(one) for one in to] if isinstance(to, list | tuple) else [str(to)]
        events.append((did.name, named, reason, rule))
        enter(by=by, did=did, to=to, reason=reason, rule=rule, **how)

    monkeypatch.setattr(audit, "record", note)
    return events


@pytest.fixture
def kept(a_record, rolled_back):
    """`kept(name="Zoe")`: a record of the hub's, which the picture has heard of."""

    def make(by="ada", released_to=None, **how):
        record = a_record(by, released_to, **how)
        announce(RecordsAccepted(record.report_id, (record.pk,), NOON))
        return record

    return make


@pytest.fixture
def proposed(as_, kept):
    """`proposed(record)`: Ada proposes that it go, as wrong."""

    def make(record, ground=Ground.INACCURATE, at=LATER):
        ada = as_("ada")
        found = queries.get_record(ada, record.reference)
        return services.propose_disposal(
            by=ada, record=found, ground=ground, answers=[], reason=WHY, at=at
        )

    return make


@pytest.fixture
def dispose(as_, proposed):
    """`dispose(record)`: Ada proposes it and Dev confirms."""

    def make(record, **how):
        disposal = proposed(record, **how)
        return confirm(as_("dev"), disposal)

    return make


def hold(by, record, *, whole_report=False, kind=HoldKind.INQUIRY):
    found = queries.get_record(by, record.reference)
    return services.place_hold(
        by=by, record=found, kind=kind, whole_report=whole_report, reason=WHY, at=NOON
    )


def confirm(by, disposal, at=LATER):
    found = queries.get_proposal(by, disposal.record)
    return services.confirm_disposal(by=by, disposal=found, reason=WHY, at=at)


def day(year, month=1, of_month=1):
    return datetime(year, month, of_month, tzinfo=UTC).date()
