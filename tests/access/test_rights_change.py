"""A right given or taken counts from the next statement, in sessions that are open already."""

import psycopg
import pytest

from tests.access.asking import READABLE, SEE
from tests.access.cases import MINE, OTHER
from tests.access.world import World, a_world

READER = "analyst"


@pytest.fixture(scope="module")
def world(database):
    with a_world("changes") as entered:
        yield entered


@pytest.fixture
def reader(world: World):
    """An analyst in one compartment, who sees rows of both agencies."""
    return next(
        a for a in world.accounts
        if a.who.roles == {READER} and a.who.agency == MINE and a.who.clearance == 1
        and a.who.member_of and a.state == "well"
    )  # fmt: skip


@pytest.fixture
def session(world: World, reader):
    with world.as_role("lk_web") as connection:
        connection.execute("select set_config('app.session', %s, true)", (reader.token,))
        yield connection


def seen(session: psycopg.Connection) -> set[int]:
    return {row[0] for row in session.execute(SEE)}


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("update accounts_person set is_active = false where id = {id}",
         "update accounts_person set is_active = true where id = {id}"),
        ("update accounts_person set trained_until = current_date - 1 where id = {id}",
         "update accounts_person set trained_until = current_date + 300 where id = {id}"),
        ("update accounts_person set active_to = current_date where id = {id}",
         "update accounts_person set active_to = null where id = {id}"),
        ("delete from accounts_personrole where person_id = {id}",
         "insert into accounts_personrole (person_id, role) values ({id}, 'analyst')"),
        ("update accounts_rolegrant set active_to = current_date where role = 'analyst'",
         "update accounts_rolegrant set active_to = null where role = 'analyst'"),
        ("update sec.session set expires_at = now() - interval '1 second' where person_id = {id}",
         "update sec.session set expires_at = now() + interval '1 hour' where person_id = {id}"),
    ],
    ids=["suspended", "training ends", "leaves", "role taken", "grant ended", "session ended"],
)  # fmt: skip
def test_in_the_middle_of_a_transaction_the_next_statement_sees_nothing(
    world: World, reader, session, change, back
):
    before = seen(session)
    with world.as_superuser() as owner:
        owner.execute(change.format(id=reader.number))
        after = seen(session)
        owner.execute(back.format(id=reader.number))

    assert before
    assert after == set()
    assert seen(session) == before


@pytest.mark.parametrize(
    ("change", "back", "hidden"),
    [
        ("update accounts_compartmentmember set standing = 'ENDED' where person_id = {id}",
         "update accounts_compartmentmember set standing = 'APPROVED' where person_id = {id}",
         lambda thing: thing.compartment is not None),
        ("update accounts_compartmentmember set active_to = current_date where person_id = {id}",
         "update accounts_compartmentmember set active_to = null where person_id = {id}",
         lambda thing: thing.compartment is not None),
        ("update accounts_compartment set review_on = current_date where id = 911",
         "update accounts_compartment set review_on = null where id = 911",
         lambda thing: thing.compartment is not None),
        ("update accounts_compartment set closed_on = current_date where id = 911",
         "update accounts_compartment set closed_on = null where id = 911",
         lambda thing: thing.compartment is not None),
        ("update accounts_person set cleared_to = current_date where id = {id}",
         "update accounts_person set cleared_to = null where id = {id}",
         lambda thing: thing.level == 1),
        ("update accounts_person set level = 0 where id = {id}",
         "update accounts_person set level = 1 where id = {id}", lambda thing: thing.level == 1),
        ("delete from accounts_audiencemember where audience_id = 921 and agency_id = 901",
         "insert into accounts_audiencemember (audience_id, agency_id) values (921, 901)",
         lambda thing: thing.owner == OTHER),
    ],
    ids=["leaves the compartment", "membership is over", "not looked at again",
         "the compartment is closed", "clearance is over",
         "lower clearance", "no longer released"],
)  # fmt: skip
def test_what_the_change_takes_is_hidden_and_nothing_else(
    world: World, reader, session, change, back, hidden
):
    before = seen(session)
    with world.as_superuser() as owner:
        owner.execute(change.format(id=reader.number))
        after = seen(session)
        owner.execute(back.format(id=reader.number))

    assert before - after == {label for label in before if hidden(world.labels[label])}
    assert after < before
    assert after
    assert seen(session) == before


