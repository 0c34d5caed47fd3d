"""What must hold after every fault: nothing acknowledged is lost, nothing is doubled, nothing is
left over.
"""

import hashlib
import subprocess
import sys
from dataclasses import dataclass

from tests.faults.system import System, wait_until

TIDY = """
import django; django.setup()
from lightkeeper.apps.intake import tidying
import time; real = time.monotonic
tidying.tidy_files()
time.monotonic = lambda: real() + 2 * tidying.HOURLY
tidying.tidy_files()
"""
# Each must come out empty.
INVARIANTS = {
    "a report that is not read to its end": (
        "select reference, status, failure from intake_report where status <> 'PARSED'"
    ),
    "counts that are not those of the rows": """
        select r.reference from intake_report r
         where r.rows_accepted <> (select count(*) from intake_record c where c.report_id = r.id)
            or r.rows_quarantined <> (
               select count(*) from intake_quarantined q where q.report_id = r.id)
            or r.rows_read <> r.rows_accepted + r.rows_repeated + r.rows_quarantined""",
    "a row both taken in and apart": """
        select report_id, row_number from intake_record
          join intake_quarantined using (report_id, row_number)""",
    "the same bytes twice of one agency": """
        select digest from intake_report group by digest, bucket_id having count(*) > 1""",
    "a record without its keys for searching": """
        select r.reference from intake_record r where not exists (
          select 1 from intelligence_searchkey k where k.record_id = r.id)""",
    "a report without its one event, or with two": """
        select r.reference, count(e.id) from intake_report r left join audit_event e
            on r.reference = any(e."references") and e.did = 'report received'
         group by r.reference having count(e.id) <> 1""",
    "a report with two events of its end": """
        select r.reference, count(e.id) from intake_report r join audit_event e
            on r.reference = any(e."references") and e.did = 'report read'
         group by r.reference having count(e.id) <> 1""",
    "an event sealed twice, or out of its place": """
        select l.event_id from audit_leaf l group by l.event_id having count(*) > 1""",
}

IN_THE_WAY = """
select pg_current_snapshot()::text,
       array(select (e.id, e.transaction, e.did, e.at)::text from audit_event e
              where not exists (select 1 from audit_leaf l where l.event_id = e.id) limit 5),
       array(select (a.usename, a.datname, a.state, a.backend_xid, a.query_start, left(a.query, 80)
              )::text from pg_stat_activity a where a.backend_xid is not null)
"""


@dataclass(frozen=True)
class Acknowledged:
    """What a sender was told, and what was in it."""

    reference: str
    data: bytes
    rows: int


def settled(system: System) -> bool:
    """Nothing waits and nothing is in hand."""
    return system.ask(
        "select (select count(*) from accounts_errand where finished_at is null), "
        "(select count(*) from procrastinate_jobs where status in ('todo', 'doing'))"
    ) == [(0, 0)]


def check_ledger(system: System, told: list[Acknowledged]) -> None:
    """The whole account, once everything has come to rest."""
    wait_until(lambda: settled(system), "everything is done")
    for what, question in INVARIANTS.items():
        assert system.ask(question) == [], what
    for one in told:
        found = system.ask(
            "select digest, rows_read from intake_report where reference = %s", one.reference
        )
        digest = hashlib.sha256(one.data).hexdigest()
        assert found == [(digest, one.rows)], "what was acknowledged is not there once"
        place = system.var / "blobs" / digest[:2] / digest
        assert place.read_bytes() == one.data


def check_whole(system: System) -> None:
    """No file is left over; the audit log is whole, and all of it can be sealed."""
    _no_file_is_left_over(system)
    try:
        wait_until(lambda: _all_is_sealed(system), "everything is sealed", every=1.0)
    except AssertionError as waited:
        raise AssertionError(f"{waited}: {system.ask(IN_THE_WAY)}") from waited
    done = system.run("audit", "verify", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _all_is_sealed(system: System) -> bool:
    """What a killed process had begun may run for another moment, and bounds what is final."""
    done = system.run("audit", "seal", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return system.ask(
        "select (select count(*) from audit_event) - (select count(*) from audit_leaf)"
    ) == [(0,)]


def _no_file_is_left_over(system: System) -> None:
    subprocess.run(
        [sys.executable, "-c", TIDY], check=True,
        env={**system.environment, "LIGHTKEEPER_ROLE": "worker"},
    )  # fmt: skip
    named = {row[0] for row in system.ask("select distinct digest from intake_report")}
    blobs = system.var / "blobs"
    kept = {path.name for path in blobs.glob("??/*")}
    assert kept == named, "the store and the reports differ"
    assert list((blobs / "incoming").glob("*")) == []
