"""The threshold: read from judgements on pairs drawn at random, adopted by a person, undone."""

from dataclasses import replace

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import linker, queries, services
from lightkeeper.apps.intelligence.linker import threshold
from lightkeeper.apps.intelligence.linker.arriving import link_what_came
from lightkeeper.apps.intelligence.models import (
    Link,
    LinkageModel,
    ThresholdAdoption,
    ThresholdReading,
)
from lightkeeper.apps.intelligence.tests.arranging import NOON, judge, link, person
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.engine.accuracy.cards import rounded
from lightkeeper.engine.linkage.bands import lot_of, turn_of
from lightkeeper.engine.linkage.training import JOIN_AT
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

PEOPLE = [
    person("Victor", "Brandt", "1979-04-03", phone="+447700900123"),
    person("Viktor", "Brandt", "1979-04-03", phone="+447700900123"),
    person("Victor", "Brandt", "1979-04-03", email="vb@mail.example"),
    person("Mary", "Stone", "1990-01-02", phone="+447700900124"),
    person("Marie", "Stone", "1990-01-02", phone="+447700900124"),
    person("Walter", "Brandt", "1979-04-03"),
]


@pytest.fixture
def linked(given, be):
    records = given("ben", PEOPLE, released_to=[HUB])
    link(be("ada"))
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set held = false")
    return records


@pytest.fixture
def all_judged_same(linked, be):
    """Every link is judged the same, so that each precision is known for certain."""
    ada = be("ada")
    with transaction.atomic():
        pairs = [
            (one.left, one.right)
            for one in Link.objects.visible_to(ada).select_related("left", "right")
        ]
        for left, right in pairs:
            judge(ada, left, right, "SAME")
    return linked


def the_links():
    with superuser(NAME) as connection:
        return connection.execute(
            "select left_id, right_id, weight_bits, turn from intelligence_link order by 1, 2"
        ).fetchall()


def a_day_passes():
    with superuser(NAME) as connection:
        connection.execute(
            "update intelligence_thresholdreading set made_at = made_at - interval '1 day'"
        )


def reading_of(be, do_errands, target=0.95):
    a_day_passes()
    sam = be("sam")
    services.ask_to_read(by=sam, target=target, at=NOON)
    do_errands()
    be("sam")
    with transaction.atomic():
        return ThresholdReading.objects.order_by("-pk").first()


def in_use():
    with transaction.atomic():
        return LinkageModel.objects.get(in_use=True)


def members():
    with superuser(NAME) as connection:
        return connection.execute(
            "select record_id, cluster, component from intelligence_membership order by 1"
        ).fetchall()


def adopt(be, do_errands, reading):
    sam = be("sam")
    with transaction.atomic():
        services.adopt_threshold(by=sam, reading=reading, reason="as judged", at=NOON)
    do_errands()
    be("sam")


def make_strict(reading):
    """As if judgements had shown that only what weighs much may join."""
    with superuser(NAME) as connection:
        connection.execute(
            "update intelligence_thresholdreading set bits = 16 where id = %s", (reading.pk,)
        )
    reading.bits = 16.0
    return reading


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


def test_adopting_works_the_picture_out_anew_and_undoing_puts_the_old_one_back(
    all_judged_same, be, ask, do_errands
):
    ada = be("ada")
    for one in ask(queries.judgements, ada)[0]:
        with transaction.atomic():
            services.undo_judgement(by=ada, judgement=one, reason="for the test", at=NOON)
    do_errands()
    before, model = members(), in_use()
    assert len({cluster for _, cluster, _ in before}) < len(PEOPLE)

    adopt(be, do_errands, make_strict(reading_of(be, do_errands)))

    assert (in_use().link_bits, in_use().body["join_at"]) == (16.0, 16.0)
    assert len({cluster for _, cluster, _ in members()}) > len({c for _, c, _ in before})
    with transaction.atomic():
        adoption = ThresholdAdoption.objects.get()
        assert (adoption.bits, adoption.person.name, adoption.reason) == (
            16.0, "Sam Field", "as judged",
        )  # fmt: skip
        services.undo_adoption(by=be("sam"), reason="was too strict", at=NOON)
    do_errands()
    be("sam")
    assert members() == before
    assert in_use().version == model.version
    assert (in_use().link_bits, in_use().training) == (JOIN_AT, model.training)


def test_an_adopted_threshold_stays_when_more_records_come(all_judged_same, given, be, do_errands):
    adopt(be, do_errands, make_strict(reading_of(be, do_errands)))
    given("ben", [person("Nora", "Quist", "1985-05-05")], released_to=[HUB])

    run = link_what_came(at=NOON)

    assert run is not None
    assert run.model.link_bits == 16.0
    assert threshold.bits_that_stand() == 16.0


