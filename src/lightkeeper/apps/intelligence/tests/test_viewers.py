"""The picture that one viewer has is the same whether or not there is what they may not see."""

import random
import re

import pytest
from django.db import transaction

from lightkeeper.apps.accounts.services import Power
from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence.linker.component import resolve_around
from lightkeeper.apps.intelligence.tests.arranging import NOON, judge, link, person
from lightkeeper.core.errors import Refused
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.testing.plugin import NAME, superuser

HUB = "centre-hub"
HIDDEN, SHARED, OTHERS = 6, 8, 8


def everything(actor, references):
    """All that this viewer may get from the picture: subjects, queue, pairs, list of priorities."""
    with transaction.atomic():
        found = [queries.look_up(actor, "SUB-" + r[4:]) for r in references]
        subjects = [
            (one.reference, one.caption, [r.reference for r in one.records],
             [(k.left_id, k.right_id, k.weight_bits) for k in one.links],
             [j.reference for j in one.judgements])
            for one in found
        ]  # fmt: skip
        ranked = [(r.reference, r.total, r.records) for r in queries.rank(actor, NOON.date())]
        if Power.JUDGE not in actor.powers:
            return subjects, ranked
        queue, more = queries.review_queue(actor)
        waiting = [(w.left.reference, w.right.reference, w.weight_bits) for w in queue]
        says = [queries.pair(actor, left, right).model_says for left, right, _ in waiting]
        return subjects, ranked, waiting, more, says, queries.waiting_count(actor)


def tangle(ids, chance):
    """Links at random, sure and doubtful, some of them held for a person."""
    with superuser(NAME) as database:
        database.execute("delete from intelligence_link")
        for left in ids:
            for right in chance.sample([i for i in ids if i > left], min(4, ids[-1] - left)):
                bits = chance.uniform(4, 14) if chance.random() < 0.5 else chance.uniform(-4, 4)
                database.execute(
                    "insert into intelligence_link (left_id, right_id, bucket_left_id, "
                    "bucket_right_id, model_id, may_wait, weight_bits, evidence, made_at, judged, "
                    "held) select l.id, r.id, l.bucket_id, r.bucket_id, m.id, true, %s, "
                    "'[]', now(), false, %s from intake_record l, intake_record r, "
                    "intelligence_linkagemodel m where l.id = %s and r.id = %s",
                    (bits, chance.random() < 0.1, left, right),
                )


