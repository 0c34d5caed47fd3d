"""Sealing the log in batches: each event becomes a leaf, each batch a signed root.

Events are taken in the order of their transactions, and only once no earlier transaction runs any
more: an event that was entered first and committed last cannot slip in behind a seal. A chain in
the request's own transaction would do the same, at a tenth of the speed.
"""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, transaction

from lightkeeper.apps.audit import signing, watching
from lightkeeper.apps.audit.models import Seal
from lightkeeper.apps.audit.verifying import Verification, last_verification, verify
from lightkeeper.apps.audit.writing import SELECTED, leaf_of
from lightkeeper.core import faults
from lightkeeper.core.errors import Refused
from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.ledger.checkpoint import sign
from lightkeeper.engine.ledger.merkle import EMPTY_ROOT, CompactRange

__all__ = ["Verification", "housekeeping", "seal", "verify"]

log = logging.getLogger("lightkeeper.audit")

SEALER = "sealer"
LOCK = 7202
LARGEST_BATCH = 10_000
SECONDS_BETWEEN_SEALS = 20.0
BETWEEN_VERIFICATIONS = timedelta(hours=6)
_last_sealed = 0.0

# The oldest transaction that still runs bounds what is final. One that is known to be at work in
# another database of the server enters no event here, nor does the server's own cleaning, which
# is nobody's; one of which nothing is known may. What is known of it is looked at after the
# snapshot, so it is looked for again: one that ended meanwhile is no bound, for the events are read
# by a later snapshot.
SNAPSHOT = """
select pg_snapshot_xmax(s)::text::bigint, array(select pg_snapshot_xip(s)::text)
  from pg_current_snapshot() s
"""
STILL_RUNNING = """
select x::text from unnest(%s::text[]::xid8[]) x
 where pg_xact_status(x) = 'in progress' and not exists (
     select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'transactionid' and l.granted and l.mode = 'ExclusiveLock'
        and l.transactionid = x::xid
        and (a.usesysid is null
             or a.datid <> (select oid from pg_database where datname = current_database())))
"""
TIMES_LOOKED, BETWEEN_LOOKS = 4, 0.01
NEXT = f"""
select {SELECTED} from audit_event e
 where e.transaction < %s
   and (e.transaction, e.id) > (%s, %s)
 order by e.transaction, e.id limit %s
"""  # noqa: S608 (names of columns)
LAST_SEALED = """
select e.transaction, e.id from audit_leaf l join audit_event e on e.id = l.event_id
 where l.position = %s
"""


def seal(at: datetime | None = None) -> int:
    """Seal all that is final and not yet sealed. Returns how many events that was.

    Raises: Refused if another sealer is at work, or the last sealed event is gone.

    Source: mission A3; ACCESS 8.
    """
    sealed = 0
    with _alone():
        _keep_what_was_not_kept()
        while batch := _seal_batch(at or datetime.now(UTC)):
            sealed += batch
            if batch < LARGEST_BATCH:
                break
    return sealed


def housekeeping() -> None:
    """Seal every twenty seconds, verify the whole log every six hours, and go through the looks of
    each day once it has ended; the worker calls it.
    """
    global _last_sealed
    if time.monotonic() - _last_sealed < SECONDS_BETWEEN_SEALS:
        return
    seal()
    _last_sealed = time.monotonic()
    before = last_verification()
    if before is None or datetime.now(UTC) - before.at > BETWEEN_VERIFICATIONS:
        found = verify()
        if not found.ok:
            log.critical("the audit log does not verify: %s", "; ".join(found.problems))
    watching.watch()


@contextmanager
def _alone() -> Iterator[None]:
    """Held over the commit and the writing of the file; a sealer that dies lets go of it."""
    with connections[SEALER].cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            raise Refused("audit.sealer", "Another sealer is at work. Try again in a minute.")
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def _seal_batch(at: datetime) -> int:
    with transaction.atomic(using=SEALER):
        with connections[SEALER].cursor() as cursor:
            last = Seal.objects.using(SEALER).order_by("-size").first()
            tree = _tree_at(last)
            place = _place_of(cursor, last)
            cursor.execute(NEXT, [_bound(cursor), *place, LARGEST_BATCH])
            events = cursor.fetchall()
            if not events:
                return 0
            _enter_leaves(cursor, tree, events)
        faults.point("sealing.leaves_entered")
        made = _enter_seal(tree, last, at)
    faults.point("sealing.committed")
    signing.keep([signing.note_of(made)])
    _remember(tree)
    return len(events)


