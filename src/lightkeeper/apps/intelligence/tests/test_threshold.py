"""The threshold, read from judgements on pairs drawn at random, and who may."""

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import queries, services
from lightkeeper.apps.intelligence.linker import threshold
from lightkeeper.apps.intelligence.tests.arranging import NOON
from lightkeeper.apps.intelligence.tests.arranging_thresholds import (
    a_day_passes,
    in_use,
    reading_of,
)
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.engine.accuracy.cards import rounded
from lightkeeper.engine.linkage.bands import lot_of, turn_of
from lightkeeper.testing.plugin import NAME, superuser


def the_links():
    with superuser(NAME) as connection:
        return connection.execute(
            "select left_id, right_id, weight_bits, turn from intelligence_link order by 1, 2"
        ).fetchall()


def test_each_link_has_the_turn_that_follows_from_its_pair(linked):
    rows = the_links()
    assert rows
    left, right, bits, turns = zip(*rows, strict=True)
    assert list(turns) == pytest.approx(turn_of(bits, lot_of(left, right)).tolist())


def test_judgements_are_read_by_the_worker_with_what_they_rest_on(all_judged_same, be, do_errands):
    reading = reading_of(be, do_errands)

    pairs = len(the_links())
    assert reading.bits is not None
    assert reading.figures[-1]["judged"] == reading.figures[-1]["pairs"] == rounded(pairs)
    assert reading.figures[-1]["high"] == 1.0
    assert f"{rounded(pairs)} of them, drawn at random and judged" in reading.sentence
    assert reading.model_id == in_use().pk


def test_what_is_kept_is_rounded_and_a_second_reading_waits_a_day(all_judged_same, be, do_errands):
    first = reading_of(be, do_errands)
    services.ask_to_read(by=be("sam"), target=0.9, at=NOON)
    with pytest.raises(Refused, match=f"{first.reference} stands for a day"):
        do_errands()
    counts = [row[name] for row in first.figures for name in ("pairs", "judged")]
    assert counts
    assert all(count % 5 == 0 for count in counts)
    assert all(row["low"] == round(row["low"], 2) for row in first.figures)
    a_day_passes()
    assert do_errands() == 1


def test_without_judgements_nothing_is_shown_and_it_says_what_would(linked, be, do_errands):
    reading = reading_of(be, do_errands)

    assert reading.bits is None
    assert reading.sentence.startswith("0 judgements on links drawn at random do not show")


def judged_exactly():
    return sum(band.judged for band in threshold._bands())


def test_undone_judgements_and_held_links_do_not_count(all_judged_same, be, ask, do_errands):
    before = judged_exactly()
    ada = be("ada")
    [first, *_], _ = ask(queries.judgements, ada)
    with transaction.atomic():
        services.undo_judgement(by=ada, judgement=first, reason="was wrong", at=NOON)
    undone = judged_exactly()
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set held = true")
    held = reading_of(be, do_errands)

    assert undone < before
    assert held.figures == []


def say_in_turn(place, *verdicts):
    """Judgements on the link that is asked in this place, entered past everything."""
    with superuser(NAME) as connection:
        for number, verdict in enumerate(verdicts):
            connection.execute(
                "insert into intelligence_judgement (reference, left_id, right_id, bucket_left_id, "
                "bucket_right_id, verdict, reason, person_id, made_at) select %s, left_id, "
                "right_id, bucket_left_id, bucket_right_id, %s, 'said so', "
                "(select min(id) from accounts_person), now() from intelligence_link "
                "order by turn, id offset %s limit 1",
                (f"JDG-{place}-{number}", verdict, place),
            )


def in_one_band():
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set weight_bits = 2")


def test_who_contradict_each_other_decide_nothing(linked):
    in_one_band()
    say_in_turn(0, "SAME", "DIFFERENT")
    [band] = threshold._bands()
    assert (band.unsure, band.judged) == (1, 1)


def test_what_was_judged_before_its_turn_counts_once_those_before_it_are_judged(linked):
    in_one_band()
    say_in_turn(0, "SAME")
    say_in_turn(2, "DIFFERENT")
    [early] = threshold._bands()
    say_in_turn(1, "SAME")
    [later] = threshold._bands()
    assert (early.same, early.different) == (1, 0)
    assert (later.same, later.different) == (2, 1)


@pytest.mark.parametrize("target", [0.3, 0.9999])
def test_a_target_that_is_none_is_refused(committed, be, target):
    with transaction.atomic(), pytest.raises(Refused, match="share of links"):
        services.ask_to_read(by=be("sam"), target=target, at=NOON)


def test_who_may_not_choose_the_threshold_is_told_nothing(linked, be, do_errands, browse, call_api):
    reading = reading_of(be, do_errands)
    ada = be("ada")
    with transaction.atomic():
        with pytest.raises(NotPermitted):
            queries.thresholds(ada)
        with pytest.raises(NotPermitted):
            services.propose_threshold(by=ada, reading=reading, reason="as judged", at=NOON)
        with pytest.raises(NotPermitted):
            services.undo_adoption(by=ada, reason="as judged", at=NOON)
    assert browse("ada").get("/picture/threshold/").status_code == 403
    assert call_api("ada").get("/api/picture/threshold").status_code == 403
