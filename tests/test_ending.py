"""The guard against what never ends."""

import re
import signal

import pytest

from lightkeeper.testing.ending import NeverEnds, must_end


def _go_on():
    while True:
        pass


def test_what_never_ends_is_stopped_and_what_ends_is_left_alone():
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(NeverEnds), must_end(0.1):
        _go_on()
    with must_end(0.1):
        done = sum(range(10))

    assert done == 45
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_pattern_that_turns_back_for_ever_is_stopped():
    with pytest.raises(NeverEnds), must_end(0.2):
        re.fullmatch("(a+)+b", "a" * 60)
