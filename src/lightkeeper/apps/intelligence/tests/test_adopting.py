"""A threshold is proposed by one, confirmed by another, and undone."""

from dataclasses import replace

import pytest
from django.db import transaction
from psycopg.errors import CheckViolation

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.accounts.errands import Errand
from lightkeeper.apps.intelligence import linker, queries, services
from lightkeeper.apps.intelligence.linker import threshold
from lightkeeper.apps.intelligence.linker.arriving import link_what_came
from lightkeeper.apps.intelligence.models import (
    ThresholdAdoption,
    ThresholdReading,
    ThresholdReason,
)
from lightkeeper.apps.intelligence.services import thresholds as worker
from lightkeeper.apps.intelligence.tests.arranging import NOON, person
from lightkeeper.apps.intelligence.tests.arranging_thresholds import (
    PEOPLE,
    adopt,
    in_use,
    logged,
    make_strict,
    members,
    propose,
    reading_of,
)
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.engine.linkage.training import JOIN_AT
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser


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
        assert (adoption.bits, adoption.person.name, adoption.confirmed_by.name) == (
            16.0, "Sam Field", "Dev Rao",
        )  # fmt: skip
        services.undo_adoption(by=be("sam"), reason="was too strict", at=NOON)
    do_errands()
    be("sam")
    assert members() == before
    assert in_use().version == model.version
    assert (in_use().link_bits, in_use().training) == (JOIN_AT, model.training)
    assert in_use().trained_at == model.trained_at


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


def test_an_errand_done_a_second_time_changes_nothing_even_after_somebody_undid_it(
    all_judged_same, be, do_errands
):
    adopt(be, do_errands, make_strict(reading_of(be, do_errands)))
    sam = be("sam")
    with transaction.atomic():
        services.undo_adoption(by=sam, reason="back again", at=NOON)
    do_errands()
    be("sam")
    with transaction.atomic():
        proposal, undoing = ThresholdAdoption.objects.order_by("pk")
    reading = proposal.reading_id
    worker.propose_now(by=sam, reading_id=reading, reason="x", errand=proposal.errand, at=NOON)
    worker.adopt_now(by=be("dev"), proposal_id=proposal.pk, at=NOON)
    worker.undo_now(by=be("sam"), adoption_id=proposal.pk, errand=undoing.errand, at=NOON)

    assert ThresholdAdoption.objects.using(linker.USING).count() == 2
    assert threshold.bits_that_stand() == JOIN_AT


def test_a_proposal_changes_nothing_until_another_person_confirms_it(
    all_judged_same, be, do_errands
):
    reading = make_strict(reading_of(be, do_errands))
    before = members()
    older, proposal = propose(be, do_errands, reading), propose(be, do_errands, reading)
    assert threshold.last_adoption() is None
    assert members() == before
    for who, one, said in (
        ("sam", proposal, "Another person than"), ("dev", older, "waits no more"),
    ):  # fmt: skip
        by = be(who)
        with transaction.atomic(), pytest.raises(Refused, match=said):
            services.confirm_threshold(by=by, proposal=one, reason="looks right", at=NOON)
    with superuser(NAME) as connection, pytest.raises(CheckViolation):
        connection.execute("update intelligence_thresholdadoption set confirmed_by_id = person_id")


def test_the_reason_stands_for_those_who_may_confirm_and_goes_once_it_is_decided(
    all_judged_same, be, ask, do_errands
):
    def held():
        with superuser(NAME) as connection:
            return connection.execute(
                "select p.username, r.reason from intelligence_thresholdreason r "
                "join accounts_person p on p.id = r.person_id"
            ).fetchall()

    proposal = propose(be, do_errands, make_strict(reading_of(be, do_errands)))
    assert held() == [("dev", "as judged")]
    for who, sees in (("dev", 1), ("sam", 0), ("ada", 0), ("nell", 0)):
        be(who)
        assert ask(ThresholdReason.objects.count) == sees

    dev = be("dev")
    with transaction.atomic():
        services.confirm_threshold(by=dev, proposal=proposal, reason="looks right", at=NOON)
    do_errands()
    assert held() == []


