"""A report that is linked as it lands leaves the picture that linking everything leaves."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence.linker import arriving
from lightkeeper.apps.intelligence.linker.keeping import last_whole_run, place_of
from lightkeeper.apps.intelligence.models import LinkageRun
from lightkeeper.apps.intelligence.services import linking
from lightkeeper.apps.intelligence.tests.arranging import NOON, judge, link, person
from lightkeeper.core import faults
from lightkeeper.engine.linkage import blocking
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.testing.working import the_worker

GIVEN = ["Victor", "Viktor", "Mary", "Marie", "Ivo", "Owen", "Zoe", "Tomos"]
FAMILY = ["Brandt", "Stone", "Kraus", "Quill", "Hartley"]

WHOLE = {
    "members": "select record_id, cluster, component from intelligence_membership order by 1",
    "links": """
        select left_id, right_id, bucket_left_id, bucket_right_id, round(weight_bits::numeric, 6),
               held, judged, may_wait, evidence from intelligence_link order by 1, 2""",
}


def crowd(seed, count):
    """So many records of thirty people, with slips, some of whom share a phone."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        who = dice.randrange(30)
        born = f"19{60 + who}-0{1 + who % 9}-1{who % 10}"
        said = {"phone": f"+4477009001{10 + who // 2}"} if dice.random() < 0.7 else {}
        given, family = GIVEN[who % 8], f"{FAMILY[who % 5]}{FAMILY[who % 3].lower()}"
        if dice.random() < 0.3:
            family = family[1:]
        found.append(person(given, family, born if dice.random() < 0.8 else "", **said))
    return found


def picture():
    with superuser(NAME) as database:
        return {name: database.execute(asked).fetchall() for name, asked in WHOLE.items()}


def arrived(by):
    run = linking.link_arrived(by=by, at=NOON)
    assert "came" in run.figures, "everything was linked"
    return run


def checked(at):
    with the_worker():
        return linking.check_the_picture(at)


@pytest.fixture
def linked(given, be, monkeypatch, request):
    """A picture of forty records of two agencies, linked as a whole; with a `param`, by no block of
    more records than that.
    """
    if largest := getattr(request, "param", None):
        monkeypatch.setattr(blocking, "BLOCK_SIZES", (largest,))
    records = given("ada", crowd(1, 25)) + given("ben", crowd(2, 15), released_to=[HUB])
    link(be("ada"))
    return records


@pytest.mark.parametrize(
    ("seed", "linked"), [(1, None), (2, None), (3, 2), (4, 3)], indirect=["linked"]
)
def test_reports_linked_as_they_land_leave_what_linking_everything_leaves(given, be, linked, seed):
    dice = random.Random(seed)
    for turn in range(3):
        who = dice.choice(["ada", "ben"])
        came = given(who, crowd(10 * seed + turn, dice.choice([1, 3])), released_to=[HUB])
        ada = be("ada")
        if turn == 1:
            pairs = sorted({(row[0], row[1]) for row in picture()["links"]})
            left, right = dice.choice(pairs)
            every = {one.pk: one for one in [*linked, *came]}
            if left in every and right in every:
                verdict = dice.choice(["SAME", "DIFFERENT"])
                with transaction.atomic():
                    judge(ada, every[left], every[right], verdict)
                linking.resolve_now(by=ada, records=[left, right], at=NOON)
        assert arrived(be("ada")).figures["came"] == len(came)
    step_by_step = picture()
    joined = [row for row in step_by_step["members"] if row[0] != row[1]]
    assert 5 < len(joined) < 30

    assert link(be("ada")).figures["moved"] == 0
    assert picture() == step_by_step


def test_a_child_and_a_possible_relative_wait_for_a_person_as_in_a_whole_run(given, be, linked):
    twins = [person(one, "Quill", "2015-02-03", phone="+447700900777") for one in ("Zoe", "Tomos")]
    given("ada", twins[:1], child=True)
    arrived(be("ada"))
    given("ada", twins[1:], child=True)
    assert arrived(be("ada")).figures["held"] >= 1

    step_by_step = picture()
    link(be("ada"))
    assert picture() == step_by_step


def test_it_is_told_by_a_run_with_its_figures(given, be, linked):
    given("ada", [person("Victor", "Brandt", "1971-01-11")])
    run = arrived(be("ada"))

    assert (run.figures["came"], run.figures["records"]) == (1, 41)
    assert run.figures["left_alone"] == last_whole_run().figures["left_alone"] == 0
    assert run.finished_at == NOON
    assert linking.is_linked_since(NOON - timedelta(seconds=1))


