"""Kills at named points and at any moment, by a seeded schedule: nothing acknowledged is lost,
nothing is doubled.

LIGHTKEEPER_FAULT_SEEDS says how many schedules; `make test-faults` runs 200.
"""

import os
import random
import threading
import time

import pytest

from lightkeeper.core.faults import POINTS
from tests.faults.ledger import Acknowledged, check_ledger, settled
from tests.faults.system import Keeper, Sender, System, plates, wait_until

pytestmark = pytest.mark.slow

SEEDS = int(os.environ.get("LIGHTKEEPER_FAULT_SEEDS", "2"))
FIRST = int(os.environ.get("LIGHTKEEPER_FAULT_FIRST_SEED", "1"))
WEB = sorted(p for p in POINTS if p.startswith(("web.", "intake.")))
WORKER = sorted(p for p in POINTS if p.startswith(("errand.", "reading.", "sealing.")))
OTHERWISE = ("", "worker", "web", "postgres", "connections")
ROWS = (4_300, 700)


@pytest.fixture(scope="module")
def told() -> list[Acknowledged]:
    """Whatever was acknowledged in any of the schedules."""
    return []


@pytest.fixture(scope="module")
def senders() -> dict[str, Sender]:
    return {}


def a_schedule(seed: int) -> tuple[str, str, str, float]:
    """A fault of the site, one of the worker, something else, and when."""
    rng = random.Random(seed)
    web = f"{WEB[(seed - 1) % len(WEB)]}:{rng.randint(1, 2)}:kill"
    worker = f"{WORKER[(seed - 1) % len(WORKER)]}:{rng.randint(1, 3)}:kill"
    return web, worker, OTHERWISE[seed % len(OTHERWISE)], rng.uniform(0.2, 3.0)


def strike(system: System, what: str) -> None:
    if what == "postgres":
        system.kill_postgres()
    elif what == "connections":
        system.drop_connections()
    elif what:
        system.kill(what)
        system.start(what)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_whatever_is_killed_what_was_acknowledged_is_there_once(stopped, told, senders, seed):
    system, (web, worker, otherwise, when) = stopped, a_schedule(seed)
    system.start("web", web)
    system.start("worker", worker)
    system.wait_for_site()
    found: list[Acknowledged] = []

    def send(who: str, rows: int) -> None:
        if who not in senders:
            senders[who] = Sender(system, who)
        data = plates(f"{who}{seed}R", rows)
        reference = senders[who].send(f"{who}{seed}.csv", data)
        found.append(Acknowledged(reference, data, rows))
        # The same again, as a sender does whose answer was lost: the same receipt.
        assert senders[who].send(f"{who}{seed}.csv", data) == reference

    with Keeper(system):
        sending = [
            threading.Thread(target=send, args=one)
            for one in zip(("ada", "ben"), ROWS, strict=True)
        ]
        for one in sending:
            one.start()
        time.sleep(when)
        strike(system, otherwise)
        for one in sending:
            one.join()
        assert len(found) == 2, "a sender gave up"
        told.extend(found)
        wait_until(lambda: settled(system), "everything is done")
        check_ledger(system, told)


def test_ten_who_send_the_same_bytes_at_once_get_one_receipt(stopped):
    """One of the ten makes the report; of a second agency it is another report, with its own."""
    stopped.start("web")
    stopped.wait_for_site()
    data, references = plates("ten", 50), {"ada": [], "ben": []}
    senders = {who: Sender(stopped, who) for who in references}
    sending = [
        threading.Thread(target=lambda w=who: references[w].append(senders[w].send("a.csv", data)))
        for who in ("ada", "ben") * 10
    ]
    for one in sending:
        one.start()
    for one in sending:
        one.join()

    assert [len(references[who]) for who in references] == [10, 10]
    assert len({*references["ada"]}) == len({*references["ben"]}) == 1
    assert references["ada"][0] != references["ben"][0]
    stopped.start("worker")
    told = [Acknowledged(references[who][0], data, 50) for who in references]
    check_ledger(stopped, told)
