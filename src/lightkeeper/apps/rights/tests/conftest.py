"""A request to the centre, worked on by Dora and signed off by Piet."""

import pytest

from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.apps.rights import queries, services
from lightkeeper.apps.rights.choices import Choice, RequestKind
from lightkeeper.core.announcements import announce
from lightkeeper.testing.records import NOON

WHY = "as the law asks"
TODAY = NOON.date()


@pytest.fixture
def held(a_record, rolled_back):
    """`held(name="Zoe")`: a record of the hub's, which the picture has heard of."""

    def make(by="ada", released_to=None, **how):
        record = a_record(by, released_to, **how)
        announce(RecordsAccepted(record.report_id, (record.pk,), NOON))
        return record

    return make


@pytest.fixture
def received(as_, rolled_back):
    """`received("Willa Held")`: a request that came to the hub, by somebody who is known."""

    def make(name, kind=RequestKind.ACCESS, by="dora", known=True, **how):
        dora = as_(by)
        case = services.receive_request(
            by=dora, kind=kind, name=name, received_on=TODAY, at=NOON, **how
        )
        dora = as_(by)
        if known:
            case = identify(dora, case)
        return case

    return make


def identify(by, case, on=TODAY):
    found = queries.find_case(by, case.reference)
    return services.confirm_identity(by=by, case=found, on=on, reason=WHY, at=NOON)


def find_all(by, case):
    services.find_all(by=by, case=queries.find_case(by, case.reference), at=NOON)
    return queries.found(by, queries.find_case(by, case.reference))


def decide_all(by, case, choice=Choice.DISCLOSE, **how):
    for one in queries.found(by, case):
        services.decide(by=by, item=one.item, choice=choice, reason=WHY, at=NOON, **how)


def submit(by, case, answer=None):
    found = queries.find_case(by, case.reference)
    return services.submit(by=by, case=found, reason=WHY, answer=answer, at=NOON)


def sign(by, case):
    found = queries.find_case(by, case.reference)
    return services.sign_off(by=by, case=found, reason=WHY, at=NOON)


@pytest.fixture
def answered(as_, received):
    """`answered("Willa Held", Choice.WITHHOLD, ground="NATIONAL")`: all of it decided alike."""

    def make(name, choice=Choice.DISCLOSE, **how):
        case = received(name)
        dora = as_("dora")
        find_all(dora, case)
        decide_all(dora, case, choice, **how)
        submit(dora, case)
        return sign(as_("piet"), case)

    return make
