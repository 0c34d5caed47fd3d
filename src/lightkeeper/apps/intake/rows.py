"""From one row of a file to a record or to quarantine; a corrected row takes the same path."""

import csv
import logging
import traceback
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lightkeeper.engine.errors import EngineError
from lightkeeper.engine.formats import Fault, Limits, Row
from lightkeeper.engine.formats.cells import check_cells, without_media
from lightkeeper.engine.formats.csv_table import find_delimiter
from lightkeeper.engine.formats.ftm_jsonl import read_line
from lightkeeper.engine.records import (
    MappedRecord,
    Mapping,
    Note,
    Scheme,
    apply_mapping,
    from_entity,
)

log = logging.getLogger("lightkeeper.intake")

# The heading under which a row stands that has no cells: the line as it came.
LINE = ""


@dataclass(frozen=True)
class Ways:
    """How the rows of one report are read. `received` is the day the report came."""

    received: date
    schemes: AnyMapping[str, Scheme]
    mapping: Mapping | None
    format: str = "csv"
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Held:
    """A row that cannot be taken in: what came, and everything that is wrong with it."""

    number: int
    row: dict[str, str]
    faults: tuple[Fault, ...] = field(default_factory=tuple)


def take(item: Row | Fault, ways: Ways) -> MappedRecord | Held:
    """The record that a row makes, or the row with its faults."""
    if isinstance(item, Fault):
        return Held(item.row, {item.column or LINE: storable(item.value)}, (item,))
    try:
        found = _apply(item, ways)
    except EngineError:
        raise
    except Exception as error:
        # One row that our code cannot bear must not hold up the file. An error's own words may
        # hold what the row says, so the log names only its kind and place.
        log.error("row %s broke the reading: %s at %s", item.number, *_kind_and_place(error))
        sentence = (
            f"Row {item.number} could not be read because of a fault in Lightkeeper, not in the "
            "row. It is kept as it came; replay it when the fault is repaired."
        )
        found = [Fault(item.number, None, "POISON", sentence)]
    if isinstance(found, MappedRecord):
        return found
    return Held(item.number, dict(_shown(item)), tuple(found))


def _kind_and_place(error: Exception) -> tuple[str, str]:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return type(error).__name__, f"{Path(frame.filename).name}:{frame.lineno}"


def _apply(row: Row, ways: Ways) -> MappedRecord | list[Fault]:
    if row.properties is not None:
        found = from_entity(row, on=ways.received)
    elif ways.mapping is None:
        raise EngineError("The report has no mapping, and its columns need one.")
    else:
        found = apply_mapping(
            ways.mapping, row.values, row.number, on=ways.received, schemes=ways.schemes
        )
    if isinstance(found, MappedRecord) and row.notes:
        notes = tuple(Note(*_split_note(note)) for note in row.notes)
        return MappedRecord(**{**vars(found), "notes": (*found.notes, *notes)})
    return found


def _split_note(note: str) -> tuple[str, str]:
    column, colon, sentence = note.partition(": ")
    return (column, sentence) if colon else ("", note)


def _shown(row: Row) -> dict[str, str]:
    if row.properties is None:
        return row.values
    return row.values | {name: "; ".join(texts) for name, texts in row.properties.items()}


def retake(
    number: int, cells: AnyMapping[str, str], header: tuple[str, ...], ways: Ways
) -> MappedRecord | Held:
    """A row as a person corrected it, judged as if it had arrived so."""
    given = {name: cells.get(name, "") for name in header} if header else dict(cells)
    if ways.format == "ftm_jsonl":
        line = cells.get(LINE, "").strip()
        return take(read_line(line.encode(), number, 0, "", Limits()), ways)
    fault, notes = check_cells(list(given), list(given.values()), number, Limits())
    if fault:
        kept = {name: storable(without_media(text)) for name, text in given.items()}
        return Held(number, kept, (fault,))
    return take(Row(number, given, f"row {number}", notes), ways)


def storable(text: str) -> str:
    """The text as PostgreSQL and a page can hold it: what neither can is written out."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()


def cells_of_line(
    path: Path, ways: Ways, header: tuple[str, ...], before: str, fault: Fault
) -> dict[str, str]:
    """What stood in each column of a faulty CSV row, as far as it can be told.

    `before` is the resume token of the row before. The bytes are read again because a fault
    holds only the cell, or the line, that is wrong.
    """
    start = int(before.partition(":")[0] or 0)
    end = int(fault.resume.partition(":")[0] or start)
    with path.open("rb") as file:
        first = file.readline(Limits().max_line_bytes)
        file.seek(start)
        raw = file.read(min(end - start, Limits().max_line_bytes))
    text = raw.decode(ways.encoding, "backslashreplace").removeprefix("\ufeff")
    delimiter = find_delimiter(first.decode(ways.encoding, "replace"))
    try:
        rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(row)]
    except csv.Error:
        return {}
    if not before:
        rows = rows[1:]
    if not rows:
        return {}
    cells = {name: storable(without_media(c)) for name, c in zip(header, rows[0], strict=False)}
    if fault.column in cells:
        cells[fault.column] = storable(fault.value)
    return cells


def fault_data(held: Held) -> list[dict[str, Any]]:
    return [
        {"column": storable(f.column or ""), "code": f.code, "sentence": storable(f.sentence)}
        for f in held.faults
    ]
