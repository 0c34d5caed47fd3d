"""A superuser with the triggers off changes the sealed log in two hundred ways; each is found."""

import random
from collections.abc import Callable

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lightkeeper.apps.audit import sealing, signing
from lightkeeper.apps.audit.models import Seal
from lightkeeper.apps.audit.writing import COLUMNS, leaf_of
from lightkeeper.engine.ledger.checkpoint import sign
from lightkeeper.engine.ledger.merkle import CompactRange
from lightkeeper.testing.plugin import NAME, superuser

TABLES = ("audit_event", "audit_leaf", "audit_seal")
SEED = 20261123
TIMES = 200

# For each column a value of its kind that is not the one that stands there.
EVENT = {
    "at": "at + interval '1 microsecond'", "person_id": "coalesce(person_id, 0) + 1",
    "person": "person || 'x'", "agency_id": "coalesce(agency_id, 0) + 1",
    "session": "session || 'x'", "verb": "case verb when 'deny' then 'admin' else 'deny' end",
    "did": "did || '.'", "references": "\"references\" || '{REC-X}'",
    "purpose": "purpose || 'x'", "reason": "reason || ' '", "recipient": "recipient || 'x'",
    "rule": "rule || 'x'", "request": "request || 'x'", "transaction": "transaction + 1",
    "id": "id + 100000",
}  # fmt: skip
SEAL = {
    "size": "size + 2", "root": "sha256(root)", "previous_size": "previous_size + 1",
    "previous_root": "sha256(previous_root)", "key_id": "'00000000'",
    "signature": "signature || '\\x00'", "at": "at + interval '1 second'",
}  # fmt: skip


def one(c: psycopg.Connection, rng: random.Random, table: str, column: str) -> int:
    return rng.choice([row[0] for row in c.execute(f"select {column} from {table}")])


def change_event(c, rng):
    column = rng.choice(sorted(EVENT))
    c.execute(f'update audit_event set "{column}" = {EVENT[column]} where id = %s',
              (one(c, rng, "audit_event", "id"),))  # fmt: skip
    return f"changed {column}"


def empty_a_reference(c, rng):
    c.execute("update audit_event set \"references\" = '{}' where id = %s",
              (one(c, rng, "audit_event", "id"),))  # fmt: skip
    return "emptied the references"


def change_leaf(c, rng):
    how = rng.choice(
        ["hash = sha256(hash)", "event_id = event_id + 100000", "position = position + 1000"]
    )
    c.execute(f"update audit_leaf set {how} where position = %s",
              (one(c, rng, "audit_leaf", "position"),))  # fmt: skip
    return f"leaf: {how}"


def change_seal(c, rng):
    column = rng.choice(sorted(SEAL))
    c.execute(f"update audit_seal set {column} = {SEAL[column]} where size = %s",
              (one(c, rng, "audit_seal", "size"),))  # fmt: skip
    return f"seal: {column}"


def remove(c, rng):
    table, key = rng.choice(
        [("audit_event", "id"), ("audit_leaf", "position"), ("audit_seal", "size")]
    )
    c.execute(f"delete from {table} where {key} = %s", (one(c, rng, table, key),))
    return f"removed from {table}"


def remove_event_and_leaf(c, rng):
    event = one(c, rng, "audit_event", "id")
    c.execute("delete from audit_event where id = %s", (event,))
    c.execute("delete from audit_leaf where event_id = %s", (event,))
    return "removed an event with its leaf"


def remove_and_close_the_gap(c, rng):
    event = one(c, rng, "audit_event", "id")
    (position,) = c.execute(
        "delete from audit_leaf where event_id = %s returning position", (event,)
    ).fetchone()
    c.execute("delete from audit_event where id = %s", (event,))
    # Twice, so that no position is taken while the others move.
    c.execute("update audit_leaf set position = -position where position > %s", (position,))
    c.execute("update audit_leaf set position = -position - 1 where position < 0")
    return "removed an event and closed the gap"


