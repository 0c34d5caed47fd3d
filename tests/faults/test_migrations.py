"""A migration that is killed leaves a database from which the next start goes on."""

import os
import subprocess
import sys

import pytest

from lightkeeper.testing.plugin import CLUSTER, NAME, superuser
from tests.faults.system import IS_LONG

pytestmark = pytest.mark.slow

SHORT = ("7",)
LONG = ("every", *map(str, range(8)))
HOW = LONG if IS_LONG else SHORT


def schema_of(database: str) -> str:
    done = subprocess.run(
        [str(CLUSTER.programs / "pg_dump"), "--schema-only", "--no-comments",
         f"--dbname={CLUSTER.url('lk_dba', database)}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    # Each dump is locked with a word of its own, against being fed to a shell.
    lines = (line for line in done.stdout.splitlines() if not line.startswith("\\"))
    return "\n".join(sorted(line.rstrip(",") for line in lines))


def migrations_of(database: str) -> list[tuple[str, str]]:
    with superuser(database) as connection:
        return connection.execute(
            "select app, name from django_migrations order by 1, 2"
        ).fetchall()


@pytest.mark.parametrize("how", HOW)
def test_a_migration_killed_at_any_statement_goes_on_and_ends_the_same(database, how):
    name = f"{NAME}_killed"
    with superuser() as connection:
        connection.execute(f"drop database if exists {name} with (force)")
    CLUSTER.prepare(name)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.migrating", how],
            env=os.environ | {"LIGHTKEEPER_DATABASE_URL": CLUSTER.url("{role}", name),
                              "DJANGO_SETTINGS_MODULE": "lightkeeper.web.settings"},
            capture_output=True, text=True, timeout=None if IS_LONG else 900,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert int(done.stdout.split()[0]) >= 2
        assert migrations_of(name) == migrations_of(NAME)
        assert schema_of(name) == schema_of(NAME)
    finally:
        with superuser() as connection:
            connection.execute(f"drop database if exists {name} with (force)")
