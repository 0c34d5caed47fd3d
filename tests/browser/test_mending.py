"""What is put right at the browser: a row in quarantine, a mapping, a judgement, a password."""

import pytest

from lightkeeper.testing.cast import PASSWORD, open_session_of
from tests.browser.test_journey import (  # noqa: F401
    open_a_waiting_pair,
    report,
    send_in,
    wait_until_found,
)

pytestmark = pytest.mark.browser


def test_a_row_is_corrected_a_mapping_renewed_and_a_judgement_taken_back(visitor, report):  # noqa: F811
    ben = visitor("ben")
    send_in(ben, report)
    ben.go("/reports/quarantine/")
    ben.page.get_by_role("link", name="QUA-").first.click()
    assert "31/02/1990" in ben.page.locator("main").inner_text()
    form = ben.page.locator("form[action$='/replay/']")
    form.get_by_label("dob").fill("28/02/1990")
    with ben.page.expect_navigation():
        form.get_by_role("button", name="Correct and take in").click()
    ben.look("corrected row")
    ben.go("/reports/quarantine/")
    assert "QUA-" not in ben.page.locator("main").inner_text()

    ben.go("/reports/mappings/")
    ben.look("mappings")
    ben.page.locator("main table a").first.click()
    ben.look("mapping")
    with ben.page.expect_navigation():
        ben.page.get_by_role("button", name="Keep as a new version").click()
    assert "Version 2" in ben.page.locator("main").inner_text()

    ada = visitor("ada")
    wait_until_found(ada, "bloggs 1990-02-28")
    wait_until_found(ada, "viktor brant")
    open_a_waiting_pair(ada)
    ada.page.get_by_label("Different people").check()
    ada.page.get_by_label("Reason").fill("Brothers, says the school.")
    with ada.page.expect_navigation():
        ada.page.get_by_role("button", name="Decide").click()
    ada.go("/picture/judgements/")
    ada.page.get_by_role("link", name="Undo").first.click()
    ada.look("undo")
    ada.page.get_by_label("Why should it no longer count?").fill("The school was wrong.")
    with ada.page.expect_navigation():
        ada.page.get_by_role("button", name="Undo it").click()
    ada.go("/picture/judgements/")
    assert "The school was wrong." in ada.page.locator("main").inner_text()
    ada.look("judgement undone")


@pytest.fixture
def one_time_password(committed, tokens):
    """Of Sam, who has their own again afterwards."""
    from lightkeeper.apps.accounts import loading
    from lightkeeper.apps.accounts.models import Credential, Person

    sam = Person.objects.using("owner").get(username="sam")
    yield loading.reset_password(sam)
    credential = Credential.objects.using("door").get(username="sam")
    credential.set_password(PASSWORD)
    credential.must_change = False
    credential.save(using="door")
    tokens["sam"] = open_session_of(sam.pk)


def test_a_one_time_password_lets_in_to_choose_ones_own(visitor, one_time_password):
    chosen = "a-quieter-harbour-for-sam"
    sam = visitor("sam", password=one_time_password, comes_to="/password/")
    sam.look("password")
    sam.page.get_by_label("Present password").fill(one_time_password)
    sam.page.get_by_label("New password").fill("too short")
    sam.page.get_by_role("button", name="Change it").click()
    sam.page.get_by_text("too short").first.wait_for()
    sam.look("password refused")
    sam.page.get_by_label("Present password").fill(one_time_password)
    sam.page.get_by_label("New password").fill(chosen)
    sam.page.get_by_role("button", name="Change it").click()
    sam.page.wait_for_url("**/sign-in/**")

    again = visitor("sam", password=chosen)
    assert "Sam Field" in again.page.locator("body").inner_text()