def test_a_label_that_is_added_is_seen_from_the_next_statement_by_those_it_is_for(
    world: World, session
):
    readable = {row[0] for row in session.execute(READABLE)}
    with world.as_superuser() as owner:
        owner.execute(
            "insert into accounts_agency (id, code, name, kind, nation, region, area_code, "
            "desk) values (990, 'new', 'New', 'police_force', '', '', '', '') "
            "on conflict do nothing"
        )
        for number, audience in ((9002, 921), (9003, 922), (9004, None)):
            owner.execute(
                "insert into accounts_bucket (id, record_class, owner_id, level, audience_id, "
                "conds) values (%s, 1, 990, 0, %s, 0)",
                (number, audience),
            )

    assert {row[0] for row in session.execute(READABLE)} - readable == {9002}


def test_signing_out_ends_it_within_the_same_transaction(world: World):
    leaver = next(a for a in world.accounts if a.who.roles == {READER} and a.state == "last day")
    with world.as_role("lk_web") as c:
        c.execute("select set_config('app.session', %s, true)", (leaver.token,))
        assert seen(c)
        c.execute("select sec.close_session()")
        assert seen(c) == set()


def test_a_right_that_ends_overnight_is_gone_the_next_day_whether_or_not_a_page_was_opened(
    world: World, reader, session
):
    """The day cannot be turned here, so the context is dated as it would be the morning after."""
    before = seen(session)
    with world.as_superuser() as owner:
        owner.execute("set session_replication_role = replica")  # no rebuild, as at midnight
        owner.execute(
            "update sec.context set valid_until = current_date where person_id = %s",
            (reader.number,),
        )
        assert seen(session) == set()
        assert session.execute("select sec.writable(), sec.oversees()").fetchone() == ([], False)

    assert session.execute("select person_id from sec.whoami()").fetchone() == (reader.number,)
    assert seen(session) == before


@pytest.mark.parametrize(
    ("table", "column", "days", "turns"),
    [
        ("accounts_person", "active_from", 3, 3),
        ("accounts_person", "active_to", 4, 4),
        ("accounts_person", "trained_until", 0, 1),
        ("accounts_person", "trained_until", 5, 6),
        ("accounts_personrole", "active_from", 2, 2),
        ("accounts_personrole", "active_to", 2, 2),
        ("accounts_compartmentmember", "active_from", 7, 7),
        ("accounts_compartmentmember", "active_to", 8, 8),
        ("accounts_compartment", "review_on", 5, 5),
        ("accounts_compartment", "closed_on", 6, 6),
        ("accounts_person", "cleared_from", 9, 9),
        ("accounts_person", "cleared_to", 1, 1),
        ("accounts_consent", "active_from", 3, 3),
        ("accounts_consent", "active_to", 6, 6),
        ("accounts_datedcondition", "active_from", 4, 4),
        ("accounts_datedcondition", "active_to", 5, 5),
    ],
)
def test_a_context_holds_until_the_next_day_on_which_a_dated_right_turns(
    world: World, reader, table, column, days, turns
):
    key = {
        "accounts_person": f"id = {reader.number}",
        "accounts_compartment": "id = 911",
        "accounts_consent": "true",  # of an agency and an owner, and not of a person
        "accounts_datedcondition": "true",
    }.get(table, f"person_id = {reader.number}")
    with world.as_superuser() as c, c.transaction(force_rollback=True):
        c.execute("update accounts_person set trained_until = '2999-01-01'")
        c.execute("update accounts_datedcondition set active_from = '2000-01-01', active_to = null")
        c.execute(f"update {table} set {column} = current_date + %s where {key}", (days,))
        (left,) = c.execute(
            "select valid_until - current_date from sec.context where person_id = %s",
            (reader.number,),
        ).fetchone()

    assert left == turns
