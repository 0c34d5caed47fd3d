"""Sealing: in order, once, by one sealer, and whole after any kill."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connections, transaction

from lightkeeper.apps.audit import sealing, signing
from lightkeeper.apps.audit.models import Leaf, Seal
from lightkeeper.apps.audit.services import Did, record
from lightkeeper.core.errors import Refused
from lightkeeper.engine.ledger.checkpoint import read_notes
from lightkeeper.testing.plugin import CLUSTER, NAME, superuser

KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.conf import settings
settings.VAR, settings.KEYS = Path(sys.argv[1]), Path(sys.argv[1]) / "keys"
from lightkeeper.apps.audit import sealing, signing
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr({module}, "{name}", die)
sealing.seal()
"""


def numbers() -> list[int]:
    return list(Leaf.objects.order_by("position").values_list("event_id", flat=True))


def test_each_event_is_sealed_once_in_order_and_verifies(happen, log):
    happen(5)
    assert sealing.seal() == 5
    assert sealing.seal() == 0
    happen(3)
    assert sealing.seal() == 3

    found = sealing.verify()

    assert (found.ok, found.sealed, found.problems) == (True, 8, [])
    assert numbers() == sorted(numbers())
    assert [seal.size for seal in Seal.objects.order_by("size")] == [5, 8]


def test_the_checkpoints_stand_outside_the_database_signed_and_the_public_key_with_them(
    happen, log
):
    happen(4)
    sealing.seal()

    [note] = read_notes((log / "checkpoints" / "audit").read_text())
    assert note.checkpoint.size == 4
    assert note.is_signed_by(signing.public_key())
    assert (log / "keys" / "audit.pub").read_text().startswith("lightkeeper/audit+")
    assert oct((log / "keys" / "audit").stat().st_mode & 0o777) == "0o600"


def test_what_is_not_committed_waits_and_nothing_slips_in_behind_it(happen, ada, log):
    """The first number is drawn, the second committed: neither may be sealed before the other."""
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        from lightkeeper.core.access import acting

        with acting.with_nobody(), connections["door"].cursor() as c:
            c.execute("begin")
            c.execute(
                'insert into audit_event (at, verb, did, person, session, "references", purpose, '
                "reason, recipient, rule, request) values (now(), 'admin', 'slow', '', '', '{}', "
                "'', '', '', '', '')"
            )
            entered.set()
            go_on.wait(20)
            c.execute("commit")
        connections["door"].close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert entered.wait(20)
    with transaction.atomic():
        record(by=ada, did=Did.RECORD_SEEN, to="REC-FAST")

    assert sealing.seal() == 0
    go_on.set()
    writer.join()
    assert sealing.seal() == 2
    assert sealing.verify().ok


def test_a_transaction_in_another_database_of_the_server_is_not_waited_for(happen, log):
    with psycopg.connect(CLUSTER.url("lk_dba", "postgres")) as elsewhere:
        elsewhere.execute("select pg_current_xact_id()")
        happen(2)

        assert sealing.seal() == 2


def test_one_that_ended_since_the_snapshot_is_not_waited_for(happen, log, monkeypatch):
    with psycopg.connect(CLUSTER.url("lk_dba", "postgres")) as elsewhere:
        [ended] = elsewhere.execute("select pg_current_xact_id()::text").fetchone()
    happen(2)
    xmax = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    monkeypatch.setattr(sealing, "SNAPSHOT", f"select {xmax}, array['{ended}']")

    assert sealing.seal() == 2


def test_what_was_rolled_back_is_not_missed(happen, ada, log):
    happen(2)
    with transaction.atomic():
        record(by=ada, did=Did.RECORD_SEEN, to="REC-NEVER")
        transaction.set_rollback(True)
    happen(2)

    assert sealing.seal() == 4
    assert sealing.verify().ok


def test_large_batches_are_sealed_one_after_another(happen, log, monkeypatch):
    monkeypatch.setattr(sealing, "LARGEST_BATCH", 4)
    happen(11)

    assert sealing.seal() == 11
    assert list(Seal.objects.order_by("size").values_list("size", flat=True)) == [4, 8, 11]
    assert sealing.verify().ok


def test_the_second_of_two_sealers_is_refused(happen, log):
    happen(2)
    with psycopg.connect(CLUSTER.url("lk_sealer", NAME)) as other:
        other.execute("select pg_advisory_lock(%s)", (sealing.LOCK,))
        with pytest.raises(Refused, match="Another sealer"):
            sealing.seal()
        other.execute("select pg_advisory_unlock(%s)", (sealing.LOCK,))

    assert sealing.seal() == 2


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("sealing", "_enter_seal"),  # leaves are entered, and nothing is committed
        ("signing", "keep"),  # the seal is committed, and not in the file
        ("sealing", "_remember"),
    ],
)
def test_a_sealer_that_is_killed_leaves_nothing_half_done(happen, log, module, name):
    happen(3)
    sealing.seal()
    happen(4)
    found = subprocess.run(
        [sys.executable, "-c", KILLED.format(module=module, name=name), str(log)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lightkeeper.web.settings"},
        check=False,
        timeout=60,
    )
    assert found.returncode == -signal.SIGKILL

    sealing.seal()

    verification = sealing.verify()
    assert (verification.problems, verification.sealed) == ([], 7)
    assert [n.checkpoint.size for n in signing.kept_notes()] == [3, 7]


def test_lost_or_false_subtrees_are_grown_again(happen, log):
    happen(3)
    sealing.seal()
    for broken in ("", "{}", '{"size": 3, "subtrees": ["00", "11"]}', "[1]"):
        (log / "checkpoints" / "audit.subtrees").write_text(broken)
        happen(1)
        sealing.seal()

    assert sealing.verify().ok


def test_a_clock_that_goes_back_stops_nothing(happen, log):
    happen(2)
    sealing.seal(datetime(2030, 1, 1, tzinfo=UTC))
    happen(2)
    sealing.seal(datetime(2020, 1, 1, tzinfo=UTC))

    assert sealing.verify().ok


def test_a_database_that_counts_from_before_the_last_seal_is_refused_loudly(happen, log):
    happen(2)
    sealing.seal()
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("update audit_event set transaction = transaction + 1000000000")

    with pytest.raises(Refused, match="restored from a dump"):
        sealing.seal()


def test_housekeeping_seals_and_then_verifies(happen, log, monkeypatch):
    monkeypatch.setattr(sealing, "_last_sealed", 0.0)
    happen(3)

    sealing.housekeeping()

    assert Seal.objects.get().size == 3
    assert sealing.last_verification().ok
    happen(1)
    sealing.housekeeping()
    assert Seal.objects.count() == 1  # too soon for another


def test_verifying_is_itself_recorded(happen, log):
    happen(1)
    sealing.seal()
    sealing.verify()

    with superuser(NAME) as c:
        [row] = c.execute("select verb, did, reason from audit_event where did = 'audit verified'")
    assert row == ("admin", "audit verified", "whole")
