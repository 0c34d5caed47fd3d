"""The synth command: a made-up nation, as its agencies see it, with the truth."""

import errno
import sys
import time
from pathlib import Path

import click

from lightkeeper.engine.errors import EngineError
from lightkeeper.engine.synthetic.nation import Written, write_nation


@click.command()
@click.option("--people", type=int, required=True, help="How many people live in it; 200 at least.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other people.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@click.option("--force", is_flag=True, help="Replace a nation that is there already.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Processes that make it; the files are the same.")  # fmt: skip
def synth(people: int, seed: int, out: Path, force: bool, workers: int) -> None:
    """Write a made-up nation to a new folder: what each agency sends, and the truth."""
    started = time.monotonic()
    shown = sys.stderr.isatty()

    def progress(done: int, of: int) -> None:
        if shown:
            click.echo(f"\r{done:,} of {of:,} blocks", nl=False, err=True)

    try:
        written = write_nation(people, seed, out, force=force, workers=workers, progress=progress)
    except EngineError as error:
        click.echo(f"lightkeeper: {error}", err=True)
        sys.exit(7)
    except OSError as error:
        raise click.ClickException(_sentence(error, out)) from error
    if shown:
        click.echo(err=True)
    _say(written, out, time.monotonic() - started)


def _sentence(error: OSError, out: Path) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk of {out} is full; nothing was left there. Free room, or ask for fewer."
    return str(error) if error.errno is None else f"{out} cannot be written: {error.strerror}."


def _say(written: Written, out: Path, seconds: float) -> None:
    feeds = sum(rows for name, rows in written.rows.items() if name.startswith("feeds/"))
    near = sum(one["within"] for one in written.calibration)
    click.echo(
        f"{written.world.people:,} made-up people, {feeds:,} rows of agencies about them, "
        f"in {out}, {seconds:.1f} s."
    )
    click.echo(f"{near} of {len(written.calibration)} public figures are met within chance.")
    for one in written.calibration:
        if not one["within"]:
            click.echo(
                f"  {one['figure']}: {one['generated']:,}, expected {one['expected']:,} "
                f"give or take {one['allowed']:,}"
            )
    click.echo("What is assumed stands in the folder's README and manifest.")
