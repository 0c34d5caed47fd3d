"""A subject as each viewer may see it; linking, judging and undoing."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.audit.choices import Did
from lightkeeper.apps.intelligence import queries, services, slots
from lightkeeper.apps.intelligence.models import (
    Judgement,
    Link,
    LinkageModel,
    LinkageRun,
    Membership,
)
from lightkeeper.apps.intelligence.tests.arranging import NOON, VICTOR, judge, link, person
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import EASTMERE, HUB, NORTHSHIRE
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
            "model_id, standing, weight_bits, evidence, made_at, judged) "
            "select l.id, r.id, l.bucket_id, r.bucket_id, m.id, 'LINKED', 9, '[]', now(), false "
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


def picture(ask, actor, records):
    """All that a judgement can touch, as one viewer sees it."""
    with superuser(NAME) as database:
        members = database.execute(
            "select record_id, cluster from intelligence_membership order by 1"
        ).fetchall()
        links = database.execute(
            "select left_id, right_id, standing, weight_bits, judged from intelligence_link "
            "order by 1, 2"
        ).fetchall()
    with transaction.atomic():
        queue = [(w.left.pk, w.right.pk) for w in queries.review_queue(actor)[0]]
        ranked = [(r.reference, r.total) for r in queries.rank(actor, NOON.date())]
        subjects = [
            (found.reference, references(found))
            for found in (queries.look_up(actor, "SUB-" + r.reference[4:]) for r in records)
        ]
    return members, links, queue, ranked, subjects


NETWORK = [
    VICTOR | {"harms": ["violence"]}, VIKTOR, VIC | {"harms": ["weapon"]}, MARY, MARIE,
    person("Mary", "Stone", "1990-01-02", phone="+447700900999"),
    person("Walter", "Brandt", "1979-04-03"),
]  # fmt: skip


@pytest.mark.parametrize("verdict", ["SAME", "DIFFERENT", "UNSURE"])
@pytest.mark.parametrize("pair", [(0, 1), (0, 3), (3, 4), (0, 6), (3, 5)])
def test_an_undone_judgement_leaves_the_picture_exactly_as_it_was(
    given, be, ask, do_errands, pair, verdict
):
    records = given("ben", NETWORK, released_to=[HUB])
    link(be("ada"))
    ada = be("ada")
    before = picture(ask, ada, records)
    with transaction.atomic():
        judgement = judge(ada, records[pair[0]], records[pair[1]], verdict)
    do_errands()
    be("ada")
    between = picture(ask, ada, records)
    together = between[0][pair[0]][1] == between[0][pair[1]][1]
    assert together == (verdict == "SAME") or verdict == "UNSURE"
    with transaction.atomic():
        services.undo_judgement(by=ada, judgement=judgement, reason="was wrong", at=NOON)
    do_errands()
    be("ada")
    assert picture(ask, ada, records) == before


@pytest.mark.parametrize("verdict", ["SAME", "DIFFERENT"])
@pytest.mark.parametrize("pair", [(0, 1), (0, 3), (3, 4), (0, 6), (2, 5)])
def test_working_out_one_component_gives_what_the_whole_would(
    given, be, ask, do_errands, pair, verdict
):
    records = given("ben", NETWORK, released_to=[HUB])
    link(be("ada"))
    ada = be("ada")
    with transaction.atomic():
        judge(ada, records[pair[0]], records[pair[1]], verdict)
    do_errands()
    be("ada")
    alone = picture(ask, ada, records)
    link(be("ada"))
    assert picture(ask, ada, records) == alone


def test_linking_twice_changes_nothing_and_trains_once(given, be, ask):
    records = given("ben", NETWORK, released_to=[HUB])
    link(be("ada"))
    ada = be("ada")
    before = picture(ask, ada, records)
    link(be("ada"))
    assert picture(ask, ada, records) == before
    with transaction.atomic():
        assert LinkageModel.objects.count() == 1
        assert LinkageRun.objects.filter(finished_at__isnull=False).count() == 2


def test_killed_before_the_end_a_run_leaves_the_old_picture_whole(given, be, ask, monkeypatch):
    from lightkeeper.apps.intelligence.linker import writing

    records = given("ben", NETWORK, released_to=[HUB])
    link(be("ada"))
    ada = be("ada")
    before = picture(ask, ada, records)

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "replace_members", die)
    with pytest.raises(KeyboardInterrupt):
        link(ada)
    assert picture(ask, ada, records) == before
    monkeypatch.undo()
    link(be("ada"))
    assert picture(ask, ada, records) == before


def test_only_one_linkage_runs_at_a_time(given, be, ask):
    given("ben", NETWORK, released_to=[HUB])
    ada = be("ada")
    failures = []

    def run():
        try:
            from lightkeeper.apps.intelligence.linker.whole import link_everybody

            link_everybody(at=NOON, say=lambda doing, share: None)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with transaction.atomic():
        assert LinkageModel.objects.count() == 1
        assert Link.objects.visible_to(be("ada")).count() > 0
    assert ada


def test_judging_records_who_why_and_what_follows(given, be, ask, heard):
    records = given("ben", [MARY, MARIE], released_to=[HUB])
    ada = be("ada")
    with transaction.atomic():
        judgement = judge(ada, records[1], records[0], "SAME", "same flat, same school")
        waiting = list(errands.Errand.objects.filter(kind="intelligence.resolve"))
        found = Judgement.objects.visible_to(ada).get()
    assert (found.left_id, found.right_id) == (records[0].pk, records[1].pk)
    assert (found.person_id, found.reason) == (ada.person_id, "same flat, same school")
    assert waiting[0].arguments == {"records": [records[0].pk, records[1].pk]}
    assert heard[-1].reference == judgement.reference
    with superuser(NAME) as database:
        event = database.execute(
            'select person, "references", reason from audit_event where did = %s',
            (Did.JUDGED.words,),
        ).fetchone()
    assert event == (
        "ada",
        [judgement.reference, records[0].reference, records[1].reference],
        "same flat, same school",
    )


def refused(by, left, right, verdict, reason="said so", error=Refused, match="."):
    with pytest.raises(error, match=match), transaction.atomic():
        judge(by, left, right, verdict, reason)
    with transaction.atomic():
        assert errands.Errand.objects.filter(kind="intelligence.resolve").count() <= 2


def test_a_judgement_needs_a_reason_two_people_and_the_power(given, be):
    mary, marie = given("ben", [MARY, MARIE], released_to=[HUB])
    [van] = given("ben", [{"name": ["White van"]}], kind="Vehicle", released_to=[HUB])
    ada = be("ada")
    refused(ada, mary, marie, "SAME", reason="  ", match="Say why")
    refused(ada, mary, mary, "SAME", match="one and the same")
    refused(ada, mary, van, "SAME", match="records of people")
    refused(be("ben"), mary, marie, "SAME", error=NotPermitted)


def test_a_pair_is_judged_once_until_it_is_undone(given, be):
    mary, marie = given("ben", [MARY, MARIE], released_to=[HUB])
    ada = be("ada")
    with transaction.atomic():
        judgement = judge(ada, mary, marie, "SAME")
    refused(ada, mary, marie, "DIFFERENT", match=judgement.reference)
    with transaction.atomic():
        services.undo_judgement(by=ada, judgement=judgement, reason="typed in error", at=NOON)
    with pytest.raises(Refused, match="undone already"), transaction.atomic():
        services.undo_judgement(by=ada, judgement=judgement, reason="again", at=NOON)
    with transaction.atomic():
        judge(ada, mary, marie, "DIFFERENT")


def test_judgements_in_sight_may_not_contradict(given, be):
    a, b, c = given("ben", [MARY, MARIE, person("Maria", "Stone")], released_to=[HUB])
    ada = be("ada")
    with transaction.atomic():
        judge(ada, a, b, "SAME")
        kept = judge(ada, b, c, "DIFFERENT")
    refused(ada, a, c, "SAME", match=f"{kept.reference} keeps them apart")


def test_judgements_that_contradict_out_of_sight_leave_apart_what_was_said_to_differ(
    given, be, do_errands
):
    [a] = given("ben", [MARY], released_to=[HUB, EASTMERE])
    [b] = given("ben", [MARIE], released_to=[HUB])
    [c] = given("otto", [person("Maria", "Stone")], released_to=[HUB, NORTHSHIRE])
    with superuser(NAME) as database:
        for left, right, verdict in ((a, b, "SAME"), (b, c, "SAME"), (a, c, "DIFFERENT")):
            database.execute(
                "insert into intelligence_judgement (reference, left_id, right_id, bucket_left_id, "
                "bucket_right_id, verdict, reason, person_id, made_at) "
                "select %s, %s, %s, %s, %s, %s, 'x', min(id), now() from accounts_person",
                (f"JDG-{left.pk}-{right.pk}", left.pk, right.pk, left.bucket_id, right.bucket_id,
                 verdict),
            )  # fmt: skip
    run = link(be("ada"))
    assert run.figures["contradicted"] == 1
    with transaction.atomic():
        clusters = dict(
            Membership.objects.visible_to(be("ada")).values_list("record_id", "cluster")
        )
    assert clusters[a.pk] == clusters[b.pk] != clusters[c.pk]


@pytest.mark.parametrize("size", [2, 40])
def test_the_page_asks_as_many_questions_however_large_the_subject(given, be, browse, size):
    people = [VICTOR | {"harms": ["violence"]} for _ in range(size)]
    records = given("ben", people, released_to=[HUB])
    link(be("ada"))
    client = browse("ada")
    url = f"/picture/subjects/SUB-{records[0].reference[4:]}/"
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    statements = [one["sql"] for one in asked if one["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) <= 15  # of these six say who is asking, and three are of apps above
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
