"""A subject as each viewer may see it; linking, judging and undoing."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lightkeeper.apps.intelligence import queries, slots
from lightkeeper.apps.intelligence.tests.arranging import VICTOR, judge, link, person
from lightkeeper.core.errors import NotFound
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

VIKTOR = person("Viktor", "Brandt", "1979-04-03", phone="+447700900123")
VIC = person("Victor", "Brandt", "1979-04-03", email="vb@mail.example")
MARY = person("Mary", "Stone", "1990-01-02")
MARIE = person("Marie", "Stone", "1990-02-01")


def references(found):
    return [record.reference for record in found.records]


def subject_of(ask, actor, record):
    return ask(queries.subject, actor, "SUB-" + record.reference[4:])


def test_records_of_several_agencies_become_one_subject(given, be, ask):
    [one] = given("ben", [VICTOR], released_to=[HUB])
    [two] = given("otto", [VIKTOR], released_to=[HUB])
    [mary] = given("otto", [MARY], released_to=[HUB])
    link(be("ada"))
    found = subject_of(ask, be("ada"), two)
    assert found.reference == "SUB-" + one.reference[4:]
    assert references(found) == [one.reference, two.reference]
    assert references(subject_of(ask, be("ada"), mary)) == [mary.reference]


def test_each_sees_of_a_subject_what_is_shared_with_them_under_a_reference_of_their_own(
    given, be, ask
):
    [hidden] = given("ben", [VICTOR])
    [mine] = given("otto", [VIKTOR])
    link(be("ada"))
    assert references(subject_of(ask, be("otto"), mine)) == [mine.reference]
    assert subject_of(ask, be("otto"), mine).reference == "SUB-" + mine.reference[4:]
    assert references(subject_of(ask, be("ben"), hidden)) == [hidden.reference]
    with pytest.raises(NotFound) as one:
        subject_of(ask, be("otto"), hidden)
    with pytest.raises(NotFound) as other:
        ask(queries.subject, be("otto"), "SUB-000000000-0")
    assert str(one.value) == str(other.value)


def test_two_that_only_a_hidden_record_joins_are_two_for_who_cannot_see_it(given, be, ask):
    [left] = given("otto", [person("Victor", "Brandt", phone="+447700900123")])
    [bridge] = given("ben", [VICTOR | {"email": ["vb@mail.example"]}])
    [right] = given("otto", [person("Vik", "B", email="vb@mail.example")])
    link(be("ada"))
    _join(left, bridge, right)
    assert references(subject_of(ask, be("otto"), left)) == [left.reference]
    assert references(subject_of(ask, be("otto"), right)) == [right.reference]


def _join(left, bridge, right):
    """One cluster of three, in which only the one in the middle is linked to the others."""
    ids = sorted(record.pk for record in (left, bridge, right))
    with superuser(NAME) as database:
        database.execute(
            "update intelligence_membership set cluster = %s where record_id = any(%s)",
            (ids[0], ids),
        )
        database.execute("delete from intelligence_link")
        database.execute(
            "insert into intelligence_link (left_id, right_id, bucket_left_id, bucket_right_id, "
            "model_id, may_wait, weight_bits, evidence, made_at, judged, held) "
            "select l.id, r.id, l.bucket_id, r.bucket_id, m.id, false, 9, '[]', now(), "
            "false, false "
            "from intake_record l, intake_record r, intelligence_linkagemodel m "
            "where l.id < r.id and %s in (l.id, r.id) and l.id = any(%s) and r.id = any(%s)",
            (bridge.pk, ids, ids),
        )


def test_the_page_of_a_subject_tells_nothing_of_its_hidden_members(given, be, browse):
    [hidden] = given("ben", [VICTOR | {"alias": ["Captain Hush"], "harms": ["violence"]}])
    [mine] = given("otto", [VIKTOR])
    ada = be("ada")
    before = page_of(browse("otto"), mine)
    link(ada)
    after = page_of(browse("otto"), mine)
    assert without_tokens(before) == without_tokens(after)
    for secret in (hidden.reference, hidden.reference[4:], "Captain Hush", "Violence", "violence"):
        assert secret not in after


def page_of(client, record):
    answer = client.get(f"/picture/subjects/SUB-{record.reference[4:]}/")
    assert answer.status_code == 200
    return answer.content.decode()


def without_tokens(page):
    import re

    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": )\s*=?\s*"?[A-Za-z0-9]+', "", page)


def test_any_members_reference_leads_to_the_canonical_page(given, be, browse):
    [one] = given("ben", [VICTOR], released_to=[HUB])
    [two] = given("otto", [VIKTOR], released_to=[HUB])
    link(be("ada"))
    answer = browse("ada").get(f"/picture/subjects/SUB-{two.reference[4:]}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/picture/subjects/SUB-{one.reference[4:]}/"


HIDDEN_URLS = (
    "/picture/subjects/SUB-{0}/",
    "/picture/subjects/REC-{0}/",
    "/picture/priorities/SUB-{0}/",
    "/picture/review/REC-{0}/REC-{1}/",
    "/picture/review/REC-{1}/REC-{0}/",
    "/api/picture/subjects/SUB-{0}",
)


@pytest.mark.parametrize("url", HIDDEN_URLS)
def test_hidden_reads_exactly_like_missing(given, be, browse, call_api, url):
    [hidden] = given("ben", [VICTOR])
    [mine] = given("otto", [VIKTOR])
    link(be("ada"))
    client = (call_api if url.startswith("/api") else browse)("otto")
    there = client.get(url.format(hidden.reference[4:], mine.reference[4:]))
    absent = client.get(url.format("000000000-0", mine.reference[4:]))
    assert there.status_code == absent.status_code == 404
    assert without_tokens(there.content.decode()) == without_tokens(absent.content.decode())


def test_a_hidden_judgement_cannot_be_undone_or_seen(given, be, ask, browse):
    records = given("ben", [MARY, MARIE], released_to=[HUB])
    ada = be("ada")
    link(ada)
    with transaction.atomic():
        judgement = judge(ada, *records, "SAME")
    client = browse("otto")
    for reference in (judgement.reference, "JDG-000000000-0"):
        assert (
            client.post(f"/picture/judgements/{reference}/undo/", {"reason": "no"}).status_code
            == 404
        )
    assert judgement.reference not in client.get("/picture/judgements/").content.decode()


@pytest.mark.parametrize("size", [2, 40])
def test_the_page_asks_as_many_questions_however_large_the_subject(given, be, browse, size):
    people = [VICTOR | {"harms": ["violence"]} for _ in range(size)]
    records = given("ben", people, released_to=[HUB])
    link(be("ada"))
    with superuser(NAME) as database:
        # Among none but namesakes a name says little; here they are sure.
        database.execute("update intelligence_link set weight_bits = 9, held = false")
    client = browse("ada")
    url = f"/picture/subjects/SUB-{records[0].reference[4:]}/"
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    statements = [one["sql"] for one in asked if one["sql"] not in ("BEGIN", "COMMIT")]
    # Of these eight say who is asking, one what was corrected, and three are of apps above.
    assert len(statements) <= 20
    assert answer.content.decode().count('data-label="Grading"') == size


def test_sources_that_disagree_are_shown_as_disagreeing_with_who_says_what(given, be, browse):
    [one] = given("ben", [VICTOR], released_to=[HUB])
    given("otto", [VICTOR | {"birthDate": ["1979-03-04"]}], released_to=[HUB])
    link(be("ada"))
    page = page_of(browse("ada"), one)
    assert "Sources disagree" in page
    assert "3 April 1979" in page
    assert "4 March 1979" in page
    assert "Northshire Police" in page
    assert "Eastmere Police" in page


def test_the_apps_above_show_their_part_on_the_page(given, be, browse, monkeypatch):
    asked = []

    def filler(actor, record_ids):
        asked.append((actor.username, record_ids))
        return slots.Slot("Tasks about this", "lightkeeper/empty.html", {})

    monkeypatch.setattr(slots, "subject_slots", [filler])
    [one] = given("ben", [VICTOR], released_to=[HUB])
    page = page_of(browse("ada"), one)
    assert "Tasks about this" in page
    assert asked == [("ada", [one.pk])]
