"""A file of one's own with known truth, as two agencies' files, through everything to a task."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

import click
import duckdb
import yaml
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Agency
from lightkeeper.apps.intake import services as intake
from lightkeeper.apps.intake.choices import Channel
from lightkeeper.apps.intelligence import services as picture
from lightkeeper.cli import following
from lightkeeper.core.errors import Refused
from lightkeeper.engine.records import Grading, propose

# Who sends which half, and to whom it is released; the hub sees both.
SENDERS = (("ben", "Northshire"), ("cleo", "Westmark"))
HUB = "centre-hub"
HARM = "harm_said"
FIRST_ROWS = 200
As = Callable[[str], AbstractContextManager[Actor]]


def measure(file: Path, truth: str, as_: As, wait: Callable[[], None]) -> dict[str, Any]:
    """Send the file in as two agencies' files, link, review some, rank, and propose a task.

    The column of the truth is taken out before anything is sent. It is compared with, and it
    decides the first pairs of the review queue in place of a person.

    Returns: how well the picture agrees with the truth in the end, what was decided on the way and
        the first on the list, with the task about them.
    Raises: Refused if the file cannot be read or has no such column.
    """
    header, rows = _read(file, truth)
    at_truth = header.index(truth)
    columns = [name for name in header if name != truth]
    halves: list[list[list[str]]] = [[], []]
    known: list[list[str]] = [[], []]
    for number, row in enumerate(rows):
        halves[number % 2].append([cell for at, cell in enumerate(row) if at != at_truth])
        known[number % 2].append(row[at_truth])
    entities: dict[tuple[int, int], str] = {}
    for (username, place), half, answers in zip(SENDERS, halves, known, strict=True):
        report = _send(username, f"{file.stem}-{place.lower()}.csv", columns, half, as_)
        # The heading is line 1 of what was sent, so the first row is line 2.
        entities |= {(report, number): answer for number, answer in enumerate(answers, start=2)}
    said = _what_is_said(halves[0], known[0])
    _send("ben", f"{file.stem}-said.csv", [*columns, HARM], said, as_)
    wait()
    before = picture.measure_against(entities)
    judged = following.review(entities, as_)
    wait()
    return {
        **picture.measure_against(entities),
        "f1_before_review": before["f1"],
        "pairs_decided": judged,
        **following.task_the_first({report for report, _ in entities}, as_),
    }


def _what_is_said(rows: list[list[str]], answers: list[str]) -> list[list[str]]:
    """Of the two whom most rows are of, a row each that says they do harm: so that somebody is
    ranked. It repeats the fullest of their rows.
    """
    most = [entity for entity, _ in Counter(answers).most_common(2)]
    fullest = [
        max((row for row, entity in zip(rows, answers, strict=True) if entity == one), key=_filled)
        for one in most
    ]
    return [[*row, harm] for row, harm in zip(fullest, ("violence;weapon", "weapon"), strict=False)]


def _filled(row: list[str]) -> int:
    return sum(bool(cell) for cell in row)


def _read(file: Path, truth: str) -> tuple[list[str], list[list[str]]]:
    reader = "read_parquet(?)" if file.suffix == ".parquet" else "read_csv(?, all_varchar = true)"
    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"select * from {reader}", [str(file)])  # noqa: S608
            header = [column[0] for column in found.description]
            rows = [[_text(cell) for cell in row] for row in found.fetchall()]
    except duckdb.Error as error:
        raise Refused("demo.file", f"{file.name} cannot be read: {error}") from error
    if truth not in header:
        raise Refused("demo.truth", f"{file.name} has no column {truth!r}: {', '.join(header)}.")
    return header, rows


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _send(username: str, name: str, header: list[str], rows: list[list[str]], as_: As) -> int:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with as_(username) as actor:
        mapping = intake.make_mapping(
            by=actor, text=_mapping(name, header, rows), at=timezone.now()
        )
    with as_(username) as actor:
        receipt = intake.receive(
            by=actor,
            file=io.BytesIO(text.getvalue().encode()),
            file_name=name,
            grading=Grading("3x5x2", "1", "B", "P", ()),
            level=1,
            at=timezone.now(),
            mapping=mapping,
            released_to=list(Agency.objects.filter(code=HUB)),
            source=name,
            channel=Channel.COMMAND,
        )
    if receipt.report is None:
        raise Refused("demo.file", f"{name} was refused: {receipt.refusal}")
    return int(receipt.report.pk)


def _mapping(name: str, header: list[str], rows: list[list[str]]) -> str:
    first = [dict(zip(header, row, strict=True)) for row in islice(rows, FIRST_ROWS)]
    proposal = propose(tuple(header), first)
    for line in _guesses(proposal):
        click.echo(line)
    mapping = {**proposal.mapping, "name": Path(name).stem}
    if HARM in header:
        mapping["harms"] = {"column": HARM, "split": ";"}
    return str(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False))


def _guesses(proposal: Any) -> Iterator[str]:
    for guess in proposal.guesses:
        yield f"          {guess.column}: {guess.target or 'left out'}"
