"""What PostgreSQL lets an account do in the world of every case, found out by doing it."""

from collections.abc import Callable, Iterable

import psycopg

from tests.access.oracle import Somebody, Thing, against
from tests.access.world import Account, World

Found = dict[int, set[int]]  # account number: the labels it got through to

SEE = "select bucket_id from intake_report where reference like 'REP-W%'"
CHANGE = (
    "update intake_report set warnings = '[]' where reference like 'REP-W%' returning bucket_id"
)
# Without a condition or an answer, PostgreSQL asks only for the right to change.
CHANGE_BLINDLY = "update intake_report set warnings = '[]'"
# One attempt for each label: each that is refused is undone alone.
ADD = """
do $$ declare label record; added int[] := '{}'; begin
  for label in select b.id, b.owner_id from accounts_bucket b where b.id >= 3000 loop
    begin
      insert into intake_report (bucket_id, reference, owner_id, digest, size_bytes, file_name,
        format, channel, source, scheme, source_evaluation, information_assessment, handling_code,
        handling_conditions, status, failure, warnings, received_at, received_by_id, rows_read,
        rows_accepted, rows_repeated, rows_quarantined)
      values (label.id, 'REP-A' || label.id, label.owner_id, 'a' || label.id, 1, 'f.csv', 'csv',
        'page', '', '3x5x2', '1', 'A', 'P', '{}', 'READ', '', '[]', now(), 5000, 0, 0, 0, 0);
      added := added || label.id;
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
