"""Who works the picture out: one process at a time, and only while it is seen to be alive.

The lease is an advisory lock held by a connection of its own, which says every few seconds that its
process lives. A process that stands still says nothing; the server then ends that connection, and
with it the lease, and another may begin. What the first would still write after that is refused.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import Error, connections, transaction

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.core import faults

# The lease, and the lock under which its holder writes.
ONE_LINKAGE, WRITING = 7301, 7303
DEAD_AFTER_SECONDS = 3.0 * settings.WORKER_DEAD_AFTER_SECONDS
SIGNS_OF_LIFE = 6

IS_HELD = """
select 1 from pg_locks where locktype = 'advisory' and granted and pid = %s
   and database = (select oid from pg_database where datname = current_database())
   and (classid, objid, objsubid) = (0, %s, 1)
"""
# Whoever writes and holds no lease stands still in the middle of it: the lease is ours.
END_WRITERS = """
select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
   and database = (select oid from pg_database where datname = current_database())
   and (classid, objid, objsubid) = (0, %s, 1) and pid <> pg_backend_pid()
"""


class TakenOver(RuntimeError):
    """This process stood still for too long. What it has is not written, and is tried again."""


class Lease:
    """Shown to whoever works out the picture. Made by `hold_lease`."""

    def __init__(self, holder: int) -> None:
        self._holder = holder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction of what was worked out. Raises: TakenOver."""
        with transaction.atomic(using=linker.USING):
            sql.rows("select pg_advisory_xact_lock(%s)", [WRITING], using=linker.USING)
            if not sql.rows(IS_HELD, [self._holder, ONE_LINKAGE], using=linker.USING):
                raise TakenOver
            faults.point("linking.writing")
            yield


@contextmanager
def hold_lease() -> Iterator[Lease]:
    """Wait until nobody else works the picture out, then hold the lease while the block runs."""
    connection = connections[linker.USING].copy()
    connection.inc_thread_sharing()  # the thread that gives the signs of life
    ended = threading.Event()

    def live() -> None:
        with suppress(Error):
            while not ended.wait(DEAD_AFTER_SECONDS / SIGNS_OF_LIFE):
                with connection.cursor() as cursor:
                    cursor.execute("select 1")

    signs = threading.Thread(target=live, name="signs of life", daemon=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [ONE_LINKAGE])
            cursor.execute(f"set idle_session_timeout = '{DEAD_AFTER_SECONDS:.0f}s'")
            cursor.execute(END_WRITERS, [WRITING])
            cursor.execute("select pg_advisory_lock(%s), pg_advisory_unlock(%s)", [WRITING] * 2)
            cursor.execute("select pg_backend_pid()")
            (holder,) = cursor.fetchone()
        signs.start()
        yield Lease(holder)
    finally:
        ended.set()
        if signs.ident:
            signs.join()
        connection.close()
