"""PostgreSQL's row-level security against the oracle, over every case, as its own roles."""

import psycopg
import pytest

from tests.access.asking import (
    ADD,
    ADDED,
    CHANGE,
    CHANGE_BLINDLY,
    READABLE,
    SEE,
    WRITABLE,
    differences,
    expected,
    for_each,
)
from tests.access.world import World

FEWEST_ALLOWED, MOST_ALLOWED = 0.01, 0.10


def test_the_matrix_is_not_run_by_a_role_that_row_security_does_not_bind(world: World):
    with world.as_role("lk_web") as c:
        assert c.execute(
            "select current_user, rolsuper or rolbypassrls, exists (select 1 from pg_tables where "
            "tableowner = current_user) from pg_roles where rolname = current_user"
        ).fetchone() == ("lk_web", False, False)


@pytest.mark.parametrize(
    ("statements", "verbs"),
    [
        ((SEE,), ("read",)),
        # PostgreSQL asks for the right to see what a change gives back or chooses by.
        ((CHANGE,), ("write", "read")),
        ((ADD, ADDED), ("write",)),
        ((READABLE,), ("read",)),
        ((WRITABLE,), ("write",)),
    ],
    ids=["select", "update", "insert", "readable", "writable"],
)
def test_the_database_decides_every_case_as_the_oracle_does(world: World, statements, verbs):
    wanted = expected(world, *verbs)
    asked = world.accounts if ADD not in statements else world.accounts[::3]  # trying is slow
    wanted = {account.number: wanted[account.number] for account in asked}
    with world.as_role("lk_web") as c:
        found = for_each(c, asked, *statements)

    assert differences(world, found, wanted)[:3] == []
    compared = len(asked) * len(world.labels)
    allowed = sum(map(len, wanted.values()))
    assert compared > 14_000
    assert FEWEST_ALLOWED < allowed / compared < MOST_ALLOWED, f"{allowed} of {compared} allowed"


def test_a_change_that_asks_for_nothing_back_reaches_only_what_may_be_written(world: World):
    wanted = expected(world, "write")
    with world.as_role("lk_web") as c:
        for account in world.accounts:
            c.execute("select set_config('app.session', %s, true)", (account.token,))
            changed = c.execute(CHANGE_BLINDLY).rowcount
            c.rollback()
            assert changed == len(wanted[account.number]), account


def test_what_may_be_disclosed_is_what_the_oracle_says(world: World):
    wanted = expected(world, "disclose", who=world.errand_of)
    with world.as_superuser() as c:
        rows = c.execute("select person_id, disclosable from sec.context").fetchall()

    found = {number: set(labels) for number, labels in rows if number >= 5000}
    assert differences(world, found, wanted)[:3] == []


@pytest.mark.parametrize(
    ("statements", "verbs"),
    [((SEE,), ("read",)), ((CHANGE,), ("write", "read")), ((ADD, ADDED), ("write",))],
    ids=["select", "update", "insert"],
)
def test_the_worker_does_for_an_errand_what_whoever_asked_may_do(world: World, statements, verbs):
    wanted = expected(world, *verbs, who=world.errand_of)
    asked = world.accounts if ADD not in statements else world.accounts[::7]  # trying is slow
    wanted = {account.number: wanted[account.number] for account in asked}
    with world.as_role("lk_worker") as c:
        found = for_each(
            c,
            asked,
            *statements,
            setting="app.errand",
            value=lambda account: str(account.number),
        )

    assert differences(world, found, wanted)[:3] == []


def test_the_worker_has_no_rights_for_a_finished_errand_an_absent_one_or_none(world: World):
    with world.as_role("lk_worker") as c:
        for account in world.accounts[:40]:
            for errand in (str(account.number + 100_000), "999999999", ""):
                c.execute("select set_config('app.errand', %s, true)", (errand,))
                assert c.execute("select count(*) from intake_mapping").fetchone() == (0,)


def test_neither_role_believes_the_setting_of_the_other(world: World):
    able = [a for a in world.accounts if a.who.roles == {"may do everything"}]
    assert able
    with world.as_role("lk_web") as c:
        by_errand = for_each(c, able, SEE, setting="app.errand", value=lambda a: str(a.number))
    with world.as_role("lk_worker") as c:
        by_session = for_each(c, able, SEE)

    assert {frozenset(rows) for rows in (*by_errand.values(), *by_session.values())} == {
        frozenset()
    }


@pytest.mark.parametrize("token", [None, "", "guess", "token-of-", "token-of-5000\n", "%", "5000"])
def test_no_token_and_a_forged_one_see_nothing(world: World, token: str | None):
    for role in ("lk_web", "lk_worker"):
        with world.as_role(role) as c:
            if token is not None:
                c.execute("select set_config('app.session', %s, true)", (token,))
            for table in ("intake_mapping", "accounts_compartment", "accounts_errand"):
                assert c.execute(f"select count(*) from {table}").fetchone() == (0,)
            assert c.execute("select sec.me(), sec.my_agency()").fetchone() == (None, None)
            assert c.execute("update intake_mapping set text = 'x'").rowcount == 0


def test_the_hash_of_a_token_is_not_a_token(world: World):
    with world.as_superuser() as c:
        (hash_,) = c.execute("select token_hash from sec.session limit 1").fetchone()
    with world.as_role("lk_web") as c:
        for forged in (hash_.hex(), "\\x" + hash_.hex()):
            c.execute("select set_config('app.session', %s, true)", (forged,))
            assert c.execute("select sec.me()").fetchone() == (None,)


def test_a_setting_made_outside_a_transaction_does_not_outlive_it_on_the_connection(world: World):
    seer = next(a for a in world.accounts if a.who.roles == {"analyst"})
    with world.as_role("lk_web") as c:
        assert for_each(c, [seer], SEE)[seer.number]
        assert c.execute("select count(*) from intake_mapping").fetchone() == (0,)


def test_nobody_removes_a_row(world: World):
    for role in ("lk_web", "lk_worker", "lk_door", "lk_linker", "lk_sealer"):
        with world.as_role(role) as c, pytest.raises(psycopg.errors.InsufficientPrivilege):
            c.execute("delete from intake_mapping")


def test_a_label_above_the_accreditation_cannot_be_made(world: World):
    seer = next(a for a in world.accounts if a.who.roles == {"analyst"})
    with world.as_role("lk_web") as c:
        c.execute("select set_config('app.session', %s, true)", (seer.token,))
        with pytest.raises(psycopg.errors.CheckViolation):
            c.execute("select sec.bucket_for(1, 901, 2, null, null)")
