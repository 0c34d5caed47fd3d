"""What the models learnt and who is linked worse: for whom, from what, and with what suppressed."""

import json
from importlib import import_module

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import queries, services
from lightkeeper.apps.intelligence.models import AccuracyCard, LinkageModel
from lightkeeper.apps.intelligence.tests.arranging import NOON, VICTOR, judge, link, person
from lightkeeper.core.errors import NotPermitted
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

FIRST = ("Ada", "Björn", "Cleo", "Dilys", "Evan", "Fay", "Gwen", "Huw", "Ines", "Jago")
MADE_ANEW = "lightkeeper.apps.intelligence.migrations.0016_cards_made_anew"
LAST = ("Quill", "Penrose", "Hartley", "Marsh", "Okoro", "Byrne")


def twice(count=30):
    """Each person in two records, some without a birth date."""
    for at in range(count):
        born = f"{1960 + at}-0{1 + at % 9}-1{at % 10}"
        said = {"gender": "female" if at % 2 else "male", "email": f"p{at}@mail.example"}
        who = person(FIRST[at % 10], f"{LAST[at % 6]}{'abc'[at % 3]}", born, **said)
        yield who
        yield who if at % 5 else {k: v for k, v in who.items() if k != "birthDate"}


@pytest.fixture
def linked(given, be):
    records = given("ben", twice(), released_to=[HUB])
    link(be("ada"))
    return records


