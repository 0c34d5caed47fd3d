"""A child named in a report: from the record to the outcome, through three agencies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.apps.safeguarding import queries as safeguarding
from lightkeeper.apps.tasking import queries as tasking
from lightkeeper.core.announcements import announce
from lightkeeper.testing.cast import HUB, NORTHSHIRE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")

TODAY = timezone.localdate()


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


def test_a_child_in_a_report_is_safeguarded_and_counted_once(as_, a_record, browse):
    ada, ben, cleo, dev, otto = (browse(who) for who in ("ada", "ben", "cleo", "dev", "otto"))

    # Westmark's report, released to the hub, has a row about a child.
    record = a_record("cleo", [HUB], name="Kit Sample", concerns_child=True)
    announce(RecordsAccepted(record.report_id, (record.pk,), NOON))

    # A consideration waits from that moment, for whoever sees the record.
    [waiting] = safeguarding.about(as_("cleo"), record.reference)
    assert waiting.reference in page(cleo, "/children/")
    assert waiting.reference in page(ada, "/children/")
    assert waiting.reference not in page(ben, "/children/")

    # Ada opens the subject that the record is part of, and proposes a task for Northshire from it.
    subject = page(ada, f"/picture/subjects/{record.reference}/", follow=True)
    propose = f"/tasks/propose/?record={record.reference}"
    assert propose in subject
    assert "Kit Sample" in page(ada, propose)
    northshire = Agency.objects.get(code=NORTHSHIRE)
    where = done(
        ada,
        "/tasks/propose/",
        record=record.reference,
        agency=northshire.pk,
        theme="PROTECT",
        level=2,
        objective="See whether the child is safe at the address.",
        reason="Seen there twice.",
    )
    task = where.strip("/").split("/")[-1]

    # She may not send it; nobody outside the hub knows of it.
    due = TODAY + timedelta(days=7)
    sending = day("send-due_at", due) | {"send-reason": "A child may be at risk now."}
    assert ada.post(f"{where}send/", sending).status_code == 403
    assert ben.get(where).status_code == 404

    # Dev decides, and sends it. It is in Northshire's inbox; the record is not shown with it.
    done(dev, f"{where}send/", **sending)
    assert task in page(ben, "/tasks/inbox/")
    assert "Kit Sample" not in page(ben, where)
    assert otto.get(where).status_code == 404
    assert cleo.get(where).status_code == 404

    # Ben takes it on. It cannot be closed: what the child needs is not decided.
    done(ben, f"{where}accept/", **{"accept-reason": "Our area."})
    closing = {
        "close-reason": "The plan is agreed.",
        "outcome-TOTAL_FORMS": 1,
        "outcome-INITIAL_FORMS": 0,
        "outcome-0-kind": "CHILD_SAFEGUARDED_DIRECT",
        "outcome-0-evidence": "Child protection plan.",
        **day("outcome-0-happened_on", TODAY),
    }
    assert "still to be decided" in page(ben, where)
    assert ben.post(f"{where}close/", closing).status_code == 409

    # He decides it, with a reason, and closes the task.
    [duty] = safeguarding.about(as_("ben"), task)
    done(
        ben,
        f"/children/{duty.reference}/decide/",
        decision="REFER",
        reason="Strategy discussion held with Westmark.",
    )
    done(ben, f"{where}close/", **closing)

    # Cleo decides for the record itself, which had waited on its own.
    done(
        cleo,
        f"/children/{waiting.reference}/decide/",
        decision="PROTECT_NOW",
        reason="Placed with an aunt today.",
    )
    assert "No child waits here" in page(cleo, "/children/")

    # The outcome shows on the task and on the subject.
    assert "Child protection plan." in page(ada, where)
    subject = page(ada, f"/picture/subjects/{record.reference}/", follow=True)
    assert task in subject
    assert "Child safeguarded, as a direct result" in subject

    # It counts once, for both agencies, and for no outsider.
    figure = '<a href="#children-safeguarded">Children safeguarded</a></th><td class="number">1<'
    for who in (ada, dev, ben):
        assert figure in page(who, "/results/")
    assert "No outcome that is shared with you" in page(otto, "/results/")

    # A second task for the same child that ends the same way is the same child.
    again(as_, browse, record, northshire, sending, closing)
    assert figure in page(ada, "/results/")
    assert len(tasking.tasks(as_("ada")).rows) == 2


def page(browser, url, **how):
    answer = browser.get(url, **how)
    assert answer.status_code == 200, url
    return answer.content.decode()


def done(browser, url, **given):
    """Post, and come back to where it leads."""
    answer = browser.post(url, given)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def again(as_, browse, record, northshire, sending, closing):
    where = done(
        browse("ada"),
        "/tasks/propose/",
        record=record.reference,
        agency=northshire.pk,
        theme="PROTECT",
        level=1,
        objective="Visit once more.",
        reason="To be sure.",
    )
    done(browse("dev"), f"{where}send/", **sending)
    done(browse("ben"), f"{where}accept/", **{"accept-reason": "Ours."})
    [duty] = safeguarding.about(as_("ben"), where.strip("/").split("/")[-1])
    done(browse("ben"), f"/children/{duty.reference}/decide/", decision="KNOWN", reason="Known.")
    done(browse("ben"), f"{where}close/", **closing)
