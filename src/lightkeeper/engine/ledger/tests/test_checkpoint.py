"""Checkpoints: written and read as the same, signed, and refused when anything is changed."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.ledger.checkpoint import (
    COSIGNATURE,
    Checkpoint,
    Note,
    cosigned_text,
    key_id,
    read_key,
    read_notes,
    sign,
    witnessed_at,
    written_key,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)


def a_note(size: int = 5, key: Ed25519PrivateKey = KEY) -> Note:
    return sign(Checkpoint("lightkeeper/audit", size, bytes(32), ("previous 0 x",)), key)


@given(lines, st.integers(0, 2**63), st.binary(min_size=32, max_size=32), st.lists(lines))
def test_what_is_written_is_read_again(origin, size, root, further):
    checkpoint = Checkpoint(origin, size, root, tuple(further))

    assert Checkpoint.from_text(checkpoint.text) == checkpoint


def test_notes_stand_one_after_another():
    notes = [a_note(1), a_note(2), a_note(3)]

    assert read_notes("\n".join(note.text for note in notes)) == notes


def test_a_signature_holds_for_its_text_and_its_key_alone():
    note = a_note()
    other = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)

    assert note.is_signed_by(KEY.public_key())
    assert not note.is_signed_by(other.public_key())
    assert not Note(a_note(6).checkpoint, note.key_id, note.signature).is_signed_by(
        KEY.public_key()
    )
    assert not Note(note.checkpoint, note.key_id, bytes(64)).is_signed_by(KEY.public_key())


def test_a_note_of_another_program_is_verified():
    """The example of the Go packages for signed notes."""
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    key = Ed25519PublicKey.from_public_bytes(
        base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    )
    signed = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )

    assert key_id("PeterNeumann", key) == signed[:4]
    key.verify(signed[4:], text.encode())
    assert written_key("PeterNeumann", key) == (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (a_note().text[:-20], "cut off"),
        (a_note().text.replace("\n5\n", "\nfive\n"), "whole number"),
        (a_note().text.replace("\n5\n", "\n05\n"), "whole number"),
        (a_note().text.replace("AAAA=", "AAA="), "32 bytes"),
        (a_note().text.replace("— ", "- "), "signature"),
        (a_note().text.replace("— lightkeeper", "— other"), "signature"),
        ("a line\n", "cut off"),
        ("a\n\nb\n", "Checkpoint 1"),
    ],
)
def test_what_is_not_a_checkpoint_is_refused_in_words(text, said):
    with pytest.raises(FormatError, match=said):
        read_notes(text)


def test_an_empty_file_holds_no_checkpoints():
    assert read_notes("") == []


def cosign(note: Note, name: str, key: Ed25519PrivateKey, at: int) -> Note:
    """As C2SP tlog-cosignature has it."""
    said = at.to_bytes(8, "big") + key.sign(cosigned_text(note.checkpoint, at))
    raw = key_id(name, key.public_key(), COSIGNATURE) + said
    return replace(note, added=(*note.added, f"— {name} {base64.b64encode(raw).decode()}"))


def test_a_witness_adds_its_signature_and_the_note_still_reads_the_same():
    other = Ed25519PrivateKey.generate()
    witnessed = cosign(a_note(), "northshire/witness", other, at=1_764_000_000)

    assert read_notes(witnessed.text) == [witnessed]
    assert witnessed.is_signed_by(KEY.public_key())
    assert witnessed_at(witnessed, "northshire/witness", other.public_key()) == 1_764_000_000


def test_a_witness_that_did_not_sign_this_is_not_a_witness():
    other = Ed25519PrivateKey.generate()
    witnessed = cosign(a_note(), "northshire/witness", other, at=1_764_000_000)
    public = other.public_key()

    assert witnessed_at(a_note(), "northshire/witness", public) is None
    assert witnessed_at(witnessed, "westmark/witness", public) is None
    assert witnessed_at(witnessed, "northshire/witness", KEY.public_key()) is None
    moved = replace(witnessed, checkpoint=a_note(6).checkpoint)
    assert witnessed_at(moved, "northshire/witness", public) is None
    cut = replace(witnessed, added=(witnessed.added[0][:-8],))
    assert witnessed_at(cut, "northshire/witness", public) is None


def test_a_written_key_reads_back_and_a_changed_one_does_not():
    line = written_key("lightkeeper/audit", KEY.public_key())

    name, key = read_key(line + "\n")
    assert (name, key.public_bytes_raw()) == (
        "lightkeeper/audit",
        KEY.public_key().public_bytes_raw(),
    )
    for wrong in ("", line[:-6], line.replace("audit", "audlt"), line.replace("+", " ")):
        with pytest.raises(FormatError):
            read_key(wrong)
    with pytest.raises(FormatError, match="not a public key of that kind"):
        read_key(line, COSIGNATURE)
