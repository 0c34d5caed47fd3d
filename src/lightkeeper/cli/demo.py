"""Everything on this machine: database, reference data, a story, the worker and the site."""

import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import click

from lightkeeper.cli.running import start_web, start_worker
from lightkeeper.cli.setting_up import start_database, start_django


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--with", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file of your own (CSV, Parquet), sent in as two agencies'.")  # fmt: skip
@click.option("--truth", help="The column of --with that says who is who; only used to measure.")
@click.option("--once", is_flag=True, help="Stop when the site answers; for tests and timing.")
def demo(port: int, file: Path | None, truth: str | None, once: bool) -> None:
    """Start everything, with a made-up story to work on. Run it again: nothing is doubled."""
    if file and not truth:
        raise click.UsageError("--with needs --truth, the column that says who is who.")
    say = _Clock()
    start_django()
    start_database()
    say("PostgreSQL is up")
    from lightkeeper.cli.telling import load, measure_file, tell_the_story

    passwords = load()
    say("Schema, access rules, reference data and people are in")
    processes = [start_worker()]
    try:
        tell_the_story(say)
        if file and truth:
            measure_file(file, truth, say)
        processes.append(start_web("127.0.0.1", port))
        _wait_for(f"http://127.0.0.1:{port}/health/", processes[-1])
        say("The site answers")
        _welcome(port, passwords)
        if not once:
            _until_stopped(processes)
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(timeout=30)


class _Clock:
    """Says what has been done, and after how many seconds."""

    def __init__(self) -> None:
        self.start = time.monotonic()

    def __call__(self, done: str) -> None:
        click.echo(f"{time.monotonic() - self.start:6.1f} s  {done}")


def _welcome(port: int, passwords: dict[str, tuple[str, str | None]]) -> None:
    click.echo(f"\n  Lightkeeper is at http://127.0.0.1:{port}/\n")
    click.echo("  Sign in as any of these. Each password works once; you then choose your own.\n")
    for username, (says, password) in passwords.items():
        known = password or f"your own (`lightkeeper password {username}` gives a new one)"
        click.echo(f"  {username:8} {known:34} {says}")
    click.echo("\n  Ctrl-C stops everything.\n")


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise click.ClickException("The web server stopped. Is the port in use? Try --port.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise click.ClickException("The site did not answer within half a minute.")


def _until_stopped(processes: list[subprocess.Popen[bytes]]) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        click.echo("One of the processes stopped; stopping the others.", err=True)
    except KeyboardInterrupt:
        click.echo("\nStopping.")
