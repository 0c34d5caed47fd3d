"""Tables read from and written to CSV and Parquet, every value as it stands."""

import codecs
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lightkeeper.engine.errors import EngineError, FormatError

DELIMITERS = ",;\t|"
HEAD = 1 << 16
PIECE = 100_000
Say = Callable[[str], None]


def read_table(path: Path | str, say: Say = print) -> pa.Table:
    """The rows of a CSV or Parquet file.

    Raises: FormatError if it is neither, is empty, or its rows do not fit its header.
    """
    path = Path(path)
    if not path.is_file():
        raise EngineError(f"There is no file {path}.")
    with path.open("rb") as file:
        parquet = file.read(4) == b"PAR1"
    try:
        table = pq.read_table(path) if parquet else _read_csv(path, say)
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"{path.name} cannot be read as Parquet: {error}") from error
    if not table.num_rows:
        raise FormatError(f"{path.name} has a header but no rows.")
    return table


def write_table(table: pa.Table, path: Path | str) -> None:
    """Parquet where the name ends so, otherwise CSV in UTF-8."""
    path = Path(path)
    if path.suffix.casefold() in (".parquet", ".pq"):
        pq.write_table(table, path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=10_000):
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def read_pieces(path: Path | str, rows: int, say: Say = print) -> Iterator[pa.Table]:
    """The rows of a CSV or Parquet file, so many at a time, never all of them in memory.

    Raises: as `read_table`.
    """
    path = Path(path)
    if not path.is_file():
        raise EngineError(f"There is no file {path}.")
    with path.open("rb") as file:
        parquet = file.read(4) == b"PAR1"
    if not parquet:
        yield from _csv_pieces(path, rows, say)
        return
    try:
        for batch in pq.ParquetFile(path).iter_batches(rows):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"{path.name} cannot be read as Parquet: {error}") from error


def _read_csv(path: Path, say: Say) -> pa.Table:
    return pa.concat_tables(_csv_pieces(path, PIECE, say))


def _csv_pieces(path: Path, size: int, say: Say) -> Iterator[pa.Table]:
    """At least one piece, which has no rows if the file has none below its header."""
    encoding = _encoding(path, say)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        delimiter = _delimiter(file.read(HEAD))
        file.seek(0)
        rows = (row for row in csv.reader(file, delimiter=delimiter) if any(row))
        try:
            first = next(rows, None)
            if first is None:
                raise FormatError(f"{path.name} is empty.")
            header = _header(first, path.name)
            number = 2
            while True:
                piece = list(islice(rows, size))
                if piece or number == 2:
                    yield _piece(header, piece, number, path.name)
                if len(piece) < size:
                    return
                number += len(piece)
        except csv.Error as error:
            raise FormatError(f"{path.name} cannot be read as CSV: {error}") from error


def _piece(header: list[str], rows: list[list[str]], first: int, name: str) -> pa.Table:
    columns: list[list[str | None]] = [[] for _ in header]
    for number, row in enumerate(rows, start=first):
        if len(row) > len(header) and any(row[len(header) :]):
            raise FormatError(
                f"Row {number} of {name} has {len(row)} cells for {len(header)} columns. "
                f"Is a delimiter unquoted?"
            )
        row += [""] * (len(header) - len(row))
        for column, cell in zip(columns, row, strict=False):
            column.append(cell or None)
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(header, columns, strict=True)}
    )


def _encoding(path: Path, say: Say) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\x00" in head:
            raise FormatError(f"{path.name} is neither CSV nor Parquet.")
        try:
            while head:
                decoder.decode(head)
                head = file.read(1 << 20)
            decoder.decode(b"", final=True)
            return "utf-8-sig"
        except UnicodeDecodeError:
            say(f"{path.name} is not UTF-8; it was read as Windows-1252. Check names with accents.")
            return "cp1252"


def _delimiter(text: str) -> str:
    """The mark that stands most often in the header, and in the row after it as well."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    counts = [Counter(line) for line in lines[:2]]
    return max(DELIMITERS, key=lambda mark: sum(count[mark] for count in counts)) if lines else ","


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, 1)]
    twice = [cell for cell, count in Counter(header).items() if count > 1]
    if twice:
        raise FormatError(f"{name} has two columns named {twice[0]}. Rename one.")
    return header
