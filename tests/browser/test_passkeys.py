"""A passkey in a real browser, with the browser's own virtual key: added, then the way in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor

KEY = {
    "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def lou(browser: Browser, site: str, tokens: dict[str, str]) -> Iterator[Visitor]:
    """Lou at a browser with a key plugged in. Her other session is given back afterwards."""
    from lightkeeper.apps.accounts.models import Person
    from lightkeeper.testing.cast import open_session_of

    # A key is bound to a name, and a number is none.
    here = site.replace("127.0.0.1", "localhost")
    context = browser.new_context(
        base_url=here, locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(90_000)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    number = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    shots = Path(os.environ["LIGHTKEEPER_SHOTS"]) if "LIGHTKEEPER_SHOTS" in os.environ else None
    one = Visitor(page, here, shots)
    one.refuse = lambda no: session.send(  # type: ignore[attr-defined]
        "WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": not no}
    )
    one.sign_in("lou")
    yield one
    problems = one.problems
    context.close()
    tokens["lou"] = open_session_of(Person.objects.using("owner").get(username="lou").pk)
    assert problems == []


def add_a_key(lou: Visitor) -> None:
    lou.go("/second-factor/")
    lou.look("passkeys none yet")
    lou.page.get_by_role("button", name="Add a passkey").click()
    lou.page.get_by_label("What do you call it?").fill("blue key")
    lou.look("passkey new")
    lou.page.get_by_role("button", name="Add it").click()
    lou.page.get_by_text("Write these recovery codes down").wait_for()
    lou.page.get_by_role("link", name="I have them").click()
    lou.page.get_by_role("cell", name="blue key", exact=True).wait_for()
    lou.look("passkeys one")


def sign_out(lou: Visitor) -> None:
    lou.page.locator("details.person summary").click()
    lou.page.get_by_role("button", name="Sign out").click()
    lou.page.wait_for_url("**/sign-in/")


def test_a_key_is_added_and_is_the_way_in_and_the_proof(lou: Visitor) -> None:
    add_a_key(lou)
    sign_out(lou)

    lou.page.get_by_role("link", name="Sign in with a passkey instead").click()
    lou.page.get_by_label("Intelligence analysis").check()
    lou.look("passkey sign in")
    lou.page.get_by_role("button", name="Use your passkey").click()
    lou.page.wait_for_url(f"{lou.site}/")
    assert "Lou Vale" in lou.page.content()

    lou.go("/prove/?next=/sessions/")
    lou.look("passkey prove")
    lou.page.get_by_role("button", name="Use your passkey").click()
    lou.page.wait_for_url("**/sessions/")


def test_after_the_password_the_key_is_the_second_step(lou: Visitor) -> None:
    add_a_key(lou)
    sign_out(lou)

    lou.sign_in("lou", comes_to="/sign-in/code/")
    lou.look("passkey second step")
    lou.page.get_by_role("button", name="Use your passkey").click()
    lou.page.wait_for_url(f"{lou.site}/")


def test_a_key_that_does_not_know_its_holder_lets_nobody_in(lou: Visitor) -> None:
    add_a_key(lou)
    sign_out(lou)
    lou.refuse(True)  # type: ignore[attr-defined]

    lou.go("/sign-in/key/")
    lou.page.get_by_label("Intelligence analysis").check()
    lou.page.get_by_role("button", name="Use your passkey").click()
    lou.page.get_by_text("No passkey has answered").wait_for()
    lou.look("passkey refused")
    assert lou.page.url.endswith("/sign-in/key/")
