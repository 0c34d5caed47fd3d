"""How fast a file becomes records in PostgreSQL: received by the web role, read by the worker's.

    python bench/intake_million.py [rows] [--alone]

Makes a file of made-up people and a database of its own, sends the file in, and has a process with
the worker's role read it. `--alone` leaves out what the apps above do about each chunk. Prints rows
per second, the peak memory of the reader, and what stands in the database.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "src"), str(PROJECT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lightkeeper.web.settings")

from intake_parse import MAPPING, generate  # noqa: E402


class Unblocked:
    """In place of the guard that the test runner keeps before the database."""

    @contextmanager
    def unblock(self) -> Iterator[None]:
        yield


@contextmanager
def a_database() -> Iterator[str]:
    import django

    from lightkeeper.testing import plugin

    django.setup()
    fixture = plugin.database.__wrapped__(Unblocked())
    name = next(fixture)
    try:
        yield name
    finally:
        next(fixture, None)


def send(path: Path) -> int:
    """Receive the file for Ada, as a page would. Returns the number of the errand."""
    from django.db import transaction

    from lightkeeper.apps.accounts.errands import Errand
    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.apps.intake import services
    from lightkeeper.core.access import acting
    from lightkeeper.testing.cast import open_sessions

    at = datetime(2026, 11, 23, tzinfo=UTC)
    with acting.with_session(open_sessions()["ada"]), transaction.atomic():
        ada = actor_now()
        mapping = services.make_mapping(by=ada, text=MAPPING, at=at)
        with path.open("rb") as file:
            receipt = services.receive(
                by=ada, file=file, file_name="people.csv", mapping=mapping, level=1, at=at,
                grading=services.Grading("3x5x2", "2", "C", "P"),
            )  # fmt: skip
        if receipt.report is None:
            raise SystemExit(f"refused: {receipt.refusal}")
        return Errand.objects.get(kind=services.READ).pk


def read(errand_id: int, alone: bool) -> None:
    """In the reader's own process: do the errand, and say what it took."""
    import django

    django.setup()
    from django.db import connection

    from lightkeeper.apps.accounts import errands
    from lightkeeper.core import announcements

    if alone:
        announcements._reactions.clear()
    start_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, worked = time.perf_counter(), time.process_time()
    errands.run_now(errand_id)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    role = connection.settings_dict["USER"]
    print(f"read by {role}: {seconds:.1f} s, {cpu:.1f} s of its own CPU, peak {peak:.0f} MB "
          f"({peak - start_mb:.0f} over its start)", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--errand", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.errand:
        read(given.errand, given.alone)
        return
    with a_database() as name, tempfile.TemporaryDirectory() as folder:
        from lightkeeper.testing.plugin import superuser

        path = Path(folder) / "people.csv"
        generate(path, given.rows)
        print(f"{given.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB", flush=True)
        began = time.perf_counter()
        errand = send(path)
        print(f"received in {time.perf_counter() - began:.1f} s", flush=True)
        command = [sys.executable, __file__, "--errand", str(errand)]
        began = time.perf_counter()
        subprocess.run(
            command + ["--alone"] * given.alone,
            env={**os.environ, "LIGHTKEEPER_ROLE": "worker"},
            check=True,
        )
        seconds = time.perf_counter() - began
        with superuser(name) as connection:
            row = connection.execute(
                "select rows_read, rows_accepted, rows_repeated, rows_quarantined, status, failure,"
                " (select count(*) from intake_record) from intake_report"
            ).fetchone()
        print(f"read, accepted, repeated, quarantined, status, failure, records: {row}")
        print(f"{given.rows / seconds:,.0f} rows a second, start of the process included")


if __name__ == "__main__":
    main()
