"""The review queue in the order of what teaches most."""

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence.models import Link
from lightkeeper.apps.intelligence.tests.arranging import VICTOR, judge, link, person
from lightkeeper.core.errors import NotPermitted
from lightkeeper.engine.linkage.teaching import AT_RANDOM
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

PEOPLE = [
    VICTOR,
    VICTOR | {"email": ["vb@mail.example"]},
    person("Victor", "Brand", "1980-04-03"),
    person("Mary", "Stone", "1990-01-02"),
    person("Mary", "Stowe", "1991-01-02"),
]


@pytest.fixture
def queue(given, be):
    records = given("ben", PEOPLE, released_to=[HUB])
    link(be("ada"))
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set may_wait = true")
    be("ada")
    return records


def pairs(waiting):
    return [(one.left.pk, one.right.pk) for one in waiting]


def test_each_pair_says_why_it_was_picked_and_one_in_four_was_drawn_at_random(queue, be, ask):
    waiting, more = ask(queries.teaching_queue, be("ada"))

    assert not more
    assert all(one.why for one in waiting)
    whys = [one.why for one in waiting]
    assert AT_RANDOM in whys
    assert any(why.startswith("They are") for why in whys[:3])


def test_it_holds_what_waits_and_what_joins_by_itself_but_nothing_judged(queue, be, ask):
    ada = be("ada")
    joined = (queue[0].pk, queue[1].pk)
    likeliest = pairs(ask(queries.review_queue, ada)[0])
    assert joined not in likeliest

    teaching = pairs(ask(queries.teaching_queue, ada)[0])

    assert joined in teaching
    assert set(likeliest) <= set(teaching)
    with transaction.atomic():
        judge(ada, queue[0], queue[1], "SAME")
    assert joined not in pairs(ask(queries.teaching_queue, ada)[0])


def test_links_held_for_a_person_are_never_drawn_at_random(queue, be, ask):
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set held = true")
    waiting, _ = ask(queries.teaching_queue, be("ada"))
    assert waiting
    assert AT_RANDOM not in [one.why for one in waiting]


def test_a_hidden_record_leaves_the_order_and_its_sentences_as_they_are(queue, given, be, ask):
    before = [(*pair, one.why) for one in ask(queries.teaching_queue, be("ada"))[0]
              for pair in pairs([one])]  # fmt: skip
    given("ben", [VICTOR, person("Mary", "Stone", "1990-01-02")])
    link(be("ben"))
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set may_wait = true")

    after = [(*pair, one.why) for one in ask(queries.teaching_queue, be("ada"))[0]
             for pair in pairs([one])]  # fmt: skip

    with transaction.atomic():
        ids = {record.pk for record in queue}
        assert {end for pair in after for end in pair[:2]} <= ids
    assert after == before


def test_who_may_not_judge_gets_no_such_queue(queue, be):
    with transaction.atomic(), pytest.raises(NotPermitted):
        queries.teaching_queue(be("ben"))


def test_the_page_offers_both_orders_and_goes_on_in_the_one_that_was_chosen(queue, be, ask, browse):
    client = browse("ada")
    assert "?order=teaching" in client.get("/picture/review/").content.decode()
    page = client.get("/picture/review/", {"order": "teaching"}).content.decode()
    first, *rest = ask(queries.teaching_queue, be("ada"))[0]
    assert first.why in page
    url = f"/picture/review/{first.left.reference}/{first.right.reference}/"
    assert url + "?order=teaching" in page
    pair = client.get(url, {"order": "teaching"}).content.decode()
    assert first.why in pair
    assert f"{url}judge/?order=teaching" in pair
    said = {"verdict": "UNSURE", "reason": "cannot tell"}

    answer = client.post(f"{url}judge/?order=teaching", said)

    assert answer.status_code == 302
    following = ask(queries.next_that_teaches, be("ada"))
    assert rest
    assert answer["Location"] == (f"/picture/review/{following[0]}/{following[1]}/?order=teaching")


def test_an_order_that_is_none_is_the_likeliest_first(queue, browse):
    assert browse("ada").get("/picture/review/", {"order": "odd"}).status_code == 200


def test_the_api_gives_the_order_with_the_reasons(queue, call_api):
    found = call_api("ada").get("/api/picture/review", {"order": "teaching"}).json()["pairs"]
    assert found
    assert all(one["why"] for one in found)
    assert call_api("ada").get("/api/picture/review", {"order": "odd"}).status_code == 422


def test_without_links_nothing_is_asked(committed, be, ask):
    assert ask(queries.teaching_queue, be("ada")) == ([], False)
    with transaction.atomic():
        assert not Link.objects.visible_to(be("ada")).exists()
