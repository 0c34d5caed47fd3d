"""Finding any change to what was sealed: in events, leaves, seals, or the file outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.db import connections, transaction

from lightkeeper.apps.audit import signing
from lightkeeper.apps.audit.choices import Did
from lightkeeper.apps.audit.models import Seal
from lightkeeper.apps.audit.services import record
from lightkeeper.apps.audit.writing import COLUMNS, SELECTED, leaf_of
from lightkeeper.core.access import acting
from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.ledger.checkpoint import Note
from lightkeeper.engine.ledger.merkle import EMPTY_ROOT, CompactRange

SEALER = "sealer"
MOST_PROBLEMS = 100

LEAVES = f"""
select l.position, l.event_id, l.hash, {SELECTED}
  from audit_leaf l left join audit_event e on e.id = l.event_id order by l.position
"""  # noqa: S608 (names of columns)
NOT_SEALED = """
select e.id, e.transaction from audit_event e
 where not exists (select 1 from audit_leaf l where l.event_id = e.id) order by e.id
"""


@dataclass(frozen=True)
class Verification:
    """Whether the log is whole, how much of it there is, and in words what is wrong."""

    ok: bool
    events: int
    sealed: int
    problems: list[str]
    at: datetime
    sealed_at: datetime | None = None

    @property
    def exit_code(self) -> int:
        return 0 if self.ok else 1


@dataclass
class _Found:
    problems: list[str] = field(default_factory=list)
    more: int = 0

    def say(self, sentence: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(sentence)
        else:
            self.more += 1


class _Verifier:
    """Nobody in particular: the check itself, as it stands in the log."""

    person_id = None
    username = "the verifier"
    agency_id = None
    session = ""
    purpose = "oversight"


def verify(at: datetime | None = None) -> Verification:
    """Read the whole log again and compare it with its leaves, seals, signatures and checkpoints.

    What has been entered since the last seal is not yet held to anything.

    Source: mission A3; ACCESS 8.
    """
    found = _Found()
    with one_view():
        seals = list(Seal.objects.using(SEALER).order_by("size"))
        _check_seals(seals, found)
        sealed, last_place = _check_leaves(seals, found)
        waiting = _check_the_rest(last_place, found)
    _check_file(seals, found)
    if found.more:
        found.problems.append(f"And {found.more} more.")
    verification = Verification(
        ok=not found.problems,
        events=sealed + waiting,
        sealed=sealed,
        problems=found.problems,
        at=at or datetime.now(UTC),
        sealed_at=seals[-1].at if seals else None,
    )
    _write_down(verification)
    return verification


@contextmanager
def one_view() -> Iterator[None]:
    """Read the log as of one moment, whatever is entered or sealed meanwhile."""
    with acting.with_nobody(), transaction.atomic(using=SEALER):
        with connections[SEALER].cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read read only")
        yield


def last_verification() -> Verification | None:
    """What came of it when the whole log was last verified."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(_outcome_file().read_text())
        for moment in ("at", "sealed_at"):
            kept[moment] = kept[moment] and datetime.fromisoformat(kept[moment])
        return Verification(**kept)
    return None


def _check_seals(seals: list[Seal], found: _Found) -> None:
    """Each is signed, and names the one before it."""
    size, root = 0, EMPTY_ROOT
    for seal in seals:
        if not signing.is_signed(seal):
            found.say(f"Seal of {seal.size}: the signature is not that of the log's key.")
        if (seal.previous_size, bytes(seal.previous_root)) != (size, root):
            found.say(
                f"Seal of {seal.size}: it follows a seal of {seal.previous_size}, but the one "
                f"before it is of {size}. A seal between them was removed or changed."
            )
        size, root = seal.size, bytes(seal.root)