def swap_events(c, rng):
    ids = [row[0] for row in c.execute("select id from audit_event")]
    a, b = rng.sample(ids, 2)
    for old, new in ((a, -1), (b, a), (-1, b)):
        c.execute("update audit_event set id = %s where id = %s", (new, old))
    return "swapped two events"


def swap_leaves(c, rng):
    a, b = rng.sample([row[0] for row in c.execute("select position from audit_leaf")], 2)
    for old, new in ((a, -1), (b, a), (-1, b)):
        c.execute("update audit_leaf set position = %s where position = %s", (new, old))
    return "swapped two leaves"


def insert_event(c, rng):
    columns = ", ".join(f'"{name}"' for name in COLUMNS if name != "id")
    c.execute(f"insert into audit_event (id, {columns}) select %s, {columns} from audit_event "
              "where id = %s", (-rng.randrange(1, 50), one(c, rng, "audit_event", "id")),
              )  # fmt: skip
    return "inserted an event"


def insert_event_without_a_transaction(c, rng):
    insert_event(c, rng)
    c.execute("update audit_event set transaction = null where id < 0")
    return "inserted an event without a transaction"


def truncate_tail(c, rng):
    """The last seal with all under it: only the file outside still knows."""
    sizes = [row[0] for row in c.execute("select size from audit_seal order by size")]
    keep = rng.choice([0, *sizes[:-1]])
    c.execute("delete from audit_event where id in (select event_id from audit_leaf "
              "where position >= %s)", (keep,))  # fmt: skip
    c.execute("delete from audit_leaf where position >= %s", (keep,))
    c.execute("delete from audit_seal where size > %s", (keep,))
    return f"truncated to {keep}"


def make_the_leaf_agree(c, rng):
    event = one(c, rng, "audit_event", "id")
    c.execute("update audit_event set reason = 'another' where id = %s", (event,))
    _rehash(c, event)
    return "changed an event and its leaf"


def make_leaf_and_roots_agree(c, rng):
    """All that stands in the database is made to agree; only the signatures cannot be."""
    make_the_leaf_agree(c, rng)
    _resign(c, None)
    return "changed an event, its leaf and the roots"


def sign_anew(c, rng):
    """And even these, with a key of one's own."""
    make_the_leaf_agree(c, rng)
    _resign(c, Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)))
    return "changed an event and signed it anew with another key"


def _rehash(c, event: int) -> None:
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    row = c.execute(f"select {columns} from audit_event where id = %s", (event,)).fetchone()
    c.execute("update audit_leaf set hash = %s where event_id = %s", (leaf_of(row), event))


def _resign(c, key: Ed25519PrivateKey | None) -> None:
    tree, previous = CompactRange(), None
    leaves = [bytes(r[0]) for r in c.execute("select hash from audit_leaf order by position")]
    for seal in Seal.objects.order_by("size"):
        while tree.size < seal.size:
            tree.append(leaves[tree.size])
        previous_root = previous or bytes(seal.previous_root)
        checkpoint = signing.checkpoint_of(
            seal.size, tree.root(), seal.previous_size, previous_root, seal.at
        )
        signature = sign(checkpoint, key).signature if key else bytes(seal.signature)
        c.execute(
            "update audit_seal set root = %s, previous_root = %s, signature = %s where size = %s",
            (tree.root(), previous_root, signature, seal.size),
        )
        previous = tree.root()


WAYS: list[Callable[[psycopg.Connection, random.Random], str]] = [
    change_event, change_event, change_event, empty_a_reference, change_leaf, change_seal, remove,
    remove_event_and_leaf, remove_and_close_the_gap, swap_events, swap_leaves, insert_event,
    insert_event_without_a_transaction, truncate_tail, make_the_leaf_agree,
    make_leaf_and_roots_agree, sign_anew,
]  # fmt: skip


@pytest.fixture
def sealed_log(happen, log):
    for batch in (5, 1, 12, 7):
        happen(batch)
        assert sealing.seal() == batch
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        for table in TABLES:
            c.execute(f"create table kept_{table} as table {table}")
        yield c
        for table in TABLES:
            c.execute(f"drop table kept_{table}")


