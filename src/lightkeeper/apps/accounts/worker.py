"""The worker: does errands one after another, takes up those a killed worker left, seals the
audit log.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

import procrastinate
from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

log = logging.getLogger("lightkeeper.worker")

HEARTBEAT_SECONDS = 2.0
# Five missed heartbeats: the worker is dead, and what it was doing is done again by another.
DEAD_AFTER_SECONDS = 10.0
HOUSEKEEPING_SECONDS = 5.0


def main(housekeeping: Callable[[], None] | None = None) -> None:
    """Work until told to stop. A signal lets the errand in hand finish its transaction first."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_house, args=(stop, housekeeping), daemon=True)
    keeper.start()
    try:
        asyncio.run(_work())
    finally:
        stop.set()
        keeper.join(timeout=10)


async def _work() -> None:
    connector = procrastinate.PsycopgConnector(kwargs=connector_params())
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(
                name="worker",
                concurrency=1,
                install_signal_handlers=True,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=30,
                delete_jobs="successful",
            )


def _keep_house(stop: threading.Event, housekeeping: Callable[[], None] | None) -> None:
    while not stop.wait(HOUSEKEEPING_SECONDS):
        try:
            close_old_connections()
            take_up_what_was_left()
            if housekeeping:
                housekeeping()
        except Exception:
            log.exception("housekeeping broke off; it is tried again")
        finally:
            with suppress(Exception):
                connection.close()


def take_up_what_was_left() -> int:
    """Put the jobs of dead workers back in the queue. Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LEFT, [DEAD_AFTER_SECONDS])
        left = [row[0] for row in cursor.fetchall()]
        for job in left:
            log.warning("job %s was left by a worker that died; it is taken up again", job)
            cursor.execute("select procrastinate_retry_job_v2(%s, now(), null, null, null)", [job])
    return len(left)


# A job is left when its worker is gone from the table of workers, or its heart has stopped.
LEFT = """
select job.id from procrastinate_jobs job
  left join procrastinate_workers worker on worker.id = job.worker_id
 where job.status = 'doing'
   and (worker.id is null or worker.last_heartbeat < now() - make_interval(secs => %s))
   for update of job skip locked
"""
