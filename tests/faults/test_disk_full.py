"""The disk is full: a clear answer, nothing half kept, and work goes on when there is room again.

The store of bytes is filled by a limit on the size of files, which needs no rights. The disk of the
database is filled on a small disk in memory; where the machine does not let us mount one, the run
ends with a warning that says so.
"""

import contextlib
import resource
import subprocess
import time
import warnings

import pytest

from tests.faults.ledger import Acknowledged, check_ledger
from tests.faults.system import IS_LONG, Sender, System, plates, wait_until

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
DISK_MB = 600
NO_ROOM = "The system has no room left on its disk. What you sent was not kept."


def no_file_over_one_megabyte() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))


STARTS = (
    {"preexec_fn": no_file_over_one_megabyte},
    {"fault": "intake.bytes_kept:1:full"},
    {"fault": "intake.bytes_arrived:1:full"},
    {"fault": "intake.report_entered:1:full"},
)


class NotTried(UserWarning):
    """A fault that this machine does not let us make."""


def send_raw(system: System, sender: Sender, data: bytes):
    query = "scheme=3x5x2&source_evaluation=2&information_assessment=C&handling_code=P"
    return system.call(
        "POST", f"/api/reports?{query}&file_name=a.csv&mapping={sender.mapping}", data,
        token=sender.token, **{"Content-Type": "application/octet-stream"},
    )  # fmt: skip


@pytest.mark.parametrize("start", STARTS if IS_LONG else STARTS[:2])
def test_an_upload_that_finds_no_room_is_answered_and_leaves_nothing(stopped, start):
    stopped.start("web", **start)
    stopped.wait_for_site()
    ada = Sender(stopped, "ada")
    data = plates(f"full{len(str(start))}", 90_000)
    before = stopped.ask("select count(*) from intake_report")

    answer = send_raw(stopped, ada, data)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60"), answer.body
    assert answer.json["detail"].startswith(NO_ROOM)
    assert stopped.ask("select count(*) from intake_report") == before
    assert list((stopped.var / "blobs" / "incoming").glob("*")) == []
    assert stopped.get("/api/reports", ada.token) == 200

    stopped.kill("web")
    stopped.start("web")
    stopped.start("worker")
    stopped.wait_for_site()
    less = data[: data.index(b"\n", 20_000) + 1]
    told = Acknowledged(ada.send("a.csv", less), less, less.count(b"\n") - 1)
    check_ledger(stopped, [told])


@contextlib.contextmanager
def a_small_disk(place):
    place.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)]
    done = subprocess.run(words, capture_output=True, text=True)
    yield done.returncode == 0
    if done.returncode == 0:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_of_the_database_stops_no_more_than_it_must_and_loses_nothing(
    database, tmp_path
):
    system = System(tmp_path)
    with a_small_disk(system.cluster.root) as mounted:
        if not mounted:
            warnings.warn(
                NotTried(
                    "The disk of the database was NOT filled: this machine lets nobody mount one."
                ),
                stacklevel=1,
            )
            return
        try:
            system.make()
            _fill_and_free(system)
        finally:
            system.stop()


def _fill_and_free(system: System) -> None:
    system.start("web")
    system.start("worker")
    system.wait_for_site()
    ada = Sender(system, "ada")
    first = plates("first", 500)
    told = [Acknowledged(ada.send("a.csv", first), first, 500)]
    wait_until(lambda: _read(system, told[0]), "the first is read")

    filler = system.cluster.root / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as out:
        while True:
            out.write(bytes(MIB // 8))
            out.flush()
    second = plates("second", 40_000)
    answer = send_raw(system, ada, second)
    # Either it was entered, and is read when there is room, or it was refused in words.
    assert answer.status in (201, 503), answer.body
    deadline = time.monotonic() + 6
    while time.monotonic() < deadline:
        status = system.get("/api/reports", ada.token)
        assert status in (200, 503)
        time.sleep(0.5)
    filler.unlink()

    told.append(Acknowledged(ada.send("b.csv", second), second, 40_000))
    check_ledger(system, told)


def _read(system: System, one: Acknowledged) -> bool:
    return system.ask("select status from intake_report where reference = %s", one.reference) == [
        ("PARSED",)
    ]
