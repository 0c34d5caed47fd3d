"""Errands: of two that have one in hand the later is believed, and what ends its worker is set
aside.
"""

import pytest
from django.db import transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.models import Errand
from lightkeeper.apps.accounts.services import actor_now
from lightkeeper.core.access import acting
from lightkeeper.testing.records import NOON
from lightkeeper.testing.working import the_worker

pytestmark = pytest.mark.usefixtures("committed")

KIND = "test.errand"


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it on purpose."""


@pytest.fixture
def asked(as_):
    with transaction.atomic():
        return errands.ask(by=as_("ada"), kind=KIND, at=NOON)


@pytest.fixture
def do(monkeypatch):
    """`do(handler)`: from now on that is what errands of this kind do; and what was given up."""
    given_up = []
    monkeypatch.setitem(errands._given_up, KIND, lambda errand: given_up.append(errand.pk))

    def become(handler):
        monkeypatch.setitem(errands._handlers, KIND, handler)
        return given_up

    return become


def who(errand, attempt=None):
    with acting.with_errand(errand.pk, attempt), transaction.atomic():
        actor = actor_now()
        return actor.username if actor else None


def start(errand):
    with acting.with_errand(errand.pk), transaction.atomic():
        return errands._started(errand.pk).attempts


def as_it_stands(as_, errand):
    with transaction.atomic():
        as_("ada")
        return Errand.objects.get(pk=errand.pk)


def test_a_worker_whose_errand_was_taken_over_is_believed_for_nobody(asked):
    with the_worker():
        assert start(asked) == 1
        assert who(asked, 1) == "ada"
        assert start(asked) == 2

        assert (who(asked, 1), who(asked, 2)) == (None, "ada")
        with acting.with_errand(asked.pk, 1), transaction.atomic():
            assert Errand.objects.filter(pk=asked.pk).update(done=7) == 0
        with acting.with_errand(asked.pk, 1):
            errands.finish(asked)
        assert who(asked, 2) == "ada", "the late one ended it"


def test_a_site_is_not_believed_for_an_errand(asked):
    assert who(asked) is None


def test_what_ends_its_worker_three_times_is_set_aside(asked, do, as_):
    calls = []

    def deadly(errand):
        calls.append(errand.attempts)
        raise Killed

    given_up = do(deadly)
    with the_worker():
        for _ in range(3):
            with pytest.raises(Killed):
                errands.run_now(asked.pk)
        errands.run_now(asked.pk)
        errands.run_now(asked.pk)

    found = as_it_stands(as_, asked)
    assert (calls, given_up) == ([1, 2, 3], [asked.pk])
    assert found.finished_at is not None
    assert "ended the worker 3 times" in found.failed


def test_a_step_forward_begins_the_count_again(asked, do, as_):
    def one_step(errand):
        with transaction.atomic():
            errands.progress(errand, done=errand.done + 1)
        raise Killed

    given_up = do(one_step)
    with the_worker():
        for _ in range(6):
            with pytest.raises(Killed):
                errands.run_now(asked.pk)

    found = as_it_stands(as_, asked)
    assert (found.done, found.in_vain, found.finished_at, given_up) == (6, 0, None, [])


def test_what_breaks_off_in_words_is_counted_by_the_queue_and_not_here(asked, do, as_):
    def broken(errand):
        raise ZeroDivisionError

    given_up = do(broken)
    with the_worker():
        for _ in range(4):
            with pytest.raises(ZeroDivisionError):
                errands.run_now(asked.pk, last=False)
        assert given_up == []
        with pytest.raises(ZeroDivisionError):
            errands.run_now(asked.pk, last=True)

    found = as_it_stands(as_, asked)
    assert (found.attempts, given_up, found.failed) == (5, [asked.pk], errands.BROKE_OFF)
