"""The match commands: an index of the rows of files, and who in it somebody may be."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import click
import pyarrow as pa

from lightkeeper.cli.link import make_plan
from lightkeeper.engine.errors import EngineError, FormatError, ShapeError
from lightkeeper.engine.linkage.files import PIECE, read_pieces
from lightkeeper.engine.linkage.model import LinkModel, load_model
from lightkeeper.engine.linkage.plan import Kind, Subject
from lightkeeper.engine.linkage.training import train
from lightkeeper.engine.matcher.matcher import Matcher

SAMPLE = 20_000
SEED = 1


class _Sentences(click.Group):
    """What cannot be done is a sentence and exit code 7."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except EngineError as error:
            click.echo(f"lightkeeper: {error}", err=True)
            sys.exit(7)


@click.group("match", cls=_Sentences)
def match() -> None:
    """Who of the rows of files may somebody be? Needs no database."""


@match.command("build")
@click.argument("index", type=click.Path(file_okay=False))
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option(
    "--kind",
    type=click.Choice([one.value for one in Subject]),
    default="person",
    show_default=True,
    help="What the rows are of.",
)
@click.option("--mapping", type=click.Path(dir_okay=False), help="YAML: columns: {header: kind}.")
@click.option("--model", "model_file", type=click.Path(dir_okay=False), help="A trained model.")
def build(
    index: str, files: tuple[str, ...], kind: str, mapping: str | None, model_file: str | None
) -> None:
    """Make a new INDEX of the rows of FILES; the first row is record 1."""
    started = time.perf_counter()
    if model_file is not None:
        model = load_model(model_file)
    else:
        sample = _sample(files)
        plan = make_plan(sample, mapping, None, click.echo, Subject(kind))
        model = train(sample, plan, SEED)
        for note in model.training["notes"]:
            click.echo(note)
    matcher = Matcher.build(index, model, _numbered(files, model, 1))
    seconds = time.perf_counter() - started
    click.echo(f"{len(matcher):,} records in {index}, {seconds:.1f} s. Model {model.version}.")


@match.command("add")
@click.argument("index", type=click.Path(file_okay=False))
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
def add(index: str, files: tuple[str, ...]) -> None:
    """Add the rows of FILES, numbered on from the last record; each file's piece at once."""
    matcher = Matcher.open(index)
    first = matcher.last_id + 1
    for piece in _numbered(files, matcher.model, first):
        matcher.add(piece)
    click.echo(f"Records {first} to {matcher.last_id} were added; {len(matcher):,} in all.")


@match.command("remove")
@click.argument("index", type=click.Path(file_okay=False))
@click.argument("records", nargs=-1, required=True, type=int)
def remove(index: str, records: tuple[int, ...]) -> None:
    """Take RECORDS out, by their numbers."""
    matcher = Matcher.open(index)
    taken = matcher.remove(list(records))
    click.echo(f"{taken} of {len(records)} were there and are out; {len(matcher):,} in all.")


@match.command("find")
@click.argument("index", type=click.Path(file_okay=False))
@click.argument("said", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True)
@click.option("--why", is_flag=True, help="Each reason with its bits.")
def find(index: str, said: tuple[str, ...], limit: int, why: bool) -> None:
    """Find who may be meant by SAID: column=value, as often as needed."""
    matcher = Matcher.open(index)
    record = _record(said)
    started = time.perf_counter()
    found = matcher.find(record, limit)
    milliseconds = 1000 * (time.perf_counter() - started)
    for hit in found:
        click.echo(f"record {hit.record_id}  {hit.weight:+.1f} bits  {hit.probability:.1%}")
        if why:
            for reason in matcher.explain(record, hit.record_id).reasons:
                click.echo(f"    {reason}")
    if not found:
        click.echo("Nobody like that was found.")
    click.echo(f"{milliseconds:.1f} ms among {len(matcher):,} records.", err=True)


def _record(said: Sequence[str]) -> dict[str, list[str]]:
    record: dict[str, list[str]] = {}
    for word in said:
        column, equals, value = word.partition("=")
        if not equals:
            raise ShapeError(f"Say column=value, for example family_name=Quill; not {word}.")
        record.setdefault(column, []).append(value)
    return record


def _sample(files: Sequence[str]) -> pa.Table:
    """Rows spread evenly over all files, few enough to train on."""
    kept: list[pa.Table] = []
    step = 1
    for file in files:
        for piece in read_pieces(file, PIECE, click.echo):
            kept.append(piece.take(list(range(0, piece.num_rows, step))))
            while sum(table.num_rows for table in kept) > 2 * SAMPLE:
                kept = [table.take(list(range(0, table.num_rows, 2))) for table in kept]
                step *= 2
    table = pa.concat_tables(kept, promote_options="default")
    if not table.num_rows:
        raise FormatError("The files have a header but no rows.")
    return table


def _numbered(files: Sequence[str], model: LinkModel, first: int) -> Iterator[pa.Table]:
    """The compared columns of the files, each row with the next number as its record_id."""
    wanted = {column.name for column in model.plan.columns if column.kind is not Kind.RECORD_ID}
    for file in files:
        for piece in read_pieces(file, PIECE, lambda line: None):
            names = [name for name in piece.column_names if name in wanted]
            if not names:
                raise ShapeError(f"{file} has none of the columns {', '.join(sorted(wanted))}.")
            numbers = pa.array(range(first, first + piece.num_rows), pa.int64())
            columns = {name: piece[name] for name in names if name != "record_id"}
            yield pa.table({"record_id": numbers, **columns})
            first += piece.num_rows
