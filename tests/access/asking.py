"""What PostgreSQL lets an account do in the world of every case, found out by doing it."""

from collections.abc import Callable, Iterable

import psycopg

from tests.access.oracle import Somebody, Thing, against
from tests.access.world import Account, World

Found = dict[int, set[int]]  # account number: the labels it got through to

SEE = "select bucket_id from intake_mapping where name = 'world'"
CHANGE = "update intake_mapping set text = 'new' where name = 'world' returning bucket_id"
# Without a condition or an answer, PostgreSQL asks only for the right to change.
CHANGE_BLINDLY = "update intake_mapping set text = 'new'"
# One attempt for each label: each that is refused is undone alone.
ADD = """
do $$ declare label int; added int[] := '{}'; begin
  for label in select b.id from accounts_bucket b where b.id >= 3000 loop
    begin
      insert into intake_mapping (bucket_id, reference, name, version, text, made_by_id, made_at)
      values (label, 'MAP-A' || label, 'added', 1, '', 5000, now());
      added := added || label;
    exception when insufficient_privilege then null;
    end;
  end loop;
  perform set_config('test.added', array_to_string(added, ','), true);
end $$
"""
ADDED = (
    "select unnest(string_to_array(nullif(current_setting('test.added', true), ''), ',')::int[])"
)
READABLE = "select unnest(sec.readable())"
WRITABLE = "select unnest(sec.writable())"


def for_each(
    connection: psycopg.Connection,
    accounts: Iterable[Account],
    *statements: str,
    setting: str = "app.session",
    value: Callable[[Account], str] = lambda account: account.token,
) -> Found:
    """Run the statements on behalf of each account, and undo them; what the last one gives."""
    found: Found = {}
    for account in accounts:
        connection.execute("select set_config(%s, %s, true)", (setting, value(account)))
        for statement in statements:
            rows = connection.execute(statement)
        found[account.number] = {row[0] for row in rows if row[0] >= 3000}
        connection.rollback()
    return found


def expected(
    world: World, *verbs: str, who: Callable[[Account], Somebody] = lambda account: account.who
) -> Found:
    """What the oracle allows: the labels against which no rule stands for any of the verbs."""

    def allowed(somebody: Somebody, thing: Thing) -> bool:
        return not any(against(somebody, verb, thing, world.grants) for verb in verbs)

    return {
        account.number: {n for n, thing in world.labels.items() if allowed(who(account), thing)}
        for account in world.accounts
    }


def differences(world: World, found: Found, wanted: Found) -> list[tuple[object, ...]]:
    """Each case in which they differ: who, what, and whether it was let through."""
    accounts = {account.number: account for account in world.accounts}
    return [
        (accounts[number].who, accounts[number].state, world.labels[label], label in found[number])
        for number in wanted
        for label in sorted(found[number] ^ wanted[number])
    ]