def test_what_is_only_asked_is_not_logged_as_done_and_its_failure_is_shown(
    all_judged_same, be, do_errands, browse
):
    proposal = propose(be, do_errands, make_strict(reading_of(be, do_errands)))
    dev = be("dev")
    with transaction.atomic():
        services.confirm_threshold(by=dev, proposal=proposal, reason="looks right", at=NOON)
    assert logged()[-1] == ("threshold adoption asked", "looks right")
    with superuser(NAME) as connection:
        connection.execute("update intelligence_thresholdreading set bits = null")
        [[errand]] = connection.execute("select max(id) from accounts_errand").fetchall()
    with pytest.raises(Refused, match="do not show"):
        do_errands()
    assert logged()[-1] == ("threshold adoption asked", "looks right")
    be("dev")
    with transaction.atomic():
        errands.finish(Errand.objects.get(pk=errand), failed="The judgements do not show it.")
    page = browse("dev").get("/picture/threshold/").content.decode()
    assert "was not done: The judgements do not show it." in page


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
            services.propose_threshold(by=sam, reading=reading, reason=reason, at=NOON)
    with superuser(NAME) as connection:
        connection.execute("update intelligence_thresholdreading set bits = null")
    last.bits = None
    with transaction.atomic(), pytest.raises(Refused, match="do not show"):
        services.propose_threshold(by=sam, reading=last, reason="as judged", at=NOON)
    assert do_errands() == 0
    assert threshold.last_adoption() is None


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
    assert client.post(url + "propose/", given | {"reason": ""}).status_code == 422
    assert client.post(url + "propose/", given | {"reading": "THR-X"}).status_code == 404
    assert client.post(url + "propose/", given).status_code == 302
    do_errands()
    be("sam")
    with transaction.atomic():
        agreed = {"proposal": ThresholdAdoption.objects.get().reference, "reason": "looks right"}
    assert "Another person than the one who proposed it" in client.get(url).content.decode()
    other = browse("dev")
    page = other.get(url).content.decode()
    assert "Sam Field proposes that records be joined" in page
    assert "Their reason: as judged" in page
    assert url in other.get("/picture/review/").content.decode()
    assert other.post(url + "confirm/", agreed | {"reason": ""}).status_code == 422
    assert other.post(url + "confirm/", agreed | {"proposal": "THA-X"}).status_code == 404
    assert other.post(url + "confirm/", agreed).status_code == 302
    do_errands()
    page = client.get(url).content.decode()
    assert "Undo the last" in page
    assert "looks right" not in page
    assert client.post(url + "undo/", {"reason": ""}).status_code == 422
    assert client.post(url + "undo/", {"reason": "was wrong"}).status_code == 302
    do_errands()
    assert logged() == [
        ("threshold reading asked", "0.95"), ("threshold proposal asked", "as judged"),
        ("threshold proposed", ""), ("threshold adoption asked", "looks right"),
        ("threshold adopted", ""), ("threshold undoing asked", "was wrong"),
        ("threshold undone", ""),
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
    [proposal] = client.get(url).json()["adoptions"]
    assert (proposal["by"], proposal["confirmed_by"], proposal["waits"]) == (
        "Sam Field", None, True,
    )  # fmt: skip
    assert client.get(url).json()["why"] == ""
    client = call_api("dev")
    said = client.get(url).json()
    assert (said["why"], said["without_why"]) == ("as judged", "")
    agreed = {"proposal": proposal["reference"], "reason": "looks right"}
    assert post("/adoptions/confirm", agreed) == 202
    do_errands()
    assert client.get(url).json()["adoptions"][0]["confirmed_by"] == "Dev Rao"
    assert post("/adoptions/undo", {"reason": "was wrong"}) == 202
