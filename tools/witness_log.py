#!/usr/bin/env python3
"""Witness the audit log of another agency: sign its checkpoint once it grew out of the last one.

    witness_log.py new-key NAME FILE
    witness_log.py sign REQUEST --key log.pub --sign-with FILE --seen FILE --out FILE

Stands beside `verify_log.py` and needs nothing else. A witness reads no event: it is given a root
and hashes. What it signed last is in the file of --seen, which must be kept. Exit codes as there.
Sources: RFC 9162, C2SP tlog-witness, tlog-cosignature.
"""

import argparse
import base64
import os
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from verify_log import (
    LOG_KEY,
    WITNESS_KEY,
    Key,
    Note,
    Unreadable,
    Wrong,
    answer,
    decoded,
    is_signed,
    node,
    read,
    read_key,
    read_notes,
    witnessed_text,
)


def grew(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not 0 < old < new or not path:
        return False
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    left = right = path[0]
    for one in path[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            left, right = node(one, left), node(one, right)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            right = node(right, one)
        first, second = first >> 1, second >> 1
    return second == 0 and left == old_root and right == new_root


def asked_of(request: str) -> tuple[int, list[bytes], Note]:
    """The size that the proof begins at, the proof, and the checkpoint to sign."""
    head, _, body = request.partition("\n\n")
    first, *hashes = head.split("\n")
    if not first.startswith("old ") or not first[4:].isdigit():
        raise Unreadable("The request does not begin with the size of the checkpoint before it.")
    note = read_notes(body, "the request")[0]
    old, proof = int(first[4:]), [decoded(one, "the proof") for one in hashes]
    return old, proof, note


def check(old: int, proof: list[bytes], note: Note, log: Key, seen: Note | None) -> None:
    """Raises: Wrong, and then nothing may be signed."""
    if not is_signed(note, log):
        raise Wrong(f"The checkpoint of {note.size} is not signed with the key of {log.name}.")
    if seen is None:
        return
    if note.size < seen.size:
        raise Wrong(f"The log had {seen.size} events and now has {note.size}: rolled back.")
    if note.size == seen.size and note.root != seen.root:
        raise Wrong(f"Two logs of {note.size} events were signed: the log was forked.")
    if old != seen.size:
        raise Wrong(f"The proof begins at {old}; we last signed {seen.size}. Ask from there.")
    if not grew(seen.size, seen.root, note.size, note.root, proof):
        raise Wrong(
            f"The log of {note.size} did not grow out of the log of {seen.size} that we signed."
        )


def cosigned(note: Note, name: str, own: Ed25519PrivateKey) -> Note:
    at = int(time.time())
    key = Key(name, WITNESS_KEY, own.public_key())
    raw = key.number + at.to_bytes(8, "big") + own.sign(witnessed_text(note, at))
    return Note(note.text, (*note.signatures, (name, raw)), note.origin, note.size, note.root, None)


def new_key(name: str, path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(pem)
    public = Key(name, WITNESS_KEY, key.public_key())
    body = base64.b64encode(WITNESS_KEY + key.public_key().public_bytes_raw()).decode()
    path.with_suffix(".pub").write_text(f"{name}+{public.number.hex()}+{body}\n")


def do_witness(given: argparse.Namespace) -> str:
    if not given.sign_with.with_suffix(".pub").exists():
        raise Unreadable(f"There is no {given.sign_with.with_suffix('.pub')}. Run new-key first.")
    own = serialization.load_pem_private_key(given.sign_with.read_bytes(), password=None)
    public = read_key(given.sign_with.with_suffix(".pub"), WITNESS_KEY)
    seen = read_notes(read(given.seen), str(given.seen))[-1] if given.seen.exists() else None
    log = read_key(given.key, LOG_KEY)
    old, proof, note = asked_of(read(given.request))
    check(old, proof, note, log, seen)
    signed = cosigned(note, public.name, own)
    new = given.seen.with_name(f"{given.seen.name}.new")
    new.write_text(signed.whole, encoding="utf-8")
    new.replace(given.seen)  # remembered before it is given away
    given.out.write_text(signed.whole, encoding="utf-8")
    first = (
        " It is the first that we sign: what came before it is not witnessed." if not seen else ""
    )
    return f"Signed the checkpoint of {signed.size}.{first}"


def do_new_key(given: argparse.Namespace) -> str:
    new_key(given.name, given.file)
    return f"Give {given.file.with_suffix('.pub')} to everybody, and {given.file} to nobody."


def main() -> int:
    parser = argparse.ArgumentParser(description="Witness an audit log.")
    doors = parser.add_subparsers(required=True)
    asked = doors.add_parser("sign", help="sign a checkpoint that grew out of the last one")
    asked.add_argument("request", type=Path)
    for name in ("--key", "--sign-with", "--seen", "--out"):
        asked.add_argument(name, type=Path, required=True)
    asked.set_defaults(do=do_witness)
    made = doors.add_parser("new-key", help="make a key to witness with")
    made.add_argument("name")
    made.add_argument("file", type=Path)
    made.set_defaults(do=do_new_key)
    given = parser.parse_args()
    return answer(given.do, given)


if __name__ == "__main__":
    sys.exit(main())
