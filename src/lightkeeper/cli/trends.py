"""The trends command: what changes in a file of days and labels, without a database."""

import json
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import click

from lightkeeper.cli.refusal import Refusal
from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.trends.periods import Size, number_of, start_of
from lightkeeper.engine.trends.reading import Columns, Rows, read_population, read_rows
from lightkeeper.engine.trends.report import Asked, trends
from lightkeeper.engine.trends.saying import lines, told

DAY = click.DateTime(["%Y-%m-%d"])
# So long without a record, and the days before are more likely slips than a pause.
LONGEST_GAP = timedelta(days=3 * 366)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("trends")
@click.argument("file", type=FILE)
@click.option("--date", "day", required=True, help="The column with the day, or a period.")
@click.option("--by", required=True, help="Columns with labels, parted by commas.")
@click.option(
    "--period",
    type=click.Choice([one.value for one in Size]),
    default="month",
    show_default=True,
)
@click.option("--reported", help="The column with the day on which each was reported.")
@click.option("--count", "amount", help="The column with how many each row stands for.")
@click.option("--population", type=FILE, help="A file with a column of --by, population, year.")
@click.option("--since", type=DAY, help="All are in the file from this day on. Usual: its first.")
@click.option("--as-of", "today", type=DAY, help="The last day it could hold. Usual: its last.")
@click.option(
    "--late",
    type=click.IntRange(0),
    default=0,
    help="So many latest periods are not all in, if no --reported says so.",
)
@click.option(
    "--false-discovery",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.05,
    show_default=True,
    help="Of the changes told, the share that may be none.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--exact", is_flag=True, help="Hide nothing: for whoever may read every record.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def trends_command(
    file: Path, day: str, by: str, period: str, reported: str | None, amount: str | None,
    population: Path | None, since: datetime | None, today: datetime | None, late: int,
    false_discovery: float, seed: int, exact: bool, as_json: bool,
) -> None:  # fmt: skip
    """Count the rows of FILE by period and label, and say what changed and what is new.

    Small counts are hidden so that no sum tells them.
    """
    size, columns = Size(period), tuple(one.strip() for one in by.split(","))
    if not all(columns) or len(set(columns)) != len(columns):
        raise click.UsageError("--by names each column once: --by place,method.")
    try:
        rows = read_rows(
            file, Columns(day, columns, reported, amount), size, partial(click.echo, err=True)
        )
        asked = Asked(
            size, *_span(rows, size, since, today), late, false_discovery, seed
        )  # fmt: skip
        people, of = _people(population, columns)
        said = told(trends(rows, asked, people, of), columns, exact=exact)
    except EngineError as error:
        raise Refusal(str(error)) from error
    said |= {"today": asked.today.isoformat(), "since": asked.since.isoformat()}
    said |= {"false_discovery": false_discovery, "seed": seed, "exact": exact}
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else "\n".join(lines(said)))


def _span(
    rows: Rows, size: Size, since: datetime | None, today: datetime | None
) -> tuple[date, date]:
    """The first day from which all are in, and the last that could be: unless said, of the file.

    A file that names periods and no days holds whole ones.
    """
    first, last = min(rows.days), max(rows.reported or rows.days)
    if since is None:
        _check_no_gap(sorted(set(rows.days)))
    whole = all(start_of(number_of(day, size), size) == day for day in set(rows.days))
    if whole and not rows.reported:
        last = start_of(number_of(last, size) + 1, size) - timedelta(days=1)
    return (since.date() if since else first), (today.date() if today else last)


def _check_no_gap(days: list[date]) -> None:
    """One mistyped year would make all the years between look as if nothing happened in them.

    Raises: FormatError if years pass without a record, and nobody said from when they are all in.
    """
    for one, two in pairwise(days):
        if two - one > LONGEST_GAP:
            raise FormatError(
                f"No record lies between {one} and {two}. Say from which day on all are in the "
                "file, with --since, or correct the day."
            )


def _people(
    population: Path | None, columns: tuple[str, ...]
) -> tuple[dict[str, dict[int | None, float]] | None, int]:
    """The population, and which of the columns it is about: the first that the file has."""
    if population is None:
        return None, 0
    errors = []
    for at, column in enumerate(columns):
        try:
            return read_population(population, column), at
        except EngineError as error:
            errors.append(error)
    raise errors[0]
