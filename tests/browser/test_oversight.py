"""An auditor at a browser: the log, who has looked, an unusual look and the decision about it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.audit import watching
from lightkeeper.apps.audit.services import Did, record

pytestmark = pytest.mark.browser


@pytest.fixture
def own_name(committed, a_record, as_):
    """Yesterday Ada looked at a record with her own family name, and Ben looked at it too."""
    yesterday = timezone.now() - timedelta(days=2)
    with transaction.atomic():
        found = a_record(by="ada", name="Tom Marsh", released_to=["northshire-police"]).reference
        record(by=as_("ada"), did=Did.RECORD_SEEN, to=found, at=yesterday)
    with transaction.atomic():
        record(by=as_("ben"), did=Did.RECORD_SEEN, to=found, at=yesterday)
    assert watching.watch() == 1
    return found


def test_an_auditor_asks_who_has_looked_and_decides_about_an_unusual_look(own_name, visitor):
    audrey = visitor("audrey")
    audrey.go("/audit/")
    audrey.look("audit")
    audrey.page.get_by_role("link", name="Unusual looks").click()
    audrey.look("unusual looks")
    audrey.page.get_by_role("link", name="FLG-").click()
    audrey.look("unusual look")
    audrey.page.get_by_role("link", name=f"Who has looked at {own_name}").click()
    assert "Somebody of another agency" in audrey.page.inner_text("main")
    audrey.look("who has looked")
    audrey.page.go_back()

    audrey.page.get_by_role("button", name="Decide").click()
    audrey.page.locator(".error-summary").wait_for()
    audrey.look("unusual look without a reason")
    audrey.page.get_by_label("Lesson: no reason, spoken about").check()
    audrey.page.get_by_role("textbox", name="Reason").fill(
        "A cousin. Spoken to with her supervisor."
    )
    audrey.page.get_by_role("button", name="Decide").click()
    audrey.page.wait_for_url("**/audit/unusual/")
    assert "Nothing waits" in audrey.page.inner_text("main")
    audrey.go("/audit/unusual/?decided=on")
    assert "Lesson" in audrey.page.inner_text("main")
    audrey.look("decided looks")

    ada = visitor("ada")
    ada.go(f"/reports/records/{own_name}/")
    ada.page.get_by_role("link", name="Who has looked").click()
    ada.look("who has looked for the owner")
    assert "Somebody of another agency" not in ada.page.inner_text("main")
