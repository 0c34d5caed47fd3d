"""The worker: does errands one after another, takes up those a killed worker left, seals the
audit log, keeps house.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import procrastinate
from django.conf import settings
from django.db import OperationalError, close_old_connections, connections, transaction
from procrastinate import jobs, manager
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from psycopg_pool import PoolTimeout

log = logging.getLogger("lightkeeper.worker")

# Five missed heartbeats: the worker is dead, and what it was doing is done again by another.
DEAD_AFTER_SECONDS = float(settings.WORKER_DEAD_AFTER_SECONDS)
HEARTBEAT_SECONDS = DEAD_AFTER_SECONDS / 5
HOUSEKEEPING_SECONDS = DEAD_AFTER_SECONDS / 2
AGAIN_AFTER_SECONDS = 1.0

Chore = Callable[[], None]


def main(*chores: Chore, revive: Chore = lambda: None) -> None:
    """Work until told to stop. A signal lets the errand in hand finish its transaction first.

    `chores` are done every few seconds. When the database goes away, `revive` is called and the
    work begins again: nobody has to start the worker anew.
    """
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_house, args=(stop, chores, revive), daemon=True)
    keeper.start()
    try:
        while not stop.is_set():
            # A pool that cannot be filled in time says so for itself.
            with suppress(ConnectorException, PoolTimeout):
                asyncio.run(_work(stop))
            if not stop.is_set():
                log.error("the database went away; it is tried again")
                stop.wait(AGAIN_AFTER_SECONDS)
                with suppress(Exception):
                    revive()
    finally:
        stop.set()
        keeper.join(timeout=10)


async def _work(stop: threading.Event) -> None:
    connector = procrastinate.PsycopgConnector(kwargs=connector_params(), timeout=5.0)
    with app.replace_connector(connector) as working:
        working.job_manager = _OwnJobs(connector)
        async with working.open_async():
            worker = Worker(
                app=working,
                name="worker",
                concurrency=1,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                fetch_job_polling_interval=min(2.0, HEARTBEAT_SECONDS),
                shutdown_graceful_timeout=30,
                delete_jobs="successful",
            )

            def asked() -> None:
                stop.set()
                worker.stop()

            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, asked)
            await worker.run()


class _OwnJobs(manager.JobManager):
    """Ends or puts off no job that another worker has in hand: one that was taken for dead, and
    lives, would otherwise take the job out of the queue while the other is at it.
    """

    worker_id: int | None = None

    async def register_worker(self) -> int:
        self.worker_id = await super().register_worker()
        return self.worker_id

    async def finish_job_by_id_async(
        self, job_id: int, status: jobs.Status, delete_job: bool
    ) -> None:
        await self._of_mine(
            "procrastinate_finish_job_v1(job.id, %(status)s, %(delete_job)s)",
            job_id, status=status.value, delete_job=delete_job,
        )  # fmt: skip

    async def retry_job_by_id_async(
        self,
        job_id: int,
        retry_at: datetime,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        await self._of_mine(
            "procrastinate_retry_job_v2(job.id, %(retry_at)s, null, null, null)",
            job_id, retry_at=retry_at,
        )  # fmt: skip

    async def _of_mine(self, act: str, job_id: int, **given: object) -> None:
        await self.connector.execute_query_async(
            query=f"with mine as (select job.id from procrastinate_jobs job where job.id = %(job)s "  # noqa: S608
            f"and job.status = 'doing' and job.worker_id = %(worker)s for update) "
            f"select {act} from mine job",
            job=job_id, worker=self.worker_id, **given,
        )  # fmt: skip


def _keep_house(stop: threading.Event, chores: tuple[Chore, ...], revive: Chore) -> None:
    while not stop.wait(HOUSEKEEPING_SECONDS):
        for chore in (take_up_what_was_left, *chores):
            try:
                close_old_connections()
                chore()
            except OperationalError:
                log.error("the database does not answer the housekeeping")
                with suppress(Exception):
                    revive()
            except Exception:
                log.exception("housekeeping broke off; it is tried again")
            finally:
                with suppress(Exception):
                    connections.close_all()


def take_up_what_was_left() -> None:
    """Put the jobs of dead workers back in the queue."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(LEFT, [DEAD_AFTER_SECONDS])
        left = [row[0] for row in cursor.fetchall()]
        for job in left:
            log.warning("job %s was left by a worker that died; it is taken up again", job)
            cursor.execute("select procrastinate_retry_job_v2(%s, now(), null, null, null)", [job])
        cursor.execute(TOO_LATE, [LONGEST_WAIT_SECONDS])


# No pause between two attempts is longer: what waits longer was put off before the clock went back.
LONGEST_WAIT_SECONDS = 300.0
TOO_LATE = """
update procrastinate_jobs set scheduled_at = now()
 where status = 'todo' and scheduled_at > now() + make_interval(secs => %s)
"""
# A job is left when its worker is gone from the table of workers, or its heart has stopped. A last
# beat that is still to come was before the clock went back.
LEFT = """
select job.id from procrastinate_jobs job
  left join procrastinate_workers worker on worker.id = job.worker_id
 where job.status = 'doing'
   and (worker.id is null
        or abs(extract(epoch from now() - worker.last_heartbeat)) > %s)
   for update of job skip locked
"""
