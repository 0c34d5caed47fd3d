"""What was erased after a backup does not come back with it."""

import hashlib
import json
import shutil
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.migrations.loader import MigrationLoader

from lightkeeper.apps.audit import sealing
from lightkeeper.apps.governance import erased
from lightkeeper.apps.governance import queries as governance
from lightkeeper.apps.governance import services as disposing
from lightkeeper.apps.governance.choices import Ground, HoldKind
from lightkeeper.apps.intake import services as intake
from lightkeeper.apps.intake.tests.arranging import ROWS, send, table
from lightkeeper.core.backup import ledger, making, restoring
from lightkeeper.core.database.launcher import SUPERUSER, Cluster
from lightkeeper.core.errors import Refused
from lightkeeper.testing.plugin import CLUSTER, NAME, superuser
from lightkeeper.testing.records import NOON
from tests.access.rows import add
from tests.faults.test_backup import command, quiet

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.slow]

KEY = bytes(range(32))
WHY = "it should not have been held"
LATER = NOON.replace(year=2040)


def known() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


@pytest.fixture
def source(as_):
    """Two reports of one adult each; of the first, somebody has work in hand, and it is held."""
    sent = []
    for row in (ROWS[1], ROWS[1].replace("Field", "Marlow").replace("A2", "A7")):
        with transaction.atomic():
            sent.append(send(as_("ada"), table(row)).report)
        intake.read_now(sent[-1].pk)
    with transaction.atomic():
        ada = as_("ada")
        record = _record(ada, sent[0])
        add(
            apps.get_model("tasking.Task"), ada, record.bucket, record=record, owner=ada.agency,
            agency=ada.agency, objective="visit Kim Field",
        )  # fmt: skip
        disposing.place_hold(
            by=ada, record=record, kind=HoldKind.INQUIRY, whole_report=True, reason=WHY, at=NOON
        )
    with superuser(NAME) as c:
        c.execute("update tasking_task set status = 'SENT', sent_at = now(), due_at = now()")
    shutil.rmtree(Path(settings.VAR) / "checkpoints", ignore_errors=True)
    shutil.rmtree(Path(settings.VAR) / "erased", ignore_errors=True)
    sealing.seal()
    url = CLUSTER.url(SUPERUSER, NAME)
    return making.Source(url, CLUSTER.programs, Path(settings.VAR), Path(settings.BLOBS)), sent


def _record(by, report):
    return apps.get_model("intake.Record").objects.visible_to(by).get(report_id=report.pk)


def erase(as_, report) -> str:
    """Ada proposes it and Dev confirms, when the work on it has ended and nothing holds it."""
    with superuser(NAME) as c:
        c.execute("update tasking_task set status = 'CLOSED'")
    with transaction.atomic():
        dev = as_("dev")
        [hold] = apps.get_model("governance.Hold").objects.visible_to(dev)
        disposing.release_hold(by=dev, hold=hold, reason=WHY, at=NOON)
    with transaction.atomic():
        ada = as_("ada")
        record = _record(ada, report)
        disposing.propose_disposal(
            by=ada, record=record, ground=Ground.UNLAWFUL, answers=[], reason=WHY, at=LATER
        )
    with transaction.atomic():
        dev = as_("dev")
        found = governance.get_proposal(dev, record)
        return disposing.confirm_disposal(by=dev, disposal=found, reason=WHY, at=LATER)


def test_what_was_erased_after_the_backup_is_gone_from_what_is_restored(source, as_, tmp_path):
    where, (first, second) = source
    making.make(where, tmp_path / "one.lkb", KEY, quiet)
    gone = erase(as_, first)
    assert erased.write_ledger()
    assert not erased.write_ledger(), "nothing more was erased"
    entries = ledger.read_ledger(ledger.place_of(Path(settings.VAR)))
    assert [entry["reference"] for entry in entries] == [gone, first.reference]
    assert "Kim" not in ledger.place_of(Path(settings.VAR)).read_text()

    into = tmp_path / "restored"
    restoring.restore(tmp_path / "one.lkb", KEY, into, known(), quiet, entries)
    cluster = Cluster(into / "postgres")
    try:
        with psycopg.connect(cluster.url(SUPERUSER)) as c:
            assert c.execute("select caption from intake_record").fetchall() == [("Kim Marlow",)]
            assert c.execute("select reference from intake_report").fetchall() == [
                (second.reference,)
            ]
            assert c.execute(
                "select reference, rule from governance_erasure order by id"
            ).fetchall() == [(gone, "retention.unlawful"), (first.reference, "retention.unlawful")]
            assert c.execute("select status, objective from tasking_task").fetchall() == [
                ("CLOSED", "")
            ]
            assert _tables_with(c, "Kim Field") == []
        kept = {path.name for path in (into / "blobs").glob("??/*")}
        assert kept == {second.digest}
        assert first.digest == hashlib.sha256(table(ROWS[1])).hexdigest()
        assert command(into, "audit", "verify").returncode == 0
        # And the restored log can be sealed on, though the database counts from the beginning.
        sealed = command(into, "audit", "seal")
        assert sealed.returncode == 0, sealed.stderr
    finally:
        cluster.stop()


def _tables_with(connection, word: str) -> list[str]:
    tables = connection.execute(
        "select tablename from pg_tables where schemaname = 'public'"
    ).fetchall()
    return [
        name
        for (name,) in tables
        if connection.execute(
            f"select 1 from {name} t where t::text like %s limit 1", [f"%{word}%"]
        ).fetchone()
    ]


def test_what_was_erased_before_the_backup_needs_nothing(source, as_, tmp_path):
    where, (first, _) = source
    gone = erase(as_, first)
    making.make(where, tmp_path / "one.lkb", KEY, quiet)
    erased.write_ledger()
    entries = ledger.read_ledger(ledger.place_of(Path(settings.VAR)))

    said = []
    into = tmp_path / "restored"
    restoring.restore(tmp_path / "one.lkb", KEY, into, known(), said.append, entries)
    Cluster(into / "postgres").stop()
    assert gone in [entry["reference"] for entry in entries]
    assert "0 of 2 erased things had come back, and are gone again" in said


def test_a_restore_without_a_ledger_is_refused_unless_nothing_was_ever_erased(source, tmp_path):
    where, _ = source
    making.make(where, tmp_path / "one.lkb", None, quiet)
    var = tmp_path / "other"

    done = command(var, "restore", str(tmp_path / "one.lkb"), "--into", str(tmp_path / "new"))
    assert (done.returncode, "Name the ledger of erasures" in done.stderr) == (6, True)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("line", ["{", "[]", json.dumps({"reference": "REC-1"})])
def test_a_ledger_with_a_line_that_is_none_is_refused_by_its_number(tmp_path, line):
    good = json.dumps(dict.fromkeys(ledger.NAMES, "x"))
    (tmp_path / "ledger").write_text(f"{good}\n{line}\n")

    with pytest.raises(Refused, match="Line 2 of"):
        ledger.read_ledger(tmp_path / "ledger")
