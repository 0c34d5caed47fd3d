"""Changing a label against the oracle: to relabel it, or to release it to more."""

from dataclasses import replace

import psycopg
import pytest

from tests.access.cases import MINE
from tests.access.oracle import Somebody, Thing, against
from tests.access.world import Account, World, a_world


@pytest.fixture(scope="module")
def world(database):
    with a_world("relabel") as entered:
        yield entered


def may_change(who: Somebody, was: Thing, becomes: Thing, world: World) -> bool:
    """Write it before and after; and either relabel both, or disclose it and release it to more."""

    def may(verb: str, *things: Thing) -> bool:
        return not any(against(who, verb, thing, world.grants) for thing in things)

    same = replace(was, released_to=frozenset()) == replace(becomes, released_to=frozenset())
    wider = same and was.released_to <= becomes.released_to
    return may("write", was, becomes) and (
        may("relabel", was, becomes) or (wider and may("disclose", was))
    )


def try_it(c: psycopg.Connection, account: Account, was: int, becomes: int) -> bool:
    c.execute("select set_config('app.session', %s, true)", (account.token,))
    try:
        return c.execute(
            "update intake_mapping set bucket_id = %s, name = 'moved' "
            "where bucket_id = %s and name = 'world'",
            (becomes, was),
        ).rowcount == 1  # fmt: skip
    except psycopg.errors.InsufficientPrivilege:
        return False
    finally:
        c.rollback()


@pytest.mark.parametrize("role", ["analyst", "officer", "decider", "supervisor", "may only write"])
def test_a_label_is_changed_by_whom_the_oracle_allows(world: World, role: str):
    account = next(
        a for a in world.accounts
        if a.who.roles == {role} and a.who.agency == MINE and a.who.clearance == 1
        and a.who.member_of and a.state == "well"
    )  # fmt: skip
    some = [n for n, t in world.labels.items() if t.record_class in (1, 5) and t.owner == MINE]
    some = some[:18] + some[18::6]
    some += [n for n, t in world.labels.items() if t.owner != MINE][:4]
    differ, allowed = [], 0
    with world.as_role("lk_web") as c:
        for was in some:
            for becomes in some:
                if was == becomes:
                    continue
                wanted = may_change(account.who, world.labels[was], world.labels[becomes], world)
                allowed += wanted
                if try_it(c, account, was, becomes) != wanted:
                    differ.append((world.labels[was], world.labels[becomes], wanted))

    assert differ[:3] == []
    assert (allowed > 0) == (role in {"decider", "supervisor", "analyst"})
