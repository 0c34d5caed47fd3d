"""Somebody asks what is held on them: from the letter that came to the answer that leaves."""

import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.core.announcements import announce
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.browser


@pytest.fixture
def held(committed, a_record, as_):
    """Two records of the hub's on one person; one of them names somebody else."""
    made = []
    for said in ({"phone": ["+447700900111"]}, {"alias": ["Bob Other"]}):
        with transaction.atomic():
            record = a_record(by="ada", name="Willa Held", **said)
            announce(RecordsAccepted(record.report_id, (record.pk,), NOON))
            made.append(record.reference)
    return made


def press(visitor, name):
    visitor.page.get_by_role("button", name=name, exact=True).click()


def fill(visitor, act, text="As the law asks."):
    visitor.page.locator(f"#id_{act}-reason").fill(text)


def receive(dora):
    dora.go("/rights/")
    dora.look("rights requests, none")
    press(dora, "Open the request")
    dora.page.locator(".error-summary").wait_for()
    dora.look("rights request without a name")
    dora.page.get_by_label("Name of whoever asks").fill("Willa Held")
    press(dora, "Open the request")
    dora.page.wait_for_url("**/rights/cases/**")


def test_a_request_is_received_searched_decided_signed_off_and_answered(held, visitor):
    dora, piet = visitor("dora"), visitor("piet")
    receive(dora)
    dora.look("rights request, identity to be confirmed")
    _identify_today(dora)
    dora.look("rights request, open")
    case = dora.page.url.rstrip("/").rpartition("/")[2]
    press(dora, "Search all stores")
    dora.page.wait_for_url("**/found/")
    dora.look("what was found")
    dora.page.get_by_role("link", name="RIT-").first.click()
    dora.look("an item to decide")
    dora.page.get_by_label("What becomes of it").select_option("DISCLOSE")
    dora.page.locator("#id_decide-reason").fill("It is theirs.")
    press(dora, "Decide")
    dora.page.wait_for_url("**/found/")
    dora.page.get_by_role("link", name="RIT-").nth(1).click()
    dora.page.get_by_label("What becomes of it").select_option("REDACT")
    assert "This seems to be the name of somebody else" in dora.page.inner_text("main")
    dora.look("an item to decide, with a flag")
    dora.page.get_by_label("Bob Other").select_option("THIRD_PARTY")
    dora.page.locator("#id_decide-reason").fill("It names somebody else.")
    press(dora, "Decide")
    dora.page.wait_for_url("**/found/")
    dora.go(f"/rights/cases/{case}/")
    fill(dora, "submit")
    press(dora, "Put forward")
    dora.look("rights request, to be signed")

    piet.go(f"/rights/cases/{case}/disclosure/")
    piet.look("disclosure")
    assert "Bob Other" not in piet.page.content()
    piet.go(f"/rights/cases/{case}/letter/")
    piet.look("letter")
    piet.go(f"/rights/cases/{case}/reasons/")
    piet.look("reasons")
    piet.go(f"/rights/cases/{case}/")
    fill(piet, "sign")
    press(piet, "Sign off")
    piet.look("rights request, answered")
    piet.go(f"/rights/cases/{case}/disclosure/")
    with piet.page.expect_download() as taken:
        press(piet, "As text")
    text = taken.value.path().read_text(encoding="utf-8")
    assert "Willa Held" in text
    assert "Bob Other" not in text


def _identify_today(dora):
    today = timezone.localdate()
    for part in ("day", "month", "year"):
        dora.page.locator(f"#id_identify-on_{part}").fill(str(getattr(today, part)))
    fill(dora, "identify", "Passport seen at the desk.")
    press(dora, "Confirm")
    dora.page.locator("#find").wait_for()


def test_a_record_is_restricted_corrected_and_used_again(held, visitor):
    dora, ada = visitor("dora"), visitor("ada")
    dora.go(f"/rights/records/{held[0]}/")
    dora.look("a record to restrict or correct")
    fill(dora, "restrict", "They dispute the sighting.")
    press(dora, "Restrict")
    dora.page.get_by_text("Restricted: hidden from use").wait_for()
    dora.look("a restricted record")
    dora.go(f"/reports/records/{held[0]}/")
    dora.look("the page of a restricted record")
    assert ada.page.goto(f"{ada.site}/reports/records/{held[0]}/").status == 404

    dora.go(f"/rights/records/{held[0]}/")
    dora.page.locator("#id_correct-becomes").fill("Willow Held")
    fill(dora, "correct")
    press(dora, "Add")
    dora.page.get_by_text("Willow Held").first.wait_for()
    fill(dora, "lift")
    press(dora, "Lift the restriction")
    dora.page.get_by_text("was lifted by").wait_for()
    ada.go(f"/reports/records/{held[0]}/")
    assert "Willow Held" in ada.page.inner_text("main")
    ada.look("the page of a corrected record")
