"""Backing up, verifying a backup, restoring."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lightkeeper.cli.setting_up import start_database, start_django

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightkeeper.core.backup.ledger import Entry
    from lightkeeper.core.backup.making import Manifest, Source

KEY = click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of the key. `lightkeeper backup --new-key FILE` makes one.",
)


def _say(done: str) -> None:
    click.echo(f"  {done}", err=True)


@click.command()
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to make.")
@KEY
@click.option("--new-key", type=click.Path(dir_okay=False, path_type=Path), help="Make a key here.")
@click.option("--plain", is_flag=True, help="Do not encrypt. For a disk that is encrypted itself.")
def backup(to: Path | None, key: Path | None, new_key: Path | None, plain: bool) -> None:
    """Make a backup of everything, and read it through."""
    from lightkeeper.core.backup import making, sealed

    if new_key:
        sealed.new_key(new_key)
        click.echo(f"{new_key} is the key. Keep it away from the backups, and twice.")
    if to is None:
        if not new_key:
            raise click.UsageError("Say where: --to FILE.")
        return
    if (key or new_key) and plain:
        raise click.UsageError("Either --key or --plain.")
    if not (key or new_key or plain):
        raise click.UsageError("Name a key with --key, or say --plain.")
    start_django()
    start_database()
    secret = None if plain else sealed.read_key(key or new_key)  # type: ignore[arg-type]
    manifest = making.make(_source(), to, secret, _say)
    rows = sum(manifest.rows.values())
    click.echo(
        f"{to}: {to.stat().st_size:,} bytes, {rows:,} rows of {len(manifest.rows)} tables, "
        f"{_reports(manifest):,} reports as they came. Read through and whole."
    )


def _reports(manifest: "Manifest") -> int:
    return sum(name.startswith("blobs/") for name in manifest.members)


def _source() -> "Source":
    from django.conf import settings

    from lightkeeper.core.backup.making import Source
    from lightkeeper.core.database.launcher import SUPERUSER, find_programs
    from lightkeeper.core.database.upkeep import embedded_cluster

    var, blobs = Path(settings.VAR), Path(settings.BLOBS)
    if url := os.environ.get("LIGHTKEEPER_BACKUP_URL"):
        return Source(url, find_programs(), var, blobs)
    if os.environ.get("LIGHTKEEPER_DATABASE_URL"):
        raise click.UsageError(
            "The database is a server's. Say in LIGHTKEEPER_BACKUP_URL how a role that may read "
            "everything reaches it."
        )
    cluster = embedded_cluster()
    return Source(cluster.url(SUPERUSER), cluster.programs, var, blobs)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY
@click.option("--quick", is_flag=True, help="Read it through; do not restore it for a trial.")
def verify(file: Path, key: Path | None, quick: bool) -> None:
    """See whether a backup is whole: read it through, restore it for a trial, verify its log."""
    from lightkeeper.core.backup import making, sealed

    secret = sealed.read_key(key) if key else None
    if quick:
        with file.open("rb") as opened:
            manifest = making.inspect(opened, secret)
        click.echo(f"Whole as a file, made at {manifest.made_at}. It was not restored for a trial.")
        return
    with tempfile.TemporaryDirectory(prefix="lightkeeper-verify-") as folder:
        into = Path(folder) / "var"
        manifest = _restore(file, secret, into)
        try:
            _verify_log(into)
        finally:
            _stop(into)
    click.echo(
        f"Made at {manifest.made_at}. Restored for a trial: {sum(manifest.rows.values()):,} rows, "
        f"{_reports(manifest):,} reports; the audit log is whole, {manifest.audit_size:,} events "
        "of it sealed."
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="A new folder, for LIGHTKEEPER_VAR.")  # fmt: skip
@KEY
@click.option("--erased", type=click.Path(dir_okay=False, path_type=Path),
              help="The ledger of erasures. By default that of LIGHTKEEPER_VAR.")  # fmt: skip
@click.option("--nothing-erased", is_flag=True, help="There is no ledger: nothing was ever erased.")
def restore(
    file: Path, into: Path, key: Path | None, erased: Path | None, nothing_erased: bool
) -> None:
    """Put a backup into a new folder. What runs now is not touched.

    What was erased after the backup was made is erased again, by the ledger of erasures.
    """
    from lightkeeper.core.backup import sealed

    ledger = _ledger(erased, nothing_erased)
    manifest = _restore(file, sealed.read_key(key) if key else None, into, ledger)
    _verify_log(into)
    _stop(into)
    click.echo(
        f"{into} holds what stood at {manifest.made_at}: {sum(manifest.rows.values()):,} rows, "
        f"{_reports(manifest):,} reports, the audit log whole. Everybody signs in again.\n"
        f"Go on with it: LIGHTKEEPER_VAR={into} lightkeeper migrate, then serve and worker."
    )


def _ledger(erased: Path | None, nothing_erased: bool) -> "list[Entry]":
    """Raises: Refused if nobody says what has been erased: it would come back."""
    start_django()
    from django.conf import settings

    from lightkeeper.core.backup.ledger import place_of, read_ledger
    from lightkeeper.core.errors import Refused

    if erased and nothing_erased:
        raise click.UsageError("Either --erased or --nothing-erased.")
    if nothing_erased:
        return []
    file = erased or place_of(Path(settings.VAR))
    if not file.exists():
        raise Refused(
            "restore.ledger",
            f"{file} is not there. Name the ledger of erasures with --erased, or what was erased "
            "after the backup comes back. If nothing ever was, say --nothing-erased.",
        )
    return read_ledger(file)


def _restore(
    file: Path, secret: bytes | None, into: Path, erased: "Sequence[Entry]" = ()
) -> "Manifest":
    from lightkeeper.core.backup.restoring import restore as put

    start_django()
    from django.db.migrations.loader import MigrationLoader

    known = set(MigrationLoader(None).disk_migrations)
    return put(file, secret, into.absolute(), known, _say, erased)


def _verify_log(into: Path) -> None:
    """As somebody who runs the restored system would: with its own keys, by its own command."""
    from lightkeeper.core.errors import Refused

    done = _run_in(into, "audit", "verify")
    if done.returncode:
        raise Refused("restore.audit", f"Its audit log is not whole: {done.stderr.strip()[-500:]}")


def _stop(into: Path) -> None:
    _run_in(into, "stop")


def _run_in(into: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k != "LIGHTKEEPER_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "lightkeeper.cli", *words],
        env=kept | {"LIGHTKEEPER_VAR": str(into.absolute())},
        text=True, stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip
