"""Holding the log of today to what it said of itself before: checkpoints that somebody kept."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lightkeeper.apps.audit import signing
from lightkeeper.apps.audit.models import Seal
from lightkeeper.apps.audit.verifying import SEALER, one_view, sealed_leaves
from lightkeeper.engine.ledger.checkpoint import Note, key_id, witnessed_at
from lightkeeper.engine.ledger.merkle import EMPTY_ROOT, CompactRange


@dataclass(frozen=True)
class _Now:
    """The log as it stands: its roots at the sizes that are asked about, and its own seals."""

    size: int
    roots: dict[int, bytes]
    seals: dict[int, Note]


def hold_to(kept: list[Note], key: Ed25519PublicKey | None = None) -> list[str]:
    """What does not agree between the live log and checkpoints kept elsewhere, in sentences.

    `key` is the log's public key as it was kept with them; without it the log's own is believed.

    Source: mission A3; RFC 6962, 2.1.2.
    """
    trusted = key or signing.public_key()
    problems = [
        f"Checkpoint of {note.checkpoint.size}: it is not signed with the key it is held to. "
        "Is it a checkpoint of another log, or the key of another?"
        for note in kept
        if not note.is_signed_by(trusted)
    ]
    with one_view():
        now = _log_at({note.checkpoint.size for note in kept})
    problems += _other_keys(now, trusted)
    agreed = 0
    for note in sorted(kept, key=lambda one: one.checkpoint.size):
        size = note.checkpoint.size
        if problem := _disagreement(note, now, agreed):
            problems.append(problem)
            break  # what comes after rests on this one
        agreed = size
    return problems


def _log_at(sizes: set[int]) -> _Now:
    seals = {s.size: signing.note_of(s) for s in Seal.objects.using(SEALER).order_by("size")}
    tree, roots = CompactRange(), {0: EMPTY_ROOT}
    for _, _, leaf, _ in sealed_leaves():
        tree.append(leaf)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return _Now(tree.size, roots, seals)


def _other_keys(now: _Now, trusted: Ed25519PublicKey) -> list[str]:
    ours = key_id(signing.ORIGIN, trusted)
    other = next((size for size, note in now.seals.items() if note.key_id != ours), None)
    if other is None:
        return []
    return [f"Seal of {other}: it is signed with another key than the one that was kept."]


def _disagreement(note: Note, now: _Now, agreed: int) -> str:
    size, root = note.checkpoint.size, note.checkpoint.root
    if size > now.size:
        return (
            f"Checkpoint of {size}: the log has only {now.size} sealed events. The first that is "
            f"missing stood at position {now.size}. Events were removed, or the database was "
            "rolled back to an older backup."
        )
    if now.roots[size] == root:
        return ""
    fork = ""
    if size in now.seals and now.seals[size].checkpoint.root != root:
        fork = " A log of the same size was signed twice with different events: it was forked."
    return (
        f"Checkpoint of {size}: the first event that is not what was signed stands at positions "
        f"{agreed} to {size - 1}.{fork}"
    )


def not_witnessed(kept: list[Note], name: str, key: Ed25519PublicKey) -> list[str]:
    """What is missing if this witness signed none of the checkpoints, in a sentence."""
    if any(witnessed_at(note, name, key) is not None for note in kept):
        return []
    return [f"{name} has signed none of these checkpoints. Were they sent back by the witness?"]
