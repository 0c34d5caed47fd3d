"""The worker outlives a database that is away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from lightkeeper.apps.accounts import worker


@pytest.mark.parametrize("away", [ConnectorException, PoolTimeout])
def test_a_worker_that_finds_no_database_tries_again_until_there_is_one(monkeypatch, away):
    tries, revived = [], []

    async def work(stop):
        tries.append(1)
        if len(tries) < 3:
            raise away("away")
        stop.set()

    monkeypatch.setattr(worker, "_work", work)
    monkeypatch.setattr(worker, "_keep_house", lambda *given: None)
    monkeypatch.setattr(worker, "AGAIN_AFTER_SECONDS", 0.0)

    with ThreadPoolExecutor(1) as another:  # the driver of the browser runs a loop in this one
        another.submit(worker.main, revive=lambda: revived.append(1)).result()

    assert (len(tries), len(revived)) == (3, 2)