@pytest.mark.parametrize("seed", range(12))
def test_a_picture_does_not_tell_whether_there_are_hidden_records(given, be, seed):
    """Hidden records join some that are not and part others. They are then taken away: those who
    could not see them see just what they saw, and who could see them does not.
    """
    chance = random.Random(seed)
    harms = ["violence", "weapon", "exploits_child"]

    def some(count):
        return [
            person(f"G{n}", f"F{n}", harms=[chance.choice(harms)] if chance.random() < 0.4 else [])
            for n in range(count)
        ]

    shared = given("ben", some(SHARED // 2), released_to=[HUB])
    hidden = given("ben", some(HIDDEN))
    others = given("otto", some(OTHERS), released_to=[HUB])
    shared += given("ben", some(SHARED - SHARED // 2), released_to=[HUB])
    link(be("ada"))
    everybody = [*shared, *hidden, *others]
    ids = sorted(record.pk for record in everybody)
    tangle(ids, chance)
    judge_some(be, everybody, shared + others, chance)
    for record in ids:
        resolve_around([record])
    seen_by = {"ada": shared + others, "otto": others, "ben": shared}

    def pictures():
        return {
            name: everything(be(name), sorted(r.reference for r in rows))
            for name, rows in seen_by.items()
        }

    before = pictures()
    with superuser(NAME) as database:
        database.execute("delete from intake_record where id = any(%s)", ([h.pk for h in hidden],))
    for record in shared + others:
        resolve_around([record.pk])
    after = pictures()
    assert after["ada"] == before["ada"]
    assert after["otto"] == before["otto"]
    assert after["ben"] != before["ben"], "the hidden records matter to nobody: this shows nothing"


def judge_some(be, everybody, open_to_ada, chance):
    """Ada judges what she sees; of the rest somebody else has judged some."""
    for _ in range(3):
        left, right = chance.sample(open_to_ada, 2)
        actor = be("ada")
        try:
            with transaction.atomic():
                judge(actor, left, right, chance.choice(["SAME", "DIFFERENT"]))
        except Refused:
            continue
    with superuser(NAME) as database:
        for number in range(4):
            left, right = sorted(chance.sample(everybody, 2), key=lambda record: record.pk)
            database.execute(
                "insert into intelligence_judgement (reference, left_id, right_id, bucket_left_id, "
                "bucket_right_id, verdict, reason, person_id, made_at) "
                "select %s, %s, %s, %s, %s, %s, 'x', min(id), now() from accounts_person",
                (f"JDG-{number}", left.pk, right.pk, left.bucket_id, right.bucket_id,
                 chance.choice(["SAME", "DIFFERENT"])),
            )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_whoever_sees_everything_has_the_picture_of_the_whole(given, be, ask, seed):
    chance = random.Random(100 + seed)
    records = given("ben", [person(f"G{n}", f"F{n}") for n in range(20)], released_to=[HUB])
    link(be("ada"))
    ids = sorted(record.pk for record in records)
    tangle(ids, chance)
    for record in ids:
        resolve_around([record])
    with superuser(NAME) as database:
        stored = dict(
            database.execute("select record_id, cluster from intelligence_membership").fetchall()
        )
    assert ask(queries.subjects_of, be("ada"), ids) == stored
    assert len(set(stored.values())) < len(ids)


@pytest.mark.parametrize("seed", range(6))
def test_a_pair_that_no_picture_holds_apart_may_not_wait_and_one_that_some_does_may(
    given, be, seed
):
    """Against every set of owners, worked out the long way."""
    from itertools import combinations

    chance = random.Random(200 + seed)
    rows = given("ben", [person(f"G{n}", f"F{n}") for n in range(5)], released_to=[HUB])
    rows += given("otto", [person(f"H{n}", f"E{n}") for n in range(5)], released_to=[HUB])
    rows += given("ben", [person(f"K{n}", f"D{n}") for n in range(4)])
    link(be("ada"))
    ids = sorted(record.pk for record in rows)
    tangle(ids, chance)
    for record in ids:
        resolve_around([record])
    with superuser(NAME) as database:
        links = database.execute(
            "select left_id, right_id, weight_bits, held, may_wait from intelligence_link"
        ).fetchall()
        label = dict(database.execute("select id, bucket_id from intake_record").fetchall())
    labels = sorted(set(label.values()))
    apart = set()
    for size in range(1, len(labels) + 1):
        for seen in combinations(labels, size):
            here = [i for i in ids if label[i] in seen]
            place = {record: row for row, record in enumerate(here)}
            among = [one for one in links if one[0] in place and one[1] in place]
            found = resolve(
                len(here), [place[one[0]] for one in among], [place[one[1]] for one in among],
                [one[2] for one in among],
                held=[(place[one[0]], place[one[1]]) for one in among if one[3]],
            )  # fmt: skip
            apart |= {one[:2] for one in among if found[place[one[0]]] != found[place[one[1]]]}
    assert {one[:2] for one in links if one[4]} == apart
    assert 0 < len(apart) < len(links)


PEOPLE = [
    person("Victor", "Brandt", "1979-04-03", phone="+447700900123", harms=["violence"]),
    person("Viktor", "Brandt", "1979-04-03"),
    person("Victor", "Brand", "1980-04-03", email="vb@mail.example"),
    person("Mary", "Stone", "1990-01-02", harms=["weapon"]),
    person("Marie", "Stone", "1990-02-01", phone="+447700900555"),
    person("Anselm", "Quarry", "1966-11-30"),
]
# Each agrees with two of those, so that it joins what they leave apart, and makes names common.
SECRETS = [
    person("Victor", "Brandt", "1979-04-03", phone="+447700900123", email="vb@mail.example"),
    person("Mary", "Stone", "1990-01-02", phone="+447700900555", harms=["exploits_child"]),
    person("Marie", "Stone", "1990-01-02"),
    person("Anselm", "Quarry", "1966-11-30"),
]
PAGES = (
    "/", "/picture/review/", "/picture/priorities/", "/picture/search/?q=Victor+Brandt",
    "/picture/search/?q=Mary+Stone", "/picture/search/?q=Anselm+Quarry", "/picture/search/?q=vb",
)  # fmt: skip


def test_no_page_tells_that_hidden_records_have_come_and_been_linked(given, be, browse):
    """From the file to the page: sent in, compared with everybody, put together."""
    mine = given("otto", PEOPLE)
    shared = given("ben", PEOPLE[:4], released_to=["eastmere-police"])
    link(be("ada"))

    def pages(who, records):
        client = browse(who)
        urls = [*PAGES, *(f"/picture/subjects/SUB-{r.reference[4:]}/" for r in records)]
        urls += [
            f"/picture/review/{one.reference}/{two.reference}/"
            for one in records[:4]
            for two in records[4:8]
        ]
        answers = {url: client.get(url) for url in urls}
        return {url: (a.status_code, plain(a.content.decode())) for url, a in answers.items()}

    before, known = pages("otto", mine + shared), pages("ben", shared)
    assert any("Brandt" in page for _, page in before.values())
    hidden = given("ben", SECRETS)
    link(be("ada"))
    assert pages("otto", mine + shared) == before
    after = pages("ben", shared)
    assert after != known, "the hidden records matter to nobody: this shows nothing"
    assert any(hidden[0].reference[4:] in page for _, page in after.values())


def plain(page):
    """Without what differs between any two answers."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1TOKEN", page)
