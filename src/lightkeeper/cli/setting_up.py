"""What commands share: Django, the database, and acting for somebody."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lightkeeper.apps.accounts.services import Actor, Entered


def start_django(role: str = "web") -> None:
    """Settings for this process: pages ("web") or jobs ("worker")."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lightkeeper.web.settings")
    os.environ["LIGHTKEEPER_ROLE"] = role
    import django

    django.setup()


def start_database() -> None:
    """The embedded PostgreSQL, unless the environment names a server."""
    if os.environ.get("LIGHTKEEPER_DATABASE_URL"):
        return
    from lightkeeper.core.database.upkeep import start_embedded

    start_embedded()


def check_release() -> None:
    """Refuse to start on a schema of another release."""
    from lightkeeper.core.database import release
    from lightkeeper.core.errors import Refused

    try:
        release.check_release()
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal


class Session:
    """A person's session in a command. Each `transaction()` is one act of theirs."""

    def __init__(self, token: str) -> None:
        self.token = token

    @contextmanager
    def transaction(self) -> Iterator["Actor"]:
        """One transaction for whoever is signed in.

        Raises: NotPermitted if the account may not act now.
        """
        from django.db import transaction

        from lightkeeper.apps.accounts.services import actor_now
        from lightkeeper.core.access import acting
        from lightkeeper.core.errors import NotPermitted

        with acting.with_session(self.token), transaction.atomic():
            actor = actor_now()
            if actor is None:
                raise NotPermitted("This account may not act now.")
            yield actor


@contextmanager
def acting_as(username: str) -> Iterator[Session]:
    """Sign this person in for the block, and out after it.

    The password is read from LIGHTKEEPER_PASSWORD, the code from LIGHTKEEPER_CODE, or asked for.
    """
    from lightkeeper.apps.accounts.services import sign_out
    from lightkeeper.core.access import acting
    from lightkeeper.core.errors import NotPermitted

    token, must_change, *_ = _signed_in(username)
    session = Session(token)
    try:
        if must_change:
            raise NotPermitted("Change the one-time password on the site first.")
        with session.transaction() as actor:
            if actor.must_enrol:
                raise NotPermitted("Turn on two-step sign-in on the site first.")
        with acting.with_session(token):
            yield session
    finally:
        with session.transaction() as actor:
            sign_out(by=actor)


def _signed_in(username: str) -> "Entered":
    from lightkeeper.apps.accounts.choices import Purpose
    from lightkeeper.apps.accounts.services import CodeNeeded, sign_in, sign_in_with_code

    password = os.environ.get("LIGHTKEEPER_PASSWORD") or click.prompt(
        f"Password of {username}", hide_input=True, err=True
    )
    try:
        return sign_in(
            request=None,
            username=username,
            password=password,
            purpose=Purpose.INVESTIGATION,
            kind="command",
        )
    except CodeNeeded as needed:
        code = os.environ.get("LIGHTKEEPER_CODE") or click.prompt("Code", err=True)
        return sign_in_with_code(request=None, half_way=needed.half_way, code=code)
