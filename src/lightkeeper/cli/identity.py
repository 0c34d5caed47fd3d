"""Who may sign in at the identity provider outside. For administrators."""

import click

from lightkeeper.cli.setting_up import acting_as, start_database, start_django


@click.group()
def identity() -> None:
    """Say which subject of the identity provider is which person here."""


@identity.command()
@click.argument("username")
@click.argument("subject")
@click.option("--as", "operator", required=True, help="Which administrator you are.")
def add(username: str, subject: str, operator: str) -> None:
    """From now on SUBJECT, at the provider of the settings, opens the account of USERNAME."""
    start_django()
    start_database()
    from django.utils import timezone

    from lightkeeper.apps.accounts import outside

    with acting_as(operator) as session, session.transaction() as actor:
        outside.enter(by=actor, username=username, subject=subject, at=timezone.now())
    click.echo(f"Entered. {username} can sign in there.")


@identity.command()
@click.argument("username")
@click.option("--as", "operator", required=True, help="Which administrator you are.")
def remove(username: str, operator: str) -> None:
    """From now on USERNAME signs in here alone. Open sessions go on."""
    start_django()
    start_database()
    from django.utils import timezone

    from lightkeeper.apps.accounts import outside

    with acting_as(operator) as session, session.transaction() as actor:
        removed = outside.remove(by=actor, username=username, at=timezone.now())
    click.echo(f"Removed: {removed}.")