def truth_of(records):
    return {record.reference: at // 2 for at, record in enumerate(records)}


def card_of(basis):
    return AccuracyCard.objects.get(basis=basis).body


@pytest.mark.parametrize(
    ("who", "models", "accuracy"),
    [("sam", 200, 403), ("dora", 200, 200), ("ada", 403, 403), ("ben", 403, 403),
     ("audrey", 403, 403), ("dev", 403, 403), ("", 302, 302)],
)  # fmt: skip
def test_models_are_for_administrators_and_the_governance_desk_and_accuracy_for_the_desk_alone(
    committed, browse, who, models, accuracy
):
    client = browse(who)
    assert client.get("/picture/models/").status_code == models
    assert client.get("/picture/accuracy/").status_code == accuracy


def test_a_model_that_is_not_there_is_refused_before_it_is_looked_for(committed, browse):
    assert browse("ada").get("/picture/models/0123456789abcdef/").status_code == 403
    assert browse("sam").get("/picture/models/0123456789abcdef/").status_code == 404


def test_the_page_of_a_model_says_each_level_with_its_bits(linked, be, ask, browse):
    row = LinkageModel.objects.get()
    page = browse("sam").get(f"/picture/models/{row.version}/").content.decode()
    report = ask(queries.learnt, be("sam"), row.version).report

    for comparison in report.comparisons:
        for level in comparison.levels:
            assert level.sentence.replace("'", "&#x27;") in page
    assert "Learnt from 60 records" in page
    assert "Unlinkable records" in page
    assert page.count('class="histogram"') == 2
    assert " style=" not in page
    assert row.version in browse("dora").get("/picture/models/").content.decode()


def test_who_looked_at_which_model_and_at_accuracy_is_recorded(linked, browse):
    version = LinkageModel.objects.get().version
    browse("sam").get(f"/picture/models/{version}/")
    browse("dora").get("/picture/accuracy/")

    with superuser(NAME) as c:
        rows = c.execute(
            "select person, did from audit_event where did like '%model of linkage seen' "
            "or did like '%accuracy by group seen' order by id"
        ).fetchall()
    assert [who for who, _ in rows] == ["sam", "dora"]


def test_measuring_against_a_truth_keeps_a_card_that_finds_nobody(linked, be, browse):
    services.measure_against(by=be("sam"), truth=truth_of(linked), at=NOON)
    body = card_of("TRUTH")

    assert body["whole"]["people"] == 30
    assert body["whole"]["recall"]["low"] > 0.5
    names = {table["name"] for table in body["tables"]}
    assert {"Agency that sent it", "Age", "Recorded sex", "Name", "Birth date"} <= names
    for table in body["tables"]:
        hidden = [row for row in table["rows"] if row["people"] is None]
        assert len(hidden) != 1
        for row in table["rows"]:
            assert row["people"] is None or (row["people"] >= 5 and row["people"] % 5 == 0)
    page = browse("dora").get("/picture/accuracy/").content.decode()
    assert "A known truth" in page
    assert "Suppressed" in page
    assert "Northshire Police" in page
    assert VICTOR["name"][0] not in page
    assert "Quill" not in page


def test_a_card_of_judgements_rests_on_what_the_model_alone_would_do(linked, be, browse):
    ada = be("ada")
    for at in range(0, 20, 2):
        with transaction.atomic():
            judge(ada, linked[at], linked[at + 1], "SAME")
    for at in range(0, 12, 2):
        with transaction.atomic():
            judge(ada, linked[at], linked[at + 2], "DIFFERENT")
    with transaction.atomic():
        judge(ada, linked[20], linked[23], "UNSURE")
    link(be("ada"))
    body = card_of("JUDGEMENTS")

    assert body["whole"]["true"] == 20  # ten pairs, each with two records
    assert body["whole"]["joined"] in (15, 20)
    assert body["whole"]["precision"]["bound"] == "at least"
    assert 0 < body["covered"] <= 1
    assert "Judgements of people" in browse("dora").get("/picture/accuracy/").content.decode()


def test_before_anything_is_judged_a_card_says_nothing(linked, browse):
    assert card_of("JUDGEMENTS")["whole"]["people"] is None
    assert "Too little is known" in browse("dora").get("/picture/accuracy/").content.decode()


def test_the_desk_is_told_which_group_is_linked_worse(linked, be, browse):
    """Of those without a birth date in one record, the truth says that they are others."""
    truth = truth_of(linked)
    services.measure_against(by=be("sam"), truth=truth, at=NOON)
    row = AccuracyCard.objects.get(basis="TRUTH")
    whole = {"share": 0.9, "bound": "", "low": 0.85, "high": 0.95}
    worse = {"share": 0.4, "bound": "", "low": 0.3, "high": 0.5}
    counts = {"people": 40, "joined": 40, "true": 40, "recall": whole}
    body = row.body | {
        "whole": {"group": "", "precision": whole} | counts,
        "tables": [
            {"name": "Birth date", "rows": [{"group": "not said", "precision": worse} | counts]}
        ],
    }
    with superuser(NAME) as c:
        c.execute("update intelligence_accuracycard set body = %s where id = %s",
                  (json.dumps(body), row.pk))  # fmt: skip
    page = browse("dora").get("/picture/accuracy/").content.decode()
    assert "Birth date, not said: precision 40% (30 to 50), where it is 90% (85 to 95) of" in page


def test_the_api_gives_models_their_report_and_accuracy(linked, be, call_api):
    services.measure_against(by=be("sam"), truth=truth_of(linked), at=NOON)
    client = call_api("dora")
    [model] = client.get("/api/linkage/models").json()
    report = client.get(f"/api/linkage/models/{model['version']}").json()
    cards = client.get("/api/linkage/accuracy").json()

    assert (model["in_use"], model["records"]) == (True, 60)
    assert report["seen"]["records"] == 60
    assert report["comparisons"][0]["levels"][0]["bits"] > 0
    assert {card["basis"] for card in cards} == {"JUDGEMENTS", "TRUTH"}
    assert call_api("sam").get("/api/linkage/accuracy").status_code == 403
    assert call_api("sam").get("/api/linkage/models/x").status_code == 404


def test_only_the_linker_writes_a_card_and_no_query_of_work_reads_one(linked, be, ask):
    with pytest.raises(NotPermitted):
        ask(queries.accuracy_cards, be("ada"))
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        AccuracyCard.objects.update(body={})


def test_a_pair_shows_its_running_sum_both_thresholds_and_what_would_change_it(
    given, be, ask, browse
):
    like = [VICTOR, person("Victor", "Brand", "1980-04-03")]
    records = given("ben", like, released_to=[HUB])
    link(be("ada"))
    found = ask(queries.pair, be("ada"), records[0].reference, records[1].reference)
    url = f"/picture/review/{records[0].reference}/{records[1].reference}/"
    page = browse("ada").get(url).content.decode()

    assert found.threshold_bits == 4.0
    assert found.review_bits == -4.0
    assert "Dashed line: joined from +4.0 bits" in page
    assert "Dotted line: a person is asked from −4.0 bits" in page
    assert "so far" in page
    assert found.would_change
    for sentence in found.would_change:
        assert sentence.replace("(-", "(−").replace("to -", "to −") in page


def test_a_pair_that_other_records_hold_apart_is_said_to_be_so(linked, be, ask, browse):
    with superuser(NAME) as c:
        c.execute("update intelligence_link set held = true")
    left, right = linked[0].reference, linked[1].reference
    found = ask(queries.pair, be("ada"), left, right)

    assert found.weight_bits >= found.threshold_bits
    assert found.beside_others.startswith("Taken alone, the model would join these two.")
    page = browse("ada").get(f"/picture/review/{left}/{right}/").content.decode()
    assert found.beside_others in page


def test_an_upgrade_drops_the_cards_that_were_kept_before_tables_were_held_together(linked, be):
    """They are made anew; nobody sees in between what was not suppressed as it is now."""
    services.measure_against(by=be("sam"), truth=truth_of(linked), at=NOON)
    [step] = import_module(MADE_ANEW).Migration.operations
    with superuser(NAME) as c:
        count = "select count(*) from intelligence_accuracycard"
        before = c.execute(count).fetchone()
        c.execute(step.sql)
        assert (before, c.execute(count).fetchone()) == ((2,), (0,))
    services.measure_against(by=be("sam"), truth=truth_of(linked), at=NOON)
    assert card_of("TRUTH")["whole"]["people"] == 30