def test_of_two_adoptions_undone_one_after_the_other_the_first_stands_between(
    all_judged_same, be, do_errands
):
    reading = reading_of(be, do_errands)
    first = reading.bits
    stands = [JOIN_AT]
    if first == JOIN_AT:
        pytest.fail("the reading must differ from what stands")
    adopt(be, do_errands, reading)
    stands.append(threshold.bits_that_stand())
    adopt(be, do_errands, make_strict(reading_of(be, do_errands)))
    stands.append(threshold.bits_that_stand())
    for _ in range(2):
        sam = be("sam")
        with transaction.atomic():
            services.undo_adoption(by=sam, reason="back again", at=NOON)
        do_errands()
        stands.append(threshold.bits_that_stand())
    assert stands == [JOIN_AT, first, 16.0, first, JOIN_AT]
    sam = be("sam")
    with transaction.atomic(), pytest.raises(Refused, match="none can be undone"):
        services.undo_adoption(by=sam, reason="once more", at=NOON)


def test_an_errand_done_a_second_time_changes_nothing(all_judged_same, be, do_errands):
    reading = make_strict(reading_of(be, do_errands))
    adopt(be, do_errands, reading)
    from lightkeeper.apps.intelligence.services import thresholds

    sam = be("sam")
    thresholds.adopt_now(by=sam, reading_id=reading.pk, reason="as judged", at=NOON)

    assert ThresholdAdoption.objects.using(linker.USING).count() == 1


def test_only_the_last_reading_of_the_model_in_use_that_shows_something_is_adopted(
    all_judged_same, be, do_errands
):
    older, last = reading_of(be, do_errands, 0.9), reading_of(be, do_errands)
    sam = be("sam")
    for reading, reason, said in (
        (older, "as judged", "a later reading"),
        (last, " ", "Say why"),
    ):
        with transaction.atomic(), pytest.raises(Refused, match=said):
            services.adopt_threshold(by=sam, reading=reading, reason=reason, at=NOON)
    with superuser(NAME) as connection:
        connection.execute("update intelligence_thresholdreading set bits = null")
    last.bits = None
    with transaction.atomic(), pytest.raises(Refused, match="do not show"):
        services.adopt_threshold(by=sam, reading=last, reason="as judged", at=NOON)
    assert do_errands() == 0
    assert threshold.last_adoption() is None


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
            services.adopt_threshold(by=ada, reading=reading, reason="as judged", at=NOON)
        with pytest.raises(NotPermitted):
            services.undo_adoption(by=ada, reason="as judged", at=NOON)
    assert browse("ada").get("/picture/threshold/").status_code == 403
    assert call_api("ada").get("/api/picture/threshold").status_code == 403


def test_an_administrator_of_another_agency_may_not_set_it(linked, be):
    stranger = replace(be("sam"), agency=be("nell").agency)
    with transaction.atomic():
        for check in (services.check_can_undo_adoption, queries.thresholds):
            with pytest.raises(NotPermitted, match="people of the hub"):
                check(stranger)


def test_the_page_reads_adopts_and_undoes_with_a_reason(all_judged_same, be, do_errands, browse):
    client, url = browse("sam"), "/picture/threshold/"
    assert client.get(url).status_code == 200
    assert client.post(url + "read/", {"target_percent": "20"}).status_code == 422
    assert client.post(url + "read/", {"target_percent": "95"}).status_code == 302
    do_errands()
    be("sam")
    with transaction.atomic():
        reading = ThresholdReading.objects.get()
    page = client.get(url).content.decode()
    assert reading.reference in page
    assert "drawn at random and judged" in page
    given = {"reading": reading.reference, "reason": "as judged"}
    assert client.post(url + "adopt/", given | {"reason": ""}).status_code == 422
    assert client.post(url + "adopt/", given | {"reading": "THR-X"}).status_code == 404
    assert client.post(url + "adopt/", given).status_code == 302
    do_errands()
    page = client.get(url).content.decode()
    assert "Undo the last" in page
    assert client.post(url + "undo/", {"reason": ""}).status_code == 422
    assert client.post(url + "undo/", {"reason": "was wrong"}).status_code == 302
    with superuser(NAME) as connection:
        rows = connection.execute(
            "select did, reason from audit_event where did like 'threshold%' order by id"
        ).fetchall()
    assert rows == [
        ("threshold worked out", "0.95"), ("threshold adopted", "as judged"),
        ("threshold undone", "was wrong"),
    ]  # fmt: skip


def test_the_api_does_the_same(all_judged_same, do_errands, call_api):
    client, url = call_api("sam"), "/api/picture/threshold"

    def post(where, body):
        return client.post(url + where, body, content_type="application/json").status_code

    assert post("/readings", {"target": 0.2}) == 422
    assert post("/readings", {"target": 0.95}) == 202
    do_errands()
    found = client.get(url).json()
    [reading] = found["readings"]
    assert found["joins_from_bits"] == JOIN_AT
    assert reading["figures"][-1]["low"] > 0.999
    assert post("/adoptions", {"reading": reading["reference"], "reason": "as judged"}) == 202
    do_errands()
    assert client.get(url).json()["adoptions"][0]["by"] == "Sam Field"
    assert post("/adoptions/undo", {"reason": "was wrong"}) == 202
