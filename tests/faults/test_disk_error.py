"""The disk under the database answers with an error when it is told to make what was written last.

PostgreSQL then stops at once and comes back from its log: it never tries again and hopes, because
after such an error the system may have thrown away what it was to write. Where the machine lets
nobody look into another process, the run ends with a warning that says so.
"""

import contextlib
import subprocess
import time
import warnings
from collections.abc import Iterator

import psutil
import pytest

from tests.faults.ledger import Acknowledged, check_ledger
from tests.faults.system import Sender, System, plates, wait_until
from tests.faults.test_disk_full import NotTried

pytestmark = pytest.mark.slow

# The so-maniest call of each process fails, and no other of it.
NTH = 3
STOPPED = "PANIC:  could not fdatasync file"


@contextlib.contextmanager
def errors_of_the_disk(system: System) -> Iterator[bool]:
    """Each process of the server meets one. Whether this machine lets us."""
    number = int((system.cluster.data / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(number)
    every = [server, *server.children(recursive=True)]
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync",
         "-e", f"inject=fdatasync:error=EIO:when={NTH}",
         *(word for one in every for word in ("-p", str(one.pid)))],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(1.0)
    try:
        yield tracer.poll() is None
    finally:
        tracer.terminate()
        tracer.wait(timeout=30)


def stops(system: System) -> int:
    return (system.cluster.root / "log").read_text(errors="replace").count(STOPPED)


def test_an_error_of_the_disk_stops_the_database_and_nothing_acknowledged_is_lost(stopped):
    stopped.cluster.start()
    for name in ("web", "worker"):
        stopped.start(name)
    stopped.wait_for_site()
    ada = Sender(stopped, "ada")
    told = []
    with errors_of_the_disk(stopped) as possible:
        if not possible:
            warnings.warn(
                NotTried("The disk gave NO error: this machine lets nobody trace a process."),
                stacklevel=1,
            )
        for number in range(6 if possible else 1):
            data = plates(f"eio{number}", 1_100)
            told.append(Acknowledged(ada.send("a.csv", data), data, 1_100))
    if possible:
        wait_until(lambda: stops(stopped) > 0, "the database has stopped and come back", 10.0)
    check_ledger(stopped, told)
