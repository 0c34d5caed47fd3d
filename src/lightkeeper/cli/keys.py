"""Changing the key under which second factors are sealed."""

import click

from lightkeeper.cli.setting_up import start_database, start_django


@click.group()
def keys() -> None:
    """Keys of this installation."""


@keys.command()
def rotate() -> None:
    """Seal every second factor again under the key of now. For whoever runs the machine.

    Set LIGHTKEEPER_FACTOR_KEY to the new key and LIGHTKEEPER_FACTOR_KEY_BEFORE to the old one,
    start the site again, then give this command. It says when the old one is of no more use.
    """
    start_django()
    start_database()
    from lightkeeper.apps.accounts import factors

    sealed, left = factors.seal_again()
    click.echo(f"{sealed} second factors are sealed under the key of now.")
    if left:
        click.echo(
            f"{left} people still have recovery codes of the key before. Keep it until they have "
            "made new ones, or take it away and their codes count no more."
        )
    else:
        click.echo("LIGHTKEEPER_FACTOR_KEY_BEFORE may be taken away.")
