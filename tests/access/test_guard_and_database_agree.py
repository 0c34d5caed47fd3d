"""The guard of the application and the rule in the database, asked for the same person."""

import pytest
from django.db import connection

from lightkeeper.apps.accounts.services import actor_now
from lightkeeper.core.access import acting
from tests.access.oracle import against


def lists_in_the_database(person_id: int) -> tuple[set[int], set[int]]:
    with connection.cursor() as cursor:
        cursor.execute("select sec.readable(), sec.writable()")
        readable, writable = cursor.fetchone()
    return set(readable), set(writable)


def test_for_every_account_the_guard_finds_the_labels_that_the_database_finds(django_in_the_world):
    world = django_in_the_world
    with world.as_superuser() as c:
        disclosable = dict(c.execute("select person_id, disclosable from sec.context").fetchall())
    differ, nobody = [], 0
    for account in world.accounts:
        with acting.with_session(account.token):
            actor = actor_now()
            readable, writable = lists_in_the_database(account.number)
        if actor is None:
            nobody += 1
            if readable or writable or not account.who.troubles:
                differ.append(account)
        elif (set(actor.readable), set(actor.writable), set(actor.disclosable)) != (
            readable,
            writable,
            set(disclosable[account.number]),
        ):
            differ.append((account, set(actor.readable) ^ readable))

    assert differ[:3] == []
    assert 0 < nobody < len(world.accounts)


def test_whoever_is_nobody_by_the_rule_is_nobody_to_the_application(django_in_the_world):
    world = django_in_the_world
    for account in world.accounts:
        with acting.with_session(account.token):
            assert (actor_now() is None) == bool(account.who.troubles), account


@pytest.mark.parametrize(
    "dates", [("null", "current_date"), ("current_date + 1", "null")], ids=["over", "not yet begun"]
)
def test_a_role_that_is_not_held_today_gives_no_power(django_in_the_world, dates):
    world = django_in_the_world
    holder = next(a for a in world.accounts if a.state == "well" and a.who.roles == {"analyst"})
    enter = (
        "update accounts_personrole set active_from = ({}), active_to = ({}) where person_id = {}"
    )
    with acting.with_session(holder.token):
        assert actor_now().powers
        try:
            with world.as_superuser() as c:
                c.execute(enter.format(*dates, holder.number))
            assert not actor_now().powers
        finally:
            with world.as_superuser() as c:
                c.execute(enter.format("null", "null", holder.number))


def test_the_guard_and_the_oracle_agree_on_locate_relabel_and_erase_too(django_in_the_world):
    """Three verbs that have no list in the database: the guard alone answers for them."""
    from lightkeeper.apps.accounts.actors import _envelopes
    from lightkeeper.core.access.envelope import Verb
    from lightkeeper.core.access.guard import decide

    world = django_in_the_world
    envelopes = [(n, e) for n, e in _envelopes() if n in world.labels]
    for account in world.accounts[:60]:
        with acting.with_session(account.token):
            actor = actor_now()
        for verb in (Verb.LOCATE, Verb.RELABEL, Verb.ERASE):
            found = {n for n, e in envelopes if actor and decide(actor.viewer, e, verb).allow}
            assert found == {
                n
                for n, thing in world.labels.items()
                if not against(account.who, verb.value, thing, world.grants)
            }
