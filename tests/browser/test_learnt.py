"""The governance desk at a browser: who is linked worse, what a model learnt; and a pair's sum."""

import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.intelligence import services
from lightkeeper.apps.intelligence.tests.arranging import enter, person

pytestmark = pytest.mark.browser

FIRST = ("Ada", "Björn", "Cleo", "Dilys", "Evan", "Fay", "Gwen", "Huw", "Ines", "Jago")


@pytest.fixture
def pair(committed, as_):
    """Thirty people in two records each, linked and measured; the first two records."""
    said = [
        person(FIRST[at % 10], f"Quill{'abc'[at % 3]}", f"{1960 + at}-02-1{at % 10}",
               email=f"p{at}@mail.example")
        for at in range(30) for _ in range(2)
    ]  # fmt: skip
    with transaction.atomic():
        ben = as_("ben")
    with transaction.atomic():
        records = enter(ben, said, released_to=["centre-hub"])
    with transaction.atomic():
        ada = as_("ada")
    services.link_now(by=ada, at=timezone.now())
    services.measure_against({one.reference: at // 2 for at, one in enumerate(records)})
    return [one.reference for one in records[:2]]


def test_the_desk_reads_who_is_linked_worse_and_what_the_model_learnt(pair, visitor, browser, site):
    dora = visitor("dora")
    dora.page.get_by_role("link", name="Accuracy").click()
    dora.page.get_by_text("How to read it").click()
    assert "A known truth" in dora.page.inner_text("main")
    dora.look("accuracy by group")
    dora.page.get_by_role("link", name="What the models learnt").click()
    dora.look("models")
    dora.page.locator("th a").first.click()
    dora.page.get_by_role("heading", name="What the model learnt").wait_for()

    told = dora.page.locator("summary", has_text="The same as a table").first
    told.focus()
    dora.page.keyboard.press("Enter")
    assert dora.page.get_by_role("columnheader", name="Records", exact=True).is_visible()
    dora.look("what a model learnt")
    _is_the_same_without_script(dora, browser)

    ada = visitor("ada")
    ada.go(f"/picture/review/{pair[0]}/{pair[1]}/")
    assert "Dotted line: a person is asked from" in ada.page.inner_text("main")
    ada.page.get_by_text("The same as a table").click()
    ada.look("a pair and its sum")


def _is_the_same_without_script(who, browser):
    context = browser.new_context(
        java_script_enabled=False, storage_state=who.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(who.page.url)
    assert page.locator("svg.histogram").count() == 2
    assert page.locator("svg.cell-bar").count() > 10
    page.locator("summary", has_text="The same as a table").first.click()
    assert page.get_by_role("columnheader", name="Records", exact=True).is_visible()
    context.close()