def put_back(c: psycopg.Connection) -> None:
    for table in TABLES:
        c.execute(f"truncate {table}")
        c.execute(f"insert into {table} select * from kept_{table}")


def test_two_hundred_ways_to_change_the_sealed_log_are_all_found(sealed_log, monkeypatch):
    monkeypatch.setattr("lightkeeper.apps.audit.verifying.record", lambda **_: None)
    rng = random.Random(SEED)
    missed, used = [], set()
    for number in range(TIMES):
        way = WAYS[number % len(WAYS)]
        did = way(sealed_log, rng)
        used.add(did)
        found = sealing.verify()
        if found.ok or not all(problem.endswith(".") for problem in found.problems):
            missed.append((number, did, found.problems))
        put_back(sealed_log)

    assert missed == []
    assert len(used) > 30
    assert sealing.verify().ok


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: "", "missing or empty"),
        (lambda text: text[: len(text) // 2], "cannot be read"),
        (lambda text: text.partition("\n\n— ")[2].partition("\n\n")[2], "checkpoint was removed"),
        (lambda text: text.replace("\n5\n", "\n4\n", 1), "no such seal"),
        (lambda text: text.replace("previous 0", "previous 1", 1), "says something else"),
        (lambda text: text + "\n" + text, "stands after"),
    ],
    ids=["emptied", "cut off", "first removed", "size", "line of our own", "twice"],
)  # fmt: skip
def test_a_change_to_the_file_outside_is_found(sealed_log, log, harm, said):
    file = log / "checkpoints" / "audit"
    file.write_text(harm(file.read_text()))

    found = sealing.verify()

    assert not found.ok
    assert any(said in problem for problem in found.problems), found.problems


def test_the_place_is_named_in_words(sealed_log, log):
    sealed_log.execute("update audit_event set reason = 'x' where id = "
                       "(select event_id from audit_leaf where position = 6)")  # fmt: skip
    sealed_log.execute("delete from audit_event where id = "
                       "(select event_id from audit_leaf where position = 9)")  # fmt: skip
    sealed_log.execute("delete from audit_seal where size = 6")

    problems = sealing.verify().problems

    assert any(p.startswith("Position 6: event") and "does not say" in p for p in problems)
    assert any(p.startswith("Position 9: event") and "removed" in p for p in problems)
    assert any(p.startswith("Seal of 18: it follows a seal of 6") for p in problems)
    assert any(p.startswith("Checkpoint of 6: there is no such seal") for p in problems)


def test_a_sealer_does_not_go_on_over_a_broken_log(sealed_log, happen, log):
    from lightkeeper.core.errors import Refused

    sealed_log.execute("delete from audit_event where id = "
                       "(select event_id from audit_leaf where position = 24)")  # fmt: skip
    happen(1)
    with pytest.raises(Refused, match="is gone"):
        sealing.seal()


def test_an_application_role_cannot_change_the_log_at_all(sealed_log):
    from django.db import ProgrammingError, connections, transaction

    for role in ("default", "door", "linker", "sealer"):
        for table in TABLES:
            for statement in (f"update {table} set at = now()", f"delete from {table}",
                              f"truncate {table}"):  # fmt: skip
                with (
                    pytest.raises(
                        ProgrammingError, match=r"permission denied|only ever added|not exist"
                    ),
                    transaction.atomic(using=role),
                    connections[role].cursor() as cursor,
                ):
                    cursor.execute(statement)


def test_even_the_owner_of_the_tables_meets_the_trigger(sealed_log):
    from django.db import ProgrammingError, connections, transaction

    for table in TABLES:
        for statement in (f"delete from {table}", f"truncate {table}"):
            if "delete" in statement and table == "audit_event":
                continue  # row security hides the rows from the owner, so that no row is met
            with (
                pytest.raises(ProgrammingError, match="only ever added to"),
                transaction.atomic(using="owner"),
                connections["owner"].cursor() as cursor,
            ):
                cursor.execute(statement)
