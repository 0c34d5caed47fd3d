"""A child and a possible relative of theirs: whatever the weights say, a person looks first."""

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import queries, services
from lightkeeper.apps.intelligence.linker.component import resolve_around
from lightkeeper.apps.intelligence.tests.arranging import NOON, judge, link, person
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser

HOME = {"address": "1 Low Road", "postcode": "AB1 2CD", "phone": "+447700900123"}
ADA = person("Ada", "Quill", "2010-03-04", **HOME)
TWIN = person("Cleo", "Quill", "2010-03-04", **HOME)
OTHERS = [
    person(
        f"given{at % 13}{'abc'[at % 3]}",
        f"{'kmprstvw'[at % 8]}amily{at}",
        f"{1950 + at}-0{1 + at % 9}-1{at % 10}",
        address=f"{at} High Street",
        postcode=f"M{at % 20} {at % 9}XY",
    )
    for at in range(40)
]


@pytest.fixture
def linked(given, be):
    """`linked(child=True)`: twins among eighty records of others, as the hub sees them linked."""

    def arrange(*, child):
        twins = given("ben", [ADA, TWIN], released_to=[HUB], child=child)
        given("ben", OTHERS + OTHERS, released_to=[HUB])
        link(be("ada"))
        return be("ada"), twins

    return arrange


def together(twins):
    with superuser(NAME) as database:
        clusters = database.execute(
            "select distinct cluster from intelligence_membership where record_id = any(%s)",
            ([twin.pk for twin in twins],),
        ).fetchall()
    return len(clusters) == 1


def test_twins_wait_for_a_person_who_is_told_why(linked, ask):
    ada, twins = linked(child=True)

    assert not together(twins)
    [waiting] = [w for w in ask(queries.review_queue, ada)[0] if w.left.pk == twins[0].pk]
    assert waiting.right.pk == twins[1].pk
    seen = ask(queries.pair, ada, twins[0].reference, twins[1].reference)
    assert seen.model_says.startswith("They may be two of one home or family")


def test_of_adults_with_the_same_words_the_weights_decide(linked, ask):
    ada, twins = linked(child=False)

    seen = ask(queries.pair, ada, twins[0].reference, twins[1].reference)
    assert together(twins) == (seen.weight_bits >= seen.threshold_bits)
    assert "of one family" not in seen.model_says


def test_what_a_person_says_of_them_counts_and_can_be_taken_back(linked, do_errands, be):
    ada, twins = linked(child=True)
    with transaction.atomic():
        said = judge(ada, *twins, "SAME", "one girl, two names")
    do_errands()
    assert together(twins)

    with transaction.atomic():
        services.undo_judgement(by=be("ada"), judgement=said, reason="two girls", at=NOON)
    do_errands()
    assert not together(twins)


def test_worked_out_alone_they_are_held_as_in_the_whole(linked):
    _, twins = linked(child=True)

    resolve_around([twin.pk for twin in twins])

    assert not together(twins)
