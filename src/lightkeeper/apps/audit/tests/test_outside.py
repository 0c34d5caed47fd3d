"""What an outside verifier finds with the small program, and a witness with its own."""

import base64
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from lightkeeper.apps.audit import handing_out, holding, sealing, signing
from lightkeeper.engine.ledger.checkpoint import COSIGNATURE, read_key, read_notes, witnessed_at
from lightkeeper.engine.ledger.merkle import leaf_hash
from lightkeeper.testing.plugin import NAME, PROJECT, superuser

TOOLS = PROJECT / "tools"


def run(program: str, *given: object) -> tuple[int, str]:
    """As somebody else would: from another folder, with none of our code on the path."""
    done = subprocess.run(
        [sys.executable, "-E", str(TOOLS / program), *map(str, given)],
        capture_output=True, text=True, check=False, timeout=60, cwd=TOOLS.parent.parent,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, (done.stdout + done.stderr).strip()


@dataclass
class Handed:
    """What the verifier was given: three seals, of 4, 7 and 12 events."""

    events: Path
    checkpoints: Path
    key: Path

    def found(self, *more: object) -> tuple[int, str]:
        return run("verify_log.py", self.events, self.checkpoints, "--key", self.key, *more)

    def lines(self) -> list[bytes]:
        return self.events.read_bytes().splitlines(keepends=True)

    def write(self, lines: list[bytes]) -> None:
        self.events.write_bytes(b"".join(lines))


def hand_out(log: Path) -> Handed:
    handed = Handed(log / "events", log / "checkpoints.txt", log / "keys" / "audit.pub")
    notes = handing_out.checkpoints(to="an inspectorate")
    handed.checkpoints.write_text("\n".join(note.text for note in notes))
    handed.write(list(handing_out.log_lines(to="an inspectorate", reason="yearly inspection")))
    return handed


@pytest.fixture
def handed(happen, log) -> Handed:
    for times in (4, 3, 5):
        happen(times)
        sealing.seal()
    return hand_out(log)


def test_a_log_that_is_whole_is_said_to_be(handed):
    assert handed.found() == (0, "The log is whole: 12 events, 3 checkpoints.")


def test_the_export_holds_what_the_leaf_is_made_of_and_nothing_more(handed):
    for position, line in enumerate(handed.lines()):
        number, leaf, event = line.rstrip(b"\n").split(b" ", 2)
        assert int(number) == position
        assert base64.b64decode(leaf) == leaf_hash(event)


def test_handing_it_out_is_a_disclosure_to_somebody_for_a_reason(handed):
    with superuser(NAME) as c:
        rows = c.execute(
            "select verb, did, recipient, reason from audit_event "
            "where person = 'the command line' order by id"
        ).fetchall()
    assert rows == [
        ("admin", "checkpoint handed out", "an inspectorate", ""),
        ("disclose", "audit exported", "an inspectorate", "yearly inspection"),
    ]


def flip_a_bit(lines):
    lines[5] = lines[5].replace(b"a look", b"a lool")


def flip_a_bit_and_make_the_leaf_again(lines):
    number, _, event = lines[5].rstrip(b"\n").split(b" ", 2)
    event = event.replace(b"a look", b"a lool")
    lines[5] = b"%s %s %s\n" % (number, base64.b64encode(leaf_hash(event)), event)


def swap_with_positions(lines):
    numbers = [line.split(b" ", 1)[0] for line in lines]
    lines[2], lines[3] = lines[3], lines[2]
    for at in (2, 3):
        lines[at] = numbers[at] + b" " + lines[at].split(b" ", 1)[1]


def swap(lines):
    lines[2], lines[3] = lines[3], lines[2]


def drop(lines):
    del lines[6]


def drop_the_last(lines):
    del lines[-1]


def close_the_gap(lines):
    del lines[6]
    for at in range(6, len(lines)):
        lines[at] = b"%d " % at + lines[at].split(b" ", 1)[1]


def insert(lines):
    lines.insert(4, lines[3])


def add_unsigned(lines):
    event = lines[-1].split(b" ", 2)[2].rstrip(b"\n").replace(b'"id":12', b'"id":13')
    lines.append(b"12 %s %s\n" % (base64.b64encode(leaf_hash(event)), event))


def say_it_was_removed(lines):
    lines[8] = b" ".join(lines[8].split(b" ", 2)[:2]) + b" -\n"


def cut_off(lines):
    lines[-1] = lines[-1][:-9]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flip_a_bit, "The event at position 5 is not the one that was sealed."),
        (flip_a_bit_and_make_the_leaf_again, "stands at positions 4 to 6"),
        (swap, "The event at position 2 is missing."),
        (swap_with_positions, "The event at position 3 is out of order."),
        (drop, "The event at position 6 is missing."),
        (drop_the_last, "The event at position 11 is missing, with all after it"),
        (close_the_gap, "stands at positions 4 to 6"),
        (insert, "The event at position 3 is in the log twice, or moved."),
        (add_unsigned, "The event at position 12 is the first that no checkpoint has signed."),
        (say_it_was_removed, "The event at position 8 was removed."),
        (cut_off, "The event at position 11 is cut off."),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_the_first_event_that_is_wrong_is_named(handed, change, said):
    lines = handed.lines()
    change(lines)
    handed.write(lines)

    code, sentence = handed.found()

    assert code == 1
    assert said in sentence


def other_log(happen, log: Path) -> list[str]:
    """The same log told again otherwise and signed with the same key; its checkpoints."""
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("truncate audit_leaf, audit_seal")
        c.execute("update audit_event set reason = 'another' where id = 6")
        c.execute("delete from audit_event where person = 'the command line'")
    shutil.rmtree(log / "checkpoints")
    sealing.seal()
    return [note.text for note in handing_out.checkpoints(to="an inspectorate")]


