"""Two who decide on the threshold at the same moment: each in a thread, on connections of their
own.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections, transaction

from lightkeeper.apps.accounts.services import actor_now
from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker import threshold
from lightkeeper.apps.intelligence.models import ThresholdAdoption, ThresholdReading
from lightkeeper.apps.intelligence.services import thresholds as worker
from lightkeeper.apps.intelligence.tests.arranging import NOON
from lightkeeper.apps.intelligence.tests.arranging_thresholds import (
    a_day_passes,
    adopt,
    logged,
    make_strict,
    propose,
    reading_of,
)
from lightkeeper.core.access import acting
from lightkeeper.core.errors import Refused

# As errands are numbered; none of these is of an errand.
FIRST, SECOND = 900_001, 900_002


@pytest.fixture
def together(tokens, monkeypatch) -> Callable[..., list[str]]:
    """What came of acts that begin together, each kept after its checks until the other is there
    too, if the other gets there: "done", or the rule that stood against it.
    """
    begin, checked = Barrier(2), Barrier(2)

    def slow(module, name):
        act = getattr(module, name)

        def after_the_other(**what):
            with suppress(BrokenBarrierError):
                checked.wait(timeout=0.5)
            return act(**what)

        monkeypatch.setattr(module, name, after_the_other)

    def one(name, act):
        try:
            with acting.with_session(tokens[name]):
                with transaction.atomic():
                    by = actor_now()
                begin.wait(timeout=10)
                act(by)
        except Refused as refusal:
            return refusal.rule
        finally:
            connections.close_all()
        return "done"

    def both(*acts):
        slow(worker.audit, "record")
        slow(threshold, "_bands")
        monkeypatch.setattr(worker, "link_arrived", lambda by, at: None)
        with ThreadPoolExecutor(len(acts)) as pool:
            return [done.result() for done in [pool.submit(one, *each) for each in acts]]

    return both


def confirm(proposal):
    return lambda by: worker.adopt_now(by=by, proposal_id=proposal.pk, at=NOON)


def undo(adoption, errand):
    return lambda by: worker.undo_now(by=by, adoption_id=adoption.pk, errand=errand, at=NOON)


def times(did):
    return [one for one, _ in logged()].count(did)


def test_of_two_who_undo_at_once_one_is_told(all_judged_same, be, do_errands, together):
    adoption = adopt(be, do_errands, make_strict(reading_of(be, do_errands)))

    said = together(("sam", undo(adoption, FIRST)), ("dev", undo(adoption, SECOND)))

    assert sorted(said) == ["done", "threshold.nothing"]
    assert times("threshold undone") == 1


def test_a_proposal_is_not_confirmed_while_what_stands_is_undone(
    all_judged_same, be, do_errands, together
):
    adoption = adopt(be, do_errands, reading_of(be, do_errands))
    proposal = propose(be, do_errands, make_strict(reading_of(be, do_errands)))

    said = together(("dev", confirm(proposal)), ("sam", undo(adoption, FIRST)))

    assert said in (["done", "threshold.undone"], ["threshold.decided", "done"])
    rows = ThresholdAdoption.objects.using(linker.USING)
    assert rows.get(pk=proposal.pk).waits is (said[1] == "done")
    assert rows.filter(undoes_id=adoption.pk).exists() is (said[1] == "done")


def test_two_who_confirm_at_once_are_one_decision(all_judged_same, be, do_errands, together):
    proposal = propose(be, do_errands, make_strict(reading_of(be, do_errands)))

    assert together(("dev", confirm(proposal)), ("dev", confirm(proposal))) == ["done", "done"]
    assert times("threshold adopted") == 1
    assert threshold.bits_that_stand() == 16.0


def test_of_two_readings_at_once_one_is_kept(all_judged_same, be, do_errands, together):
    a_day_passes()

    def read(errand):
        return lambda by: worker.read_now(by=by, target=0.95, errand=errand, at=NOON)

    said = together(("sam", read(FIRST)), ("dev", read(SECOND)))

    assert sorted(said) == ["done", "threshold.again"]
    assert ThresholdReading.objects.using(linker.USING).count() == 1


def test_a_reading_whose_worker_was_killed_before_it_could_say_so_is_not_told_to_wait(
    all_judged_same, be
):
    sam = be("sam")
    kept = worker.read_now(by=sam, target=0.95, errand=FIRST, at=NOON)

    assert worker.read_now(by=sam, target=0.95, errand=FIRST, at=NOON) == kept
    with pytest.raises(Refused, match=f"{kept.reference} stands for a day"):
        worker.read_now(by=sam, target=0.95, errand=SECOND, at=NOON)


@pytest.mark.parametrize("act", ["propose", "adopt", "undo"])
def test_a_worker_killed_after_the_act_leaves_its_event(all_judged_same, be, do_errands, act):
    """Whatever else it held open is lost; done a second time the act is found done."""
    reading = make_strict(reading_of(be, do_errands))
    if act == "adopt":
        proposal = propose(be, do_errands, reading)
    elif act == "undo":
        proposal = adopt(be, do_errands, reading)
    by, before = be("dev" if act == "adopt" else "sam"), logged()

    def do():
        how = {"by": by, "at": NOON}
        if act == "propose":
            worker.propose_now(reading_id=reading.pk, reason="as judged", errand=FIRST, **how)
        elif act == "adopt":
            worker.adopt_now(proposal_id=proposal.pk, **how)
        else:
            worker.undo_now(adoption_id=proposal.pk, errand=FIRST, **how)

    with transaction.atomic():
        do()
        transaction.set_rollback(True)
    do()
    did = {"propose": "proposed", "adopt": "adopted", "undo": "undone"}[act]
    assert logged()[len(before) :] == [(f"threshold {did}", "")]