def _bound(cursor: Any) -> int:
    """The first transaction that may still enter an event before one that is there."""
    cursor.execute(SNAPSHOT)
    bound, running = cursor.fetchone()
    for look in range(TIMES_LOOKED):
        if not running:
            break
        if look:  # whoever has a number and no lock on it yet is between two steps
            time.sleep(BETWEEN_LOOKS)
            cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute(STILL_RUNNING, [running])
        running = [number for (number,) in cursor.fetchall()]
    return min(map(int, running), default=int(bound))


def _place_of(cursor: Any, last: Seal | None) -> tuple[int, int]:
    """The transaction and number of the last event that is sealed."""
    if last is None:
        return 0, 0
    cursor.execute(LAST_SEALED, [last.size - 1])
    found = cursor.fetchone()
    if found is None:
        raise Refused(
            "audit.broken", "The last sealed event is gone. Run `lightkeeper audit verify`."
        )
    cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    if cursor.fetchone()[0] <= found[0]:
        raise Refused(
            "audit.counter",
            "The database counts its transactions from before the last seal, as one does that was "
            "restored from a dump. Move its counter on (pg_resetwal -x) before it is used.",
        )
    return int(found[0]), int(found[1])


def _enter_leaves(cursor: Any, tree: CompactRange, events: list[tuple[Any, ...]]) -> None:
    with cursor.copy("copy audit_leaf (position, event_id, hash) from stdin") as copy:
        for event in events:
            leaf = leaf_of(event)
            copy.write_row((tree.size, event[0], leaf))
            tree.append(leaf)


def _enter_seal(tree: CompactRange, last: Seal | None, at: datetime) -> Seal:
    previous = (last.size, bytes(last.root)) if last else (0, EMPTY_ROOT)
    note = sign(signing.checkpoint_of(tree.size, tree.root(), *previous, at), signing.private_key())
    made = Seal(
        size=tree.size,
        root=tree.root(),
        previous_size=previous[0],
        previous_root=previous[1],
        key_id=note.key_id.hex(),
        signature=note.signature,
        at=at,
    )
    made.save(using=SEALER, force_insert=True)
    return made


def _keep_what_was_not_kept() -> None:
    """After a kill between the commit and the file, the file lacks the newest seals."""
    try:
        kept = signing.kept_notes()
    except FormatError:
        log.critical("the file of checkpoints cannot be read; nothing more is added to it")
        raise
    newest = kept[-1].checkpoint.size if kept else 0
    later = Seal.objects.using(SEALER).filter(size__gt=newest).order_by("size")
    signing.keep([signing.note_of(seal) for seal in later])


def _tree_at(last: Seal | None) -> CompactRange:
    """The tree as it was sealed: its subtrees from the file beside the checkpoints, or grown again.

    The file needs no trust: its subtrees make the signed root, or they are not used.
    """
    if last is None:
        return CompactRange()
    path = signing.checkpoint_file().with_suffix(".subtrees")
    try:
        kept = json.loads(path.read_text())
        tree = CompactRange(kept["size"], [bytes.fromhex(one) for one in kept["subtrees"]])
    except (OSError, ValueError, KeyError, TypeError):
        tree = CompactRange()
    if tree.size == last.size and tree.fits() and tree.root() == bytes(last.root):
        return tree
    return _grown_again(last)


def _grown_again(last: Seal) -> CompactRange:
    tree = CompactRange()
    with connections[SEALER].chunked_cursor() as cursor:
        cursor.execute(
            "select hash from audit_leaf where position < %s order by position", [last.size]
        )
        for (leaf,) in cursor:
            tree.append(bytes(leaf))
    if tree.root() != bytes(last.root):
        raise Refused(
            "audit.broken", "The sealed log has been changed. Run `lightkeeper audit verify`."
        )
    return tree


def _remember(tree: CompactRange) -> None:
    path = signing.checkpoint_file().with_suffix(".subtrees")
    new = path.with_suffix(".new")
    new.write_text(
        json.dumps({"size": tree.size, "subtrees": [one.hex() for one in tree.subtrees]})
    )
    new.replace(path)
