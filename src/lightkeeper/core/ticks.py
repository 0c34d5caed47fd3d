"""Answers that leave on a tick, so that the time they took tells nothing of what they looked at."""

import time


def wait_for_tick(started: float, tick: float) -> None:
    """Wait until a whole number of ticks since `started`.

    Units: seconds, `started` of the monotonic clock; no tick, no wait.
    Source: one bit is left where the work crosses a tick; so a tick is several times the work.
    """
    if tick:
        time.sleep(tick - (time.monotonic() - started) % tick)
