"""Signing in, help and signing out, in a real browser."""

import pytest

from lightkeeper.testing.plugin import NAME, superuser

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


def rests(username):
    with superuser(NAME) as connection:
        connection.execute(
            "update sec.session set seen_at = now() - interval '16 minutes' where kind = 'page' "
            "and person_id = (select id from accounts_person where username = %s)",
            (username,),
        )


def test_what_somebody_had_written_when_their_session_ended_stands_in_the_form_again(visitor):
    lou = visitor("lou")
    lou.go("/breaches/report/")
    lou.page.get_by_label("What happened").fill("A screen stood open.\nIn the front office.")
    lou.page.get_by_label("Confidentiality").check()
    form = lou.page.locator("form[action='/breaches/report/send/']")
    form.evaluate("form => form.setAttribute('action', '/breaches/report/send/?order=teaching')")
    rests("lou")
    lou.page.get_by_role("button", name="Report a breach", exact=True).click()
    lou.page.wait_for_url("**/sign-in/?next=/breaches/report/")
    lou.fill_in("lou")
    lou.page.wait_for_url("**/breaches/report/")
    lou.look("a draft given back")

    words = lou.page.get_by_label("What happened").input_value()
    assert words == "A screen stood open.\nIn the front office."
    assert lou.page.get_by_label("Confidentiality").is_checked()
    assert "stands in its form again" in lou.page.locator("#draft").inner_text()
    assert lou.page.locator("#draft dd").count() == 0
    assert lou.page.locator("form[action='/breaches/report/send/?order=teaching']").count() == 1

    lou.go("/breaches/report/")
    assert lou.page.get_by_label("What happened").input_value() == ""
