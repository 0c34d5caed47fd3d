"""Running the site and the worker."""

import os
import subprocess
import sys
from pathlib import Path

import click

from lightkeeper.cli.setting_up import check_release, start_database, start_django


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Web processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site."""
    start_django()
    start_database()
    check_release()
    os.execv(*_web_command(host, port, workers))  # noqa: S606 (our own program)


def _web_command(host: str, port: int, workers: int) -> tuple[str, list[str]]:
    program = str(Path(sys.executable).with_name("granian"))
    return program, [
        program, "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning",
        "--no-ws", "--respawn-failed-workers", "lightkeeper.web.wsgi:application",
    ]  # fmt: skip


def start_web(host: str, port: int) -> subprocess.Popen[bytes]:
    _, command = _web_command(host, port, workers=1)
    return subprocess.Popen(command)


def start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "lightkeeper.cli", "worker"])


@click.command()
def worker() -> None:
    """Do the jobs: reading files, linking, sealing the audit log."""
    start_django("worker")
    start_database()
    check_release()
    from lightkeeper.apps.accounts.worker import main
    from lightkeeper.apps.audit.sealing import housekeeping
    from lightkeeper.apps.governance.erased import write_ledger
    from lightkeeper.apps.intake import tidying
    from lightkeeper.apps.intelligence.services import linking

    chores = (housekeeping, tidying.chore, write_ledger, linking.chore)
    main(*chores, revive=start_database)


@click.command()
def stop() -> None:
    """Stop the embedded PostgreSQL."""
    start_django()
    from lightkeeper.core.database.upkeep import embedded_cluster

    embedded_cluster().stop()


@click.command()
@click.option("--rules", is_flag=True, help="Enter the rules that are shipped and are not there.")
def migrate(rules: bool) -> None:
    """Bring the database up to the code, and make the access rules again.

    With --rules also what the code lists, roles, limits, factors and periods begin with: once at
    the start, and with a release whose changes you have read. A row that was changed stays as it
    is, but for what `refdata` says of the law: correct that there. A grant that was taken away
    comes back.
    """
    start_django()
    start_database()
    from lightkeeper.core.database import upkeep

    click.echo("Migrated." if upkeep.migrate() else "Nothing to migrate; access rules made again.")
    if rules:
        enter_rules()
        click.echo("Rules entered.")


def enter_rules() -> None:
    """Everything that stands in `refdata` and every deployment begins with."""
    from lightkeeper.apps.accounts import loading
    from lightkeeper.apps.accounts.loading_reference import load_reference
    from lightkeeper.apps.breaches.loading import load_breach_rules
    from lightkeeper.apps.governance.loading import load_retention
    from lightkeeper.apps.intelligence.loading import load_factors
    from lightkeeper.apps.rights.loading import load_clocks

    loading.load_rules()
    load_reference()
    load_factors()
    load_retention()
    load_clocks()
    load_breach_rules()
