"""Named places at which a test makes this process die, stop or fail.

They do nothing unless LIGHTKEEPER_FAULT names one, which only tests do:

    LIGHTKEEPER_FAULT=reading.rows_inserted:3:kill      the third time, by SIGKILL
    LIGHTKEEPER_FAULT_ONCE=FILE                         once for all processes that name this file

A site behind TLS does not start with it.
"""

import errno
import os
import signal
from collections.abc import Callable

POINTS = frozenset({
    "web.before_commit", "web.before_answer",
    "intake.bytes_arrived", "intake.report_entered", "intake.bytes_kept",
    "errand.started", "errand.done", "errand.finished",
    "reading.begun", "reading.chunk_locked", "reading.rows_inserted", "reading.chunk_counted",
    "reading.chunk_written", "reading.before_end",
    "linking.worked_out", "linking.writing",
    "sealing.leaves_entered", "sealing.committed",
    "erasing.bytes_removed",
})  # fmt: skip
NAME, ONCE = "LIGHTKEEPER_FAULT", "LIGHTKEEPER_FAULT_ONCE"


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _fill() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


ACTIONS: dict[str, Callable[[], None]] = {"kill": _kill, "freeze": _freeze, "full": _fill}


class _Fault:
    """The one fault of this process, and how often its place was passed."""

    def __init__(self, text: str, once: str) -> None:
        point, _, rest = text.partition(":")
        nth, _, action = rest.partition(":")
        if point not in POINTS or not nth.isdigit() or action not in ACTIONS:
            raise RuntimeError(f"{NAME} is {text!r}; it is POINT:NUMBER:ACTION.")
        self.point, self.left, self.act, self.once = point, int(nth), ACTIONS[action], once

    def passed(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0 and self._first():
            self.act()

    def _first(self) -> bool:
        if not self.once:
            return True
        try:
            os.close(os.open(self.once, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        return True


_fault = _Fault(os.environ[NAME], os.environ.get(ONCE, "")) if os.environ.get(NAME) else None


def planted() -> bool:
    """Whether this process is to fail somewhere, on purpose."""
    return _fault is not None


def point(name: str) -> None:
    """A place at which a process may end; after it, nothing is lost and nothing doubled."""
    if _fault is not None:
        _fault.passed(name)
