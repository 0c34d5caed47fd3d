"""The audit log from the command line."""

import sys
from pathlib import Path

import click

from lightkeeper.cli.setting_up import start_database, start_django

TO_READ = click.Path(exists=True, dir_okay=False, path_type=Path)
TO_WRITE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Seal, verify and hand out the audit log."""
    start_django()
    start_database()


@audit.command()
def seal() -> None:
    """Seal what has been recorded since the last seal."""
    from lightkeeper.apps.audit import sealing

    click.echo(f"Sealed {sealing.seal()} events.")


@audit.command()
def unusual() -> None:
    """Go through the looks of each day that has ended; the worker does it too."""
    from lightkeeper.apps.audit import watching

    click.echo(f"{watching.watch()} unusual looks were found. They wait under Audit.")


@audit.command()
@click.option("--checkpoint", "kept", type=TO_READ, help="Checkpoints that somebody kept.")
@click.option("--key", type=TO_READ, help="The log's public key, as it was kept with them.")
@click.option("--witness", type=TO_READ, help="A witness's public key: it must have signed one.")
def verify(kept: Path | None, key: Path | None, witness: Path | None) -> None:
    """Find any changed, removed, inserted or reordered event. Exit code 1 if there is one.

    With --checkpoint the log is also held to what it said of itself before, so that what was
    removed with its seals, a rollback, a fork or another key are found too.
    """
    from lightkeeper.apps.audit import holding, sealing
    from lightkeeper.engine.ledger.checkpoint import COSIGNATURE, read_key, read_notes

    if (key or witness) and not kept:
        raise click.UsageError("A key is for the checkpoints of --checkpoint.")
    notes = read_notes(kept.read_text(encoding="utf-8")) if kept else []
    if kept and not notes:
        raise click.UsageError(f"{kept} holds no checkpoint. Was it cut off?")
    trusted = read_key(key.read_text(encoding="utf-8"))[1] if key else None
    found = sealing.verify()
    problems = [*found.problems, *(holding.hold_to(notes, trusted) if notes else [])]
    if witness:
        signer = read_key(witness.read_text(encoding="utf-8"), COSIGNATURE)
        problems += holding.not_witnessed(notes, *signer)
    click.echo(f"{found.events} events, {found.sealed} of them sealed.")
    for problem in problems:
        click.echo(f"- {problem}", err=True)
    if problems:
        sys.exit(1)
    if notes:
        click.echo(f"It grew out of every checkpoint in {kept}: {len(notes)}.")
    click.echo("The log is whole: no event was changed, removed, inserted or moved.")


@audit.command()
@click.option("--out", required=True, type=TO_WRITE, help="The file to write.")
@click.option("--to", default="", help="For whom; it stands in the log.")
@click.option("--all", "every", is_flag=True, help="Every checkpoint, not only the newest.")
@click.option("--since", type=TO_READ, help="What a witness signed last: writes what it needs.")
@click.option("--first", is_flag=True, help="The same, for a witness that has signed nothing yet.")
def checkpoint(out: Path, to: str, every: bool, since: Path | None, first: bool) -> None:
    """Write the newest signed root to a file, to be kept where the log is not."""
    from lightkeeper.apps.audit import handing_out
    from lightkeeper.engine.ledger.checkpoint import read_notes

    if since or first:
        seen = read_notes(since.read_text(encoding="utf-8")) if since else []
        if since and not seen:
            raise click.UsageError(f"{since} holds no checkpoint. Was it cut off?")
        text = handing_out.growth(seen[-1] if seen else None, to=to)
    else:
        notes = handing_out.checkpoints(to=to)
        text = "\n".join(note.text for note in (notes if every else notes[-1:]))
    out.write_text(text, encoding="utf-8")
    click.echo(f"Written to {out}. Keep it where the log's operator cannot change it.")


@audit.command()
@click.option("--out", required=True, type=TO_WRITE, help="The file to write.")
@click.option("--to", required=True, help="Who gets it; it stands in the log.")
@click.option("--reason", required=True, help="Why; it stands in the log.")
def export(out: Path, to: str, reason: str) -> None:
    """Write the sealed events for somebody outside who verifies them. This is a disclosure."""
    from lightkeeper.apps.audit import handing_out

    out.touch(mode=0o600)
    out.chmod(0o600)
    count = 0
    with out.open("wb") as file:
        for line in handing_out.log_lines(to=to, reason=reason):
            file.write(line)
            count += 1
    click.echo(f"{count} events written to {out}. It names who did what: hand it over by hand.")
