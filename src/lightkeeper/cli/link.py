"""The link command: which rows of one or two files are one subject, without a database."""

import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import yaml
from numpy.typing import NDArray

from lightkeeper.cli.judged import read_judged
from lightkeeper.cli.linking import HERE, Spark, Way, linked, plan_of_model
from lightkeeper.cli.refusal import Refusal
from lightkeeper.cli.ties import read_ties
from lightkeeper.engine.accuracy.clusters import score_b_cubed, score_pairs
from lightkeeper.engine.errors import EngineError, MappingError
from lightkeeper.engine.linkage.batch import Links
from lightkeeper.engine.linkage.files import read_table, write_table
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind, Subject
from lightkeeper.engine.linkage.propose import plan_from, propose
from lightkeeper.engine.linkage.report import as_text, report_of
from lightkeeper.engine.linkage.spark.links import SparkLinks

Echo = Callable[[str], None]


def link_files(
    files: Sequence[Path | str],
    mapping: Path | str | None = None,
    out: Path | str | None = None,
    truth: str | None = None,
    echo: Echo = print,
    subject: Subject = Subject.PERSON,
    *,
    judged: Path | str | None = None,
    keep_model: Path | str | None = None,
    report: Path | str | None = None,
    ties: Path | str | None = None,
    way: Way = HERE,
) -> dict[str, Any]:
    """Link the rows of one or two files and say how well, if a truth column is named. Pairs that
    people judged teach the model, unless it is given, and bind the result. Ties between rows raise
    pairs that share somebody or something.

    Returns: records, clusters, seconds, peak_mb, left_alone (see `Links`); with `truth` also
        precision, recall, f1 over pairs within clusters and b3_f1; with `ties` pairs_raised and
        rounds. `out` gets the rows with their
        subject_id, and beside it a file of pairs; `keep_model` gets the trained model, `report`
        what it learnt in words.
    Raises: EngineError with a sentence for the person at the keyboard.
    """
    started = time.perf_counter()
    table = _read_all(files, echo)
    if truth is not None and truth not in table.column_names:
        raise EngineError(
            f"There is no column {truth} to measure against. Columns: "
            f"{', '.join(table.column_names)}."
        )
    if way.model is None:
        plan = make_plan(table, mapping, truth, echo, subject)
    else:
        plan = plan_of_model(way.model, table)
    said = None if judged is None else read_judged(Path(judged), table.num_rows, echo)
    tied = None if ties is None else read_ties(Path(ties), table, plan, echo)
    with linked(files, table, plan, said, tied, way, echo) as (links, labels, counted):
        model = links.model
        for note in model.training.get("notes", ()):
            echo(note)
        if out is not None:
            _write(Path(out), table, labels, links, echo)
    _write_model(model, keep_model, report)
    result = _measure(table, labels, truth) | counted
    result["seconds"] = round(time.perf_counter() - started, 1)
    # Linux counts in kilobytes.
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    result["left_alone"] = links.left_alone
    if links.left_alone:
        echo(
            f"{links.left_alone} records say what {links.most_alike} others stand for already. "
            "They were compared with nothing, and each is its own subject."
        )
    echo(
        f"{result['records']} records, {links.pairs_compared} pairs compared, "
        f"{result['clusters']} subjects, {result['seconds']} s. Model {model.version}."
    )
    return result


@click.command("link")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option(
    "--kind",
    type=click.Choice([one.value for one in Subject]),
    default="person",
    show_default=True,
    help="What the rows are of.",
)
@click.option("--mapping", type=click.Path(dir_okay=False), help="YAML: columns: {header: kind}.")
@click.option("--out", type=click.Path(dir_okay=False), help="CSV or Parquet with subject_id.")
@click.option("--truth", help="A column to measure against; never an input.")
@click.option(
    "--judged",
    type=click.Path(dir_okay=False),
    help="CSV of row_l, row_r, verdict (same or different): pairs that people judged.",
)
@click.option("--keep-model", type=click.Path(dir_okay=False), help="JSON: the trained model.")
@click.option("--report", type=click.Path(dir_okay=False), help="Text: what the model learnt.")
@click.option(
    "--ties",
    type=click.Path(dir_okay=False),
    help="CSV of record_id, kind, other or key, perhaps source: whom and what rows are tied to.",
)
@click.option(
    "--model",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="JSON: a model from --keep-model, instead of learning one.",
)
@click.option(
    "--block-size",
    type=click.IntRange(2),
    help="Compare what shares a block of so many, instead of as many as is quick.",
)
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True,
    help="This machine, or several by Spark (pip install 'lightkeeper[spark]', Java 17).",
)  # fmt: skip
@click.option(
    "--spark-master", help="Where Spark is: local[2], spark://host:7077. Usual: local[*]."
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="With Spark: a folder, seen by every machine, to go on from if the run is killed.",
)
def link(
    files: tuple[str, ...], kind: str, mapping: str | None, out: str | None, truth: str | None,
    judged: str | None, keep_model: str | None, report: str | None, ties: str | None,
    model: Path | None, block_size: int | None, engine: str, spark_master: str | None,
    work: Path | None,
) -> None:  # fmt: skip
    """Find which rows of FILE, or of two FILEs together, are one subject."""
    if engine == "spark" and ties:
        raise click.UsageError("Ties are counted on this machine alone: leave --engine spark out.")
    if engine != "spark" and (spark_master or work):
        raise click.UsageError("--spark-master and --work go with --engine spark.")
    if model and mapping:
        raise click.UsageError("--model says what the columns hold: leave --mapping out.")
    spark = Spark(spark_master or "local[*]", work) if engine == "spark" else None
    try:
        result = link_files(
            files, mapping, out, truth, click.echo, Subject(kind),
            judged=judged, keep_model=keep_model, report=report, ties=ties,
            way=Way(spark, model, block_size),
        )  # fmt: skip
    except EngineError as error:
        raise Refusal(str(error)) from error
    if truth is not None:
        click.echo(json.dumps(result))


