"""The pages and the API of tasks: what each person is shown, may press, and is told."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.safeguarding import queries as safeguarding_queries
from lightkeeper.apps.tasking import queries
from lightkeeper.apps.tasking.choices import TaskStatus
from lightkeeper.apps.tasking.tests.test_services import decide_all
from lightkeeper.testing.cast import HUB, NORTHSHIRE

pytestmark = pytest.mark.usefixtures("rolled_back")

UNKNOWN = "TSK-000000000-0"
NEXT_WEEK = timezone.localdate() + timedelta(days=7)
HTMX = {"HX-Request": "true"}


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


def closing(*kinds, happened_on=date(2026, 1, 2), **more):
    given = {
        "close-reason": "Done.",
        "outcome-TOTAL_FORMS": len(kinds) + 2,
        "outcome-INITIAL_FORMS": 0,
        "outcome-MIN_NUM_FORMS": 1,
        "outcome-MAX_NUM_FORMS": 10,
    }
    for place, kind in enumerate(kinds):
        given[f"outcome-{place}-kind"] = kind
        given[f"outcome-{place}-evidence"] = "Plan agreed."
        given |= day(f"outcome-{place}-happened_on", happened_on)
    return given | more


ACTS = {
    "send": day("send-due_at", NEXT_WEEK) | {"send-reason": "Now."},
    "reject": {"reject-reason": "Known."},
    "accept": {"accept-reason": "Ours."},
    "refuse": {"refuse-reason": "Not ours."},
    "close": closing("NO_FURTHER_ACTION"),
}
API_ACTS = {
    "send": {"due_at": f"{NEXT_WEEK}T12:00:00Z", "reason": "Now."},
    "reject": {"reason": "Known."},
    "accept": {"reason": "Ours."},
    "refuse": {"reason": "Not ours."},
    "close": {
        "outcomes": [
            {"kind": "NO_FURTHER_ACTION", "happened_on": "2026-01-02", "evidence": "Seen."}
        ],
        "reason": "Done.",
    },
}


def text(answer):
    """The page without the token that is new on each."""
    token = r"(X-CSRFToken&quot;: &quot;|X-CSRFToken\": \"|csrfmiddlewaretoken\" value=\")\w+"
    return re.sub(token, r"\1", answer.content.decode())


def status_of(as_, reference, name="ada"):
    return queries.get_task(as_(name), reference).status


def test_a_task_goes_from_proposal_to_outcome_by_its_pages(as_, a_record, browse):
    record = a_record("cleo", [HUB])
    northshire = Agency.objects.get(code=NORTHSHIRE)
    url = f"/tasks/propose/?record={record.reference}"
    assert record.reference in text(browse("ada").get(url))
    answer = browse("ada").post(
        "/tasks/propose/",
        {
            "record": record.reference,
            "agency": northshire.pk,
            "theme": "PROTECT",
            "level": 1,
            "objective": "Visit the address.",
            "reason": "A child may be there.",
        },
    )
    where = answer["Location"]
    assert answer.status_code == 302
    assert "Send to agency" in text(browse("dev").get(where))

    for name, act, then in (
        ("dev", "send", "Sent"),
        ("ben", "accept", "Accepted"),
        ("ben", "close", "Closed with an outcome"),
    ):
        answer = browse(name).post(f"{where}{act}/", ACTS[act])
        assert (answer.status_code, answer["Location"]) == (302, where)
        assert then in text(browse(name).get(where))

    page = text(browse("ada").get(where))
    assert "No further action" in page
    assert "Plan agreed." in page
    assert "Ben Okoro, Northshire Police" in page


def test_a_form_that_is_not_filled_in_comes_back_in_its_place_with_what_was_typed(
    as_, proposed, browse
):
    task = proposed()
    url = f"/tasks/{task.reference}/send/"
    given = {"send-due_at_day": "31", "send-due_at_month": "2", "send-due_at_year": "2027"}

    whole = browse("dev").post(url, given)
    part = browse("dev").post(url, given, headers=HTMX)

    assert (whole.status_code, part.status_code) == (422, 422)
    for answer in (whole, part):
        assert 'value="31"' in text(answer)
        assert "This field is required" in text(answer)
    assert "<html" in text(whole)
    assert text(part).lstrip().startswith('<form id="act-send"')
    assert status_of(as_, task.reference) == TaskStatus.PROPOSED


def test_a_form_that_htmx_sends_is_told_where_to_go(proposed, browse):
    task = proposed()

    answer = browse("dev").post(f"/tasks/{task.reference}/send/", ACTS["send"], headers=HTMX)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/tasks/{task.reference}/")


def test_whoever_may_not_press_a_button_reads_why_beside_it(proposed, sent, browse):
    task = proposed()

    page = text(browse("ada").get(f"/tasks/{task.reference}/"))

    assert "Your role does not allow this: decide proposed tasks." in page
    assert 'id="act-send"' not in page
    assert 'id="act-' not in text(browse("ada").get(f"/tasks/{sent()}/"))


def test_closing_waits_for_the_child_and_says_so_beside_the_button(as_, accepted, browse):
    reference = accepted(concerns_child=True)
    [one] = safeguarding_queries.about(as_("ben"), reference)
    where = f"/tasks/{reference}/"

    page = text(browse("ben").get(where))
    assert "still to be decided" in page
    assert one.reference in page
    assert 'id="act-close"' not in page
    assert browse("ben").post(f"{where}close/", ACTS["close"]).status_code == 409
    assert status_of(as_, reference) == TaskStatus.ACCEPTED

    decide_all(as_("ben"), reference)
    assert 'id="act-close"' in text(browse("ben").get(where))
    assert browse("ben").post(f"{where}close/", ACTS["close"]).status_code == 302
    assert status_of(as_, reference) == TaskStatus.CLOSED


def test_a_task_closes_by_its_page_with_two_outcomes(as_, accepted, browse):
    reference = accepted()
    given = closing("CHILD_SAFEGUARDED_DIRECT", "SUSPECT_ARRESTED")

    assert browse("ben").post(f"/tasks/{reference}/close/", given).status_code == 302

    shown = queries.show(as_("ada"), reference)
    assert [one.kind for one in shown.outcomes] == ["CHILD_SAFEGUARDED_DIRECT", "SUSPECT_ARRESTED"]


def test_an_outcome_for_somebody_in_a_hidden_record_is_refused_like_for_nobody(
    as_, accepted, a_record, browse
):
    hidden = a_record("otto")
    reference = accepted()
    answers = [
        browse("ben").post(
            f"/tasks/{reference}/close/",
            closing("SUSPECT_ARRESTED", **{"outcome-0-record": name}),
        )
        for name in (hidden.reference, "REC-000000000-0")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert text(answers[0]) == text(answers[1])
    assert status_of(as_, reference) == TaskStatus.ACCEPTED


@pytest.mark.parametrize("act", ["", *ACTS])
def test_a_hidden_task_reads_like_a_missing_one_on_every_page(as_, sent, browse, act):
    reference = sent()
    answers = []
    for name in (reference, UNKNOWN):
        url = f"/tasks/{name}/{act}/" if act else f"/tasks/{name}/"
        otto = browse("otto")
        answers.append(otto.post(url, ACTS[act]) if act else otto.get(url))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert text(answers[0]) == text(answers[1])
    assert status_of(as_, reference) == TaskStatus.SENT


@pytest.mark.parametrize("act", ["", *API_ACTS])
def test_and_by_the_api(as_, sent, call_api, act):
    reference = sent()
    answers = []
    for name in (reference, UNKNOWN):
        url = f"/api/tasks/{name}/{act}" if act else f"/api/tasks/{name}"
        otto = call_api("otto")
        answers.append(
            otto.post(url, API_ACTS[act], content_type="application/json") if act else otto.get(url)
        )

    assert [answer.status_code for answer in answers] == [404, 404]
    assert text(answers[0]) == text(answers[1])
    assert status_of(as_, reference) == TaskStatus.SENT


def test_a_task_about_a_hidden_record_is_not_to_be_proposed(a_record, browse, call_api):
    record = a_record("cleo")
    for name in (record.reference, "REC-000000000-0"):
        given = {
            "record": name,
            "agency": NORTHSHIRE,
            "objective": "x",
            "reason": "y",
        }
        assert browse("ada").get(f"/tasks/propose/?record={name}").status_code == 404
        assert browse("ada").post("/tasks/propose/", given).status_code == 404
        answer = call_api("ada").post("/api/tasks", given, content_type="application/json")
        assert answer.status_code == 404


def test_lists_show_what_is_shared_and_no_more(sent, proposed, browse, call_api):
    shared, kept = sent(), proposed().reference

    seen = {
        name: [reference in text(browse(name).get("/tasks/")) for reference in (shared, kept)]
        for name in ("ada", "ben", "otto")
    }

    assert seen == {"ada": [True, True], "ben": [True, False], "otto": [False, False]}
    listed = call_api("ben").get("/api/tasks").json()["tasks"]
    assert [task["reference"] for task in listed] == [shared]
    assert NORTHSHIRE not in text(browse("otto").get("/tasks/"))


def test_the_list_is_narrowed_by_state_agency_theme_and_lateness(sent, proposed, browse, call_api):
    shared, kept = sent(), proposed().reference
    for query, found in (
        ("status=SENT", {shared}),
        ("status=PROPOSED", {kept}),
        (f"agency={NORTHSHIRE}", {shared, kept}),
        ("theme=PURSUE", set()),
        ("overdue=on", set()),
    ):
        page = text(browse("ada").get(f"/tasks/?{query}"))
        assert {one for one in (shared, kept) if one in page} == found, query
    assert call_api("ada").get("/api/tasks?status=NONSENSE").status_code == 422


def test_the_inbox_lays_what_is_late_before_what_waits(sent, accepted, browse):
    waiting, taken = sent(), accepted()

    page = text(browse("ben").get("/tasks/inbox/"))

    assert "Waiting for an answer" in page
    assert page.index("Waiting for an answer") < page.index(waiting)
    assert page.index("Taken on") < page.index(taken)
    assert waiting not in text(browse("ada").get("/tasks/inbox/"))


def test_the_api_takes_a_task_from_proposal_to_outcome(a_record, call_api):
    record = a_record("cleo", [HUB])
    given = {
        "record": record.reference,
        "agency": NORTHSHIRE,
        "objective": "Visit the address.",
        "reason": "A child may be there.",
    }
    made = call_api("ada").post("/api/tasks", given, content_type="application/json")
    assert made.status_code == 201
    url = f"/api/tasks/{made.json()['reference']}"
    for name, act, then in (("dev", "send", "SENT"), ("ben", "accept", "ACCEPTED"),
                            ("ben", "close", "CLOSED")):  # fmt: skip
        answer = call_api(name).post(f"{url}/{act}", API_ACTS[act], content_type="application/json")
        assert (answer.status_code, answer.json()["status"]) == (200, then)

    shown = call_api("ben").get(url).json()
    assert [step["to"] for step in shown["steps"]] == ["SENT", "ACCEPTED", "CLOSED"]
    assert shown["outcomes"][0]["kind"] == "NO_FURTHER_ACTION"
    assert shown["record"] is None
    assert call_api("ada").get(url).json()["record"] == record.reference


def test_the_api_refuses_to_close_past_an_undecided_consideration(as_, accepted, call_api):
    reference = accepted(concerns_child=True)

    answer = call_api("ben").post(
        f"/api/tasks/{reference}/close", API_ACTS["close"], content_type="application/json"
    )

    assert answer.status_code == 409
    assert "still to be decided" in answer.json()["detail"]
    assert status_of(as_, reference) == TaskStatus.ACCEPTED


def test_the_page_of_a_subject_shows_its_tasks_and_what_came_of_them(
    as_, accepted, browse, a_record
):
    reference = accepted()
    record = queries.get_task(as_("ada"), reference).record
    browse("ben").post(f"/tasks/{reference}/close/", closing("CHILD_SAFEGUARDED_DIRECT"))

    page = text(browse("ada").get(f"/picture/subjects/{record.reference}/", follow=True))

    assert reference in page
    assert "Child safeguarded, as a direct result" in page
    assert f"/tasks/propose/?record={record.reference}" in page


def test_pages_take_few_queries_however_many_tasks(
    as_, proposed, browse, django_assert_max_num_queries
):
    url = f"/tasks/{proposed().reference}/"
    for _ in range(5):
        proposed()
    dev = browse("dev")

    with django_assert_max_num_queries(30):
        dev.get("/tasks/")
    with django_assert_max_num_queries(40):
        dev.get(url)
