#!/usr/bin/env python3
"""Verify an audit log of Lightkeeper without Lightkeeper.

    verify_log.py EVENTS CHECKPOINTS... --key log.pub [--witness w.pub]...

One file: Python 3.11 and `cryptography`, nothing else. It was written apart from the program that
it verifies. Exit code 0: whole. 1: something is wrong, and the first thing is named. 2: a file
could not be read. Sources: RFC 6962, RFC 9162, C2SP signed-note, tlog-checkpoint, tlog-cosignature.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG_KEY, WITNESS_KEY = b"\x01", b"\x04"


class Wrong(Exception):
    """Something does not hold; the sentence says what is the first of it."""


class Unreadable(Exception):
    """A file is not what it should be."""


# --- Signed notes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    name: str
    kind: bytes
    key: Ed25519PublicKey

    @property
    def number(self) -> bytes:
        text = self.name.encode() + b"\n" + self.kind + self.key.public_bytes_raw()
        return hashlib.sha256(text).digest()[:4]


@dataclass(frozen=True)
class Note:
    text: str
    signatures: tuple[tuple[str, bytes], ...]
    origin: str
    size: int
    root: bytes
    previous: tuple[int, bytes] | None

    @property
    def whole(self) -> str:
        lines = (f"— {name} {base64.b64encode(raw).decode()}\n" for name, raw in self.signatures)
        return f"{self.text}\n{''.join(lines)}"


def read_key(path: Path, kind: bytes) -> Key:
    name, _, rest = read(path).strip().partition("+")
    number, _, body = rest.partition("+")
    raw = decoded(body, f"the key in {path}")
    if len(raw) != 33 or raw[:1] != kind:
        raise Unreadable(f"{path} is not a public key of the kind that is needed here.")
    key = Key(name, kind, Ed25519PublicKey.from_public_bytes(raw[1:]))
    if key.number.hex() != number:
        raise Unreadable(f"{path} says it is key {number} and is not. Was it changed?")
    return key


def read_notes(text: str, where: str) -> list[Note]:
    parts = text.split("\n\n")
    if len(parts) % 2 or not text.endswith("\n"):
        raise Unreadable(f"{where}: the last checkpoint is cut off.")
    return [
        read_note(
            f"{parts[at]}\n", parts[at + 1].rstrip("\n"), f"{where}, checkpoint {at // 2 + 1}"
        )
        for at in range(0, len(parts), 2)
    ]


def read_note(text: str, signed: str, where: str) -> Note:
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or not lines[1].isdigit():
        raise Unreadable(f"{where} is not an origin, a size and a root, each on a line.")
    signatures = []
    for line in signed.split("\n"):
        name, _, body = line.removeprefix("— ").rpartition(" ")
        if not line.startswith("— ") or not name:
            raise Unreadable(f"{where}: this is not a signature: {line[:60]!r}")
        signatures.append((name, decoded(body, where)))
    previous = None
    for line in lines[3:]:
        words = line.split(" ")
        if words[0] == "previous" and len(words) == 3 and words[1].isdigit():
            previous = int(words[1]), decoded(words[2], where)
    root = decoded(lines[2], where)
    return Note(text, tuple(signatures), lines[0], int(lines[1]), root, previous)


def is_signed(note: Note, key: Key) -> bool:
    if note.origin != key.name:
        return False
    return any(
        name == key.name and raw[:4] == key.number and verifies(key, raw[4:], note.text.encode())
        for name, raw in note.signatures
    )


def witnessed_at(note: Note, key: Key) -> int | None:
    for name, raw in note.signatures:
        if name == key.name and raw[:4] == key.number and len(raw) == 76:
            at = int.from_bytes(raw[4:12], "big")
            if verifies(key, raw[12:], witnessed_text(note, at)):
                return at
    return None


def witnessed_text(note: Note, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note.text}".encode()


def verifies(key: Key, signature: bytes, text: bytes) -> bool:
    try:
        key.key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


# --- Trees ------------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The roots of the complete subtrees so far, each with its height."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        height, top = 0, leaf
        while self.peaks and self.peaks[-1][0] == height:
            top = node(self.peaks.pop()[1], top)
            height += 1
        self.peaks.append((height, top))
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        peaks = [top for _, top in self.peaks]
        root = peaks.pop()
        while peaks:
            root = node(peaks.pop(), root)
        return root


# --- The log ----------------------------------------------------------------------------------


def verify_log(events: Path, notes: list[Note], key: Key, witnesses: list[Key]) -> str:
    """What can be said of a log that is whole. Raises: Wrong, naming the first that is not."""
    notes = sorted(notes, key=lambda note: note.size)
    check_notes(notes, key)
    tree, roots = Tree(), {0: Tree().root()}
    waiting, agreed = list(notes), 0
    for leaf in leaves(events):
        tree.add(leaf)
        if waiting and waiting[0].size == tree.size:
            roots[tree.size] = tree.root()
        while waiting and waiting[0].size == tree.size:
            note = waiting.pop(0)
            if note.root != roots[tree.size]:
                raise Wrong(
                    f"The first event that is not what was signed stands at positions {agreed} to "
                    f"{tree.size - 1}: they do not make the root of the checkpoint of {note.size}."
                )
            agreed = tree.size
    if waiting:
        raise Wrong(
            f"The event at position {tree.size} is missing, with all after it: the log ends, and "
            f"a checkpoint of {waiting[-1].size} was signed. It is cut off, or was rolled back."
        )
    if tree.size > agreed:
        raise Wrong(f"The event at position {agreed} is the first that no checkpoint has signed.")
    for note in notes:
        if note.previous and roots.get(note.previous[0], note.previous[1]) != note.previous[1]:
            raise Wrong(f"The checkpoint of {note.size} follows a log that is not this one.")
    return f"The log is whole: {tree.size} events, {len(notes)} checkpoints. " + " ".join(
        said_of(witness, notes) for witness in witnesses
    )


def check_notes(notes: list[Note], key: Key) -> None:
    if not notes:
        raise Unreadable("There is no checkpoint to hold the log to.")
    by_size: dict[int, bytes] = {}
    for note in notes:
        if not is_signed(note, key):
            raise Wrong(f"The checkpoint of {note.size} is not signed with the key of {key.name}.")
        if by_size.setdefault(note.size, note.root) != note.root:
            raise Wrong(f"Two logs of {note.size} events were signed: the log was forked.")


def said_of(witness: Key, notes: list[Note]) -> str:
    seen = [note.size for note in notes if witnessed_at(note, witness) is not None]
    if not seen:
        raise Wrong(f"{witness.name} has signed none of these checkpoints.")
    return f"{witness.name} has witnessed it up to position {max(seen) - 1}."


def leaves(path: Path) -> Iterator[bytes]:
    """The leaf of each line, once the line agrees with it and with the line before."""
    last = (-1, -1)
    with path.open("rb") as lines:
        for position, line in enumerate(lines):
            said, leaf, event = parts_of(line, position)
            if said != position:
                what = "missing" if said > position else "in the log twice, or moved"
                raise Wrong(f"The event at position {min(said, position)} is {what}.")
            if event == b"-":
                raise Wrong(f"The event at position {position} was removed.")
            if hashlib.sha256(b"\x00" + event).digest() != leaf:
                raise Wrong(f"The event at position {position} is not the one that was sealed.")
            place = place_of(event, position)
            if place <= last:
                raise Wrong(f"The event at position {position} is out of order.")
            last = place
            yield leaf


def parts_of(line: bytes, position: int) -> tuple[int, bytes, bytes]:
    number, _, rest = line.removesuffix(b"\n").partition(b" ")
    leaf, _, event = rest.partition(b" ")
    if not line.endswith(b"\n") or not number.isdigit():
        raise Wrong(f"The event at position {position} is cut off.")
    try:
        return int(number), base64.b64decode(leaf, validate=True), event
    except binascii.Error:
        raise Wrong(f"The leaf of the event at position {position} cannot be read.") from None


def place_of(event: bytes, position: int) -> tuple[int, int]:
    try:
        said = json.loads(event)
        return int(said["transaction"] or 0), int(said["id"])
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"The event at position {position} is not an event.") from None


# --- Doors ------------------------------------------------------------------------------------


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None


def decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Unreadable(f"{where}: {text[:60]!r} is not base 64.") from None


def do_log(given: argparse.Namespace) -> str:
    notes = [note for path in given.checkpoints for note in read_notes(read(path), str(path))]
    witnesses = [read_key(path, WITNESS_KEY) for path in given.witness]
    return verify_log(given.events, notes, read_key(given.key, LOG_KEY), witnesses)


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify exported events against checkpoints.")
    parser.add_argument("events", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--key", type=Path, required=True, help="the log's public key")
    parser.add_argument("--witness", type=Path, action="append", default=[], help="a witness's key")
    return answer(do_log, parser.parse_args())


def answer(do: Callable[[argparse.Namespace], str], given: argparse.Namespace) -> int:
    """Do it and print what it says; what is wrong is one sentence and an exit code."""
    try:
        print(do(given).strip())
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except (Unreadable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
