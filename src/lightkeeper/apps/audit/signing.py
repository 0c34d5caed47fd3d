"""The key that signs seals, and the checkpoints that are kept outside the database."""

import base64
import os
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from lightkeeper.apps.audit.models import Seal
from lightkeeper.apps.audit.writing import moment
from lightkeeper.engine.ledger.checkpoint import Checkpoint, Note, read_notes, written_key

ORIGIN = "lightkeeper/audit"


def private_key() -> Ed25519PrivateKey:
    """The signing key; made on first use, with its public half beside it for verifiers."""
    path = settings.KEYS / "audit"
    if not path.exists():
        _make_key(path)
    key = _loaded(path, path.stat().st_mtime_ns)
    public = path.with_suffix(".pub")
    if not public.exists():
        public.write_text(written_key(ORIGIN, key.public_key()) + "\n")
    return key


def public_key() -> Ed25519PublicKey:
    return private_key().public_key()


@cache
def _loaded(path: Path, _changed_at: int) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("The key of the audit log is not an Ed25519 key.")
    return key


def _make_key(path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(pem)
    try:
        os.link(making, path)  # whole or not at all, and the first of two wins
    except FileExistsError:
        return
    finally:
        making.unlink()


def checkpoint_of(
    size: int, root: bytes, previous_size: int, previous_root: bytes, at: datetime
) -> Checkpoint:
    """All that a seal says, as the text that is signed."""
    previous = base64.b64encode(previous_root).decode()
    further = (f"previous {previous_size} {previous}", f"sealed {moment(at)}")
    return Checkpoint(ORIGIN, size, root, further)


def note_of(seal: Seal) -> Note:
    """The signed note that a row of the seals stands for."""
    checkpoint = checkpoint_of(
        seal.size, bytes(seal.root), seal.previous_size, bytes(seal.previous_root), seal.at
    )
    try:
        key = bytes.fromhex(seal.key_id)
    except ValueError:
        key = b""
    return Note(checkpoint, key, bytes(seal.signature))


def is_signed(seal: Seal) -> bool:
    return note_of(seal).is_signed_by(public_key())


def checkpoint_file() -> Path:
    folder: Path = settings.VAR / "checkpoints"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "audit"


def kept_notes() -> list[Note]:
    """The checkpoints outside the database.

    Raises: FormatError.
    """
    path = checkpoint_file()
    return read_notes(path.read_text(encoding="utf-8")) if path.exists() else []


def keep(notes: list[Note]) -> None:
    """Add checkpoints to the file, on the disk before this returns."""
    if not notes:
        return
    with checkpoint_file().open("a", encoding="utf-8") as out:
        begun = out.tell() > 0
        out.write(("\n" if begun else "") + "\n".join(note.text for note in notes))
        out.flush()
        os.fsync(out.fileno())
