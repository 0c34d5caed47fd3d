"""The live log, held to checkpoints that somebody kept."""

import shutil

import pytest
from click.testing import CliRunner

from lightkeeper.apps.audit import holding, sealing, signing
from lightkeeper.cli.auditing import audit
from lightkeeper.engine.ledger.checkpoint import read_key, read_notes
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture
def kept(happen, log):
    """Checkpoints of 4, 7 and 12 and the key, kept elsewhere."""
    for times in (4, 3, 5):
        happen(times)
        sealing.seal()
    shutil.copy(log / "checkpoints" / "audit", log / "kept")
    shutil.copy(log / "keys" / "audit.pub", log / "kept.pub")
    return read_notes((log / "kept").read_text()), read_key((log / "kept.pub").read_text())[1]


def change(*statements: str) -> None:
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        for statement in statements:
            c.execute(statement)


def seal_again(log, but_key: bool = False) -> None:
    """All seals made anew by whoever holds the server, so that the log itself verifies."""
    change("truncate audit_leaf, audit_seal")
    shutil.rmtree(log / "checkpoints")
    if but_key:
        (log / "keys" / "audit").unlink()
        (log / "keys" / "audit.pub").unlink()
    sealing.seal()
    assert sealing.verify().ok


def test_a_log_that_has_grown_holds(kept, happen):
    happen(6)
    sealing.seal()

    assert holding.hold_to(*kept) == []


def test_what_was_removed_after_the_checkpoint_is_missed(kept, log):
    change("delete from audit_event where id > 9")
    seal_again(log)

    [problem] = holding.hold_to(*kept)

    assert "Checkpoint of 12: the log has only 9 sealed events" in problem
    assert "stood at position 9" in problem


def test_a_rollback_to_an_older_backup_with_its_checkpoints_is_found(kept, log):
    change(
        "delete from audit_event where id > 7",
        "delete from audit_leaf where position >= 7",
        "delete from audit_seal where size > 7",
    )
    notes = [note for note in kept[0] if note.checkpoint.size <= 7]
    (log / "checkpoints" / "audit").write_text("\n".join(note.text for note in notes))
    assert sealing.verify().ok

    [problem] = holding.hold_to(*kept)

    assert "rolled back to an older backup" in problem


def test_a_fork_of_the_same_size_is_found_where_it_begins(kept, log):
    change("update audit_event set reason = 'another' where id = 6")
    seal_again(log)

    [problem] = holding.hold_to(*kept)

    assert "Checkpoint of 7" in problem
    assert "positions 4 to 6" in problem
    [forked] = holding.hold_to(kept[0][-1:], kept[1])
    assert "it was forked" in forked


def test_a_log_that_was_signed_again_with_another_key_is_found_by_whoever_kept_the_key(kept, log):
    seal_again(log, but_key=True)

    assert holding.hold_to(*kept) == [
        "Seal of 12: it is signed with another key than the one that was kept."
    ]
    assert "not signed with the key" in holding.hold_to(kept[0])[0]


def test_a_checkpoint_that_was_changed_proves_nothing(kept):
    text = kept[0][0].text.replace("\n4\n", "\n5\n")

    problems = holding.hold_to(read_notes(text), kept[1])

    assert problems[0].startswith("Checkpoint of 5: it is not signed with the key")


def test_the_command_answers_with_its_exit_code(kept, log, monkeypatch):
    for name in ("start_django", "start_database"):
        monkeypatch.setattr(f"lightkeeper.cli.auditing.{name}", lambda: None)

    def run(*given: object):
        return CliRunner().invoke(audit, list(map(str, given)), catch_exceptions=False)

    whole = run("verify", "--checkpoint", log / "kept", "--key", log / "kept.pub")
    assert (whole.exit_code, "grew out of every checkpoint" in whole.output) == (0, True)
    assert run("checkpoint", "--out", log / "newest").exit_code == 0
    [newest] = read_notes((log / "newest").read_text())
    assert newest == kept[0][-1]
    assert newest.is_signed_by(signing.public_key())
    assert run("checkpoint", "--out", log / "all", "--all").exit_code == 0
    assert read_notes((log / "all").read_text()) == kept[0]
    assert run("export", "--out", log / "events", "--to", "us", "--reason", "test").exit_code == 0
    assert oct((log / "events").stat().st_mode & 0o777) == "0o600"
    change("update audit_event set reason = 'another' where id = 6")
    seal_again(log)
    found = run("verify", "--checkpoint", log / "kept", "--key", log / "kept.pub")
    assert found.exit_code == 1
    assert "positions 4 to 6" in found.output
    (log / "kept").write_text("")
    assert run("verify", "--checkpoint", log / "kept").exit_code == 2
