"""Signed roots as text: what a log says of itself at one size, to be kept where the log is not.

    lightkeeper/audit
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    previous 20852000 MPA3j2jxq2ICsUYapGGPo4dkMgIAUqom/Xajj7h2fB2=
    sealed 2026-11-23T09:15:00.000000+00:00

    — lightkeeper/audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurm…

Origin, size and root, then lines of our own, then an empty line and the signature. Witnesses add
their own signatures below, each on a line, with the second in which they signed.
Source: C2SP tlog-checkpoint, signed-note and tlog-cosignature.
"""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.ledger.merkle import HASH_BYTES

ED25519, COSIGNATURE = b"\x01", b"\x04"
KEY_ID_BYTES, SIGNATURE_BYTES, TIME_BYTES = 4, 64, 8
DASH = "— "


@dataclass(frozen=True)
class Checkpoint:
    """The root of a log at one size. `further` are lines of our own, signed with the rest."""

    origin: str
    size: int
    root: bytes
    further: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed: each line ends in a newline."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.further)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises: FormatError if it is not a checkpoint."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise FormatError("A checkpoint has an origin, a size and a root, each on a line.")
        origin, size, root, *further = lines[:-1]
        if not size.isascii() or not size.isdigit() or (size != "0" and size.startswith("0")):
            raise FormatError(f"The size of a checkpoint is a whole number, not {size!r}.")
        return cls(origin, int(size), _decoded(root, HASH_BYTES), tuple(further))


@dataclass(frozen=True)
class Note:
    """A checkpoint with the signature under it, and the lines that witnesses added as they are."""

    checkpoint: Checkpoint
    key_id: bytes
    signature: bytes
    added: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        signed = base64.b64encode(self.key_id + self.signature).decode()
        lines = (f"{DASH}{self.checkpoint.origin} {signed}", *self.added)
        return f"{self.checkpoint.text}\n" + "".join(f"{line}\n" for line in lines)

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        if self.key_id != key_id(self.checkpoint.origin, key):
            return False
        try:
            key.verify(self.signature, self.checkpoint.text.encode())
        except InvalidSignature:
            return False
        return True


def key_id(name: str, key: Ed25519PublicKey, kind: bytes = ED25519) -> bytes:
    """Four bytes that say which key to try.

    Source: C2SP signed-note.
    """
    return sha256(name.encode() + b"\n" + kind + key.public_bytes_raw()).digest()[:KEY_ID_BYTES]


def written_key(name: str, key: Ed25519PublicKey, kind: bytes = ED25519) -> str:
    """The public key on one line, as verifiers of signed notes read it."""
    body = base64.b64encode(kind + key.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, key, kind).hex()}+{body}"


def read_key(text: str, kind: bytes = ED25519) -> tuple[str, Ed25519PublicKey]:
    """Whose key is written on this line, and the key.

    Raises: FormatError if it is not a key of this kind, or not the one it says it is.
    """
    name, _, rest = text.strip().partition("+")
    said, _, body = rest.partition("+")
    raw = _decoded(body, len(kind) + HASH_BYTES)
    key = Ed25519PublicKey.from_public_bytes(raw[len(kind) :])
    if raw[: len(kind)] != kind or said != key_id(name, key, kind).hex():
        raise FormatError("This is not a public key of that kind. Was a line of it changed?")
    return name, key


def witnessed_at(note: Note, name: str, key: Ed25519PublicKey) -> int | None:
    """When this witness signed the note, in seconds since 1970; None if it did not.

    Source: C2SP tlog-cosignature, `cosignature/v1`.
    """
    for line in note.added:
        signer, _, body = line.removeprefix(DASH).rpartition(" ")
        try:
            raw = _decoded(body, KEY_ID_BYTES + TIME_BYTES + SIGNATURE_BYTES)
            at = int.from_bytes(raw[KEY_ID_BYTES : KEY_ID_BYTES + TIME_BYTES], "big")
            if signer == name and raw[:KEY_ID_BYTES] == key_id(name, key, COSIGNATURE):
                signature = raw[KEY_ID_BYTES + TIME_BYTES :]
                key.verify(signature, cosigned_text(note.checkpoint, at))
                return at
        except (FormatError, InvalidSignature):
            continue
    return None


def cosigned_text(checkpoint: Checkpoint, at: int) -> bytes:
    """What a witness signs, at a second since 1970."""
    return f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> Note:
    return Note(
        checkpoint,
        key_id(checkpoint.origin, key.public_key()),
        key.sign(checkpoint.text.encode()),
    )


def read_notes(text: str) -> list[Note]:
    """The notes that stand one after another, an empty line between them.

    Raises: FormatError naming the first that cannot be read.
    """
    parts = text.split("\n\n")
    if text == "":
        return []
    if len(parts) % 2 or not text.endswith("\n"):
        raise FormatError("The last checkpoint is cut off.")
    return [
        _note(parts[index] + "\n", parts[index + 1].rstrip("\n"), index // 2 + 1)
        for index in range(0, len(parts), 2)
    ]


def _note(body: str, signed: str, number: int) -> Note:
    own, *added = signed.split("\n")
    try:
        checkpoint = Checkpoint.from_text(body)
        if not own.startswith(f"{DASH}{checkpoint.origin} "):
            raise FormatError("its signature is not that of its origin.")
        if not all(line.startswith(DASH) for line in added):
            raise FormatError("a line under it is not a signature.")
        raw = _decoded(own.rpartition(" ")[2], KEY_ID_BYTES + SIGNATURE_BYTES)
    except FormatError as error:
        raise FormatError(f"Checkpoint {number}: {error}") from None
    return Note(checkpoint, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:], tuple(added))


def _decoded(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error:
        found = b""
    if len(found) != length:
        raise FormatError(f"{text[:60]!r} is not {length} bytes in base 64.")
    return found