def _check_leaves(seals: list[Seal], found: _Found) -> tuple[int, tuple[int, int]]:
    """Each event says what its leaf says, and the leaves make the roots that were signed."""
    tree, waiting = CompactRange(), {seal.size: seal for seal in seals}
    whole, previous, count, last = True, 0, 0, (0, 0)
    for position, event_id, kept, event in sealed_leaves():
        count += 1
        if position != tree.size:
            found.say(f"Position {tree.size}: the leaf is gone; the next is {position}.")
            whole = False
            break
        if event is None:
            found.say(f"Position {position}: event {event_id} was removed.")
        else:
            if leaf_of(event) != kept:
                found.say(
                    f"Position {position}: event {event_id} does not say what it said "
                    "when it was sealed."
                )
            place = (event[COLUMNS.index("transaction")] or 0, event_id)
            if place <= last:
                found.say(f"Position {position}: event {event_id} is out of order.")
            last = max(last, place)
        tree.append(kept)
        if seal := waiting.pop(tree.size, None):
            if whole and tree.root() != bytes(seal.root):
                found.say(
                    f"Positions {previous} to {seal.size - 1}: the leaves do not make the root "
                    "that was sealed. One was changed, removed, added or moved."
                )
                whole = False  # every later root is built on this one
            previous = seal.size
    if whole:
        for size in sorted(waiting):
            found.say(f"Seal of {size}: there are only {tree.size} leaves.")
        if tree.size > previous:
            found.say(f"Positions {previous} to {tree.size - 1}: the seal over them was removed.")
    return count, last


def sealed_leaves() -> Iterator[tuple[int, int, bytes, tuple[Any, ...] | None]]:
    """Each leaf with its position, its event's number, and the event if it is still there."""
    with connections[SEALER].chunked_cursor() as cursor:
        cursor.execute(LEAVES)
        for position, event_id, kept, *event in cursor:
            yield position, event_id, bytes(kept), tuple(event) if event[0] is not None else None


def _check_the_rest(last: tuple[int, int], found: _Found) -> int:
    """What is not sealed must be later than all that is. Returns how much that is."""
    count = 0
    with connections[SEALER].chunked_cursor() as cursor:
        cursor.execute(NOT_SEALED)
        for event_id, number in cursor:
            count += 1
            if number is None or (number, event_id) <= last:
                found.say(f"Event {event_id} was added behind the seals, or its leaf was removed.")
    return count


def _check_file(seals: list[Seal], found: _Found) -> None:
    """The checkpoints outside the database are the same as the seals inside."""
    try:
        notes = signing.kept_notes()
    except (FormatError, UnicodeDecodeError) as error:
        found.say(f"The file of checkpoints cannot be read: {error}")
        return
    if seals and not notes:
        found.say("The file of checkpoints is missing or empty.")
        return
    by_size = {seal.size: signing.note_of(seal) for seal in seals}
    _check_order(notes, found)
    for note in notes:
        size = note.checkpoint.size
        inside = by_size.pop(size, None)
        if not note.is_signed_by(signing.public_key()):
            found.say(f"Checkpoint of {size}: the signature is not that of the log's key.")
        if inside is None:
            found.say(f"Checkpoint of {size}: there is no such seal any more; it was removed.")
        elif inside.checkpoint != note.checkpoint:
            found.say(f"Checkpoint of {size}: the seal in the database says something else.")
    # The newest may be missing for a moment: the file is written after the commit.
    newest = notes[-1].checkpoint.size if notes else 0
    for size in sorted(size for size in by_size if size < newest):
        found.say(f"Seal of {size}: its checkpoint was removed from the file.")


def _check_order(notes: list[Note], found: _Found) -> None:
    sizes = [note.checkpoint.size for note in notes]
    for before, after in pairwise(sizes):
        if after <= before:
            found.say(f"Checkpoint of {after}: it stands after one of {before}.")


def _write_down(verification: Verification) -> None:
    plain = asdict(verification)
    for moment in ("at", "sealed_at"):
        plain[moment] = plain[moment] and plain[moment].isoformat()
    new = _outcome_file().with_suffix(".new")
    new.write_text(json.dumps(plain, indent=1))
    new.replace(_outcome_file())
    # By the door, whose role may enter what no person did.
    record(
        by=_Verifier(),
        did=Did.AUDIT_VERIFIED,
        to=f"{verification.sealed} of {verification.events}",
        reason="whole" if verification.ok else "problems found",
        at=verification.at,
        using="door",
    )


def _outcome_file() -> Any:
    return signing.checkpoint_file().with_name("verified.json")
