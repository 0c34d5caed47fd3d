"""A backup of everything, put back in a new place; and each way in which it must not be."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from django.db.migrations.loader import MigrationLoader

from lightkeeper.apps.audit import sealing
from lightkeeper.apps.intake import services as intake
from lightkeeper.apps.intake.tests.arranging import send
from lightkeeper.core.backup import making, restoring, sealed
from lightkeeper.core.database.launcher import SUPERUSER, Cluster
from lightkeeper.core.errors import Refused
from lightkeeper.testing.plugin import CLUSTER, NAME, superuser

KEY = bytes(range(32))


def quiet(done: str) -> None:
    pass


def known() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


@pytest.fixture
def source(committed, as_):
    """The tests' own database with a report read into it, its events sealed."""
    with transaction.atomic():
        report = send(as_("ada")).report
    intake.read_now(report.pk)
    shutil.rmtree(Path(settings.VAR) / "checkpoints", ignore_errors=True)  # of earlier tests
    sealing.seal()
    url = CLUSTER.url(SUPERUSER, NAME)
    return making.Source(url, CLUSTER.programs, Path(settings.VAR), Path(settings.BLOBS))


@pytest.fixture
def backup(source, tmp_path):
    path = tmp_path / "one.lkb"
    making.make(source, path, KEY, quiet)
    return path


def rows_in(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall()
        return {
            name: connection.execute(f"select count(*) from {name}").fetchone()[0]
            for (name,) in tables
        }


def test_what_is_restored_is_what_was_there_and_works(source, backup, tmp_path):
    into = tmp_path / "restored"
    manifest = restoring.restore(backup, KEY, into, known(), quiet)
    cluster = Cluster(into / "postgres")
    try:
        before, after = rows_in(source.url), rows_in(cluster.url(SUPERUSER))
        assert after == before
        assert manifest.rows["intake_record"] == 2
        with psycopg.connect(cluster.url(SUPERUSER)) as c:
            assert c.execute("select count(*) from sec.session").fetchone() == (0,)
            [digest] = c.execute("select digest from intake_report").fetchone()
        with psycopg.connect(cluster.url("lk_web")) as c:  # the rule is there, and holds
            assert c.execute("select count(*) from intake_record").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute("delete from audit_event")
        bytes_ = (into / "blobs" / digest[:2] / digest).read_bytes()
        assert hashlib.sha256(bytes_).hexdigest() == digest
        assert command(into, "audit", "verify").returncode == 0
    finally:
        cluster.stop()


def command(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k != "LIGHTKEEPER_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "lightkeeper.cli", *words],
        env=kept | {"LIGHTKEEPER_VAR": str(var)}, capture_output=True, text=True,
    )  # fmt: skip


def test_a_place_that_is_not_empty_is_left_alone(backup, tmp_path):
    into = tmp_path / "used"
    into.mkdir()
    (into / "mine").write_text("kept")

    with pytest.raises(Refused, match="is not empty"):
        restoring.restore(backup, KEY, into, known(), quiet)
    assert [path.name for path in into.iterdir()] == ["mine"]


@pytest.mark.parametrize("part", [0.01, 0.3, 0.7, 0.999])
def test_a_damaged_backup_is_refused_before_anything_is_made(backup, tmp_path, part):
    file = bytearray(backup.read_bytes())
    file[int(len(file) * part)] ^= 4
    backup.write_bytes(bytes(file))
    into = tmp_path / "restored"

    with pytest.raises(Refused):
        restoring.restore(backup, KEY, into, known(), quiet)
    assert not into.exists()


def test_half_a_backup_and_one_of_another_key_are_refused_too(backup, tmp_path):
    into = tmp_path / "restored"
    with pytest.raises(Refused, match="needs key"):
        restoring.restore(backup, bytes(32), into, known(), quiet)
    backup.write_bytes(backup.read_bytes()[:-1000])
    with pytest.raises(Refused):
        restoring.restore(backup, KEY, into, known(), quiet)
    assert not into.exists()


def test_a_backup_newer_than_the_program_is_refused_by_the_name_of_what_it_lacks(backup, tmp_path):
    older = known() - {("audit", "0003_in_order")}

    with pytest.raises(Refused, match="does not know audit 0003_in_order"):
        restoring.restore(backup, KEY, tmp_path / "restored", older, quiet)
    assert not (tmp_path / "restored").exists()


def test_bytes_that_are_missing_from_the_store_stop_the_backup(source, tmp_path):
    [path] = [p for p in Path(settings.BLOBS).rglob("*") if len(p.name) == 64]
    path.unlink()

    with pytest.raises(Refused, match="not in the store"):
        making.make(source, tmp_path / "one.lkb", KEY, quiet)
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_damaged_in_the_store_stop_the_backup(source, tmp_path):
    [path] = [p for p in Path(settings.BLOBS).rglob("*") if len(p.name) == 64]
    path.write_bytes(b"something else")

    with pytest.raises(Refused, match="damaged"):
        making.make(source, tmp_path / "one.lkb", KEY, quiet)


def test_a_backup_is_not_written_over_another(source, backup):
    before = backup.read_bytes()

    with pytest.raises(Refused, match="not written over"):
        making.make(source, backup, KEY, quiet)
    assert backup.read_bytes() == before


def test_what_is_written_while_it_is_made_is_not_half_in_it(source, tmp_path, as_, monkeypatch):
    """A report that comes between the look and the dump is in neither."""
    look = making._look

    def and_then(connection):
        found = look(connection)
        with transaction.atomic():
            send(as_("ben"), mapping=None, data=b"{}\n", file_name="a.jsonl")
        return found

    monkeypatch.setattr(making, "_look", and_then)
    manifest = making.make(source, tmp_path / "one.lkb", KEY, quiet)

    restored = restoring.restore(tmp_path / "one.lkb", KEY, tmp_path / "var", known(), quiet)
    Cluster(tmp_path / "var" / "postgres").stop()
    with superuser(NAME) as connection:
        assert connection.execute("select count(*) from intake_report").fetchone() == (
            manifest.rows["intake_report"] + 1,
        )
    assert restored.rows == manifest.rows


def test_the_command_says_what_it_needs(tmp_path):
    done = command(tmp_path, "backup", "--to", str(tmp_path / "x.lkb"))

    assert done.returncode == 2
    assert "--key" in done.stderr
    assert not (tmp_path / "x.lkb").exists()
    assert sealed.MAGIC.startswith(b"LIGHTKEEPER")
