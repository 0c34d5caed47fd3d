"""Putting a backup into a new place, after all of it has been read and found whole."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from lightkeeper.core.backup.ledger import Entry, erase_again
from lightkeeper.core.backup.making import DUMP, Manifest, inspect, run
from lightkeeper.core.database.launcher import SUPERUSER, Cluster
from lightkeeper.core.errors import Refused

Say = Callable[[str], None]


def restore(
    file: Path,
    key: bytes | None,
    into: Path,
    known: set[tuple[str, str]],
    say: Say,
    erased: Sequence[Entry] = (),
) -> Manifest:
    """A working folder of its own from a backup: database, bytes of reports, keys. What was erased
    after the backup was made is erased again, before anybody can look.

    `known` holds the migrations of this code. What runs now is not touched.

    Raises: Refused before anything is made if the place is not empty, or the backup is damaged, of
        another key, or newer than this code; and if what came out is not what went in.
    """
    if into.exists() and any(into.iterdir()):
        raise Refused(
            "restore.place", f"{into} is not empty. Restore into a new folder, then point "
            "LIGHTKEEPER_VAR at it.",
        )  # fmt: skip
    say("reading it through")
    with _opened(file) as opened:
        manifest = inspect(opened, key)
    newer = {(app, name) for app, name in manifest.migrations} - known
    if newer:
        app, name = sorted(newer)[0]
        raise Refused(
            "restore.newer", f"It is newer than this program, which does not know {app} {name}. "
            "Restore it with the version that made it, or a later one.",
        )  # fmt: skip
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = Cluster(into / "postgres")
    try:
        say("the files")
        with _opened(file) as opened:
            inspect(opened, key, into)
        say("the database")
        _load(cluster, into / DUMP)
        _compare(cluster, manifest)
        if erased:
            say("what has been erased since")
            came_back = erase_again(cluster, into / "blobs", list(erased))
            say(f"{came_back:,} of {len(erased):,} erased things had come back, and are gone again")
        _count_on(cluster)
    except BaseException:
        cluster.stop()
        shutil.rmtree(into, ignore_errors=True)
        raise
    finally:
        (into / DUMP).unlink(missing_ok=True)
    return manifest


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise Refused("backup.read", f"{file} cannot be read: {error.strerror}.") from error


def _load(cluster: Cluster, dump: Path) -> None:
    cluster.start()
    cluster.prepare()
    run(
        cluster.programs, "pg_restore", "--exit-on-error", "--single-transaction",
        f"--dbname={cluster.url(SUPERUSER)}", str(dump),
    )  # fmt: skip


def _compare(cluster: Cluster, manifest: Manifest) -> None:
    """Every table has as many rows as it had, and the log ends in the same root."""
    with psycopg.connect(cluster.url(SUPERUSER)) as connection:
        for table, rows in manifest.rows.items():
            found = connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier("public", table))
            ).fetchone()
            if found != (rows,):
                raise Refused("restore.rows", f"{table} came out with {found} rows and not {rows}.")
        seal = connection.execute(
            "select size, encode(root, 'hex') from audit_seal order by size desc limit 1"
        ).fetchone() or (0, "")
        if tuple(seal) != (manifest.audit_size, manifest.audit_root):
            raise Refused("restore.audit", "The audit log does not end where it ended.")


def _count_on(cluster: Cluster) -> None:
    """Move the counter of transactions past those of the log: it is sealed in their order."""
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        connection.execute("set synchronous_commit = off")
        connection.execute(COUNT_ON)


COUNT_ON = """
do $$ declare last bigint := (select coalesce(max(transaction), 0) from audit_event);
begin
  while pg_current_xact_id()::text::bigint <= last loop commit; end loop;
end $$
"""