def test_a_fork_is_found_when_both_checkpoints_are_there(handed, happen, log):
    [forked] = other_log(happen, log)
    second = log / "second.txt"
    second.write_text(forked)

    assert handed.found() == (0, "The log is whole: 12 events, 3 checkpoints.")
    code, sentence = run(
        "verify_log.py", handed.events, handed.checkpoints, second, "--key", handed.key
    )
    assert (code, sentence) == (1, "Two logs of 12 events were signed: the log was forked.")


def test_a_log_that_was_signed_again_with_another_key_is_found(handed, log):
    kept = log / "kept.pub"
    shutil.copy(handed.key, kept)
    (log / "keys" / "audit").unlink()
    handed.key.unlink()
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("truncate audit_seal, audit_leaf")
    shutil.rmtree(log / "checkpoints")
    sealing.seal()
    again = hand_out(log)

    assert again.found()[0] == 0
    code, sentence = run("verify_log.py", again.events, again.checkpoints, "--key", kept)
    assert code == 1
    assert "is not signed with the key of lightkeeper/audit" in sentence


def test_a_file_of_checkpoints_that_is_cut_off_or_changed_cannot_be_read(handed):
    text = handed.checkpoints.read_text()
    handed.checkpoints.write_text(text[:-30])
    assert handed.found()[0] == 2
    assert "cut off" in handed.found()[1]
    handed.checkpoints.write_text(text.replace("\n7\n", "\nseven\n"))
    assert handed.found()[0] == 2
    handed.checkpoints.write_text(text.replace("\n7\n", "\n6\n"))
    assert handed.found() == (
        1, "The checkpoint of 6 is not signed with the key of lightkeeper/audit.",
    )  # fmt: skip
    handed.key.write_text(handed.key.read_text()[:-5])
    assert handed.found()[0] == 2


# --- Witnesses --------------------------------------------------------------------------------


@dataclass
class Witness:
    log: Path

    @property
    def key(self) -> Path:
        return self.log / "northshire"

    @property
    def seen(self) -> Path:
        return self.log / "seen"

    def sign(self, request: str) -> tuple[int, str]:
        (self.log / "request").write_text(request)
        return run(
            "witness_log.py", "sign", self.log / "request",
            "--key", self.log / "keys" / "audit.pub", "--sign-with", self.key,
            "--seen", self.seen, "--out", self.log / "signed",
        )  # fmt: skip

    def last(self):
        return read_notes(self.seen.read_text())[-1]


@pytest.fixture
def witness(log) -> Witness:
    one = Witness(log)
    assert run("witness_log.py", "new-key", "northshire/witness", one.key)[0] == 0
    assert oct(one.key.stat().st_mode & 0o777) == "0o600"
    return one


def test_a_witness_signs_what_grew_out_of_what_it_signed(happen, log, witness):
    for times, said in ((4, "the first that we sign"), (3, "of 7."), (6, "of 13.")):
        happen(times)
        with superuser(NAME) as c:
            c.execute("set session_replication_role = replica")
            c.execute("delete from audit_event where person = 'the command line'")
        sealing.seal()
        seen = witness.last() if witness.seen.exists() else None
        code, sentence = witness.sign(handing_out.growth(seen, to="northshire"))
        assert (code, said in sentence) == (0, True), sentence

    name, public = read_key((log / "northshire.pub").read_text(), COSIGNATURE)
    assert witness.last().is_signed_by(signing.public_key())
    assert witnessed_at(witness.last(), name, public)
    handed = hand_out(log)
    assert handed.found("--witness", log / "northshire.pub")[1] == (
        "northshire/witness has signed none of these checkpoints."
    )
    handed.checkpoints.write_text((log / "signed").read_text())
    code, sentence = handed.found("--witness", log / "northshire.pub")
    assert (code, sentence.endswith("has witnessed it up to position 12.")) == (0, True)
    assert holding.not_witnessed([witness.last()], name, public) == []
    unsigned = handing_out.checkpoints(to="nobody")
    assert "has signed none" in holding.not_witnessed(unsigned, name, public)[0]


def test_a_witness_refuses_a_rollback_a_fork_a_false_proof_and_another_key(happen, log, witness):
    happen(4)
    sealing.seal()
    assert witness.sign(handing_out.growth(None, to="northshire"))[0] == 0
    first = witness.last()
    happen(5)
    sealing.seal()
    honest = handing_out.growth(first, to="northshire")
    head, _, *rest = honest.split("\n")
    false = "\n".join([head, base64.b64encode(bytes(32)).decode(), *rest])
    code, sentence = witness.sign(false)
    assert (code, "did not grow out of the log of 4 that we signed" in sentence) == (1, True)
    assert "not signed with the key" in witness.sign(honest.replace("sealed 2", "sealed 3"))[1]
    assert "Ask from there" in witness.sign(honest.replace("old 4", "old 3"))[1]
    assert witness.last() == first
    assert witness.sign(honest)[0] == 0
    signed = witness.last()

    text = f"old 4\n\n{first.text}"
    assert witness.sign(text)[1] == (
        f"The log had {signed.checkpoint.size} events and now has 4: rolled back."
    )
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("truncate audit_leaf, audit_seal")
        c.execute("update audit_event set reason = 'another' where id = 2")
        c.execute(
            "delete from audit_event where id not in "
            "(select id from audit_event order by transaction, id limit %s)",
            (signed.checkpoint.size,),
        )
    shutil.rmtree(log / "checkpoints")
    sealing.seal()
    assert "the log was forked" in witness.sign(handing_out.growth(None, to="northshire"))[1]
    assert witness.last() == signed
