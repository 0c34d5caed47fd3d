"""Migrates a database and is killed at a statement, again and again, until nothing is left to do.

python -m tests.faults.migrating SEED      at some statement
python -m tests.faults.migrating every     at each statement of each migration
"""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator

import django

FIRST = 400  # statements of several migrations, so that a few kills go through them all


def main(how: str) -> None:
    django.setup()
    done, kills = -1, 0
    for number in _each() if how == "every" else _some(int(how)):
        now = _applied()
        if how == "every" and now != done:
            done, place = now, 0
        place = place + 1 if how == "every" else number
        if _killed_at(place):
            kills += 1
        else:
            print(f"{kills} kills")
            return


def _each() -> Iterator[int]:
    while True:
        yield 0


def _some(seed: int) -> Iterator[int]:
    """Further each time: what is done in one go, however long, is got through in the end."""
    rng, most = random.Random(seed), FIRST
    while True:
        yield rng.randint(1, most)
        most += most // 2


def _applied() -> int:
    """How many migrations stand; asked outside, so that no connection is there when we fork."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("select to_regclass('django_migrations') is not null")
        (there,) = cursor.fetchone()
        count = 0
        if there:
            cursor.execute("select count(*) from django_migrations")
            (count,) = cursor.fetchone()
    connections.close_all()
    return int(count)


def _killed_at(number: int) -> bool:
    """Migrate in a child that dies before its n-th statement. Whether it did."""
    child = os.fork()
    if child == 0:
        _migrate(number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        time.sleep(0.01)
        return True
    if status:
        sys.exit("migrating broke off by itself")
    return False


def _migrate(number: int) -> None:
    from django.db import connections

    from lightkeeper.core.database import upkeep

    left = number

    def count(execute, sql, params, many, context):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connections["owner"].execute_wrapper(count):
        upkeep.migrate()


if __name__ == "__main__":
    main(sys.argv[1])
