"""What a kill, a rollback or a person who left leaves behind, and what becomes of it."""

import hashlib
import threading
import time

import pytest
from django.db import connections, transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.models import Errand
from lightkeeper.apps.intake import blobs, services, tidying
from lightkeeper.apps.intake.models import Report
from lightkeeper.apps.intake.tests.arranging import NOON, send
from lightkeeper.core.errors import Refused
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.testing.working import the_worker

pytestmark = pytest.mark.usefixtures("committed")

OTHERS = b"bytes that no report names"
DIGEST = hashlib.sha256(OTHERS).hexdigest()


@pytest.fixture
def sent(as_):
    with transaction.atomic():
        return send(as_("ada"), level=0).report


@pytest.fixture
def orphan():
    place = blobs.place_of(DIGEST)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(OTHERS)
    return place


def lose_the_jobs():
    with superuser(NAME) as c:
        c.execute("delete from procrastinate_jobs")


def report_now(as_, who="ada"):
    with transaction.atomic():
        return Report.objects.visible_to(as_(who)).get()


def tidy_reports():
    with the_worker():
        return tidying.set_aside_reports()


@pytest.fixture
def ada_has_left():
    with superuser(NAME) as c:
        c.execute("update accounts_person set is_active = false where username = 'ada'")
    yield
    with superuser(NAME) as c:
        c.execute("update accounts_person set is_active = true where username = 'ada'")


def test_a_report_whose_job_waits_or_is_in_hand_is_left_alone(sent, as_):
    assert tidy_reports() == []
    with superuser(NAME) as c:
        c.execute("update procrastinate_jobs set status = 'doing'")
    assert tidy_reports() == []
    assert report_now(as_).status == "RECEIVED"


def test_a_report_of_somebody_who_left_says_so_and_a_colleague_has_it_read(
    sent, ada_has_left, as_, do_errands, events
):
    with the_worker():
        [(errand,)] = connections_ask("select id from accounts_errand")
        errands.run_now(errand)  # nothing is done for somebody who may not act
    lose_the_jobs()  # and the queue counts that as done
    assert report_now(as_, "lou").status == "RECEIVED"

    assert tidy_reports() == [sent.reference]
    found = report_now(as_, "lou")
    assert (found.status, found.failure) == ("FAILED", tidying.BECAUSE)
    assert events()[-1] == "report read"
    with transaction.atomic():
        lou = as_("lou")
        services.read_again(by=lou, report=found, at=NOON)
    do_errands()
    found = report_now(as_, "lou")
    assert (found.status, found.rows_read) == ("PARSED", 3)
    with pytest.raises(Refused), transaction.atomic():
        services.read_again(by=as_("lou"), report=found, at=NOON)


def connections_ask(question):
    with superuser(NAME) as c:
        return c.execute(question).fetchall()


def test_an_errand_that_no_job_does_ends_and_says_why(sent, as_):
    lose_the_jobs()
    tidy_reports()
    with transaction.atomic():
        as_("ada")
        errand = Errand.objects.get()
    assert (errand.finished_at is None, errand.failed) == (False, tidying.BECAUSE)


def test_the_site_may_not_set_reports_aside(sent):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"):
        tidying.set_aside_reports()


def test_bytes_that_no_report_names_are_set_aside_and_those_of_reports_are_not(sent, orphan):
    with the_worker():
        assert tidying.tidy_files() == 1
        assert tidying.tidy_files() == 0

    assert blobs.place_of(sent.digest).exists()
    assert not orphan.exists()
    assert (blobs.left() / DIGEST).read_bytes() == OTHERS


def test_bytes_that_are_just_being_entered_wait_for_it(orphan):
    """Whoever enters a report holds the lock from before its bytes are there until it stands."""

    def tidy():
        with the_worker():
            tidying.tidy_files()
        connections.close_all()

    with superuser(NAME) as c, c.transaction():
        c.execute("select pg_advisory_xact_lock_shared(%s)", [blobs.LOCK])
        waiting = threading.Thread(target=tidy)
        waiting.start()
        waiting.join(1.0)
        assert waiting.is_alive()
        assert orphan.exists()
    waiting.join(20)
    assert not orphan.exists()


def test_what_broke_off_on_its_way_in_goes_when_it_has_not_changed_for_an_hour(monkeypatch):
    """By a clock that does not jump with the system's."""
    blobs.incoming().mkdir(parents=True, exist_ok=True)
    still, growing = blobs.incoming() / "a.part", blobs.incoming() / "b.part"
    still.write_bytes(b"x")
    growing.write_bytes(b"x")
    now = time.monotonic()
    monkeypatch.setattr(tidying, "_on_the_way", {})
    monkeypatch.setattr(time, "time", lambda: 4e9)  # the clock has jumped by decades
    for minutes in (0, 59):
        monkeypatch.setattr(time, "monotonic", lambda m=minutes: now + m * 60)
        assert tidying._remove_parts() == 0
        growing.write_bytes(b"x" * (minutes + 2))
    monkeypatch.setattr(time, "monotonic", lambda: now + 61 * 60)
    assert tidying._remove_parts() == 1
    assert (still.exists(), growing.exists()) == (False, True)


def test_what_was_set_aside_goes_after_a_month(orphan, monkeypatch):
    with the_worker():
        tidying.tidy_files()
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + 29 * 86400)
        assert tidying.tidy_files() == 0
        monkeypatch.setattr(time, "time", lambda: real() + 31 * 86400)
        assert tidying.tidy_files() == 1
    assert list(blobs.left().iterdir()) == []


def test_the_chore_does_its_parts_when_they_are_due(monkeypatch):
    done, now = [], time.monotonic()
    monkeypatch.setattr(tidying, "_last", {})
    monkeypatch.setattr(tidying, "set_aside_reports", lambda: done.append("reports"))
    monkeypatch.setattr(tidying, "tidy_files", lambda: done.append("files"))
    for minutes in (0, 0.5, 1.1, 61):
        monkeypatch.setattr(time, "monotonic", lambda m=minutes: now + m * 60)
        tidying.chore()
    assert done == ["reports", "files", "reports", "reports", "files"]
