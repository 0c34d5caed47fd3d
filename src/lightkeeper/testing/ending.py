"""What must come to an end: a guard against a loop that never does, and no measure of speed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LIMIT = 20  # seconds of processor, where a sound run takes some hundredth of one


class NeverEnds(AssertionError):
    """What was asked for had not ended when it was stopped."""


@contextmanager
def must_end(limit: float = LIMIT) -> Iterator[None]:
    """Stop what runs inside after `limit` seconds of this process's processor, with NeverEnds."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise NeverEnds(f"not at its end after {limit} s of processor")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
