"""A worker killed in the middle of a file: restarted, it completes; no row is lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction

from lightkeeper.apps.intake.tests.arranging import many_rows, send
from lightkeeper.testing.plugin import NAME, superuser

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.slow]

ROWS = 24_000
REPEATED, APART = ROWS // 50, ROWS // 100
PATIENCE_SECONDS = 240


@contextmanager
def a_worker() -> Iterator[subprocess.Popen[bytes]]:
    worker = subprocess.Popen([sys.executable, "-m", "lightkeeper.cli", "worker"], env=os.environ)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def ask(question: str) -> Any:
    with superuser(NAME) as connection:
        return connection.execute(question).fetchone()


def wait_until(true: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline, ask("select status, rows_read from intake_report")
        time.sleep(0.05)


def rows_read() -> int:
    return int(ask("select rows_read from intake_report")[0])


def test_a_killed_worker_is_taken_over_and_every_row_is_there_once(as_):
    with transaction.atomic():
        send(as_("ada"), file=BytesIO(many_rows(ROWS)))
    rng = random.Random(7)
    before = 0
    for _ in range(3):
        with a_worker() as worker:
            wait_until(lambda: rows_read() > before, worker)  # noqa: B023
            time.sleep(rng.random())  # somewhere inside a later chunk
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        before = rows_read()
        assert before < ROWS, "the file was read before the worker was killed"
        # What stands is whole: the counts are those of the rows.
        counted = "select count(*), (select rows_accepted from intake_report) from intake_record"
        assert len(set(ask(counted))) == 1
    with a_worker() as worker:
        wait_until(lambda: ask("select status from intake_report") == ("PARSED",), worker)

    assert ask(
        "select rows_read, rows_accepted, rows_repeated, rows_quarantined from intake_report"
    ) == (ROWS, ROWS - REPEATED - APART, REPEATED, APART)
    assert ask("select count(*), count(distinct row_number) from intake_record") == (
        ROWS - REPEATED - APART,
        ROWS - REPEATED - APART,
    )
    assert ask("select count(*) from intake_quarantined") == (APART,)
    # A row is in the records, in quarantine or a repetition, and never in two of them.
    assert ask(
        "select count(*) from intake_record join intake_quarantined using (report_id, row_number)"
    ) == (0,)
    # What the apps above made of a chunk stands and falls with it.
    assert ask(
        "select count(*) from intake_record r where not exists (select 1 from "
        "intelligence_searchkey k where k.record_id = r.id)"
    ) == (0,)
