"""The pages and the API of considerations."""

import pytest

from lightkeeper.apps.safeguarding import queries, services
from lightkeeper.apps.tasking.tests.conftest import accepted, proposed, sent
from lightkeeper.testing.cast import NORTHSHIRE
from lightkeeper.testing.records import NOON

__all__ = ["accepted", "proposed", "sent"]
pytestmark = pytest.mark.usefixtures("rolled_back")

UNKNOWN = "CON-000000000-0"
GIVEN = {"decision": "REFER", "reason": "Spoke with her social worker."}


@pytest.fixture
def opened(as_, a_record):
    """`opened(name="Kit")`: a consideration of Westmark's that Northshire sees too."""

    def make(**how):
        record = a_record("cleo", [NORTHSHIRE], concerns_child=True, **how)
        services.consider_records([record.pk], at=NOON)
        [one] = queries.about(as_("cleo"), record.reference)
        return one.reference

    return make


def text(answer):
    return answer.content.decode()


def test_the_longest_waiting_comes_first_with_what_it_belongs_to(opened, browse):
    first, second = opened(name="Kit Sample"), opened(name="Ash Sample")

    page = text(browse("ben").get("/children/"))

    assert page.index(first) < page.index(second)
    assert "Kit Sample" in page
    assert "score" not in page.lower()


def test_one_consideration_shows_what_is_known_and_its_source_and_grading(opened, browse):
    reference = opened(name="Kit Sample", birthDate=["2012-03-04"])

    page = text(browse("ben").get(f"/children/{reference}/"))

    assert "Kit Sample" in page
    assert "2012" in page
    assert "Westmark Council" in page
    assert "3x5x2" in page


def test_a_decision_is_made_by_its_page_and_read_by_the_other_agency(as_, opened, browse):
    reference = opened()

    answer = browse("ben").post(f"/children/{reference}/decide/", GIVEN)

    assert (answer.status_code, answer["Location"]) == (302, f"/children/{reference}/")
    page = text(browse("cleo").get(f"/children/{reference}/"))
    assert "Referred to children&#x27;s services" in page
    assert "Ben Okoro, Northshire Police" in page
    assert reference not in text(browse("cleo").get("/children/"))
    assert reference in text(browse("cleo").get("/children/?show=decided"))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_without_a_reason_the_form_comes_back(as_, opened, browse, headers):
    reference = opened()

    answer = browse("ben").post(
        f"/children/{reference}/decide/", {"decision": "REFER"}, headers=headers
    )

    assert answer.status_code == 422
    assert "This field is required" in text(answer)
    assert ("<html" in text(answer)) == (not headers)
    assert not queries.get_consideration(as_("ben"), reference).decided


def test_the_second_who_decides_is_told(opened, browse):
    url = f"/children/{opened()}/decide/"
    browse("ben").post(url, GIVEN)

    assert browse("cleo").post(url, GIVEN).status_code == 409


def test_an_outsider_finds_the_same_as_for_nothing(opened, browse, call_api):
    reference = opened()
    for name in (reference, UNKNOWN):
        assert browse("otto").get(f"/children/{name}/").status_code == 404
        assert browse("otto").post(f"/children/{name}/decide/", GIVEN).status_code == 404
        assert call_api("otto").get(f"/api/children/{name}").status_code == 404
        answer = call_api("otto").post(
            f"/api/children/{name}/decision", GIVEN, content_type="application/json"
        )
        assert answer.status_code == 404
    assert reference not in text(browse("otto").get("/children/"))
    assert call_api("otto").get("/api/children").json()["considerations"] == []


def test_the_api_decides_once(opened, call_api):
    url = f"/api/children/{opened()}/decision"

    first = call_api("ben").post(url, GIVEN, content_type="application/json")
    second = call_api("ben").post(url, GIVEN, content_type="application/json")

    assert (first.status_code, first.json()["decided"]) == (200, True)
    assert second.status_code == 409


def test_the_duty_of_a_task_is_listed_also_where_its_record_is_not_shared(as_, sent, browse):
    task = sent(concerns_child=True)
    [one] = queries.about(as_("ben"), task)

    listed = text(browse("ben").get("/children/"))
    shown = text(browse("ben").get(f"/children/{one.reference}/"))

    assert one.reference in listed
    assert "In a record that is not shared with you" in listed
    assert "Jo Bloggs" not in listed + shown
    assert f"/tasks/{task}/" in shown


def test_the_list_takes_few_queries_however_many_wait(as_, opened, django_assert_max_num_queries):
    for _ in range(5):
        opened()
    ben = as_("ben")

    with django_assert_max_num_queries(3):
        assert len(queries.waiting(ben).rows) == 5


def test_many_records_open_in_one_statement_and_are_recorded(
    as_, a_record, django_assert_max_num_queries, monkeypatch
):
    records = [a_record("cleo", concerns_child=True) for _ in range(6)]
    as_("cleo")
    noted = []
    monkeypatch.setattr(services, "actor_now", lambda: None)

    with django_assert_max_num_queries(1):
        assert services.consider_records([one.pk for one in records], at=NOON) == 6

    monkeypatch.undo()
    cleo = as_("cleo")
    more = [a_record("cleo", concerns_child=True) for _ in range(2)]
    monkeypatch.setattr(
        services.audit, "record", lambda **how: noted.append((how["did"].name, len(how["to"])))
    )
    services.consider_records([one.pk for one in more], at=NOON)
    assert noted == [("CONSIDERATION_OPENED", 2)]
    assert len(queries.about(cleo, more[0].reference)) == 1
