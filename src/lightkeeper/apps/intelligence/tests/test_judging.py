"""Linking, judging and undoing: what follows in the picture, and that nothing else does."""

import random
import threading

import pytest
from django.db import connections, transaction

from lightkeeper.apps.accounts import errands
from lightkeeper.apps.audit.choices import Did
from lightkeeper.apps.intelligence import queries, services
from lightkeeper.apps.intelligence.linker import writing
from lightkeeper.apps.intelligence.linker.component import resolve_around
from lightkeeper.apps.intelligence.linker.judged import rules_from, standing_verdicts
from lightkeeper.apps.intelligence.linker.whole import link_everybody
from lightkeeper.apps.intelligence.models import (
    Judgement,
    Link,
    LinkageModel,
    LinkageRun,
)
from lightkeeper.apps.intelligence.tests.arranging import NOON, VICTOR, judge, link, person
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.testing.cast import EASTMERE, HUB, NORTHSHIRE
from lightkeeper.testing.plugin import NAME, superuser

VIKTOR = person("Viktor", "Brandt", "1979-04-03", phone="+447700900123")
VIC = person("Victor", "Brandt", "1979-04-03", email="vb@mail.example")
MARY = person("Mary", "Stone", "1990-01-02")
MARIE = person("Marie", "Stone", "1990-02-01")


def references(found):
    return [record.reference for record in found.records]


def picture(ask, actor, records):
    """All that a judgement can touch, as one viewer sees it."""
    with superuser(NAME) as database:
        members = database.execute(
            "select record_id, cluster, component from intelligence_membership order by 1"
        ).fetchall()
        links = database.execute(
            "select left_id, right_id, may_wait, weight_bits, judged from intelligence_link "
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


def test_judgements_made_one_after_another_are_worked_out_together(given, be, ask, do_errands):
    records = given("ben", NETWORK, released_to=[HUB])
    link(be("ada"))
    ada = be("ada")
    with transaction.atomic():
        judge(ada, records[0], records[3], "SAME")
        judge(ada, records[1], records[6], "DIFFERENT")
    assert do_errands() == 1
    with superuser(NAME) as database:
        left = database.execute(
            "select count(*) from accounts_errand where finished_at is null"
        ).fetchone()
    assert left == (0,)
    be("ada")
    members = {record: cluster for record, cluster, _ in picture(ask, ada, records)[0]}
    assert members[records[0].pk] == members[records[3].pk]
    assert members[records[1].pk] != members[records[6].pk]


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
    clusters = clusters_stored()
    assert clusters[a.pk] == clusters[b.pk] != clusters[c.pk]


@pytest.mark.parametrize("seed", range(3))
def test_in_a_tangle_of_links_each_component_comes_out_as_in_the_whole(given, be, seed):
    """Thirty records, random links, six judgements one after another: after each, the clusters
    that were worked out around it are those of the whole.
    """
    chance = random.Random(seed)
    records = given("ben", [person(f"G{n}", f"F{n}") for n in range(30)], released_to=[HUB])
    link(be("ada"))
    tangle(records, chance)
    link_component(records)
    assert clusters_stored() == clusters_of_the_whole()
    for _ in range(6):
        left, right = chance.sample(records, 2)
        ada = be("ada")
        try:
            with transaction.atomic():
                judge(ada, left, right, chance.choice(["SAME", "DIFFERENT"]))
        except Refused:
            continue
        resolve_around([left.pk, right.pk])
        assert clusters_stored() == clusters_of_the_whole()


def tangle(records, chance):
    ids = sorted(record.pk for record in records)
    with superuser(NAME) as database:
        database.execute("delete from intelligence_link")
        for left in ids:
            for right in chance.sample([i for i in ids if i > left], min(3, ids[-1] - left)):
                database.execute(
                    "insert into intelligence_link (left_id, right_id, bucket_left_id, "
                    "bucket_right_id, model_id, may_wait, weight_bits, evidence, made_at, judged, "
                    "held) select l.id, r.id, l.bucket_id, r.bucket_id, m.id, true, %s, "
                    "'[]', now(), false, %s from intake_record l, intake_record r, "
                    "intelligence_linkagemodel m where l.id = %s and r.id = %s",
                    (
                        chance.uniform(-4, 9) if chance.random() < 0.5 else -3.0,
                        chance.random() < 0.1,
                        left,
                        right,
                    ),
                )


def link_component(records):
    """Every record stands by itself until the parts are worked out, one after another."""
    for record in records:
        resolve_around([record.pk])


def clusters_stored():
    with superuser(NAME) as database:
        return dict(
            database.execute("select record_id, cluster from intelligence_membership").fetchall()
        )


def clusters_of_the_whole():
    with superuser(NAME) as database:
        ids = [r[0] for r in database.execute("select id from intake_record order by 1")]
        links = database.execute(
            "select left_id, right_id, weight_bits, held from intelligence_link"
        ).fetchall()
        body = database.execute("select body from intelligence_linkagemodel").fetchone()[0]
    rules = rules_from(standing_verdicts())
    row = {record: number for number, record in enumerate(ids)}
    labels = resolve(
        len(ids), [row[one[0]] for one in links], [row[one[1]] for one in links],
        [one[2] for one in links], [(row[a], row[b]) for a, b in rules.same],
        [(row[a], row[b]) for a, b in rules.different],
        held=[(row[a], row[b]) for a, b, _, held in links if held],
        join_at=body["join_at"], missing_weight=body["missing_weight"],
    )  # fmt: skip
    return {record: ids[label] for record, label in zip(ids, labels, strict=True)}
