"""What operators do about second factors."""

from datetime import datetime
from uuid import UUID

import click

from lightkeeper.cli.setting_up import acting_as, start_database, start_django


@click.group()
def factor() -> None:
    """Second factors: turn off a lost one, by two people; demand one of a role."""


@factor.command()
@click.argument("username")
@click.option("--as", "operator", required=True, help="Which administrator you are.")
@click.option("--reason", required=True, help="How you know that it is they who ask.")
def off(username: str, operator: str, reason: str) -> None:
    """Turn off the second factor of USERNAME, who has lost it.

    One administrator asks, another gives the same command within a day; then it is off, their
    sessions have ended, and they are told when they next sign in.
    """
    start_django()
    start_database()
    from django.utils import timezone

    from lightkeeper.apps.accounts import lost_factors

    with acting_as(operator) as session, session.transaction() as actor:
        done = lost_factors.turn_off(by=actor, username=username, reason=reason, at=timezone.now())
    if done:
        click.echo(f"The second factor of {username} is off, and their sessions have ended.")
    else:
        click.echo("Asked. Another administrator must give the same command within 24 hours.")


@factor.command()
@click.argument("role")
@click.argument("aaguid", type=click.UUID)
@click.option("--name", required=True, help="What people call this make of key.")
@click.option("--from", "since", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends.")
@click.option("--yes", is_flag=True, help="Also where keys that people use now stop.")
def make(
    role: str, aaguid: UUID, name: str, since: datetime, until: datetime | None, yes: bool
) -> None:
    """ROLE may use security keys of the make AAGUID, and none whose make is not entered so. For
    whoever runs the machine.

    With the first make of a role every other key stops, also those that were added before the site
    asked for their make: it says how many people that meets, and does it only with --yes.
    """
    start_django()
    start_database()
    from lightkeeper.apps.accounts import loading, makes
    from lightkeeper.apps.accounts.choices import Role

    if role not in Role.values:
        raise click.UsageError(f"The role is one of: {', '.join(Role.values)}.")
    stopped = makes.count_stopped(role, str(aaguid), since.date())
    told = f"Keys of {stopped} people with the role {role} stop on {since:%d %B %Y}."
    if stopped and not yes:
        raise click.ClickException(f"{told} Nothing was entered. If that is meant, give --yes.")
    loading.allow_make(role, str(aaguid), name, since.date(), until.date() if until else None)
    click.echo(f"From {since:%d %B %Y} the role {role} may use {name}. {told}")


@factor.command()
@click.argument("role")
@click.option("--from", "since", required=True, type=click.DateTime(["%Y-%m-%d"]))
def demand(role: str, since: datetime) -> None:
    """From a day on, ROLE needs a second factor. For whoever runs the machine."""
    start_django()
    start_database()
    from lightkeeper.apps.accounts import loading
    from lightkeeper.apps.accounts.choices import Role

    if role not in Role.values:
        raise click.UsageError(f"The role is one of: {', '.join(Role.values)}.")
    loading.demand_factor(role, since.date())
    click.echo(f"From {since:%d %B %Y} the role {role} needs a second factor.")
