"""What is not found leaves on a tick, whatever it was that was not found."""

import time

import pytest

from lightkeeper.core.ticks import wait_for_tick


@pytest.fixture
def slept(monkeypatch):
    """How long each wait was; nothing waits."""
    found: list[float] = []
    monkeypatch.setattr("lightkeeper.core.ticks.time.sleep", found.append)
    return found


@pytest.mark.parametrize(("worked", "waits"), [(0.0, 0.1), (0.03, 0.07), (0.17, 0.03)])
def test_the_rest_of_the_tick_is_waited_for(slept, monkeypatch, worked, waits):
    monkeypatch.setattr("lightkeeper.core.ticks.time.monotonic", lambda: 50.0 + worked)
    wait_for_tick(50.0, 0.1)
    assert slept == [pytest.approx(waits)]


def test_no_tick_is_no_wait(slept):
    wait_for_tick(time.monotonic(), 0)
    assert slept == []


@pytest.mark.parametrize("address", ["/picture/subjects/SUB-000000000-0/", "/no-such-page/"])
def test_what_is_not_found_leaves_on_the_tick_and_what_is_does_not(
    browse, settings, slept, address
):
    settings.NOT_FOUND_TICK_SECONDS = 0.1
    client = browse("ada")
    assert client.get(address).status_code == 404
    [waited] = slept
    assert 0 < waited <= 0.1
    assert client.get("/").status_code == 200
    assert len(slept) == 1