def test_killed_after_the_picture_and_before_the_file_it_comes_right_the_next_time(
    given, be, linked, monkeypatch
):
    given("ada", crowd(7, 3))

    def killed(name):
        if name == "linking.came":
            raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(faults, "point", killed)
        with pytest.raises(InterruptedError):
            linking.link_arrived(by=be("ada"), at=NOON)
    came = {one.pk for one in given("ada", crowd(8, 3))}
    said = [row[:2] for row in picture()["links"] if not came & set(row[:2])]
    left, right = max(said, key=max)  # one of those that come again
    ada = be("ada")
    with transaction.atomic():
        every = Record.objects.visible_to(ada).in_bulk([left, right])
        judge(ada, every[left], every[right], "DIFFERENT")
    assert arrived(be("ada")).figures["came"] == 6
    linking.resolve_now(by=be("ada"), records=[left, right], at=NOON)

    step_by_step = picture()
    assert link(be("ada")).figures["moved"] == 0
    assert picture() == step_by_step


def test_a_record_that_went_is_left_out_of_what_stands_ready(given, be, linked):
    gone = linked[3].pk
    with superuser(NAME) as database:
        database.execute("set session_replication_role = replica")
        for table, column in (
            ("intelligence_membership", "record_id"), ("intelligence_searchkey", "record_id"),
            ("intelligence_link", "left_id"), ("intelligence_link", "right_id"),
            ("intake_record", "id"),
        ):  # fmt: skip
            database.execute(f"delete from {table} where {column} = {gone}")
    linking.resolve_now(by=be("ada"), records=[one.pk for one in linked if one.pk != gone], at=NOON)
    given("ada", [person("Victor", "Brandt", "1971-01-11")])
    assert arrived(be("ada")).figures["records"] == 40

    step_by_step = picture()
    link(be("ada"))
    assert picture() == step_by_step


def test_when_a_record_was_erased_the_file_that_held_it_is_gone_and_made_anew(given, be, linked):
    ready = place_of(last_whole_run())
    assert b"Brandt".lower() in ready.read_bytes().lower()
    linking.resolve_part(by=be("ada"), part=linked[0].pk, at=NOON)
    assert not ready.exists()

    given("ada", [person("Victor", "Brandt", "1971-01-11")])
    assert "came" not in linking.link_arrived(by=be("ada"), at=NOON).figures
    given("ada", [person("Viktor", "Brandt", "1971-01-11")])
    assert arrived(be("ada")).figures["came"] == 1


def test_everything_is_linked_where_nothing_stands_ready_or_what_does_is_damaged(given, be, linked):
    ready = place_of(last_whole_run())
    ready.write_bytes(b"damaged" * 1000)
    given("ada", [person("Victor", "Brandt", "1971-01-11")])

    assert arriving.link_what_came(at=NOON) is None
    assert "came" not in linking.link_arrived(by=be("ada"), at=NOON).figures
    assert not ready.exists()
    assert [path.suffix for path in Path(settings.VAR, "linking").iterdir()] == [".duckdb"]


def test_everything_is_linked_when_an_agency_has_become_a_source(given, be, linked):
    given("ben", crowd(5, 9), released_to=[HUB])
    assert "came" in linking.link_arrived(by=be("ada"), at=NOON).figures
    given("ben", crowd(6, 1), released_to=[HUB])
    assert "came" not in linking.link_arrived(by=be("ada"), at=NOON).figures


def test_everything_is_linked_when_very_much_has_come(given, be, linked, monkeypatch):
    monkeypatch.setattr(arriving, "MOST_AT_ONCE", 5)
    given("ada", crowd(9, 6))
    assert "came" not in linking.link_arrived(by=be("ada"), at=NOON).figures


def test_the_nightly_check_links_everything_once_a_day_if_reports_were_linked_as_they_came(
    given, be, linked
):
    night = NOON + timedelta(hours=21)
    assert checked(night) is None
    given("ada", crowd(3, 2))
    arrived(be("ada"))
    assert checked(NOON + timedelta(hours=19)) is None

    run = checked(night)
    assert (run.figures["moved"], run.figures["records"]) == (0, 42)
    assert checked(night + timedelta(hours=1)) is None
    with superuser(NAME) as database:
        told = database.execute(
            "select person, \"references\" from audit_event where did = 'records linked' "
            "order by id desc limit 1"
        ).fetchone()
    assert told == ("the nightly check", [f"run {run.pk}"])


def test_the_nightly_check_counts_what_came_out_otherwise(given, be, linked, caplog):
    given("ada", crowd(3, 2))
    arrived(be("ada"))
    with superuser(NAME) as database:
        database.execute("update intelligence_membership set cluster = record_id")
        split = database.execute("select count(distinct record_id) from intelligence_membership")
        assert split.fetchone()[0] == 42
    run = checked(NOON + timedelta(days=1))

    assert run.figures["moved"] > 0
    assert f"run {run.pk}: {run.figures['moved']} records" in caplog.text
    assert LinkageRun.objects.count() == 3
