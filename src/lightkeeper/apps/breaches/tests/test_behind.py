"""Whose memberships make a look at a task a look at the record of an operation behind it."""

from datetime import timedelta

import pytest

from lightkeeper.apps.audit.services import Did, record
from lightkeeper.apps.breaches import queries
from lightkeeper.apps.breaches.tests.conftest import work_out
from lightkeeper.apps.breaches.tests.test_affected import a_task_about, at_now
from lightkeeper.core import days
from lightkeeper.testing.cast import COMPARTMENT, HUB
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture
def member(database, request):
    """Ada of the centre is approved as a member of the operation, in these days from today on."""
    since, until = (
        days.today() + timedelta(days=offset) if offset is not None else None
        for offset in request.param
    )
    with superuser(NAME) as there:
        there.execute(
            "insert into accounts_compartmentmember (reference, compartment_id, person_id, "
            "standing, active_from, active_to, reason, decision, end_reason) select "
            "'MEM-TEST', c.id, p.id, 'APPROVED', %s, %s, '', '', '' "
            "from accounts_compartment c, accounts_person p "
            "where c.code = %s and p.username = 'ada'",
            (since, until, COMPARTMENT),
        )
    yield
    with superuser(NAME) as there:
        there.execute("delete from accounts_compartmentmember where reference = 'MEM-TEST'")


@pytest.mark.parametrize(
    ("member", "records", "others"),
    [
        ((1, None), 0, {"BEHIND": 1}),
        ((0, None), 1, {}),
        ((None, None), 1, {}),
        ((-9, -1), 1, {}),
    ],
    indirect=["member"],
)
def test_a_membership_that_is_still_to_begin_shows_nothing_of_what_stands_behind_a_task(
    member, rolled_back, as_, a_record, handled, records, others
):
    hidden = a_record("otto", [HUB], name="Zqhidden Bond", compartment=COMPARTMENT)
    task = a_task_about(as_, hidden)
    record(by=as_("ada"), did=Did.TASK_SEEN, to=task.reference)
    breach = handled()
    made = work_out(as_("dora"), breach, accounts=("ada",), at=at_now())

    made = queries.listing(as_("dora"), made.pk)
    assert (made.records, made.others) == (records, others)
