"""The duty to consider a child: opened by a record, decided by anybody who sees it and carries
it.
"""

import pytest

from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.apps.safeguarding import queries, services
from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.core.announcements import announce
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import NORTHSHIRE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")


@pytest.fixture
def waiting(as_, a_record):
    """A consideration of Westmark's that Northshire sees too."""
    record = a_record("cleo", [NORTHSHIRE], concerns_child=True)
    services.consider_records([record.pk], at=NOON)
    [one] = queries.about(as_("cleo"), record.reference)
    return one.reference


def decide(by, reference, reason="She feels safe at her aunt's."):
    return services.decide(
        by=by,
        consideration=queries.get_consideration(by, reference),
        decision=ConsiderationDecision.SHARE,
        reason=reason,
        at=NOON,
    )


def test_a_record_of_a_child_opens_a_consideration_when_it_is_taken_in(as_, a_record):
    child = a_record("cleo", concerns_child=True)
    grown_up = a_record("cleo")

    announce(RecordsAccepted(child.report_id, (child.pk, grown_up.pk), NOON))

    cleo = as_("cleo")
    assert len(queries.about(cleo, child.reference)) == 1
    assert queries.about(cleo, grown_up.reference) == []


def test_opening_it_twice_opens_it_once(as_, a_record):
    child = a_record("cleo", concerns_child=True)
    for _ in range(2):
        services.consider_records([child.pk], at=NOON)

    assert len(queries.about(as_("cleo"), child.reference)) == 1


def test_another_agency_that_sees_it_may_decide(as_, waiting):
    decide(as_("ben"), waiting)

    shown = queries.show(as_("cleo"), waiting)
    assert shown.consideration.decided
    assert (shown.outcome.person.username, shown.outcome.decision) == ("ben", "SHARE")


def test_the_second_who_decides_is_told(as_, waiting):
    decide(as_("ben"), waiting)

    with pytest.raises(Refused, match="decided already"):
        decide(as_("cleo"), waiting)


def test_a_decision_without_a_reason_is_refused(as_, waiting):
    with pytest.raises(Refused, match="Say why"):
        decide(as_("cleo"), waiting, reason=" ")

    assert not queries.get_consideration(as_("cleo"), waiting).decided


def test_an_outsider_finds_nothing(as_, waiting):
    otto = as_("otto")

    with pytest.raises(NotFound):
        queries.get_consideration(otto, waiting)
    assert queries.waiting(otto).rows == []
    assert queries.waiting_count(otto) == 0


def test_a_role_without_the_duty_may_not_decide(as_, waiting):
    with pytest.raises(NotPermitted):
        services.permissions.check_may_decide(as_("sam"))


def test_what_is_undecided_and_hidden_still_stops_a_closing(as_, waiting):
    about = queries.get_consideration(as_("cleo"), waiting).about
    as_("otto")

    with pytest.raises(Refused, match="still to be decided"):
        services.check_decided(about)
