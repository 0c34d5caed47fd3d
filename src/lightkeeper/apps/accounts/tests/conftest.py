"""Lou with a second factor, or with a session as old as a test needs."""

import base64
import re
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from lightkeeper.apps.accounts import totp
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser

SIGN_IN = {"username": "lou", "password": PASSWORD, "purpose": "analysis"}


@dataclass
class Factor:
    """What Lou holds in her hand: the app, and the recovery codes."""

    secret: bytes
    recovery: list[str]
    browser: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def code(self, off: int = 0) -> str:
        return totp.code_at(self.secret, totp.step_of(time.time()) + off)

    def known(self) -> Client:
        """A browser in which she has signed in before, and is not signed in now."""
        browser = Client(headers={"host": "localhost"})
        browser.cookies["lightkeeper-known"] = self.browser.cookies["lightkeeper-known"].value
        return browser


def sign_in(browser: Client, **other: str) -> Any:
    return browser.post("/sign-in/", {**SIGN_IN, **other})


def did() -> list[str]:
    with superuser(NAME) as connection:
        return [row[0] for row in connection.execute("select did from audit_event order by id")]


def forget_the_step() -> None:
    """As if time had gone by: the codes of now were not used."""
    with superuser(NAME) as connection:
        connection.execute("update accounts_secondfactor set last_step = 0")


def proved_long_ago(minutes: float) -> None:
    with superuser(NAME) as connection:
        connection.execute(
            "update sec.session set proved_at = now() - %s * interval '1 minute' "
            "where person_id = (select id from accounts_person where username = 'lou')",
            (minutes,),
        )


@pytest.fixture
def lou(committed, tokens):
    """Her browser, signed in by her password. Her other session is given back afterwards."""
    from lightkeeper.apps.accounts.models import Person
    from lightkeeper.testing.cast import open_session_of

    browser = Client(headers={"host": "localhost"})
    assert sign_in(browser)["Location"] == "/"
    yield browser
    with superuser(NAME) as connection:
        connection.execute(
            "delete from sec.session where person_id = "
            "(select id from accounts_person where username = 'lou')"
        )
    tokens["lou"] = open_session_of(Person.objects.using("owner").get(username="lou").pk)


@pytest.fixture
def factor(lou) -> Factor:
    page = lou.post("/second-factor/start/").content.decode()
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert shown
    held = Factor(base64.b32decode(shown[1].replace(" ", "")), [], lou)
    answer = lou.post("/second-factor/confirm/", {"code": held.code()})
    held.recovery = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.content.decode())
    forget_the_step()
    return held
