"""Signing in, help and signing out, in a real browser."""

import pytest

pytestmark = pytest.mark.browser


def test_somebody_signs_in_reads_the_help_and_signs_out(visitor):
    ada = visitor("ada")
    ada.look("desk")
    ada.go("/help/")
    ada.look("help")

    ada.page.locator("details.person summary").click()
    ada.page.get_by_role("button", name="Sign out").click()
    ada.page.wait_for_url("**/sign-in/")

    ada.go("/")
    assert ada.page.url.endswith("/sign-in/?next=/")
