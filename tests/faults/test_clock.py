"""A clock that jumps by a day, forward and back, under the database, the site and the workers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ledger import Acknowledged, check_ledger, check_whole
from tests.faults.system import Sender, System, plates, wait_until

pytestmark = pytest.mark.slow

LIBRARY = "faketime/libfaketimeMT.so.1"
ROWS = 4_300
DAY = 86_400


class Clock:
    """What every process of the system believes the time to be, as a distance from the truth."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.set(0)

    def set(self, seconds: int) -> None:
        before = self.file.with_suffix(".new")
        before.write_text(f"{seconds:+d}\n")
        before.chmod(0o644)
        before.replace(self.file)

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


def _library() -> Path:
    found = sorted(Path("/usr/lib").glob(f"*/{LIBRARY}"))
    assert found, "libfaketime is not installed. Run `make test`, which says how to get it."
    return found[0]


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clock]:
    folder = Path("/var/tmp") / f"lightkeeper-clock-{os.getpid()}"  # the server's account gets here
    folder.mkdir(mode=0o755, exist_ok=True)
    yield Clock(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def system(
    database: str, tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> Iterator[System]:
    made = System(Path(tmp_path_factory.mktemp("clock")))
    made.environment |= clock.environment()
    with pytest.MonkeyPatch.context() as patch:
        try:
            for name, value in clock.environment().items():
                patch.setenv(name, value)
            made.cluster.start()  # the server, and whatever it starts, go by this clock
            for name in clock.environment():
                patch.delenv(name)
            made.make()
            yield made
            clock.set(0)
            check_whole(made)
        finally:
            made.stop()


def now_of(system: System) -> float:
    return float(system.ask("select extract(epoch from clock_timestamp())")[0][0])


def jump(system: System, clock: Clock, seconds: int) -> None:
    """The clock shows so much more, or less, than the true time; wait until the server knows."""
    import time

    clock.set(seconds)
    wait_until(lambda: abs(now_of(system) - time.time() - seconds) < 60, "the clock has jumped")


def rows_of(system: System, reference: str) -> int:
    [(read,)] = system.ask("select rows_read from intake_report where reference = %s", reference)
    return int(read)


@pytest.mark.parametrize("seconds", [DAY, -DAY])
def test_while_a_report_is_read_the_clock_jumps_and_each_row_is_there_once(stopped, clock, seconds):
    for name in ("web", "worker", "worker-2"):
        stopped.start(name)
    stopped.wait_for_site()
    ada = Sender(stopped, "ada")
    data = plates(f"jump{seconds}", ROWS)
    told = Acknowledged(ada.send("a.csv", data), data, ROWS)
    wait_until(lambda: rows_of(stopped, told.reference) > 0, "it is being read", every=0.02)
    jump(stopped, clock, seconds)
    check_ledger(stopped, [told])

    again = Sender(stopped, "ada")
    more = plates(f"more{seconds}", 50)
    after = Acknowledged(again.send("b.csv", more), more, 50)
    check_ledger(stopped, [told, after])
    jump(stopped, clock, 0)
    back = Sender(stopped, "ada")
    last = plates(f"last{seconds}", 50)
    check_ledger(stopped, [told, after, Acknowledged(back.send("c.csv", last), last, 50)])


def test_what_was_put_off_does_not_wait_for_the_clock_to_come_round_again(stopped, clock):
    """A job that broke off is tried again in seconds, also when the clock has gone back a day."""
    stopped.start("web")
    stopped.wait_for_site()
    ada = Sender(stopped, "ada")
    data = plates("putoff", 50)
    told = Acknowledged(ada.send("a.csv", data), data, 50)
    stopped.start("worker", "reading.begun:1:full")
    waits = "select count(*) from procrastinate_jobs where status = 'todo' and scheduled_at > now()"
    wait_until(lambda: stopped.ask(waits) == [(1,)], "it is put off", every=0.02)
    jump(stopped, clock, -DAY)
    check_ledger(stopped, [told])
    jump(stopped, clock, 0)


def test_a_session_lasts_no_longer_because_the_clock_goes_back(stopped, clock):
    stopped.start("web")
    stopped.wait_for_site()
    jump(stopped, clock, DAY)
    ada = Sender(stopped, "ada")
    assert stopped.get("/api/reports/mappings", token=ada.token) == 200
    jump(stopped, clock, 0)
    assert stopped.get("/api/reports/mappings", token=ada.token) == 401
    back = Sender(stopped, "ada")
    assert stopped.get("/api/reports/mappings", token=back.token) == 200
    jump(stopped, clock, DAY)
    assert stopped.get("/api/reports/mappings", token=back.token) == 401
    jump(stopped, clock, 0)
