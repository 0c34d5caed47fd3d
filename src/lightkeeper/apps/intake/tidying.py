"""What a kill, a rollback or a person who left leaves behind, and what becomes of it.

Nothing here trusts the clock with what was acknowledged: bytes are set aside because no report
names them, under a lock that keeps whoever is just entering one away.
"""

import logging
import time
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import blobs

log = logging.getLogger("lightkeeper.intake")

SECONDS_BETWEEN = 60.0
HOURLY = 3600.0
LEFT_KEPT_SECONDS = 30 * 24 * 3600
A_QUERY = 1000
BECAUSE = (
    "Reading stopped: whoever sent this in may not act any more, or the job was lost. Somebody of "
    "the same agency may have it read on."
)
_last: dict[str, float] = {}
# Files on their way in, how they looked, and since when: by a clock that does not jump.
_on_the_way: dict[Path, tuple[int, int, float]] = {}


class _Tidier:
    """Nobody in particular, as it stands in the log."""

    person_id = None
    username = "the tidying"
    agency_id = None
    session = ""
    purpose = "errand"


def chore() -> None:
    """For the worker's housekeeping: reports each minute, files each hour."""
    if _due("reports", SECONDS_BETWEEN):
        set_aside_reports()
    if _due("files", HOURLY):
        tidy_files()


def _due(what: str, seconds: float) -> bool:
    now = time.monotonic()
    if now - _last.get(what, now - seconds) < seconds:
        return False
    _last[what] = now
    return True


@transaction.atomic
def set_aside_reports() -> list[str]:
    """End the errands that no job will do, and let reports that wait for one say so."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_errands_left(%s)", [BECAUSE])
        cursor.execute("select reference from sec.set_aside_reports(%s)", [BECAUSE])
        references = [row[0] for row in cursor.fetchall()]
    if references:
        log.warning("%s reports were set aside: nobody reads them on", len(references))
        audit.record(by=_Tidier(), did=audit.Did.REPORT_READ, to=references, reason=BECAUSE)
    return references


def tidy_files() -> int:
    """Set aside the bytes that no report names, and remove what broke off on its way in.

    What is set aside waits for a month: if the database was put back to an earlier day, these are
    the bytes of what was lost. Returns how many files were set aside or removed.
    """
    return _set_aside_bytes() + _remove_parts() + _remove_what_waited()


def _set_aside_bytes() -> int:
    kept = [path for path in Path(settings.BLOBS).glob("??/*") if path.is_file()]
    found = 0
    for start in range(0, len(kept), A_QUERY):
        some = {path.name: path for path in kept[start : start + A_QUERY]}
        for digest in _unused(list(some)):
            with transaction.atomic():
                blobs.alone()
                # Somebody may have sent the same bytes in since.
                if _unused([digest]):
                    blobs.set_aside(digest)
                    found += 1
    return found


def _unused(digests: list[str]) -> list[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.unused_among(%s)", [digests])
        return [row[0] for row in cursor.fetchall()]


def _remove_parts() -> int:
    """Parts that did not change for an hour: whoever wrote them is gone."""
    now, gone = time.monotonic(), 0
    there = {}
    for path in blobs.incoming().glob("*.part"):
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        look = (state.st_size, state.st_mtime_ns)
        *before, since = _on_the_way.get(path, (*look, now))
        if tuple(before) != look:
            since = now
        if now - since >= HOURLY:
            path.unlink(missing_ok=True)
            gone += 1
        else:
            there[path] = (*look, since)
    _on_the_way.clear()
    _on_the_way.update(there)
    return gone


def _remove_what_waited() -> int:
    old = [p for p in blobs.left().glob("*") if time.time() - p.stat().st_mtime > LEFT_KEPT_SECONDS]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
