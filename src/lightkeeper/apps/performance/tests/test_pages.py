"""The page of results, its filters, what it leads to, and what leaves as CSV."""

import csv
import io
from datetime import date

import pytest

from lightkeeper.apps.performance import queries
from lightkeeper.apps.tasking.choices import OutcomeKind
from lightkeeper.apps.tasking.tests.test_services import came, close

pytestmark = pytest.mark.usefixtures("rolled_back")

K = OutcomeKind
YEAR = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}


@pytest.fixture
def closed(as_, accepted):
    def make(*outcomes):
        reference = accepted()
        close(as_("ben"), reference, *(outcomes or (came(),)))
        return reference

    return make


def text(answer):
    return answer.content.decode()


def figures(actor, **narrowed):
    found = queries.results(actor, **YEAR, narrowed=queries.Narrowed(**narrowed))
    return {behind.figure.heading: behind.figure.count for behind in found}


def test_a_child_safeguarded_directly_and_by_a_partner_is_one_child(as_, closed):
    closed(came(), came(kind=K.CHILD_SAFEGUARDED_INDIRECT))

    assert figures(as_("ada"))[queries.CHILDREN] == 1


def test_one_suspect_in_two_records_is_one_as_the_picture_joins_them(
    as_, closed, a_record, monkeypatch
):
    first, second = a_record("ben", name="A. Sample"), a_record("ben", name="Al Sample")
    for record in (first, second):
        closed(came(kind=K.SUSPECT_ARRESTED, for_whom=record))
    ben = as_("ben")
    assert figures(ben)[queries.ARRESTS] == 2

    monkeypatch.setattr(
        queries.picture, "subjects_of", lambda actor, ids: dict.fromkeys(ids, first.pk)
    )

    assert figures(ben)[queries.ARRESTS] == 1


def test_no_further_action_stands_apart(closed, browse):
    closed(came(kind=K.NO_FURTHER_ACTION))

    page = text(browse("ada").get("/results/?year=2026"))

    assert "No further action</a>: 1." in page
    assert "This is not a result" in page


def test_each_figure_leads_to_its_outcomes_and_these_to_their_tasks(closed, browse):
    task = closed()

    page = text(browse("ada").get("/results/?year=2026"))

    assert '<a href="#children-safeguarded">Children safeguarded</a>' in page
    assert 'id="children-safeguarded"' in page
    assert f"/tasks/{task}/" in page
    assert "Plan agreed." in page
    assert queries.RULE.version in page
    assert "shared with you" in page


def test_an_outsider_sees_nothing_counted(as_, closed, browse, call_api):
    closed()

    page = text(browse("otto").get("/results/?year=2026"))

    assert "No outcome that is shared with you" in page
    assert "Northshire" not in page
    answer = call_api("otto").get("/api/results?since=2026-01-01&until=2027-01-01").json()
    assert {figure["count"] for figure in answer["figures"]} == {0}


def test_results_are_narrowed_by_period_result_agency_and_theme(closed, browse):
    task = closed()
    for query, found in (
        ("year=2026", True),
        ("year=2025", False),
        ("year=2026&quarter=4", True),
        ("year=2026&quarter=1", False),
        ("year=2026&result=Children+safeguarded", True),
        ("year=2026&result=Suspects+arrested", False),
        ("year=2026&agency=northshire-police", True),
        ("year=2026&theme=PROTECT", True),
        ("year=2026&theme=PURSUE", False),
    ):
        page = text(browse("ada").get(f"/results/?{query}"))
        assert (task in page) == found, query


def test_what_leaves_is_recorded_safe_and_counted_as_on_the_page(closed, browse, recorded):
    closed(
        came(evidence='=HYPERLINK("x")'),
        came(kind=K.CHILD_SAFEGUARDED_INDIRECT, evidence="Told by a partner."),
    )

    answer = browse("ada").post("/results/export/", {"year": 2026})

    rows = list(csv.DictReader(io.StringIO(text(answer))))
    assert [row["counted"] for row in rows] == ["1", "1"]
    told = {row["how it is known"] for row in rows}
    assert told == {'\'=HYPERLINK("x")', "Told by a partner."}
    assert {row["counting rule"] for row in rows} == {queries.RULE.version}
    [(did, by, taken, _why)] = [one for one in recorded if one[0].startswith("RESULTS")]
    assert (did, by) == ("RESULTS_EXPORTED", "ada")
    assert taken == [row["outcome"] for row in rows]


def test_whoever_may_not_export_reads_why_and_is_refused(closed, browse):
    closed()

    assert "Your role does not allow this: export." in text(browse("ben").get("/results/"))
    assert browse("ben").post("/results/export/", {"year": 2026}).status_code == 403


def test_the_api_gives_figures_with_what_is_behind_them(closed, call_api):
    closed()

    answer = call_api("ada").get("/api/results?since=2026-01-01&until=2027-01-01").json()

    [children] = [one for one in answer["figures"] if one["heading"] == queries.CHILDREN]
    assert (children["count"], len(children["outcomes"])) == (1, 1)
    assert answer["rule"] == queries.RULE.version


def test_results_take_few_queries_however_many_outcomes(as_, closed, django_assert_max_num_queries):
    for _ in range(4):
        closed()
    ada = as_("ada")

    with django_assert_max_num_queries(6):
        assert figures(ada)[queries.CHILDREN] == 4