def _read_all(files: Sequence[Path | str], echo: Echo) -> pa.Table:
    if not 1 <= len(files) <= 2:
        raise EngineError("Give one file, or two to link with each other.")
    tables = []
    for number, file in enumerate(files, 1):
        table = read_table(file, echo)
        if len(files) == 2:
            table = _as_text(table).append_column(
                "source_file", pa.array([Path(file).name or str(number)] * table.num_rows)
            )
        tables.append(table)
    return pa.concat_tables(tables, promote_options="default")


def _as_text(table: pa.Table) -> pa.Table:
    """Columns that the two files type differently meet as text; lists stay lists."""
    arrays = {}
    for name in table.column_names:
        column = table[name]
        if not pa.types.is_list(column.type):
            values = [None if v is None else str(v) for v in column.to_pylist()]
            column = pa.array(values, pa.string())
        arrays[name] = column
    return pa.table(arrays)


def make_plan(
    table: pa.Table,
    mapping: Path | str | None,
    truth: str | None,
    echo: Echo,
    subject: Subject = Subject.PERSON,
) -> ComparisonPlan:
    """What each column holds, as the mapping says or as it looks, said aloud."""
    if mapping is None:
        plan = propose(table, truth=truth, subject=subject)
    else:
        plan = plan_from(table, _read_mapping(Path(mapping)), truth=truth, subject=subject)
    for column in plan.columns:
        taken = "left out" if column.kind is Kind.LEFT_OUT else column.kind.replace("_", " ")
        echo(f"{column.name}: {taken}, {column.reason}.")
    if not plan.compared:
        raise MappingError(
            "No column can be compared. Say what the columns hold in a mapping, for example "
            "columns: {surname: family_name}."
        )
    return plan


def _read_mapping(path: Path) -> dict[str, str]:
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingError(f"The mapping {path} cannot be read: {error}") from error
    columns = body.get("columns") if isinstance(body, dict) else None
    if not isinstance(columns, dict):
        raise MappingError("The mapping must be of the form columns: {header: kind}.")
    return {str(header): str(kind) for header, kind in columns.items()}


def _write(
    out: Path, table: pa.Table, labels: NDArray[np.int64], links: Links | SparkLinks, echo: Echo
) -> None:
    name = "subject_id" if "subject_id" not in table.column_names else "lightkeeper_subject_id"
    # Row numbers as a person counts them: the first row is 1.
    rows = table.append_column(name, pa.array(labels + 1))
    pairs_file = out.with_name(f"{out.stem}.pairs{out.suffix}")
    pairs = links.to_table()
    for side in ("id_l", "id_r"):
        at = pairs.column_names.index(side)
        pairs = pairs.set_column(at, f"row{side[2:]}", pa.array(pairs[side].to_numpy() + 1))
    try:
        write_table(rows, out)
        write_table(pairs, pairs_file)
    except OSError as error:
        raise EngineError(f"{out} cannot be written: {error.strerror}.") from error
    echo(f"Rows with their {name} are in {out}, pairs in {pairs_file}.")


def _write_model(model: LinkModel, file: Path | str | None, report: Path | str | None) -> None:
    try:
        if file is not None:
            model.save(file)
        if report is not None:
            Path(report).write_text(as_text(report_of(model)), encoding="utf-8")
    except OSError as error:
        raise EngineError(f"{error.filename} cannot be written: {error.strerror}.") from error


def _measure(table: pa.Table, labels: NDArray[np.int64], truth: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if truth is not None:
        # A row without a truth is a subject of its own.
        known = [
            f"row {row}" if value is None else f"is {value}"
            for row, value in enumerate(table[truth].to_pylist())
        ]
        pairs, b_cubed = score_pairs(known, labels), score_b_cubed(known, labels)
        result = {
            "precision": round(pairs.precision, 4),
            "recall": round(pairs.recall, 4),
            "f1": round(pairs.f1, 4),
            "b3_f1": round(b_cubed.f1, 4),
        }
    return result | {"records": table.num_rows, "clusters": len(np.unique(labels))}
