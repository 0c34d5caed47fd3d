"""A stream that cannot be read without its key, nor cut, changed or put in another order unseen.

    LIGHTKEEPER BACKUP 1
    {"key": "a1b2c3d4", "salt": "…"}            key is null where nothing is encrypted
    length (4 bytes), last (1 byte), payload     again and again, the last with last = 1

A payload is AES-256-GCM over a piece of the content, bound to the head, its number and whether it
is the last. Without a key it is the piece and its SHA-256: damage is seen, tampering is not.
"""

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lightkeeper.core.errors import Refused

MAGIC = b"LIGHTKEEPER BACKUP 1\n"
PIECE_BYTES = 1024 * 1024
KEY_BYTES = 32
LONGEST_HEAD = 1000
DIGEST_BYTES = 32


def damaged(sentence: str) -> Refused:
    return Refused("backup.damaged", sentence)


def new_key(path: Path) -> None:
    """Make a key file that only its owner may read. Raises: Refused if there is one."""
    try:
        with open(path, "x", opener=_private) as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
    except FileExistsError:
        raise Refused("backup.key", f"{path} is there already, and is not written over.") from None


def _private(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)


def read_key(path: Path) -> bytes:
    """Raises: Refused if it cannot be read or is no key."""
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError) as error:
        raise Refused("backup.key", f"{path} cannot be read as a key: {error}") from error
    if len(key) != KEY_BYTES:
        raise Refused("backup.key", f"{path} is no key: it has {len(key)} bytes and not 32.")
    return key


def name_of(key: bytes) -> str:
    """By which a file says which key it needs, without telling anything of it."""
    return hashlib.sha256(b"lightkeeper backup key" + key).hexdigest()[:8]


class Writer:
    """Takes bytes and writes sealed pieces. Finished only when it is closed without an error."""

    def __init__(self, out: IO[bytes], key: bytes | None) -> None:
        self.out, self.key = out, AESGCM(key) if key else None
        self.salt = secrets.token_bytes(8)
        head = {"key": name_of(key) if key else None, "salt": self.salt.hex()}
        self.head = MAGIC + json.dumps(head).encode() + b"\n"
        self.waiting = bytearray()
        self.number = 0
        out.write(self.head)

    def write(self, data: bytes) -> int:
        self.waiting += data
        while len(self.waiting) > PIECE_BYTES:
            self._put(bytes(self.waiting[:PIECE_BYTES]), last=False)
            del self.waiting[:PIECE_BYTES]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self.waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        if self.key:
            payload = self.key.encrypt(
                _nonce(self.salt, self.number), piece, _bound(self.head, self.number, last)
            )
        else:
            payload = piece + hashlib.sha256(piece).digest()
        self.out.write(len(payload).to_bytes(4, "big") + bytes([last]) + payload)
        self.number += 1


class Reader:
    """Gives back what a `Writer` was given. Raises: Refused, saying what is wrong with the file."""

    def __init__(self, file: IO[bytes], key: bytes | None) -> None:
        self.file = file
        self.head, said = _read_head(file)
        self.salt = bytes.fromhex(said["salt"])
        wanted = said["key"]
        if wanted and key is None:
            raise Refused("backup.key", f"It is encrypted. Name the file of key {wanted}: --key.")
        if wanted and key and name_of(key) != wanted:
            raise Refused("backup.key", f"It needs key {wanted}; this is key {name_of(key)}.")
        self.key = AESGCM(key) if wanted and key else None
        self.number, self.ended, self.waiting = 0, False, b""

    def read(self, wanted: int = -1) -> bytes:
        parts, left = [], wanted
        while left:
            if not self.waiting:
                if self.ended:
                    break
                self.waiting = self._next()
                continue
            part = self.waiting if left < 0 else self.waiting[:left]
            self.waiting = self.waiting[len(part) :]
            left -= len(part) if left > 0 else 0
            parts.append(part)
        return b"".join(parts)

    def _next(self) -> bytes:
        start = self.file.read(5)
        if len(start) < 5:
            raise damaged(f"It is cut off after piece {self.number}. Take another backup.")
        length, last = int.from_bytes(start[:4], "big"), start[4] == 1
        if length > PIECE_BYTES + 64:
            raise damaged(f"Piece {self.number + 1} is not as it was written.")
        payload = self.file.read(length)
        piece = self._opened(payload, last)
        self.number += 1
        self.ended = last
        if last and self.file.read(1):
            raise damaged("Something was added after its end.")
        return piece

    def _opened(self, payload: bytes, last: bool) -> bytes:
        broken = damaged(f"Piece {self.number + 1} is not as it was written.")
        if not self.key:
            piece, digest = payload[:-DIGEST_BYTES], payload[-DIGEST_BYTES:]
            if hashlib.sha256(piece).digest() != digest:
                raise broken
            return piece
        try:
            return self.key.decrypt(
                _nonce(self.salt, self.number), payload, _bound(self.head, self.number, last)
            )
        except InvalidTag:
            raise broken from None


def _read_head(file: IO[bytes]) -> tuple[bytes, dict[str, str]]:
    magic = file.read(len(MAGIC))
    if magic != MAGIC:
        raise damaged("This is no backup of Lightkeeper, or of a version this one does not know.")
    line = file.readline(LONGEST_HEAD)
    try:
        said = json.loads(line)
        bytes.fromhex(said["salt"])
        said["key"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged("Its head is not as it was written.") from error
    return magic + line, said


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + number.to_bytes(4, "big")


def _bound(head: bytes, number: int, last: bool) -> bytes:
    return head + number.to_bytes(4, "big") + bytes([last])
