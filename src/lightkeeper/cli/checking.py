"""Checks of the code against itself that need no running site."""

import sys

import click

from lightkeeper.cli.setting_up import start_django


@click.command()
def check() -> None:
    """Settings, migrations, the contract of doors, what each table states of itself."""
    start_django()
    from django.core.management import call_command

    call_command("check", fail_level="WARNING")
    problems = [*_unmade_migrations(), *_doors(), *_tables()]
    for problem in problems:
        click.echo(f"lightkeeper check: {problem}", err=True)
    if problems:
        sys.exit(1)
    click.echo("Migrations are made, every door is listed, every table states its handling.")


def _unmade_migrations() -> list[str]:
    from django.core.management import call_command

    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit:
        return ["A model has changed without a migration. Run `python -m django makemigrations`."]
    return []


def _doors() -> list[str]:
    from django.urls import get_resolver

    from lightkeeper.web.contract import contract
    from lightkeeper.web.middleware import names_by_route

    doors = contract()
    there = {name for names in names_by_route(get_resolver()).values() for name in names}
    unlisted = [f"The door {name} is not in a contract." for name in sorted(there - doors.keys())]
    gone = [
        f"The contract lists {name}, which is no door." for name in sorted(doors.keys() - there)
    ]
    return unlisted + gone


def _tables() -> list[str]:
    from django.apps import apps

    from lightkeeper.core.access.policies import statements_for

    problems = []
    for model in apps.get_models():
        try:
            list(statements_for(model))
        except LookupError as missing:
            problems.append(str(missing))
    return problems
