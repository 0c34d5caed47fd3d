"""A breach from the form of whoever noticed it to the Commissioner, and to the agency whose records
were looked at.
"""

import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.intake import queries as intake
from lightkeeper.testing.cast import HUB

pytestmark = pytest.mark.browser
WHY = "As the law asks."


@pytest.fixture
def looked_at(committed, a_record, as_):
    """Records of two agencies at which Ada has looked."""
    made = []
    for by, released_to in (("ada", None), ("ben", [HUB])):
        with transaction.atomic():
            made.append(a_record(by=by, released_to=released_to, name=f"Nora {by.title()}"))
    with transaction.atomic():
        ada = as_("ada")
        for one in made:
            intake.get_record(ada, one.reference)
    return made


def press(visitor, name):
    visitor.page.get_by_role("button", name=name, exact=True).first.click()


def fill(visitor, act, **fields):
    for name, text in fields.items():
        visitor.page.locator(f"#id_{act}-{name}").fill(text)


def unfold(visitor, title):
    """What is needed next stands open; the rest is opened by its name."""
    summary = visitor.page.locator("summary", has_text=title)
    if not summary.evaluate("one => one.parentElement.open"):
        summary.click()


def report(lou):
    lou.go("/breaches/report/")
    lou.look("report a breach")
    press(lou, "Report a breach")
    lou.page.locator(".error-summary").wait_for()
    lou.look("report a breach without words")
    lou.page.get_by_label("What happened").fill("A colleague looked up a neighbour.")
    lou.page.get_by_label("Confidentiality").check()
    lou.page.get_by_label("Time at which it was noticed").fill("00:00")
    press(lou, "Report a breach")
    lou.page.get_by_text("Reported as BRC-").wait_for()


def test_a_breach_is_reported_listed_decided_and_taken_up_by_the_owner(looked_at, visitor):
    lou, dora, nell = visitor("lou"), visitor("dora"), visitor("nell")
    report(lou)
    dora.go("/breaches/")
    dora.look("register of breaches")
    dora.page.get_by_role("link", name="BRC-").click()
    dora.look("breach, reported")
    fill(dora, "take_up", reason=WHY)
    press(dora, "Take up")
    dora.page.locator("#work_out").wait_for()
    dora.look("breach, being handled")
    case = dora.page.url
    fill(dora, "work_out", accounts="ada", reason=WHY)
    press(dora, "Ask the log")
    dora.page.wait_for_url("**/affected/")
    dora.look("who is affected")
    assert "ada: record seen" in dora.page.inner_text("main")
    dora.page.get_by_label("What they should know").fill("An analyst looked.")
    press(dora, "Tell this agency")
    dora.page.get_by_text("Not taken up yet").wait_for()

    nell.go("/breaches/shares/")
    nell.look("told of other agencies")
    nell.page.get_by_role("link", name="BRS-").click()
    nell.look("a share of a breach")
    assert "ada" not in nell.page.inner_text("main").lower().split()
    nell.page.get_by_label("What your agency does about it").fill("We call the family.")
    press(nell, "Take it up")
    nell.page.wait_for_url("**/shares/")

    dora.page.goto(case)
    unfold(dora, "State the facts")
    fill(dora, "describe", nature="Looked up.", consequences="Distress.", measures="Stopped.",
         contact="Dora Wick")  # fmt: skip
    press(dora, "State")
    unfold(dora, "Assess the risk")
    for name, chosen in (("likelihood", "POSSIBLE"), ("severity", "LIMITED"), ("risk", "RISK")):
        dora.page.locator(f"#id_assess-{name}").select_option(chosen)
    fill(dora, "assess", likelihood_reason=WHY, severity_reason=WHY, reason=WHY)
    press(dora, "Assess")
    dora.page.wait_for_url(case)
    dora.look("breach, assessed")
    dora.page.goto(f"{case}notification/")
    dora.look("notification")
    with dora.page.expect_download() as taken:
        press(dora, "As text")
    text = taken.value.path().read_text(encoding="utf-8")
    assert "in 2 records" in text
    assert timezone.localtime().strftime("%d %B %Y") in text
