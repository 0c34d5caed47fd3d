"""What is handed to somebody outside who verifies the log: checkpoints, growth, the log itself."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

from lightkeeper.apps.audit import signing
from lightkeeper.apps.audit.choices import Did
from lightkeeper.apps.audit.models import Seal
from lightkeeper.apps.audit.services import record
from lightkeeper.apps.audit.verifying import SEALER, one_view, sealed_leaves
from lightkeeper.apps.audit.writing import written
from lightkeeper.core.access import acting
from lightkeeper.core.errors import Refused
from lightkeeper.engine.ledger.checkpoint import Note
from lightkeeper.engine.ledger.consistency import make_proof

REMOVED = b"-"


class _Operator:
    """Whoever runs the machine; the command line knows no more of them."""

    person_id = None
    username = "the command line"
    agency_id = None
    session = ""
    purpose = "oversight"


def checkpoints(*, to: str) -> list[Note]:
    """Every checkpoint of the log, the oldest first.

    Raises: Refused if nothing is sealed yet.

    Source: mission A3; C2SP tlog-checkpoint.
    """
    with one_view():
        seals = list(Seal.objects.using(SEALER).order_by("size"))
    if not seals:
        raise Refused("audit.empty", "Nothing is sealed yet. Run `lightkeeper audit seal` first.")
    _note_it(Did.CHECKPOINT_GIVEN, f"size {seals[-1].size}", to=to, reason="")
    return [signing.note_of(seal) for seal in seals]


def growth(since: Note | None, *, to: str) -> str:
    """The newest checkpoint with the proof that it grew out of `since`, as a witness is asked;
    `since` is what the witness signed last.

    Raises: Refused if the log is now shorter than `since`, or has not been sealed.

    Source: C2SP tlog-witness, the body of `add-checkpoint`.
    """
    newest, old = checkpoints(to=to)[-1], since.checkpoint.size if since else 0
    new = newest.checkpoint.size
    if old > new:
        raise Refused(
            "audit.shorter",
            f"The log has {new} sealed events and that checkpoint {old}. Run `lightkeeper audit "
            "verify --checkpoint` with it: events were removed, or an older backup is running.",
        )
    with one_view():
        proof = make_proof((leaf for _, _, leaf, _ in sealed_leaves()), old, new) if old else []
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{hashes}\n{newest.text}"


def log_lines(*, to: str, reason: str) -> Iterator[bytes]:
    """Each sealed event on a line: its position, its leaf, and the bytes that the leaf is made of.

    What was removed stands as a dash, so that the verifier finds it and not only we. Handing the
    log out is a disclosure, and stands in the log before the first line leaves.
    """
    _note_it(Did.AUDIT_EXPORTED, "sealed events", to=to, reason=reason)
    with one_view():
        for position, _, leaf, event in sealed_leaves():
            said = REMOVED if event is None else written(event)
            yield b"%d %s %s\n" % (position, base64.b64encode(leaf), said)


def _note_it(did: Did, what: str, *, to: str, reason: str) -> None:
    with acting.with_nobody():
        record(
            by=_Operator(), did=did, to=what, recipient=to[:160], reason=reason,
            at=datetime.now(UTC), using="door",
        )  # fmt: skip
