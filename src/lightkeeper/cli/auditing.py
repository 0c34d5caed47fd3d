"""The audit log from the command line."""

import sys

import click

from lightkeeper.cli.setting_up import start_database, start_django


@click.group()
def audit() -> None:
    """Seal and verify the audit log."""
    start_django()
    start_database()


@audit.command()
def seal() -> None:
    """Seal what has been recorded since the last seal."""
    from lightkeeper.apps.audit import sealing

    click.echo(f"Sealed {sealing.seal()} events.")


@audit.command()
def verify() -> None:
    """Find any changed, removed, inserted or reordered event. Exit code 1 if there is one."""
    from lightkeeper.apps.audit import sealing

    found = sealing.verify()
    click.echo(f"{found.events} events, {found.sealed} of them sealed.")
    for problem in found.problems:
        click.echo(f"- {problem}", err=True)
    if not found.ok:
        sys.exit(1)
    click.echo("The log is whole: no event was changed, removed, inserted or moved.")
