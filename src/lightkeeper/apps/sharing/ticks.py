"""Answers that leave on a tick, so that the time they took tells nothing of what they looked at."""

import time

from django.conf import settings


def leave_on_the_tick(started: float) -> None:
    """Wait until a whole number of ticks since `started`, of the monotonic clock.

    Source: one bit is left where the work crosses a tick; what is hidden is looked up by exact keys
    in an index, far below one.
    """
    tick = settings.POINTER_TICK_SECONDS
    if tick:
        time.sleep(tick - (time.monotonic() - started) % tick)
