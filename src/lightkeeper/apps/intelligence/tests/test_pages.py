"""The pages and the API: forms, queue, figures, and what each door asks."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connections, transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.intelligence import queries, reactions, services
from lightkeeper.apps.intelligence.linker.keeping import fit_accuracy
from lightkeeper.apps.intelligence.models import LinkageRun
from lightkeeper.apps.intelligence.tests.arranging import NOON, VICTOR, judge, link, person
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

LIKE = [
    VICTOR,
    person("Victor", "Brand", "1980-04-03"),
    person("Mary", "Stone", "1990-01-02"),
    person("Mary", "Stowe", "1991-01-02"),
]


@pytest.fixture
def queue(given, be, ask):
    """Records that the model cannot decide on, and their queue."""
    records = given("ben", LIKE, released_to=[HUB])
    link(be("ada"))
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set held = true, may_wait = true")
    be("ada")
    return records


def pair_url(left, right):
    return f"/picture/review/{left.reference}/{right.reference}/"


def test_the_queue_shows_the_evidence_in_words_and_each_pair_once_judged_leaves_it(
    queue, be, ask, browse
):
    client = browse("ada")
    waiting, _ = ask(queries.review_queue, be("ada"))
    assert waiting
    left, right = waiting[0].left, waiting[0].right
    page = client.get("/picture/review/").content.decode()
    assert pair_url(left, right) in page
    assert (
        waiting[0].speaks_for[0] in page or waiting[0].speaks_for[0].replace("'", "&#x27;") in page
    )
    answer = client.post(
        pair_url(left, right) + "judge/", {"verdict": "SAME", "reason": "same school"}
    )
    assert answer.status_code == 302
    following = ask(queries.next_in_queue, be("ada"))
    assert answer["Location"] == (
        f"/picture/review/{following[0]}/{following[1]}/" if following else "/picture/review/"
    )
    assert pair_url(left, right) not in client.get("/picture/review/").content.decode()


def test_a_pair_stands_side_by_side_with_signs_and_words(queue, browse):
    page = browse("ada").get(pair_url(queue[0], queue[1])).content.decode()
    assert "Agree" in page or "Close" in page
    assert "One is missing" in page
    assert "Evidence for and against" in page
    assert 'accesskey="1"' in page


def test_a_decision_without_a_reason_comes_back_with_what_was_typed(queue, browse):
    url = pair_url(queue[0], queue[1]) + "judge/"
    answer = browse("ada").post(url, {"verdict": "SAME", "reason": ""})
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    partial = browse("ada").post(url, {"verdict": "SAME"}, headers={"HX-Request": "true"})
    assert partial.status_code == 422
    assert partial.content.decode().lstrip().startswith("<form")


def test_a_judgement_is_undone_with_a_reason(queue, be, browse):
    ada = be("ada")
    with transaction.atomic():
        judgement = judge(ada, queue[0], queue[1], "DIFFERENT", "met them both")
    client = browse("ada")
    url = f"/picture/judgements/{judgement.reference}/undo/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "mixed them up"}).status_code == 302
    page = client.get("/picture/judgements/").content.decode()
    assert "Undone by Ada Marsh: mixed them up" in page
    assert client.post(url, {"reason": "again"}).status_code == 409


@pytest.mark.parametrize("who", ["ben", "cleo", "sam", "audrey"])
def test_who_may_not_judge_sees_no_queue(queue, browse, who):
    client = browse(who)
    assert client.get("/picture/review/").status_code == 403
    data = {"verdict": "SAME", "reason": "because"}
    assert client.post(pair_url(queue[0], queue[1]) + "judge/", data).status_code in (403, 404)


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 200), ("ada", 403), ("ben", 403), ("audrey", 403), ("", 302)]
)
def test_only_administrators_see_the_figures(committed, browse, who, status):
    assert browse(who).get("/picture/figures/").status_code == status


def test_figures_show_the_accuracy_against_a_truth(given, be, browse):
    records = given("ben", [VICTOR, VICTOR, person("Mary", "Stone")], released_to=[HUB])
    link(be("ada"))
    truth = {records[0].reference: "a", records[1].reference: "a", records[2].reference: "b"}
    figures = services.measure_against(by=be("sam"), truth=truth, at=NOON)
    assert (figures["f1"], figures["b3_f1"], figures["records"]) == (1.0, 1.0, 3)
    page = browse("sam").get("/picture/figures/").content.decode()
    assert "F1 of pairs" in page
    assert "too few to say" in page


def test_what_is_kept_of_a_run_is_rounded_and_who_ran_it_has_it_exact(given, be):
    records = given("ben", [VICTOR, VICTOR, person("Mary", "Stone")], released_to=[HUB])
    run = link(be("ada"))
    truth = {one.reference: f"p{at // 2}" for at, one in enumerate(records)}
    exact = services.measure_against(by=be("sam"), truth=truth, at=NOON)
    kept = LinkageRun.objects.get()

    assert (run.figures["records"], run.figures["clusters"]) == (3, 2)
    assert (exact["records"], exact["precision"]) == (3, 1.0)
    counts = [one for name, one in kept.figures.items() if name not in ("block_size", "peak_mb")]
    assert all(one % 5 == 0 for one in counts if isinstance(one, int))
    assert (kept.figures["records"], kept.figures["clusters"]) == (5, 0)
    assert (kept.accuracy["records"], kept.accuracy["precision"]) == (5, None)


def test_figures_tell_how_many_records_were_left_alone(given, be, browse):
    given("ben", [VICTOR, VICTOR], released_to=[HUB])
    link(be("ada"))
    plain = browse("sam").get("/picture/figures/").content.decode()
    be("sam")
    run = LinkageRun.objects.get()
    with superuser(NAME) as there:
        there.execute(
            "update intelligence_linkagerun set figures = figures || %s::jsonb where id = %s",
            ('{"left_alone": 1285}', run.pk),
        )
    told = browse("sam").get("/picture/figures/").content.decode()

    assert "left alone" not in plain
    assert "1285 left alone: too many say the same" in told.replace("1,285", "1285")


def test_the_shares_of_a_measurement_are_kept_in_whole_percents_where_there_are_enough():
    counts = {"records": 1203, "entities": 612, "clusters": 611}
    exact = counts | {"joined_pairs": 592, "true_pairs": 591, "precision": 0.98765, "f1": 0.5}

    assert fit_accuracy(exact) == {
        "records": 1205, "entities": 610, "clusters": 610, "joined_pairs": 590, "true_pairs": 590,
        "precision": 0.99, "f1": 0.5,
    }  # fmt: skip
    for few in ("entities", "joined_pairs", "true_pairs"):
        assert fit_accuracy(exact | {few: 4})["f1"] is None
        assert fit_accuracy(exact | {few: 5})["f1"] == 0.5


def test_of_many_records_of_whom_two_are_one_person_no_share_is_kept(given, be):
    names = [(f"{one}ora", f"{one}uist") for one in "BCDFGHJKL"]
    people = [person(*name, f"19{60 + at}-05-05") for at, name in enumerate(names)]
    records = given("ben", [*people, people[0]], released_to=[HUB])
    link(be("ada"))
    truth = {one.reference: at % len(people) for at, one in enumerate(records)}
    exact = services.measure_against(by=be("sam"), truth=truth, at=NOON)

    assert (exact["records"], exact["entities"], exact["true_pairs"]) == (10, 9, 1)
    kept = LinkageRun.objects.get().accuracy
    assert (kept["precision"], kept["recall"], kept["f1"], kept["b3_f1"]) == (None,) * 4


@pytest.mark.parametrize(
    ("entities", "clusters", "share"), [(17, 15, None), (15, 16, None), (15, 15, 0.88)]
)
def test_an_upgrade_keeps_the_shares_of_five_pairs_or_more(given, be, entities, clusters, share):
    given("ben", [VICTOR, VICTOR], released_to=[HUB])
    link(be("ada"))
    said = {"records": 20, "entities": entities, "clusters": clusters, "f1": 0.876}
    with superuser(NAME) as there:
        there.execute("update intelligence_linkagerun set accuracy = %s", (json.dumps(said),))
    step = import_module("lightkeeper.apps.intelligence.migrations.0014_run_figures_rounded")
    step.round_what_is_kept(apps, SimpleNamespace(connection=connections["owner"]))

    assert LinkageRun.objects.get().accuracy["f1"] == share


def test_measuring_is_for_administrators_and_needs_records(given, be):
    given("ben", [VICTOR], released_to=[HUB])
    link(be("ada"))
    with pytest.raises(NotPermitted):
        services.measure_against(by=be("ada"), truth={}, at=NOON)
    with pytest.raises(Refused, match="No record of the truth"):
        services.measure_against(by=be("sam"), truth={"REC-X": "a"}, at=NOON)


def test_a_report_asks_for_linking_once_while_it_waits(committed, be):
    be("ben")
    with transaction.atomic():
        for _ in range(3):
            reactions.link_what_came(reactions.ReportRead(1, NOON))
        assert errands.Errand.objects.filter(kind="intelligence.link").count() == 1


def test_the_worker_links_on_behalf_of_who_sent_it_in(given, be, ask, do_errands):
    given("ben", [VICTOR, VICTOR], released_to=[HUB])
    be("ben")
    with transaction.atomic():
        reactions.link_what_came(reactions.ReportRead(1, NOON))
    assert do_errands() == 1
    found = ask(queries.find, be("ada"), "Victor Brandt")
    assert len(found) == 1
    with superuser(NAME) as connection:
        row = connection.execute(
            "select person, reason from audit_event where did = 'records linked'"
        ).fetchone()
        errand = connection.execute("select done, total, doing from accounts_errand").fetchone()
    assert row == ("ben", "")
    assert errand == (100, 100, "Done")


def test_the_api_finds_shows_lists_judges_and_undoes(queue, call_api):
    client = call_api("ada")
    found = client.get("/api/picture/search", {"q": "Viktor Brandt"}).json()["found"]
    assert found[0]["caption"] == "Victor Brandt"
    subject = client.get(f"/api/picture/subjects/{found[0]['reference']}").json()
    assert subject["records"][0]["agency"] == "Northshire Police"
    pair = client.get("/api/picture/review").json()["pairs"][0]
    given = {"left": pair["left"], "right": pair["right"], "verdict": "SAME", "reason": "same"}
    made = client.post("/api/picture/judgements", given, content_type="application/json")
    assert made.status_code == 201
    undo = f"/api/picture/judgements/{made.json()['reference']}/undo"
    assert client.post(undo, {"reason": "oops"}, content_type="application/json").status_code == 204
    assert client.get("/api/picture/priorities").json()["ranked"] == []
    assert client.get("/api/picture/search", {"q": "x" * 201}).status_code == 409
    wrong = given | {"verdict": "PERHAPS"}
    assert (
        client.post("/api/picture/judgements", wrong, content_type="application/json").status_code
        == 422
    )


@pytest.mark.parametrize(
    "url",
    ["/picture/search/", "/picture/review/", "/picture/judgements/", "/picture/priorities/",
     "/api/picture/search?q=a", "/api/picture/review", "/api/picture/priorities"],
)  # fmt: skip
def test_nobody_sees_anything_without_signing_in(committed, browse, call_api, url):
    client = (call_api if url.startswith("/api") else browse)("")
    assert client.get(url).status_code == (401 if url.startswith("/api") else 302)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "1e9", "2"])
def test_an_odd_page_number_is_answered(committed, browse, page):
    for url in ("/picture/review/", "/picture/priorities/", "/picture/judgements/"):
        assert browse("ada").get(url, {"page": page}).status_code == 200


def test_the_live_results_are_the_same_piece_as_on_the_page(given, be, browse):
    given("ben", [VICTOR], released_to=[HUB])
    client = browse("ada")
    page = client.get("/picture/search/", {"q": "brandt"})
    piece = client.get(
        "/picture/search/", {"q": "brandt"}, headers={"HX-Request": "true", "HX-Target": "found"}
    )
    assert piece.content.decode().strip() in page.content.decode()
    assert "Why it was found" in piece.content.decode()


def test_every_search_is_recorded_with_its_words_and_what_it_showed(given, be, browse):
    [one] = given("ben", [VICTOR], released_to=[HUB])
    browse("ada").get("/picture/search/", {"q": "brandt"})
    with superuser(NAME) as connection:
        row = connection.execute(
            'select person, reason, "references" from audit_event where did = %s', ("search",)
        ).fetchone()
    assert row == ("ada", "brandt", ["SUB-" + one.reference[4:]])
