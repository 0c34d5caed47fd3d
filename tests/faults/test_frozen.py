"""A worker that stands still and is taken for dead, and one that dies of the same job each time."""

import pytest

from tests.faults.ledger import Acknowledged, check_ledger, settled
from tests.faults.system import (
    IS_LONG,
    PATIENCE_SECONDS,
    Sender,
    System,
    freeze,
    go_on,
    is_frozen,
    plates,
    wait_until,
)

pytestmark = pytest.mark.slow

ROWS = 4_300
# In a transaction that holds rows; and, in the long form, between two, before and after all of it.
SHORT = ("reading.rows_inserted:2",)
LONG = (*SHORT, "reading.chunk_written:1", "errand.started:1", "errand.done:1", "errand.finished:1")
PLACES = LONG if IS_LONG else SHORT
LINKING = ("linking.writing", "linking.worked_out") if IS_LONG else ("linking.writing",)


@pytest.fixture
def ada(stopped: System) -> Sender:
    stopped.start("web")
    stopped.wait_for_site()
    # What stands still in a transaction is let go after three seconds here, and not after thirty.
    stopped.ask_nothing("alter role lk_worker set idle_in_transaction_session_timeout = '3s'")
    return Sender(stopped, "ada")


@pytest.mark.parametrize("place", PLACES)
def test_a_frozen_worker_is_taken_over_and_what_it_says_late_counts_for_nothing(
    stopped, ada, place
):
    frozen = stopped.start("worker", f"{place}:freeze")
    data = plates(place, ROWS)
    told = Acknowledged(ada.send("a.csv", data), data, ROWS)
    wait_until(lambda: is_frozen(frozen), "the worker stands still")

    stopped.start("worker-2")
    wait_until(lambda: settled(stopped), "another has done its work")
    check_ledger(stopped, [told])
    go_on(frozen)
    more = plates(f"{place}-more", 10)
    later = Acknowledged(ada.send("b.csv", more), more, 10)
    check_ledger(stopped, [told, later])
    stopped.kill("worker-2")
    last = plates(f"{place}-last", 10)
    check_ledger(stopped, [told, Acknowledged(ada.send("c.csv", last), last, 10)])
    assert frozen.poll() is None, "the worker that stood still does not work on"


def test_two_that_have_the_same_report_in_hand_write_each_row_once(stopped, ada):
    """The first goes on while the second is in the middle of it."""
    first = stopped.start("worker", "reading.chunk_written:1:freeze")
    data = plates("both", ROWS)
    told = Acknowledged(ada.send("a.csv", data), data, ROWS)
    wait_until(lambda: is_frozen(first), "the first stands still")
    second = stopped.start("worker-2", "reading.rows_inserted:1:freeze")
    wait_until(lambda: is_frozen(second), "the second stands still")

    go_on(first)
    go_on(second)
    check_ledger(stopped, [told])
    freeze(first)
    freeze(second)
    assert stopped.ask("select count(*) from accounts_errand where failed <> ''") == [(0,)]


PEOPLE = """\
name: people
version: 1
kind: Person
source_key: [ref]
properties:
  firstName: given
  lastName: family
  birthDate: {column: born}
"""
PICTURE = """
select array_agg((m.record_id, m.cluster) order by m.record_id), count(distinct m.cluster)
  from intelligence_membership m
"""
NOT_FINISHED = "select id from intelligence_linkagerun where finished_at is null"


def people(tag: str, count: int) -> bytes:
    """Every third row is of the person before."""
    lines = ["ref,given,family,born"]
    for n in range(count):
        who = n - (n % 3 == 2)
        lines.append(f"{tag}{n},Given{who},Family{who},{who % 28 + 1:02d}/06/19{who % 60 + 30}")
    return ("\r\n".join(lines) + "\r\n").encode()


@pytest.mark.parametrize("place", LINKING)
def test_a_frozen_linker_is_taken_over_and_what_it_writes_late_counts_for_nothing(
    stopped, ada, place
):
    sender = Sender(stopped, "ada", PEOPLE)
    frozen = stopped.start("worker", f"{place}:1:freeze")
    data = people(place, 60)
    told = Acknowledged(sender.send("a.csv", data), data, 60)
    wait_until(lambda: is_frozen(frozen), "the linker stands still")

    stopped.start("worker-2")
    wait_until(lambda: settled(stopped), "another has linked")
    [(picture, subjects)] = stopped.ask(PICTURE)
    assert subjects < len(picture), "nobody was joined"
    still_open = stopped.ask(NOT_FINISHED)
    assert still_open, "the run that stands still has ended"
    stopped.kill("worker-2")
    go_on(frozen)
    more = people(f"{place}-more", 9)
    later = Acknowledged(sender.send("b.csv", more), more, 9)
    check_ledger(stopped, [told, later])
    [(after, _)] = stopped.ask(PICTURE)
    assert len(after) == len(picture) + 9
    assert stopped.ask(NOT_FINISHED) == still_open, "what was late was written"


def test_what_ends_its_worker_each_time_is_set_aside_and_the_queue_goes_on(stopped, ada):
    poison, good = plates("poison", 10), plates("good", 10)
    bad = ada.send("a.csv", poison)
    for _ in range(3):
        stopped.fired("worker").unlink(missing_ok=True)
        worker = stopped.start("worker", "reading.begun:1:kill")
        worker.wait(timeout=PATIENCE_SECONDS)

    told = Acknowledged(ada.send("b.csv", good), good, 10)
    stopped.start("worker")
    wait_until(lambda: settled(stopped), "the queue has gone on")
    [(status, failure)] = stopped.ask(
        "select status, failure from intake_report where reference = %s", bad
    )
    assert status == "FAILED"
    assert "Reading broke off several times" in failure
    [(failed, attempts)] = stopped.ask(
        "select failed, attempts from accounts_errand where failed <> '' order by id desc limit 1"
    )
    assert "was set aside" in failed
    assert attempts == 4
    assert stopped.ask(
        "select status, rows_read from intake_report where reference = %s", told.reference
    ) == [("PARSED", 10)]
