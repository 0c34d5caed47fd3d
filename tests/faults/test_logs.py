"""A log that nobody reads does not stop the work."""

import logging
import os
import threading

import pytest

from lightkeeper.web.logs import NeverWaiting, OneLine


@pytest.fixture
def pipe():
    """A pipe as a supervisor holds it, and a handler that writes to it."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(writing, "w") as stream:
        handler = NeverWaiting(stream)
        handler.setFormatter(OneLine())
        yield reading, writing, handler
    os.close(reading)


def say(handler: logging.Handler, words: str) -> None:
    handler.emit(logging.LogRecord("lightkeeper", logging.INFO, "", 0, words, None, None))


def fill(writing: int) -> None:
    os.set_blocking(writing, False)
    try:
        while os.write(writing, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(writing, True)


def read(reading: int) -> str:
    found = b""
    try:
        while block := os.read(reading, 65536):
            found += block
    except BlockingIOError:
        pass
    return found.decode()


def test_lines_are_lost_rather_than_the_work_and_the_next_reader_is_told(pipe):
    reading, writing, handler = pipe
    fill(writing)
    working = threading.Thread(
        target=lambda: [say(handler, f"line {n}") for n in range(50)], daemon=True
    )
    working.start()
    working.join(30)
    assert not working.is_alive(), "the work waits for somebody to read its log"
    assert "line" not in read(reading)

    say(handler, "somebody reads again")
    told = read(reading)
    assert "50 lines were lost: nobody read them in time" in told
    assert told.endswith("somebody reads again\n")
    say(handler, "and all is well")
    assert "lost" not in read(reading)


def test_a_long_line_arrives_whole_while_somebody_reads(pipe):
    reading, _, handler = pipe
    say(handler, "a" * 20_000 + "end")

    assert read(reading).endswith("a" * 100 + "end\n")
